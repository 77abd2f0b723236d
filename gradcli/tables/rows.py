"""Columns as a kind of number: arrays whose last axis is the row, so that each row is a number or an array.

What the rulebook calls axes are those before the last one. A constant has one row, which stands for all.
Functions of single elements are those of `numbers.arrays`; here is what takes elements together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.numbers import arrays, shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.numbers.shapes import Axis, Shape

    Rows = Any  # an ndarray, its last axis the row, or a float


def lifted(payload: Any) -> Rows:
    """A constant of the language as one row for all."""
    return payload if isinstance(payload, float) else np.asarray(payload, np.float64)[..., np.newaxis]


def shape(x: Rows) -> Shape:
    """The shape that each row has."""
    return np.shape(x)[:-1]


def _rows(*xs: Rows) -> int:
    """How many rows there are where these meet."""
    return max((np.shape(x)[-1] for x in xs if np.ndim(x)), default=1)


# --- reductions ---


def _reduction(compute: Callable[..., Any]) -> Callable[..., Rows]:
    def reduce(x: Rows, axis: Axis = None, keepdim: bool = False) -> Rows:
        axes = shapes.normal_axes(axis, len(shape(x)))
        return compute(x, axis=axes, keepdims=bool(keepdim)) if axes else x

    return reduce


sum = _reduction(np.sum)
prod = _reduction(np.prod)
amax = _reduction(np.amax)
amin = _reduction(np.amin)


def _running(compute: Callable[..., Any]) -> Callable[..., Rows]:
    def run(x: Rows, axis: int = -1) -> Rows:
        rank = len(shape(x))
        return compute(x, axis=shapes.normal_axis(axis, rank)) if rank else x

    return run


cumsum = _running(np.cumsum)
cumprod = _running(np.cumprod)


def peak(x: Rows, axis: Axis = None) -> Rows:
    return arrays.peak(x, shapes.normal_axes(axis, len(shape(x))))


def scale(x: Rows, axis: Axis = None) -> Rows:
    return arrays.scale(x, shapes.normal_axes(axis, len(shape(x))))


# --- shape ---


def reshape(x: Rows, shape_: Shape) -> Rows:
    found = shapes.resolved_shape(shape_, shapes.count(shape(x)))
    return np.reshape(x, (*found, _rows(x)))


def broadcast_to(x: Rows, shape_: Shape) -> Rows:
    if isinstance(x, float):
        return np.full((*shape_, 1), x)
    return np.broadcast_to(x, (*shapes.expanded_shape(shape(x), shape_), _rows(x)))


def transpose(x: Rows, axes: tuple[int, ...] | None = None) -> Rows:
    rank = len(shape(x))
    return np.transpose(x, (*shapes.permutation(axes, rank), rank))


def flip(x: Rows, axis: Axis = None) -> Rows:
    axes = shapes.normal_axes(axis, len(shape(x)))
    return np.flip(x, axes) if axes else x


def _index(index: Any) -> Any:
    items = index if isinstance(index, tuple) else (index,)
    return (*items, slice(None)) if any(item is Ellipsis for item in items) else items


def getitem(x: Rows, index: Any) -> Rows:
    shapes.checked_index(index, shape(x))
    return x[_index(index)]


def scatter(g: Rows, index: Any, shape_: Shape) -> Rows:
    out = np.zeros((*shape_, _rows(g)))
    out[_index(index)] = g
    return out


def _even(xs: Sequence[Rows]) -> list[Rows]:
    """Arrays of as many rows, numbers among them as arrays without axes."""
    rows = _rows(*xs)
    return [np.broadcast_to(x, (*shape(x), rows)) for x in xs]


def stack(xs: Sequence[Rows], axis: int = 0) -> Rows:
    place = shapes.stacked_shape([shape(x) for x in xs], axis)
    return np.stack(_even(xs), place)


def concat(xs: Sequence[Rows], axis: int = 0) -> Rows:
    place = shapes.concat_axis([shape(x) for x in xs], axis)
    return np.concatenate(_even(xs), place)


def diag(x: Rows) -> Rows:
    if len(shape(x)) == 2:
        return np.moveaxis(np.diagonal(x), 0, -1)
    n = shape(x)[0]
    out = np.zeros((n, n, _rows(x)))
    out[np.arange(n), np.arange(n)] = x
    return out


# --- linear algebra: NumPy's, whose batches are the axes in front ---


def _first(x: Rows) -> Rows:
    return np.moveaxis(x, -1, 0)


def _last(x: Rows) -> Rows:
    return np.moveaxis(x, 0, -1)


def matmul(a: Rows, b: Rows) -> Rows:
    """a @ b; of two vectors the sum of the products, with no detour by way of matrices."""
    of_a, of_b = shape(a), shape(b)
    shapes.matmul_shape(of_a, of_b)
    if len(of_a) == len(of_b) == 1:
        return np.sum(a * b, axis=0)
    left = _first(a)[:, np.newaxis, :] if len(of_a) == 1 else _first(a)
    right = _first(b)[..., np.newaxis] if len(of_b) == 1 else _first(b)
    rank = max(left.ndim, right.ndim)
    left, right = (x.reshape(x.shape[:1] + (1,) * (rank - x.ndim) + x.shape[1:]) for x in (left, right))
    out = np.matmul(left, right)
    if len(of_b) == 1:
        out = out[..., 0]
    if len(of_a) == 1:
        out = out[..., 0, :] if len(of_b) > 1 else out[..., 0]
    return _last(out)


def outer(a: Rows, b: Rows) -> Rows:
    shapes.outer_shape(shape(a), shape(b))
    return a[:, np.newaxis, :] * b[np.newaxis, :, :]


def inv(a: Rows) -> Rows:
    return _last(arrays.inv(_first(a)))


def det(a: Rows) -> Rows:
    return _last(arrays.det(_first(a)))


def logdet(a: Rows) -> Rows:
    return _last(arrays.logdet(_first(a)))


def solve(a: Rows, b: Rows) -> Rows:
    shapes.solve_shape(shape(a), shape(b))
    rows = _rows(a, b)
    vector = len(shape(b)) == 1
    left = _first(np.broadcast_to(a, (*shape(a), rows)))
    right = _first(np.broadcast_to(b, (*shape(b), rows)))
    out = np.linalg.solve(left, right[..., np.newaxis] if vector else right)
    return _last(out[..., 0] if vector else out)


# --- making numbers ---


def number(value: float | str, like: Rows = 0.0) -> float:  # noqa: ARG001
    return float(arrays.number(value))


def pi(like: Rows = 0.0) -> float:  # noqa: ARG001
    return float(np.pi)


def zeros(shape_: Shape, like: Rows = 0.0) -> Rows:  # noqa: ARG001
    return broadcast_to(0.0, tuple(shape_)) if shape_ else 0.0


def ones(shape_: Shape, like: Rows = 0.0) -> Rows:  # noqa: ARG001
    return broadcast_to(1.0, tuple(shape_)) if shape_ else 1.0


def eye(n: int, like: Rows = 0.0) -> Rows:  # noqa: ARG001
    return np.eye(n)[..., np.newaxis]


def arange(start: float, stop: float, step: float = 1.0, like: Rows = 0.0) -> Rows:  # noqa: ARG001
    return lifted(arrays.arange(start, stop, step))


def linspace(start: Rows, stop: Rows, n: int, like: Rows = 0.0) -> Rows:  # noqa: ARG001
    if n < 2 or (isinstance(start, float) and isinstance(stop, float)):
        return lifted(arrays.linspace(start, stop, n)) if n >= 2 else broadcast_to(start, (n,))
    i = np.arange(n)[:, np.newaxis]
    step = (stop - start) / (n - 1)
    return np.where(i < n / 2, start + step * i, stop - step * (n - 1 - i))
