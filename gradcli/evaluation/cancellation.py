"""Digits that are lost on the way to an answer of floats: whether, how many, where, and what is right."""

from __future__ import annotations

from gradcli.engine.grad_mode import no_grad
from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.precision import Precision
from gradcli.evaluation.results import Note
from gradcli.evaluation.safer import safer
from gradcli.evaluation.settling import Bound, errors_of, settle
from gradcli.evaluation.verification import NOTHING, short
from gradcli.evaluation.wider import work
from gradcli.numbers import is_finite, shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.environment import Binding
    from gradcli.evaluation.kinds import Kind
    from gradcli.evaluation.machine import Machine, Traced
    from gradcli.evaluation.results import Payload
    from gradcli.evaluation.settling import Settled

    Number = Any  # a float or an mpf
    Span = tuple[int, int]

FIRST, ENOUGH = 40, 18
"""Digits to begin with, and digits that have to be right for floats to be held against them."""

WAY_OUT = f"gradcli eval --precision {FIRST} shows it"

QUICK = Bound(digits=1000, work=500_000)
"""For a note that nobody asked for."""

PATIENT = Bound(digits=1280, work=5_000_000)
"""For a verification."""

SHOWN = {"float64": 1e-10, "float32": 1e-4}
"""The relative errors that show: in the ten digits of a float64, in some of those of a float32."""


class Lost:
    """One number of an answer with digits lost: of what, at which element, as shown, as it is, how many."""

    __slots__ = ("digits", "error", "of", "right", "uncertain")

    def __init__(self, of: str, right: Number, error: float, digits: int, *, uncertain: bool) -> None:
        self.of = of
        self.right = right
        self.error = error
        self.digits = digits
        self.uncertain = uncertain  # whether it may be 0

    @property
    def text(self) -> str:
        """`the value is 5e-10`."""
        return f"{self.of} {self.words}"

    @property
    def words(self) -> str:
        """`is 5e-10`."""
        return "may be 0" if self.uncertain else f"is {short(self.right)}"


class Losses:
    """All that was lost on the way to an answer, which `settled` has right, and where the first of it was."""

    __slots__ = ("found", "instead", "place", "settled", "work")

    def __init__(
        self, settled: Settled, found: Sequence[Lost], place: Place | None, work: int, *, instead: str = ""
    ) -> None:
        self.instead = instead  # a form of what lost them that does not
        self.settled = settled
        self.work = work  # about how many operations on single numbers it took
        self.found = found
        self.place = place

    @property
    def value(self) -> Lost | None:
        """What the value lost."""
        return next((lost for lost in self.found if lost.of.startswith(VALUE)), None)

    @property
    def wrong(self) -> bool:
        """Whether the value is: at a jump it is one of two that are both right beside it."""
        return self.value is not None and not (self.place is not None and self.place.jumps)

    @property
    def extent(self) -> str:
        """`8 digits are lost by cancellation`: how many and why."""
        first = self.found[0]
        if self.place is not None and self.place.jumps:
            return "rounding decides on which side of a jump this is"
        by = "cancellation" if self.place is None or self.place.cancels else "rounding"
        if first.error < ALL:
            return f"{first.digits} digits are lost by {by}"
        return "all digits cancelled" if by == "cancellation" else "all digits are lost by rounding"

    @property
    def note(self) -> Note:
        """How many digits are lost, where, and what the right numbers are."""
        place = self.place or Place(None, "", cancels=True)
        right = ", ".join(lost.text for lost in self.found[:MOST_NAMED])
        more = len(self.found) - MOST_NAMED
        right += f", and {more} more are lost" if more > 0 else ""
        if place.jumps:
            return Note(f"{place.prefix}{self.extent}: without it {right}", place.span)
        here = " here" if place.span is not None else ""
        keeps = f"; {self.instead} keeps them" if self.instead else ""
        return Note(f"{place.prefix}{self.extent}{here}: {right}{keeps}; {WAY_OUT}", place.span)


