"""The grammar of the command line: expressions that begin with a minus, mistyped options, help."""

from __future__ import annotations

import re

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    Context = Any  # that of Typer's commands is of a class which it does not export

# What a person who means an option types; `--x` and `--2*x` are expressions.
LONG_OPTION = re.compile(r"--[A-Za-z][A-Za-z-]+(=.*)?", re.DOTALL)
# A name, an equals sign that is not part of `==`, and one value. A text with `;` in it is statements.
BINDING = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)([^;\n]*)")
WIDEST_HELP = 100


class UsageError(TyperException):
    """A call that cannot be understood; message or hint say the way out."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Command(TyperCommand):
    """A command that sorts options from expressions before Typer does."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Hand Typer the options, and everything else behind a `--`."""
        options, words = sort(args, self._takes_value(ctx))
        if "--help" in options:
            write_help(self, ctx)
        return super().parse_args(ctx, [*options, "--", *words])

    def _takes_value(self, ctx: Context) -> dict[str, bool]:
        return {
            name: not getattr(parameter, "is_flag", False)
            for parameter in self.get_params(ctx)
            if parameter.param_type_name == "option"
            for name in parameter.opts
        }


class Group(TyperGroup):
    """The program: `gradcli` alone shows help, a word that is no command gets the nearest one offered."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Show help where it is asked for and where nothing is."""
        if not args or args[0] == "--help":
            write_help(self, ctx)
        if args[0].startswith("--") and args[0] != "--":
            raise UsageError(f"no such option '{args[0]}'; options stand behind the command")
        return super().parse_args(ctx, ["--", *args])

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, object, list[str]]:  # type: ignore[override]
        """The command that the first word names. Raises UsageError for any other word."""
        command = self.get_command(ctx, args[0])
        if command is None:
            commands = self.list_commands(ctx)
            near = nearest(args[0], commands)
            offer = f"did you mean '{near}'?" if near else f"the commands are {', '.join(commands)}"
            if not args[0].isidentifier():
                offer = f"to evaluate it: gradcli eval '{args[0]}'"
            raise UsageError(f"no such command '{args[0]}'; {offer}")
        return args[0], command, args[1:]


def write_help(command: Command | Group, ctx: Context) -> None:
    """Write the help of a command to the environment's stdout and end it."""
    environment = ctx.obj
    ctx.terminal_width = min(environment.width, WIDEST_HELP)
    environment.write(command.get_help(ctx) + "\n")
    ctx.exit()


def sort(arguments: Sequence[str], takes_value: dict[str, bool]) -> tuple[list[str], list[str]]:
    """Part a command's arguments into options with their values, and words.

    A word may begin with a minus (`-x**2`); what looks like a long option and is none is a mistyped one.
    Raises UsageError for it.
    """
    options: list[str] = []
    words: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, equals, _ = argument.partition("=")
        if argument == "--":
            words.extend(rest)
        elif name in takes_value and (name.startswith("--") or not equals):
            options.append(argument)
            if takes_value[name] and not equals:
                value = next(rest, None)
                if value is None:
                    raise UsageError(f"option '{name}' requires a value")
                options.append(value)
        elif LONG_OPTION.fullmatch(argument) or (name[:1] == "-" and f"-{name}" in takes_value):
            raise UsageError(f"no such option '{name}'; {_offer(name, takes_value)}")
        else:
            words.append(argument)
    return options, words


def _offer(name: str, known: Iterable[str]) -> str:
    if f"-{name}" in known:
        return f"did you mean '-{name}'?"
    near = nearest(name, known)
    if near:
        return f"did you mean '{near}'?"
    return f"an expression like it stands behind '--': -- {name}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, None where none is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), 1, 0.7)), None)


def split(words: Iterable[str]) -> tuple[str | None, list[tuple[str, str]]]:
    """The expression among the words, and the NAME=VALUE pairs.

    Raises UsageError for a second expression, and for a second value of a name.
    """
    expression: str | None = None
    bindings: dict[str, str] = {}
    for word in words:
        binding = BINDING.fullmatch(word)
        if binding:
            name, value = binding[1], binding[2].strip()
            if name in bindings:
                raise UsageError(f"two values of {name}, '{bindings[name]}' and '{value}'; leave one out")
            bindings[name] = value
        elif expression is None:
            expression = word
        else:
            raise UsageError(f"two expressions, '{expression}' and '{word}'; put a ';' between them")
    return expression, list(bindings.items())
