"""Derivatives by differences: how steep a function of one number is at a point, and whether a kink is there.

Central differences extrapolated to a step of 0, with an error estimate (Ridders, Accurate computation of
F'(x) and F'(x)F''(x), 1982), from ever smaller first steps until the estimate is good. Between two points of
a difference no decision of the function may change: where one changes at every step, the sides are looked at
one by one.
"""

from __future__ import annotations

from itertools import pairwise

from gradcli.numbers import is_finite
from gradcli.numbers.decisions import same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    Number = Any  # a float or an mpf
    Payload = Any
    Sample = tuple[Payload | None, list[Payload]]  # a value, None where there is none, and what was decided

RATIO = 1.6  # of a step to the next: no whole number, whose multiples a period may be
LEVELS = 8
FALL = 7.0  # of a first step to the next
SHARP = 1e-7  # a relative error that leaves no room for doubt
USABLE = 1e-4  # and one up to which an estimate says something
PATIENCE = 3  # so many first steps that bettered nothing end the search
HALVINGS = 6
SAME = 1e-6  # a relative difference of two sides that is none: they are known less well
SURE = 1e-9  # a relative error of the slope of one side that is small enough
# How the growth of the quotients grows from step to step at a vertical tangent, from x*log(x) to x**0.04.
ENDLESS, STEEPEST = 0.97, 6.5
BURIED = 1e4  # times the noise of a value: what changes by less says nothing of its slope
BESIDE = 3e-4  # of the first step: near enough for a smooth function to be straight
CAUTION = 8.0  # times the error estimate, which is no bound
INFINITY = float("inf")


class Function:
    """A function of one number, sampled: `at(x)` is its value with what was decided on the way.

    `span(a, b)` is how much larger a value b is than a, as one number, `size(a)` about how large a is: of
    their rounding errors the noise in a difference comes.
    """

    __slots__ = ("at", "base", "decisions", "first", "last", "noise", "pieces", "size", "span", "x")

    def __init__(
        self,
        x: Number,
        at: Callable[[Number], Sample],
        span: Callable[[Payload, Payload], Number],
        size: Callable[[Payload], Number],
        *,
        noise: Number,
        first: Number,
        last: Number,
    ) -> None:
        self.x = x
        self.at = at
        self.span = span
        self.size = size
        self.noise = noise  # the relative error of a value
        self.first = first  # steps to begin with, from the largest to the smallest
        self.last = last
        self.pieces = True  # whether it may be smooth in pieces only
        self.base, self.decisions = at(x)

    def steps(self) -> Iterator[Number]:
        """First steps, from large to small, as long as they lead anywhere."""
        h = self.first
        while h >= self.last and self.x + h != self.x and h / FALL != h:  # an infinite one never falls
            yield h
            h = h / FALL


class Trouble:
    """Why no difference was taken with a step: on which side, and by which decision; None: no value there."""

    __slots__ = ("decision", "side", "step")

    def __init__(self, step: Number, side: int, decision: int | None) -> None:
        self.step = step
        self.side = side
        self.decision = decision


class Estimate:
    """A derivative and a bound of its error."""

    __slots__ = ("error", "value")

    def __init__(self, value: Number, error: Number) -> None:
        self.value = value
        self.error = error


class Expected:
    """The derivative that is to be verified, and which differences are none: relative ones, absolute ones."""

    __slots__ = ("least", "precision", "value")

    def __init__(self, value: Number, precision: Number, least: Number) -> None:
        self.value = value
        self.precision = precision
        self.least = least

    def agrees(self, estimate: Estimate) -> bool:
        """Whether the two differ by no more than their errors."""
        if self.value == estimate.value:
            return True
        size = max(abs(self.value), abs(estimate.value))
        bound = max(CAUTION * estimate.error, self.precision * size, self.least)
        return bool(size < INFINITY and abs(self.value - estimate.value) <= bound)

    def sharp(self, estimate: Estimate) -> bool:
        """Whether an estimate is so good that nothing a little wrong would agree with it by its error."""
        return bool(estimate.error <= SHARP * max(abs(self.value), abs(estimate.value)))


class Side:
    """One side of a point: the slope, how far from f(x) the values tend, and whether that is a jump."""

    __slots__ = ("gap", "jumps", "slope")

    def __init__(self, slope: Estimate, gap: Number, *, jumps: bool = False) -> None:
        self.slope = slope
        self.gap = gap
        self.jumps = jumps


class Finding:
    """What differences say of a point.

    `slope` is the derivative, None where there is none; then `left` and `right` are the two sides, None where
    there are no values. `trouble` is the decision or the missing value that stood in the way of larger steps.
    """

    __slots__ = ("left", "right", "slope", "trouble")

    def __init__(
        self,
        slope: Estimate | None,
        trouble: Trouble | None = None,
        left: Side | None = None,
        right: Side | None = None,
    ) -> None:
        self.slope = slope
        self.trouble = trouble
        self.left = left
        self.right = right

    @property
    def jumps(self) -> bool:
        """Whether the values of a side do not tend to the value at the point."""
        return any(side is not None and side.jumps for side in (self.left, self.right))


