"""The operators of Tensor: arithmetic through the rulebook, comparisons, logic; attached to the class on
import."""

from __future__ import annotations

import operator

from gradcli.engine.apply import apply, binary, unary
from gradcli.engine.dtypes import BOOLEAN, REAL, bool_, cast, dtype_of, int64, is_array, settle
from gradcli.engine.extras import FLOOR_DIVIDE, REMAINDER_OF_NUMBER
from gradcli.engine.promotion import operation_dtype
from gradcli.engine.tensor import Tensor, wrap
from gradcli.numbers import namespace_of
from gradcli.numbers.shapes import broadcast_shape
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

BOOL_SUB = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
    "operator "
    "instead."
)
BOOL_SUB_ONE = (
    "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a "
    "mask, use "
    "the `~` or `logical_not()` operator instead."
)
BOOL_NEG = (
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
    "the `~` "
    "or `logical_not()` operator instead."
)


def method(function: Callable[..., Any], name: str | None = None) -> Callable[..., Any]:
    """Make `function` a method of Tensor, under its own name or another."""
    name = function.__name__ = name or function.__name__
    function.__qualname__ = f"Tensor.{name}"
    setattr(Tensor, name, function)
    return function


def operand_of(other: Any) -> Any:
    """`other` as an operand: a Tensor or a Python number, also of NumPy; NotImplemented for all else."""
    if isinstance(other, (Tensor, int, float)):
        return float(other) if type(other).__module__ == "numpy" else other
    if type(other).__module__ == "numpy":
        # An array is left to NumPy, whose operator asks the tensor for its numbers, as it does PyTorch's.
        return NotImplemented if is_array(other) else other.item()
    if type(other).__name__ == "Expression" or hasattr(other, "_mpf_"):
        return other
    return NotImplemented


def _slowly(a: Any, b: Any, compute: Callable[[Any, Any], Any]) -> Any:
    a, b = operand_of(a), operand_of(b)
    if a is NotImplemented or b is NotImplemented:
        return NotImplemented
    return compute(a, b)


def _operator(name: str, check: Callable[[Any, Any], Any] | None = None) -> Callable[[Any, Any], Any]:
    rule = RULES[name]

    def general(a: Any, b: Any) -> Tensor:
        if check is not None:
            check(a, b)
        return apply(rule, a, b)

    return binary(rule, lambda a, b: _slowly(a, b, general))


def _of_bools(*operands: Any) -> int:
    return sum(isinstance(o, bool) or (isinstance(o, Tensor) and o.dtype is bool_) for o in operands)


def _no_bool_difference(a: Any, b: Any) -> None:
    if bools := _of_bools(a, b):
        raise RuntimeError(BOOL_SUB if bools == 2 else BOOL_SUB_ONE)


def _no_negative_power(a: Any, b: Any) -> None:
    if isinstance(b, int) and b < 0 and isinstance(a, Tensor) and a.dtype.rank < REAL:
        raise RuntimeError("Integers to negative integer powers are not allowed.")


def no_whole_zero(a: Any, b: Any) -> bool:
    """True; raises RuntimeError, as PyTorch does, where whole numbers are divided by 0."""
    kinds = [o.dtype if isinstance(o, Tensor) else int64 if isinstance(o, int) else None for o in (a, b)]
    if all(k is not None and k.rank < REAL for k in kinds):
        import numpy

        if (numpy.asarray(getattr(b, "_value", b)) == 0).any():
            raise RuntimeError("ZeroDivisionError")
    return True


add = _operator("add")
sub = _operator("sub", _no_bool_difference)
mul = _operator("mul")
div = _operator("div")
pow = _operator("pow", _no_negative_power)
mod = _operator("mod", no_whole_zero)


def floordiv(a: Any, b: Any) -> Any:
    """`a // b`, which PyTorch has no derivative of."""
    return _slowly(a, b, lambda a, b: no_whole_zero(a, b) and apply(FLOOR_DIVIDE, a, b))


neg = unary(RULES["neg"], lambda x: _negative(x))
reciprocal = unary(RULES["reciprocal"], lambda x: apply(RULES["reciprocal"], x))


def _divided(self: Tensor, other: Any) -> Any:
    # PyTorch computes 2/x as the reciprocal times 2.
    return mul(reciprocal(self), other) if operand_of(other) is not NotImplemented else NotImplemented


def _positive(self: Tensor) -> Tensor:
    if self.dtype is bool_:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return self


