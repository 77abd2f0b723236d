"""The grammar of the command line: what is an option, what a word, what a value."""

from __future__ import annotations

import pytest

from gradcli.cli.arguments import UsageError, sort, split

OPTIONS = {"--file": True, "-f": True, "--precision": True, "--json": False, "--depth": True, "--help": False}


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (["x", "x=4"], [], ["x", "x=4"]),
        (["-x**2", "x=3"], [], ["-x**2", "x=3"]),
        (["--json", "-x**2", "x=3"], ["--json"], ["-x**2", "x=3"]),
        (["-x**2", "x=3", "--json"], ["--json"], ["-x**2", "x=3"]),
        (["-2"], [], ["-2"]),
        (["-sin(x)"], [], ["-sin(x)"]),
        (["--x"], [], ["--x"]),
        (["--2*x"], [], ["--2*x"]),
        (["--sin(x)"], [], ["--sin(x)"]),
        (["-x", "x=-1"], [], ["-x", "x=-1"]),
        (["-f*2", "f=3"], [], ["-f*2", "f=3"]),
        (["-"], [], ["-"]),
        (["-f", "-"], ["-f", "-"], []),
        (["-f", "a", "--file=b", "--file", "c"], ["-f", "a", "--file=b", "--file", "c"], []),
        (["--precision=50", "x"], ["--precision=50"], ["x"]),
        (["--", "--json", "-f"], [], ["--json", "-f"]),
    ],
)
def test_options_and_words(arguments: list[str], options: list[str], words: list[str]) -> None:
    assert sort(arguments, OPTIONS) == (options, words)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--prescision", "no such option '--prescision'; did you mean '--precision'?"),
        ("--prescision=5", "no such option '--prescision'; did you mean '--precision'?"),
        ("--jsn", "no such option '--jsn'; did you mean '--json'?"),
        ("-json", "no such option '-json'; did you mean '--json'?"),
        (
            "--velocity",
            "no such option '--velocity'; an expression like it stands behind '--': -- --velocity",
        ),
    ],
)
def test_a_mistyped_option_is_called_that(argument: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        sort(["x", argument, "5"], OPTIONS)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("words", "expression", "bindings"),
    [
        ([], None, []),
        (["sin(x)", "x=4"], "sin(x)", [("x", "4")]),
        (["x=4", "sin(x)"], "sin(x)", [("x", "4")]),
        (["x", " θ₁ = [1, 2] "], "x", [("θ₁", "[1, 2]")]),
        (["x=="], "x==", []),
        (["x==4"], "x==4", []),
        (["x<=4", "x=5"], "x<=4", [("x", "5")]),
        (["y = x**2; y", "x=3"], "y = x**2; y", [("x", "3")]),
        (["f(x) = x**2; f(3)"], "f(x) = x**2; f(3)", []),
        (["const y = 3"], "const y = 3", []),
        (["", "x="], "", [("x", "")]),
    ],
)
def test_expression_and_bindings(
    words: list[str], expression: str | None, bindings: list[tuple[str, str]]
) -> None:
    assert split(words) == (expression, bindings)


def test_a_second_expression_is_an_error() -> None:
    with pytest.raises(UsageError) as raised:
        split(["sin(x)", "x=4", "cos(x)"])
    assert str(raised.value) == "two expressions, 'sin(x)' and 'cos(x)'; put a ';' between them"
