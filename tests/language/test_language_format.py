"""The canonical text of an expression; test_language_any_text shows that any text keeps its meaning in it."""

from __future__ import annotations

import pytest

from gradcli.language import parse_expression
from gradcli.language.format import format
from gradcli.numbers.expression import Expression

TEXTS = [
    ("2x sin²(x)", "2*x*sin(x)**2"),
    ("((x))+((y*z))", "x + y*z"),
    ("(x+y)z", "(x + y)*z"),
    ("x-(y-z)", "x - (y - z)"),
    ("(x-y)-z", "x - y - z"),
    ("x/(y*z)", "x/(y*z)"),
    ("1/2x", "1/2*x"),
    ("(-x)**2", "(-x)**2"),
    ("-(x**2)", "-x**2"),
    ("-(x*y)", "-(x*y)"),
    ("(2**3)**x", "(2**3)**x"),
    ("2**(3**x)", "2**3**x"),
    ("2**(-x)", "2**-x"),
    ("|x|", "abs(x)"),
    ("√(x+1)", "sqrt(x + 1)"),
    ("½", "1/2"),
    ("1_000", "1000"),
    ("x(x+1)", "x*(x + 1)"),
    ("2·x÷y ≤ 3", "2*x/y <= 3"),
    ("(a<b)<c", "(a < b) < c"),
    ("not (a and b)", "not (a and b)"),
    ("(a or b) and c", "(a or b) and c"),
    ("(a if b else c) if d else e", "(a if b else c) if d else e"),
    ("x[1:,::2,:,-1]", "x[1:, ::2, :, -1]"),
    ("(A@B).T[0]", "(A @ B).T[0]"),
    ("sum(x,axis=-1)", "sum(x, axis=-1)"),
    ("[[1,2],[x,],]", "[[1, 2], [x]]"),
    ("x//y % z", "x//y % z"),
    ("x % (-y)", "x % (-y)"),
    ("(2).T", "2 .T"),
    ("5 mod 3", "5 % 3"),
    ("x % (y z)", "x % (y*z)"),
    ("sin^2 2x ln|x|", "sin(2*x)**2*ln(abs(x))"),
    ("3[x+1]^{2}", "3*(x + 1)**2"),
    ("log_3 9x", "log(9*x, 3)"),
    ("2|x|^-1", "2*abs(x)**-1"),
]


@pytest.mark.parametrize(("text", "canonical"), TEXTS, ids=[text for text, _ in TEXTS])
def test_canonical_text(text, canonical, functions):
    assert format(parse_expression(text, functions=functions)) == canonical


X = Expression("name", (), "x")


def number(value):
    return Expression("number", (), value)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (number(2.0), "2"),
        (number(0.5), "0.5"),
        (number(1e300), "1e+300"),
        (Expression("pow", (number(-2.0), X)), "(-2)**x"),
        (Expression("mul", (X, number(-2.0))), "x*-2"),
        (Expression("mod", (X, number(-2.0))), "x % (-2)"),
        (Expression("sub", (X, number(-2.0))), "x - -2"),
        (number(float("inf")), "inf"),
        (number(float("-inf")), "-inf"),
        (number(float("nan")), "nan"),
        (number(-0.0), "-0"),
        (Expression("cos", (Expression("neg", (X,)),)), "cos(-x)"),
    ],
)
def test_what_was_computed_is_written_by_its_value(expression, text):
    assert format(expression) == text
