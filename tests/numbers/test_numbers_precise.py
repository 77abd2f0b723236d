"""Numbers of mpmath: 40 digits agree with floats, edges are IEEE-754's, and nothing takes for ever."""

from __future__ import annotations

from inspect import signature
from math import inf, nan
from typing import Any

import pytest

from gradcli.numbers import floats, precise
from gradcli.numbers.namespace import FUNCTIONS, Namespace

CONTEXT = precise.context(40)


def number(x: Any) -> Any:
    return precise.number(x, CONTEXT)


POINTS = [
    -50.25,
    -3.7,
    -2.5,
    -1.0,
    -0.99,
    -0.3,
    -1e-8,
    1e-300,
    1e-8,
    0.1,
    0.3,
    0.75,
    0.999,
    1.0,
    1.0 + 2.0**-30,
    1.4616,
    2.0,
    2.5,
    7.3,
    20.5,
    40.0,
    170.0,
]
SIGNATURES = {f: [*signature(getattr(Namespace, f)).parameters][1:] for f in FUNCTIONS}
UNARY = [f for f, names in SIGNATURES.items() if names == ["x"] and f not in ("shape", "diag")]
BINARY = [
    f for f, names in SIGNATURES.items() if names == ["a", "b"] and f not in ("matmul", "outer", "solve")
]

LOOSE = {"lgamma": 1e-13, "digamma": 1e-13, "gamma": 3e-15, "erfc": 3e-15, "erfinv": 2e-15}
"""Relative errors that floats may have; 1e-15 by default."""


@pytest.mark.parametrize("function", UNARY)
@pytest.mark.parametrize("x", POINTS)
def test_floats_agree_with_40_digits(function: str, x: float) -> None:
    rough, exact = getattr(floats, function)(x), getattr(precise, function)(number(x))
    assert hasattr(exact, "_mpf_")
    if rough != rough or rough in (inf, -inf):
        assert str(exact).strip("+") in (str(rough), "nan" if rough != rough else str(rough))
    else:
        assert abs(rough - exact) <= LOOSE.get(function, 1e-15) * abs(exact) + 1e-323


@pytest.mark.parametrize("function", [*BINARY, "atan2", "hypot"])
@pytest.mark.parametrize("a", [-7.5, 0.3, 2.0, 1e-9])
@pytest.mark.parametrize("b", [-2.0, 0.7, 3.0])
def test_two_operands(function: str, a: float, b: float) -> None:
    if function == "beta" and (a < 0 or b < 0):
        return
    rough, exact = getattr(floats, function)(a, b), getattr(precise, function)(number(a), b)
    assert (rough != rough and exact != exact) or abs(rough - exact) <= 1e-15 * abs(exact)


@pytest.mark.parametrize("n", [1, 2, 3, 7])
@pytest.mark.parametrize("x", [-1e9 - 0.5, -3.7, -0.1, 0.1, 1.0, 30.0, 1e10])
def test_polygamma(n: int, x: float) -> None:
    exact = precise.polygamma(n, number(x))
    assert floats.polygamma(n, x) == pytest.approx(float(exact), rel=1e-12, abs=1e-9 if x < -1e8 else 0.0)