def find(f: Function, expected: Expected) -> Finding:
    """The derivative of `f`, or its two sides; one that is not as expected gets every chance."""
    best: Estimate | None = None
    trouble: Trouble | None = None
    step, idle = f.first, 0
    if f.base is None:
        return Finding(None)
    for h in f.steps():
        attempt = _extrapolated(f, h, 0.1 * expected.precision)
        if isinstance(attempt, Trouble):
            if best is not None:
                break
            if trouble is None and _at_once(f, attempt):
                return _sides(f, attempt)
            trouble = attempt
            continue
        agrees = expected.agrees(attempt)
        if agrees and attempt.error <= 0.1 * expected.precision * abs(attempt.value):
            best, step = attempt, h
            break
        rank = (agrees and expected.sharp(attempt), -attempt.error)
        if best is None or rank > (expected.agrees(best) and expected.sharp(best), -best.error):
            best, step, idle = attempt, h, 0
        else:
            idle += 1
        if idle >= PATIENCE and expected.agrees(best):
            break
    if best is None:
        return _sides(f, trouble)
    if best.error > USABLE * abs(best.value):
        left, right = _vertical(f, -1), _vertical(f, 1)
        if left is not None and left == right:
            return Finding(Estimate(left, 0.0), trouble)
    return _sides(f, trouble) if f.pieces and _bent(f, step, best) else Finding(best, trouble)


def _bent(f: Function, within: Number, slope: Estimate) -> bool:
    """Whether the slopes of the sides differ, to which central differences are blind: sqrt(x**2) at 0."""
    bends = []
    for h in (within * BESIDE, within * BESIDE * BESIDE):
        low, high = f.at(f.x - h)[0], f.at(f.x + h)[0]
        if low is None or high is None or not h:
            return False
        bends.append(abs(f.span(f.base, low) + f.span(f.base, high)) / h)
        # What is large on the way has rounding errors to match, though it cancels in the end.
        noise = f.noise * (f.size(low) + f.size(high) + abs(slope.value * f.x)) / h
    # Nor can a bend be seen that is smaller than what made the slope unsure.
    noise += 0.1 * slope.error * within / h
    return bool(bends[1] > 0.5 * bends[0] and bends[1] > 1000.0 * noise)


def _at_once(f: Function, trouble: Trouble) -> bool:
    """Whether the trouble with a step is that of the smallest, too: then the point itself is the kink."""
    smallest = list(f.steps())[-1]
    there = _central(f, smallest)
    return isinstance(there, Trouble) and (there.decision is None) == (trouble.decision is None)


def _extrapolated(f: Function, h: Number, enough: Number) -> Estimate | Trouble:
    """The best that a tableau of central differences with the steps h, h/RATIO, ... gives.

    An error of `enough`, as a part of the value, ends it.
    """
    row: list[Number] = []
    best: Estimate | None = None
    for level in range(LEVELS):
        slope = _central(f, h)
        if isinstance(slope, Trouble):
            return slope
        quotient, noise = slope
        previous, row = row, [quotient]
        factor = 1.0
        for older in previous:
            factor *= RATIO * RATIO
            row.append((row[-1] * factor - older) / (factor - 1.0))
        for column in range(1, len(row)):
            error = max(abs(row[column] - row[column - 1]), abs(row[column] - previous[column - 1]), noise)
            if best is None or error <= best.error:
                best = Estimate(row[column], error)
        # Three levels may agree by chance. Once they move apart, rounding has the upper hand.
        if level >= 3 and best is not None:
            apart = abs(row[-1] - previous[-1]) >= 2.0 * best.error
            if apart or best.error <= enough * abs(best.value):
                break
        h = h / RATIO
    return best or Estimate(row[0], abs(row[0]))


def _central(f: Function, h: Number) -> tuple[Number, Number] | Trouble:
    """The central difference quotient and its noise."""
    low, high = f.x - h, f.x + h
    values = []
    for side, x in ((-1, low), (1, high)):
        value, decisions = f.at(x)
        # A missing value is what there is to say, whatever was decided on the way to it.
        if value is None or not is_finite(f.span(f.base, value)):
            return Trouble(h, side, None)
        changed = _changed(f.decisions, decisions)
        if changed is not None:
            return Trouble(h, side, changed)
        values.append(value)
    width = high - low
    return f.span(*values) / width, f.noise * (f.size(values[0]) + f.size(values[1])) / width


