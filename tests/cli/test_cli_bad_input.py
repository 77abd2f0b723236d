"""Each kind of bad input has a clear answer: an error with its place, a status, and never a traceback."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from gradcli.cli import streams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_unreadable_files_do_not_stop_the_others(gradcli: Callable, tmp_path: Path) -> None:
    good = tmp_path / "good.grad"
    good.write_text("1+1\n")
    status, out, err = gradcli(
        "eval", "-f", "missing.grad", "-f", str(tmp_path), "-f", "a\0b", "-f", str(good)
    )
    assert (status, out) == (2, "1+1 = 2\n")
    assert err == (
        "error: cannot read 'missing.grad': No such file or directory\n"
        f"error: cannot read '{tmp_path}': Is a directory\n"
        "error: cannot read 'a\\x00b': embedded null byte\n"
    )


def test_fail_fast_stops_at_an_unreadable_file(gradcli: Callable) -> None:
    status, out, _ = gradcli("eval", "--fail-fast", "-f", "missing.grad", "1+1")
    assert (status, out) == (2, "")


def test_bad_utf8_names_the_byte(gradcli: Callable, tmp_path: Path) -> None:
    file = tmp_path / "bad.grad"
    file.write_bytes(b"1\n\xce\xb8 + \xff\n2\n")
    status, out, err = gradcli("eval", "--no-tree", "-f", str(file))
    assert (status, out) == (2, "1 = 1\n\n2 = 2\n")
    assert err == (
        "error: not UTF-8: byte 0xff is the 6th byte of the line\n"
        f"  {file}:2:5\n"
        "  │ θ + \\udcff\n"
        "  │     ^^^^^^\n"
    )


def test_bad_utf8_in_the_call(gradcli: Callable) -> None:
    assert gradcli("eval", "x + \udcff", "x=1").err.startswith("error: not UTF-8: byte 0xff is the 5th byte")
    assert gradcli("eval", "x", "x=\udce9").err.startswith("error: value of x: not UTF-8: byte 0xe9")


def test_bom_and_crlf_are_accepted(gradcli: Callable, tmp_path: Path) -> None:
    file = tmp_path / "windows.grad"
    file.write_bytes(b"\xef\xbb\xbfx = 3\r\nx**2\r\n")
    status, out, err = gradcli("eval", "--json", "-f", str(file))
    assert (status, err) == (0, "")
    assert (json.loads(out)["value"], json.loads(out)["expression"]) == (9.0, "x**2")


def test_every_kind_of_line_end_ends_a_statement(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "--json", "1\r\n2\r3\n4")
    assert (status, err) == (0, "")
    assert [(json.loads(line)["line"], json.loads(line)["value"]) for line in out.splitlines()] == [
        (1, 1.0),
        (2, 2.0),
        (3, 3.0),
        (4, 4.0),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (b"1 + \x00", "  │ 1 + \\x00\n"),
        (b"1 + \x1b[31m", "  │ 1 + \\x1b[31m\n"),
        (b"1 + \x07", "  │ 1 + \\x07\n"),
        (b"[/] + [red]x", "  │ [/] + [red]x\n"),
        ("1 + \u202e".encode(), "  │ 1 + \\u202e\n"),
        ("1 + \x9b2J".encode(), "  │ 1 + \\x9b2J\n"),
    ],
)
@pytest.mark.parametrize("color", ["never", "always"])
def test_nul_control_characters_and_markup_are_shown(
    gradcli: Callable, text: bytes, shown: str, color: str
) -> None:
    import re

    status, out, err = gradcli("eval", "--color", color, stdin=text + b"\n1+1\n")
    assert status == 2
    plain = re.sub("\x1b\\[[0-9;]*m", "", err)
    assert plain.startswith("error: ")
    assert shown in plain
    assert "1+1" in out
    assert out.startswith("1+1 = 2\n") or color == "always"


def test_markup_in_messages_of_the_call_is_shown(gradcli: Callable) -> None:
    assert gradcli("eval", "-f", "[red]no[/]", "--color", "never").err == (
        "error: cannot read '[red]no[/]': No such file or directory\n"
    )
    assert gradcli("eval", "x", "\x1b[2J", "y").err.startswith("error: two expressions, 'x' and '\\x1b[2J'")


def test_towers_of_powers_overflow_at_once(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "9**9**9")
    assert (status, out) == (0, "9**9**9 = inf\n")
    assert err.startswith("note: inf ")
    assert "9**9**9" in err


def test_a_shape_mismatch_names_both_shapes_and_both_places(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "x + sum(y)*y", "x=[1,2]", "y=[1,2,3]")
    assert (status, out) == (2, "")
    assert "(2,)" in err
    assert "(3,)" in err
    assert "  │ x + sum(y)*y\n" in err
    kind = json.loads(gradcli("eval", "--json", "x + y", "x=[1,2]", "y=[1,2,3]").out)["error"]["kind"]
    assert kind == "shape"


def test_an_index_out_of_range(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "x[5]", "x=[1,2]")
    assert (status, out) == (2, "")
    assert err.startswith("error: index 5 is out of range")
    assert json.loads(gradcli("eval", "--json", "x[5]", "x=[1,2]").out)["error"]["kind"] == "value"


@pytest.mark.parametrize(
    "text",
    ["zeros(10**12)", "zeros(10**6, 10**6)", "eye(10**7)", "arange(1e15)", "ones(10**6, 1) @ ones(1, 10**6)"],
)
def test_an_array_too_large_is_refused(gradcli: Callable, text: str) -> None:
    status, out, _ = gradcli("eval", "--json", text)
    assert status == 2
    assert json.loads(out)["error"]["kind"] == "value"
    assert json.loads(out)["error"]["message"].startswith("an array of ")


@pytest.mark.parametrize("text", ["", "   ", "\n", "# a comment"])
def test_an_empty_expression(gradcli: Callable, text: str) -> None:
    status, out, err = gradcli("eval", text)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")


def test_an_empty_stream_has_no_results(gradcli: Callable) -> None:
    assert gradcli("eval", stdin=b"") == (0, "", "")
    assert gradcli("eval", stdin=b"\n# nothing\n") == (0, "", "")


@pytest.mark.parametrize(
    ("value", "place"), [("abc", "  │ x=abc\n  │   ^^^"), ("", "  │ x=\n"), ("1+", "  │ x=1+\n")]
)
def test_a_value_that_is_none(gradcli: Callable, value: str, place: str) -> None:
    status, out, err = gradcli("eval", "x", f"x={value}")
    assert (status, out) == (2, "")
    assert err.startswith("error: value of x: ")
    assert place in err


@pytest.mark.parametrize(
    ("vector", "message", "place"),
    [
        ("[1, abc]", "'abc' is not a number or list", "  │ [1, abc]\n  │     ^^^ write a number"),
        ("[1,", "an operand is missing behind ','", "  │ [1,\n  │    ^ a number"),
        ("", "there is nothing to evaluate", "  │ ^ write an expression"),
    ],
)
def test_a_vector_that_is_none(gradcli: Callable, vector: str, message: str, place: str) -> None:
    for options in ((), ("--json",)):
        status, out, err = gradcli("eval", "x*[1, 2]", "x=1", "--grad-output", vector, *options)
        assert (status, out) == (2, "")
        assert err.startswith(f"error: --grad-output: {message}\n")
        assert place in err


def test_a_call_of_nothing_but_a_comment(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "# nothing")
    assert (status, out) == (2, "")
    assert err.startswith("error: there is nothing to evaluate\n")


def test_two_values_of_a_name(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "x", "x=1", "x=2")
    assert (status, out) == (2, "")
    assert err == "error: two values of x, '1' and '2'; leave one out\n"


WAY_OUT = "add an expression, as in gradcli eval 'sin(x**2)' x=4, or a file with -f"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["eval"],
            f"nothing to evaluate\n  {WAY_OUT}",
        ),
        (
            ["eval", "x=4"],
            f"only values are given\n  {WAY_OUT}",
        ),
        (["eval", "x", "--prescision", "5"], "no such option '--prescision'; did you mean '--precision'?"),
        (["eval", "x", "--precision"], "option '--precision' requires a value"),
        (["eval", "x", "--precision", "ten"], "invalid value for '--precision': 'ten' is no whole number"),
        (["eval", "x", "--order", "3"], "invalid value for '--order': 3 is not in the range 1<=x<=2"),
        (
            ["eval", "x", "--dtype", "float16"],
            "invalid value for '--dtype': 'float16' is not one of 'float64', 'float32'",
        ),
        (["eval", "x", "--graph"], "--graph puts the graph into the JSON: add --json"),
        (["evl", "x"], "no such command 'evl'; did you mean 'eval'?"),
        (["sin(x**2)", "x=4"], "no such command 'sin(x**2)'; to evaluate it: gradcli eval 'sin(x**2)'"),
        (["--json"], "no such option '--json'; options stand behind the command"),
        (["functions", "sn"], "no function 'sn'; did you mean 'sin'?"),
    ],
)
def test_a_wrong_call(gradcli: Callable, arguments: list[str], message: str) -> None:
    assert gradcli(*arguments) == (2, "", f"error: {message}\n")


def test_an_endless_line_is_refused(gradcli: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_LINE", 2**20)
    status, out, err = gradcli("eval", "--no-tree", stdin=b"1" * (2**20 + 1) + b"\n2\n")
    assert (status, out) == (2, "2 = 2\n")
    assert err == "error: a line longer than 1 MB\n  line 1, column 1\n  │ …\n  │ ^\n"


def test_a_stream_that_breaks_is_an_error(gradcli: Callable) -> None:
    class Broken(io.BytesIO):
        def readinto1(self, buffer: object, /) -> int:
            raise OSError(5, "Input/output error")

    from gradcli.cli.environment import Environment
    from gradcli.cli.main import run

    err = io.StringIO()
    environment = Environment(stdin=Broken(), stdout=io.StringIO(), stderr=err, variables={})
    assert run(["eval", "-"], environment) == 2
    assert err.getvalue() == "error: cannot read standard input: Input/output error\n"


def test_traceback_shows_the_rest(gradcli: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from gradcli.evaluation.session import Session

    def broken(self: Session, *arguments: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Session, "run", broken)
    status, _, err = gradcli("eval", "1")
    assert status == 2
    assert err == (
        "error: gradcli itself failed: RuntimeError: a bug\n"
        "  line 1, column 1\n  │ 1\n  │ ^\n  --traceback shows where\n"
    )
    err = gradcli("eval", "--traceback", "1").err
    assert err.startswith("Traceback (most recent call last):\n")
    assert "test_cli_bad_input.py" in err


STREAM = "x = 2\nx**2\nsin(x) + 1\nno_grad { y = x }\nx**3\n"


@pytest.mark.parametrize(
    "error", [RuntimeError("a bug"), MemoryError(), RecursionError("too deep"), KeyError("k")]
)
@pytest.mark.parametrize("command", ["eval", "diff", "explain"])
def test_an_internal_failure_costs_the_line_in_which_it_happened(
    gradcli: Callable, monkeypatch: pytest.MonkeyPatch, command: str, error: Exception
) -> None:
    from gradcli.evaluation import session

    parse_each = session.parse_each

    def failing(text: str, **options: object) -> object:
        if "sin" in text:
            raise error
        return parse_each(text, **options)

    good = gradcli(command, "--json", stdin=STREAM.replace("sin(x) + 1", "").encode())
    monkeypatch.setattr(session, "parse_each", failing)
    done = gradcli(command, "--json", stdin=STREAM.encode())
    kind, said = "internal", f"gradcli itself failed: {type(error).__name__}: {error}"
    if isinstance(error, MemoryError):
        kind, said = "limit", "out of memory"
    lines = done.out.splitlines()
    failed = next(line for line in lines if '"error"' in line)
    assert json.loads(failed)["error"] == {"kind": kind, "message": said, "column": 1}
    assert json.loads(failed)["line"] == 3
    assert [line for line in lines if line != failed] == good.out.splitlines()
    assert (done.status, done.err) == (2, good.err)


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_an_output_without_unicode(process: Callable, variables: dict[str, str]) -> None:
    import os

    done = process("eval", "x**2", "x=3", env={**os.environ, **variables, "COLUMNS": "80"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"|-- x" in done.stdout or "├── x".encode() in done.stdout
    done = process("eval", "θ*1", "θ=3", env={**os.environ, **variables}, stdout=-1)
    assert done.returncode == 0


UNSEEN = "a\x7f\x85\x9b\u061c\u200e\u2028\u202e\u2066b"
"""A delete, C1, directions and ends of lines: what a terminal obeys or a reader cuts at."""

UNSEEN_IN_JSON = r"a\u007f\u0085\u009b\u061c\u200e\u2028\u202e\u2066b"


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["check", "x^2", UNSEEN, "--json"], ""),
        (["check", "--file", "-", "--json"], f"f,claim,note\nx^2,2x,{UNSEEN}\n"),
        (["check", "--file", "-", "--json"], f"f,claim,{UNSEEN}\nx^2,2x,1\n"),
        (["check", "--file", "-", "--json", "--jobs", "1"], f"f,claim\nx^2,{UNSEEN}\n"),
        (["map", "x^2", "-", "--json"], f"x,note\n1,{UNSEEN}\n"),
        (["map", "x^2", "-", "--json"], f"x,{UNSEEN}\n1,2\n"),
        (["map", "x^2", "-", "--json", "--name", UNSEEN], "x\n1\n"),
    ],
)
def test_no_line_of_json_holds_what_a_terminal_obeys(
    gradcli: Callable, arguments: list[str], stdin: str
) -> None:
    out = gradcli(*arguments, stdin=stdin.encode()).out
    assert UNSEEN_IN_JSON in out
    assert out.replace("\n", "").isprintable()


@pytest.mark.parametrize("command", ["eval", "diff", "explain"])
def test_the_name_of_a_file_in_json(gradcli: Callable, tmp_path: Path, command: str) -> None:
    path = tmp_path / UNSEEN
    path.write_text("x = 2\nx^2\nnope(x)\n")
    out = gradcli(command, "--json", "-f", str(path)).out
    assert out.count(f'{UNSEEN_IN_JSON}"') == 2
    assert out.count("\n") == 2
    assert out.replace("\n", "").isprintable()
