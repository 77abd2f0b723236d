"""Sums of columns: pairwise within a block of rows, exact from block to block, whoever added which first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    Array = Any


SHORT = 1024
"""So many numbers are added without rounding."""


def parts(column: Array, rows: int) -> tuple[float, ...]:
    """Numbers whose sum is that of a column, or that of the number which stands in each of so many rows.

    A long column is added pairwise, so that its error grows with the logarithm of its length (Higham, The
    accuracy of floating point summation, SIAM J. Sci. Comput. 14 (1993)); to be called without warnings.
    """
    if not (np.ndim(column) and len(column) == rows):
        return (float(np.ravel(column)[0]) * rows,)
    if rows <= SHORT:
        return tuple(column.tolist())
    return (float(np.add.reduce(column)),)


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