def _changed(before: Sequence[Payload], after: Sequence[Payload]) -> int | None:
    """The first decision that is another one; None where all are the same."""
    for position, (a, b) in enumerate(zip(before, after, strict=False)):
        if not same(a, b):
            return position
    return None if len(before) == len(after) else min(len(before), len(after))


# --- one side ---


def _sides(f: Function, trouble: Trouble | None) -> Finding:
    """The sides of a point at which the pieces of a function meet, and the derivative where both have one."""
    left, right = _side(f, -1), _side(f, 1)
    finding = Finding(None, trouble, left, right)
    if left is None or right is None or finding.jumps:
        return finding
    a, b = left.slope, right.slope
    apart, size = abs(a.value - b.value), max(abs(a.value), abs(b.value))
    if a.value == b.value or apart <= max(CAUTION * (a.error + b.error), SAME * size):
        finding.slope = Estimate((a.value + b.value) / 2.0, max(a.error, b.error))
    return finding


def _side(f: Function, side: int) -> Side | None:
    """What the values on one side of the point tend to; None where there are none."""
    best: Side | None = None
    idle = 0
    largest = None
    for h in f.steps():
        found = _one_sided(f, side, h)
        if found is None:
            continue
        largest = largest or h
        if best is None or found.slope.error < best.slope.error:
            best, idle = found, 0
        else:
            idle += 1
        if idle == PATIENCE or best.slope.error <= SURE * abs(best.slope.value):
            break
    if best is None or largest is None:
        return None
    best.jumps = _jumps(f, side, largest)
    chord = f.span(f.base, f.at(f.x + side * largest)[0]) / largest
    best.slope.error = max(best.slope.error, SURE * abs(chord))
    if abs(best.slope.value) <= best.slope.error:
        best.slope.value = 0.0 * chord
    if not best.jumps and best.slope.error > USABLE * abs(best.slope.value):
        steep = _vertical(f, side)
        if steep is not None:
            best.slope = Estimate(steep, 0.0)
    return best


def _jumps(f: Function, side: int, largest: Number) -> bool:
    """Whether the values do not come nearer to f(x) with their points."""
    gaps = []
    for h in (largest, list(f.steps())[-1]):
        value, _ = f.at(f.x + side * h)
        gaps.append(None if value is None else abs(f.span(f.base, value)))
    far, near = gaps
    if near is None or far is None:
        return False
    return bool(near > 0.5 * far and near > 1000.0 * f.noise * (f.size(f.base) + f.size(value)))


def _one_sided(f: Function, side: int, h: Number) -> Side | None:
    """Slope and gap from the points at h, h/2, h/4, ... within one piece; None where they are not."""
    distances, gaps, sizes = [], [], []
    first: list[Payload] | None = None
    for _ in range(HALVINGS):
        x = f.x + side * h
        value, decisions = f.at(x)
        gap = None if value is None else f.span(f.base, value)
        if gap is None or not is_finite(gap):
            return None
        if first is not None and _changed(first, decisions) is not None:
            return None
        first = decisions
        distances.append(x - f.x)
        gaps.append(gap)
        sizes.append(f.size(value))
        h = h / 2.0
    if not all(distances):
        return None
    noise = f.noise * (f.size(f.base) + max(sizes))
    slopes = [(gaps[i] - gaps[i + 1]) / (distances[i] - distances[i + 1]) for i in range(len(gaps) - 1)]
    return Side(_limit(slopes, noise / abs(distances[-1])), _limit(gaps, noise).value)


def _limit(values: Sequence[Number], noise: Number) -> Estimate:
    """Where values at h, h/2, h/4, ... tend as h falls to 0 (Richardson)."""
    row = list(values)
    best = Estimate(row[-1], abs(row[-1] - row[-2]) + noise)
    factor = 1.0
    while len(row) > 1:
        factor *= 2.0
        longer, row = row, [(b * factor - a) / (factor - 1.0) for a, b in pairwise(row)]
        error = abs(row[-1] - longer[-1]) + noise
        if error < best.error:
            best = Estimate(row[-1], error)
    return best


def _vertical(f: Function, side: int) -> float | None:
    """inf or -inf where quotients of f(x) and a point beside it grow steadily as that comes nearer."""
    quotients = []
    for h in f.steps():
        value, _ = f.at(f.x + side * h)
        gap = None if value is None else f.span(f.base, value)
        if gap is not None and is_finite(gap) and abs(gap) > BURIED * f.noise * f.size(f.base):
            quotients.append(gap / (side * h))
    growth = [near - wide for wide, near in pairwise(quotients)]
    growth = growth[-HALVINGS:]
    for before, after in pairwise(growth):
        if not before or not ENDLESS <= after / before < STEEPEST:
            return None
    if len(growth) < 2:
        return None
    return INFINITY if growth[-1] > 0 else -INFINITY
