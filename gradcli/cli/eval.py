"""`gradcli eval`: evaluate expressions from the call, from files or from a stream."""

from __future__ import annotations

from typing import Annotated, Literal

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
    Wrt,
    bounds_of,
    count,
    named,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.cli.answers import Answers
    from gradcli.cli.environment import Environment

HELP = """Evaluate an expression: its value, the gradient of every variable, the backward graph.

EXPR is a text of the language, in single quotes to keep the shell away from it; it may begin with a minus.
VALUE is any constant expression: 4, pi/2, '[1, -2]', 'linspace(0, 1, 5)'.
Without EXPR what is piped in is evaluated line by line; so is '-'.

Examples:

\b
  gradcli eval 'sin(x**2)' x=4
  gradcli eval 'bce(sigmoid(w*x + b), 1)' x=2 w=0.5 b=0 --const x
  gradcli eval 'x**2*sin(1/x)' x=0.1 --verify
  gradcli eval -f model.grad --json
  echo '-x**2 at x=3' | gradcli eval
"""

GradOutput = Annotated[
    str | None,
    named(
        "--grad-output",
        "VALUE",
        "The vector for a result that is an array; without it the gradient is that of the sum.",
    ),
]
Order = Annotated[
    int, typer.Option("--order", min=1, max=2, metavar="N", help="2 adds second derivatives, the Hessian.")
]
Precision = Annotated[
    int | None,
    count("--precision", "Compute with N decimal digits.", most=100_000),
]
Dtype = Annotated[
    Literal["float64", "float32"], typer.Option("--dtype", help="Which floats to compute with.")
]
Digits = Annotated[
    int | None,
    count("--digits", "Show N significant digits; without it 10, and 4 in the tree.", most=10_000),
]
NoTree = Annotated[bool, typer.Option("--no-tree", help="Leave out the backward graph.")]
Depth = Annotated[
    int | None,
    count("--depth", "Draw N levels of the graph, however long that gets."),
]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON object a line, with every digit.")]
Graph = Annotated[bool, typer.Option("--graph", help="Put the graph's nodes into the JSON.")]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        min=1,
        max=256,
        metavar="N",
        help="With --json, answer lines of the form EXPR at NAME=VALUE by N processes; all others, which may "
        "bind names, are done by one, and all answers come in the order of the lines.",
    ),
]
Verify = Annotated[
    bool,
    typer.Option(
        "--verify",
        help="Put a numeric derivative beside each gradient, and beside each second derivative of --order 2; "
        "say where they differ.",
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Exit with 3 where nan or inf comes out, with 1 where --verify finds a gradient wrong.",
    ),
]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Stop at the first line that is wrong.")]


def evaluate(
    context: Context,
    words: Words = None,
    file: Files = None,
    wrt: Wrt = None,
    const: Const = None,
    grad_output: GradOutput = None,
    order: Order = 1,
    precision: Precision = None,
    dtype: Dtype = "float64",
    digits: Digits = None,
    no_tree: NoTree = False,
    depth: Depth = None,
    json: Json = False,
    graph: Graph = False,
    jobs: Jobs = 1,
    verify: Verify = False,
    strict: Strict = False,
    fail_fast: FailFast = False,
    timeout: Timeout = None,
    max_memory: MaxMemory = None,
    color: Color = "auto",
    traceback: Traceback = False,
) -> int:
    """Evaluate what the call, the files and the stream hold; the help of the command is HELP."""
    environment: Environment = context.obj
    environment.color, environment.traceback = color, traceback
    expression, bindings = split(words or ())
    if graph and not json:
        raise UsageError("--graph puts the graph into the JSON: add --json")
    if jobs > 1 and not json:
        raise UsageError("--jobs is for streams of JSON: add --json")
    bounds = bounds_of(timeout, max_memory)
    if bounds is not None and jobs > 1:
        option = "--timeout" if timeout is not None else "--max-memory"
        raise UsageError(f"{option} is for lines one by one, and --jobs for many at a time", "leave one out")
    # Imported once the call is known to be right, so that help and a mistyped option come at once.
    from gradcli.cli.work import Work, options_of, sources_of

    sources = sources_of(expression, file or [], environment, bound=bool(bindings))
    options = options_of(wrt, const, grad_output, order, precision, dtype, verify=verify)
    if jobs > 1:
        from gradcli.cli.crew import carry_out

        return carry_out(
            environment, options, bindings, sources, jobs, graph=graph, strict=strict, fail_fast=fail_fast
        )
    if json:
        from gradcli.cli.answers import Lines

        answers: Answers = Lines(environment, graph=graph, strict=strict)
    else:
        answers = _pages(environment, digits=digits, depth=depth, tree=not no_tree, strict=strict)
    return Work(answers, options, fail_fast=fail_fast).within(bounds).carry_out(bindings, sources)


def _pages(
    environment: Environment, *, digits: int | None, depth: int | None, tree: bool, strict: bool
) -> Answers:
    from gradcli.cli.answers import Pages
    from gradcli.render.page import Style

    style = Style(width=environment.width, digits=digits, depth=depth, tree=tree, unicode=environment.unicode)
    return Pages(environment, style, strict=strict)
