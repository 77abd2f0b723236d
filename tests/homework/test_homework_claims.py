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
