"""`gradcli functions`: the rulebook, as help."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Context

from gradcli.cli.arguments import UsageError, nearest
from gradcli.cli.options import Color, Traceback  # noqa: TC001 -- Typer reads it

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.rules.rulebook import Rule

HELP = """List the functions of the language, or tell all of one.

Example:

\b
  gradcli functions
  gradcli functions sigmoid
  gradcli functions --json | jq -r .name
"""

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]", help="A function by any of its spellings, or a node such as SinBackward0."
    ),
]
Long = Annotated[bool, typer.Option("--long", help="Tell all of every function.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line for each function.")]


def functions(
    context: Context,
    name: Name = None,
    long: Long = False,
    json: Json = False,
    color: Color = "auto",
    traceback: Traceback = False,
) -> int:
    """Write the page that was asked for; the help of the command is HELP."""
    from gradcli.render import functions as page

    environment = context.obj
    environment.color, environment.traceback = color, traceback
    rules = _rules(name)
    if json:
        for rule in rules:
            environment.write(page.as_json(rule))
    elif long or name is not None:
        environment.page(page.details(rules, environment.width))
    else:
        environment.page(page.overview(rules, environment.width))
    return 0


def _rules(name: str | None) -> list[Rule]:
    """The rules of a name: a function's, an operation's, or all whose nodes are called so."""
    from gradcli.rules import PAGES
    from gradcli.rules.rulebook import NAMES, RULES

    if name is None:
        order = [page.__name__ for page in PAGES]
        written = [rule for rule in RULES.values() if rule.written]
        return sorted(written, key=lambda rule: order.index(rule.value.__module__))
    rule = NAMES.get(name) or RULES.get(name)
    found = [rule] if rule else [rule for rule in RULES.values() if rule.backward == name]
    if not found:
        near = nearest(name, [*NAMES, *RULES, *(rule.backward for rule in RULES.values())])
        offer = f"did you mean '{near}'?" if near else "gradcli functions lists all"
        raise UsageError(f"no function '{name}'; {offer}")
    return found
