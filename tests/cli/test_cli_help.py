"""No command and no option without help, no command without an example, no example that does not run."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from gradcli import __version__
from gradcli.cli.app import program

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM: Any = program()
COMMANDS = sorted(PROGRAM.commands)


def test_gradcli_alone_shows_help(gradcli: Callable) -> None:
    alone = gradcli()
    assert alone == gradcli("--help")
    assert (alone.status, alone.err) == (0, "")
    assert alone.out.startswith("Usage: gradcli [OPTIONS] COMMAND [ARGS]...\n")
    assert all(f"\n  {name} " in alone.out for name in COMMANDS)


def test_version(gradcli: Callable) -> None:
    assert gradcli("--version") == (0, f"gradcli {__version__}\n", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_command_has_help_and_examples(gradcli: Callable, name: str) -> None:
    status, out, err = gradcli(name, "--help")
    assert (status, err) == (0, "")
    assert re.search(r"Examples?:\n\n    gradcli ", out)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [(name, parameter) for name in COMMANDS for parameter in PROGRAM.commands[name].params],
    ids=lambda part: part if isinstance(part, str) else part.name,
)
def test_option_has_help(name: str, parameter: Any) -> None:
    assert parameter.help
    assert parameter.help.endswith((".", ":"))


EXAMPLES = [
    line.strip()
    for name in COMMANDS
    for line in PROGRAM.commands[name].help.splitlines()
    if line.startswith("  gradcli") and "model.grad" not in line and "|" not in line
    if name != "map"  # its examples need tables: test_cli_map has them
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_runs(gradcli: Callable, example: str) -> None:
    status, out, err = gradcli(*shlex.split(example)[1:])
    assert (status, err) == (0, "")
    assert out


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_fits_the_page(gradcli: Callable, command: list[str], width: int) -> None:
    out = gradcli(*command, "--help", width=width).out
    # Examples stand on one line each, and Typer needs 50 columns.
    lines = [line for line in out.splitlines() if not line.startswith("    gradcli") and "|" not in line]
    assert max(map(len, lines)) <= max(width, 60)
