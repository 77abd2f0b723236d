"""Derivative and claim beside each other at points of every region."""

from __future__ import annotations

from math import log10

from gradcli.homework.checking.comparison import (
    AGREE,
    DIFFER,
    MODERATE,
    NO_CLAIM,
    NO_TRUTH,
    SAME,
    SHAPES,
    difference,
    needed,
    settle,
    sizes_on_the_way,
)
from gradcli.homework.checking.lines import Line
from gradcli.homework.checking.regions import Decider, finite
from gradcli.homework.checking.sampling import DRAWS, beside, constants, letter, scan, spread
from gradcli.homework.checking.written import DIGITS
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.homework.checking.claims import Claim
    from gradcli.homework.checking.comparison import Compared
    from gradcli.homework.checking.question import Question
    from gradcli.homework.checking.written import Written

ALL, SOME = 24, 8
"""How many points the first draw of the other letters gets, and each further one."""

FEWEST = 6
"""With fewer points there is no verdict."""

_ENOUGH = 12  # points that differ
_EVERY = 5
_LARGE = 500  # operations
_FEW = 10
_SLOW = frozenset(("gamma", "lgamma", "digamma", "polygamma", "beta", "erf", "erfc", "erfinv", "gelu"))
"""Rules that take milliseconds with all digits: of these fewer points do, floats having looked at all."""
_PLACES = (1.3719, -0.6137)
_MOST_FOUND = 16

OF_LETTERS = -1
"""In place of a draw: the point was chosen for another letter's value."""


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


def gather(question: Question, claim: Claim, signs: Mapping[str, int]) -> Evidence:
    """Compare at points of every region, the other letters with these signs, or positive."""
    evidence = Evidence(question, claim, signs)
    names = evidence.names[1:]
    tape = question.f.tape()
    large = not tape.scalar or len(tape.steps) > _LARGE
    slow = any(step.rule.name in _SLOW for step in (*tape.steps, *claim.tape().steps))
    most = SOME if large else _FEW if slow else ALL
    for draw in range(DRAWS if names else 1):
        look = question.look(draw, {n: s for n, s in signs.items() if n in question.names}, thin=draw > 0)
        extra = {n: signs.get(n, 1) * letter(n, draw) for n in names if n not in question.names}
        line = Line(question, claim, look, extra)
        evidence.lines.append(line)
        for x in line.chosen(min(SOME, most) if draw else most):
            _compare(evidence, x, draw, line.letters)
    for at in of_letters(evidence):
        _compare(evidence, at.pop(question.wrt), OF_LETTERS, at)
    confirm(evidence)
    if most < ALL and len(evidence.usable) < FEWEST:
        _look(evidence, evidence.lines[0].chosen(ALL))
    if 0 < len(evidence.usable) < FEWEST:  # floats may not have told where F has values
        _look(evidence, spread([x for x, *_ in evidence.lines[0].seen], ALL))
    return evidence


def _compare(evidence: Evidence, x: float, draw: int, letters: Mapping[str, float]) -> None:
    """Add what is seen at a point."""
    compared = evidence.question.compared(x, draw, letters)
    measure(compared, evidence.question, evidence.claim)
    evidence.compared.append(compared)


def _look(evidence: Evidence, points: Sequence[float]) -> None:
    """Compare at further points, as those chosen first have told too little."""
    line = evidence.lines[0]
    seen = {compared.x for compared in evidence.compared if compared.draw == 0}
    for x in points:
        if x not in seen:
            _compare(evidence, x, 0, line.letters)
    confirm(evidence)


def of_letters(evidence: Evidence) -> list[dict[str, float]]:
    """Points at which another letter makes F or the claim take branches that they have not taken so far."""
    question, claim = evidence.question, evidence.claim
    tapes = question.f.floats, claim.floats
    deciders = [Decider(tape) for tape in tapes]
    if len(evidence.names) < 2 or not any(decider.has_branches for decider in deciders):
        return []

    def state(at: Mapping[str, float]) -> Any:
        return [decide(tape.values(at)) for decide, tape in zip(deciders, tapes, strict=True)]

    seen = [state({name: float(value) for name, value in c.at.items()}) for c in evidence.compared]
    known = constants(part.value for part in (*question.f.literals(), *claim.literals()))
    found: list[dict[str, float]] = []
    for name in evidence.names[1:]:
        sign = evidence.signs.get(name, 1)
        values = {abs(v) * sign for v in (*scan(_EVERY), *beside(known))}
        for x in _PLACES:
            for value in sorted(values):
                at = {**evidence.lines[0].letters, question.wrt: x, name: value}
                if len(found) < _MOST_FOUND and (new := state(at)) not in seen:
                    seen.append(new)
                    found.append(at)
    return found


def _is_doubtful(compared: Compared, f: Written, claim: Written) -> bool:
    """Whether more digits are needed to tell a difference from rounding."""
    if compared.status == NO_CLAIM:
        return False
    sizes = sizes_on_the_way(compared, f, claim)
    return sizes >= MODERATE or needed(compared, DIGITS, sizes) > DIGITS


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

    Once enough of them do, and none agrees, those that need more digits would add nothing: they are dropped.
    """
    question, claim = evidence.question, evidence.claim
    open = [compared for compared in evidence.compared if not compared.proven]
    open.sort(key=lambda compared: abs(log10(abs(compared.x))))
    differing = 0
    agreeing = len(evidence.having(AGREE))
    dropped: set[Compared] = set()
    for compared in open:
        if differing >= _ENOUGH and not agreeing and _is_doubtful(compared, question.f, claim):
            dropped.add(compared)
            continue
        settle(compared, question.f, claim, question.wrt)
        differing += compared.status == DIFFER
        agreeing += compared.status == AGREE
    evidence.compared = [compared for compared in evidence.compared if compared not in dropped]
