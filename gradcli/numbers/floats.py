"""Python floats with the semantics of IEEE-754: every function answers, none raises, none imports NumPy."""

# ruff: noqa: I001 - imported names stand under the name that the namespace offers
from __future__ import annotations

from math import (
    acos as _acos, acosh as _acosh, asin as _asin, asinh as asinh, atan as atan, atan2 as atan2,
    atanh as _atanh, cbrt as cbrt, ceil as _ceil, copysign, cos as _cos, cosh as _cosh, erf as erf,
    erfc as erfc, exp as _exp, exp2 as _exp2, expm1 as _expm1, fabs, floor as _floor, fmod as _fmod,
    frexp as _frexp,
    gamma as _gamma, hypot as hypot, inf, ldexp as _ldexp, log as _log, log1p as _log1p, log2 as _log2,
    log10 as _log10, nan, pi as _pi, pow as _pow, sin as _sin, sinh as _sinh, sqrt as _sqrt,
    tan as _tan, tanh as tanh, trunc as _trunc,
)
from operator import add as add, mul as mul, neg as neg, sub as sub

from gradcli.numbers.composed import (
    acot as acot, acoth as acoth, acsc as acsc, acsch as acsch, asec as asec, asech as asech,
    spherical as spherical, xlogy as xlogy,
)
from gradcli.numbers.scalars import (
    amax as amax, amin as amin, arange as arange, broadcast_to as broadcast_to, concat as concat,
    cumprod as cumprod, cumsum as cumsum, det as det, diag as diag, eye as eye, flip as flip,
    full as full, getitem as getitem, inv as inv, linspace as linspace, logdet as logdet,
    matmul as matmul, ones as ones,
    ones_like as ones_like, outer as outer, prod as prod, reshape as reshape, scatter as scatter,
    shape as shape, solve as solve, stack as stack, sum as sum, transpose as transpose, zeros as zeros,
    zeros_like as zeros_like,
)
from gradcli.numbers.truths import (
    lt as lt, le as le, gt as gt, ge as ge, eq as eq,
    ne as ne, isnan as isnan, isinf as isinf, isfinite as isfinite, logical_and as logical_and,
    logical_or as logical_or, logical_not as logical_not, where as where,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_round = round
abs = fabs


# --- arithmetic ---


def div(a: float, b: float) -> float:
    """a/b; x/0 is inf with the sign of both, 0/0 is nan."""
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0.0 or a != a:
            return nan
        return copysign(inf, a) if copysign(1.0, b) > 0.0 else -copysign(inf, a)
    except OverflowError:  # of integers only
        return div(number(a), number(b))


def floordiv(a: float, b: float) -> float:
    """floor(a/b); x//0 is x/0."""
    try:
        return a // b
    except ZeroDivisionError:
        return div(a, b)


def mod(a: float, b: float) -> float:
    """a - b*floor(a/b), with the sign of b; nan for b = 0."""
    try:
        return a % b
    except ZeroDivisionError:
        return nan


def fmod(a: float, b: float) -> float:
    """a - b*trunc(a/b), with the sign of a; nan for b = 0 and for an infinite a."""
    try:
        return _fmod(a, b)
    except ValueError:
        return nan


def pow(a: float, b: float) -> float:
    """a**b with every special case of C's pow (Annex F of the standard)."""
    try:
        return _pow(a, b)
    except OverflowError:
        return -inf if a < 0.0 and _is_odd(b) else inf
    except ValueError:
        if a == 0.0:
            return copysign(inf, a) if _is_odd(b) else inf
        return nan


def _is_odd(b: float) -> bool:
    return b % 2.0 == 1.0


# --- elementwise ---


def sign(x: float) -> float:
    """-1, 0 or 1; 0 at nan, as PyTorch has it."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0


def sqrt(x: float) -> float:
    """The square root; nan below 0."""
    try:
        return _sqrt(x)
    except ValueError:
        return nan


def exp(x: float) -> float:
    """e**x; inf on overflow."""
    try:
        return _exp(x)
    except OverflowError:
        return inf


def exp2(x: float) -> float:
    """2**x; inf on overflow."""
    try:
        return _exp2(x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    """e**x - 1, right near 0; inf on overflow."""
    try:
        return _expm1(x)
    except OverflowError:
        return inf


def log(x: float) -> float:
    """The natural logarithm; -inf at 0, nan below."""
    try:
        return _log(x)
    except ValueError:
        return -inf if x == 0.0 else nan


def log2(x: float) -> float:
    """The logarithm to base 2; -inf at 0, nan below."""
    try:
        return _log2(x)
    except ValueError:
        return -inf if x == 0.0 else nan


def log10(x: float) -> float:
    """The logarithm to base 10; -inf at 0, nan below."""
    try:
        return _log10(x)
    except ValueError:
        return -inf if x == 0.0 else nan


def log1p(x: float) -> float:
    """log(1 + x), right near 0; -inf at -1, nan below."""
    try:
        return _log1p(x)
    except ValueError:
        return -inf if x == -1.0 else nan


def sin(x: float) -> float:
    """The sine; nan at infinity."""
    try:
        return _sin(x)
    except ValueError:
        return nan


def cos(x: float) -> float:
    """The cosine; nan at infinity."""
    try:
        return _cos(x)
    except ValueError:
        return nan


def tan(x: float) -> float:
    """The tangent; nan at infinity."""
    try:
        return _tan(x)
    except ValueError:
        return nan


def asin(x: float) -> float:
    """The arc sine; nan outside [-1, 1]."""
    try:
        return _asin(x)
    except ValueError:
        return nan


def acos(x: float) -> float:
    """The arc cosine; nan outside [-1, 1]."""
    try:
        return _acos(x)
    except ValueError:
        return nan


def sinh(x: float) -> float:
    """The hyperbolic sine; inf with the sign of x on overflow."""
    try:
        return _sinh(x)
    except OverflowError:
        return copysign(inf, x)


def cosh(x: float) -> float:
    """The hyperbolic cosine; inf on overflow."""
    try:
        return _cosh(x)
    except OverflowError:
        return inf


def sech(x: float) -> float:
    """1/cosh(x), to full relative precision where cosh overflows, too."""
    e = _exp(-abs(x))
    return 2.0 * e / (1.0 + e * e)


def acosh(x: float) -> float:
    """The inverse of cosh; nan below 1."""
    try:
        return _acosh(x)
    except ValueError:
        return nan


def atanh(x: float) -> float:
    """The inverse of tanh; infinite at -1 and 1, nan beyond."""
    try:
        return _atanh(x)
    except ValueError:
        return copysign(inf, x) if x in (-1.0, 1.0) else nan


def gamma(x: float) -> float:
    """The gamma function; inf with the sign of x at 0, nan at negative integers and -inf."""
    try:
        return _gamma(x)
    except OverflowError:
        return copysign(inf, x)
    except ValueError:
        return copysign(inf, x) if x == 0.0 else nan


def lgamma(x: float) -> float:
    """log|gamma(x)|; inf at its poles and at both infinities."""
    from gradcli.numbers.special import lgamma_of_float

    return lgamma_of_float(x)


def digamma(x: float) -> float:
    """The derivative of lgamma; -inf at 0, inf at -0.0, nan at negative integers."""
    from gradcli.numbers.special import digamma_of_float

    return digamma_of_float(x)


def polygamma(n: int, x: float) -> float:
    """The n-th derivative of digamma; raises RuntimeError for a negative n."""
    from gradcli.numbers import arrays

    return float(arrays.polygamma(n, x))


def beta(a: float, b: float) -> float:
    """gamma(a)*gamma(b)/gamma(a + b), without the overflow of its parts."""
    from scipy.special import beta

    return float(beta(a, b))


def erfinv(x: float) -> float:
    """The inverse of erf; infinite at -1 and 1, nan beyond."""
    from scipy.special import erfinv as inverse

    return float(inverse(x))


def floor(x: float) -> float:
    """The next integer below; infinities, nan and -0.0 stay."""
    try:
        return copysign(_floor(x), x)
    except (OverflowError, ValueError):
        return x


def ceil(x: float) -> float:
    """The next integer above; infinities, nan and -0.0 stay."""
    try:
        return copysign(_ceil(x), x)
    except (OverflowError, ValueError):
        return x


def round(x: float) -> float:
    """The nearest integer, the even one of two; infinities, nan and -0.0 stay."""
    try:
        return copysign(_round(x), x)
    except (OverflowError, ValueError):
        return x


def trunc(x: float) -> float:
    """The integer part; infinities, nan and -0.0 stay."""
    try:
        return copysign(_trunc(x), x)
    except (OverflowError, ValueError):
        return x


def maximum(a: float, b: float) -> float:
    """The larger of two; nan where either is."""
    return a if a >= b or a != a else b


def minimum(a: float, b: float) -> float:
    """The smaller of two; nan where either is."""
    return a if a <= b or a != a else b


# --- stable forms: the exponential is taken of -|x| alone, so that nothing overflows or cancels ---


def sigmoid(x: float) -> float:
    """1/(1 + e**-x), to full relative precision on both sides."""
    if x >= 0.0:
        return 1.0 / (1.0 + _exp(-x))
    e = _exp(x)
    return e / (1.0 + e)


def softplus(x: float) -> float:
    """log(1 + e**x), exact everywhere: PyTorch's becomes a straight line above 20."""
    return x + _log1p(_exp(-x)) if x > 0.0 else _log1p(_exp(x))


def logsigmoid(x: float) -> float:
    """log(sigmoid(x)), that is -softplus(-x)."""
    return 0.0 - _log1p(_exp(-x)) if x >= 0.0 else x - _log1p(_exp(x))  # 0.0 and not -0.0 at 1000


def logaddexp(a: float, b: float) -> float:
    """log(e**a + e**b), whatever the size of a and b."""
    if a == b:
        return a + 0.6931471805599453  # the infinities, too, whose difference would be nan
    return a + _log1p(_exp(b - a)) if a > b else b + _log1p(_exp(a - b))


def peak(x: float, axis: Any = None) -> float:
    """x, or 0 where it is not finite; raises IndexError for an axis that rank 0 has not."""
    sum(x, axis)
    return x if x - x == 0.0 else 0.0


def scale(x: float, axis: Any = None) -> float:
    """The power of two up to |x|; 1 at 0, nan, infinity; raises IndexError for an axis that rank 0 lacks."""
    sum(x, axis)
    return _ldexp(1.0, _frexp(x)[1] - 1) if x and x - x == 0.0 else 1.0


# --- making numbers ---


def number(value: float | str, like: Any = None) -> float:  # noqa: ARG001 - other kinds need it
    """The number, or the decimal that a text writes, as a float; inf where it is too large."""
    try:
        return float(value)
    except OverflowError:  # of an integer
        return inf if isinstance(value, int) and value > 0 else -inf


def pi(like: Any = None) -> float:  # noqa: ARG001 - other kinds need it
    """The ratio of a circle's circumference to its diameter."""
    return _pi
