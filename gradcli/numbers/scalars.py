"""The functions over arrays for scalars, arrays of rank 0; what gets a rank goes to an array kind."""

# ruff: noqa: ARG001 - the parameters are those of every kind
from __future__ import annotations

from gradcli.numbers import shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.numbers.namespace import Namespace, Payload
    from gradcli.numbers.shapes import Axis, Shape


def _kind(*like: Payload) -> Namespace:
    """The array kind that holds scalars like these."""
    from gradcli.numbers import arrays, kind_of_arrays

    if all(type(x) is float for x in like):
        return arrays
    return kind_of_arrays(*like)


# --- reductions ---


def sum(x: Payload, axis: Axis = None, keepdim: bool = False) -> Payload:
    """x itself; raises IndexError for an axis that rank 0 has not."""
    shapes.normal_axes(axis, 0)
    return x


prod = amax = amin = sum


def cumsum(x: Payload, axis: int = -1) -> Payload:
    """x itself; raises IndexError for an axis that rank 0 has not."""
    shapes.normal_axis(axis, 0)
    return x


cumprod = cumsum


# --- against overflow ---


def peak(x: Payload, axis: Axis = None) -> float:
    """0: what has no largest number needs no shift; raises IndexError for an axis that rank 0 has not."""
    shapes.normal_axes(axis, 0)
    return 0.0


def scale(x: Payload, axis: Axis = None) -> float:
    """1: what has no largest number needs no scaling; raises IndexError for an axis that rank 0 has not."""
    shapes.normal_axes(axis, 0)
    return 1.0


# --- shape ---


def shape(x: Payload) -> Shape:
    """Always ()."""
    return ()


def reshape(x: Payload, shape: Shape) -> Payload:
    """x in a shape of one element; raises RuntimeError for another."""
    return broadcast_to(x, shapes.resolved_shape(shape, 1))


def broadcast_to(x: Payload, shape: Shape) -> Payload:
    """An array of x everywhere; raises ArrayTooLarge."""
    return _kind(x).broadcast_to(x, shape) if shape else x


def transpose(x: Payload, axes: tuple[int, ...] | None = None) -> Payload:
    """x itself; raises RuntimeError where axes are named."""
    shapes.permutation(axes, 0)
    return x


def flip(x: Payload, axis: Axis = None) -> Payload:
    """x itself; raises IndexError for an axis that rank 0 has not."""
    return sum(x, axis)


def getitem(x: Payload, index: Any) -> Payload:
    """x itself, or with new axes; raises IndexError for any other index."""
    shapes.checked_index(index, ())
    items = index if isinstance(index, tuple) else (index,)
    return _kind(x).getitem(x, index) if None in items else x


def scatter(g: Payload, index: Any, shape: Shape) -> Payload:
    """Zeros of `shape` with g at `index`."""
    return _kind(g).scatter(g, index, shape) if shape else g


def stack(xs: Any, axis: int = 0) -> Payload:
    """An array of these scalars."""
    return _kind(*xs).stack(xs, axis)


def concat(xs: Any, axis: int = 0) -> Payload:
    """Raises RuntimeError: scalars have no axis to stand along."""
    return _kind(*xs).concat(xs, axis)


def diag(x: Payload) -> Payload:
    """Raises RuntimeError: a scalar has no diagonal."""
    raise RuntimeError("diag(): Supports 1D or 2D tensors. Got 0D")


# --- linear algebra ---


def matmul(a: Payload, b: Payload) -> Payload:
    """Raises RuntimeError: a scalar is no matrix."""
    return shapes.matmul_shape((), ())


def outer(a: Payload, b: Payload) -> Payload:
    """Raises RuntimeError: a scalar is no vector."""
    return shapes.outer_shape((), ())


def inv(a: Payload) -> Payload:
    """Raises RuntimeError: a scalar is no matrix."""
    return shapes.square((), "linalg.inv")


def det(a: Payload) -> Payload:
    """Raises RuntimeError: a scalar is no matrix."""
    return shapes.square((), "linalg.det")


def logdet(a: Payload) -> Payload:
    """Raises RuntimeError: a scalar is no matrix."""
    return shapes.square((), "logdet")


def solve(a: Payload, b: Payload) -> Payload:
    """Raises RuntimeError: a scalar is no matrix."""
    return shapes.square((), "linalg.solve")


# --- making numbers ---


def zeros(shape: Shape, like: Payload = 0.0) -> Payload:
    """Zeros of `shape`; raises ArrayTooLarge."""
    return full(shape, 0.0, like)


def ones(shape: Shape, like: Payload = 1.0) -> Payload:
    """Ones of `shape`; raises ArrayTooLarge."""
    return full(shape, 1.0, like)


def full(shape: Shape, value: Payload, like: Payload = 0.0) -> Payload:
    """`value` in every place of `shape`; raises ArrayTooLarge."""
    if shape:
        return _kind(value, like).full(shape, value, like)
    from gradcli.numbers import namespace_of

    return namespace_of(value, like).number(value, like)


def zeros_like(x: Payload) -> Payload:
    """0 of x's kind."""
    return 0.0 if type(x) is float else full((), 0.0, x)


def ones_like(x: Payload) -> Payload:
    """1 of x's kind."""
    return 1.0 if type(x) is float else full((), 1.0, x)


def eye(n: int, like: Payload = 0.0) -> Payload:
    """The unit matrix of n rows; raises ArrayTooLarge."""
    return _kind(like).eye(n, like)


def arange(start: Payload, stop: Payload, step: Payload = 1.0, like: Payload = 0.0) -> Payload:
    """start, start + step, ... below stop; raises RuntimeError where that never ends, and ArrayTooLarge."""
    return _kind(start, stop, step, like).arange(start, stop, step, like)


def linspace(start: Payload, stop: Payload, n: int, like: Payload = 0.0) -> Payload:
    """n numbers at equal distances from start to stop, both included; raises ArrayTooLarge."""
    return _kind(start, stop, like).linspace(start, stop, n, like)
