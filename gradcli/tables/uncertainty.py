"""Errors of measured inputs, propagated to first order: the error of a value, and each input's share of it.

With gradients g and independent errors s of the inputs, the variance is the sum of (g*s)**2 over the inputs,
and an input's share is its term as a part of that (JCGM 100:2008, Guide to the expression of uncertainty in
measurement, 5.1.2); at a kink the slopes on its sides stand for the gradient. Of a sum over rows the error of
a column is another one in every row, so that the squares are added; the error of what all rows have in common
is one, so that its gradients are added and then squared.
"""

from __future__ import annotations

import math

import numpy as np

from gradcli.tables.blocks import ROWS, Partial
from gradcli.tables.sums import Sum, parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.tables.blocks import Block, Met, Program
    from gradcli.tables.sides import Slopes

    Array = Any

_SAFE = (1e-280, 1e280)
"""Between these a sum of squares has lost nothing to underflow or overflow."""


class Input:
    """What has an error: a column, or what all rows have in common.

    `column` names the column of errors among the numbers of a piece; without one the error is `size`, or,
    if `relative`, that part of the value.
    """

    __slots__ = ("column", "common", "name", "relative", "size")

    def __init__(
        self,
        name: str,
        *,
        size: float = 0.0,
        relative: bool = False,
        column: str | None = None,
        common: bool = False,
    ) -> None:
        self.name = name
        self.size = size
        self.relative = relative
        self.column = column
        self.common = common

    def errors(self, numbers: Mapping[str, Array], rows: slice) -> Array | float:
        """The errors in some rows, one number where they all have the same."""
        if self.column is not None:
            errors = numbers[self.column][rows]
            return np.nan_to_num(errors, posinf=np.inf) if np.isnan(errors).any() else errors
        if self.relative:
            return np.abs(numbers[self.name][rows]) * self.size
        return self.size


class Propagation:
    """The errors of these inputs on their way through a program; `name` is that of the column of errors."""

    __slots__ = ("inputs", "name")

    def __init__(self, inputs: Sequence[Input], name: str) -> None:
        self.inputs = tuple(inputs)
        self.name = name

    @property
    def shares(self) -> list[str]:
        """The names of the columns of shares."""
        return [f"share_{each.name}" for each in self.inputs]

    def unknown(self, numbers: Mapping[str, Array]) -> Array | None:
        """In which rows an error is missing: an array of truths, or None where none is."""
        found = None
        for column in dict.fromkeys(each.column for each in self.inputs):
            if column is not None:
                lost = np.isnan(numbers[column])
                if lost.any():
                    found = lost if found is None else found | lost
        return found

    def rows(self, program: Program, block: Block, numbers: Mapping[str, Array], met: Met) -> list[Array]:
        """The error of the value of each row, and the share of each input; a missing error counts as none.

        `met` has the rows that stand at conventions, and is told those whose gradients give no error.
        """
        count = len(block.value)
        from gradcli.tables.sides import corrected, slopes

        sided = slopes(program, self.inputs, block.gradients, numbers, met)
        gradients = corrected(block.gradients, sided)
        found = [np.empty(count) for _ in range(1 + len(self.inputs))]
        with np.errstate(all="ignore"):
            for start in range(0, count, ROWS):
                rows = slice(start, min(start + ROWS, count))
                terms = [_term(each, gradients, numbers, rows) for each in self.inputs]
                into = [whole[rows] for whole in found]
                if not _combined(terms, into):
                    for each, term in zip(self.inputs, terms, strict=True):
                        _exact(each, term, numbers, rows)
                    _combine(terms, into)
        return found

    def reduce(self, program: Program, numbers: Mapping[str, Array], met: Met) -> UncertainPartial:
        """The sums of the value and the gradients over these rows, and those of the squared terms."""
        block = program.run(numbers, met)
        from gradcli.tables.sides import corrected, slopes

        sided = slopes(program, self.inputs, block.gradients, numbers, met)
        gradients = corrected(block.gradients, sided)
        count = len(block.value)
        partial = UncertainPartial(program.variables, self.inputs)
        partial.rows = count
        sums = [(partial.value, block.value)]
        sums += [(partial.gradients[name], block.gradients[name]) for name in program.variables]
        with np.errstate(all="ignore"):
            for start in range(0, count, ROWS):
                rows = slice(start, min(start + ROWS, count))
                length = rows.stop - start
                for total, column in sums:
                    total.add(parts(column[rows], length))
                for each in self.inputs:
                    if not each.common:
                        term = _term(each, gradients, numbers, rows)
                        _exact(each, term, numbers, rows)
                        partial.squares[each.name].add(term)
            for each in self.inputs:
                if each.common and each.name in sided:
                    partial.add_sides(each.name, sided[each.name], block.gradients[each.name])
        return partial


def _term(each: Input, gradients: Mapping[str, Array], numbers: Mapping[str, Array], rows: slice) -> Array:
    """The part of an input in the error of each row: its gradient times its error."""
    gradient = gradients.get(each.name)
    if gradient is None:  # no gradient flows there
        return np.zeros(rows.stop - rows.start)
    return gradient[rows] * each.errors(numbers, rows)


