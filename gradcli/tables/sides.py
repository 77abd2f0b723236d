"""Errors where a gradient is no measure of them: slopes on both sides of a kink, and where they vanish.

At a kink the gradient is one number of many, by convention, 0 for abs(x) at 0; an error goes up and down, so
that the slopes on both sides say what it does, and the larger one is taken. They are the gradients a little
beside the point, carried on to it in a line. Where the first order vanishes, as of x**2 at 0, there is no
such slope: that is said where the value, an error away, differs by more than the error that is given.
"""

from __future__ import annotations

import numpy as np

from gradcli.evaluation.results import Note
from gradcli.tables.rowwise import FAILED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.tables.blocks import Block, Met, Program
    from gradcli.tables.uncertainty import Input

    Array = Any

SIDED = Note("at a kink the larger of the slopes on both sides gives the error")
VANISHES = Note("the first order vanishes: the error leaves out how an input's error changes the value")
BESIDE = 2.0**-20
"""How far beside a point its sides begin, as a part of the error there."""
LEAST_BESIDE = 2.0**-45  # as a part of the value
_STEADY = (0.75, 1.33)
"""By what factor a slope may change half as far from the point, unless it tends to 0 or to infinity there."""
_SAME = 1e-6


class Slopes:
    """What takes the place of the gradients of one input in some `rows`: the slopes to its right and left."""

    __slots__ = ("left", "right", "rows")

    def __init__(self, rows: Array, right: Array, left: Array) -> None:
        self.rows = rows
        self.right = right
        self.left = left

    @property
    def larger(self) -> Array:
        """Of both the one of the larger size."""
        return np.where(np.abs(self.left) > np.abs(self.right), self.left, self.right)


def slopes(
    program: Program,
    inputs: Sequence[Input],
    gradients: Mapping[str, Array],
    numbers: Mapping[str, Array],
    met: Met,
) -> dict[str, Slopes]:
    """The slopes that differ from the gradients, by the names of the inputs; `met` is told in which rows.

    `met` has the rows that stand at conventions.
    """
    at = [rows for note, rows in met.items() if note != FAILED]
    kinks = np.unique(np.concatenate(at)) if at else np.empty(0, np.int64)
    found: dict[str, Slopes] = {}
    flat: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for each in inputs:
            if each.name not in gradients:
                continue
            point = _Point(program, each, numbers)
            zero = point.flat(gradients[each.name])
            sided = point.sided(np.union1d(kinks, zero), gradients[each.name])
            if len(sided.rows):
                found[each.name] = sided
            flat[each.name] = np.setdiff1d(zero, sided.rows)
        vanishing = _vanishing(program, inputs, gradients, numbers, found, flat)
    for note, parts in ((SIDED, [s.rows for s in found.values()]), (VANISHES, vanishing)):
        rows = np.unique(np.concatenate(parts)) if parts else ()
        if len(rows):
            met[note] = rows
    return found


def corrected(gradients: Mapping[str, Array], found: Mapping[str, Slopes]) -> dict[str, Array]:
    """The gradients with the larger slopes in their places."""
    replaced = dict(gradients)
    for name, slopes in found.items():
        column = np.array(np.broadcast_to(gradients[name], len(gradients[name])))
        column[slopes.rows] = slopes.larger
        replaced[name] = column
    return replaced


def _vanishing(
    program: Program,
    inputs: Sequence[Input],
    gradients: Mapping[str, Array],
    numbers: Mapping[str, Array],
    found: Mapping[str, Slopes],
    flat: Mapping[str, Array],
) -> list[Array]:
    """For each input the rows in which it adds nothing to the error and changes the value by more."""
    slopes = corrected(gradients, found)
    vanishing = []
    for each in inputs:
        rows = flat.get(each.name, ())
        if not len(rows):
            continue
        terms = [
            slopes[other.name][rows] * _sizes(other, numbers, rows)
            for other in inputs
            if other.name in slopes
        ]
        error = np.sqrt(sum(np.nan_to_num(term) ** 2 for term in terms))
        vanishing.append(rows[_Point(program, each, numbers).change(rows) > error])
    return vanishing


def _sizes(each: Input, numbers: Mapping[str, Array], rows: Array) -> Array:
    """The errors of an input in some rows."""
    return np.broadcast_to(each.errors(numbers, rows), len(rows))


class _Point:
    """One input that is moved, all others staying where they are."""

    def __init__(self, program: Program, each: Input, numbers: Mapping[str, Array]) -> None:
        self.each = each
        self.numbers = numbers
        self.program = program.opened(each.name)
        self.common = program.values.get(each.name)  # where all rows have the same

    def flat(self, gradient: Array) -> Array:
        """The rows whose gradient is 0 although there is an error, and whose value changes."""
        rows = np.flatnonzero(gradient == 0.0)
        rows = rows[_sizes(self.each, self.numbers, rows) > 0.0]
        return rows[self.change(rows) > 0.0] if len(rows) else rows

    def change(self, rows: Array) -> Array:
        """By how much the value changes an error away; infinitely where the program's text has the input."""
        if self.program is None:
            return np.full(len(rows), np.inf)
        size = _sizes(self.each, self.numbers, rows)
        here = self._run(rows, 0.0).value
        sides = [np.abs(self._run(rows, step).value - here) for step in (size, -size)]
        return np.fmax(*sides)

    def sided(self, rows: Array, gradient: Array) -> Slopes:
        """The slopes in those of the rows that have an error, and where they differ from the gradient."""
        rows = rows[_sizes(self.each, self.numbers, rows) > 0.0]
        if self.program is None or not len(rows):
            return Slopes(rows[:0], rows[:0], rows[:0])
        size = _sizes(self.each, self.numbers, rows)
        beside = np.maximum(size * BESIDE, np.abs(self._values(rows)) * LEAST_BESIDE)
        right, left = self._slope(rows, beside), self._slope(rows, -beside)
        right, left = (
            np.where(np.isfinite(one), one, other) for one, other in ((right, left), (left, right))
        )
        here = gradient[rows]
        largest = np.fmax(np.abs(right), np.abs(left))
        other = np.isfinite(largest) & ~(np.abs(largest - np.abs(here)) <= _SAME * np.abs(here))
        return Slopes(rows[other], right[other], left[other])

    def _slope(self, rows: Array, beside: Array) -> Array:
        """The slope that the gradients tend to from one side."""
        far, near = (self._run(rows, step).gradients[self.each.name] for step in (beside, beside / 2))
        change = np.abs(near) / np.abs(far)
        slope = np.where(change <= _STEADY[0], 0.0, 2 * near - far)
        slope = np.where((far == 0.0) & (near == 0.0), 0.0, slope)
        return np.where(change >= _STEADY[1], np.inf, slope)

    def _values(self, rows: Array) -> Array:
        """The input in some rows."""
        if self.common is None:
            return self.numbers[self.each.name][rows]
        return np.full(len(rows), self.common)

    def _run(self, rows: Array, step: Any) -> Block:
        """The values and gradients of some rows with the input moved by so much."""
        assert self.program is not None
        columns = {name: self.numbers[name][rows] for name in self.program.names if name != self.each.name}
        # What is met there is none of the row's business, but a row that fails there has nan.
        return self.program.run({**columns, self.each.name: self._values(rows) + step}, {})
