"""Numbers among expressions: making them, and folding them exactly, as fractions of the decimals written."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite as _isfinite
from typing import TYPE_CHECKING, Any

from gradcli.numbers import floats
from gradcli.numbers.expression import Expression, name
from gradcli.numbers.expression import number as _number

if TYPE_CHECKING:
    from collections.abc import Callable

    Operand = Expression | float
    _Binary = Callable[[Fraction, Fraction], Fraction]

EXACT = 2**53
"""Integers below this are floats without loss."""


def number(value: Any, like: Any = None) -> Expression:  # noqa: ARG001 - other kinds need it
    """The number, or the decimal that a text writes, as an expression; a negative one as a neg."""
    if isinstance(value, Expression):
        return value
    written = value if isinstance(value, str) else None
    value = floats.number(value)
    if not _isfinite(value):
        return name("nan") if value != value else _signed(value, name("inf"))
    return _signed(value, _number(floats.abs(value), written.lstrip("+-") if written else None))


def pair(a: Operand, b: Operand) -> tuple[Expression, Expression]:
    return number(a), number(b)


def pi(like: Any = None) -> Expression:  # noqa: ARG001 - other kinds need it
    """The name pi."""
    return name("pi")


def _signed(value: float, size: Expression) -> Expression:
    return Expression("neg", (size,)) if value < 0 else size


def exact_value(x: Expression) -> Fraction | None:
    """What x is worth where it is a number, the negative of one or a ratio of integers; otherwise None."""
    if x.op == "number":
        return _fraction(x)
    if x.op == "neg":
        inner = x.args[0]
        value = exact_value(inner) if inner.op in ("number", "div") else None
        return None if value is None else -value
    if x.op == "div" and x.args[0].op == x.args[1].op == "number":
        a, b = _fraction(x.args[0]), _fraction(x.args[1])
        if a is not None and b and a.denominator == b.denominator == 1:
            return a / b
    return None


def _fraction(x: Expression) -> Fraction | None:
    value = x.value
    if not x.text and -EXACT < value < EXACT and value == int(value):
        return Fraction(int(value))
    if x.text and x.text.isdecimal() and len(x.text) < 1000:
        return Fraction(int(x.text))
    if not _isfinite(value):
        return None
    if x.text and 1e-300 < value < 1e300 and len(x.text) < 1000:
        try:
            return Fraction(x.text)  # every digit that was written, more than a float has
        except ValueError:  # ½, read as 0.5
            pass
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def constant(value: Fraction, decimal: bool = False) -> Expression | None:
    """A fraction as an expression; None where no float has its digits. `decimal`: rather 0.5 than 1/2."""
    size = -value if value < 0 else value
    top, bottom = size.numerator, size.denominator
    if bottom == 1 and top < EXACT:
        made = _number(float(top))
    elif decimal and top < EXACT and bottom < 10**300 and Fraction(repr(top / bottom)) == size:
        made = _number(top / bottom)
    elif top < EXACT and bottom < EXACT:
        made = Expression("div", (_number(float(top)), _number(float(bottom))))
    else:
        return None
    return Expression("neg", (made,)) if value < 0 else made


def fold(a: Expression, b: Expression, compute: _Binary) -> Expression | None:
    """The constant that two constants give, if it can be written exactly."""
    if a.op not in CONSTANT_OPS or b.op not in CONSTANT_OPS:
        return None
    first, second = exact_value(a), exact_value(b)
    if first is None or second is None:
        return None
    return constant(compute(first, second), is_decimal(a) or is_decimal(b))


CONSTANT_OPS = ("number", "neg", "div")


def is_decimal(x: Expression) -> bool:
    """Whether a constant was written with a point, so that what follows from it is, too."""
    inner = x.args[0] if x.op == "neg" else x
    return inner.op == "number" and inner.value % 1.0 != 0.0


def is_number(x: Expression, value: float) -> bool:
    return x.op == "number" and x.value == value


def alike(a: Expression, b: Expression) -> bool:
    """Whether two expressions are plainly the same: one node, or one name."""
    return a is b or (a.op == b.op == "name" and a.value == b.value)


def is_total(x: Expression) -> bool:
    """Whether an expression plainly has a finite value whatever its names are."""
    if x.op == "name":
        return x.value not in ("inf", "nan")
    return x.op == "number" or (x.op in _TOTAL and all(part.op in ("name", "number") for part in x.args))


_TOTAL = frozenset(
    (
        *("add", "sub", "mul", "neg", "sin", "cos", "exp", "tanh", "sigmoid", "sign", "abs"),
        *("lt", "le", "gt", "ge", "eq", "ne"),
    )
)
"""Operations that have a finite value of all finite operands."""
