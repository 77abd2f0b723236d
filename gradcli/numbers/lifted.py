"""Arrays of numbers that NumPy does not know, mpf or Expression, as arrays of objects, element by element."""

# ruff: noqa: I001 - imported names stand under the name that the namespace offers
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.numbers import elimination, namespace_of, shapes
from gradcli.numbers.arrays import (
    broadcast_to as broadcast_to,
    cumprod as cumprod,
    cumsum as cumsum,
    flip as flip,
    getitem as getitem,
    matmul as matmul,
    outer as outer,
    payload,
    prod as prod,
    reshape as reshape,
    shape as shape,
    sum as sum,
    transpose as transpose,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.numbers.namespace import Payload
    from gradcli.numbers.shapes import Axis, Shape


def objects(x: Payload) -> Any:
    """A payload as an array of objects, of rank 0 where it is a scalar."""
    made = np.empty((), object)
    if isinstance(x, np.ndarray):
        return x.astype(object)
    made[()] = x
    return made


def sample(*payloads: Payload) -> Payload:
    """An element that tells the kind of these arrays: the first that is no plain number, or 0."""
    for x in payloads:
        for element in x.flat if isinstance(x, np.ndarray) and x.dtype == object else (x,):
            if not isinstance(element, (float, int, np.generic, np.ndarray)):
                return element
    return 0.0


def uniform(x: Any, like: Payload) -> Payload:
    """The array of objects x with its plain numbers made numbers of the kind of the element `like`.

    Where floats stayed among mpf, functions of them would have a float's digits.
    """
    xp = namespace_of(like)
    return payload(np.frompyfunc(lambda e: xp.number(e, like), 1, 1)(x))


def _elementwise(name: str, operands: int) -> Callable[..., Payload]:
    """The function `name` of each element, by the element's kind."""

    def of_elements(*elements: Any) -> Any:
        return getattr(namespace_of(*elements), name)(*elements)

    lift = np.frompyfunc(of_elements, operands, 1)

    def function(*xs: Payload) -> Payload:
        return payload(lift(*map(objects, xs)))

    function.__name__ = function.__qualname__ = name
    return function


# --- arithmetic and functions of each element ---

add = _elementwise("add", 2)
sub = _elementwise("sub", 2)
mul = _elementwise("mul", 2)
neg = _elementwise("neg", 1)
div = _elementwise("div", 2)
floordiv = _elementwise("floordiv", 2)
mod = _elementwise("mod", 2)
fmod = _elementwise("fmod", 2)
pow = _elementwise("pow", 2)
abs = _elementwise("abs", 1)
sign = _elementwise("sign", 1)
sqrt = _elementwise("sqrt", 1)
cbrt = _elementwise("cbrt", 1)
exp = _elementwise("exp", 1)
exp2 = _elementwise("exp2", 1)
expm1 = _elementwise("expm1", 1)
log = _elementwise("log", 1)
log2 = _elementwise("log2", 1)
log10 = _elementwise("log10", 1)
log1p = _elementwise("log1p", 1)
sin = _elementwise("sin", 1)
cos = _elementwise("cos", 1)
tan = _elementwise("tan", 1)
asin = _elementwise("asin", 1)
acos = _elementwise("acos", 1)
atan = _elementwise("atan", 1)
sinh = _elementwise("sinh", 1)
cosh = _elementwise("cosh", 1)
tanh = _elementwise("tanh", 1)
asinh = _elementwise("asinh", 1)
acosh = _elementwise("acosh", 1)
atanh = _elementwise("atanh", 1)
asec = _elementwise("asec", 1)
acsc = _elementwise("acsc", 1)
acot = _elementwise("acot", 1)
asech = _elementwise("asech", 1)
acsch = _elementwise("acsch", 1)
acoth = _elementwise("acoth", 1)
atan2 = _elementwise("atan2", 2)
hypot = _elementwise("hypot", 2)
erf = _elementwise("erf", 1)
erfc = _elementwise("erfc", 1)
erfinv = _elementwise("erfinv", 1)
lgamma = _elementwise("lgamma", 1)
digamma = _elementwise("digamma", 1)
gamma = _elementwise("gamma", 1)
floor = _elementwise("floor", 1)
ceil = _elementwise("ceil", 1)
round = _elementwise("round", 1)
trunc = _elementwise("trunc", 1)
maximum = _elementwise("maximum", 2)
minimum = _elementwise("minimum", 2)
sigmoid = _elementwise("sigmoid", 1)
sech = _elementwise("sech", 1)
softplus = _elementwise("softplus", 1)
logsigmoid = _elementwise("logsigmoid", 1)
logaddexp = _elementwise("logaddexp", 2)
beta = _elementwise("beta", 2)
xlogy = _elementwise("xlogy", 2)
lt = _elementwise("lt", 2)
le = _elementwise("le", 2)
gt = _elementwise("gt", 2)
ge = _elementwise("ge", 2)
eq = _elementwise("eq", 2)
ne = _elementwise("ne", 2)
isnan = _elementwise("isnan", 1)
isinf = _elementwise("isinf", 1)
isfinite = _elementwise("isfinite", 1)
logical_and = _elementwise("logical_and", 2)
logical_or = _elementwise("logical_or", 2)
logical_not = _elementwise("logical_not", 1)


def _of_order(name: str) -> Callable[[int, Payload], Payload]:
    """The function `name` of order n of each element, by the element's kind."""

    def function(n: int, x: Payload) -> Payload:
        lift = np.frompyfunc(lambda element: getattr(namespace_of(element), name)(n, element), 1, 1)
        return payload(lift(objects(x)))

    function.__name__ = function.__qualname__ = name
    return function


polygamma = _of_order("polygamma")
spherical = _of_order("spherical")


def where(c: Payload, a: Payload, b: Payload) -> Payload:
    """a where c is not 0 (nan is not), else b."""
    like = sample(a, b, c)
    lift = np.frompyfunc(lambda *elements: namespace_of(*elements).where(*elements), 3, 1)
    return uniform(lift(objects(c), objects(a), objects(b)), like)


# --- reductions ---


def _extremum(name: str, function: Callable[..., Payload]) -> Callable[..., Payload]:
    """A reduction that nothing at all has no answer to; raises as PyTorch does."""

    def reduce(x: Payload, axis: Axis = None, keepdim: bool = False) -> Payload:
        x = objects(x)
        axes = shapes.reducible_axes(axis, x.shape, name)
        kept = shapes.reduced_shape(x.shape, axis, keepdim)
        others = [i for i in range(x.ndim) if i not in axes]
        rows = np.transpose(x, (*axes, *others)).reshape(-1, *(x.shape[i] for i in others))
        result = rows[0]
        for row in rows[1:]:
            result = function(result, row)
        return payload(objects(result).reshape(kept))

    reduce.__name__ = reduce.__qualname__ = name
    return reduce


amax = _extremum("amax", maximum)
amin = _extremum("amin", minimum)


# --- against overflow, which these kinds do not know ---


def peak(x: Payload, axis: Axis = None) -> float:
    """0: what has no largest number needs no shift; raises IndexError for an axis that x has not."""
    shapes.normal_axes(axis, np.ndim(x))
    return 0.0


def scale(x: Payload, axis: Axis = None) -> float:
    """1: what has no largest number needs no scaling; raises IndexError for an axis that x has not."""
    shapes.normal_axes(axis, np.ndim(x))
    return 1.0


# --- shape ---


def scatter(g: Payload, index: Any, shape: Shape) -> Payload:
    """Zeros of `shape` with g added at `index`, as often as an element is indexed: the vjp of getitem."""
    out = objects(full(shape, 0.0, sample(g)))
    np.add.at(out, index, objects(g))
    return out


def stack(xs: Any, axis: int = 0) -> Payload:
    """Arrays of one shape along a new axis."""
    axis = shapes.stacked_shape([np.shape(x) for x in xs], axis)
    return uniform(np.stack([objects(x) for x in xs], axis), sample(*xs))


def concat(xs: Any, axis: int = 0) -> Payload:
    """Arrays one after the other along an axis that they have."""
    axis = shapes.concat_axis([np.shape(x) for x in xs], axis)
    return uniform(np.concatenate([objects(x) for x in xs], axis), sample(*xs))


def diag(x: Payload) -> Payload:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix."""
    if np.ndim(x) not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {np.ndim(x)}D")
    if np.ndim(x) == 2:
        return np.array(np.diagonal(x))
    out = full((len(x), len(x)), 0.0, sample(x))
    np.fill_diagonal(out, x)
    return out


# --- linear algebra ---


def _of_matrices(compute: Callable[[Any, Any], Any], a: Any, b: Any) -> Payload:
    """`compute` of each matrix of a batch, and of its partner."""
    batch = a.shape[:-2]
    matrices = a.reshape(-1, *a.shape[-2:])
    partners = b.reshape(-1, *b.shape[len(batch):])
    results = [objects(compute(m, p)) for m, p in zip(matrices, partners, strict=True)]
    return payload(np.reshape(np.stack(results), (*batch, *results[0].shape)))


def inv(a: Payload) -> Payload:
    """The inverse matrix; raises SingularMatrix with PyTorch's text."""
    a = objects(a)
    shapes.square(a.shape, "linalg.inv")
    return _of_matrices(lambda m, _: elimination.inverse(m, sample(m)), a, a)


def det(a: Payload) -> Payload:
    """The determinant; 0 of a singular matrix."""
    a = objects(a)
    shapes.square(a.shape, "linalg.det")
    return _of_matrices(lambda m, _: elimination.determinant(m, sample(m)), a, a)


def logdet(a: Payload) -> Payload:
    """The logarithm of the determinant; -inf of 0, nan below."""
    a = objects(a)
    shapes.square(a.shape, "logdet")
    return log(det(a))


def solve(a: Payload, b: Payload) -> Payload:
    """x where a @ x = b, for a vector or a matrix's columns; raises SingularMatrix with PyTorch's text."""
    a, b = objects(a), objects(b)
    result = shapes.solve_shape(a.shape, b.shape)
    like = sample(a, b)
    if b.ndim == 1:
        b = np.broadcast_to(b, (*a.shape[:-2], len(b)))
        return _of_matrices(lambda m, v: elimination.solution(m, v[:, None], like)[:, 0], a, b)
    a = np.broadcast_to(a, (*result[:-2], *a.shape[-2:]))
    return _of_matrices(lambda m, v: elimination.solution(m, v, like), a, np.broadcast_to(b, result))


# --- making numbers ---


def number(value: Any, like: Payload) -> Payload:
    """The number, or the decimal that a text writes, as a scalar of the kind of like's elements."""
    like = sample(like)
    return namespace_of(like).number(value, like)


def pi(like: Payload) -> Payload:
    """The ratio of a circle's circumference to its diameter, in the kind of like's elements."""
    like = sample(like)
    return namespace_of(like).pi(like)


def zeros(shape: Shape, like: Payload = 0.0) -> Payload:
    """Zeros of `shape` in the kind of like's elements; raises ArrayTooLarge."""
    return full(shape, 0.0, like)


def ones(shape: Shape, like: Payload = 0.0) -> Payload:
    """Ones of `shape` in the kind of like's elements; raises ArrayTooLarge."""
    return full(shape, 1.0, like)


def full(shape: Shape, value: Payload, like: Payload = 0.0) -> Payload:
    """`value` in every place of `shape`, in its kind or that of like's elements; raises ArrayTooLarge."""
    shapes.check_allocation(shape)
    out = np.empty(shape, object)
    out[...] = objects(number(payload(value), sample(value, like)))
    return payload(out)


def zeros_like(x: Payload) -> Payload:
    """Zeros of x's shape and kind."""
    return full(np.shape(x), 0.0, x)


def ones_like(x: Payload) -> Payload:
    """Ones of x's shape and kind."""
    return full(np.shape(x), 1.0, x)


def eye(n: int, like: Payload = 0.0) -> Payload:
    """The unit matrix of n rows; raises ArrayTooLarge."""
    out = full((n, n), 0.0, like)
    np.fill_diagonal(out, number(1.0, like))
    return out


_SIZE_OF_A_NUMBER = 256  # bytes of an mpf, its tuple and its integer; broadcast ones share theirs


def arange(start: Payload, stop: Payload, step: Payload = 1.0, like: Payload = 0.0) -> Payload:
    """start, start + step, ... below stop; raises RuntimeError where that never ends, and ArrayTooLarge."""
    like = sample(start, stop, step, like)
    start, stop, step = (number(x, like) for x in (start, stop, step))
    n = shapes.range_length(float(start), float(stop), float(step))
    shapes.check_allocation((n,), _SIZE_OF_A_NUMBER)
    n = int(ceil(div(stop - start, step)))  # by every digit
    return _sequence([start + step * i for i in range(n)])


def linspace(start: Payload, stop: Payload, n: int, like: Payload = 0.0) -> Payload:
    """n numbers at equal distances from start to stop, both included; raises ArrayTooLarge."""
    if n < 0:
        raise RuntimeError("number of steps must be non-negative")
    shapes.check_allocation((n,), _SIZE_OF_A_NUMBER)
    like = sample(start, stop, like)
    start, stop = number(start, like), number(stop, like)
    step = div(stop - start, float(max(n - 1, 1)))
    return _sequence([start + step * i if i < n / 2 else stop - step * (n - 1 - i) for i in range(n)])


def _sequence(elements: list[Any]) -> Any:
    out = np.empty(len(elements), object)
    out[:] = elements
    return out
