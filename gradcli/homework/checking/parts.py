"""On which parts of the line a claim is right, wrong, or has no value, and the words for them."""

from __future__ import annotations

from gradcli.homework.checking.comparison import AGREE, DIFFER, NO_CLAIM, NO_TRUTH, difference
from gradcli.homework.checking.recognition import border
from gradcli.homework.checking.regions import finite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.homework.checking.comparison import Compared
    from gradcli.homework.checking.evidence import Evidence
    from gradcli.homework.checking.lines import Line

_CLOSE = 1e-6
_HALVINGS = 55
_MOST = 3
"""More parts than these are no sentence."""


class Part:
    """A part of the line with one status, open at both ends; None is infinity."""

    __slots__ = ("high", "low", "status")

    def __init__(self, status: str, low: float | None, high: float | None) -> None:
        self.status = status
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        return f"<Part {self.low} to {self.high}: {self.status}>"


def parts(evidence: Evidence, draw: int) -> list[Part]:
    """The parts of the line for one draw of the other letters, from left to right."""
    line = evidence.lines[draw]
    telling = (AGREE, DIFFER, NO_CLAIM, NO_TRUTH)
    seen = [c for c in evidence.compared if c.draw == draw and c.status in telling]
    seen.sort(key=lambda c: c.x)
    found: list[Part] = []
    for before, after in zip([None, *seen], [*seen, None], strict=True):
        if after is None:
            break
        if before is None:
            found.append(Part(after.status, None, None))
        elif before.status != after.status:
            found[-1].high = edge = _edge(line, before, after)
            found.append(Part(after.status, edge, None))
    return found


def _edge(line: Line, before: Compared, after: Compared) -> float:
    """Where between two points the status changes."""
    low, high = before.x, after.x
    for known in [b for b in line.borders if low < b < high]:
        step = max(1e-7 * abs(known), 1e-9 * (high - low))
        if status(line, known - step) == before.status and status(line, known + step) == after.status:
            return known
    if status(line, low) != before.status or status(line, high) != after.status:
        inside = [b for b in line.borders if low < b < high]
        return inside[0] if inside else (low + high) / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if status(line, middle) == before.status:
            low = middle
        else:
            high = middle
    return 0.0 if low <= 0 <= high or abs(low) < 1e-12 else (low + high) / 2


def status(line: Line, x: float) -> str:
    """How derivative and claim compare at a point, as far as floats can tell."""
    at = line.at(x)
    value, true = line.question.f.floats.derivative(at, line.question.wrt)
    if not (finite(value) and finite(true)):
        return NO_TRUTH
    claimed = line.claim.floats.value(at)
    if not finite(claimed):
        return NO_CLAIM
    return AGREE if difference(true, claimed) <= _CLOSE else DIFFER


def words(evidence: Evidence, chosen: Sequence[Part], draw: int) -> str | None:
    """`x > 0`, `-1 < x < 1`, `x < -2 or x > 2`; None where there are too many parts for a sentence."""
    if not 0 < len(chosen) <= _MOST:
        return None
    letters = dict(evidence.lines[draw].letters.items())
    x = evidence.question.wrt
    said = []
    for part in chosen:
        low = None if part.low is None else border(part.low, letters)
        high = None if part.high is None else border(part.high, letters)
        if low is None and high is None:
            return None
        between = f"{low} < {x} < {high}"
        said.append(f"{x} > {low}" if high is None else f"{x} < {high}" if low is None else between)
    return " or ".join(said)
