"""`gradcli diff` as a user sees it: whole outputs, and formulas that `gradcli eval` reads again."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


OUTPUTS = [
    (["z=x^2; x=5; z"], "2*x\n\nat x=5\ndf/dx = 10\n", ""),
    (["z=x^2; x=5; z*x"], "3*x**2\n\nat x=5\ndf/dx = 75\n", ""),
    (["sin(x**2)"], "2*x*cos(x**2)\n", ""),
    (["sin(x**2)", "x=4"], "2*x*cos(x**2)\n\nat x=4\ndf/dx = -7.661275843\n", ""),
    (["sin(x**2) at x=4", "--digits", "3"], "2*x*cos(x**2)\n\nat x=4\ndf/dx = -7.66\n", ""),
    (["-x**2"], "-2*x\n", ""),
    # Digits that are lost as the formula is computed, and none where only the function itself loses some.
    (
        ["(1-cos(x))/x^2", "x=1e-4"],
        "(x*sin(x) + 2*cos(x) - 2)/x**3\n\nat x=0.0001\ndf/dx = 0\n",
        "note: all digits cancelled in the formula of the derivative by x: it is -8.333333328e-06; "
        "gradcli eval --precision 40 shows it\n",
    ),
    (
        ["sqrt(x^2+1)-x", "x=1e9"],
        "x/sqrt(x**2 + 1) - 1\n\nat x=1000000000\ndf/dx = 0\n",
        "note: all digits cancelled in the formula of the derivative by x: it is -5e-19; "
        "gradcli eval --precision 40 shows it\n",
    ),
    (["1-cos(x)", "x=1e-4"], "sin(x)\n\nat x=0.0001\ndf/dx = 9.999999983e-05\n", ""),
    (["x**2 - 2*x", "x=1"], "2*x - 2\n\nat x=1\ndf/dx = 0\n", ""),
    (["x*y + sin(x)"], "df/dx = y + cos(x)\ndf/dy = x\n", ""),
    (["x*y + sin(x)", "--wrt", "x"], "y + cos(x)\n", ""),
    (["x*y*z", "--wrt", "z,x"], "df/dz = x*y\ndf/dx = y*z\n", ""),
    (["x*y + sin(x)", "--order", "2"], "d2f/dx2 = -sin(x)\nd2f/dxdy = 1\nd2f/dy2 = 0\n", ""),
    (["x**3*y**3", "--order=3"], "d3f/dx3 = 6*y**3\nd3f/dy3 = 6*x**3\n", ""),
    (["x**2", "--order=2", "x=5"], "2\n\nat x=5\nd2f/dx2 = 2\n", ""),
    (["x**2", "--latex"], "2 x\n", ""),
    (
        ["x*y", "--latex", "y=2", "x=1"],
        "\\frac{\\partial f}{\\partial x} = y\n"
        "\\frac{\\partial f}{\\partial y} = x\n"
        "\\left.\\frac{\\partial f}{\\partial x}\\right|_{x = 1,\\ y = 2} = 2\n"
        "\\left.\\frac{\\partial f}{\\partial y}\\right|_{x = 1,\\ y = 2} = 1\n",
        "",
    ),
    (["f(t) = t**2; f(x)*3"], "6*x\n", ""),
    (["y = x**2; y*x"], "3*x**2\n", ""),
    (["x = 3; x**2"], "2*x\n\nat x=3\ndf/dx = 6\n", ""),
    (["x**2; x**3"], "2*x\n3*x**2\n", ""),
    (["x**2 at x=1; x**3"], "2*x\n\nat x=1\ndf/dx = 2\n\n3*x**2\n", ""),
    (["x**2 + a", "--wrt", "x", "x=3"], "2*x\n\nat x=3\ndf/dx = 6\n", ""),
    (["sin(x)", "x=[0, 1]"], "cos(x)\n\nat x=[0, 1]\ndf/dx = [1, 0.5403023059]\n", ""),
    (["0.5*x^2*y", "--order", "2"], "d2f/dx2 = y\nd2f/dxdy = x\nd2f/dy2 = 0\n", ""),
    (["x**2*y", "--order", "2", "--wrt", "x"], "2*y\n", ""),
    (["const a = 2; a*x**2", "x=3"], "2*a*x\n\nat a=2, x=3\ndf/dx = 12\n", ""),
    (["1 if x > 0 else y"], "df/dx = 0\ndf/dy = where(x > 0, 0, 1)\n", ""),
    (["[x**2, x]"], "[2*x, 1]\n", ""),
    (["[x**2, x]", "x=3"], "[2*x, 1]\n\nat x=3\ndf/dx = [6, 1]\n", ""),
    (["3*x", "x=[1, 2]"], "3\n\nat x=[1, 2]\ndf/dx = [3, 3]\n", ""),
    (["sum(x**2)", "x=[1, 2]"], "2*x\n\nat x=[1, 2]\ndf/dx = [2, 4]\n", ""),
    (
        ["(x + xy)/3"],
        "df/dx = 1/3\ndf/dxy = 1/3\n",
        "note: xy is read as one variable; the product is x*y\n",
    ),
    (["5"], "0\n", "note: nothing in it varies, so that its derivative is 0\n"),
    (["pi", "--wrt", "x"], "0\n", "note: nothing in it varies, so that its derivative is 0\n"),
    (["3x²"], "6*x\n", "note: read as 3*x**2\n"),
    (["f(x) = x**2"], "2*x\n", "note: taken as the right side of f(x) = x**2\n"),
    (
        ["(t^2-1)/(t-1)", "t=1"],
        "1\n\nat t=1\ndf/dt = nan\n",
        "note: for t != 1\n"
        "note: nan comes from 0/0, t^2-1 = 0, t-1 = 0 (column 1: (t^2-1)/(t-1))\n",
    ),
    (["sqrt(x*x)/x", "x=-2"], "0\n\nat x=-2\ndf/dx = 0\n", "note: for x != 0\n"),
    (
        ["atan(y/x)"],
        "df/dy = x/(x**2 + y**2)\ndf/dx = -y/(x**2 + y**2)\n",
        "note: by x: for x != 0\n",
    ),
    (
        ["norm(v)"],
        "sign(v)\n",
        "note: the formula leaves a convention of norm out: the tip of a cone: not differentiable at 0, the "
        "subgradient 0 is used, as PyTorch does\n"
        "note: v is taken as one number, not as a vector\n",
    ),
    (
        ["dot(a, b) + mean(z)"],
        "df/da = b\ndf/db = a\ndf/dz = 1\n",
        "note: a, b and z are taken as one number each, not as vectors\n",
    ),
    (["sum([x, y])"], "df/dx = 1\ndf/dy = 1\n", ""),
    (["y=2x"], "2\n", "note: taken as the right side of y=2x\n"),
    (["y = 2; y = x*y"], "df/dx = y\ndf/dy = x\n", "note: taken as the right side of y = x*y\n"),
    (
        ["y = x^2; y = y*sin(y)"],
        "2*x*(x**2*cos(x**2) + sin(x**2))\n",
        "note: taken as the right side of y = y*sin(y)\n",
    ),
    (["y = x; y = y*x; y"], "2*x\n", ""),
    (["e = e*x"], "e\n", "note: taken as the right side of e = e*x\n"),
    (["y = x**2"], "2*x\n", "note: taken as the right side of y = x**2\n"),
    (
        ["y = x**2", "x=3"],
        "2*x\n\nat x=3\ndf/dx = 6\n",
        "note: taken as the right side of y = x**2\n",
    ),
    (
        ["e*x", "e=3", "x=1", "--wrt", "x"],
        "e\n\nat e=3, x=1\ndf/dx = 3\n",
        "note: e is the variable bound here, not the constant (column 1: e)\n",
    ),
    (
        ["x**2", "x=1", "y=2"],
        "2*x\n\nat x=1\ndf/dx = 2\n",
        "note: y is bound but nothing uses it\n",
    ),
    (
        ["abs(x)", "x=0"],
        "sign(x)\n\nat x=0\ndf/dx = 0\n",
        "note: not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1) "
        "(column 1: abs(x))\n",
    ),
]


@pytest.mark.parametrize(("arguments", "out", "err"), OUTPUTS, ids=[" ".join(row[0]) for row in OUTPUTS])
def test_output(gradcli: Callable, arguments: list[str], out: str, err: str) -> None:
    assert gradcli("diff", *arguments) == (0, out, err)


ERRORS = [
    (
        ["f(x)=x*y; y=f(2)"],
        "error: 'y' is given by itself: this is an equation of a curve, and no function\n"
        "  line 1, column 11\n"
        "  │ f(x)=x*y; y=f(2)\n"
        "  │           ^^^^^^ solve it for y, so that only other letters stand here\n",
    ),
    *[
        (
            [text],
            f"error: '{text[-1]}' is computed from an earlier '{earlier}'\n"
            f"  line 1, column {len(text)}\n"
            f"  │ {text}\n"
            f"  │ {' ' * (len(text) - 1)}^ in a formula {earlier} cannot stand for both: "
            "call one of them otherwise\n",
        )
        for text, earlier in (
            ("y=2; y=x*y; y", "y"),
            ("f(x)=x*y; y=3; y=f(x); 2*y", "y"),
            ("x=3; z=x^2; x=5; x*z", "x"),
            ("x=2; x=x+1; x", "x"),
        )
    ],
    *[
        (
            [text],
            f"error: '{text[0]}' is given by itself: this is an equation of a curve, and no function\n"
            f"  line 1, column {column}\n"
            f"  │ {text}\n"
            f"  │ {' ' * (column - 1)}^ solve it for {text[0]}, so that only other letters stand here\n"
            + rest,
        )
        for text, column, rest in (
            ("y = x*y", 7, ""),
            ("x = x^2 + x", 5, ""),
            ("t=cos(t*x)", 7, ""),
            (
                "y = x*y; y^2", 7,
                "error: 'y' has no meaning\n"
                "  line 1, column 10\n"
                "  │ y = x*y; y^2\n"
                "  │          ^ its definition is wrong\n",
            ),
        )
    ],
    (
        ["f(x) = x; f(x) = f(x)^2"],
        "error: f() calls itself, and would never end\n"
        "  line 1, column 18\n"
        "  │ f(x) = x; f(x) = f(x)^2\n"
        "  │                  ^^^^ recursion\n",
    ),
    (
        ["sn(x)"],
        "error: unknown function 'sn'\n  line 1, column 1\n  │ sn(x)\n  │ ^^ did you mean 'sin'?\n",
    ),
    (
        ["2 3"],
        "error: two numbers side by side\n"
        "  line 1, column 1\n"
        "  │ 2 3\n"
        "  │ ^^^ write 2*3, or 23 for one number\n",
    ),
    (
        ["x**2", "--wrt", "y"],
        "error: --wrt names 'y', which is not in it\n  the variable is x\n",
    ),
    (
        ["x*y", "x=1"],
        "error: variable 'y' has no value\n  line 1, column 3\n  │ x*y\n  │   ^ add y=1\n",
    ),
    (
        ["y = sn(x); z = y; sin(z)"],
        "error: unknown function 'sn'\n"
        "  line 1, column 5\n"
        "  │ y = sn(x); z = y; sin(z)\n"
        "  │     ^^ did you mean 'sin'?\n"
        "error: 'z' has no meaning\n"
        "  line 1, column 23\n"
        "  │ y = sn(x); z = y; sin(z)\n"
        "  │                       ^ its definition is wrong\n",
    ),
    (
        ["f(x) = 2*sn(x)"],
        "error: unknown function 'sn'\n"
        "  line 1, column 10\n"
        "  │ f(x) = 2*sn(x)\n"
        "  │          ^^ did you mean 'sin'?\n",
    ),
    (
        ["backward x"],
        "error: a formula is made of expressions, bindings and functions\n"
        "  line 1, column 1\n"
        "  │ backward x\n"
        "  │ ^^^^^^^^^^ leave this away\n",
    ),
    (
        ["x at y=2"],
        "error: variable 'x' has no value\n  line 1, column 1\n  │ x at y=2\n  │ ^ add x=1\n",
    ),
    (
        ["2 + A @ b"],
        "error: the shapes do not fit in @: A is a number and b is a number\n"
        "  line 1, column 5\n"
        "  │ 2 + A @ b\n"
        "  │     ^ a number\n"
        "  │         ^ a number\n"
        "  in a formula every name is a single number; gradcli eval gives the gradients of arrays\n",
    ),
    (
        ["norm(x)", "x=[3, 4]"],
        "error: the formula by x is for single numbers, not for arrays\n"
        "  gradcli eval gives the gradient of arrays\n",
    ),
    (["x", "--order", "0"], "error: invalid value for '--order': 0 is not in the range 1<=x<=100\n"),
    (["x", "--order", "1.5"], "error: invalid value for '--order': '1.5' is no whole number\n"),
    (["x", "x+1"], "error: two expressions, 'x' and 'x+1'; put a ';' between them\n"),
    (
        [],
        "error: nothing to differentiate\n"
        "  add an expression, as in gradcli diff 'sin(x**2)', or a file with -f\n",
    ),
    (
        ["x=2e3", "y=[1, sqrt(2)*pi]"],
        "error: only values are given\n"
        "  add an expression, as in gradcli diff 'sin(x**2)', or a file with -f\n",
    ),
    (["-f", "/nowhere"], "error: cannot read '/nowhere': No such file or directory\n"),
]


@pytest.mark.parametrize(("arguments", "err"), ERRORS, ids=[" ".join(row[0]) for row in ERRORS])
def test_error(gradcli: Callable, arguments: list[str], err: str) -> None:
    assert gradcli("diff", *arguments) == (2, "", err)


def test_where_the_engine_follows_a_convention_that_no_formula_has(gradcli: Callable) -> None:
    status, out, err = gradcli("diff", "max(x, 0)", "x=0")
    assert (status, out) == (0, "where(x >= 0, 1, 0)\n\nat x=0\ndf/dx = 1\n")
    assert err == (
        "note: a tie: the gradient is shared, half to each; "
        "gradcli eval gives 0.5 for the derivative by x here (column 1: max(x, 0))\n"
    )
    assert gradcli("diff", "max(x, 0)", "x=1").err == (
        "note: the formula leaves a convention of maximum out: a tie: the gradient is shared, half to each\n"
    )
    assert gradcli("diff", "max(x, y)", "x=1", "y=1").err == (
        "note: a tie: the gradient is shared, half to each; gradcli eval gives 0.5 for the derivative by x "
        "and 0.5 for the derivative by y here (column 1: max(x, y))\n"
    )


def test_a_wrong_definition_costs_nothing_that_does_not_use_it(gradcli: Callable) -> None:
    status, out, err = gradcli("diff", "y = sn(x); z = x**2; z; y; x**3")
    assert (status, out) == (2, "2*x\n3*x**2\n")
    assert err.count("error: ") == 2
    status, out, err = gradcli("diff", "x**2; y = sn(x)")
    assert (status, out) == (2, "2*x\n")
    assert err.startswith("error: unknown function 'sn'\n  line 1, column 11\n")


def test_a_stream_line_by_line(gradcli: Callable) -> None:
    stream = b"# some functions\nsin(x)\nx*y\n\nsn(x)\nf(x) = x**2\nf(x) at x=2\n"
    status, out, err = gradcli("diff", stdin=stream)
    assert status == 2
    assert out == "cos(x)\n\ndf/dx = y\ndf/dy = x\n\n2*x\n\nat x=2\ndf/dx = 4\n"
    assert err == "error: unknown function 'sn'\n  line 5, column 1\n  │ sn(x)\n  │ ^^ did you mean 'sin'?\n"
    assert gradcli("diff", "-", stdin=stream) == (status, out, err)


def test_a_stream_as_json(gradcli: Callable) -> None:
    status, out, err = gradcli("diff", "--json", stdin=b"sin(x) at x=0\nsn(x)\n")
    assert (status, err) == (2, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {
            "expression": "sin(x)",
            "line": 1,
            "derivatives": [
                {"wrt": "x", "order": 1, "formula": "cos(x)", "latex": "\\cos\\left(x\\right)", "value": 1.0}
            ],
            "definitions": [],
            "at": {"x": 0.0},
            "notes": [],
        },
        {"line": 2, "error": {"kind": "name", "message": "unknown function 'sn'", "column": 1}},
    ]


def test_files(gradcli: Callable, tmp_path: Path) -> None:
    first, second = tmp_path / "one.grad", tmp_path / "two.grad"
    first.write_text("f(x) = x^2\nw = 2\n")
    second.write_text("f(w)*y\nsn(x)\n")
    status, out, err = gradcli("diff", "-f", str(first), "-f", str(second), "--wrt", "w")
    assert (status, out) == (2, "2*w*y\n")
    assert err.startswith(f"error: unknown function 'sn'\n  {second}:2:1\n")
    line = json.loads(gradcli("diff", "-f", str(first), "--json", "f(w)").out)
    assert (line["at"], line["derivatives"][0]["value"]) == ({"w": 2.0}, 4.0)


def test_on_a_terminal(gradcli: Callable) -> None:
    shown = gradcli("diff", "2*|x|", "x=0", terminal=True, NO_COLOR="1")
    assert (shown.status, shown.err) == (0, "")
    piped = gradcli("diff", "2*|x|", "x=0")
    assert shown.out == piped.out + "\n" + piped.err
    colored = gradcli("diff", "x**2", terminal=True, TERM="xterm").out
    assert colored == "\x1b[32m2*x\x1b[0m\n"


def test_long_formulas_wrap_on_a_terminal_only(gradcli: Callable) -> None:
    text = "+".join(f"sin(x**{n})/x" for n in range(2, 12))
    piped = gradcli("diff", text, width=50).out
    assert piped.count("\n") == 1
    shown = gradcli("diff", text, width=50, terminal=True, NO_COLOR="1").out
    lines = shown.splitlines()
    assert len(lines) > 4
    assert max(map(len, lines)) <= 50
    assert all(line.endswith(" \\") for line in lines[:-1])
    value = json.loads(gradcli("eval", "--json", piped, "x=0.9").out)["value"]
    assert json.loads(gradcli("eval", "--json", "x=0.9", "-", stdin=shown.encode()).out)["value"] == value


ROUND = [
    "sin(x**2)", "x*log(x)", "exp(-x**2/2)/sqrt(2pi)", "(x**2+1)/(x-3)", "x**x", "2**x", "log(x, 2)",
    "tan(3x)", "sqrt(1+sqrt(x))", "asin(x/3)", "atan(1/x)", "sinh(x)cosh(x)", "tanh(x)^3",
    "1/(1+exp(-x))", "log(log(3+x))", "x²e^(-x)", "|x-2|", "max(x, 1/x)", "x if x > 1 else x**2",
    "sec(x) + csc(x) cot(x)", "log10(x)^2", "cbrt(x)", "sigmoid(2x-1)", "softplus(x)", "relu(x-1)*x",
    "erf(x)", "gamma(x)", "lgamma(x)", "(x+1)(x+2)(x+3)", "x/y + y/x", "exp(x*y)*sin(x-y)",
    "sqrt(x^2+y^2)", "atan2(y, x)", "hypot(x, 2y)", "log(x^2 + y^2)/2", "x^y", "bce(sigmoid(x), 1)",
    "sin(cos(tan(x)))", "1e-8*x**3 - 2.5e3/x", "floor(x)*x + x % 0.4", "x**7 - 3x**5 + 2x - 1",
    "mse(x*y, 2)",
]  # fmt: skip


@pytest.mark.parametrize("text", ROUND)
def test_eval_reads_the_formula_and_gives_its_own_gradient(gradcli: Callable, text: str) -> None:
    values = ["x=1.3", *(["y=0.7"] if "y" in text else [])]
    truth = json.loads(gradcli("eval", "--json", text, *values).out)["gradients"]
    for name, gradient in truth.items():
        printed = gradcli("diff", text, "--wrt", name).out
        read = gradcli("eval", "--json", "-", *values, stdin=printed.encode()).out.splitlines()[-1]
        assert math.isclose(json.loads(read)["value"], gradient, rel_tol=1e-12, abs_tol=1e-15)
    answer = json.loads(gradcli("diff", "--json", text, *values).out)
    assert {d["wrt"]: d["value"] for d in answer["derivatives"]} == pytest.approx(truth, rel=1e-12)
    assert answer["at"] == {"x": 1.3, "y": 0.7} if "y" in text else {"x": 1.3}


def doubled(times: int) -> str:
    """What is twice as long with every step when it is written out."""
    return "y = x; " + "y = sin(y)*cos(y) + y; " * times + "y"


def test_what_repeats_is_named(gradcli: Callable) -> None:
    short = gradcli("diff", doubled(20)).out
    assert len(short) < 5000
    *definitions, formula = short.splitlines()
    assert definitions
    truth = json.loads(gradcli("eval", "--json", doubled(20), "x=0.1").out)["gradients"]["x"]
    read = gradcli("eval", "--json", "-", "x=0.1", stdin=short.encode()).out.splitlines()[-1]
    assert math.isclose(json.loads(read)["value"], truth, rel_tol=1e-12)
    answer = json.loads(gradcli("diff", "--json", doubled(20), "x=0.1").out)
    assert [f"{d['name']} = {d['formula']}" for d in answer["definitions"]] == definitions
    assert answer["derivatives"][0]["formula"] == formula
    assert math.isclose(answer["derivatives"][0]["value"], truth, rel_tol=1e-12)
    latex = gradcli("diff", "--latex", doubled(20)).out.splitlines()
    assert len(latex) == len(definitions) + 1


def test_expand_writes_everything_out(gradcli: Callable) -> None:
    expanded = gradcli("diff", "--expand", doubled(6)).out
    assert expanded.count("\n") == 1
    assert len(expanded) > len(gradcli("diff", doubled(6)).out)


def test_what_cannot_be_written_out_is_refused(gradcli: Callable) -> None:
    assert gradcli("diff", "--expand", doubled(60)) == (
        2,
        "",
        "error: written out, the derivative has more than a million million operations\n"
        "  without --expand what repeats is named\n",
    )
    assert gradcli("diff", doubled(60)).status == 0


def test_long_and_deep_texts(gradcli: Callable) -> None:
    n = 5000
    assert gradcli("diff", "x" + "+x" * n).out == f"{n + 1}\n"
    deep = gradcli("diff", "sin(" * 200 + "x" + ")" * 200)
    assert (deep.status, deep.err) == (0, "")
