"""Python's complex numbers, for derivatives by the complex step: analytic functions and no others.

The imaginary part of f(x + ih)/h is f'(x) to the last digits where h is tiny (1e-20), because nothing is
subtracted (Squire and Trapp, Using complex variables to estimate derivatives of real functions, 1998). That
asks of every function here that it keep a tiny imaginary part to full precision, and that it refuse a point
where it is not analytic: it raises NotAnalytic there, and so does every function that the module lacks.
"""

# ruff: noqa: I001 - imported names stand under the name that the namespace offers
from __future__ import annotations

import cmath
import math
from cmath import (
    asinh as asinh, atan as atan, cos as cos, cosh as cosh, exp as exp, sin as sin,
    sinh as sinh, tan as tan, tanh as tanh,
)
from operator import add as add, mul as mul, neg as neg, sub as sub

from gradcli.numbers.scalars import (
    cumsum as cumsum, flip as flip, getitem as getitem, peak as peak, prod as prod,
    reshape as reshape, scale as scale, shape as shape, sum as sum, transpose as transpose,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class NotAnalytic(ArithmeticError):  # noqa: N818 - it says what is the case: nobody did anything wrong
    """No derivative by the complex step: at this point, or for this function."""


def __getattr__(name: str) -> Any:
    """Kinks, jumps, comparisons, arrays, and what cmath has not (erf, gamma): raises NotAnalytic."""
    if name.startswith("__"):
        raise AttributeError(name)
    raise NotAnalytic(name)


def _inside(holds: bool) -> None:
    if not holds:
        raise NotAnalytic


# --- arithmetic ---


def div(a: complex, b: complex) -> complex:
    """a/b."""
    _inside(complex(b).real != 0)
    return a / b


def pow(a: complex, b: complex) -> complex:
    """a**b, of a negative or zero base only to a constant whole power."""
    a, b = complex(a), complex(b)
    whole = b.imag == 0 and b.real == math.floor(b.real)
    if a.real > 0:
        return _pow_of_positive(a, b)
    _inside(whole)
    if a.real < 0:
        odd = b.real % 2 == 1
        return -_pow_of_positive(-a, b) if odd else _pow_of_positive(-a, b)
    _inside(b.real >= 0)
    # A tiny number to the second or a higher power is 0, and so is its slope.
    return complex(1) if b.real == 0 else a if b.real == 1 else complex(0)


def _pow_of_positive(a: complex, b: complex) -> complex:
    """The real power, turned: the exponential of the whole exponent would lose as many digits as it has."""
    slope = a.imag / a.real
    logarithm = complex(0.5 * math.log1p(slope * slope), math.atan(slope))
    turn = b * logarithm
    if b.imag:
        turn += complex(0, b.imag * math.log(a.real))
    result: complex = math.pow(a.real, b.real) * cmath.exp(turn)
    return result


# --- elementwise ---


def sqrt(x: complex) -> complex:
    """The square root."""
    _inside(complex(x).real > 0)
    return cmath.sqrt(x)


def cbrt(x: complex) -> complex:
    """The real cube root."""
    x = complex(x)
    _inside(x.real != 0)
    slope = x.imag / x.real
    turn = complex(0.5 * math.log1p(slope * slope), math.atan(slope))
    return math.cbrt(x.real) * cmath.exp(turn / 3)


def exp2(x: complex) -> complex:
    """2**x."""
    return _pow_of_positive(complex(2), complex(x))


def expm1(x: complex) -> complex:
    """e**x - 1."""
    x = complex(x)
    half = math.sin(0.5 * x.imag)
    return complex(
        math.expm1(x.real) * math.cos(x.imag) - 2 * half * half, math.exp(x.real) * math.sin(x.imag)
    )


def _logarithm(of_real: Callable[[float], float], per_e: float) -> Callable[[complex], complex]:
    """The logarithm of which `of_real` is the real one, and `per_e` the one of e."""

    def logarithm(x: complex) -> complex:
        x = complex(x)
        _inside(x.real > 0)
        slope = x.imag / x.real
        return complex(
            of_real(x.real) + per_e * 0.5 * math.log1p(slope * slope), per_e * math.atan(slope)
        )

    return logarithm


log = _logarithm(math.log, 1.0)
log2 = _logarithm(math.log2, 1 / math.log(2))
log10 = _logarithm(math.log10, 1 / math.log(10))


def log1p(x: complex) -> complex:
    """log(1 + x)."""
    x = complex(x)
    _inside(x.real > -1)
    slope = x.imag / (1 + x.real)
    return complex(math.log1p(x.real) + 0.5 * math.log1p(slope * slope), math.atan(slope))


def asin(x: complex) -> complex:
    """The arc sine."""
    _inside(abs_of_real(x) < 1)
    return cmath.asin(x)


def acos(x: complex) -> complex:
    """The arc cosine."""
    _inside(abs_of_real(x) < 1)
    return cmath.acos(x)


def acosh(x: complex) -> complex:
    """The inverse of cosh."""
    _inside(complex(x).real > 1)
    return cmath.acosh(x)


def atanh(x: complex) -> complex:
    """The inverse of tanh."""
    _inside(abs_of_real(x) < 1)
    return cmath.atanh(x)


def asec(x: complex) -> complex:
    """acos(1/x)."""
    return acos(div(1, x))


def acsc(x: complex) -> complex:
    """asin(1/x)."""
    return asin(div(1, x))


def acot(x: complex) -> complex:
    """atan(1/x)."""
    return cmath.atan(div(1, x))


def asech(x: complex) -> complex:
    """acosh(1/x)."""
    return acosh(div(1, x))


def acsch(x: complex) -> complex:
    """asinh(1/x)."""
    return cmath.asinh(div(1, x))


def acoth(x: complex) -> complex:
    """atanh(1/x)."""
    return atanh(div(1, x))


def abs_of_real(x: complex) -> float:
    """|Re x|, which says where the function of real numbers stands."""
    return math.fabs(complex(x).real)


def atan2(y: complex, x: complex) -> complex:
    """The angle of the point (x, y): that of its real parts, and by how much it is turned further."""
    y, x = complex(y), complex(x)
    a, b = y.real, x.real
    _inside(b > 0 or a != 0)
    return math.atan2(a, b) + cmath.atan((y * b - x * a) / (x * b + y * a))


def hypot(x: complex, y: complex) -> complex:
    """sqrt(x**2 + y**2), without overflow of the squares."""
    r = math.hypot(complex(x).real, complex(y).real)
    _inside(r > 0)
    u, v = x / r, y / r
    return r * cmath.sqrt(u * u + v * v)


def xlogy(x: complex, y: complex) -> complex:
    """x*log(y)."""
    return x * log(y)


def sigmoid(x: complex) -> complex:
    """1/(1 + e**-x)."""
    if complex(x).real >= 0:
        return 1 / (1 + cmath.exp(-x))
    e = cmath.exp(x)
    return e / (1 + e)


def sech(x: complex) -> complex:
    """1/cosh(x)."""
    e = cmath.exp(-x if complex(x).real >= 0 else x)
    return 2 * e / (1 + e * e)


def softplus(x: complex) -> complex:
    """log(1 + e**x)."""
    return x + log1p(cmath.exp(-x)) if complex(x).real > 0 else log1p(cmath.exp(x))


def logsigmoid(x: complex) -> complex:
    """log(sigmoid(x)), that is -softplus(-x)."""
    return -softplus(-x)


def logaddexp(a: complex, b: complex) -> complex:
    """log(e**a + e**b)."""
    a, b = complex(a), complex(b)
    return a + log1p(cmath.exp(b - a)) if a.real > b.real else b + log1p(cmath.exp(a - b))


# --- making numbers ---


def number(value: float | str, like: Any = None) -> float:  # noqa: ARG001 - other kinds need it
    """The number, or the decimal that a text writes: a constant has no imaginary part."""
    return float(value)


def pi(like: Any = None) -> float:  # noqa: ARG001 - other kinds need it
    """The ratio of a circle's circumference to its diameter."""
    return math.pi


def zeros_like(x: complex) -> float:  # noqa: ARG001 - other kinds need it
    """0."""
    return 0.0


def ones_like(x: complex) -> float:  # noqa: ARG001 - other kinds need it
    """1."""
    return 1.0
