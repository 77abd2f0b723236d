"""F and claim along F's variable on floats: where branches change, where the sides differ, where to look."""

from __future__ import annotations

from itertools import pairwise

from gradcli.evaluation.tape import Slot
from gradcli.homework.checking.regions import Decider, borders, finite, merged
from gradcli.homework.checking.sampling import beside, between, constants, spread
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gradcli.homework.checking.claims import Claim
    from gradcli.homework.checking.question import Look, Question

_EACH = 6  # a region gets that many at least, fewer where there are many regions
_LEAST = 3
_MANY = 24
_PARTS = (0.0137, 0.1237, 0.3219, 0.4873, 0.6411, 0.8713)
_NEAR = 1e-6  # what floats must agree to, or the point is looked at with all digits
_SUSPECTS = 8


class Line:
    """F and claim along F's variable on floats, for one draw of the other letters."""

    __slots__ = ("borders", "claim", "letters", "question", "seen")

    def __init__(self, question: Question, claim: Claim, look: Look, extra: Mapping[str, float]) -> None:
        self.question = question
        self.claim = claim
        self.letters = {**look.letters, **extra}
        tape = claim.floats
        known = constants(part.value for part in claim.literals())
        own = sorted({*beside(known)} - {*look.points}) if tape.scalar and question.f.floats.scalar else []
        points = sorted((*zip(look.points, look.true, strict=True), *((x, self._true(x)) for x in own)))
        decide = Decider(tape)
        states = []
        self.seen: list[tuple[float, Any, Any]] = []  # points, derivative, claim
        for x, true in points:
            values = tape.values(self.at(x))
            states.append(decide(values))
            self.seen.append((x, true, values[tape.root] if type(tape.root) is Slot else tape.root))
        likely = [*known, *between(known)]
        found = borders([x for x, _ in points], states, lambda x: decide(tape.values(self.at(x))), likely)
        self.borders = merged([*look.borders, *found])

    def _true(self, x: float) -> Any:
        return self.question.f.floats.derivative(self.at(x), self.question.wrt)[1]

    def at(self, x: float) -> dict[str, float]:
        """The point at x."""
        return {**self.letters, self.question.wrt: x}

    def suspects(self) -> list[float]:
        """Where floats already differ."""
        return [
            x
            for x, true, claimed in self.seen
            if not (shape_of(true) or shape_of(claimed))
            and finite(true)
            and finite(claimed)
            and abs(true - claimed) > _NEAR * max(abs(true), abs(claimed))
        ]

    def chosen(self, count: int) -> list[float]:
        """So many points, some of every region, and some of those where floats differ.

        Where F has no value on floats two points will do: with more digits it may have one.
        """
        ends = [-float("inf"), *self.borders, float("inf")]
        regions = []
        for low, high in pairwise(ends):
            inside = [x for x, *_ in self.seen if low < x < high]
            defined = finite(self.question.f.floats.value(self.at((inside or _within(low, high))[-1])))
            regions.append((low, high, inside, defined))
        each = min(_EACH, max(_LEAST, _MANY // len(regions)))
        # A sign or a comparison of nan is a number: F has a value there, but no derivative.
        differentiable = {x for x, true, _ in self.seen if finite(true)}
        of_regions = [sum(x in differentiable for x in inside) for *_, inside, _ in regions]
        total = max(sum(of_regions), 1)
        picked: set[float] = set(spread(self.suspects(), _SUSPECTS))
        for (low, high, inside, defined), own in zip(regions, of_regions, strict=True):
            share = max(each, round(count * own / total)) if defined else 2
            if len(inside) < share:
                inside = [*inside, *_within(low, high)]
            picked.update(spread(inside, share))
        return sorted(picked)


def _within(low: float, high: float) -> list[float]:
    """Points between two borders, off the plain ones."""
    if low == -float("inf"):
        return [high - 0.2137 - abs(high) * part for part in _PARTS]
    if high == float("inf"):
        return [low + 0.2137 + abs(low) * part for part in _PARTS]
    return [low + (high - low) * part for part in _PARTS]
