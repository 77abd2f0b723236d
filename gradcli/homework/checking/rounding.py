"""Numbers in a claim that are rounded: 3.14159 for pi, 0.3333 for 1/3, a slip in the 7th digit."""

from __future__ import annotations

from gradcli.evaluation.tape import record
from gradcli.homework.checking.comparison import DIFFER, difference
from gradcli.homework.checking.recognition import recognised
from gradcli.homework.checking.regions import finite
from gradcli.homework.checking.sampling import spread
from gradcli.homework.checking.written import DIGITS, decimal
from gradcli.homework.results import Mistake
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.homework.checking.comparison import Compared
    from gradcli.homework.checking.evidence import Evidence

    Number = Any

NEARLY = 1e-10
"""A claim with ten right digits is right."""

_CLOSE = 1e-3
"""How far beside a point, as a part of its size, the derivative has a size that counts at its zeros."""

_UNKNOWN = "unknown literal"  # no name of the language has a blank
_NEARLY_RIGHT = 0.1
_SLIGHT = 1e-4  # a relative difference that only rounding makes, if it is much the same everywhere
_LIKELY = 1e-3
_UNLIKELY = 1e-5  # of a whole number, which nobody rounds
_SOLVED = 1e-25
_MOST_LITERALS = 6
_ROUNDS = 6
_PLAIN = 1e-20
_LONG = 4  # digits
_CHECKED = 14


def size(evidence: Evidence) -> float:
    """The relative difference that three of four points keep within, of those at which there is one."""
    apart = sorted(c.difference for c in evidence.having(DIFFER))
    return apart[(3 * len(apart)) // 4] if apart else 0.0


def right_digits(evidence: Evidence) -> int | None:
    """How many digits of the claim are right, where these are ten or more everywhere; else None.

    At a zero of the derivative no digit of it is, however near the claim: there its size close by counts.
    """
    from math import log10

    differences = []
    for compared in evidence.having(DIFFER):
        apart = compared.difference
        if apart > 1e3 * NEARLY:
            apart = _apart_beside(evidence, compared)
            if apart > 1e3 * NEARLY:
                return None
        differences.append(apart)
    differences.sort()
    apart = differences[(3 * len(differences)) // 4] if differences else 0.0
    if apart > NEARLY:
        return None
    return int(-log10(apart)) if apart else DIGITS


def _apart_beside(evidence: Evidence, compared: Compared) -> float:
    """How far the sides are apart at a point, relative to the derivative there and close by."""
    if shape_of(compared.true) or shape_of(compared.claimed):
        return compared.difference
    question = evidence.question
    sizes = [abs(compared.true)]
    step = _CLOSE * max(abs(compared.x), 1.0)
    for by in (-step, step):
        beside = type(compared)({**compared.at, question.wrt: compared.at[question.wrt] + by}, compared.x, 0)
        _, true = question.truth(beside)
        if finite(true):
            sizes.append(abs(true))
    if not any(sizes):
        return compared.difference
    return min(compared.difference, float(abs(compared.true - compared.claimed) / max(sizes)))


def rounded(evidence: Evidence) -> Mistake | None:
    """The mistake of a rounded number; None where no number of the claim, made exact, would make it right."""
    if size(evidence) > _NEARLY_RIGHT:
        return None
    for literal in evidence.claim.literals()[:_MOST_LITERALS]:
        exact = _solved(evidence, literal)
        if exact is not None and _is_rounding(literal, exact) and _is_plain(exact, literal, evidence):
            return _mistake(literal, exact)
    return None


def inexact(evidence: Evidence) -> Mistake | None:
    """The mistake of numbers that are rounded, of a claim that is near the truth everywhere; else None."""
    if size(evidence) > _SLIGHT:
        return None
    from math import log10

    apart = sorted(c.difference for c in evidence.having(DIFFER))
    digits = int(-log10(apart[len(apart) // 2]))
    return Mistake(
        "rounded",
        f"The answer is right to about {digits} digits only: a number in it is rounded or mistyped.",
        "Look at the numbers in the answer: are they exact?",
    )


def _mistake(literal: Expression, exact: Number) -> Mistake:
    written = literal.text or format(literal.value, "g")
    plain = recognised(exact, _PLAIN) or exact.context.nstr(exact, 12)
    return Mistake(
        "rounded",
        f"{written} is not exact: it should be {plain}.",
        f"Is {written} exact?",
        operation=written,
    )


def _is_plain(exact: Number, literal: Expression, evidence: Evidence) -> bool:
    """Whether a number may well be meant: it has a name, or F or the claim has such long ones anyway."""
    if recognised(exact, _PLAIN) is not None:
        return True
    return any(_length(number) >= _LONG for number in (literal, *evidence.question.f.literals()))


def _length(literal: Expression) -> int:
    """How many digits of a number were written."""
    return sum(character.isdigit() for character in (literal.text or "").lower().partition("e")[0])


def _is_rounding(literal: Expression, exact: Number) -> bool:
    """Whether a literal may stand for a number: nearly the same, or the same to the last digit written."""
    off = abs(exact - literal.value)
    _, point, decimals = (literal.text or "").lower().partition("e")[0].partition(".")
    if off <= (_LIKELY if point else _UNLIKELY) * abs(exact):
        return True
    return bool(point) and float(off) <= 0.5001 * 10.0 ** -len(decimals)


def _solved(evidence: Evidence, literal: Expression) -> Number | None:
    """The number that makes the claim right in place of a literal, by Newton's method at a point."""
    samples = sorted(evidence.usable, key=lambda c: (c.status != DIFFER, abs(c.x - 1.37)))
    samples = [samples[0], *spread(samples[1:], _CHECKED)]
    expression = _replaced(evidence.claim.expression, literal)
    kind = decimal(DIGITS)
    tape = record(evidence.claim.text, expression, kind)
    value = kind.context.mpf(literal.value)
    if not tape.scalar:
        return None
    first = samples[0]
    for _ in range(_ROUNDS):
        claimed, slope = tape.derivative({**first.at, _UNKNOWN: value}, _UNKNOWN)
        if not (finite(claimed) and finite(slope)) or not slope:
            return None
        step = (claimed - first.true) / slope
        if abs(step) > abs(value):
            return None
        value -= step
    for sample in samples[1:]:
        claimed = tape.value({**sample.at, _UNKNOWN: value})
        if not finite(claimed) or difference(sample.true, claimed) > _SOLVED:
            return None
    return value if abs(value - literal.value) > _SOLVED * abs(value) else None


def _replaced(root: Expression, literal: Expression) -> Expression:
    """An expression with a name in place of every literal of one value."""
    made: dict[int, Expression] = {}
    for part in postorder(root):
        if part.op == "number" and part.value == literal.value:
            made[id(part)] = Expression("name", (), _UNKNOWN, part.span)
        elif any(id(made.get(id(arg), arg)) != id(arg) for arg in part.args):
            args = tuple(made.get(id(arg), arg) if isinstance(arg, Expression) else arg for arg in part.args)
            made[id(part)] = Expression(part.op, args, part.value, part.span, part.text, part.keywords)
    return made.get(id(root), root)
