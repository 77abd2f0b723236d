"""`gradcli diff`: the derivative of an expression as a formula."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from typer import Context

from gradcli.cli.arguments import UsageError, split
from gradcli.cli.options import (
    Color,
    MaxMemory,
    Timeout,
    Traceback,
    bounds_of,
    count,
    file,
    named,
    words,
)
from gradcli.evaluation.options import HIGHEST_ORDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.cli.answers import Answers
    from gradcli.cli.environment import Environment

NUMBER = re.compile(r"\d[\d_.]*(e[+-]?\d+)?", re.IGNORECASE)
NAME = re.compile(r"[^\W\d]\w*(?!\w*\()")

HELP = """Give the derivative of an expression as a formula, simplified.

It is by the variable of EXPR, or by each of them where there are several; --wrt chooses. The formula is one
of the language again; where it would get long, what it repeats is named before it (u = ...). With values of
the variables, beside EXPR or behind 'at', the number follows. Second derivatives are by every pair of the
variables, the Hessian's; those of a higher order by one variable each.
Without EXPR what is piped in is differentiated line by line; so is '-'.

Examples:

\b
  gradcli diff 'sin(x**2)'
  gradcli diff 'sin(x**2)' x=4
  gradcli diff 'exp(-a*t)*cos(w*t)' --wrt t --order 2
  gradcli diff 'x^2*y at x=1, y=2' --latex
  gradcli diff 'x*log(x)' | gradcli eval - x=2
"""

Words = Annotated[
    list[str] | None,
    words(
        "[EXPR] [NAME=VALUE]...",
        "What to differentiate, and values of its variables, at which to give the number as well.",
    ),
]
Files = Annotated[
    list[str] | None,
    file("Differentiate what a file holds; may be repeated, later ones see what earlier ones define."),
]
Wrt = Annotated[
    list[str] | None,
    named("--wrt", "NAMES", "Differentiate by these variables only: x,w."),
]
Order = Annotated[
    int, typer.Option("--order", min=1, max=HIGHEST_ORDER, metavar="N", help="Give the N-th derivatives.")
]
Expand = Annotated[
    bool, typer.Option("--expand", help="Write the formula out, however long, and name nothing in it.")
]
Latex = Annotated[bool, typer.Option("--latex", help="Write LaTeX.")]
Json = Annotated[
    bool, typer.Option("--json", help="Write one JSON object a line, the formulas as text and as LaTeX.")
]
Digits = Annotated[
    int | None,
    count("--digits", "Show N significant digits of the values; without it 10.", most=10_000),
]


def differentiate(
    context: Context,
    words: Words = None,
    file: Files = None,
    wrt: Wrt = None,
    order: Order = 1,
    expand: Expand = False,
    latex: Latex = False,
    json: Json = False,
    digits: Digits = None,
    timeout: Timeout = None,
    max_memory: MaxMemory = None,
    color: Color = "auto",
    traceback: Traceback = False,
) -> int:
    """Differentiate what the call, the files and the stream hold; the help of the command is HELP."""
    environment: Environment = context.obj
    environment.color, environment.traceback = color, traceback
    expression, bindings = split(words or ())
    bounds = bounds_of(timeout, max_memory)
    if expression is None and not file:
        expression, bindings = equation(words or (), bindings)
    # Imported once the call is known to be right, so that help and a mistyped option come at once.
    from gradcli.cli.environment import is_terminal
    from gradcli.cli.formulas import FormulaLines, FormulaPages
    from gradcli.cli.work import Work, options_of, sources_of
    from gradcli.homework.derivation.formulas import Formulas

    if expression is None and not file and (environment.stdin is None or is_terminal(environment.stdin)):
        raise UsageError(
            "only values are given" if bindings else "nothing to differentiate",
            "add an expression, as in gradcli diff 'sin(x**2)', or a file with -f",
        )
    sources = sources_of(expression, file or [], environment, bound=bool(bindings))
    answers: Answers
    if json:
        answers = FormulaLines(environment)
    else:
        from gradcli.render.diff import Style

        width = environment.width if is_terminal(environment.stdout) else None
        answers = FormulaPages(environment, Style(digits=digits, width=width, latex=latex))
    options = options_of(wrt, None, None, 1, None, "float64")
    work = Work(answers, options, fail_fast=False)
    work.session = Formulas(options.wrt, order, expand=expand)
    return work.within(bounds).carry_out(bindings, sources)


def equation(
    words: Sequence[str], bindings: list[tuple[str, str]]
) -> tuple[str | None, list[tuple[str, str]]]:
    """The word that gives no variable a value, as `y = x**2` does not, and the pairs that are left."""
    from gradcli.evaluation.environment import CONSTANTS

    for word, (name, value) in zip(words, bindings, strict=True):
        mentioned = NAME.findall(NUMBER.sub(" ", value))
        if any(mention not in CONSTANTS for mention in mentioned):
            return word, [pair for pair in bindings if pair[0] != name]
    return None, bindings
