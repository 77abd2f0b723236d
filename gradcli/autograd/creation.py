"""Making tensors: from Python and NumPy data, and filled with numbers."""

from __future__ import annotations

from gradcli.engine import errors
from gradcli.engine.dtypes import (
    DEFAULT,
    bool_,
    cast,
    dtype,
    dtype_of,
    float64,
    int64,
    is_array,
    settle,
)
from gradcli.engine.operators import method
from gradcli.engine.tensor import Tensor, wrap
from gradcli.numbers.shapes import check_allocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A leaf holding a copy of `data`: a number, nested sequences of them, a NumPy array, or a tensor.

    Raises ValueError for ragged sequences, TypeError for what is no number, RuntimeError for a whole-number
    tensor that should require a gradient.
    """
    if type(data) is float and dtype is None and DEFAULT.dtype is float64:
        return wrap(data, bool(requires_grad))
    kind = as_dtype(dtype)
    value = _value(data, kind)
    return leaf(value, requires_grad)


def leaf(value: Any, requires_grad: bool = False) -> Tensor:
    """A leaf of a payload; raises RuntimeError where whole numbers should require a gradient."""
    if requires_grad and not dtype_of(value).is_floating_point:
        raise RuntimeError(errors.FLOATING_ONLY.format("Only"))
    return wrap(value, bool(requires_grad))


def as_dtype(given: Any) -> dtype | None:
    """An element type from one of ours, a Python type, or None."""
    if given is None or isinstance(given, dtype):
        return given
    kinds: dict[Any, dtype] = {float: float64, int: int64, bool: bool_}
    if isinstance(given, type) and given in kinds:
        return kinds[given]
    raise TypeError(f"tensor(): argument 'dtype' must be torch.dtype, not {type(given).__name__}")


def _value(data: Any, kind: dtype | None) -> Any:
    if isinstance(data, Tensor):
        value = data._value
        return cast(value, kind or data.dtype) if not is_array(value) else _copy(value, kind)
    if isinstance(data, (bool, int, float)) and type(data).__module__ != "numpy":
        if isinstance(data, int) and not -(2**63) <= data < 2**63:
            raise ValueError("Overflow when unpacking long long")
        found = bool_ if isinstance(data, bool) else int64 if isinstance(data, int) else DEFAULT.dtype
        return cast(data, kind or found)
    if is_array(data) or type(data).__module__ == "numpy":
        return _copy(data, kind)
    if type(data).__name__ == "Expression" or hasattr(data, "_mpf_"):
        return data
    if isinstance(data, (list, tuple)) or (
        hasattr(data, "__len__") and hasattr(data, "__getitem__") and not isinstance(data, (str, bytes, dict))
    ):
        return _nested(data, kind)
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    raise RuntimeError(f"Could not infer dtype of {type(data).__name__}")


def _copy(array: Any, kind: dtype | None) -> Any:
    import numpy

    array = numpy.array(array)
    if array.dtype == object:
        return array
    if kind is None and array.dtype.name not in ("float32", "float64", "int64", "bool"):
        kinds = {"f": "float32" if array.dtype.itemsize < 4 else "float64", "i": "int64", "u": "int64"}
        if array.dtype.kind not in kinds:
            raise TypeError(
                f"can't convert np.ndarray of type numpy.{array.dtype.type.__name__}. The only supported "
                f"types are: "
                "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, "
                "uint32, uint16, "
                "uint8, and bool."
            )
        array = array.astype(kinds[array.dtype.kind])
    return settle(array.astype(kind.name) if kind is not None else array)


def _nested(data: Sequence[Any], kind: dtype | None) -> Any:
    import numpy

    items: list[Any] = []
    shape = _flatten(data, items)
    if any(type(v).__name__ == "Expression" or hasattr(v, "_mpf_") for v in items):
        array = numpy.empty(len(items), dtype=object)
        array[:] = items
        return array.reshape(shape)
    kind = kind or _common(items)
    values = numpy.array([_number(v) for v in items], dtype=object if not items else None)
    return settle(values.astype(kind.name).reshape(shape))


def _flatten(data: Any, items: list[Any]) -> tuple[int, ...]:
    """Put the numbers of nested sequences into `items`, in order; returns the shape they have."""
    shape: list[int] = []
    level: list[Any] = [data]
    while level and _is_sequence(level[0]):
        size = len(level[0])
        deeper: list[Any] = []
        for part in level:
            if not _is_sequence(part):
                raise TypeError("not a sequence")
            if len(part) != size:
                raise ValueError(f"expected sequence of length {size} at dim {len(shape)} (got {len(part)})")
            deeper.extend(part)
        shape.append(size)
        level = deeper
    for value in level:
        if isinstance(value, (str, bytes)):
            raise TypeError(f"new(): invalid data type '{type(value).__name__}'")
        if _is_sequence(value):
            raise TypeError(f"expected a number at dim {len(shape)} (got {type(value).__name__})")
        if value is None or (not hasattr(value, "__float__") and type(value).__name__ != "Expression"):
            raise RuntimeError(f"Could not infer dtype of {type(value).__name__}")
    items.extend(level)
    return tuple(shape)


def _is_sequence(value: Any) -> bool:
    if isinstance(value, (Tensor,)) or is_array(value):
        return len(value.shape) > 0
    return isinstance(value, (list, tuple, range))


def _number(value: Any) -> Any:
    if isinstance(value, Tensor):
        value = value._value
    return value.item() if hasattr(value, "item") else value


def _common(items: list[Any]) -> dtype:
    best: dtype | None = None
    for value in items:
        if isinstance(value, Tensor):
            found = value.dtype
        elif type(value).__module__ == "numpy":
            found = (
                dtype_of(value)
                if is_array(value)
                else {"f": float64, "i": int64, "b": bool_}.get(value.dtype.kind, DEFAULT.dtype)
            )
            if value.dtype.name == "float32":
                from gradcli.engine.dtypes import float32

                found = float32
        else:
            found = bool_ if isinstance(value, bool) else int64 if isinstance(value, int) else DEFAULT.dtype
        if best is None or (found.rank, found.itemsize) > (best.rank, best.itemsize):
            best = found
    return best or DEFAULT.dtype


# --- filled ---


def shape_from(size: tuple[Any, ...], of: str = "") -> tuple[int, ...]:
    """The shape meant by `zeros(2, 3)`, `zeros((2, 3))` or `zeros([2, 3])`, for the function called `of`."""
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = tuple(size[0])
    if not all(hasattr(n, "__index__") for n in size):
        _refuse_sizes(size, f"{of}(): " if of else "")
    return tuple(n.__index__() for n in size)


def _refuse_sizes(size: tuple[Any, ...], of: str) -> NoReturn:
    if len(size) == 1:
        kind = type(size[0]).__name__
        raise TypeError(f"{of}argument 'size' (position 1) must be tuple of ints, not {kind}")
    at, bad = next((i, n) for i, n in enumerate(size, 1) if not hasattr(n, "__index__"))
    raise TypeError(
        f"{of}argument 'size' failed to unpack the object at pos {at} with error "
        f'"type must be tuple of ints,but got {type(bad).__name__}"'
    )


def filled(shape: tuple[int, ...], value: Any, kind: dtype, requires_grad: bool = False) -> Tensor:
    """A leaf of `shape` whose every element is `value`; raises ArrayTooLarge before it would be allocated."""
    if not shape:
        return leaf(cast(value, kind), requires_grad)
    check_allocation(shape, kind.itemsize)
    import numpy

    return leaf(numpy.full(shape, value, dtype=kind.name), requires_grad)


def zeros(*size: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of zeros."""
    return filled(shape_from(size, "zeros"), 0.0, as_dtype(dtype) or DEFAULT.dtype, requires_grad)


