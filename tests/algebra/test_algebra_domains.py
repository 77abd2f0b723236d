"""What is cancelled and what is not: a formula has a value where the derivative has one, and nowhere else."""

from __future__ import annotations

import pytest

from gradcli.algebra import simplify
from gradcli.autograd.rulebook import NAMES
from gradcli.evaluate.derive import derive
from gradcli.language.format import format
from gradcli.language.parser import parse_expression


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("x - x", "0"),
        ("0*x", "0"),
        ("x/x", "x/x"),
        ("0/x", "0/x"),
        ("x**3/x", "x**3/x"),
        ("2*x/x + 1", "3*x/x"),
        ("y/(x*y)", "y/(x*y)"),
        ("x**3/x + 1/x", "(x**3 + 1)/x"),
        ("x**3/x + log(x)", "x**2 + log(x)"),
        ("x**2 + y + x/x", "x**3/x + y + 1"),
        ("log(x) - log(x)", "0/sqrt(x)"),
        ("log(x) - log(x) + sqrt(x)", "x**(3/2)/x"),
        ("0*sin(x)", "0"),
        ("0*asin(x)", "0*asin(x)"),
        ("0*gamma(x)", "0*gamma(x)"),
        ("sqrt(x)*sqrt(x)", "x + 0*sqrt(x)"),
        ("sqrt(x)*sqrt(x) + 1/sqrt(x)", "x + 1/sqrt(x)"),
        ("sqrt(x)/sqrt(x)", "sqrt(x)/sqrt(x)"),
        ("sqrt(x**2 + 1)*sqrt(x**2 + 1)", "x**2 + 1"),
        ("sqrt(x**2)", "abs(x)"),
        ("sqrt(x**4)", "x**2"),
        ("exp(x)/exp(x)", "1"),
        ("exp(x)*exp(y)", "exp(x + y)"),
        ("exp(x)*exp(-x)", "1"),
        ("exp(x)**2", "exp(2*x)"),
        ("cosh(x)/cosh(x)", "1"),
        ("sinh(x)/sinh(x)", "x/x"),
        ("sigmoid(x)/sigmoid(x)", "1"),
        ("(1 - sigmoid(x))/(1 - sigmoid(x))", "1"),
        ("(x**2 + 1)/(x**2 + 1)", "1"),
        ("(x**2 - 1)/(x**2 - 1)", "(x**2 - 1)/(x**2 - 1)"),
        ("(2 + sin(x))/(2 + sin(x))", "1"),
        ("(1 + sin(x))/(1 + sin(x))", "(sin(x) + 1)/(sin(x) + 1)"),
        ("(x + sqrt(x**2 + 1))/(x + sqrt(x**2 + 1))", "1"),
        ("log(3)*x/log(3)", "x"),
        ("2**x/2**x", "1"),
        ("x*abs(x)/abs(x)", "x**2/x"),
        ("log(exp(x))", "x"),
        ("exp(log(x))", "exp(log(x))"),
        ("exp(log(x**2 + 1))", "x**2 + 1"),
        ("1/(1/x)", "x**2/x"),
        ("x*x**2", "x**3"),
        ("x**a*x**b", "x**(a + b)"),
        ("(x**2)**3", "x**6"),
        ("(x**2)**(1/2)", "abs(x)"),
        ("(x**y)**2", "x**(2*y)"),
        ("1/0", "1/0"),
        ("where(x > 0, log(x), 0)", "where(x > 0, log(x), 0)"),
        ("where(x > 0, 1, 0)*log(x)", "where(x > 0, log(x), 0)"),
        ("where(x > 0, 1, 0) + where(x <= 0, 2, 0)", "where(x > 0, 1, 2)"),
        ("where(x > 0, where(x > 0, a, b), c)", "where(x > 0, a, c)"),
        ("where(x > 0, max(x, 0), 0)", "where(x > 0, x, 0)"),
    ],
)
def test_simplify(text: str, simple: str) -> None:
    assert format(simplify(read(text))) == simple


def read(text: str) -> object:
    """The expression of a text, its calls as the operations that they are."""
    from gradcli.evaluate.symbolic import Program

    return Program("").compute(parse_expression(text, functions=NAMES))._value


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("x/x", "0/x"),
        ("x**2/x", "x/x"),
        ("log(x) - log(x)", "0/x"),
        ("sqrt(x)*sqrt(x)", "sqrt(x)/sqrt(x)"),
        ("floor(log(x))", "0/x"),
        ("floor(x)", "0"),
        ("log(5*x)", "1/x"),
        ("log(x**3)", "3/x"),
        ("log(a*x)", "1/x"),  # where a is 0 there is no function
        ("atan(1/x)", "-1/(x**2*(1 + 1/x**2))"),
        ("where(x == 0, 1, sin(x)/x)", "where(x == 0, 0, (x*cos(x) - sin(x))/x**2)"),
    ],
)
def test_derivatives(text: str, formula: str) -> None:
    assert format(derive(text, ["x"]).partials[0].formula) == formula
