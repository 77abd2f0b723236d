"""NumPy arrays of float32 and float64, of int64 and bool where a function keeps them; SciPy when needed."""

# ruff: noqa: I001 - imported names stand under the name that the namespace offers
from __future__ import annotations

from operator import neg as _neg
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.numbers import composed
from gradcli.numbers.arrays_whole import (
    sum as sum, prod as prod, amax as amax, amin as amin,
    cumprod as cumprod, cumsum as cumsum, peak as peak, scale as scale, shape as shape,
    reshape as reshape, broadcast_to as broadcast_to, transpose as transpose, flip as flip,
    getitem as getitem, scatter as scatter, stack as stack, concat as concat,
    diag as diag, matmul as matmul, outer as outer, inv as inv,
    det as det, logdet as logdet, solve as solve, number as number, pi as pi,
    zeros as zeros, ones as ones, full as full, zeros_like as zeros_like,
    ones_like as ones_like, eye as eye, arange as arange, linspace as linspace,
)
from gradcli.numbers.results import dtype_of, elementwise, function, payload as payload, real

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.numbers.namespace import Payload


# --- arithmetic ---

add = function(np.add)
sub = function(np.subtract)
mul = function(np.multiply)
neg = function(_neg)
div = elementwise(np.true_divide)
floordiv = function(np.floor_divide)
mod = function(np.remainder)
fmod = function(np.fmod)


@function
def pow(a: Payload, b: Payload) -> Any:
    """a**b; raises RuntimeError for a negative integer power of integers, as PyTorch does."""
    if np.result_type(a, b).kind == "i" and np.any(np.less(b, 0)):
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    if np.size(b) == 1 and np.all(np.equal(b, 0.5)):
        # NumPy takes the square root here, which differs from the power at -0.0 and -inf.
        a = np.where(np.less(a, 0) & np.isinf(a), np.inf, np.add(a, 0.0))
    return np.power(a, b)


# --- elementwise ---

abs = function(np.abs)
sqrt = elementwise(np.sqrt)
cbrt = elementwise(np.cbrt)
exp = elementwise(np.exp)
exp2 = elementwise(np.exp2)
expm1 = elementwise(np.expm1)
log = elementwise(np.log)
log2 = elementwise(np.log2)
log10 = elementwise(np.log10)
log1p = elementwise(np.log1p)
sin = elementwise(np.sin)
cos = elementwise(np.cos)
tan = elementwise(np.tan)
asin = elementwise(np.arcsin)
acos = elementwise(np.arccos)
atan = elementwise(np.arctan)
sinh = elementwise(np.sinh)
cosh = elementwise(np.cosh)
tanh = elementwise(np.tanh)
asinh = elementwise(np.arcsinh)
acosh = elementwise(np.arccosh)
atanh = elementwise(np.arctanh)
atan2 = elementwise(np.arctan2)
hypot = elementwise(np.hypot)
asec = elementwise(composed.asec)
acsc = elementwise(composed.acsc)
acot = elementwise(composed.acot)
asech = elementwise(composed.asech)
acsch = elementwise(composed.acsch)
acoth = elementwise(composed.acoth)
xlogy = elementwise(composed.xlogy)
floor = elementwise(np.floor)
ceil = elementwise(np.ceil)
round = elementwise(np.rint)
trunc = elementwise(np.trunc)
maximum = function(np.maximum)
minimum = function(np.minimum)
logaddexp = elementwise(np.logaddexp)


@function
def sign(x: Payload) -> Any:
    """-1, 0 or 1; 0 at nan, as PyTorch has it."""
    return np.where(np.isnan(x), np.zeros_like(x), np.sign(x))


@elementwise
def erf(x: Payload) -> Any:
    """The error function."""
    from scipy.special import erf

    return erf(x)


@elementwise
def erfc(x: Payload) -> Any:
    """1 - erf(x), right where erf is close to 1."""
    from scipy.special import erfc

    return erfc(x)


@elementwise
def erfinv(x: Payload) -> Any:
    """The inverse of erf; infinite at -1 and 1, nan beyond."""
    from scipy.special import erfinv

    return erfinv(x)


@elementwise
def beta(a: Payload, b: Payload) -> Any:
    """gamma(a)*gamma(b)/gamma(a + b), without the overflow of its parts."""
    from scipy.special import beta

    return beta(a, b)


@elementwise
def gamma(x: Payload) -> Any:
    """The gamma function; inf with the sign of x at 0, nan at negative integers and -inf."""
    from scipy.special import gamma

    y = gamma(x)
    at_a_pole = np.less(x, 0) & (np.floor(x) == x)
    y = np.where(np.equal(x, 0), np.copysign(np.inf, x), y)
    return np.where(at_a_pole, np.nan, y).astype(dtype_of(x))


@elementwise
def lgamma(x: Payload) -> Any:
    """log|gamma(x)|; inf at its poles and at both infinities."""
    from gradcli.numbers import special

    return special.lgamma(x)


@elementwise
def digamma(x: Payload) -> Any:
    """The derivative of lgamma; -inf at 0, inf at -0.0, nan at negative integers."""
    from gradcli.numbers import special

    return special.digamma(x)


@function
def polygamma(n: int, x: Payload) -> Any:
    """The n-th derivative of digamma; raises RuntimeError for a negative n."""
    from gradcli.numbers import special

    return special.polygamma(n, real(x))


@function
def spherical(n: int, x: Payload) -> Any:
    """j_n(z)/z**n at z = pi*x, where j_n is the spherical Bessel function."""
    return composed.spherical(n, real(x))


# --- stable forms: the exponential is taken of -|x| alone, so that nothing overflows or cancels ---


@elementwise
def sigmoid(x: Payload) -> Any:
    """1/(1 + e**-x), to full relative precision on both sides; 0 where e**-x is beyond the floats."""
    return 1 / (1 + np.exp(-x))


@elementwise
def sech(x: Payload) -> Any:
    """1/cosh(x), to full relative precision where cosh overflows, too."""
    e = np.exp(-np.abs(x))
    return 2 * e / (1 + e * e)


@elementwise
def softplus(x: Payload) -> Any:
    """log(1 + e**x), exact everywhere: PyTorch's becomes a straight line above 20."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@elementwise
def logsigmoid(x: Payload) -> Any:
    """log(sigmoid(x)), that is -softplus(-x)."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


# --- truth ---


def _truth(compute: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose answer of yes or no is 1 or 0 in its operands' dtype."""
    truth = function(lambda *args: compute(*args).astype(dtype_of(*args)))
    truth.__name__ = truth.__qualname__ = compute.__name__
    return truth


lt = _truth(np.less)
le = _truth(np.less_equal)
gt = _truth(np.greater)
ge = _truth(np.greater_equal)
eq = _truth(np.equal)
ne = _truth(np.not_equal)
isnan = _truth(np.isnan)
isinf = _truth(np.isinf)
isfinite = _truth(np.isfinite)
logical_and = _truth(np.logical_and)
logical_or = _truth(np.logical_or)
logical_not = _truth(np.logical_not)


@function
def where(c: Payload, a: Payload, b: Payload) -> Any:
    """a where c is not 0 (nan is not), else b."""
    return np.where(np.not_equal(c, 0), a, b)
