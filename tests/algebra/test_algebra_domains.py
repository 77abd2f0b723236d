"""What is cancelled, and where a formula then holds: where the function has a value, and nowhere else."""

from __future__ import annotations

import pytest

from gradcli.algebra import simplify
from gradcli.evaluation.derive import derive
from gradcli.language.format import format
from gradcli.language.parser import parse_expression
from gradcli.rules.rulebook import NAMES


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
        ("sqrt(x)*sqrt(x)", "sqrt(x)**2"),
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
    from gradcli.evaluation.symbolic import Program

    return Program("").compute(parse_expression(text, functions=NAMES))._value


@pytest.mark.parametrize(
    ("text", "formula", "where"),
    [
        ("x/x", "0", "x != 0"),
        ("x**2/x", "1", "x != 0"),
        ("log(x) - log(x)", "0", "x > 0"),
        ("sqrt(x)*sqrt(x)", "1", "x > 0"),
        ("floor(log(x))", "0", "x > 0"),
        ("floor(x)", "0", ""),
        ("log(5*x)", "1/x", ""),
        ("log(x**3)", "3/x", ""),
        ("log(a*x)", "1/x", ""),  # where a is 0 there is no function
        ("atan(1/x)", "-1/(x**2 + 1)", "x != 0"),
        ("where(x == 0, 1, sin(x)/x)", "where(x == 0, 0, (x*cos(x) - sin(x))/x**2)", ""),
        # What only the derivative divides by may go: there the function has a value, and so a slope.
        ("bce(x, 1)", "-1/x", ""),
        ("bce(x, 0)", "1/(1 - x)", ""),
        ("x*asin(x) + sqrt(1 - x**2)", "asin(x)", ""),
        ("x*acosh(x) - sqrt(x**2 - 1)", "acosh(x)", ""),
        ("x*atanh(x) + log(1 - x**2)/2", "atanh(x)", ""),
        ("asin(x) + acos(x)", "0", "-1 <= x <= 1"),
        ("cbrt(x)**3", "1", ""),
        ("atan2(x, 0)", "0", ""),
        ("asin(7)*x", "asin(7)", ""),
        # Where one operand has no value, neither has the larger or the smaller.
        ("min(log2(x), 1.5) + 10", "where(log2(x) <= 1.5, 1/(x*log(2)), 0)", "x > 0"),
        ("sin(max(log1p(x), 2))", "where(log1p(x) >= 2, cos(log1p(x))/(x + 1), 0)", "x > -1"),
        ("relu(log(x))", "where(log(x) > 0, 1/x, 0)", "x >= 0"),
        ("max(sqrt(x), 2)", "where(sqrt(x) >= 2, 1/(2*sqrt(x)), 0)", "x >= 0"),
        ("max(x, 2)*log(x)", "where(x >= 2, log(x), 0) + maximum(x, 2)/x", "x > 0"),
        ("where(x > 0, x**2, 0)*log(x)", "where(x > 0, x*(2*log(x) + 1), 0)", "x > 0"),
        ("where(x > 0, log(x), 0)", "where(x > 0, 1/x, 0)", ""),
        ("where(log(x) > 0, x, 2*x)", "where(log(x) > 0, 1, 2)", ""),
        # What one branch asks is asked in that branch alone.
        ("(asin(x) + acos(x)) if x < 1 else x", "where(x < 1, 0, 1)", "-1 <= x <= 1 (where x < 1)"),
        ("x/x if x > 1 else x", "where(x > 1, 0, 1)", ""),
        ("where(x > -1, x**2/x, 0)", "where(x > -1, 1, 0)", "x != 0 (where x > -1)"),
        ("acos(x + x) if x > x else log1p(x)*x", "log1p(x) + x/(x + 1)", ""),
        # A branch without a value leaves the others theirs.
        ("asin(7 - x + x) if x > 7 else x", "where(x > 7, nan, 1)", ""),
        ("x**2 if x > 7 else log(x - x - 1)*x", "where(x <= 7, nan, 2*x)", ""),
    ],
)
def test_derivatives(text: str, formula: str, where: str) -> None:
    (partial,) = derive(text, ["x"]).partials
    assert (format(partial.formula), partial.where) == (formula, where)


@pytest.mark.parametrize(
    ("text", "formula", "where"),
    [
        ("max(log2(x), 2)", "where(log2(x) >= 2, -1/(x**2*log(2)), 0)", "x > 0"),
        ("max(sqrt(x), 1)", "where(sqrt(x) >= 1, -1/(4*x**(3/2)), 0)", "x >= 0"),
    ],
)
def test_second_derivatives(text: str, formula: str, where: str) -> None:
    (partial,) = derive(text, ["x"], 2).partials
    assert (format(partial.formula), partial.where) == (formula, where)