def ones(*size: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of ones."""
    return filled(shape_from(size, "ones"), 1.0, as_dtype(dtype) or DEFAULT.dtype, requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor whose every element is `fill_value`, of that number's element type."""
    if not isinstance(size, (tuple, list)):
        _refuse_sizes((size,), "full(): ")
    value = getattr(fill_value, "_value", fill_value)
    found = bool_ if isinstance(value, bool) else int64 if isinstance(value, int) else DEFAULT.dtype
    return filled(shape_from((size,)), value, as_dtype(dtype) or found, requires_grad)


def _expect_tensor(input: Any, name: str) -> None:
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")


def zeros_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the shape and element type of `input`."""
    _expect_tensor(input, "zeros_like")
    return filled(tuple(input.shape), 0.0, as_dtype(dtype) or input.dtype, requires_grad)


def ones_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the shape and element type of `input`."""
    _expect_tensor(input, "ones_like")
    return filled(tuple(input.shape), 1.0, as_dtype(dtype) or input.dtype, requires_grad)


def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`fill_value` in the shape and element type of `input`."""
    _expect_tensor(input, "full_like")
    return filled(
        tuple(input.shape),
        getattr(fill_value, "_value", fill_value),
        as_dtype(dtype) or input.dtype,
        requires_grad,
    )


def arange(
    start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """The numbers from `start` (0 where there is one bound only) up to below `end`; whole where all bounds
    are."""
    if end is None:
        start, end = 0, start
    start, end, step = (getattr(v, "_value", v) for v in (start, end, step))
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = not any(isinstance(v, float) for v in (start, end, step))
    kind = as_dtype(dtype) or (int64 if whole else DEFAULT.dtype)
    n = -int((start - end) // step)
    check_allocation((n,), kind.itemsize)
    import numpy

    return leaf((start + numpy.arange(n) * step).astype(kind.name), requires_grad)


def linspace(start: Any, end: Any, steps: int, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`steps` numbers evenly spaced from `start` to `end`, both included."""
    kind = as_dtype(dtype) or DEFAULT.dtype
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    check_allocation((steps,), kind.itemsize)
    import numpy

    real = numpy.dtype(kind.name).type
    first, last = real(getattr(start, "_value", start)), real(getattr(end, "_value", end))
    step = (last - first) / real(max(steps - 1, 1))
    at = numpy.arange(steps)
    # From both ends, as PyTorch does, so that each end is exact.
    values = numpy.where(
        at < steps // 2, first + step * at.astype(real), last - step * (steps - 1 - at).astype(real)
    )
    if steps == 1:
        values = numpy.full(1, first)
    return leaf(values.astype(kind.name), requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """The identity matrix, of n rows and m columns."""
    kind = as_dtype(dtype) or DEFAULT.dtype
    m = n if m is None else m
    check_allocation((n, m), kind.itemsize)
    import numpy

    return leaf(numpy.eye(n, m, dtype=kind.name), requires_grad)


def empty(*size: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor to be filled; zeros, for the time being."""
    return zeros(*size, dtype=dtype, requires_grad=requires_grad)


@method
def __array_wrap__(self: Tensor, array: Any, context: Any = None, return_scalar: bool = False) -> Tensor:  # noqa: N807
    return tensor(array)
