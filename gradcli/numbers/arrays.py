"""NumPy arrays of float32 and float64, of int64 and bool where a function keeps them; SciPy when needed."""

from __future__ import annotations

from operator import neg as _neg
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.numbers import shapes
from gradcli.numbers.errors import SingularMatrix

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.numbers.namespace import Payload
    from gradcli.numbers.shapes import Axis, Shape


_FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
_SCALARS = (np.dtype(np.float64), np.dtype(object))
"""Kinds of element that stand for themselves at rank 0, where the others stay arrays."""


def payload(result: Any) -> Payload:
    """A result of NumPy as a payload: rank 0 is a float in float64, the object itself among objects."""
    if type(result) is np.ndarray:
        return result if result.ndim or result.dtype not in _SCALARS else result.item()
    if type(result) is np.float64:
        return float(result)
    return np.asarray(result) if isinstance(result, np.generic) else result


def _function(compute: Callable[..., Any]) -> Callable[..., Any]:
    """`compute` without NumPy's warnings, whatever overflows, its result a payload."""

    def quiet(*args: Any, **static: Any) -> Payload:
        with np.errstate(all="ignore"):
            return payload(compute(*args, **static))

    quiet.__name__ = quiet.__qualname__ = compute.__name__
    quiet.__doc__ = compute.__doc__
    return quiet


def _elementwise(compute: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a function of real numbers, to which integers and truths are float64."""
    quiet = _function(lambda *args: compute(*map(_real, args)))
    quiet.__name__ = quiet.__qualname__ = compute.__name__
    quiet.__doc__ = compute.__doc__
    return quiet


def _real(x: Payload) -> Payload:
    return x if isinstance(x, float) or getattr(x, "dtype", None) in _FLOATS else np.asarray(x, np.float64)


def _dtype(*like: Payload) -> Any:
    """float32 where the arrays among `like` are, else float64; plain floats take the arrays' dtype."""
    dtype = np.result_type(*like)
    return dtype if dtype in _FLOATS else np.dtype(np.float64)


# --- arithmetic ---

add = _function(np.add)
sub = _function(np.subtract)
mul = _function(np.multiply)
neg = _function(_neg)
div = _elementwise(np.true_divide)
floordiv = _function(np.floor_divide)
mod = _function(np.remainder)


@_function
def pow(a: Payload, b: Payload) -> Any:
    """a**b; raises RuntimeError for a negative integer power of integers, as PyTorch does."""
    if np.result_type(a, b).kind == "i" and np.any(np.less(b, 0)):
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    if np.size(b) == 1 and np.all(np.equal(b, 0.5)):
        # NumPy takes the square root here, which differs from the power at -0.0 and -inf.
        a = np.where(np.less(a, 0) & np.isinf(a), np.inf, np.add(a, 0.0))
    return np.power(a, b)


# --- elementwise ---

abs = _function(np.abs)
sqrt = _elementwise(np.sqrt)
cbrt = _elementwise(np.cbrt)
exp = _elementwise(np.exp)
exp2 = _elementwise(np.exp2)
expm1 = _elementwise(np.expm1)
log = _elementwise(np.log)
log2 = _elementwise(np.log2)
log10 = _elementwise(np.log10)
log1p = _elementwise(np.log1p)
sin = _elementwise(np.sin)
cos = _elementwise(np.cos)
tan = _elementwise(np.tan)
asin = _elementwise(np.arcsin)
acos = _elementwise(np.arccos)
atan = _elementwise(np.arctan)
sinh = _elementwise(np.sinh)
cosh = _elementwise(np.cosh)
tanh = _elementwise(np.tanh)
asinh = _elementwise(np.arcsinh)
acosh = _elementwise(np.arccosh)
atanh = _elementwise(np.arctanh)
atan2 = _elementwise(np.arctan2)
hypot = _elementwise(np.hypot)
floor = _elementwise(np.floor)
ceil = _elementwise(np.ceil)
round = _elementwise(np.rint)
trunc = _elementwise(np.trunc)
maximum = _function(np.maximum)
minimum = _function(np.minimum)
logaddexp = _elementwise(np.logaddexp)


@_function
def sign(x: Payload) -> Any:
    """-1, 0 or 1; 0 at nan, as PyTorch has it."""
    return np.where(np.isnan(x), np.zeros_like(x), np.sign(x))


@_elementwise
def erf(x: Payload) -> Any:
    """The error function."""
    from scipy.special import erf

    return erf(x)


@_elementwise
def erfc(x: Payload) -> Any:
    """1 - erf(x), right where erf is close to 1."""
    from scipy.special import erfc

    return erfc(x)


@_elementwise
def erfinv(x: Payload) -> Any:
    """The inverse of erf; infinite at -1 and 1, nan beyond."""
    from scipy.special import erfinv

    return erfinv(x)


@_elementwise
def beta(a: Payload, b: Payload) -> Any:
    """gamma(a)*gamma(b)/gamma(a + b), without the overflow of its parts."""
    from scipy.special import beta

    return beta(a, b)


@_elementwise
def gamma(x: Payload) -> Any:
    """The gamma function; inf with the sign of x at 0, nan at negative integers and -inf."""
    from scipy.special import gamma

    y = gamma(x)
    at_a_pole = (np.less(x, 0) & (np.floor(x) == x))
    return np.where(at_a_pole, np.nan, np.where(np.equal(x, 0), np.copysign(np.inf, x), y)).astype(_dtype(x))


@_elementwise
def lgamma(x: Payload) -> Any:
    """log|gamma(x)|; inf at its poles and at both infinities."""
    from gradcli.numbers import special

    return special.lgamma(x)


@_elementwise
def digamma(x: Payload) -> Any:
    """The derivative of lgamma; -inf at 0, inf at -0.0, nan at negative integers."""
    from gradcli.numbers import special

    return special.digamma(x)


@_function
def polygamma(n: int, x: Payload) -> Any:
    """The n-th derivative of digamma; raises RuntimeError for a negative n."""
    from gradcli.numbers import special

    return special.polygamma(n, _real(x))


# --- stable forms: the exponential is taken of -|x| alone, so that nothing overflows or cancels ---


@_elementwise
def sigmoid(x: Payload) -> Any:
    """1/(1 + e**-x), to full relative precision on both sides."""
    e = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1 / (1 + e), e / (1 + e))