def _negative(self: Tensor) -> Tensor:
    if self.dtype is bool_:
        raise RuntimeError(BOOL_NEG)
    return apply(RULES["neg"], self)


def _matmul(self: Tensor, other: Any) -> Any:
    return matmul(self, other) if isinstance(other, Tensor) else NotImplemented


def other_dtypes(a: Tensor, b: Tensor) -> NoReturn:
    """Raise RuntimeError for a matrix product of two element types."""
    mine, its = a.dtype, b.dtype
    if (a.ndim, b.ndim) == (1, 1):
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {mine.title} and {its.title}"
        )
    if (a.ndim, b.ndim) == (2, 1):
        raise RuntimeError(
            f"addmv input tensors must have the same dtype, but got {its.title}, {mine.title}, "
            f"and {its.title}"
        )
    raise RuntimeError(
        f"expected m1 and m2 to have the same dtype, but got: {mine.legacy} != {its.legacy}"
    )


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """`a @ b`, of one element type."""
    out = apply(RULES["matmul"], a, b)
    if a.dtype is not b.dtype:
        other_dtypes(a, b)
    return out


def _remainder_of(self: Tensor, other: Any) -> Any:
    return _slowly(other, self, lambda a, b: no_whole_zero(a, b) and apply(REMAINDER_OF_NUMBER, a, b))


def compare(sign: str, a: Any, b: Any) -> Any:
    """A comparison, elementwise, as a tensor of bools; NotImplemented where `b` is no number."""
    test = getattr(operator, sign)
    x, y = getattr(a, "_value", None), getattr(b, "_value", b)
    if type(x) is float and isinstance(y, (int, float)):
        return wrap(test(x, y))
    a, b = operand_of(a), operand_of(b)
    if a is NotImplemented or b is NotImplemented:
        return NotImplemented
    operands = (a, b)
    values = [getattr(o, "_value", o) for o in operands]
    broadcast_shape(*(getattr(v, "shape", ()) for v in values))
    if any(is_array(v) and v.dtype != object for v in values):
        kind = operation_dtype(operands, values)
        return wrap(settle(test(*(cast(v, kind) for v in values))))
    xp = namespace_of(*values)
    return wrap(cast(settle(getattr(xp, sign)(*values)), bool_))


def _comparison(sign: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: compare(sign, self, other)


def _logical(sign: str) -> Callable[[Any, Any], Any]:
    test = getattr(operator, sign)

    def operation(self: Tensor, other: Any) -> Any:
        other = operand_of(other)
        if other is NotImplemented:
            return other
        kinds = [dtype_of(getattr(o, "_value", o)) for o in (self, other)]
        if any(k.rank == REAL for k in kinds) and not isinstance(other, int):
            title = max(kinds, key=lambda k: (k.rank, k.itemsize)).title
            raise NotImplementedError(f"\"bitwise_{sign.strip('_')}_cpu\" not implemented for '{title}'")
        out = test(self._value, getattr(other, "_value", other))
        return wrap(cast(out, int64) if type(out) is int else settle(out))

    return operation


def _invert(self: Tensor) -> Tensor:
    if self.dtype.rank == BOOLEAN:
        return wrap(not self._value if type(self._value) is bool else ~self._value)
    if self.dtype.rank == REAL:
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return wrap(settle(~self._value))


def _swapped(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda self, other: operation(other, self)


for _name, _function in {
    "__add__": add,
    "__radd__": add,
    "__sub__": sub,
    "__rsub__": _swapped(sub),
    "__mul__": mul,
    "__rmul__": mul,
    "__truediv__": div,
    "__rtruediv__": _divided,
    "__pow__": pow,
    "__rpow__": _swapped(pow),
    "__floordiv__": floordiv,
    "__rfloordiv__": _swapped(floordiv),
    "__mod__": mod,
    "__rmod__": _remainder_of,
    "__matmul__": _matmul,
    "__neg__": neg,
    "__pos__": lambda self: _positive(self),
    "__and__": _logical("and_"),
    "__rand__": _logical("and_"),
    "__or__": _logical("or_"),
    "__ror__": _logical("or_"),
    "__xor__": _logical("xor"),
    "__rxor__": _logical("xor"),
    "__invert__": _invert,
    **{f"__{sign}__": _comparison(sign) for sign in ("lt", "le", "gt", "ge", "eq", "ne")},
}.items():
    setattr(Tensor, _name, _function)
# Python takes the hash away from a class whose body defines __eq__; here it is attached later, and stays.
