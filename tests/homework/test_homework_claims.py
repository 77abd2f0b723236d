"""Reading a claim: equations, products of letters, other letters, and what is no claim at all."""

from __future__ import annotations

import pytest

from gradcli.homework.checking.check import check
from gradcli.homework.results import UNREADABLE

EQUATION = "taken as the right side of the equation"

READ = [
    # claim about x^2*y by x, how it is read, what was assumed
    ("2*x*y", "2*x*y", []),
    ("2xy", "2*x*y", ["xy is read as x*y"]),
    ("2yx.", "2*y*x", ["yx is read as y*x"]),
    ("f'(x) = 2x", "2*x", [EQUATION]),
    ("f′(x)=2x", "2*x", [EQUATION]),
    ("y' = 2x", "2*x", [EQUATION]),
    ("y = 2x", "2*x", [EQUATION]),
    ("dy/dx = 2x", "2*x", [EQUATION]),
    ("df/dx = 2x.", "2*x", [EQUATION]),
    ("d/dx(x^2*y) = 2x", "2*x", [EQUATION]),
    ("∂f/∂x = 2xy", "2*x*y", [EQUATION, "xy is read as x*y"]),
    ("F_x = 2x", "2*x", [EQUATION]),
    ("f'(x) = x + x = 2x", "2*x", [EQUATION]),
    ("df/dx: 2x", "2*x", [EQUATION]),
    ("f'(x):\n2x", "2*x", [EQUATION]),
    ("2x .", "2*x", []),
    ("xe^x", "x*e**x", ["xe is read as x*e"]),
    ("1/xy", "1/x*y", ["xy is read as x*y"]),
    ("xy(x + 1)", "x*y*(x + 1)", ["xy is read as x*y"]),
    ("2πx", "2*π*x", []),
    ("2x + C", "2*x + C", []),
    ("2 cos x", "2*cos(x)", []),
    ("2xy sin^2 3x", "2*x*y*sin(3*x)**2", ["xy is read as x*y"]),
    ("2x ln|x| + x^{2}", "2*x*ln(abs(x)) + x**2", []),
    ("2x == 2y", "2*x == 2*y", []),
    ("2x if x >= 0 else 3x", "2*x if x >= 0 else 3*x", []),
    ("-2x", "-2*x", []),
    ("huber(x, y, delta=2)", "huber(x, y, delta=2)", []),
]


@pytest.mark.parametrize(("claim", "read", "readings"), READ)
def test_read(claim: str, read: str, readings: list[str]) -> None:
    verdict = check("x^2*y", claim, "x")
    assert (verdict.read, verdict.readings) == (read, readings)


