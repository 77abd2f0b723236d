"""`gradcli explain`: the chain rule as a worked solution."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Context

from gradcli.cli.arguments import UsageError, split
from gradcli.cli.options import (
    Color,
    Const,
    Files,
    MaxMemory,
    Timeout,
    Traceback,
    Words,
    bounds_of,
    count,
    named,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.cli.environment import Environment

HELP = """Explain a gradient: the chain rule step by step, as it is worked out by hand.

Every operation with its rule, its local derivative as a formula and as a number, the product along the way,
and the sum where several ways meet. EXPR, NAME=VALUE and files are those of gradcli eval.

Examples:

\b
  gradcli explain 'sin(x**2)' x=4
  gradcli explain 'bce(sigmoid(w*x + b), y)' w=1 b=0 x=6.7 y=0 --wrt w,b
  gradcli explain 'z = w*x + b; p = sigmoid(z); (p - y)**2' w=1 b=0 x=2 y=1
  gradcli explain -f model.grad --markdown > solution.md
"""

Wrt = Annotated[
    list[str] | None,
    named("--wrt", "NAMES", "Explain the gradients of these only: x,w."),
]
Digits = Annotated[
    int | None,
    count("--digits", "Show N significant digits; without it 7.", most=17),
]  # fmt: skip
Markdown = Annotated[bool, typer.Option("--markdown", help="Write Markdown with formulas in LaTeX.")]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON object a line, with every digit.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 where nan or inf comes out.")]


def explain(
    context: Context,
    words: Words = None,
    file: Files = None,
    wrt: Wrt = None,
    const: Const = None,
    digits: Digits = None,
    markdown: Markdown = False,
    json: Json = False,
    strict: Strict = False,
    timeout: Timeout = None,
    max_memory: MaxMemory = None,
    color: Color = "auto",
    traceback: Traceback = False,
) -> int:
    """Explain what the call, the files and the stream hold; the help of the command is HELP."""
    environment: Environment = context.obj
    environment.color, environment.traceback = color, traceback
    expression, bindings = split(words or ())
    if markdown and json:
        raise UsageError("--markdown and --json exclude each other")
    bounds = bounds_of(timeout, max_memory)
    from gradcli.cli.explaining import carried_out

    return carried_out(
        environment, expression, bindings, file or [], wrt, const,
        digits=digits, form="json" if json else "markdown" if markdown else "page",
        strict=strict, bounds=bounds,
    )  # fmt: skip
