"""What verifying a gradient found, of each element and of each variable, and how a note says it."""

from __future__ import annotations

from gradcli.evaluation.results import Note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.evaluation.differences import Finding
    from gradcli.evaluation.results import Payload

    Number = Any
    Span = tuple[int, int]

INFINITY = float("inf")

COMPLEX_STEP = "complex step"
CENTRAL_DIFFERENCE = "central difference"

# Why a gradient need not be the derivative: at the point itself there is none, or only that of one side.
KINK = "kink"
JUMP = "jump"
EDGE = "edge"
UNDEFINED = "undefined"
UNSURE = "unsure"

YES = "yes"

SLIGHT = 1e-4
"""A relative difference below this may come from rounding, where large numbers cancel."""

NOTHING = 1e-12
"""A gradient that rounding may leave behind where a function is flat."""

NEAR = 1e-3
"""A kink that lies nearer than this, compared with x or 1, is worth a word where nothing else is wrong."""


class Place:
    """An operation that a kink or jump is of: its place in the text, or else the variable it computed."""

    __slots__ = ("span", "variable")

    def __init__(self, span: Span | None, variable: str) -> None:
        self.span = span
        self.variable = variable


class Outcome:
    """What was found for one number: a leaf, or an element of one.

    `numeric` is the numeric derivative, None where there is none; `error` is what it may be off by. `reason`
    is "" where the point is an ordinary one, else KINK, JUMP, EDGE, UNDEFINED or UNSURE.
    """

    __slots__ = (
        "agrees", "error", "finding", "gradient", "lost", "method", "name", "numeric", "order", "place",
        "reason",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        gradient: Number,
        numeric: Number | None,
        error: float,
        method: str,
        *,
        agrees: bool,
        reason: str = "",
        finding: Finding | None = None,
        place: Place | None = None,
    ) -> None:
        self.name = name
        self.gradient = gradient
        self.numeric = numeric
        self.error = error
        self.method = method
        self.agrees = agrees
        self.reason = reason
        self.finding = finding
        self.place = place
        self.order = 1  # of the derivative
        self.lost = False  # whether the gradient is wrong for the digits that it lost, of which a note tells

    @property
    def what(self) -> str:
        """What is verified, in words."""
        return "gradient" if self.order == 1 else "second derivative"

    @property
    def difference(self) -> Number | None:
        """How far the gradient is from the numeric derivative; None where one of them is no number."""
        if self.numeric is None:
            return None
        if self.gradient == self.numeric:
            return 0.0
        difference = abs(self.gradient - self.numeric)
        return difference if difference < INFINITY else None

    @property
    def relative(self) -> Number | None:
        """The same as a part of the larger of the two."""
        difference = self.difference
        if not difference or self.numeric is None:
            return difference
        return difference / max(abs(self.gradient), abs(self.numeric))

    @property
    def sides(self) -> tuple[float | None, float | None] | None:
        """The slopes to the left and to the right, where they are what there is to say."""
        if self.reason not in (KINK, JUMP, EDGE) or self.finding is None:
            return None
        left, right = self.finding.left, self.finding.right
        return (
            None if left is None else float(left.slope.value),
            None if right is None else float(right.slope.value),
        )

    def note(self) -> Note | None:
        """What a reader should know of it; None where all is well."""
        text = "" if self.lost else (_WORDS if self.order == 1 else _WORDS_OF_SECOND)[self.reason](self)
        if not text:
            return None
        where = f"in {self.place.variable}: " if self.place is not None and self.place.variable else ""
        return Note(where + text, None if self.place is None else self.place.span)


class Verification:
    """What was found for one variable.

    `numeric` has the variable's shape; an element of it is None where there is no derivative, or where it was
    not verified. `difference`, `relative` and `error` are those of the element `worst`, the furthest off.
    `unverified` counts the elements that were left out.
    """

    __slots__ = ("notes", "numeric", "outcomes", "unverified", "worst")

    def __init__(
        self, numeric: Payload | None, outcomes: Sequence[Outcome], notes: Sequence[Note], unverified: int
    ) -> None:
        self.numeric = numeric
        self.outcomes = outcomes
        self.notes = notes
        self.unverified = unverified
        self.worst = max(outcomes, key=_badness, default=None)

    @property
    def agrees(self) -> bool:
        """Whether the gradient is the derivative everywhere, or a slope between those of the two sides."""
        return all(outcome.agrees for outcome in self.outcomes)

    @property
    def wrong(self) -> bool:
        """Whether somewhere the gradient is another number than the derivative, and there is one."""
        return any(mistaken(outcome) for outcome in self.outcomes)

    @property
    def word(self) -> str:
        """All of it in a word: yes, no, or what the point is."""
        worst = self.worst
        if worst is None:
            return YES
        if worst.order == 2 and worst.reason == JUMP:
            return KINK  # of the function itself
        return worst.reason or (YES if worst.agrees else "no")

    @property
    def method(self) -> str:
        """COMPLEX_STEP or CENTRAL_DIFFERENCE."""
        return CENTRAL_DIFFERENCE if self.worst is None else self.worst.method


def mistaken(outcome: Outcome) -> bool:
    """Whether a gradient is wrong: not by convention, nor infinite or nan, of which other notes tell."""
    return not outcome.agrees and not outcome.reason and outcome.difference is not None


def _badness(outcome: Outcome) -> tuple[bool, bool, bool, Number]:
    off = outcome.difference
    return (
        not outcome.agrees and not outcome.reason,
        not outcome.agrees,
        bool(outcome.reason),
        INFINITY if off is None else off,
    )