def _exact(each: Input, term: Array, numbers: Mapping[str, Array], rows: slice) -> None:
    """Let what has no error add nothing, whatever the slope there."""
    lost = np.isnan(term)
    if lost.any():
        term[lost & np.equal(each.errors(numbers, rows), 0.0)] = 0.0


def _combined(terms: Sequence[Array], into: Sequence[Array]) -> bool:
    """Do what `_combine` does the fast way; false where numbers are too small or large, or none, for that."""
    error, *shares = into
    for term, share in zip(terms, shares, strict=True):
        np.multiply(term, term, share)
    np.copyto(error, shares[0])
    for share in shares[1:]:
        np.add(error, share, error)
    if not (_SAFE[0] < error.min() and error.max() < _SAFE[1]):
        return False
    for share in shares:
        np.divide(share, error, share)
    np.sqrt(error, error)
    return True


def _combine(terms: Sequence[Array], into: Sequence[Array]) -> None:
    """Put the root of the sum of the terms' squares, and the share of each, 0 where all are, into arrays."""
    error, *shares = into
    np.abs(terms[0], error)
    for term in terms[1:]:
        np.hypot(error, term, error)
    none = error == 0.0
    for term, share in zip(terms, shares, strict=True):
        np.divide(term, error, share)
        np.multiply(share, share, share)
        share[none] = 0.0


class Squares:
    """A sum of squares, kept in units of a power of two so that none of them overflows or vanishes."""

    __slots__ = ("sums",)

    def __init__(self) -> None:
        self.sums: dict[int, Sum] = {}  # by the exponent of the unit in which the roots are

    def add(self, roots: Array) -> None:
        """Add the squares of these."""
        size = float(np.abs(roots).max(initial=0.0))
        unit = 0
        if math.isfinite(size) and size and not 1e-120 < size < 1e120:
            unit = math.frexp(size)[1] // 256 * 256
            roots = np.ldexp(roots, -unit)
        self.sums.setdefault(unit, Sum()).add(parts(roots * roots, len(roots)))

    def merge(self, other: Squares) -> None:
        """Add the squares of another sum."""
        for unit, total in other.sums.items():
            self.sums.setdefault(unit, Sum()).add(total.parts())

    def root(self) -> float:
        """The root of the sum."""
        return math.hypot(*(_scaled(math.sqrt(float(total)), unit) for unit, total in self.sums.items()))


def _scaled(number: float, exponent: int) -> float:
    try:
        return math.ldexp(number, exponent)
    except OverflowError:
        return math.inf


class UncertainPartial(Partial):
    """The sums over some rows, with those of the squared terms of the columns that have an error."""

    __slots__ = ("inputs", "left", "right", "squares")

    def __init__(self, names: Sequence[str] = (), inputs: Sequence[Input] = ()) -> None:
        super().__init__(names)
        self.inputs = tuple(inputs)
        # Of what all rows have in common, by how much the slopes to the right and left exceed the gradients.
        self.right = {each.name: Sum() for each in inputs if each.common}
        self.left = {each.name: Sum() for each in inputs if each.common}
        self.squares = {each.name: Squares() for each in inputs if not each.common}

    @property
    def is_finite(self) -> bool:
        """Whether none of the sums is nan or infinite."""
        return super().is_finite and all(math.isfinite(sum.root()) for sum in self.squares.values())

    def add_sides(self, name: str, slopes: Slopes, gradient: Array) -> None:
        """Add the slopes of some rows, whose gradients are among the sums already."""
        here = gradient[slopes.rows]
        self.right[name].add(parts(slopes.right - here, len(here)))
        self.left[name].add(parts(slopes.left - here, len(here)))

    def merge(self, other: Partial) -> UncertainPartial:
        """Add the sums over other rows to these."""
        super().merge(other)
        assert isinstance(other, UncertainPartial)
        for name, squares in other.squares.items():
            self.squares[name].merge(squares)
        for name in self.right:
            self.right[name].add(other.right[name].parts())
            self.left[name].add(other.left[name].parts())
        return self

    def uncertain(self, how: str) -> Uncertain:
        """The error of the sum or of the mean."""
        over = float(self.rows) if how == "mean" else 1.0
        terms: dict[str, float] = {}
        for each in self.inputs:
            if not each.common:
                term = self.squares[each.name].root()
            elif each.size and each.name in self.gradients:
                total = float(self.gradients[each.name])
                sides = (self.right[each.name], self.left[each.name])
                term = max(abs(total + float(side)) for side in sides) * each.size
            else:
                term = 0.0
            terms[each.name] = term / over if over else math.nan
        return Uncertain(terms, self.inputs)


class Uncertain:
    """The error of one result, and the share that each input has in its variance: 0 where there is none."""

    __slots__ = ("error", "inputs", "shares")

    def __init__(self, terms: Mapping[str, float], inputs: Sequence[Input]) -> None:
        self.error = math.hypot(*terms.values())
        self.shares = {name: (term / self.error) ** 2 if self.error else 0.0 for name, term in terms.items()}
        self.inputs = {each.name: each for each in inputs}


def nothing(inputs: Sequence[Input], how: str) -> Uncertain:
    """The error of a sum of no rows, which is 0, or of their mean, which is nan."""
    empty = UncertainPartial((), inputs)
    return empty.uncertain(how)