NOT_READ = [
    # claim about x^2, what is wrong, the place and what is said there
    ("", "the claim is empty", "", "write a formula, as in 2*x*cos(x)"),
    ("   ", "the claim is empty", "   ", "write a formula, as in 2*x*cos(x)"),
    ("f'(x) =", "the claim is empty", "f'(x) =", "write a formula, as in 2*x*cos(x)"),
    ("cosx", "unknown name 'cosx'", "cosx", "did you mean 'cos(x)'?"),
    (
        "2 + cos*x",
        "'cos' is a function, and its argument is missing",
        "cos",
        "write cos(...)",
    ),
    ("sin x/2", "the function's argument can end in two places", "sin x/2", "write sin(x)/2 or sin(x/2)"),
    ("xcos(x)", "unknown function 'xcos'", "xcos", "did you mean 'x*cos(...)'?"),
    ("f'(x) = sn(x)", "unknown function 'sn'", "sn", "did you mean 'sin'?"),
    ("In(x)", "unknown function 'In'", "In", "did you mean 'ln'?"),
    ("x2", "unknown name 'x2'", "x2", "for a product write x*2, for a power x**2"),
    ("idk", "unknown name 'idk'", "idk", "F has x"),
    ("two x", "unknown name 'two'", "two", "F has x"),
    ("d/dx x^2", "unknown name 'dx'", "dx", "write the formula that it is equal to"),
    *[
        (
            f"{left} = 2",
            "the left side names a higher derivative, and a claim is about the first",
            left,
            "give the derivative before it as F, and the right side as the claim",
        )
        for left in (
            "f''(x)", "y''", "f’’(x)", "y″", "d^2y/dx^2", "d²y/dx²", "d**2/dx**2 f", "D^2 f", "∂²f/∂x∂x",
            "f_xx", "f_{xx}(x)", "d2y/dx2",
        )
    ],
    *[
        (
            f"{left} = 4",
            "the left side names the derivative at a point, and a claim is a formula",
            left,
            "claim the formula; gradcli eval gives its value at a point",
        )
        for left in ("f'(2)", "f'(-1.5)", "y'|_{x=2}", "f'(pi)")
    ],
    ("sin(30 deg)", "'deg' is no unit here", "deg", "an angle in degrees is radians(30)"),
    ("cos(2 rad)*x", "'rad' is no unit here", "rad", "angles are in radians: write 2 alone"),
    ("sin30", "unknown name 'sin30'", "sin30", "write sin(30), or sin(radians(30)) in degrees"),
    ("ln2*x", "unknown name 'ln2'", "ln2", "write ln(2)"),
    ("2root8", "unknown name 'root8'", "root8", "write sqrt(8)"),
    ("the answer is 2x", "the claim is in words", "answer is", "write 2x"),
    ("no idea", "the claim is in words", "no idea", "write a formula, as in 2*x*cos(x)"),
    ("\\frac{1}{x}", "the claim is in LaTeX", "\\frac", "write 1/x"),
    ("$2\\pi x$", "the claim is in LaTeX", "$", "write 2*pi*x"),
    ("2x)", "one ')' too many", ")", "nothing is open here"),
    ("y = 2x +", "an operand is missing behind '+'", "", "a number, a name or ( is missing here"),
    ("2,5x", "a number has a point, not a comma", "2,5", "write 2.5"),
    ("diff(x^2, x)", "diff(...) answers the question with itself", "diff(x^2, x)", None),
    ("2*diff(x^2/2 + 3, x)", "diff(...) answers the question with itself", "diff(x^2/2 + 3, x)", None),
    ("xe + diff(x^2, x)", "diff(...) answers the question with itself", "diff(x^2, x)", None),
    (
        "[1, [2]]",
        "the elements of an array must have one shape: 1 is a number, [2] is an array of shape (1,)",
        "[2]",
        None,
    ),
]


@pytest.mark.parametrize(("claim", "message", "place", "label"), NOT_READ)
def test_not_read(claim: str, message: str, place: str, label: str | None) -> None:
    verdict = check("x^2", claim)
    assert (verdict.verdict, verdict.detail, verdict.text) == (UNREADABLE, message, claim)
    assert verdict.diagnostic is not None
    span, said = verdict.diagnostic.labels[0]
    assert claim[slice(*span)] == place
    if label is not None:
        assert said == label


def test_diff_of_a_part_is_no_cheating() -> None:
    assert check("sin(x^2)", "cos(x^2)*diff(x^2, x)").verdict == "correct"


LATEX = [
    (r"\frac{\cos x}{2\sqrt{\sin x}}", "cos(x)/(2*sqrt(sin(x)))"),
    (r"x^{2}\sin x", "x**2*sin(x)"),
    (r"e^{-\frac{x^2}{2}}", "e**-(x**2/2)"),
    (r"\left(x+1\right)^{3}", "(x + 1)**3"),
    (r"\frac12 x", "1/2*x"),
    (r"\sqrt[3]{x}", "cbrt(x)"),
    (r"\sin^2 x", "sin(x)**2"),
    (r"2\cdot\ln x", "2*ln(x)"),
    (r"\begin{cases} 1 \end{cases}", None),
]


@pytest.mark.parametrize(("latex", "text"), LATEX)
def test_latex(latex: str, text: str | None) -> None:
    from gradcli.homework.checking.foreign import from_latex

    assert from_latex(latex) == text


CURVES = [
    # F, its left side
    ("x^2 + y^2 = 25", "x^2 + y^2 "), ("x+y=1", "x+y"), ("2 = x", "2 "), ("y = x*y", "y "),
    ("f(2) = x", "f(2) "),
]  # fmt: skip


@pytest.mark.parametrize(("f", "left"), CURVES)
def test_an_equation_of_a_curve_is_no_function(f: str, left: str) -> None:
    verdict = check(f, "1", "x")
    assert (verdict.verdict, verdict.detail, verdict.text) == (
        UNREADABLE,
        "F cannot be read: F is an equation of a curve, and no function",
        f,
    )
    assert verdict.diagnostic is not None
    span, said = verdict.diagnostic.labels[0]
    assert f[slice(*span)] == left
    assert said == "solve it for one letter, as in y = ..., or f(x) = ..."