EDGES = [
    ("div", (1, 0), inf),
    ("div", (-1, 0), -inf),
    ("div", (0, 0), nan),
    ("div", (nan, 0), nan),
    ("div", (1, inf), 0),
    ("pow", (0, -1), inf),
    ("pow", (0, 0), 1),
    ("pow", (nan, 0), 1),
    ("pow", (1, nan), 1),
    ("pow", (-8, 1 / 3), nan),
    ("pow", (-2, 3), -8),
    ("pow", (-2, -1), -0.5),
    ("pow", (-inf, 3), -inf),
    ("pow", (-inf, 2), inf),
    ("pow", (-inf, -3), 0),
    ("pow", (inf, -1), 0),
    ("pow", (0.5, inf), 0),
    ("pow", (0.5, -inf), inf),
    ("pow", (-1, inf), 1),
    ("pow", (-1, 1e300), 1),
    ("pow", (2, -inf), 0),
    ("pow", (0, inf), 0),
    ("pow", (0, -inf), inf),
    ("mod", (-5, 3), 1),
    ("mod", (5, -3), -1),
    ("mod", (5, 0), nan),
    ("mod", (inf, 2), nan),
    ("mod", (-5, inf), inf),
    ("fmod", (-5, 3), -2),
    ("fmod", (5, -3), 2),
    ("fmod", (5, 0), nan),
    ("fmod", (inf, 2), nan),
    ("fmod", (-5, inf), -5),
    ("asec", (1,), 0),
    ("asec", (0.5,), nan),
    ("acsc", (inf,), 0),
    ("acot", (inf,), 0),
    ("asech", (0,), inf),
    ("asech", (2,), nan),
    ("acsch", (0,), inf),
    ("acoth", (-1,), -inf),
    ("acoth", (0,), nan),
    ("xlogy", (0, 0), 0),
    ("xlogy", (0, nan), nan),
    ("xlogy", (1, 0), -inf),
    ("floordiv", (-7, 2), -4),
    ("floordiv", (1, 0), inf),
    ("floordiv", (-1, inf), -1),
    ("floordiv", (1, inf), 0),
    ("log", (0,), -inf),
    ("log", (-1,), nan),
    ("log2", (8,), 3),
    ("log10", (1000,), 3),
    ("log1p", (-1,), -inf),
    ("log1p", (-2,), nan),
    ("sqrt", (-1,), nan),
    ("cbrt", (-8,), -2),
    ("asin", (2,), nan),
    ("acos", (2,), nan),
    ("acosh", (0.5,), nan),
    ("atanh", (1,), inf),
    ("atanh", (-1,), -inf),
    ("atanh", (2,), nan),
    ("sin", (inf,), nan),
    ("tanh", (-inf,), -1),
    ("exp", (-inf,), 0),
    ("expm1", (-inf,), -1),
    ("cosh", (-inf,), inf),
    ("sinh", (-inf,), -inf),
    ("gamma", (0,), inf),
    ("gamma", (-1,), nan),
    ("gamma", (-inf,), nan),
    ("lgamma", (0,), inf),
    ("lgamma", (-1,), inf),
    ("lgamma", (-inf,), inf),
    ("digamma", (0,), -inf),
    ("digamma", (-1,), nan),
    ("erf", (inf,), 1),
    ("erfc", (-inf,), 2),
    ("erfinv", (1,), inf),
    ("erfinv", (2,), nan),
    ("hypot", (inf, nan), inf),
    ("atan2", (0, 0), 0),
    ("sign", (nan,), 0),
    ("maximum", (1, nan), nan),
    ("floor", (inf,), inf),
    ("round", (2.5,), 2),
    ("round", (nan,), nan),
    ("logaddexp", (-inf, -inf), -inf),
    ("sigmoid", (-inf,), 0),
    ("softplus", (inf,), inf),
    ("isnan", (nan,), 1),
    ("where", (nan, 1, 2), 1),
]


@pytest.mark.parametrize(("function", "operands", "expected"), EDGES)
def test_edges(function: str, operands: tuple[float, ...], expected: float) -> None:
    result = getattr(precise, function)(*map(number, operands))
    assert hasattr(result, "_mpf_")
    assert result == expected or (expected != expected and result != result)


HUGE = precise.pow(number(9), number(9**9))


@pytest.mark.parametrize("function", UNARY)
@pytest.mark.parametrize("x", [HUGE, -HUGE, 1 / HUGE, number("1e9"), number("-1e9"), number("1e-50")])
def test_no_argument_is_too_large(function: str, x: Any) -> None:
    assert hasattr(getattr(precise, function)(x), "_mpf_")


def test_towers() -> None:
    assert precise.pow(number(9), HUGE) == inf
    assert precise.pow(number(9), -HUGE) == 0
    assert precise.exp(HUGE) == inf
    assert 0 <= precise.mod(HUGE, number(7)) < 7
    assert str(precise.softplus(number("-1e9"))).endswith("e-434294482")
    assert number("1e" + "9" * 30) == inf
    assert number("1e-" + "9" * 30) == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (lambda: number("0.1"), "0.1"),
        (lambda: number("1_000.5"), "1000.5"),
        (lambda: precise.pi(CONTEXT), "3.141592653589793238462643383279502884197"),
        (lambda: precise.sqrt(number(2)), "1.414213562373095048801688724209698078570"),
        (lambda: precise.div(number(1), number(3)), "0.3333333333333333333333333333333333333333"),
        (
            lambda: precise.pow(number("1.5"), number("1000.5")),
            "1.511139943175572903001820444768586317379e+176",
        ),
    ],
)
def test_every_digit(value: Any, text: str) -> None:
    assert CONTEXT.nstr(value(), 40, strip_zeros=False).rstrip("0") == text.rstrip("0")


def test_the_first_context_computes() -> None:
    other = precise.context(15)
    assert (number("0.1") + precise.number("0.1", other)).context is CONTEXT
    assert precise.add(precise.number("0.1", other), number("0.1")).context is other
    with pytest.raises(TypeError, match="has no precision to compute with"):
        precise.div(1.0, 2.0)
