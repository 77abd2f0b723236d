"""The program as Typer sees it: the commands, and what all of them have in common."""

from __future__ import annotations

from importlib import import_module

import typer
from typer.main import get_command

from gradcli.cli.arguments import Command, Group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from gradcli.cli.environment import Environment

HELP = """A gradient calculator: values, gradients and the backward graph of an expression.

Example:

\b
  gradcli eval 'sin(x**2)' x=4

gradcli --version shows the version.
"""


COMMANDS = {
    "eval": "evaluate",
    "check": "check",
    "diff": "differentiate",
    "explain": "explain",
    "map": "map_table",
    "functions": "functions",
}
"""The commands, each a module of its name, with the function there that carries it out."""


def program(commands: Iterable[str] = COMMANDS) -> Any:
    """The command line with these commands, built.

    Its help is plain text: Rich would double the time that it takes.
    """
    app = typer.Typer(cls=Group, help=HELP, add_completion=False, rich_markup_mode=None)
    # Without a callback of its own a program of one command would be that command.
    app.callback()(_nothing)
    for command in commands:
        module = import_module(f"gradcli.cli.{command}")
        app.command(command, cls=Command, help=module.HELP)(getattr(module, COMMANDS[command]))
    return get_command(app)


def _nothing() -> None:
    pass


def invoke(arguments: Sequence[str], environment: Environment) -> int:
    """Run a command line; the exit status that its command gives. What goes wrong is raised."""
    # Typer takes milliseconds for each command: a call that names one has no use for the others.
    named = [word for word in arguments[:1] if word in COMMANDS]
    built = program(named or COMMANDS)
    status = built.main(args=list(arguments), prog_name="gradcli", standalone_mode=False, obj=environment)
    return int(status or 0)
