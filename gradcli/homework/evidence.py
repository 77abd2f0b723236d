"""Derivative and claim beside each other at points of every region."""

from __future__ import annotations

import itertools
from math import log10

from gradcli.homework.comparison import (
    AGREE,
    DIFFER,
    NO_CLAIM,
    NO_TRUTH,
    SAME,
    SHAPES,
    UNSTABLE,
    difference,
    needed,
    settle,
)
from gradcli.homework.regions import Decider, borders, finite, merged
from gradcli.homework.sampling import DRAWS, around, letter, spread
from gradcli.homework.written import DIGITS
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.homework.claims import Claim
    from gradcli.homework.comparison import Compared
    from gradcli.homework.question import Look, Question

ALL, SOME = 24, 8
"""How many points the first draw of the other letters gets, and each further one."""

_EACH = 6  # a region gets that many at least, fewer where there are many regions
_LEAST = 3
_MANY = 24
_PARTS = (0.0137, 0.1237, 0.3219, 0.4873, 0.6411, 0.8713)
_NEAR = 1e-6  # what floats must agree to, or the point is looked at with all digits
_SUSPECTS = 8
_ENOUGH = 12  # points that differ


class Evidence:
    """What was seen of a claim: every point compared, and the lines along which borders can be sought."""

    __slots__ = ("claim", "compared", "lines", "question", "signs")

    def __init__(self, question: Question, claim: Claim, signs: Mapping[str, int]) -> None:
        self.question = question
        self.claim = claim
        self.signs = signs
        self.compared: list[Compared] = []
        self.lines: list[Line] = []

    @property
    def names(self) -> tuple[str, ...]:
        """Every letter of F and claim, the variable first."""
        question = self.question
        return tuple(dict.fromkeys((question.wrt, *question.names, *self.claim.tape().names)))

    @property
    def usable(self) -> list[Compared]:
        """The points at which both sides have a value."""
        return [c for c in self.compared if c.usable]

    def having(self, status: str) -> list[Compared]:
        """The points with this status."""
        return [c for c in self.compared if c.status == status]


class Line:
    """F and claim along F's variable on floats, for one draw of the other letters."""

    __slots__ = ("borders", "claim", "claimed", "letters", "look", "question")

    def __init__(self, question: Question, claim: Claim, look: Look, extra: Mapping[str, float]) -> None:
        self.question = question
        self.claim = claim
        self.look = look
        self.letters = {**look.letters, **extra}
        tape = claim.floats
        decide = Decider(tape)
        values = [tape.values(self.at(x)) for x in look.points]
        states = [decide(v) for v in values]
        root = tape.root
        self.claimed = [v[root] for v in values] if type(root).__name__ == "Slot" else [root] * len(values)
        constants = around([part.value for part in claim.literals()])
        own = borders(look.points, states, lambda x: decide(tape.values(self.at(x))), constants)
        self.borders = merged([*look.borders, *own])

    def at(self, x: float) -> dict[str, float]:
        """The point at x."""
        return {**self.letters, self.question.wrt: x}

    def suspects(self) -> list[float]:
        """Where floats already differ."""
        return [
            x
            for x, true, claimed in zip(self.look.points, self.look.true, self.claimed, strict=True)
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
        for low, high in itertools.pairwise(ends):
            inside = [x for x in self.look.points if low < x < high]
            defined = finite(self.question.f.floats.value(self.at((inside or _within(low, high))[-1])))
            regions.append((low, high, inside, defined))
        each = min(_EACH, max(_LEAST, _MANY // len(regions)))
        total = sum(len(inside) for *_, inside, defined in regions if defined)
        picked: set[float] = set(spread(self.suspects(), _SUSPECTS))
        for low, high, inside, defined in regions:
            share = max(each, round(count * len(inside) / total)) if defined else 2
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


def gather(question: Question, claim: Claim, signs: Mapping[str, int]) -> Evidence:
    """Compare at points of every region, the other letters with these signs, or positive."""
    evidence = Evidence(question, claim, signs)
    names = evidence.names[1:]
    for draw in range(DRAWS if names else 1):
        look = question.look(draw, {n: s for n, s in signs.items() if n in question.names}, thin=draw > 0)
        extra = {n: signs.get(n, 1) * letter(n, draw) for n in names if n not in question.names}
        line = Line(question, claim, look, extra)
        evidence.lines.append(line)
        for x in line.chosen(ALL if not draw and question.f.tape().scalar else SOME):
            compared = question.compared(x, draw, line.letters)
            measure(compared, question, claim)
            evidence.compared.append(compared)
    confirm(evidence)
    return evidence


def measure(compared: Compared, question: Question, claim: Claim) -> None:
    """Fill in both sides at a point; a difference is not proven yet."""
    compared.value, compared.true = question.truth(compared)
    if not (finite(compared.value) and finite(compared.true)):
        compared.status = NO_TRUTH
        return
    compared.claimed = claim.tape().value(compared.at)
    if not finite(compared.claimed):
        compared.status, compared.proven = NO_CLAIM, False
        return
    if shape_of(compared.claimed) != shape_of(compared.true):
        compared.status = SHAPES
        return
    compared.difference = difference(compared.true, compared.claimed)
    compared.status = AGREE if compared.difference <= SAME else DIFFER
    compared.proven = compared.status == AGREE


def confirm(evidence: Evidence) -> None:
    """Settle the points at which the sides seem to differ, those first that need the fewest digits.

    Once enough of them do, and none agrees, the rest would add nothing.
    """
    question, claim = evidence.question, evidence.claim
    open = [compared for compared in evidence.compared if not compared.proven]
    open.sort(key=lambda compared: abs(log10(abs(compared.x))))
    differing = 0
    agreeing = len(evidence.having(AGREE))
    for compared in open:
        if differing >= _ENOUGH and not agreeing and needed(compared, DIGITS, question.f, claim) > DIGITS:
            compared.status, compared.proven = UNSTABLE, True
            continue
        settle(compared, question.f, claim, question.wrt)
        differing += compared.status == DIFFER
        agreeing += compared.status == AGREE
