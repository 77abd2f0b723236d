"""Floats answer as IEEE-754 says, raise nothing, and agree with the arrays."""

from __future__ import annotations

import math
import subprocess
import sys
from inspect import signature
from math import copysign, inf, nan, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.numbers import arrays, floats
from gradcli.numbers.namespace import FUNCTIONS, Namespace

TABLE = [
    ("div", (1.0, 0.0), inf),
    ("div", (-1.0, 0.0), -inf),
    ("div", (1.0, -0.0), -inf),
    ("div", (-1.0, -0.0), inf),
    ("div", (0.0, 0.0), nan),
    ("div", (nan, 0.0), nan),
    ("div", (1.0, inf), 0.0),
    ("div", (-1.0, inf), -0.0),
    ("floordiv", (7.0, 2.0), 3.0),
    ("floordiv", (-7.0, 2.0), -4.0),
    ("floordiv", (1.0, 0.0), inf),
    ("floordiv", (-1.0, 0.0), -inf),
    ("floordiv", (0.0, 0.0), nan),
    ("floordiv", (inf, 2.0), nan),
    ("mod", (-5.0, 3.0), 1.0),
    ("mod", (5.0, -3.0), -1.0),
    ("mod", (5.0, 0.0), nan),
    ("mod", (inf, 2.0), nan),
    ("mod", (5.0, inf), 5.0),
    ("mod", (-5.0, inf), inf),
    ("fmod", (-5.0, 3.0), -2.0),
    ("fmod", (5.0, -3.0), 2.0),
    ("fmod", (-6.0, 3.0), -0.0),
    ("fmod", (5.0, 0.0), nan),
    ("fmod", (inf, 2.0), nan),
    ("fmod", (-5.0, inf), -5.0),
    ("asec", (1.0,), 0.0),
    ("asec", (-1.0,), pi),
    ("asec", (2.0,), 1.0471975511965979),
    ("asec", (1.0 + 2.0**-52,), 2.0**-25.5),
    ("asec", (0.5,), nan),
    ("asec", (inf,), pi / 2),
    ("asec", (-1e300,), pi / 2),
    ("acsc", (-1.0,), -pi / 2),
    ("acsc", (2.0,), 0.5235987755982989),
    ("acsc", (1e300,), 1e-300),
    ("acsc", (-inf,), -0.0),
    ("acsc", (0.0,), nan),
    ("acot", (0.0,), pi / 2),
    ("acot", (-0.0,), -pi / 2),
    ("acot", (-1.0,), -pi / 4),
    ("acot", (inf,), 0.0),
    ("asech", (1.0,), 0.0),
    ("asech", (0.5,), 1.3169578969248166),
    ("asech", (5e-324,), 745.1332191019412),
    ("asech", (0.0,), inf),
    ("asech", (1.1,), nan),
    ("asech", (-0.1,), nan),
    ("acsch", (1.0,), 0.881373587019543),
    ("acsch", (0.0,), inf),
    ("acsch", (-0.0,), -inf),
    ("acoth", (1.0,), inf),
    ("acoth", (-1.0,), -inf),
    ("acoth", (1.0 + 2.0**-52,), 18.368400284838552),
    ("acoth", (1e300,), 1e-300),
    ("acoth", (0.5,), nan),
    ("xlogy", (0.0, 0.0), 0.0),
    ("xlogy", (0.0, -1.0), 0.0),
    ("xlogy", (0.0, inf), 0.0),
    ("xlogy", (0.0, nan), nan),
    ("xlogy", (1.0, 0.0), -inf),
    ("xlogy", (1.0, -1.0), nan),
    ("xlogy", (2.0, 3.0), 2.1972245773362196),
    ("spherical", (0, 0.0), 1.0),
    ("spherical", (0, 0.5), 2 / pi),
    ("spherical", (0, inf), nan),
    ("spherical", (1, 0.0), 1 / 3),
    ("spherical", (1, 1e-9), 1 / 3),
    ("spherical", (2, 0.0), 1 / 15),
    ("spherical", (1, 1.0), pi**-2),
    ("sign", (-0.0,), 0.0),
    ("sign", (nan,), 0.0),
    ("sign", (-inf,), -1.0),
    ("abs", (-0.0,), 0.0),
    ("abs", (-inf,), inf),
    ("abs", (nan,), nan),
    ("sqrt", (-1.0,), nan),
    ("sqrt", (-0.0,), -0.0),
    ("sqrt", (inf,), inf),
    ("sqrt", (-inf,), nan),
    ("cbrt", (-8.0,), -2.0),
    ("cbrt", (-inf,), -inf),
    ("cbrt", (-0.0,), -0.0),
    ("exp", (1000.0,), inf),
    ("exp", (-1000.0,), 0.0),
    ("exp", (-inf,), 0.0),
    ("exp", (nan,), nan),
    ("exp2", (1024.0,), inf),
    ("exp2", (-1075.0,), 0.0),
    ("exp2", (10.0,), 1024.0),
    ("expm1", (1000.0,), inf),
    ("expm1", (-inf,), -1.0),
    ("expm1", (-0.0,), -0.0),
    ("expm1", (1e-20,), 1e-20),
    ("log", (0.0,), -inf),
    ("log", (-0.0,), -inf),
    ("log", (-1.0,), nan),
    ("log", (inf,), inf),
    ("log", (-inf,), nan),
    ("log2", (0.0,), -inf),
    ("log2", (8.0,), 3.0),
    ("log2", (-1.0,), nan),
    ("log10", (0.0,), -inf),
    ("log10", (1000.0,), 3.0),
    ("log10", (-1.0,), nan),
    ("log1p", (-1.0,), -inf),
    ("log1p", (-2.0,), nan),
    ("log1p", (1e-20,), 1e-20),
    ("log1p", (-0.0,), -0.0),
    ("sin", (inf,), nan),
    ("sin", (-0.0,), -0.0),
    ("cos", (-inf,), nan),
    ("tan", (inf,), nan),
    ("tan", (nan,), nan),
    ("asin", (1.1,), nan),
    ("asin", (1.0,), pi / 2),
    ("acos", (-1.1,), nan),
    ("acos", (1.0,), 0.0),
    ("atan", (inf,), pi / 2),
    ("sinh", (1000.0,), inf),
    ("sinh", (-1000.0,), -inf),
    ("sinh", (-inf,), -inf),
    ("cosh", (-1000.0,), inf),
    ("tanh", (inf,), 1.0),
    ("tanh", (1e-10,), 1e-10),
    ("asinh", (-inf,), -inf),
    ("acosh", (0.5,), nan),
    ("acosh", (1.0,), 0.0),
    ("acosh", (inf,), inf),
    ("atanh", (1.0,), inf),
    ("atanh", (-1.0,), -inf),
    ("atanh", (1.5,), nan),
    ("atanh", (inf,), nan),
    ("atan2", (0.0, 0.0), 0.0),
    ("atan2", (0.0, -0.0), pi),
    ("atan2", (-0.0, -1.0), -pi),
    ("hypot", (inf, nan), inf),
    ("hypot", (3e200, 4e200), 5e200),
    ("hypot", (1e308, 1e308), math.sqrt(2.0) * 1e308),
    ("erf", (inf,), 1.0),
    ("erf", (-0.0,), -0.0),
    ("erfc", (-inf,), 2.0),
    ("erfc", (30.0,), 0.0),
    ("erfinv", (1.0,), inf),
    ("erfinv", (-1.0,), -inf),
    ("erfinv", (1.5,), nan),
    ("lgamma", (0.0,), inf),
    ("lgamma", (-1.0,), inf),
    ("lgamma", (-inf,), inf),
    ("lgamma", (1e307,), inf),
    ("lgamma", (1.0,), 0.0),
    ("lgamma", (2.0,), 0.0),
    ("lgamma", (1.0 + 2.0**-30,), -5.375739784311045e-10),
    ("gamma", (0.0,), inf),
    ("gamma", (-0.0,), -inf),
    ("gamma", (-1.0,), nan),
    ("gamma", (-inf,), nan),
    ("gamma", (172.0,), inf),
    ("gamma", (5.0,), 24.0),
    ("gamma", (inf,), inf),
    ("gamma", (1e-310,), inf),
    ("digamma", (0.0,), -inf),
    ("digamma", (-0.0,), inf),
    ("digamma", (-1.0,), nan),
    ("digamma", (inf,), inf),
    ("polygamma", (1, 0.0), inf),
    ("polygamma", (2, 0.0), -inf),
    ("polygamma", (1, -1.0), inf),
    ("polygamma", (2, -1.0), -inf),
    ("polygamma", (1, inf), 0.0),
    ("polygamma", (1, -inf), nan),
    ("polygamma", (1, -1e9 - 0.5), pi**2 - 1e-9),
    ("floor", (-0.5,), -1.0),
    ("floor", (-0.0,), -0.0),
    ("floor", (inf,), inf),
    ("floor", (nan,), nan),
    ("ceil", (-0.5,), -0.0),
    ("ceil", (-inf,), -inf),
    ("trunc", (-1.7,), -1.0),
    ("trunc", (-0.7,), -0.0),
    ("round", (0.5,), 0.0),
    ("round", (1.5,), 2.0),
    ("round", (-0.4,), -0.0),
    ("round", (2.5,), 2.0),
    ("round", (nan,), nan),
    ("round", (inf,), inf),
    ("floor", (1e300,), 1e300),
    ("maximum", (1.0, nan), nan),
    ("maximum", (nan, 1.0), nan),
    ("minimum", (nan, -inf), nan),
    ("minimum", (2.0, -inf), -inf),
    ("sigmoid", (-1000.0,), 0.0),
    ("sigmoid", (1000.0,), 1.0),
    ("sigmoid", (-40.0,), 4.248354255291589e-18),
    ("softplus", (-1000.0,), 0.0),
    ("softplus", (1000.0,), 1000.0),
    ("softplus", (-inf,), 0.0),
    ("softplus", (-40.0,), 4.248354255291589e-18),
    ("softplus", (30.0,), 30.000000000000092),
    ("logsigmoid", (-1000.0,), -1000.0),
    ("logsigmoid", (-inf,), -inf),
    ("logsigmoid", (40.0,), -4.248354255291589e-18),
    ("logaddexp", (-inf, -inf), -inf),
    ("logaddexp", (inf, inf), inf),
    ("logaddexp", (1000.0, 0.0), 1000.0),
    ("logaddexp", (nan, 1.0), nan),
    ("logaddexp", (-inf, 3.0), 3.0),
    ("sech", (1000.0,), 0.0),
    ("sech", (0.0,), 1.0),
    ("sech", (-745.0,), 1e-323),
    ("lt", (nan, 1.0), 0.0),
    ("ne", (nan, nan), 1.0),
    ("eq", (0.0, -0.0), 1.0),
    ("isnan", (nan,), 1.0),
    ("isinf", (-inf,), 1.0),
    ("isfinite", (nan,), 0.0),
    ("isfinite", (1.0,), 1.0),
    ("where", (nan, 1.0, 2.0), 1.0),
    ("where", (0.0, 1.0, 2.0), 2.0),
    ("logical_not", (0.0,), 1.0),
]


