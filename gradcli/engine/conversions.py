"""A tensor as seen by Python and NumPy: item, float, len, iteration, truth, arrays; attached to the class
on import."""

from __future__ import annotations

from gradcli.engine.dtypes import REAL, is_array
from gradcli.engine.errors import warn_once
from gradcli.engine.operators import compare, method
from gradcli.engine.tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

NUMPY_OF_GRAD = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
TO_SCALAR = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
    "Consider using tensor.detach() first."
)
AN_INDEX = "only integer tensors of a single element can be converted to an index"


@method
def item(self: Tensor) -> Any:
    """The one element as a Python number; raises RuntimeError where there are more or none."""
    value = self._value
    if not is_array(value):
        return value
    if value.size != 1:
        raise RuntimeError(f"a Tensor with {value.size} elements cannot be converted to Scalar")
    return value.item()


@method
def tolist(self: Tensor) -> Any:
    """The elements as nested lists of Python numbers, or one number."""
    return self._value.tolist() if is_array(self._value) else self._value


def _scalar(self: Tensor) -> Any:
    if self.requires_grad:
        warn_once(TO_SCALAR)
    if is_array(self._value) and self._value.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    return item(self)


@method
def __float__(self: Tensor) -> float:  # noqa: N807
    return float(_scalar(self))


@method
def __int__(self: Tensor) -> int:  # noqa: N807
    return int(_scalar(self))


@method
def __complex__(self: Tensor) -> complex:  # noqa: N807
    return complex(_scalar(self))


@method
def __index__(self: Tensor) -> int:  # noqa: N807
    value = self._value
    if self.dtype.rank == REAL or (is_array(value) and value.size != 1):
        raise TypeError(AN_INDEX)
    return int(item(self))


@method
def __bool__(self: Tensor) -> bool:  # noqa: N807
    size = getattr(self._value, "size", 1)
    if size == 0:
        raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
    if size > 1:
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
    return bool(item(self))


@method
def __len__(self: Tensor) -> int:  # noqa: N807
    if self.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    size: int = self.shape[0]
    return size


@method
def __iter__(self: Tensor) -> Iterator[Tensor]:  # noqa: N807
    if self.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(self.unbind())


@method
def __contains__(self: Tensor, element: Any) -> bool:  # noqa: N807
    if isinstance(element, (Tensor, int, float)):
        return bool(compare("eq", self, element).any())
    raise RuntimeError(
        f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}."
    )


@method
def numpy(self: Tensor, *, force: bool = False) -> Any:
    """The numbers as a NumPy array that shares memory with the tensor where it holds one.

    Raises RuntimeError where the tensor requires a gradient, unless `force`.
    """
    import numpy as np

    if self.requires_grad and not force:
        raise RuntimeError(NUMPY_OF_GRAD)
    return np.asarray(self._value)


@method
def __array__(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:  # noqa: N807
    array = numpy(self)
    if dtype is not None:
        array = array.astype(dtype, copy=False)
    return array.copy() if copy and array is self._value else array


@method
def __format__(self: Tensor, spec: str) -> str:  # noqa: N807
    if self.ndim == 0:
        return item(self).__format__(spec)  # type: ignore[no-any-return]
    return object.__format__(self, spec)


@method
def __round__(self: Tensor, *digits: Any) -> Tensor:  # noqa: N807
    raise TypeError("type Tensor doesn't define __round__ method")


# NumPy's own operators would take a tensor apart element by element; PyTorch has the tensor's tried first.
setattr(Tensor, "__array_priority__", 1000)  # noqa: B010