ALL = 0.1
"""A relative error from which on no digit is right."""

MOST_NAMED = 3
"""Of so many numbers a note says what is right."""

VALUE = "the value"


class Place:
    """Where digits were lost: its span, what a note begins with, and whether terms cancel there."""

    __slots__ = ("cancels", "jumps", "prefix", "span", "step")

    def __init__(
        self, span: Span | None, prefix: str, *, cancels: bool, step: Traced | None = None
    ) -> None:
        self.step = step  # the operation itself, where it is one of this statement
        self.jumps = step is not None and step.rule is not None and step.rule.name in JUMPS
        self.span = span
        self.prefix = prefix
        self.cancels = cancels


class Unknown(Exception):  # noqa: N818 -- a finding
    """Why it cannot be told what was lost."""


def losses(this: Answer, bound: Bound = QUICK) -> Losses | None:
    """What was lost on the way to an answer of floats; None where nothing shows. Raises Unknown."""
    machine = _traced(this)
    amount = work(this, machine.trace or ())
    if amount * FIRST > bound.work:
        raise Unknown(f"{amount:,} operations are too many to carry out with {FIRST} digits")
    settled = settle(this, FIRST, ENOUGH, bound)
    if settled is None:
        raise Unknown(f"it cannot be computed with {FIRST} digits")
    found = _found(this, settled)
    if not found:
        return None
    place = _place(this, machine, settled.wide.machine)
    if place is SIGN_OF_ZERO:
        return None
    return Losses(settled, found, place, amount, instead=_instead(this, place, settled.wide))


def _instead(this: Answer, place: Place | None, wide: Answer) -> str:
    """What to write for the formula that lost the digits, if that has them; "" where nothing is known."""
    if place is None or place.step is None:
        return ""
    right = {id(step.expression): payload_of(step.out) for step in reversed(wide.machine.trace or ())}
    for found in safer(this, place.step.expression, place.step.frame):
        exact = right.get(id(found.expression))
        if exact is not None and not _differs(found.value, exact, this.source.kind):
            return found.text
    return ""


def quick(this: Answer) -> Losses | None:
    """What was lost, where that can be told soon."""
    try:
        return losses(this)
    except Unknown:
        return None


def _traced(this: Answer) -> Machine:
    """The expression carried out once more in floats, every step noted."""
    machine = this.source.machine()
    machine.trace = []
    with no_grad():
        machine.run(this.statement.expression)
    return machine


def _found(this: Answer, settled: Settled) -> list[Lost]:
    wide, before, kind = settled.wide, settled.before, this.source.kind
    found = [_lost(VALUE, this.value, wide.value, before.value, kind, settled)]
    size = largest(wide.value)
    for binding, gradient, right, earlier in zip(
        this.asked, this.gradients, wide.gradients, before.gradients, strict=True
    ):
        if gradient is not None and right is not None:
            of = f"the gradient by {binding.name}"
            # What a rule rounds on the way back, as that of tanh does, changes nothing of the value.
            spare = 0.0 if this.cancelled else Precision(kind).spare(largest(binding.tensor._value), size)
            found.append(_lost(of, gradient, right, earlier, kind, settled, spare))
    for pair, block in (this.second or {}).items():
        if wide.second and before.second:
            of = f"the second derivative by {' and '.join(pair)}"
            spare = 0.0 if this.cancelled else Precision(kind).spare(1.0, size)
            found.append(_lost(of, block, wide.second[pair], before.second[pair], kind, settled, spare))
    return [lost for lost in found if lost is not None]


def largest(payload: Payload) -> Number:
    """The size of the largest element that is finite."""
    if not shape_of(payload):
        return abs(payload)
    return max((abs(element) for element in payload.flat if is_finite(element)), default=0.0)


