"""Gradients beside numeric derivatives of the same program: by complex step, or by central differences."""

from __future__ import annotations

from random import Random

from gradcli.evaluation.conventions import hits
from gradcli.evaluation.differences import Estimate, Expected, Finding, Function, find
from gradcli.evaluation.precision import Precision
from gradcli.evaluation.replay import Program, Way, remember
from gradcli.evaluation.results import Note
from gradcli.evaluation.verification import (
    CENTRAL_DIFFERENCE,
    COMPLEX_STEP,
    EDGE,
    JUMP,
    KINK,
    NOTHING,
    UNDEFINED,
    UNSURE,
    Outcome,
    Place,
    Verification,
    summed_up,
)
from gradcli.numbers import is_finite, namespace_of, quiet, shape_of, size_of
from gradcli.numbers.complexes import NotAnalytic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.cancellation import Losses
    from gradcli.evaluation.results import Payload

    Number = Any  # a float or an mpf

MOST_ELEMENTS = 10_000
"""So many elements of a variable are verified; each costs some ten evaluations."""

MOST_WORK = 150_000_000
"""So many numbers may be computed for one variable before fewer of its elements are drawn ..."""

DECIMALS = 200
"""So many times as long it takes to compute with the digits of which floats have lost some."""

LEAST_ELEMENTS = 20
"""... but not fewer than this."""

SEED = 0
TINY = (1e-20, 1e-100)  # the complex steps, as parts of x or 1: another where the first is not tiny enough
LEAST_STEP = 1e-300
LEAST = 1e-7  # the size of an x of 0 for the smallest of differences
EVALUATIONS = 20  # of an element, about
OVERHEAD = 50  # numbers that are computed in the time that an operation costs by itself
"""What the estimate of the work rests on."""


def verify(this: Answer) -> list[Verification | None]:
    """What verifying finds for each variable that is asked; None where it has no gradient. Adds the notes."""
    this.lost = _lost(this)
    if all(gradient is None for gradient in this.gradients):
        return [None] * len(this.asked)
    # Where digits are lost, the same formula in floats proves nothing.
    exact = this.exact if this.lost is None else this.lost.settled.wide
    means = exact if this.lost is None or affordable(this, this.lost.work) else this
    work = Work(means, Program(remember(means.source, means.statement.expression)), this)
    found = [
        None
        if gradient is None or right is None
        else work.variable(
            Way(work.program, binding.tensor, work.precision.convert), binding.name, gradient, right
        )
        for binding, gradient, right in zip(means.asked, this.gradients, exact.gradients, strict=True)
    ]
    for verification in found:
        this.notes += verification.notes if verification is not None else ()
    this.notes += _held(this, work.program)
    return found


def affordable(this: Answer, operations: int) -> bool:
    """Whether differences can be taken of decimals, for one variable after the other."""
    elements = sum(min(size_of(binding.tensor._value), LEAST_ELEMENTS) for binding in this.asked)
    return operations * elements * EVALUATIONS <= MOST_WORK // DECIMALS


def _lost(this: Answer) -> Losses | None:
    """The digits that were lost on the way to an answer of floats, of which a note tells."""
    if not this.source.kind.plain or not is_finite(this.value):
        return None
    from gradcli.evaluation.cancellation import PATIENT, Unknown, losses

    try:
        lost = losses(this, PATIENT)
    except Unknown as unknown:
        this.notes.append(Note(f"whether digits are lost is not known: {unknown}"))
        return None
    if lost is not None:
        this.notes.append(lost.note)
    return lost


def _held(this: Answer, program: Program) -> list[Note]:
    """Notes on what the gradient leaves out and the numeric derivative so has to hold fixed."""
    notes = [
        Note(
            "what detach hides from the gradient, the numeric derivative holds fixed",
            None if intermediate else expression.span,
        )
        for intermediate, expression in program.held
    ]
    for binding in this.machine.mentioned:
        leaves = binding.leaves or ()
        if not binding.tensor.requires_grad and any(leaf.tensor.requires_grad for leaf in leaves):
            notes.append(Note(f"{binding.name} carries no gradient: the numeric derivative holds it fixed"))
    return notes


