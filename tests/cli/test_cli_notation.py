"""The notation of textbooks in every command: functions without parentheses, bars, brackets, per cent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CALLS: list[tuple[list[str], int, str, str]] = [
    (
        ["eval", "--no-tree", "sin x", "x=2"],
        0,
        ("sin(x) = 0.9092974268\n\nvariable  value       gradient\nx             2  -0.4161468365\n"),
        "",
    ),
    (
        ["eval", "--no-tree", "sin^2 x + cos^2 x", "x=2"],
        0,
        ("sin(x)**2 + cos(x)**2 = 1\n\nvariable  value  gradient\nx             2         0\n"),
        "",
    ),
    (
        ["eval", "--no-tree", "3|x|", "x=-2"],
        0,
        ("3*abs(x) = 6\n\nvariable  value  gradient\nx            -2        -3\n"),
        "",
    ),
    (
        ["eval", "--no-tree", "5 mod 3"],
        0,
        "5 % 3 = 2\n",
        "",
    ),
    (
        ["eval", "--no-tree", "3[x+1]^2", "x=2"],
        0,
        ("3*(x + 1)**2 = 27\n\nvariable  value  gradient\nx             2        18\n"),
        "",
    ),
    (
        ["eval", "--no-tree", "log_2(x)", "x=8"],
        0,
        ("log2(x) = 3\n\nvariable  value      gradient\nx             8  0.1803368801\n"),
        "",
    ),
    (
        ["eval", "--no-tree", "x^{2}", "x=3"],
        0,
        ("x**2 = 9\n\nvariable  value  gradient\nx             3         6\n"),
        "",
    ),
    (
        ["eval", "--no-tree", "sin*x", "sin=2", "x=3"],
        0,
        ("sin*x = 6\n\nvariable  value  gradient\nsin           2         3\nx             3         2\n"),
        "",
    ),
    (
        ["eval", "--no-tree", "sin x at sin=2, x=3"],
        0,
        ("sin*x = 6\n\nvariable  value  gradient\nsin           2         3\nx             3         2\n"),
        "",
    ),
    (
        ["eval", "--no-tree", "ln = 3; ln*x", "x=2"],
        0,
        ("ln*x = 6\n\nvariable  value  gradient\nln            3         2\nx             2         3\n"),
        "",
    ),
    (
        ["eval", "--no-tree", "100*3%"],
        2,
        "",
        (
            "error: '%' is per cent or the remainder: say which\n"
            "  line 1, column 5\n"
            "  │ 100*3%\n"
            "  │     ^^ write 3/100 for per cent, 3 % n for the remainder\n"
        ),
    ),
    (
        ["eval", "--no-tree", "5% + 3"],
        2,
        "",
        (
            "error: '%' is per cent or the remainder: say which\n"
            "  line 1, column 1\n"
            "  │ 5% + 3\n"
            "  │ ^^ write 5/100 for per cent, 5 % (+3) for the remainder\n"
        ),
    ),
    (
        ["eval", "--no-tree", "2[1, 2]"],
        2,
        "",
        (
            "error: a number has no elements\n"
            "  line 1, column 1\n"
            "  │ 2[1, 2]\n"
            "  │ ^^^^^^^ for a product write 2*[1, 2]\n"
        ),
    ),
    (
        ["eval", "--no-tree", "sin + 1"],
        2,
        "",
        (
            "error: 'sin' is a function, and its argument is missing\n"
            "  line 1, column 1\n"
            "  │ sin + 1\n"
            "  │ ^^^ write sin(...), or give 'sin' a value\n"
        ),
    ),
    (
        ["eval", "--no-tree", "sinx", "x=1"],
        2,
        "",
        (
            "error: variable 'sinx' has no value\n"
            "  line 1, column 1\n"
            "  │ sinx\n"
            "  │ ^^^^ did you mean 'sin(x)'?\n"
        ),
    ),
    (
        ["eval", "--no-tree", "SIN(x)", "x=1"],
        2,
        "",
        ("error: unknown function 'SIN'\n  line 1, column 1\n  │ SIN(x)\n  │ ^^^ did you mean 'sin'?\n"),
    ),
    (
        ["eval", "--no-tree", "k^2 at k=2x+5"],
        2,
        "",
        (
            "error: value of k: a value is a constant expression, and this mentions x\n"
            "  line 1, column 11\n"
            "  │ k^2 at k=2x+5\n"
            "  │           ^ write k = 2x+5; k^2\n"
        ),
    ),
    (
        ["eval", "--no-tree", "E^x", "x=1"],
        2,
        "",
        (
            "error: variable 'E' has no value\n"
            "  line 1, column 1\n"
            "  │ E^x\n"
            "  │ ^ did you mean 'e'? or add E=1\n"
        ),
    ),
    (
        ["diff", "sin^2 x"],
        0,
        "2*sin(x)*cos(x)\n",
        "note: read as sin(x)**2\n",
    ),
    (
        ["diff", "ln x"],
        0,
        "1/x\n",
        "note: read as ln(x)\n",
    ),
    (
        ["diff", "x^2 sin 2x"],
        0,
        "2*x*(x*cos(2*x) + sin(2*x))\n",
        "note: read as x**2*sin(2*x)\n",
    ),
    (
        ["diff", "ln|x|"],
        0,
        "1/x\n",
        "note: read as ln(abs(x))\n",
    ),
    (
        ["diff", "sinx"],
        2,
        "",
        (
            "error: 'sinx' runs a function and its argument together\n"
            "  line 1, column 1\n"
            "  │ sinx\n"
            "  │ ^^^^ write sin(x); for a variable of this name add --wrt sinx\n"
        ),
    ),
    (
        ["diff", "xlnx + x"],
        2,
        "",
        (
            "error: 'xlnx' runs a function and its argument together\n"
            "  line 1, column 1\n"
            "  │ xlnx + x\n"
            "  │ ^^^^ write x*ln(x); for a variable of this name add --wrt xlnx\n"
        ),
    ),
    (
        ["diff", "x*sin"],
        2,
        "",
        (
            "error: 'sin' is a function, and its argument is missing\n"
            "  line 1, column 3\n"
            "  │ x*sin\n"
            "  │   ^^^ write sin(...), or give 'sin' a value\n"
        ),
    ),
    (
        ["diff", "ln*x", "--wrt", "ln"],
        0,
        "x\n",
        "",
    ),
    (
        ["diff", "sinx", "--wrt", "sinx"],
        0,
        "1\n",
        "",
    ),
    (
        ["diff", "sinx^2", "sinx=2"],
        0,
        ("2*sinx\n\nat sinx=2\ndf/dsinx = 4\n"),
        "",
    ),
    (
        ["diff", "cost*x"],
        0,
        ("df/dcost = x\ndf/dx = cost\n"),
        "",
    ),
    (
        ["diff", "sin x/2"],
        2,
        "",
        (
            "error: the function's argument can end in two places\n"
            "  line 1, column 1\n"
            "  │ sin x/2\n"
            "  │ ^^^^^^^ write sin(x)/2 or sin(x/2)\n"
        ),
    ),
    (
        ["diff", "SIN(x)"],
        2,
        "",
        ("error: unknown function 'SIN'\n  line 1, column 1\n  │ SIN(x)\n  │ ^^^ did you mean 'sin'?\n"),
    ),
    (
        ["diff", "Sin x"],
        2,
        "",
        ("error: unknown function 'Sin'\n  line 1, column 1\n  │ Sin x\n  │ ^^^ did you mean 'sin'?\n"),
    ),
    (
        ["diff", "E^x"],
        0,
        ("df/dE = x*E**(x - 1)\ndf/dx = E**x*log(E)\n"),
        (
            "note: the formula leaves a convention of pow out: 0**0 is 1 and its gradient 0 by "
            "convention, as in PyTorch\n"
            "note: E is a variable; Euler's number is e\n"
        ),
    ),
    (
        ["diff", "log_3(x)"],
        0,
        "1/(x*log(3))\n",
        "note: read as log(x, 3)\n",
    ),
    (
        ["diff", "(a k+ b k^2)/k^4 at k=2x+5"],
        2,
        "",
        (
            "error: a value is a constant expression, and this mentions x\n"
            "  line 1, column 24\n"
            "  │ (a k+ b k^2)/k^4 at k=2x+5\n"
            "  │                        ^ write k = 2x+5; (a k+ b k^2)/k^4\n"
        ),
    ),
    (
        ["diff", "k = 2x+5; (a k + b k^2)/k^4"],
        0,
        ("df/da = 1/(2*x + 5)**3\ndf/dx = -2*(4*b*x + 3*a + 10*b)/(2*x + 5)**4\ndf/db = 1/(2*x + 5)**2\n"),
        "note: read as (a*k + b*k**2)/k**4\n",
    ),
    (
        ["diff", "x at y=2, k=2x"],
        2,
        "",
        (
            "error: a value is a constant expression, and this mentions x\n"
            "  line 1, column 14\n"
            "  │ x at y=2, k=2x\n"
            "  │              ^ write k = 2x; x at y=2\n"
        ),
    ),
    (
        ["check", "sin x", "cos(x)", "--wrt", "x"],
        0,
        ("correct: d/dx(sin x) = cos(x)\nF read as sin(x)\n\ncompared at 24 points\n"),
        "",
    ),
    (
        ["check", "sin 2x", "2 cos 2x"],
        0,
        "correct: d/dx(sin 2x) = 2 cos 2x\n"
        "F read as sin(2*x)\nread as 2*cos(2*x)\n\ncompared at 24 points\n",
        "",
    ),
    (
        ["check", "ln|x|", "1/x"],
        0,
        ("correct: d/dx(ln|x|) = 1/x\nF read as ln(abs(x))\n\ncompared at 24 points\n"),
        "",
    ),
    (
        ["check", "lnx", "1/x"],
        2,
        (
            "unreadable: F: 'lnx' runs a function and its argument together\n"
            "  │ lnx\n"
            "  │ ^^^ write ln(x); for a variable of this name add --wrt lnx\n"
        ),
        "",
    ),
    (
        ["check", "sin*x", "x", "--wrt", "sin"],
        0,
        ("correct: d/dsin(sin*x) = x\n\ncompared at 40 points\n"),
        "",
    ),
    (
        ["check", "sin(x)^2", "2 sin x cos x"],
        0,
        ("correct: d/dx(sin(x)^2) = 2 sin x cos x\nread as 2*sin(x)*cos(x)\n\ncompared at 24 points\n"),
        "",
    ),
    (
        ["check", "sin(x)", "cos*x"],
        1,
        ("unreadable: 'cos' is a function, and its argument is missing\n  │ cos*x\n  │ ^^^ write cos(...)\n"),
        "",
    ),
    (
        ["explain", "sin 2x", "x=1"],
        0,
        (
            "sin(2*x) = 0.9092974\n"
            "\n"
            "forward\n"
            "  x = 1\n"
            "  u = 2*x    = 2\n"
            "  y = sin(u) = 0.9092974\n"
            "\n"
            "backward\n"
            "  y = sin(u)   chain rule of sin\n"
            "    dy/du = cos(u) = -0.4161468\n"
            "  u = 2*x      constant factor rule\n"
            "    du/dx = 2\n"
            "    dy/dx = dy/du * du/dx = -0.4161468 * 2 = -0.8322937\n"
            "\n"
            "result\n"
            "  dy/dx = dy/du * du/dx = -0.4161468 * 2 = -0.8322937\n"
        ),
        "",
    ),
    (
        ["explain", "ln*x", "x=1"],
        2,
        "",
        (
            "error: 'ln' is a function, and its argument is missing\n"
            "  line 1, column 1\n"
            "  │ ln*x\n"
            "  │ ^^ write ln(...), or give 'ln' a value\n"
        ),
    ),
    (
        ["diff", "d/dx x^2"],
        2,
        "",
        (
            "error: d/dx is no quotient of variables\n"
            "  line 1, column 1\n"
            "  │ d/dx x^2\n"
            "  │ ^^^^ leave it out: the derivative is that of what stands here\n"
        ),
    ),
    (
        ["diff", "d/dx", "--wrt", "d"],
        0,
        "1/dx\n",
        "note: dx is read as one variable; the product is d*x\n",
    ),
    (
        ["check", "d/dx x^2", "2x"],
        2,
        (
            "unreadable: F: d/dx is no quotient of variables\n"
            "  │ d/dx x^2\n"
            "  │ ^^^^ leave it out: the derivative is that of what stands here\n"
        ),
        "",
    ),
    (
        ["diff", "x*ln2"],
        2,
        "",
        (
            "error: 'ln2' runs a function and its argument together\n"
            "  line 1, column 3\n"
            "  │ x*ln2\n"
            "  │   ^^^ write ln(2); for a variable of this name add --wrt ln2\n"
        ),
    ),
    (
        ["diff", "sin(30 deg)"],
        2,
        "",
        (
            "error: 'deg' is no unit here\n"
            "  line 1, column 8\n"
            "  │ sin(30 deg)\n"
            "  │        ^^^ an angle in degrees is radians(30); for a variable of this name add --wrt deg\n"
        ),
    ),
    (
        ["diff", "cos(2 rad)*x"],
        2,
        "",
        (
            "error: 'rad' is no unit here\n"
            "  line 1, column 7\n"
            "  │ cos(2 rad)*x\n"
            "  │       ^^^ angles are in radians: write 2 alone; for a variable of this name add --wrt rad\n"
        ),
    ),
    (["diff", "(x-root1)*(x-root2)", "--wrt", "x"], 0, "2*x - root1 - root2\n", ""),
    (
        ["diff", "2root8"],
        2,
        "",
        (
            "error: 'root8' runs a root and its argument together\n"
            "  line 1, column 2\n"
            "  │ 2root8\n"
            "  │  ^^^^^ write sqrt(8); for a variable of this name add --wrt root8\n"
        ),
    ),
    (
        ["diff", "sin30"],
        2,
        "",
        (
            "error: 'sin30' runs a function and its argument together\n"
            "  line 1, column 1\n"
            "  │ sin30\n"
            "  │ ^^^^^ write sin(30), or sin(radians(30)) in degrees"
            "; for a variable of this name add --wrt sin30\n"
        ),
    ),
    (
        ["diff", "deg*x", "--wrt", "deg"],
        0,
        "x\n",
        "",
    ),
    (
        ["diff", "root8^2", "root8=3"],
        0,
        (
            "2*root8\n"
            "\n"
            "at root8=3\n"
            "df/droot8 = 6\n"
        ),
        "",
    ),
    (
        ["diff", "deg = 2; deg*x"],
        0,
        (
            "df/ddeg = x\n"
            "df/dx = deg\n"
        ),
        "",
    ),
    (
        ["explain", "sin(30 deg)"],
        2,
        "",
        (
            "error: 'deg' is no unit here, and has no value\n"
            "  line 1, column 8\n"
            "  │ sin(30 deg)\n"
            "  │        ^^^ an angle in degrees is radians(30)\n"
        ),
    ),
    (
        ["check", "sin(30 deg)*x", "0"],
        2,
        (
            "unreadable: F: 'deg' is no unit here\n"
            "  │ sin(30 deg)*x\n"
            "  │        ^^^ an angle in degrees is radians(30); for a variable of this name add --wrt deg\n"
        ),
        "",
    ),
    (
        ["check", "2root8*x", "2root8"],
        2,
        (
            "unreadable: F: 'root8' runs a root and its argument together\n"
            "  │ 2root8*x\n"
            "  │  ^^^^^ write sqrt(8); for a variable of this name add --wrt root8\n"
        ),
        "",
    ),
    (
        ["check", "deg^2", "2deg", "--wrt", "deg"],
        0,
        (
            "correct: d/ddeg(deg^2) = 2deg\n"
            "read as 2*deg\n"
            "\n"
            "compared at 24 points\n"
        ),
        "",
    ),
    (
        ["diff", "f(sinx) = sinx^2; f(t)"],
        0,
        "2*t\n",
        "",
    ),
    (
        ["check", "e^x", "E^x"],
        1,
        (
            "wrong: d/dx(e^x) is not E^x\n"
            "as written this is E**x; E is a variable: with e, Euler's number, it would be\n"
            "right\n"
            "\n"
            "at E = 2, x = 1:\n"
            "  claimed      2\n"
            "  true         2.718281828\n"
            "  ratio        0.7357588823\n"
            "  difference  -0.7182818285\n"
            "\n"
            "compared at 43 points\n"
        ),
        "",
    ),
    (
        ["eval", "--no-tree", "x", "x=2|3|"],
        0,
        ("x = 6\n\nvariable  value  gradient\nx             6         1\n"),
        "",
    ),
    (
        ["check", "sin(x)/2", "cos x/2"],
        1,
        (
            "unreadable: the function's argument can end in two places\n"
            "  │ cos x/2\n"
            "  │ ^^^^^^^ write cos(x)/2 or cos(x/2)\n"
        ),
        "",
    ),
]


@pytest.mark.parametrize(
    ("arguments", "status", "out", "err"), CALLS, ids=[" ".join(arguments) for arguments, *_ in CALLS]
)
def test_calls(gradcli: Callable, arguments: list[str], status: int, out: str, err: str) -> None:
    assert gradcli(*arguments) == (status, out, err)


def test_rows_of_a_table(gradcli: Callable) -> None:
    out = "x,value,d_x\n1,0.7080734182735712,0.9092974268256818\n"
    note = "note: read as sin(x)**2\n1 row\n"
    assert gradcli("map", "sin^2 x", "-", stdin=b"x\n1\n") == (0, out, note)


def test_columns_called_like_functions_are_variables(gradcli: Callable) -> None:
    out = "sin,x,value,d_sin,d_x\n2,3,6,3,2\n"
    note = "note: read as sin*x\n1 row\n"
    assert gradcli("map", "sin x", "-", stdin=b"sin,x\n2,3\n") == (0, out, note)
    assert gradcli("map", "ln*x", "-", "ln=2", stdin=b"x\n3\n").out == "x,value,d_ln,d_x\n3,6,3,2\n"


def test_a_table_without_the_function_s_column(gradcli: Callable) -> None:
    assert gradcli("map", "sin*x", "-", stdin=b"x\n3\n") == (
        2,
        "",
        "error: 'sin' is a function, and its argument is missing\n  line 1, column 1\n  │ sin*x\n"
        "  │ ^^^ write sin(...), or give 'sin' a value\n",
    )
    assert gradcli("map", "x + lnx", "-", stdin=b"x\n3\n") == (
        2,
        "",
        "error: standard input has no column 'lnx'; its columns are x\n"
        "  did you mean 'ln(x)'? Or give it a value: lnx=1\n",
    )


PROGRAM = """\
a = 2
2a sin^2 x
sin x/2
sin = 3
sin x
"""


def test_files(gradcli: Callable, tmp_path: Path) -> None:
    file = tmp_path / "p.grad"
    file.write_text(PROGRAM, "utf-8")
    status, out, err = gradcli("eval", "--no-tree", "-f", str(file), "x=1")
    assert status == 2
    assert [line for line in out.splitlines() if " = " in line] == [
        "2*a*sin(x)**2 = 2.832293673",
        "sin*x = 3",
    ]
    assert err == (
        f"error: the function's argument can end in two places\n  {file}:3:1\n  │ sin x/2\n"
        "  │ ^^^^^^^ write sin(x)/2 or sin(x/2)\n"
    )
    status, out, err = gradcli("diff", "-f", str(file))
    assert status == 2
    assert out.splitlines()[-2:] == ["df/dsin = x", "df/dx = sin"]


def test_a_stream(gradcli: Callable) -> None:
    lines = b"sin x at x=1\nsin x at sin=2, x=1\nsin x at x=2\n"
    out = gradcli("eval", "--no-tree", stdin=lines).out
    assert [line for line in out.splitlines() if " = " in line] == [
        "sin(x) = 0.8414709848",
        "sin*x = 2",
        "sin(x) = 0.9092974268",
    ]