@_elementwise
def sech(x: Payload) -> Any:
    """1/cosh(x), to full relative precision where cosh overflows, too."""
    e = np.exp(-np.abs(x))
    return 2 * e / (1 + e * e)


@_elementwise
def softplus(x: Payload) -> Any:
    """log(1 + e**x), exact everywhere: PyTorch's becomes a straight line above 20."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@_elementwise
def logsigmoid(x: Payload) -> Any:
    """log(sigmoid(x)), that is -softplus(-x)."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


# --- truth ---


def _truth(compute: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose answer of yes or no is 1 or 0 in its operands' dtype."""
    truth = _function(lambda *args: np.asarray(compute(*args)).astype(_dtype(*args)))
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


@_function
def where(c: Payload, a: Payload, b: Payload) -> Any:
    """a where c is not 0 (nan is not), else b."""
    return np.where(np.not_equal(c, 0), a, b)


# --- reductions ---


def _reduction(compute: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction along an axis, some, or all; raises IndexError, as PyTorch does, for one that x has not."""

    def reduce(x: Payload, axis: Axis = None, keepdim: bool = False) -> Any:
        return compute(x, axis=shapes.normal_axes(axis, np.ndim(x)), keepdims=keepdim)

    reduce.__name__ = reduce.__qualname__ = compute.__name__
    return _function(reduce)


def _extremum(compute: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a reduction that nothing at all has no answer to; raises as PyTorch does."""

    def reduce(x: Payload, axis: Axis = None, keepdim: bool = False) -> Any:
        axes = shapes.reducible_axes(axis, np.shape(x), compute.__name__)
        return compute(x, axis=axes, keepdims=keepdim)

    reduce.__name__ = reduce.__qualname__ = compute.__name__
    return _function(reduce)


sum = _reduction(np.sum)
prod = _reduction(np.prod)
amax = _extremum(np.amax)
amin = _extremum(np.amin)


@_function
def cumsum(x: Payload, axis: int = -1) -> Any:
    """The running sums along an axis."""
    axis = shapes.normal_axis(axis, np.ndim(x))
    return np.cumsum(x, axis=axis) if np.ndim(x) else x


# --- against overflow ---


@_function
def peak(x: Payload, axis: Axis = None) -> Any:
    """The largest element along an axis, which stays with length 1; 0 where that is not finite."""
    peak = np.max(x, axis=shapes.normal_axes(axis, np.ndim(x)), keepdims=True, initial=-np.inf)
    return np.where(np.isfinite(peak), peak, 0).astype(_dtype(x))


@_function
def scale(x: Payload, axis: Axis = None) -> Any:
    """The power of two up to the largest |element| along an axis, which stays; 1 where that is not finite."""
    size = np.max(np.abs(x), axis=shapes.normal_axes(axis, np.ndim(x)), keepdims=True, initial=0)
    power = np.ldexp(np.ones_like(size), np.frexp(size)[1] - 1)
    return np.where(np.isfinite(size) & (size > 0), power, 1).astype(_dtype(x))


# --- shape ---


def shape(x: Payload) -> Shape:
    """The shape; () of a scalar."""
    return np.shape(x)


@_function
def reshape(x: Payload, shape: Shape) -> Any:
    """The same elements in another shape, in which one -1 may stand."""
    return np.reshape(x, shapes.resolved_shape(shape, np.size(x)))


@_function
def broadcast_to(x: Payload, shape: Shape) -> Any:
    """x repeated to a larger shape, in memory of its own, that may be written to; raises ArrayTooLarge."""
    x = np.asarray(x)
    shapes.check_allocation(shapes.expanded_shape(x.shape, shape), x.itemsize)
    return np.array(np.broadcast_to(x, shape))


@_function
def transpose(x: Payload, axes: tuple[int, ...] | None = None) -> Any:
    """The axes in another order, reversed where none is given."""
    return np.transpose(x, shapes.permutation(axes, np.ndim(x)))


@_function
def flip(x: Payload, axis: Axis = None) -> Any:
    """The elements in reverse order along an axis, or along all."""
    return np.flip(x, shapes.normal_axes(axis, np.ndim(x)))


@_function
def getitem(x: Payload, index: Any) -> Any:
    """x[index]; raises IndexError with PyTorch's text."""
    x = np.asarray(x)
    shapes.checked_index(index, x.shape)
    try:
        return x[index]
    except IndexError as error:  # of an array of indices
        raise IndexError(str(error).replace("for axis", "for dimension")) from None


@_function
def scatter(g: Payload, index: Any, shape: Shape) -> Any:
    """Zeros of `shape` with g added at `index`, as often as an element is indexed: the vjp of getitem."""
    g = np.asarray(g)
    shapes.check_allocation(shape, g.itemsize)
    out = np.zeros(shape, g.dtype)
    items = index if isinstance(index, tuple) else (index,)
    if any(isinstance(item, (np.ndarray, list)) for item in items):
        np.add.at(out, index, g)
    else:
        out[index] = g
    return out


@_function
def stack(xs: Any, axis: int = 0) -> Any:
    """Arrays of one shape along a new axis."""
    axis = shapes.stacked_shape([np.shape(x) for x in xs], axis)
    dtype = np.result_type(*xs)
    return np.stack([np.asarray(x, dtype) for x in xs], axis)


@_function
def concat(xs: Any, axis: int = 0) -> Any:
    """Arrays one after the other along an axis that they have."""
    axis = shapes.concat_axis([np.shape(x) for x in xs], axis)
    return np.concatenate([np.asarray(x) for x in xs], axis)


@_function
def diag(x: Payload) -> Any:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix."""
    if np.ndim(x) not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {np.ndim(x)}D")
    if np.ndim(x) == 1:
        shapes.check_allocation((len(x), len(x)), x.itemsize)
    return np.array(np.diag(x))


# --- linear algebra ---


@_function
def matmul(a: Payload, b: Payload) -> Any:
    """a @ b of vectors, matrices and batches of them."""
    shapes.matmul_shape(np.shape(a), np.shape(b))
    return np.matmul(a, b)


@_function
def outer(a: Payload, b: Payload) -> Any:
    """The products of every element of one vector with every one of another; raises ArrayTooLarge."""
    shapes.check_allocation(shapes.outer_shape(np.shape(a), np.shape(b)))
    return np.outer(a, b)


@_elementwise
def inv(a: Payload) -> Any:
    """The inverse matrix; raises SingularMatrix with PyTorch's text."""
    shapes.square(np.shape(a), "linalg.inv")
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        raise SingularMatrix(_singular(a)) from None


def _singular(a: Any) -> str:
    from scipy.linalg.lapack import dgetrf

    for i, matrix in enumerate(np.reshape(a, (-1, *a.shape[-2:]))):
        zero = dgetrf(matrix)[2]
        if zero > 0:
            return shapes.singular(zero, i if a.ndim > 2 else None)
    return shapes.singular(a.shape[-1], None)


@_elementwise
def det(a: Payload) -> Any:
    """The determinant; 0 of a singular matrix."""
    shapes.square(np.shape(a), "linalg.det")
    return np.linalg.det(a)


@_elementwise
def solve(a: Payload, b: Payload) -> Any:
    """x where a @ x = b, for a vector or a matrix's columns; raises SingularMatrix with PyTorch's text."""
    shapes.solve_shape(np.shape(a), np.shape(b))
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise SingularMatrix(shapes.UNSOLVABLE) from None


# --- making numbers ---


def number(value: float | str, like: Payload = 0.0) -> Payload:  # noqa: ARG001 - other kinds need it
    """The number, or the decimal that a text writes: a float, which takes the dtype of what it meets."""
    from gradcli.numbers import floats

    return value if isinstance(value, np.ndarray) else floats.number(value)


def pi(like: Payload = 0.0) -> float:  # noqa: ARG001 - other kinds need it
    """The ratio of a circle's circumference to its diameter."""
    return float(np.pi)


def zeros(shape: Shape, like: Payload = 0.0) -> Payload:
    """Zeros of `shape` in the dtype of `like`; raises ArrayTooLarge."""
    return full(shape, 0.0, like)


def ones(shape: Shape, like: Payload = 0.0) -> Payload:
    """Ones of `shape` in the dtype of `like`; raises ArrayTooLarge."""
    return full(shape, 1.0, like)


@_function
def full(shape: Shape, value: Payload, like: Payload = 0.0) -> Any:
    """`value` in every place of `shape`, in the dtype of `like` and of the value; raises ArrayTooLarge."""
    dtype = _dtype(value, like)
    shapes.check_allocation(shape, dtype.itemsize)
    return np.full(shape, value, dtype)


@_function
def zeros_like(x: Payload) -> Any:
    """Zeros of x's shape and dtype."""
    return np.zeros_like(x)


@_function
def ones_like(x: Payload) -> Any:
    """Ones of x's shape and dtype."""
    return np.ones_like(x)


@_function
def eye(n: int, like: Payload = 0.0) -> Any:
    """The unit matrix of n rows in the dtype of `like`; raises ArrayTooLarge."""
    shapes.check_allocation((n, n))
    return np.eye(n, dtype=_dtype(like))


@_function
def arange(start: Payload, stop: Payload, step: Payload = 1.0, like: Payload = 0.0) -> Any:
    """start, start + step, ... below stop; raises RuntimeError where that never ends, and ArrayTooLarge."""
    n = shapes.range_length(float(start), float(stop), float(step))
    shapes.check_allocation((n,))
    return (start + np.arange(n) * step).astype(_dtype(start, stop, step, like))


@_function
def linspace(start: Payload, stop: Payload, n: int, like: Payload = 0.0) -> Any:
    """n numbers at equal distances from start to stop, both included; raises ArrayTooLarge.

    The second half is counted from the end, as PyTorch does, so that it mirrors the first.
    """
    if n < 0:
        raise RuntimeError("number of steps must be non-negative")
    shapes.check_allocation((n,))
    i = np.arange(n)
    step = (stop - start) / max(n - 1, 1)
    return np.where(i < n / 2, start + step * i, stop - step * (n - 1 - i)).astype(_dtype(start, stop, like))
