"""Options that several commands have, and the ways in which options of one kind are declared."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.cli.bounds import Bounds


def words(metavar: str, help: str) -> Any:
    """What stands in the call beside the options."""
    return typer.Argument(metavar=metavar, show_default=False, help=help)


def file(help: str) -> Any:
    """--file."""
    return typer.Option("--file", "-f", metavar="FILE", show_default=False, help=help)


def named(option: str, metavar: str, help: str) -> Any:
    """An option with a text, or several, that has no default."""
    return typer.Option(option, metavar=metavar, show_default=False, help=help)


def count(option: str, help: str, *, most: int | None = None) -> Any:
    """An option with a number from 1, up to `most`, that has no default."""
    return typer.Option(option, min=1, max=most, metavar="N", show_default=False, help=help)


Color = Annotated[
    Literal["auto", "always", "never"],
    typer.Option("--color", help="When to write in colour; auto is on a terminal, unless NO_COLOR is set."),
]
Traceback = Annotated[bool, typer.Option("--traceback", help="Show where in the program an error came from.")]
Wrt = Annotated[list[str] | None, named("--wrt", "NAMES", "Give the gradients of these only: x,w.")]
Const = Annotated[
    list[str] | None, named("--const", "NAMES", "Take these as constants, without a gradient: x,y.")
]
Timeout = Annotated[
    str | None,
    named(
        "--timeout",
        "SECONDS",
        "Give an answer up that takes longer: the error of its line or row, and exit status 124 of a call.",
    ),
]
MaxMemory = Annotated[
    str | None,
    named(
        "--max-memory",
        "SIZE",
        "Give an answer up that needs more memory than that, as 500MB or 2GB, beside the program's own.",
    ),
]
Words = Annotated[
    list[str] | None,
    words(
        "[EXPR] [NAME=VALUE]...",
        "What to evaluate, and the variables' values; they stand over those that a file gives.",
    ),
]
Files = Annotated[
    list[str] | None,
    file("Evaluate a file first; may be repeated, later ones see what earlier ones bind."),
]


def bounds_of(timeout: str | None, max_memory: str | None) -> Bounds | None:
    """The bounds that these options ask for; None without them. Raises UsageError."""
    if timeout is None and max_memory is None:
        return None
    from gradcli.cli.bounds import Bounds

    return Bounds.asked(timeout, max_memory)
