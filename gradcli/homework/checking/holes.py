"""Single points at which a claim divides by zero, though F has a derivative there."""

from __future__ import annotations

from itertools import pairwise

from gradcli.evaluation.tape import Slot
from gradcli.homework.checking.claims import listed
from gradcli.homework.checking.regions import finite, merged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from gradcli.evaluation.tape import Tape
    from gradcli.homework.checking.evidence import Evidence

MOST = 3
"""So many points are named, those nearest to 0."""

_HALVINGS = 60
_NEAR = 1e-6  # beside a point, as a part of its size
_VANISHES = 1e-4  # what is left of a number at a zero of it, of what it is beside
_STEADY = 1e-2  # what a derivative may change by there that has no pole


def holes(evidence: Evidence) -> list[str]:
    """The note on zeros of the claim's denominators at which F has a derivative; none for several letters."""
    tape = evidence.claim.floats
    slots = list(_denominators(tape))
    if len(evidence.names) != 1 or not slots or not (tape.scalar and evidence.question.f.tape().scalar):
        return []
    line = evidence.lines[0]
    places = merged([0.0, *line.borders, *_crossings(tape, slots, [x for x, *_ in line.seen])])
    points = [x for x in places if _is_zero(tape, slots, x) and _is_smooth(evidence, x)]
    if not points:
        return []
    named = [f"{evidence.question.wrt} = {x:.10g}" for x in sorted(sorted(points, key=abs)[:MOST])]
    more = len(points) - len(named)
    return [f"but for {listed([*named, f'{more} more'] if more else named)}, where the claim has no value"]


def _denominators(tape: Tape) -> Iterator[Slot]:
    """The slots that a tape divides by."""
    for step in tape.steps:
        name, operands = step.rule.name, step.operands
        slot: Any = None
        if name == "div":
            slot = operands[1]
        elif name == "reciprocal" or (name == "pow" and type(operands[1]) is float and operands[1] < 0):
            slot = operands[0]
        if type(slot) is Slot:
            yield slot


def _crossings(tape: Tape, slots: Sequence[Slot], points: Sequence[float]) -> list[float]:
    """Where one of the slots changes its sign, between points that stand in order."""

    def signs(x: float) -> list[bool]:
        values = tape.values(dict.fromkeys(tape.names, x))
        return [values[slot] > 0.0 for slot in slots]

    found = []
    seen = [(x, signs(x)) for x in points]
    for (low, before), (high, after) in pairwise(seen):
        for i in range(len(slots)):
            if before[i] == after[i]:
                continue
            a, b = low, high
            for _ in range(_HALVINGS):
                middle = (a + b) / 2
                a, b = (middle, b) if signs(middle)[i] == before[i] else (a, middle)
            found.append((a + b) / 2)
    return found


def _is_zero(tape: Tape, slots: Sequence[Slot], x: float) -> bool:
    """Whether one of the slots vanishes at a point, and not beside it, where the claim has values."""
    step = _NEAR * max(abs(x), 1.0)
    at, below, above = (tape.values(dict.fromkeys(tape.names, by)) for by in (x, x - step, x + step))
    if type(tape.root) is not Slot or not (finite(below[tape.root]) and finite(above[tape.root])):
        return False
    return any(
        finite(at[slot]) and abs(at[slot]) <= _VANISHES * min(abs(below[slot]), abs(above[slot]))
        for slot in slots
    )


def _is_smooth(evidence: Evidence, x: float) -> bool:
    """Whether F has a derivative at a point, which is much the same beside it."""
    question = evidence.question
    tape, wrt = question.f.floats, question.wrt
    step = _NEAR * max(abs(x), 1.0)
    slopes = []
    for at in (x, x - step, x + step):
        value, slope = tape.derivative({wrt: at}, wrt)
        if not (finite(value) and finite(slope)):
            return False
        slopes.append(slope)
    here, *beside = slopes
    return all(abs(slope - here) <= _STEADY * max(abs(here), _STEADY) for slope in beside)