def _lost(
    of: str,
    shown: Payload,
    right: Payload,
    earlier: Payload,
    kind: Kind,
    settled: Settled,
    spare: Number = 0.0,
) -> Lost | None:
    """What one payload lost, at the element that is the furthest off; errors up to `spare` are none."""
    worst, at = None, 0
    for position, number, error in errors_of(shown, right, kind):
        if abs(_element(shown, position) - number) <= spare:
            continue
        if error > SHOWN[kind.dtype] and (worst is None or error > worst[1]):
            worst, at = (number, error), position
    if worst is None:
        return None
    number, error = worst
    where, previous = "", earlier
    if shape_of(right):
        from numpy import unravel_index

        where = f" at [{', '.join(str(int(i)) for i in unravel_index(at, shape_of(right)))}]"
        previous = earlier.flat[at]
    vanishes = settled.vanishes(previous, number)
    uncertain = not settled.sure and vanishes
    if (vanishes or not number) and abs(_element(shown, at)) <= (0.0 if of == VALUE else NOTHING):
        return None
    digits = round(_digits(kind) + _log10(error))
    return Lost(of + where, number, float(error), digits, uncertain=uncertain)


def _element(payload: Payload, position: int) -> Any:
    element = payload.flat[position] if shape_of(payload) else payload
    return element if hasattr(element, "_mpf_") else float(element)


def _digits(kind: Kind) -> float:
    return 7.2 if kind.dtype == "float32" else 15.95


def _log10(error: Number) -> float:
    return float(error.context.log10(error))


# --- where ---


TINY = 1e-12
"""A part of the largest element of an array, from which on the first loss is looked for."""

SIGN_OF_ZERO = Place(None, "", cancels=False)
"""No place: what differs is the sign of a zero, which decimals have not."""


def _place(this: Answer, floats: Machine, wide: Machine) -> Place | None:
    """The first operation whose outcome lost digits that show; None where only a gradient lost some."""
    kind = this.source.kind
    for step, exact in zip(floats.trace or (), wide.trace or (), strict=False):
        if step.expression is not exact.expression:
            return None  # another branch was taken
        if not _differs(step.out, exact.out, kind):
            continue
        for operand, right in zip(step.operands, exact.operands, strict=False):
            if operand is not None and _differs(operand, right, kind):
                return _within_intermediate(this, operand)
        if step.rule is not None and step.rule.name in SIGNED and _has_zero(step.operands):
            return SIGN_OF_ZERO
        return _of_step(step)
    return None


def _differs(a: Any, b: Any, kind: Kind) -> bool:
    a, b = payload_of(a), payload_of(b)
    if hasattr(b, "_mpf_") or shape_of(b):
        return any(error > SHOWN[kind.dtype] for _, _, error in errors_of(a, b, kind, TINY))
    return False  # a float is what it is in either


def _has_zero(operands: Sequence[Any]) -> bool:
    return any(not shape_of(value) and value == 0 for value in map(payload_of, operands))


def _of_step(step: Traced) -> Place:
    frame = step.frame
    cancels = step.rule is None or step.rule.name in SUMS
    if frame is None or frame.call is None:
        return Place(step.expression.span, "", cancels=cancels, step=step)
    prefix = "" if frame.function is None else f"in {frame.function.name}(): "
    return Place(frame.call.span, prefix, cancels=cancels, step=step)


def _within_intermediate(this: Answer, operand: Any) -> Place | None:
    """The intermediate that an operand is: its digits were lost in an earlier statement."""
    binding: Binding
    for binding in this.machine.mentioned:
        if binding.tensor is operand:
            return Place(None, f"in {binding.name}, line {binding.line}: ", cancels=True)
    return None


SIGNED = frozenset(("atan2", "div", "pow"))
"""Rules that ask for the sign of a zero."""

JUMPS = frozenset(
    ("floor", "ceil", "round", "trunc", "sign", "floordiv", "mod", "lt", "le", "gt", "ge", "eq", "ne")
)
"""Rules of which the outcome jumps."""

SUMS = frozenset(
    ("add", "sub", "sum", "mean", "dot", "matmul", "cumsum", "det", "inv", "solve", "var", "std", "trace")
)
"""Rules that add terms up, which may cancel."""
