"""The program as Typer sees it: the commands, and what all of them have in common."""

from __future__ import annotations

import typer
from typer.main import get_command

from gradcli.cli import check, diff, eval, explain, functions, map
from gradcli.cli.arguments import Command, Group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.cli.environment import Environment

HELP = """A gradient calculator: values, gradients and the backward graph of an expression.

Example:

\b
  gradcli eval 'sin(x**2)' x=4

gradcli --version shows the version.
"""


def program() -> Any:
    """The command line, built. Its help is plain text: Rich would double the time that it takes."""
    app = typer.Typer(cls=Group, help=HELP, add_completion=False, rich_markup_mode=None)
    # Without a callback of its own a program of one command would be that command.
    app.callback()(_nothing)
    app.command("eval", cls=Command, help=eval.HELP)(eval.evaluate)
    app.command("check", cls=Command, help=check.HELP)(check.check)
    app.command("diff", cls=Command, help=diff.HELP)(diff.differentiate)
    app.command("explain", cls=Command, help=explain.HELP)(explain.explain)
    app.command("map", cls=Command, help=map.HELP)(map.map_table)
    app.command("functions", cls=Command, help=functions.HELP)(functions.functions)
    return get_command(app)


def _nothing() -> None:
    pass


def invoke(arguments: Sequence[str], environment: Environment) -> int:
    """Run a command line; the exit status that its command gives. What goes wrong is raised."""
    status = program().main(args=list(arguments), prog_name="gradcli", standalone_mode=False, obj=environment)
    return int(status or 0)
