"""Ranges: between which bounds a form lies for all values of its names, so that signs and zeros are known.

A range is (low, high, low_open, high_open); an open bound is not reached. Where a form has no value its range
says nothing.
"""

from __future__ import annotations

from math import exp, inf, isfinite, pi

from gradcli.numbers import floats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Rational = Any  # a Fraction or an int
    Range = tuple[float, float, bool, bool]

ANY: Range = (-inf, inf, True, True)
POSITIVE: Range = (0.0, inf, True, True)
NOT_NEGATIVE: Range = (0.0, inf, False, True)

_OF_FUNCTION: dict[str, Range] = {
    "sin": (-1.0, 1.0, False, False),
    "cos": (-1.0, 1.0, False, False),
    "cosh": (1.0, inf, False, True),
    "tanh": (-1.0, 1.0, True, True),
    "sigmoid": (0.0, 1.0, True, True),
    "softplus": POSITIVE,
    "logsigmoid": (-inf, 0.0, True, True),
    "erf": (-1.0, 1.0, True, True),
    "erfc": (0.0, 2.0, True, True),
    "expm1": (-1.0, inf, True, True),
    "abs": NOT_NEGATIVE,
    "sign": (-1.0, 1.0, False, False),
    "asin": (-pi / 2, pi / 2, False, False),
    "acos": (0.0, pi, False, False),
    "atan": (-pi / 2, pi / 2, True, True),
    "asec": (0.0, pi, False, False),
    "acsc": (-pi / 2, pi / 2, False, False),
    "acot": (-pi / 2, pi / 2, False, False),
    "asech": NOT_NEGATIVE,
    "sinc": (-1.0, 1.0, True, False),
    "atan2": (-pi, pi, False, False),
    "acosh": NOT_NEGATIVE,
    "lt": (0.0, 1.0, False, False),
    "le": (0.0, 1.0, False, False),
    "gt": (0.0, 1.0, False, False),
    "ge": (0.0, 1.0, False, False),
    "eq": (0.0, 1.0, False, False),
    "ne": (0.0, 1.0, False, False),
}
"""Of functions, whatever their operands are."""


def point(value: float) -> Range:
    """The range of a number that is known up to the rounding of a float."""
    if not isfinite(value):
        return ANY
    slack = abs(value) * 1e-12
    return value - slack, value + slack, False, False


def exactly(value: Rational) -> Range:
    """The range of a rational number."""
    if abs(value) > 10**300:
        return POSITIVE if value > 0 else (-inf, 0.0, True, True)
    return float(value), float(value), False, False


def is_positive(r: Range) -> bool:
    return r[0] > 0.0 or (r[0] == 0.0 and r[2])


def is_not_negative(r: Range) -> bool:
    return r[0] >= 0.0


def is_never_zero(r: Range) -> bool:
    return is_positive(r) or r[1] < 0.0 or (r[1] == 0.0 and r[3])


def plus(a: Range, b: Range) -> Range:
    """The range of a sum."""
    low, low_open = _end(a[0], b[0], a[2] or b[2])
    high, high_open = _end(a[1], b[1], a[3] or b[3])
    return low, high, low_open, high_open


def _end(a: float, b: float, is_open: bool) -> tuple[float, bool]:
    """A bound of a sum; what may be a rounding error is 0, and reached."""
    total = a + b
    if total != 0.0 and abs(total) <= 1e-12 * abs(a) < inf:
        return 0.0, False
    return total, is_open


def times(a: Range, b: Range) -> Range:
    """The range of a product."""
    if a == ANY and b == ANY:
        return ANY
    reached: list[tuple[float, bool]] = []
    for x, x_open in ((a[0], a[2]), (a[1], a[3])):
        for y, y_open in ((b[0], b[2]), (b[1], b[3])):
            if x == 0.0 or y == 0.0:
                closed = (x == 0.0 and not x_open) or (y == 0.0 and not y_open)
                reached.append((0.0, not closed))
            else:
                reached.append((x * y, x_open or y_open))
    low = min(reached)
    high = max(reached, key=lambda end: (end[0], not end[1]))
    return low[0], high[0], low[1], high[1]


def power(base: Range, exponent: Rational) -> Range:
    """The range of a power with a rational exponent."""
    low, high, low_open, high_open = base
    whole = exponent.denominator == 1
    if not whole and low < 0.0:
        low, low_open = 0.0, False
    if exponent < 0:
        return _reciprocal_power(low, high, even=whole and exponent % 2 == 0, whole=whole)
    if abs(exponent) > 300:
        return NOT_NEGATIVE if low >= 0.0 or (whole and exponent % 2 == 0) else ANY
    if low >= 0.0:
        return _raised(low, exponent), _raised(high, exponent), low_open, high_open
    if not whole:
        return NOT_NEGATIVE
    if exponent % 2 == 1:
        return -_raised(-low, exponent), _signed(high, exponent), low_open, high_open
    if high <= 0.0:
        return _raised(-high, exponent), _raised(-low, exponent), high_open, low_open
    far_open = low_open and high_open if -low == high else low_open if -low > high else high_open
    return 0.0, _raised(max(-low, high), exponent), False, far_open


def _reciprocal_power(low: float, high: float, *, even: bool, whole: bool) -> Range:
    if low >= 0.0 or even or not whole:
        return POSITIVE
    return (-inf, 0.0, True, True) if high <= 0.0 else ANY


def _raised(x: float, exponent: Rational) -> float:
    return floats.pow(x, float(exponent))


def _signed(x: float, exponent: Rational) -> float:
    return _raised(x, exponent) if x >= 0.0 else -_raised(-x, exponent)


def exponential(exponent: Range) -> Range:
    """The range of e to a power."""
    low = exp(exponent[0]) if exponent[0] < 700.0 else 1e300
    high = exp(exponent[1]) if exponent[1] < 700.0 else inf
    return low, high, exponent[2] or low == 0.0, exponent[3] or high == inf


def of_function(name: str, operands: list[Range]) -> Range:
    """The range of a function of operands of which these are the ranges."""
    if name in ("maximum", "minimum", "where"):
        return _of_choice(name, operands)
    found = _OF_FUNCTION.get(name, ANY)
    if len(operands) == 1 and _is_point(operands[0]) and hasattr(floats, name):
        value = getattr(floats, name)((operands[0][0] + operands[0][1]) / 2)
        return point(value) if isfinite(value) else found
    return found


def _is_point(r: Range) -> bool:
    return isfinite(r[0]) and r[1] - r[0] <= abs(r[1]) * 1e-9


def _of_choice(name: str, operands: list[Range]) -> Range:
    a, b = operands[-2:]
    if name == "maximum":
        low = max((a[0], a[2]), (b[0], b[2]))
        top = max(a[1], b[1])
        return low[0], top, low[1], top == inf
    if name == "minimum":
        high = min((a[1], not a[3]), (b[1], not b[3]))
        bottom = min(a[0], b[0])
        return bottom, high[0], bottom == -inf, not high[1]
    low = min((a[0], a[2]), (b[0], b[2]))
    high = max((a[1], not a[3]), (b[1], not b[3]))
    return low[0], high[0], low[1], not high[1]