TANGENTS = [
    # F, claim, its right side, where the line touches
    ("x^3", "y = 12(x-2)+8", "12(x-2)+8", "x = 2"),
    ("x^3", "y=12x-16", "12x-16", "x = 2"),
    ("x^2", "L(x) = 1 + 2(x-1)", "1 + 2(x-1)", "x = 1"),
    ("x^2", "y - 0 = y = -3(x+1.5)+2.25", None, None),
    ("sin(x)", "y = x ", "x", "x = 0"),
    ("ln(t)", "y = t/3.7 + ln(3.7) - 1", "t/3.7 + ln(3.7) - 1", "t = 3.7"),
    ("x^2/2 + 1/2", "y = x", None, None),  # the derivative, too
    ("x^3", "y' = 12x-16", None, None),
    ("x^3", "12x-16", None, None),
    ("x^2", "y = 0", None, None),
    ("x^2", "y = 2x + 1", None, None),
    ("x^2", "y = x^2", None, None),
]


@pytest.mark.parametrize(("f", "claim", "right", "where"), TANGENTS)
def test_a_tangent_line_is_no_claim(f: str, claim: str, right: str | None, where: str | None) -> None:
    verdict = check(f, claim)
    assert (verdict.verdict == UNREADABLE) == (where is not None)
    if where is not None:
        assert verdict.detail == f"this is the tangent line at {where}, and a claim is the derivative"
        assert verdict.diagnostic is not None
        span, said = verdict.diagnostic.labels[0]
        assert (claim[slice(*span)], said) == (right, "claim the formula of its slope at any point")


OF_ARRAYS = [
    ("norm(v)", "v/norm(v)", None, ["v is taken as one number, not as a vector"]),
    ("norm(v)", "7", None, ["v is taken as one number, not as a vector"]),
    ("mse(w*x, y)", "2*x*(w*x - y)", "w", ["w, x and y are taken as one number each, not as vectors"]),
    ("t*sum(b)", "sum(b)", "t", ["b is taken as one number, not as a vector"]),
    ("sum([x, x^2])", "1 + 2x", None, []),
    ("max(x, -x)*x", "2*max(x, -x)", None, []),
]


@pytest.mark.parametrize(("f", "claim", "wrt", "notes"), OF_ARRAYS)
def test_what_a_function_of_arrays_takes_as_one_number_is_noted(
    f: str, claim: str, wrt: str | None, notes: list[str]
) -> None:
    assert check(f, claim, wrt).notes == notes


FUNCTIONS = ["y = x^2", "f(x) = x^2", "f(x, t) = x^2", "L = x^2", "g (x)=x^2", "y_1 = x^2"]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_a_left_side_that_names_the_function_is_left_out(f: str) -> None:
    assert check(f, "2x").verdict == "correct"


OTHER_READINGS_OF_F = [
    ("e^2x", "2e^(2x)", "F as written is e**2*x; for e^(2x) the claim would be right"),
    ("x^1/2", "1/(2sqrt(x))", "F as written is x**1/2; for x^(1/2) the claim would be right"),
    ("1/2x", "-1/(2x^2)", "F as written is 1/2*x; for 1/(2x) the claim would be right"),
    (
        "ln(3x+2)^5", "15/(3x+2)",
        "F as written is ln(3*x + 2)**5; for ln((3x+2)^5) the claim would be right",
    ),
    ("log(x)", "1/(x ln(10))", "in F, log is the natural one, and log10 would be right"),
    ("log(x)", "1/(x ln(2))", "in F, log is the natural one, and log2 would be right"),
    ("sin(x)", "pi/180*cos(pi/180*x)", "in F, angles are in radians, and it is right for degrees only"),
    ("arctan(x)", "1/1+x^2", "as written this is 1/1 + x**2; 1/(1+x^2) would be right"),
    ("1/(2x)", "-1/2x^2", "as written this is -1/2*x**2; -1/(2x^2) would be right"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "claim", "detail"), OTHER_READINGS_OF_F)
def test_another_reading_that_explains_the_claim_is_the_one_explanation(
    f: str, claim: str, detail: str
) -> None:
    verdict = check(f, claim)
    assert (verdict.verdict, verdict.detail, verdict.mistakes) == ("wrong", detail, [])