def summed_up(outcomes: Sequence[Outcome]) -> list[Note]:
    """A note for what is said of the elements of an array: the worst of each kind, and how many there are."""
    kinds: dict[tuple[str, bool], list[tuple[Outcome, Note]]] = {}
    for outcome in outcomes:
        note = outcome.note()
        if note is not None:
            kinds.setdefault((outcome.reason, mistaken(outcome)), []).append((outcome, note))
    notes = []
    for found in kinds.values():
        _, note = max(found, key=lambda pair: pair[0].difference or 0.0)
        more = len(found) - 1
        said = f"; so at {more:,} more element{'s' if more > 1 else ''}" if more else ""
        notes.append(Note(note.text + said, note.span))
    return notes


# --- words ---


def short(number: Number) -> str:
    """A number as a note shows it."""
    return _shown(number, 10)


def near(number: Number | None) -> str:
    """A slope of one side, which is known less well."""
    return "unknown" if number is None else _shown(number, 6)


def rough(number: Number) -> str:
    """A number of which the size matters."""
    return _shown(number, 2)


def _shown(number: Number, digits: int) -> str:
    if hasattr(number, "_mpf_") and number and not 1e-300 < abs(number) < 1e300:  # more than a float holds
        from mpmath import nstr

        return str(nstr(number, digits))
    return format(float(number) + 0.0, f".{digits}g")


def _plain(o: Outcome) -> str:
    close = _close_by(o)
    if o.agrees:
        size = max(abs(o.gradient), abs(o.numeric or 0.0))
        if o.error > 1e-4 * size and o.error > 1e-7:
            return f"the numeric derivative by {o.name} is known to ±{rough(o.error)} only"
        return f"{close}: the numeric derivative by {o.name} is that of this side" if close else ""
    if o.difference is None:
        return (
            f"the {o.what} by {o.name} is {short(o.gradient)}, and the numeric derivative {short(o.numeric)}"
        )
    relative = o.relative
    part = f" ({rough(100 * relative)} %)" if relative and relative < 1 else ""
    sure = (
        "which the complex step gives to the last digits"
        if o.method == COMPLEX_STEP
        else f"which is sure to ±{rough(o.error)}"
    )
    much = "is wrong: it differs" if relative and relative > SLIGHT else "differs"
    why = "there is no kink or jump near" if relative and relative > SLIGHT else "rounding may be why"
    return (
        f"the {o.what} by {o.name} {much} by {rough(o.difference)}{part} from the numeric derivative "
        f"{short(o.numeric)}, {sure}; {close or why}"
    )


def _close_by(o: Outcome) -> str:
    finding = o.finding
    trouble = None if finding is None or finding.left is not None else finding.trouble
    if trouble is None or trouble.step > NEAR:
        return ""
    what = "the domain ends" if trouble.decision is None else "there is a kink or jump"
    return f"{what} within {rough(trouble.step)} of {o.name}"


def _at_kink(o: Outcome) -> str:
    finding = o.finding
    gradient = short(o.gradient)
    if finding is not None and finding.slope is not None:
        return (
            f"{o.name} is where pieces meet, with the slope {short(finding.slope.value)} on both sides; "
            f"the gradient {gradient} follows from the conventions for the pieces"
        )
    verdict = "is a convention" if o.agrees else "is neither of them, nor between them"
    if o.gradient != o.gradient:
        verdict = "has no meaning"
    return f"{o.name} is at a kink: {_beside(o)}; the gradient {gradient} {verdict}"


def _beside(o: Outcome) -> str:
    """The slopes of both sides."""
    left, right = o.sides or (None, None)
    return f"the slope is {near(left)} to the left and {near(right)} to the right"


def _at_jump(o: Outcome) -> str:
    finding = o.finding
    if finding is None or finding.left is None or finding.right is None:
        return f"{o.name} is at a jump: there is no derivative"
    height = finding.right.gap - finding.left.gap
    if abs(height) <= 1e-9 * abs(finding.right.gap):
        return f"{o.name} is at a point where the value is another than beside it: there is no derivative"
    return f"{o.name} is at a jump by {near(height)}: there is no derivative; {_beside(o)}"


def _at_edge(o: Outcome) -> str:
    left, right = o.sides or (None, None)
    missing, there, slope = ("left", "right", right) if left is None else ("right", "left", left)
    text = (
        f"{o.name} is at the edge of the domain: there is no value to the {missing}, and to the {there} "
        f"the slope is {near(slope)}"
    )
    return text if o.agrees else f"{text}; the gradient is {short(o.gradient)}"


def _nowhere(o: Outcome) -> str:
    return f"there is no numeric derivative by {o.name}: the values here or beside it are nan or infinite"


def _unsettled(o: Outcome) -> str:
    return f"no numeric derivative by {o.name} was found: the differences settle on none, however small"


_WORDS = {
    "": _plain,
    KINK: _at_kink,
    JUMP: _at_jump,
    EDGE: _at_edge,
    UNDEFINED: _nowhere,
    UNSURE: _unsettled,
}


def _second_beside(o: Outcome) -> str:
    """What there is to say of a second derivative where the first ones have a kink."""
    if o.agrees or o.gradient != o.gradient:
        return ""
    left, right = o.sides or (None, None)
    return (
        f"the second derivative by {o.name} is {short(o.gradient)}, and the numeric one {near(left)} to the "
        f"left and {near(right)} to the right"
    )


def _nothing(_: Outcome) -> str:
    return ""


def _second_plain(o: Outcome) -> str:
    return "" if o.agrees else _plain(o)


def _second_unsettled(o: Outcome) -> str:
    return f"no numeric second derivative by {o.name} was found: the differences settle on none"


_WORDS_OF_SECOND = {
    "": _second_plain,
    KINK: _second_beside,
    JUMP: _nothing,  # a kink of the function, of which other notes tell
    EDGE: _second_beside,
    UNDEFINED: _nothing,
    UNSURE: _second_unsettled,
}
