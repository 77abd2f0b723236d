"""The plainest point at which a claim is seen to be wrong."""

from __future__ import annotations

from fractions import Fraction

from gradcli.homework.checking.comparison import DIFFER, Compared, settle
from gradcli.homework.checking.evidence import measure
from gradcli.homework.checking.regions import Decider
from gradcli.homework.checking.written import DIGITS, decimal
from gradcli.homework.results import Counterexample
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from gradcli.homework.checking.evidence import Evidence
    from gradcli.homework.checking.parts import Part

    Number = Any

_PLAIN = ("1", "2", "3", "-1", "-2", "1/2", "-1/2", "4", "-3", "5", "10", "-5", "1/4", "1/10", "-10", "100")
_LETTERS = (2, 3, 5, 7, 11, 13)
_CLEAR = (0.02, 1e-4, 0.0)
"""How far apart the two numbers should be, relative to the larger; what is less clear comes after."""


def counterexample(evidence: Evidence, wrong: Sequence[Part]) -> Counterexample:
    """The plainest point that shows the claim to be wrong: whole numbers first, then short decimals."""
    tried: list[Compared] = []
    for at in _candidates(evidence, wrong):
        compared = _seen(evidence, at)
        if compared is None:
            continue
        if compared.difference > _CLEAR[0] and not _is_zero(compared.true):
            return Counterexample(compared.at, compared.claimed, compared.true)
        tried.append(compared)
    for clear in _CLEAR[1:]:
        for compared in tried:
            if compared.difference > clear:
                return Counterexample(compared.at, compared.claimed, compared.true)
    return _sampled(evidence)


def _is_zero(value: Number) -> bool:
    return not (value.any() if shape_of(value) else value)


def _candidates(evidence: Evidence, wrong: Sequence[Part]) -> Iterator[dict[str, Number]]:
    """Plain points, as exact numbers."""
    letters = _plain_letters(evidence)
    x = evidence.question.wrt
    for plain in _PLAIN:
        yield {**letters, x: _number(plain)}
    for part in wrong[:3]:
        for low, high in ((part.low, part.high),):
            yield {**letters, x: _number(str(_simplest(low, high)))}


def _plain_letters(evidence: Evidence) -> dict[str, Number]:
    names = [n for n in evidence.names if n != evidence.question.wrt]
    return {n: _number(str(evidence.signs.get(n, 1) * _LETTERS[i % 6])) for i, n in enumerate(names)}


def _number(text: str) -> Number:
    fraction = Fraction(text)
    return decimal(DIGITS).context.mpf(fraction.numerator) / fraction.denominator


def _simplest(low: float | None, high: float | None) -> Fraction:
    """The number with the fewest digits between two, by halving the steps of a grid through 0."""
    if low is None and high is None:
        return Fraction(1)
    if low is None or high is None:
        edge = low if low is not None else high
        assert edge is not None
        whole = Fraction(int(edge) if abs(edge) < 1e15 else 0)
        return whole + (2 if low is not None else -2)
    unit = Fraction(1)
    while low < high:
        first = Fraction(low) // unit + 1
        if first * unit < Fraction(high):
            return first * unit
        unit /= 10
    return Fraction(low)  # a part of one point


def _seen(evidence: Evidence, at: Mapping[str, Number]) -> Compared | None:
    """What a point shows; None where it shows no difference, or lies on a kink, where conventions rule."""
    question = evidence.question
    compared = Compared(at, float(at[question.wrt]), 0)
    measure(compared, question, evidence.claim)
    if compared.status != DIFFER:
        return None
    settle(compared, question.f, evidence.claim, question.wrt)
    return compared if compared.status == DIFFER and not _on_kink(evidence, at) else None


def _on_kink(evidence: Evidence, at: Mapping[str, Number]) -> bool:
    x = evidence.question.wrt
    place = {name: float(value) for name, value in at.items()}
    step = max(abs(place[x]), 1.0) * 1e-7
    tape = evidence.question.f.floats
    decide = Decider(tape)
    beside = [decide(tape.values({**place, x: place[x] + by})) for by in (-step, step)]
    return bool(beside[0] != beside[1])


def _sampled(evidence: Evidence) -> Counterexample:
    """A point that was compared, with as few digits as still show the difference."""
    context = decimal(DIGITS).context
    differing = sorted(evidence.having(DIFFER), key=lambda c: (c.difference < 1e-3, abs(abs(c.x) - 1)))
    for compared in differing[:4]:
        for digits in (2, 3, 4, 6):
            at = {name: context.mpf(context.nstr(value, digits)) for name, value in compared.at.items()}
            found = _seen(evidence, at)
            if found is not None and found.difference > 0.1 * compared.difference:
                return Counterexample(found.at, found.claimed, found.true)
    best = differing[0]
    return Counterexample(best.at, best.claimed, best.true)
