"""A command imports what it uses: start-up time is spent on nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gradcli.cli.app import COMMANDS

HEAVY = {"numpy", "pyarrow", "scipy", "mpmath", "lark", "rich", "pydantic", "dataclasses", "secrets"}

PROGRAM = """
import sys
from gradcli.cli.main import main
sys.argv[0] = "gradcli"
try:
    main()
finally:
    print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    """The packages that a command has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split("\n")[-2].split())


def modules_of(*arguments: str) -> list[str]:
    """The modules that a command loads, in full."""
    program = PROGRAM.replace('.partition(".")[0]', "")
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "itself failed" not in done.stderr  # as where a tensor lacks a method of torch's
    return done.stderr.split("\n")[-2].split()


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["eval", "--json", "sin(x**2)", "x=4"], set()),
        (["eval", "--json", "--graph", "--order=2", "sin(x**2)", "x=4"], set()),
        (["eval", "sin(x**2)", "x=4"], set()),
        (["eval", "--color=never", "exp(x)/x + erf(x)", "x=4"], set()),
        (["eval", "--json", "sum(x)", "x=[1, 2]"], {"numpy"}),
        (["eval", "--json", "x", "x=1", "--precision=20"], {"mpmath"}),
        (["eval", "--color=always", "sin(x)", "x=4"], {"rich"}),
        (["eval", "--help"], set()),
        (["diff", "sin(x**2)"], set()),
        (["diff", "--json", "sin(x**2)", "x=4"], set()),
        (["diff", "--help"], set()),
        (["map", "--help"], set()),
        (["functions"], set()),
        (["functions", "--json"], set()),
        (["--help"], set()),
    ],
)
def test_imports_of_a_command(arguments: list[str], heavy: set[str]) -> None:
    found = imported(*arguments) & HEAVY
    assert heavy <= found
    # What these bring along themselves is theirs to answer for.
    assert heavy or not found
    assert not {"scipy", "lark", "pydantic"} & found


def test_the_version_comes_without_typer() -> None:
    assert not imported("--version") & (HEAVY | {"typer", "re", "typing"})


def test_help_of_a_command_needs_no_engine() -> None:
    modules = modules_of("eval", "--help")
    rooms = tuple(f"gradcli.{room}" for room in ("autograd", "engine", "rules", "language"))
    assert "gradcli.cli.eval" in modules
    assert not [name for name in modules if name.startswith(rooms)]
    assert not {f"gradcli.cli.{name}" for name in COMMANDS if name != "eval"} & set(modules)


@pytest.mark.parametrize(
    "arguments",
    [
        ["eval", "--order=2", "--verify", "norm(x)*y", "x=[0, 3]", "y=2"],
        ["eval", "x = [1, 2]; y = sum(x**2); backward y; print(x.grad); print(x); y"],
        ["eval", "--order=2", "--dtype=float32", "sinc(x)*y", "x=1", "y=2"],
        ["eval", "--precision=20", "det(A)", "A=[[1, 2], [3, 4]]"],
        ["diff", "sin(x**2)", "x=4"],
        ["explain", "sin(x**2)", "x=4"],
        ["check", "x**2", "2*x"],
        ["check", "x**2", "3*x"],
        ["functions"],
    ],
)
def test_no_command_needs_the_names_of_torch(arguments: list[str]) -> None:
    assert not [name for name in modules_of(*arguments) if name.startswith("gradcli.autograd")]
