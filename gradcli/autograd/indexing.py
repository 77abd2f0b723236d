"""Indices as PyTorch takes them: numbers, slices, None, ..., lists, and tensors of whole numbers or bools."""

from __future__ import annotations

from gradcli.engine.apply import apply
from gradcli.engine.dtypes import REAL, is_array
from gradcli.engine.extras import INDEX, UNBIND
from gradcli.engine.operators import method
from gradcli.engine.storage import share, share_number
from gradcli.engine.tensor import Tensor
from gradcli.numbers.shapes import normal_axis
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

GETITEM = RULES["getitem"]
OF_A_NUMBER = (
    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert "
    "a 0-dim tensor to a number"
)
VALID = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices"
ALL = slice(None)


def plain_index(index: Any) -> Any:
    """An index without Tensors: NumPy arrays in their place; raises IndexError for one of real numbers."""
    if isinstance(index, tuple) or _stands_for_tuple(index):
        return tuple(map(_plain, index))
    return _plain(index)


_LONGEST = 32


def _stands_for_tuple(index: Any) -> bool:
    """Whether PyTorch takes a list for a tuple of indices: a short one that holds more than plain numbers."""
    if not isinstance(index, list) or len(index) >= _LONGEST:
        return False
    return any(
        item is None or item is Ellipsis or isinstance(item, (Tensor, list, tuple, slice)) or is_array(item)
        for item in index
    )


def _plain(item: Any) -> Any:
    if item is None or item is Ellipsis or isinstance(item, (int, slice)):
        return item
    if isinstance(item, Tensor):
        if item.dtype.rank == REAL:
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        return item._value if item.ndim else item._value if type(item._value) is bool else int(item._value)
    if isinstance(item, list):
        import numpy

        array = numpy.array([i._value if isinstance(i, Tensor) else i for i in item])
        return array.astype("int64") if array.size == 0 else array
    if is_array(item) and item.ndim:
        return item
    if hasattr(item, "__index__"):
        return item.__index__()
    raise IndexError(f"{VALID} (got {type(item).__name__})")


def parts_of(index: Any, shape: tuple[int, ...]) -> list[Any]:
    """The indices, one after the other, that PyTorch takes `index` (a plain one) for; arrays come last,
    together.

    There are none where it is of everything as it stands. Raises IndexError and ValueError with PyTorch's
    texts.
    """
    items = index if isinstance(index, tuple) else (index,)
    taken = sum(map(_dimensions, items))
    if not shape and taken:
        raise IndexError(_why_not_of_a_number(index))
    if taken > len(shape):
        raise IndexError(f"too many indices for tensor of dimension {len(shape)}")
    parts: list[Any] = []
    arrays: list[Any] = []  # for each dimension of what the other parts leave
    axis = 0  # of the tensor itself
    for item in items:
        before = (ALL,) * len(arrays)
        if item is Ellipsis:
            arrays += [ALL] * (len(shape) - taken)
            axis += len(shape) - taken
        elif item is None or isinstance(item, bool):
            parts.append((*before, None))
            arrays.append(ALL if item is None else _truth(item))
        elif isinstance(item, int):
            size = shape[axis]
            if not -size <= item < size:
                raise IndexError(f"index {item} is out of bounds for dimension {axis} with size {size}")
            parts.append((*before, item))
            axis += 1
        elif isinstance(item, slice):
            if not _is_all(item, shape[axis]):
                parts.append((*before, item))
            arrays.append(ALL)
            axis += 1
        else:
            _check_mask(item, axis, shape)
            arrays.append(item)
            axis += _dimensions(item)
    if any(item is not ALL for item in arrays):
        parts.append(tuple(arrays))
    return parts


def _dimensions(item: Any) -> int:
    """How many dimensions an item of an index is for."""
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    return item.ndim if is_array(item) and item.dtype == bool else 1


def _why_not_of_a_number(index: Any) -> str:
    if isinstance(index, slice):
        return "slice() cannot be applied to a 0-dim tensor."
    if isinstance(index, int):
        return OF_A_NUMBER if index == 0 else f"index {index} is out of bounds for dimension 0 with size 0"
    return "too many indices for tensor of dimension 0"


def _is_all(item: slice, size: int) -> bool:
    if item.step is not None and item.step <= 0:
        raise ValueError("step must be greater than zero")
    return item.indices(size) == (0, size, 1)


def _truth(item: bool) -> Any:
    import numpy

    return numpy.array([item])


def _check_mask(item: Any, axis: int, shape: tuple[int, ...]) -> None:
    if item.dtype != bool:
        return
    for i, n in enumerate(item.shape):
        if n != shape[axis + i]:
            raise IndexError(
                f"The shape of the mask {list(item.shape)} at index {i} does not match the shape of the "
                f"indexed tensor {list(shape)} at index {axis + i}"
            )


@method
def __getitem__(self: Tensor, index: Any) -> Tensor:  # noqa: N807
    index = plain_index(index)
    parts = parts_of(index, self.shape) or [index if isinstance(index, slice) else ...]
    found = self
    by_arrays = isinstance(parts[-1], tuple) and any(map(is_array, parts[-1]))
    for part in parts[:-1] if by_arrays else parts:
        found = apply(GETITEM, found, index=_simple(part))
    if by_arrays:
        return apply(INDEX, found, index=_simple(parts[-1]))
    return view_of(self, found, lambda array: _window(array, parts))


def _simple(part: Any) -> Any:
    return part[0] if isinstance(part, tuple) and len(part) == 1 else part


def _window(array: Any, parts: list[Any]) -> Any:
    for part in parts:
        array = array[(*part, ...) if isinstance(part, tuple) else part]
    return array


def view_of(base: Tensor, view: Tensor, place: Callable[[Any], Any] | None = None) -> Tensor:
    """`view`, known as showing the numbers of `base` where their arrays share memory, or where one of them is
    a number; then `place` finds that of the view in an array."""
    mine, its = base._value, view._value
    if is_array(mine) and is_array(its) and mine.ndim and its.ndim:
        import numpy

        if its is not mine and its.base is not None and numpy.may_share_memory(mine, its):
            share(base, view, base=base)
    elif base._node is None:
        # An element of a recorded result, too, is a view in PyTorch, but nobody changes one in place.
        share_number(base, view, place or (lambda array: array.reshape(())))
    return view


@method
def unbind(self: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The parts along a dimension, without it."""
    if self.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    axis = normal_axis(dim, self.ndim)
    before = (ALL,) * axis

    def part(i: int) -> Tensor:
        view = apply(UNBIND, self, index=(*before, i))
        return view_of(self, view, lambda array: array[(*before, i, ...)])

    return tuple(part(i) for i in range(self.shape[axis]))
