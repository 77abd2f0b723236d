"""Options that every command has."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Color = Annotated[
    Literal["auto", "always", "never"],
    typer.Option("--color", help="When to write in colour; auto is on a terminal, unless NO_COLOR is set."),
]
Traceback = Annotated[bool, typer.Option("--traceback", help="Show where in the program an error came from.")]