def same(a: float, b: float, relative: float = 0.0) -> bool:
    """Equal to the sign of a zero, or closer than `relative`; nan is nan."""
    if a != a or b != b:
        return a != a and b != b
    if a == b:
        return a != 0.0 or copysign(1.0, a) == copysign(1.0, b)
    return abs(a - b) <= relative * abs(b)


@pytest.mark.parametrize(("function", "operands", "expected"), TABLE)
def test_edges(function: str, operands: tuple[float, ...], expected: float) -> None:
    result = getattr(floats, function)(*operands)
    assert type(result) is float
    assert same(result, expected, 3e-16)


@pytest.mark.parametrize(("function", "operands", "expected"), TABLE)
def test_edges_of_arrays(function: str, operands: tuple[float, ...], expected: float) -> None:
    """The arrays give the same; of a zero they may lose the sign."""
    last = np.array([operands[-1], operands[-1]])
    result = getattr(arrays, function)(*operands[:-1], last)
    assert result.shape == (2,)
    assert same(result[1] + 0.0, expected + 0.0, 4e-16)


SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    1e200,
    -1e200,
    1e-200,
    -1e-200,
    2.0**53,
    2.0**53 - 1,
    1 / 3,
    -8.0,
    inf,
    -inf,
    nan,
]


@pytest.mark.parametrize("a", SPECIAL)
@pytest.mark.parametrize("b", SPECIAL)
def test_pow_is_that_of_c(a: float, b: float) -> None:
    expected = arrays.pow(np.array([a]), np.array([b]))[0]
    assert same(floats.pow(a, b), expected, 5e-16)