class Work:
    """The verification of one result: its program, and what the gradient is of.

    It is done with `this`, which has more digits than the answer that is `shown`, or is that itself.
    """

    __slots__ = (
        "cancelled", "cotangent", "decimals", "most", "pieces", "precise_value", "precision", "program",
        "rounded", "shown", "value", "wider",
    )  # fmt: skip

    def __init__(self, this: Answer, program: Program, shown: Answer) -> None:
        self.program = program
        self.most = MOST_ELEMENTS
        self.precision = Precision(this.source.kind)
        self.shown = Precision(shown.source.kind)
        self.cancelled = shown.cancelled
        self.wider = this is not shown
        self.decimals = this is not shown and shown.source.kind.plain
        self.pieces = bool(hits(shown.machine.conventions, 1)) or not all(
            gradient is None or is_finite(gradient) for gradient in shown.gradients
        )
        self.value = this.value
        self.precise_value = self.precision.convert(this.value)
        cotangent = this.cotangent
        if cotangent is None:  # no gradient flows from here, as where a branch of an `if` is constant
            cotangent = namespace_of(this.value).ones_like(this.value)
        self.cotangent = self.precision.convert(cotangent)
        self.rounded = self._size(self.precise_value)  # the size of what was rounded on the way

    def variable(self, way: Way, name: str, gradient: Payload, right: Payload) -> Verification:
        """Verify the gradient of one variable, a number or an array of them; `right` may have more digits."""
        if not shape_of(way.start):
            outcome = self.number(way, name, right if self.wider else gradient, way.start)
            self._compare(outcome, gradient, right, way.start)
            note = outcome.note()
            return Verification(outcome.numeric, [outcome], [note] if note else [], 0)
        return self._array(way, name, gradient, right)

    def _compare(self, outcome: Outcome, gradient: Number, right: Number, x: Number) -> None:
        """Hold the gradient that is shown against the one with more digits, where there is one."""
        if outcome.numeric is not None:
            outcome.numeric = self.shown.back(outcome.numeric)
        if right is gradient or not is_finite(right):
            return
        outcome.gradient = gradient = _plain(gradient)
        size = max(abs(right), abs(gradient), self.shown.least)
        spare = 0.0 if self.cancelled else self.shown.spare(x, self.rounded)
        outcome.lost = bool(abs(gradient - right) > max(self.shown.central * size, spare))
        outcome.agrees = outcome.agrees and not outcome.lost

    def _array(self, way: Way, name: str, gradient: Payload, right: Payload) -> Verification:
        import numpy

        shape = shape_of(way.start)
        numeric = numpy.full(shape, None, dtype=object)
        outcomes = []
        indices = self._drawn(way)
        for position in indices:
            index = tuple(int(i) for i in numpy.unravel_index(position, shape))

            def moved(x: Number, index: tuple[int, ...] = index) -> Any:
                array = way.start.copy()
                array[index] = x
                return array

            where = f"{name}[{', '.join(map(str, index))}]"
            computed = right if self.wider else gradient
            x = _plain(way.start[index])
            outcome = self.number(way, where, computed[index], x, moved)
            self._compare(outcome, gradient[index], gradient[index] if right is gradient else right[index], x)
            numeric[index] = outcome.numeric
            outcomes.append(outcome)
        left_out = size_of(way.start) - len(indices)
        notes = summed_up(outcomes)
        if left_out:
            notes.append(
                Note(
                    f"{len(indices):,} of the {size_of(way.start):,} elements of {name} were verified, drawn "
                    f"at random (seed {SEED}); the others were not"
                )
            )
        return Verification(numeric, outcomes, notes, left_out)

    def _drawn(self, way: Way) -> Sequence[int]:
        """The positions of the elements to verify: all, or as many as can be done in some seconds."""
        size = size_of(way.start)
        cost = size + sum(OVERHEAD + self.program.size(position) for position in way.positions)
        work = MOST_WORK if not self.decimals else MOST_WORK // DECIMALS
        most = min(max(work // (EVALUATIONS * cost), LEAST_ELEMENTS), self.most)
        if size <= most:
            return range(size)
        return sorted(Random(SEED).sample(range(size), most))

    def number(
        self,
        way: Way,
        name: str,
        gradient: Number,
        x: Number,
        moved: Callable[[Number], Payload] | None = None,
    ) -> Outcome:
        """Verify one number: by the complex step if that works, else by differences.

        For an element of an array `moved` makes the array with the element at another value.
        """
        gradient = self.precision.convert(_plain(gradient))
        if not way.leads_there:
            nothing = 0.0 * self.precision.noise
            return Outcome(name, gradient, nothing, 0.0, COMPLEX_STEP, agrees=bool(gradient == 0))
        if type(x) is float and moved is None and not shape_of(self.value):
            outcome = self._by_complex_step(way, name, gradient, x)
            if outcome is not None:
                return outcome
        return self._by_differences(way, name, gradient, x, moved or _itself)

    def _by_complex_step(self, way: Way, name: str, gradient: float, x: float) -> Outcome | None:
        """What the complex step finds; None where it gives no derivative, or not the same with every step."""
        first: float | None = None
        for tiny in TINY:
            h = max(tiny * min(abs(x) or 1.0, 1.0), LEAST_STEP)
            try:
                out, largest = way.complex(h)
            except (NotAnalytic, OverflowError, ValueError, ZeroDivisionError):
                return None
            numeric = out.imag / h * self.cotangent
            if not is_finite(numeric) or not is_finite(out.real):
                return None
            # What cancels on the way leaves the rounding errors of its parts behind.
            precision = self.precision
            size = max(abs(numeric), abs(gradient))
            bound = precision.bound(precision.complex, x, gradient, self.value) * size
            residue = precision.spare(x, abs(out.real))
            bound = max(bound, residue, precision.left * largest, precision.least)
            agrees = abs(gradient - numeric) <= bound
            settled = first is not None and abs(first - numeric) <= bound
            if agrees or settled:
                return Outcome(name, gradient, numeric, 0.0, COMPLEX_STEP, agrees=agrees)
            first = numeric
        return None

    def _by_differences(
        self, way: Way, name: str, gradient: Number, x: Number, moved: Callable[[Number], Payload]
    ) -> Outcome:
        precision = self.precision
        size = max(abs(x), 1.0) if x == x else 1.0
        bound = precision.bound(precision.central, x, gradient, self.value)
        residue = max(precision.least, precision.spare(size, self._size(self.precise_value)))
        expected = Expected(gradient, bound, residue)
        f = Function(
            x,
            lambda x: way.at(moved(x)),
            self._span,
            self._size,
            noise=precision.noise,
            first=precision.first * size,
            last=precision.last * (abs(x) or LEAST),
        )
        f.pieces = self.pieces or bool(f.decisions)
        finding = Finding(None) if self._undefined(f) else find(f, expected)
        place = None
        trouble = finding.trouble
        if trouble is not None and trouble.decision is not None:
            place = _place(way, moved(x + trouble.side * trouble.step), trouble.decision)
        outcome = _judged(name, expected, finding, place)
        if not outcome.agrees and f.base is not None and not is_finite(f.base):
            # Of the elements that are nan nothing can be told, not even whether they stay so.
            return _judged(name, expected, Finding(None), place)
        return outcome

    def _undefined(self, f: Function) -> bool:
        """Whether the result, or an infinite element in which the variable has a part, has no slope."""
        if f.base is None or is_finite(f.base):
            return f.base is None
        if not shape_of(f.base):
            return True
        reached, _ = f.at(f.x * float("nan"))
        if reached is None or shape_of(reached) != shape_of(f.base):
            return True
        xp = namespace_of(f.base)
        lost = xp.logical_and(xp.isnan(reached), xp.isinf(f.base))
        return bool(xp.amax(lost) != 0)

    def _span(self, low: Payload, high: Payload) -> Number:
        """By how much the quantity grows that the gradient is of, from one value to another."""
        if not shape_of(low) and not shape_of(high):
            return (high - low) * self.cotangent
        if shape_of(low) != shape_of(high):  # arange(x), where x passes a whole number
            return float("nan")
        xp = namespace_of(low, high)
        with quiet():
            # An element on which nothing depends may be nan or infinite: then it is no less the same.
            same = xp.logical_or(xp.eq(low, high), xp.logical_and(xp.isnan(low), xp.isnan(high)))
            return xp.sum(xp.where(same, 0.0, high - low) * self.cotangent)

    def _size(self, value: Payload) -> Number:
        """About how large the terms of that quantity are."""
        if not shape_of(value):
            return abs(value * self.cotangent)
        xp = namespace_of(value)
        with quiet():
            term = xp.abs(value * self.cotangent)
            return xp.amax(xp.where(xp.isfinite(term), term, 0.0)) if size_of(value) else 0.0


UNSETTLED = 0.01
"""A relative error from which on differences have found nothing."""


def _itself(x: Number) -> Payload:
    return x


def _plain(number: Any) -> Any:
    """An element of an array as a number by itself."""
    return float(number) if type(number).__module__ == "numpy" and not shape_of(number) else number


def _judged(name: str, expected: Expected, finding: Any, place: Place | None) -> Outcome:
    """What the findings of differences mean for a gradient."""
    left, right, gradient = finding.left, finding.right, expected.value

    def outcome(slope: Estimate | None, *, agrees: bool, reason: str = "") -> Outcome:
        numeric, error = (None, 0.0) if slope is None else (slope.value, float(slope.error))
        return Outcome(
            name,
            gradient,
            numeric,
            error,
            CENTRAL_DIFFERENCE,
            agrees=agrees,
            reason=reason,
            finding=finding,
            place=place,
        )

    if finding.slope is not None:
        agrees = expected.agrees(finding.slope)
        if finding.slope.value == finding.slope.error == 0:  # flat: what is left of the gradient is rounding
            agrees = bool(abs(gradient) <= NOTHING)
        if not agrees and finding.slope.error > UNSETTLED * abs(finding.slope.value):
            return outcome(None, agrees=False, reason=UNSURE)
        return outcome(finding.slope, agrees=agrees, reason=KINK if left is not None and not agrees else "")
    if left is None and right is None:
        return outcome(None, agrees=bool(gradient != gradient), reason=UNDEFINED)
    if finding.jumps:
        beside = [side.slope for side in (left, right) if side is not None]
        return outcome(None, agrees=any(map(expected.agrees, beside)), reason=JUMP)
    if left is None or right is None:
        slope = (left or right).slope
        return outcome(slope, agrees=expected.agrees(slope), reason=EDGE)
    low, high = sorted((left.slope, right.slope), key=lambda slope: slope.value)
    between = low.value <= gradient <= high.value or expected.agrees(low) or expected.agrees(high)
    return outcome(None, agrees=bool(between), reason=KINK)


def _place(way: Way, x: Payload, decision: int) -> Place | None:
    """Where the operation stands that makes a decision at x."""
    found = way.decided_by(x, decision)
    if found is None:
        return None
    step, variable = found
    if variable:
        return Place(None, variable)
    frame = step.frame
    return Place((step.expression if frame is None or frame.call is None else frame.call).span, "")
