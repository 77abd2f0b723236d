"""How many digits to compute an answer with, for those that are shown to be right: more, until two agree."""

from __future__ import annotations

from gradcli.evaluation.wider import widened, work
from gradcli.numbers import is_finite, namespace_of, precise, shape_of, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.kinds import Kind
    from gradcli.evaluation.results import Payload

    Number = Any  # a float or an mpf

LIKELY = 2
"""Digits that two computations have to share before what they share says how many the shorter one lost."""

PROBE = 400
"""Digits with which terms of floats that cancel leave something, or else are the same."""

SMALL = 1e-6
"""A part of the largest element of an array of floats, below which an element need be no more exact."""

LEAST = 1e-290
"""The same for any float: what is lost below the smallest numbers is no matter of digits."""


class Bound:
    """Where the search ends: after so many digits, or so many digits of so many operations."""

    __slots__ = ("digits", "work")

    def __init__(self, digits: int, work: int) -> None:
        self.digits = digits
        self.work = work


class Settled:
    """An answer with so many digits, the last one before it with `known`, and whether `wide` is sure."""

    __slots__ = ("before", "digits", "known", "sure", "wide")

    def __init__(self, before: Answer, wide: Answer, known: int, digits: int, *, sure: bool) -> None:
        self.before = before
        self.wide = wide
        self.known = known
        self.digits = digits
        self.sure = sure

    def vanishes(self, before: Number, wide: Number) -> bool:
        """Whether a number gets smaller with every digit, as what is 0 does whose terms cancel."""
        return bool(abs(wide) < precise.number(10, wide) ** (-0.75 * self.digits) and abs(wide) < abs(before))


def settle(this: Answer, first: int, enough: int, bound: Bound) -> Settled | None:
    """The answer with `enough` right digits, begun with `first`; None where it has no other.

    How many digits the cancellation of terms takes is the same however many there are: those that an answer
    has not in common with the next one.
    """
    kind = this.source.kind
    known, amount = kind.digits, 0
    before, digits = this, first
    while True:
        wide = widened(this, digits)
        if wide is None:
            return None
        amount = amount or work(wide, wide.machine.trace or ())
        shared = agreement(before, wide, kind)
        sure = shared >= LIKELY and digits - (known - shared) >= enough
        further = 2 * digits
        if sure and digits < PROBE and _has_zero(wide):  # what is 0 may be so for too few digits
            sure, further = False, PROBE
        if sure or further > bound.digits or further * amount > bound.work:
            return Settled(before, wide, known, digits, sure=sure)
        before, known, digits = wide, digits, further


def agreement(a: Answer, b: Answer, kind: Kind) -> float:
    """How many digits the numbers of two answers have in common at least, asked for in a kind."""
    return min(common(x, y, kind) for x, y in results(a, b))


def _has_zero(answer: Answer) -> bool:
    """Whether the value or a gradient is 0 somewhere; most second derivatives are, whatever the digits."""
    found = (answer.value, *answer.gradients)
    payloads = (payload for payload in found if payload is not None and size_of(payload))
    return any(bool(namespace_of(y).amin(namespace_of(y).abs(y)) == 0) for y in payloads)


def results(a: Answer, b: Answer) -> Iterator[tuple[Payload, Payload]]:
    """The value, the gradients and the second derivatives of two answers, in pairs."""
    yield a.value, b.value
    for pair, x in (a.second or {}).items():
        if b.second and pair in b.second:
            yield x, b.second[pair]
    for x, y in zip(a.gradients, b.gradients, strict=True):
        if x is not None and y is not None:
            yield x, y


def common(a: Payload, b: Payload, kind: Kind) -> float:
    """How many digits two payloads share at least, element by element."""
    errors = (error for _, _, error in errors_of(a, b, kind))
    return min((max(0.0, -0.30103 * error.context.mag(error)) for error in errors), default=INFINITY)


def errors_of(
    a: Payload, b: Payload, kind: Kind, small: float = SMALL
) -> Iterator[tuple[int, Number, Number]]:
    """Where two payloads differ, `b` of decimals: the position, the element of b, and how large a part of
    both the difference is.

    A float that is no finite number differs from nothing, a decimal from everything: it may have come of
    terms that cancelled. Elements of floats that are a `small` part of the largest,
    or less, need be no more exact than that part.
    """
    least = LEAST if kind.plain else 0.0
    if not shape_of(b):
        error = _error(a, b, least)
        if error:
            yield 0, b, error
        return
    if shape_of(a) != shape_of(b):
        return
    positions: Iterable[int] = range(b.size)
    if kind.plain:
        least = max(least, small * max((abs(y) for y in b.flat if is_finite(y)), default=0.0))
        positions = _unlike(a, b) if a.dtype != object else positions
    for position in positions:
        error = _error(a.flat[position], b.flat[position], least)
        if error:
            yield position, b.flat[position], error


def _unlike(a: Payload, b: Payload) -> Iterable[int]:
    """Where floats are not the decimals that they stand for, rounded."""
    from numpy import errstate, flatnonzero, nextafter

    with errstate(all="ignore"):
        rounded = b.astype(a.dtype)
        near = (nextafter(rounded, -INFINITY) <= a) & (a <= nextafter(rounded, INFINITY))
    positions: Iterable[int] = flatnonzero(~near).tolist()
    return positions


def _error(a: Number, b: Number, least: Number) -> Number:
    if not is_finite(b) or not is_finite(a):
        return 0.0 if least else precise.number(1, b)
    difference = abs(precise.number(float(a) if not hasattr(a, "_mpf_") else a, b) - b)
    return difference / max(abs(a), abs(b), least) if difference else 0.0


INFINITY = float("inf")
