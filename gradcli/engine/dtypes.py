"""Element types under torch's names, the default one, and how the types of operands combine."""

from __future__ import annotations

import sys

from gradcli.numbers import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Payload = Any


class dtype:  # noqa: N801  torch's name
    """An element type; `gradcli.autograd.float32` and its kin are all there are."""

    __slots__ = ("is_floating_point", "itemsize", "legacy", "name", "rank", "title")

    def __init__(self, name: str, rank: int, title: str, legacy: str, itemsize: int) -> None:
        self.name = name
        self.rank = rank  # an operation takes the highest of its operands: bool, whole numbers, reals
        self.title = title  # as PyTorch's messages call it
        self.legacy = legacy
        self.itemsize = itemsize
        self.is_floating_point = rank == REAL

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


BOOLEAN, WHOLE, REAL = range(3)
float32 = dtype("float32", REAL, "Float", "float", 4)
float64 = dtype("float64", REAL, "Double", "double", 8)
int64 = dtype("int64", WHOLE, "Long", "long int", 8)
bool_ = dtype("bool", BOOLEAN, "Bool", "bool", 1)
_BY_CODE = {"f": float32, "d": float64, "l": int64, "q": int64, "?": bool_}
"""By NumPy's one-letter code, which an array has at hand; its dtype's name is put together at every call."""


class _Default:
    """The element type of tensors made from Python floats; settable, as in PyTorch."""

    __slots__ = ("dtype",)

    def __init__(self) -> None:
        self.dtype = float64


DEFAULT = _Default()


def get_default_dtype() -> dtype:
    """The element type of tensors made from Python floats."""
    return DEFAULT.dtype


def set_default_dtype(d: dtype) -> None:
    """Make `d` (float32 or float64) the element type of tensors made from Python floats.

    Raises TypeError where `d` is not a floating-point type.
    """
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    DEFAULT.dtype = d


def is_array(payload: Payload) -> bool:
    """Whether `payload` is a NumPy array; asks without importing NumPy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(payload, numpy.ndarray)


def dtype_of(payload: Payload) -> dtype:
    """The element type of a payload; those that NumPy does not know (mpf, Expression) count as float64."""
    if type(payload) is float:
        return float64
    if not is_array(payload):
        return bool_ if type(payload) is bool else float64
    return _BY_CODE.get(payload.dtype.char, float64)


def settle(payload: Payload) -> Payload:
    """A result as tensors hold it: one float64 as a Python float, one bool as Python's, other scalars as
    0-d arrays."""
    kind = type(payload)
    if kind is float or kind is bool:
        return payload
    if kind.__module__ != "numpy":
        return float(payload) if kind is int else payload
    if payload.ndim:
        return payload
    if payload.dtype.char in "d?O":
        return payload.item()
    import numpy

    return numpy.asarray(payload)


def cast(payload: Payload, to: dtype) -> Payload:
    """`payload` with elements of type `to`; mpf and Expressions stay what they are."""
    kind = type(payload)
    if kind is float and to is float64:
        return payload
    if is_array(payload):
        return (
            payload if payload.dtype == object or dtype_of(payload) is to else settle(_as_type(payload, to))
        )
    if not isinstance(payload, (int, float)):
        return payload
    if to is float64:
        return float(payload)
    if to is bool_:
        return bool(payload)
    import numpy

    return _as_type(numpy.asarray(payload), to)


def _as_type(array: Any, to: dtype) -> Any:
    """The array with elements of another type; too large for it is infinite, without a warning."""
    with quiet():
        return array.astype(to.name)


def number_dtype(number: bool | int | float) -> dtype:
    """The element type of a tensor made from a Python number."""
    return bool_ if isinstance(number, bool) else int64 if isinstance(number, int) else DEFAULT.dtype


def promoted(dimensioned: list[dtype], scalars: list[dtype], numbers: list[dtype]) -> dtype:
    """The element type of an operation: arrays first, then 0-d tensors, then Python numbers.

    A lower group matters only where it is of a higher kind (bool < whole < real), as in PyTorch:
    `int64 array * 2.5` is of the default dtype, `float32 array * float64 scalar` stays float32.
    """
    result: dtype | None = None
    for group in (dimensioned, scalars, numbers):
        best = max(group, key=lambda d: (d.rank, d.itemsize), default=None)
        if best is not None and (result is None or best.rank > result.rank):
            result = best
    return result or DEFAULT.dtype
