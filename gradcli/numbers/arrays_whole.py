"""What is done with whole NumPy arrays: reductions, shapes, linear algebra, and making them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.numbers import shapes
from gradcli.numbers.errors import SingularMatrix
from gradcli.numbers.results import dtype_of, elementwise, function

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.numbers.namespace import Payload
    from gradcli.numbers.shapes import Axis, Shape


# --- reductions ---


def _reduction(compute: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction along an axis, some, or all; raises IndexError, as PyTorch does, for one that x has not."""

    def reduce(x: Payload, axis: Axis = None, keepdim: bool = False) -> Any:
        return compute(x, axis=shapes.normal_axes(axis, np.ndim(x)), keepdims=keepdim)

    reduce.__name__ = reduce.__qualname__ = compute.__name__
    return function(reduce)


def _extremum(compute: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a reduction that nothing at all has no answer to; raises as PyTorch does."""

    def reduce(x: Payload, axis: Axis = None, keepdim: bool = False) -> Any:
        axes = shapes.reducible_axes(axis, np.shape(x), compute.__name__)
        return compute(x, axis=axes, keepdims=keepdim)

    reduce.__name__ = reduce.__qualname__ = compute.__name__
    return function(reduce)


sum = _reduction(np.sum)
prod = _reduction(np.prod)
amax = _extremum(np.amax)
amin = _extremum(np.amin)


def _running(compute: Callable[..., Any]) -> Callable[..., Any]:
    """A running sum or product along one axis; raises IndexError, as PyTorch does, where x has it not."""

    def run(x: Payload, axis: int = -1) -> Any:
        axis = shapes.normal_axis(axis, np.ndim(x))
        return compute(x, axis=axis) if np.ndim(x) else x

    run.__name__ = run.__qualname__ = compute.__name__
    return function(run)


cumsum = _running(np.cumsum)
cumprod = _running(np.cumprod)


# --- against overflow ---


@function
def peak(x: Payload, axis: Axis = None) -> Any:
    """The largest element along an axis, which stays with length 1; 0 where that is not finite."""
    peak = np.max(x, axis=shapes.normal_axes(axis, np.ndim(x)), keepdims=True, initial=-np.inf)
    return np.where(np.isfinite(peak), peak, 0).astype(dtype_of(x))


@function
def scale(x: Payload, axis: Axis = None) -> Any:
    """The power of two up to the largest |element| along an axis, which stays; 1 where that is not finite."""
    size = np.max(np.abs(x), axis=shapes.normal_axes(axis, np.ndim(x)), keepdims=True, initial=0)
    power = np.ldexp(np.ones_like(size), np.frexp(size)[1] - 1)
    return np.where(np.isfinite(size) & (size > 0), power, 1).astype(dtype_of(x))


# --- shape ---


def shape(x: Payload) -> Shape:
    """The shape; () of a scalar."""
    return np.shape(x)


@function
def reshape(x: Payload, shape: Shape) -> Any:
    """The same elements in another shape, in which one -1 may stand."""
    return np.reshape(x, shapes.resolved_shape(shape, np.size(x)))


@function
def broadcast_to(x: Payload, shape: Shape) -> Any:
    """x repeated to a larger shape, in memory of its own, that may be written to; raises ArrayTooLarge."""
    x = np.asarray(x)
    shapes.check_allocation(shapes.expanded_shape(x.shape, shape), x.itemsize)
    return np.array(np.broadcast_to(x, shape))


@function
def transpose(x: Payload, axes: tuple[int, ...] | None = None) -> Any:
    """The axes in another order, reversed where none is given."""
    return np.transpose(x, shapes.permutation(axes, np.ndim(x)))


@function
def flip(x: Payload, axis: Axis = None) -> Any:
    """The elements in reverse order along an axis, or along all, in memory of their own."""
    return np.array(np.flip(x, shapes.normal_axes(axis, np.ndim(x))))


@function
def getitem(x: Payload, index: Any) -> Any:
    """x[index]; raises IndexError with PyTorch's text."""
    x = np.asarray(x)
    shapes.checked_index(index, x.shape)
    try:
        return x[index]
    except IndexError as error:  # of an array of indices
        raise IndexError(str(error).replace("for axis", "for dimension")) from None


@function
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


@function
def stack(xs: Any, axis: int = 0) -> Any:
    """Arrays of one shape along a new axis."""
    axis = shapes.stacked_shape([np.shape(x) for x in xs], axis)
    dtype = np.result_type(*xs)
    return np.stack([np.asarray(x, dtype) for x in xs], axis)


@function
def concat(xs: Any, axis: int = 0) -> Any:
    """Arrays one after the other along an axis that they have."""
    axis = shapes.concat_axis([np.shape(x) for x in xs], axis)
    return np.concatenate([np.asarray(x) for x in xs], axis)


@function
def diag(x: Payload) -> Any:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix."""
    if np.ndim(x) not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {np.ndim(x)}D")
    if np.ndim(x) == 1:
        shapes.check_allocation((len(x), len(x)), x.itemsize)
    return np.array(np.diag(x))


# --- linear algebra ---


@function
def matmul(a: Payload, b: Payload) -> Any:
    """a @ b of vectors, matrices and batches of them."""
    shapes.check_allocation(shapes.matmul_shape(np.shape(a), np.shape(b)))
    return np.matmul(a, b)


@function
def outer(a: Payload, b: Payload) -> Any:
    """The products of every element of one vector with every one of another; raises ArrayTooLarge."""
    shapes.check_allocation(shapes.outer_shape(np.shape(a), np.shape(b)))
    return np.outer(a, b)


@elementwise
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


@elementwise
def det(a: Payload) -> Any:
    """The determinant; 0 of a singular matrix."""
    shapes.square(np.shape(a), "linalg.det")
    return np.linalg.det(a)


@elementwise
def logdet(a: Payload) -> Any:
    """The logarithm of the determinant, which itself may be out of range; -inf of 0, nan below."""
    shapes.square(np.shape(a), "logdet")
    sign, logarithm = np.linalg.slogdet(a)
    return np.where(sign < 0, np.nan, logarithm).astype(dtype_of(a))


@elementwise
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


@function
def full(shape: Shape, value: Payload, like: Payload = 0.0) -> Any:
    """`value` in every place of `shape`, in the dtype of `like` and of the value; raises ArrayTooLarge."""
    dtype = dtype_of(value, like)
    shapes.check_allocation(shape, dtype.itemsize)
    return np.full(shape, value, dtype)


@function
def zeros_like(x: Payload) -> Any:
    """Zeros of x's shape and dtype."""
    return np.zeros_like(x)


@function
def ones_like(x: Payload) -> Any:
    """Ones of x's shape and dtype."""
    return np.ones_like(x)


@function
def eye(n: int, like: Payload = 0.0) -> Any:
    """The unit matrix of n rows in the dtype of `like`; raises ArrayTooLarge."""
    shapes.check_allocation((n, n))
    return np.eye(n, dtype=dtype_of(like))


@function
def arange(start: Payload, stop: Payload, step: Payload = 1.0, like: Payload = 0.0) -> Any:
    """start, start + step, ... below stop; raises RuntimeError where that never ends, and ArrayTooLarge."""
    n = shapes.range_length(float(start), float(stop), float(step))
    shapes.check_allocation((n,))
    return (start + np.arange(n) * step).astype(dtype_of(start, stop, step, like))


@function
def linspace(start: Payload, stop: Payload, n: int, like: Payload = 0.0) -> Any:
    """n numbers at equal distances from start to stop, both included; raises ArrayTooLarge.

    The second half is counted from the end, as PyTorch does, so that it mirrors the first.
    """
    if n < 0:
        raise RuntimeError("number of steps must be non-negative")
    shapes.check_allocation((n,))
    i = np.arange(n)
    step = (stop - start) / max(n - 1, 1)
    numbers = np.where(i < n / 2, start + step * i, stop - step * (n - 1 - i))
    return numbers.astype(dtype_of(start, stop, like))
