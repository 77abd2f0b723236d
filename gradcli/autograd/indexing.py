"""Indices as PyTorch takes them: numbers, slices, None, ..., lists, and tensors of whole numbers or bools."""

from __future__ import annotations

from gradcli.autograd.dtypes import BOOLEAN, REAL, is_array
from gradcli.autograd.engine import apply
from gradcli.autograd.extras import UNBIND
from gradcli.autograd.operators import method
from gradcli.autograd.rulebook import RULES
from gradcli.autograd.storage import share
from gradcli.autograd.tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GETITEM = RULES["getitem"]


def plain_index(index: Any) -> Any:
    """An index without Tensors: NumPy arrays in their place; raises IndexError for one of real numbers."""
    if isinstance(index, tuple):
        return tuple(map(_plain, index))
    return _plain(index)


def _plain(item: Any) -> Any:
    if isinstance(item, Tensor):
        if item.dtype.rank == REAL:
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if item.dtype.rank == BOOLEAN:
            return item._value
        return item._value if item.ndim else int(item._value)
    if isinstance(item, list):
        import numpy

        array = numpy.array([i._value if isinstance(i, Tensor) else i for i in item])
        return array.astype("int64") if array.size == 0 else array
    if isinstance(item, float):
        raise TypeError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid "
            "indices (got "
            f"{type(item).__name__})"
        )
    return item


@method
def __getitem__(self: Tensor, index: Any) -> Tensor:  # noqa: N807
    return view_of(self, apply(GETITEM, self, index=plain_index(index)))


def view_of(base: Tensor, view: Tensor) -> Tensor:
    """`view`, known as showing the numbers of `base` where their arrays share memory."""
    mine, its = base._value, view._value
    if is_array(mine) and is_array(its) and its is not mine and its.base is not None:
        import numpy

        if numpy.may_share_memory(mine, its):
            share(base, view)
    return view


@method
def unbind(self: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The parts along a dimension, without it."""
    before = (slice(None),) * (dim % self.ndim)
    return tuple(view_of(self, apply(UNBIND, self, index=(*before, i))) for i in range(self.shape[dim]))
