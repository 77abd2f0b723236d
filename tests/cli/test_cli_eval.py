"""`gradcli eval` as a user sees it: whole outputs, stdout and stderr each on its own, exit statuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE = """\
sin(x**2) = -0.2879033167

variable  value      gradient
x             4  -7.661275843

SinBackward0      -0.2879   grad 1
└── PowBackward0       16   grad -0.9577
    ├── x               4   grad -7.661
    └── 2
"""


def test_the_design_s_transcript(gradcli: Callable) -> None:
    assert gradcli("eval", "sin(x**2)", "x=4") == (0, PAGE, "")


def test_on_a_terminal_the_same_text_in_colour(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "sin(x**2)", "x=4", terminal=True, TERM="xterm")
    assert "\x1b[" in out
    assert (status, err) == (0, "")
    assert gradcli("eval", "sin(x**2)", "x=4", terminal=True, NO_COLOR="1") == (0, PAGE, "")
    assert gradcli("eval", "--color", "never", "sin(x**2)", "x=4", terminal=True) == (0, PAGE, "")
    assert gradcli("eval", "--color=always", "sin(x**2)", "x=4").out == out


def test_json(gradcli: Callable) -> None:
    assert gradcli("eval", "--json", "sin(x**2)", "x=4") == (
        0,
        '{"expression": "sin(x**2)", "line": 1, "value": -0.2879033166650653, '
        '"gradients": {"x": -7.661275842587077}, "dtype": "float64", "notes": []}\n',
        "",
    )


def test_json_with_graph(gradcli: Callable) -> None:
    line = json.loads(gradcli("eval", "--json", "--graph", "x*3", "x=2").out)
    assert [(node["id"], node["name"], node["gradient"], node["inputs"]) for node in line["graph"]] == [
        (0, "x", 3.0, []),
        (1, "", None, []),
        (2, "MulBackward0", 1.0, [0, 1]),
    ]


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["-x**2", "x=3"], -9.0),
        (["--json", "-x**2", "x=3"], -9.0),
        (["-x**2", "x=3", "--const", "x"], -9.0),
        (["-2"], -2.0),
        (["-sin(x)", "x=0"], -0.0),
        (["--x", "x=3"], 3.0),
        (["--", "-x", "x=3"], -3.0),
        (["x=3", "x"], 3.0),
        (["x", "x=-1"], -1.0),
        (["x", "x=pi/2"], 1.5707963267948966),
        (["sum(w)", "w=[1, -2]"], -1.0),
        (["y = x**2; y+1", "x=3"], 10.0),
        (["2x", "x=2", "--dtype", "float32"], 4.0),
    ],
)
def test_expressions_and_values_of_the_call(gradcli: Callable, arguments: list[str], value: float) -> None:
    status, out, err = gradcli("eval", "--json", *arguments)
    assert (status, err) == (0, "")
    assert json.loads(out)["value"] == value


def test_wrt_and_const(gradcli: Callable) -> None:
    arguments = ("--json", "x*y*z", "x=1", "y=2", "z=3")
    assert json.loads(gradcli("eval", *arguments, "--wrt", "x,z").out)["gradients"] == {"x": 6.0, "z": 2.0}
    assert json.loads(gradcli("eval", *arguments, "--const", "y").out)["gradients"] == {
        "x": 6.0, "y": None, "z": 2.0,
    }  # fmt: skip
    assert "\ny             2         -\n" in gradcli("eval", *arguments[1:], "--const=y", "--no-tree").out


def test_order_2(gradcli: Callable) -> None:
    assert gradcli("eval", "--no-tree", "--order", "2", "x**2*y", "x=3", "y=5").out == (
        "x**2*y = 45\n"
        "\n"
        "variable  value  gradient\n"
        "x             3        30\n"
        "y             5         9\n"
        "\n"
        "hessian   x  y\n"
        "x        10  6\n"
        "y         6  0\n"
    )


def test_grad_output_and_the_note_without_it(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "--no-tree", "x**2", "x=[1, 2]", "--grad-output", "[1, 10]")
    assert (status, err) == (0, "")
    assert out.endswith("x         [1, 2]   [2, 40]\n")
    status, out, err = gradcli("eval", "--no-tree", "x**2", "x=[1, 2]")
    assert out.endswith("x         [1, 2]    [2, 4]\n")
    assert err.startswith("note: ")
    assert "sum" in err


def test_notes_stand_under_the_result_on_a_terminal(gradcli: Callable) -> None:
    piped = gradcli("eval", "abs(x)", "x=0")
    shown = gradcli("eval", "abs(x)", "x=0", terminal=True, NO_COLOR="1")
    assert piped.err.startswith("note: ")
    assert piped.err.endswith("(column 1: abs(x))\n")
    assert shown == (0, piped.out + "\n" + piped.err, "")
    noted = json.loads(gradcli("eval", "--json", "abs(x)", "x=0").out)["notes"]
    assert [f"note: {note}\n" for note in noted] == [piped.err]


def test_precision_and_digits(gradcli: Callable) -> None:
    assert gradcli("eval", "--precision", "50", "--no-tree", "sin(x**2)", "x=4").out.splitlines()[0] == (
        "sin(x**2) = -0.28790331666506529478445624821861752962070390065141"
    )
    assert gradcli("eval", "--digits", "3", "--no-tree", "1/3").out == "1/3 = 0.333\n"


def test_depth_and_no_tree(gradcli: Callable) -> None:
    out = gradcli("eval", "--depth", "1", "sin(x**2)", "x=4").out
    assert out.endswith(
        "SinBackward0  -0.2879   grad 1\n└── …\n… 3 more lines of the graph; --depth 3 shows all\n"
    )
    assert "Backward" not in gradcli("eval", "--no-tree", "sin(x**2)", "x=4").out


def test_strict(gradcli: Callable) -> None:
    assert gradcli("eval", "1/x", "x=0").status == 0
    assert gradcli("eval", "--strict", "1/x", "x=0").status == 3
    assert gradcli("eval", "--strict", "1/x", "x=1").status == 0
    assert gradcli("eval", "--strict", "-", stdin=b"1/0\nsn(x)\n").status == 2


def test_a_name_that_is_none(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "--json", "x", "x=1", "--const", "y")
    assert status == 2
    assert out.count("\n") == 1
    assert err.startswith("error: --const names 'y'")


STREAM = b"x = 3\nx**2\n\n# comment\nsn(x)\r\nx**3 at x=2\n"


def test_a_stream_goes_on_after_a_wrong_line(gradcli: Callable) -> None:
    assert gradcli("eval", "--no-tree", stdin=STREAM) == (
        2,
        "x**2 = 9\n"
        "\n"
        "variable  value  gradient\n"
        "x             3         6\n"
        "\n"
        "x**3 = 8\n"
        "\n"
        "variable  value  gradient\n"
        "x             2        12\n",
        "error: unknown function 'sn'\n  line 5, column 1\n  │ sn(x)\n  │ ^^ did you mean 'sin'?\n",
    )


def test_a_failed_line_stands_in_its_place_in_json(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "--json", "-", stdin=STREAM)
    lines = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (2, "")
    assert [line["line"] for line in lines] == [2, 5, 6]
    assert lines[1] == {
        "line": 5, "error": {"kind": "name", "message": "unknown function 'sn'", "column": 1},
    }  # fmt: skip


def test_fail_fast(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "--no-tree", "--fail-fast", stdin=b"1\nsn(x)\n2\n")
    assert (status, out) == (2, "1 = 1\n")
    assert err.startswith("error: unknown function 'sn'")


def test_values_of_the_call_stand_over_those_of_a_stream(gradcli: Callable) -> None:
    out = gradcli("eval", "--json", "x=4", stdin=b"x = 1\nx**2\n").out
    assert json.loads(out)["value"] == 16.0


def test_files_see_what_earlier_ones_bind(gradcli: Callable, tmp_path: Path) -> None:
    first, second = tmp_path / "first.grad", tmp_path / "second.grad"
    first.write_text("x = 3\n")
    second.write_text("x**2\nsn(x)\n")
    status, out, err = gradcli("eval", "--json", "-f", str(first), "--file", str(second), "x+1")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (2, "")
    assert [(line.get("value"), line["line"], line.get("file")) for line in lines] == [
        (9.0, 1, str(second)),
        (None, 2, str(second)),
        (4.0, 1, None),
    ]
    err = gradcli("eval", "-f", str(first), "-f", str(second)).err
    assert err.splitlines()[1] == f"  {second}:2:1"


def test_printed_values_stand_between_the_pages(gradcli: Callable) -> None:
    out = gradcli("eval", "--no-tree", stdin=b"x = 3\nx\nprint x\nprint x.grad\nx\n").out
    page = "x = 3\n\nvariable  value  gradient\nx             3         1\n"
    assert out == f"{page}\ntensor(3., requires_grad=True)\nNone\n\n{page}"


def test_an_unused_value_gets_a_note(gradcli: Callable) -> None:
    assert gradcli("eval", "--no-tree", "1+1", "x=4") == (
        0,
        "1+1 = 2\n",
        "note: x is bound but nothing uses it\n",
    )


def test_a_name_is_the_same_in_every_form_of_unicode(gradcli: Callable) -> None:
    table = "variable  value  gradient\nx1            3         -\ny             2         3\n"
    for written in ("x₁", "x1", "𝐱₁"):
        out = gradcli("eval", "--no-tree", "x₁*y", f"{written}=3", "y=2", "--const", written).out
        assert out == f"x₁*y = 6\n\n{table}"
        out = gradcli("eval", "--json", "x1*y", f"{written}=3", "y=2", "--wrt", written).out
        assert json.loads(out)["gradients"] == {"x1": 2.0}


def test_a_line_that_goes_on_is_shown_as_one(gradcli: Callable) -> None:
    status, out, err = gradcli("eval", "--no-tree", stdin=b"1 + \\\n  2 \\ \r\n* 3\nlog( \\\n 0)\n")
    assert (status, out) == (0, "1 + 2 * 3 = 7\n\nlog( 0) = -inf\n")
    assert err == "note: -inf comes from the logarithm of zero (line 4, column 1: log( 0))\n"
