"""Sums of columns that do not depend on how the rows were cut into blocks, or on who added them first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    Array = Any


def parts(x: Array, high: Array) -> tuple[float, ...]:
    """A few numbers whose exact sum is that of `x` to about twice the digits of a float.

    The elements are cut at one power of two, by adding and subtracting a number that large: the upper parts
    add up without rounding, in whatever order, and the lower ones are so small that their rounding is nothing
    (Rump, Ogita and Oishi, Accurate floating-point summation I, SIAM J. Sci. Comput. 31 (2008), algorithm
    3.3). `high` is a buffer as long as `x`.
    """
    size = _bound(x)
    if not 0.0 < size < _LARGE:  # zeros, nan, infinities, and what would overflow
        with np.errstate(all="ignore"):
            return (float(np.add.reduce(x)),)
    cut = math.ldexp(1.0, math.frexp(size)[1] + len(x).bit_length())
    np.add(x, cut, high)
    np.subtract(high, cut, high)
    upper = _total("i->", high)
    np.subtract(x, high, high)
    return upper, _total("i->", high)


def _total(subscripts: str, *arrays: Array) -> float:
    """A sum by einsum, which takes half of the time of NumPy's own sum, and one thread."""
    return float(np.einsum(subscripts, *arrays))


_LARGE = 1e290
_SQUARES = (1e-280, 1e280)


def _bound(x: Array) -> float:
    """What no element is larger than; nan where one is nan."""
    squares = _total("i,i->", x, x)
    if _SQUARES[0] < squares < _SQUARES[1]:
        return math.sqrt(squares) * 1.000001
    return float(np.maximum.reduce(np.abs(x), initial=0.0))


class Adder:
    """Sums up columns of at most so many rows; of one thread."""

    __slots__ = ("_high",)

    def __init__(self, rows: int) -> None:
        self._high = np.empty(rows)

    def parts(self, x: Array, rows: int) -> tuple[float, ...]:
        """Numbers with the sum of `x`, which is a column, or the number that stands in each of its rows."""
        column = x if np.ndim(x) and len(x) == rows else np.full(rows, np.ravel(x)[0])
        return parts(column, self._high[:rows]) if rows else ()


class Sum:
    """A sum in a few floats whose own sum is exact, so that the order of adding makes no difference."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[float] = ()) -> None:
        self._parts: list[float] = []
        self.add(parts)

    def add(self, parts: Sequence[float]) -> None:
        """Add these numbers."""
        self._parts += parts
        if len(self._parts) > 4096:
            self._parts = _exact(self._parts)

    def parts(self) -> tuple[float, ...]:
        """Numbers with this sum, to be handed to another process."""
        self._parts = _exact(self._parts)
        return tuple(self._parts)

    def __float__(self) -> float:
        try:
            return math.fsum(self._parts)
        except (OverflowError, ValueError):  # a sum beyond the floats, or infinities of both signs
            return float(sum(self._parts))


def _exact(numbers: Sequence[float]) -> list[float]:
    """Numbers that do not overlap, with the same sum exactly (Shewchuk, 1997)."""
    total: list[float] = []
    for x in numbers:
        kept = []
        for y in total:
            if abs(x) < abs(y):
                x, y = y, x
            high = x + y
            low = y - (high - x)
            if low:
                kept.append(low)
            x = high
        if x - x != 0.0:  # nan, infinite, or beyond the floats
            return [float(sum(numbers))]
        total = [*kept, x]
    return total
