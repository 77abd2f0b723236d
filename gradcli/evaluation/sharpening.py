"""The digits of a decimal answer: as many more are computed with as it takes for those that are shown."""

from __future__ import annotations

from mpmath import libmp

from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.results import Note
from gradcli.evaluation.settling import LIKELY, Bound, settle
from gradcli.evaluation.verification import short
from gradcli.numbers import is_finite, precise, shape_of, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.kinds import Decimal
    from gradcli.evaluation.machine import Traced
    from gradcli.evaluation.results import Payload
    from gradcli.evaluation.settling import Settled

    Number = Any  # an mpf

SPARE, ENOUGH = 15, 2
"""Digits to compute with beside those that are asked for, and how many of them have to be right."""

KEPT = 10
"""Digits that a number keeps beside those that are shown, so that these are rounded once."""

MOST_DIGITS, MOST_WORK = 4_000, 20_000_000
"""So many digits the search goes up to, or four times those asked; and so many for all the operations."""


def sharpen(this: Answer, kind: Decimal) -> Answer | None:
    """Give an answer its digits from one with more, which is returned; adds notes where these are too few."""
    digits = kind.digits
    bound = Bound(max(MOST_DIGITS, 4 * digits), MOST_WORK)
    settled = settle(this, digits + SPARE, digits + ENOUGH, bound)
    if settled is None:
        this.notes.append(Note("the last digits are not certain: no more can be computed with"))
        return None
    shown = _Shown(this, settled, kind)
    wide, before = settled.wide, settled.before
    if not settled.sure and not is_finite(wide.value):
        this.notes += _cancelled(wide, settled.digits)
    this.value = shown.payload("the value", before.value, wide.value)
    for position, (binding, right) in enumerate(zip(this.asked, wide.gradients, strict=True)):
        if this.gradients[position] is not None and right is not None:
            of = f"the gradient by {binding.name}"
            this.gradients[position] = shown.payload(of, before.gradients[position], right)
    for pair, right in (wide.second or {}).items():
        if this.second is not None and before.second is not None:
            of = f"the second derivative by {' and '.join(pair)}"
            this.second[pair] = shown.payload(of, before.second[pair], right)
    return wide


def _cancelled(wide: Answer, digits: int) -> list[Note]:
    """A note where a nan or inf comes of a 0 that rounded terms leave, which may be another number."""
    trace = wide.machine.trace or []
    made = {id(step.out): step for step in trace}
    for step in trace:
        if is_finite(payload_of(step.out)):
            continue
        for operand in step.operands:
            terms = made.get(id(operand))
            if terms is not None and _leaves_0(terms, made):
                span = terms.expression.span if terms.frame is None else None
                return [Note(CANCELLED.format(digits), span)]
    return []


def _leaves_0(step: Traced, made: dict[int, Traced]) -> bool:
    """Whether terms cancel of which one was rounded."""
    if step.rule is None or step.rule.name not in ("add", "sub") or size_of(payload_of(step.out)) > 1:
        return False
    computed = [made[id(operand)] for operand in step.operands if id(operand) in made]
    rounded = any(each.rule is None or each.rule.name not in EXACT for each in computed)
    return rounded and not payload_of(step.out)


EXACT = frozenset(("add", "sub", "mul", "neg", "abs"))
"""Rules that round nothing while there are digits enough."""

CANCELLED = "with {:,} digits all of this cancels, and more may leave another number than 0"


class _Shown:
    """What is shown of numbers with more digits, as far as they are settled."""

    __slots__ = ("kind", "notes", "settled")

    def __init__(self, this: Answer, settled: Settled, kind: Decimal) -> None:
        self.notes = this.notes
        self.settled = settled
        self.kind = kind

    def payload(self, of: str, before: Payload, wide: Payload) -> Payload:
        """A payload with the digits that are shown; 0 for what gets smaller with every digit."""
        if self.settled.sure:
            return rounded(wide, self.kind)
        doubts: dict[str, Number] = {}

        def one(earlier: Number, number: Number) -> Number:
            if self._certain(earlier, number):
                return rounded(number, self.kind)
            if self.settled.vanishes(earlier, number):
                doubts[MAY_BE_0] = number
                return rounded(0 * number, self.kind)
            doubts[UNCERTAIN] = number
            return rounded(number, self.kind)

        shown = _each(one, before, wide)
        for text, number in doubts.items():
            self.notes.append(Note(text.format(of, self.settled.digits, short(number))))
        return shown

    def _certain(self, earlier: Number, number: Number) -> bool:
        """Whether one number has the digits that are asked for, whatever the others have."""
        if not is_finite(number):
            return True  # as it always was
        if not is_finite(earlier):
            return False
        difference = abs(precise.number(earlier, number) - number)
        if not difference or not number:
            return not difference
        magnitude = number.context.mag
        shared = 0.30103 * (magnitude(number) - magnitude(difference))
        lost = self.settled.known - shared
        return bool(shared >= LIKELY and self.settled.digits - lost >= self.kind.digits + ENOUGH)


MAY_BE_0 = "{} may be 0, which is shown: with {:,} digits it is {}"

UNCERTAIN = "not all digits of {} are certain: with {:,} digits it is {}, and more may make it another"


def _each(function: Callable[[Number, Number], Number], before: Payload, wide: Payload) -> Payload:
    if not shape_of(wide):
        return function(before, wide)
    from numpy import frompyfunc

    return frompyfunc(function, 2, 1)(before, wide)


def rounded(payload: Payload, kind: Decimal) -> Payload:
    """A payload of more digits as one of `kind`, which keeps some more than it shows."""
    if shape_of(payload):
        from numpy import frompyfunc

        return frompyfunc(lambda element: rounded(element, kind), 1, 1)(payload)
    bits = libmp.dps_to_prec(kind.digits + KEPT)
    return kind.context.make_mpf(libmp.mpf_pos(payload._mpf_, bits, "n"))