SIGNATURES = {f: [*signature(getattr(Namespace, f)).parameters][1:] for f in FUNCTIONS}
UNARY = [f for f, names in SIGNATURES.items() if names == ["x"] and f not in ("shape", "diag")]
BINARY = [
    f for f, names in SIGNATURES.items() if names == ["a", "b"] and f not in ("matmul", "outer", "solve")
]

ULPS = {
    "lgamma": 64,
    "gamma": 32,
    "digamma": 64,
    "erfc": 16,
    "erfinv": 4,
    "pow": 4,
    "sinh": 4,
    "cosh": 4,
    "beta": 0,
    "tan": 4,
    "exp2": 4,
    "sech": 6,
    "softplus": 4,
    "logsigmoid": 4,
    "sigmoid": 4,
    "acosh": 4,
    "asinh": 4,
    "atanh": 4,
    "cbrt": 4,
    "logaddexp": 8,
    "tanh": 4,
    "erf": 4,
}
"""How far, in units of 2**-52 relative, floats and arrays may be apart; 2 by default."""


@pytest.mark.parametrize("function", UNARY)
@settings(max_examples=40)
@given(x=st.floats())
def test_one_operand(function: str, x: float) -> None:
    result = getattr(floats, function)(x)
    assert isinstance(result, float)
    of_array = getattr(arrays, function)(np.array([x]))[0] + 0.0
    if function in ("lgamma", "digamma") and x < 0:  # near its zeros there only the absolute error is small
        assert same(result, of_array) or abs(result - of_array) < 1e-13 * max(1.0, abs(result))
    else:
        assert (
            same(result + 0.0, of_array, ULPS.get(function, 2) * 2.0**-52) or abs(result - of_array) < 2e-323
        )


@pytest.mark.parametrize("function", BINARY)
@settings(max_examples=40)
@given(a=st.floats(), b=st.floats())
def test_two_operands(function: str, a: float, b: float) -> None:
    result = getattr(floats, function)(a, b)
    assert isinstance(result, float)
    of_array = getattr(arrays, function)(np.array([a]), np.array([b]))[0] + 0.0
    assert same(result + 0.0, of_array, ULPS.get(function, 2) * 2.0**-52) or abs(result - of_array) < 2e-323


def test_huge_integers_are_infinite() -> None:
    assert floats.number(10**400) == inf
    assert floats.number(-(10**400)) == -inf
    assert floats.number("1e400") == inf


def test_nothing_heavy_is_imported() -> None:
    program = (
        "import sys\n"
        "from gradcli.numbers import namespace_of\n"
        "xp = namespace_of(1.0, 2.0)\n"
        "xp.pow(xp.sin(1.0), xp.div(1.0, 0.0)); xp.sum(1.0); xp.lgamma(3.5); xp.getitem(1.0, ())\n"
        "heavy = {'numpy', 'scipy', 'mpmath', 'typing', 'inspect', 'dataclasses', 'fractions'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=__file__.partition("tests")[0],
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
