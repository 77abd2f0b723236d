"""`gradcli check` as a user calls it: verdicts, exit statuses, wrong calls, what it imports."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

RIGHT = """\
correct: d/dx(sin(x**2)) = 2*x*cos(x**2)

compared at {} points
"""


GRADIENT = ["correct: d/dx(x*y) = y", "correct: d/dy(x*y) = x"]


def headlines(out: str) -> list[str]:
    """The first line of every verdict."""
    words = ("correct: ", "wrong: ", "undecided: ", "unreadable: ")
    return [line for line in out.splitlines() if line.startswith(words)]


def test_a_right_answer(gradcli: Callable) -> None:
    status, out, err = gradcli("check", "sin(x**2)", "2*x*cos(x**2)")
    points = json.loads(gradcli("check", "--json", "sin(x**2)", "2*x*cos(x**2)").out)["points"]
    assert (status, out, err) == (0, RIGHT.format(points), "")
    assert points >= 10


def test_a_wrong_answer_names_the_mistake_and_shows_a_point(gradcli: Callable) -> None:
    status, out, err = gradcli("check", "sin(x**2)", "cos(x**2)")
    assert (status, err) == (1, "")
    assert out.startswith("wrong: d/dx(sin(x**2)) is not cos(x**2)\n\nchain-rule-missing: ")
    assert "\n  │ sin(x**2)\n  │ ^^^^^^^^^\n\nat x = " in out


def test_a_hint_shows_no_number_and_no_answer(gradcli: Callable) -> None:
    status, out, err = gradcli("check", "--hint", "sin(x**2)", "cos(x**2)")
    assert (status, err) == (1, "")
    assert "\nhint: " in out
    assert not [word for word in ("chain-rule-missing", "2*x", "true", "ratio", "at x") if word in out]
    found = json.loads(gradcli("check", "--hint", "--json", "sin(x**2)", "cos(x**2)").out)
    assert found["counterexample"]["true"] is None
    assert "2*x" not in json.dumps(found)


@pytest.mark.parametrize(
    ("arguments", "status", "expected"),
    [
        (["x**2", "2x"], 0, ["correct: d/dx(x**2) = 2x"]),
        (["x**2", "3x"], 1, ["wrong: d/dx(x**2) is not 3x"]),
        (["cos(x)", "-sin(x)"], 0, ["correct: d/dx(cos(x)) = -sin(x)"]),
        (["-x", "-1"], 0, ["correct: d/dx(-x) = -1"]),
        (["--", "-x", "-1"], 0, ["correct: d/dx(-x) = -1"]),
        (["--json", "-x", "-1"], 0, []),
        (["x*y", "--wrt", "x", "y", "--wrt", "y", "x"], 0, GRADIENT),
        (["x*y", "y", "x", "--wrt", "x,y"], 0, GRADIENT),
        (["x*y", "--wrt=y", "x"], 0, ["correct: d/dy(x*y) = x"]),
        (["x*y", "x", "y", "--wrt", "x,y"], 1, ["wrong: d/dx(x*y) is not x", "wrong: d/dy(x*y) is not y"]),
        (["x*y", "df/dx = y", "df/dy = y"], 1, ["correct: d/dx(x*y) = y", "wrong: d/dy(x*y) is not y"]),
        (["x*y", "∂f/∂y = x", "f_x = y"], 0, ["correct: d/dy(x*y) = x", "correct: d/dx(x*y) = y"]),
        (["x*q", "-q", "--wrt", "x"], 1, ["wrong: d/dx(x*q) is not -q"]),
        (["x^2+y^2=25", "-x/y"], 2, ["unreadable: F: F is an equation of a curve, and no function"]),
        (["x**2", "f'(x) = 2x"], 0, ["correct: d/dx(x**2) = 2*x"]),
        (["x**2", "cosx"], 1, ["unreadable: unknown name 'cosx'"]),
        (["x**2", ""], 1, ["unreadable: the claim is empty"]),
        (["x**2", "2x\udce9"], 1, ["unreadable: not UTF-8: byte 0xe9 is the 3rd byte of the line"]),
        # The question is at fault, no answer is.
        (["sin(x", "cos(x)"], 2, ["unreadable: F: ')' is missing"]),
    ],
)  # fmt: skip
def test_verdicts(gradcli: Callable, arguments: list[str], status: int, expected: list[str]) -> None:
    done = gradcli("check", *arguments)
    assert (done.status, headlines(done.out), done.err) == (status, expected, "")


def test_several_pages_and_several_lines(gradcli: Callable) -> None:
    out = gradcli("check", "x*y", "y", "x", "--wrt", "x,y").out
    assert "points\n\ncorrect: d/dy" in out
    lines = gradcli("check", "x*y", "y", "y", "--wrt", "x,y", "--json").out.splitlines()
    assert [(json.loads(line)["wrt"], json.loads(line)["verdict"]) for line in lines] == [
        ("x", "correct"),
        ("y", "wrong"),
    ]


def test_a_verdict_repeats(gradcli: Callable) -> None:
    call = ("check", "a*x**2*exp(-x)", "a*x", "--wrt", "x", "--json")
    assert gradcli(*call) == gradcli(*call)


WRONG_CALLS = {
    "nothing": (
        [],
        "error: nothing to check\n"
        "  add F and a claim, as in gradcli check 'x**2' '2*x', or a sheet with --file\n",
    ),
    "no claim": (
        ["x**2"],
        "error: no claim for 'x**2'\n"
        "  add what you claim its derivative to be: gradcli check 'x**2' '...'\n",
    ),
    "a sheet without --file": (
        ["answers.csv"],
        "error: no claim for 'answers.csv'\n  for a sheet of claims: gradcli check --file answers.csv\n",
    ),
    "several variables": (
        ["x*y", "y"],
        "error: F has the variables x and y: say by which to differentiate\n"
        "  as in gradcli check 'x*y' --wrt x y, for a gradient --wrt x CLAIM --wrt y CLAIM\n",
    ),
    "a variable that F lacks": (
        ["x**2", "2x", "--wrt", "t"],
        "error: F has no variable t: it has x\n",
    ),
    "variables and claims": (
        ["x*y", "y", "--wrt", "x", "--wrt", "y"],
        "error: 2 variables for 1 claim\n"
        "  as in gradcli check 'x*y' --wrt x y, for a gradient --wrt x CLAIM --wrt y CLAIM\n",
    ),
    "a second claim": (
        ["x**2", "2x", "x+x"],
        "error: a second claim, 'x+x', without its variable\n"
        "  as in gradcli check 'x*y' --wrt x y, for a gradient --wrt x CLAIM --wrt y CLAIM\n",
    ),
    "a second claim behind one with a variable": (
        ["x*y", "f_x = y", "x"],
        "error: a second claim, 'x', without its variable\n"
        "  as in gradcli check 'x*y' --wrt x y, for a gradient --wrt x CLAIM --wrt y CLAIM\n",
    ),
    "a value behind a claim": (
        ["x*sin(x)", "sin(x)+x*cos(x)", "x=2"],
        "error: 'x=2' is no claim: check compares at many points, and takes no value\n"
        "  leave it out; for the value at one: gradcli eval F x=2\n",
    ),
    "an option that there is not": (
        ["x^3", "3x^2", "-q"],
        "error: no such option '-q'\n"
        "  a claim that is a variable stands first, or has its --wrt: as in gradcli check 'x*y' --wrt x y, "
        "for a gradient --wrt x CLAIM --wrt y CLAIM\n",
    ),
    "a mistyped option": (
        ["x**2", "2x", "--hnt"],
        "error: no such option '--hnt'; did you mean '--hint'?\n",
    ),
    "a claim and a sheet": (
        ["x**2", "--file", "answers.csv"],
        "error: a sheet and a claim, 'x**2'\n  leave one out: --file, or F and CLAIM\n",
    ),
    "two sheets": (
        ["-f", "a.csv", "-f", "b.csv"],
        "error: two sheets; check one after the other\n",
    ),
    "two variables for a sheet": (
        ["-f", "a.csv", "--wrt", "x,y"],
        "error: more than one variable for the sheet\n  give each row its own in a column wrt\n",
    ),
    "no jobs": (
        ["-f", "a.csv", "--jobs", "0"],
        "error: invalid value for '--jobs': 0 is not in the range 1<=x<=256\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_wrong_calls(gradcli: Callable, arguments: list[str], message: str) -> None:
    assert gradcli("check", *arguments) == (2, "", message)


def test_on_a_terminal_the_same_text_in_colour(gradcli: Callable) -> None:
    plain = gradcli("check", "x**2", "3x")
    assert gradcli("check", "x**2", "3x", terminal=True, NO_COLOR="1") == plain
    assert "\x1b[" in gradcli("check", "x**2", "3x", terminal=True).out
    assert gradcli("check", "--color=never", "x**2", "3x", terminal=True) == plain


PROGRAM = """
import sys
from gradcli.cli.main import main
sys.argv[0] = "gradcli"
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [["x**2", "2*x"], ["sin(x**2)", "cos(x**2)"], ["--json", "x**2", "3x"], ["x**2", "cosx"]]
)
def test_a_check_imports_what_it_needs(arguments: list[str]) -> None:
    command = [sys.executable, "-c", PROGRAM, "check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    found = set(done.stderr.split("\n")[-2].split())
    assert "mpmath" in found
    heavy = {"numpy", "scipy", "lark", "rich", "csv", "multiprocessing", "dataclasses"}
    assert not heavy & found
