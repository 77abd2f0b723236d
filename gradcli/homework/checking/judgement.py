"""From the evidence to the verdict, and to the words for it."""

from __future__ import annotations

from itertools import pairwise, product

from gradcli.evaluation.singles import singles_of, taken_as_numbers
from gradcli.homework.checking.claims import listed
from gradcli.homework.checking.comparison import (
    AGREE,
    DIFFER,
    NO_CLAIM,
    NO_TRUTH,
    SHAPES,
    settle,
    still_agree,
)
from gradcli.homework.checking.counterexamples import counterexample
from gradcli.homework.checking.evidence import FEWEST, OF_LETTERS, Evidence, gather, measure
from gradcli.homework.checking.holes import holes
from gradcli.homework.checking.parts import parts, words
from gradcli.homework.checking.problem import Problem, Sample
from gradcli.homework.checking.regions import finite
from gradcli.homework.checking.rounding import inexact, right_digits, rounded
from gradcli.homework.checking.sampling import spread
from gradcli.homework.checking.written import DIGITS, decimal
from gradcli.homework.results import CORRECT, UNDECIDED, WRONG, Verdict
from gradcli.language.format import format
from gradcli.numbers import shape_of
from gradcli.numbers.expression import postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.homework.checking.claims import Claim
    from gradcli.homework.checking.comparison import Compared
    from gradcli.homework.checking.question import Question
    from gradcli.homework.results import Mistake, Word

_FLIPPED = 8  # how many points are tried with a letter below 0
_MOST_SIGNS = 3  # of so many letters every choice of signs is tried


def judge(question: Question, claim: Claim) -> Verdict:
    """The verdict on a claim that has been read."""
    evidence = gathered(question, claim)
    if (unfit := evidence.having(SHAPES)):
        return _verdict(evidence, WRONG, detail=_shapes(unfit[0]))
    if (reason := _undecided(evidence)) is not None:
        return _verdict(evidence, UNDECIDED, detail=reason)
    if not evidence.having(DIFFER):
        notes = [*_where_defined(evidence), *holes(evidence), *_signs(evidence)]
        return _verdict(evidence, CORRECT, notes=notes)
    digits = right_digits(evidence)
    if digits is not None:
        notes = [f"right to {digits} digits", *_where_defined(evidence), *holes(evidence)]
        return _verdict(evidence, CORRECT, notes=notes)
    return _wrong(evidence)


def gathered(question: Question, claim: Claim) -> Evidence:
    """The evidence with all letters positive, or, where F has no value then, with the signs that it needs."""
    evidence = gather(question, claim, {})
    names = [name for name in question.names if name != question.wrt]
    if not names or len(evidence.having(NO_TRUTH)) < len(evidence.compared):
        return evidence
    choices = product((1, -1), repeat=len(names)) if len(names) <= _MOST_SIGNS else [(-1,) * len(names)]
    for signs in choices:
        if -1 not in signs:
            continue
        other = gather(question, claim, dict(zip(names, signs, strict=True)))
        if len(other.having(NO_TRUTH)) < len(other.compared):
            return other
    return evidence


def _verdict(evidence: Evidence, word: Word, **fields: Any) -> Verdict:
    question, claim = evidence.question, evidence.claim
    usable = len(evidence.usable)
    notes = [*fields.pop("notes", ()), *taken_as_numbers(singles_of(question.f.tape()))]
    return Verdict(
        word,
        question.written,
        claim.written,
        question.wrt,
        read=claim.read,
        f_read=question.read,
        readings=[*question.readings, *claim.readings],
        points=usable,
        skipped=len(evidence.compared) - usable,
        notes=notes,
        **fields,
    )


# --- undecided ---


def _undecided(evidence: Evidence) -> str | None:
    """Why there can be no verdict, None where there can."""
    usable = len(evidence.usable)
    if usable >= FEWEST:
        return None
    seen = [c for c in evidence.compared if c.value is not None]
    if not any(finite(c.value) for c in seen):
        return "F is defined nowhere on the reals: it has no value at any point tried"
    if len(evidence.having(NO_TRUTH)) == len(evidence.compared):
        return "F has no derivative at any point at which it has a value"
    if not usable and evidence.having(NO_CLAIM):
        return "the claim has no value anywhere that F has a derivative" + _of_whole_powers(evidence)
    if usable:
        return f"F and the claim have values together at only {usable} of {len(evidence.compared)} points"
    return "rounding hides the difference at every point: the numbers are too large or too small to compare"


def _of_whole_powers(evidence: Evidence) -> str:
    """Why a claim with a power such as (-1)^n has no value, as the end of a sentence; "" for any other."""
    for part in postorder(evidence.claim.expression):
        if part.op != "pow":
            continue
        base, exponent = part.args
        if base.op == "neg" and base.args[0].op == "number" and exponent.op == "name":
            n = exponent.value
            return f": {format(part)} has one for whole {n} only, and {n} is any number"
    return ""


def _shapes(compared: Compared) -> str:
    """That derivative and claim are not of one shape."""
    said = [
        f"an array of shape {shape}" if shape else "a single number"
        for shape in (shape_of(compared.true), shape_of(compared.claimed))
    ]
    return f"the derivative is {said[0]}, the claim {said[1]}"


# --- right ---


def _where_defined(evidence: Evidence) -> list[str]:
    """The note for a claim that has no value on part of F's domain."""
    lacking = evidence.having(NO_CLAIM)
    if not lacking:
        return []
    draw = min((c.draw for c in lacking if c.draw != OF_LETTERS), default=OF_LETTERS)
    found = parts(evidence, draw) if draw != OF_LETTERS else []
    where = words(evidence, [part for part in found if part.status in (AGREE, DIFFER)], draw)
    if where is not None:
        return [f"only for {where}"]
    example = min(lacking, key=lambda c: abs(abs(c.x) - 1))
    at = f"{evidence.question.wrt} = {example.x:.3g}"
    return [f"only where the claim has a value, which it has not at {at}"]


def _signs(evidence: Evidence) -> list[str]:
    """The note for a claim that is right only while some letters have the signs that they had."""
    question, claim = evidence.question, evidence.claim
    usable = spread([c for c in evidence.usable if c.draw == 0], _FLIPPED)
    needed = []
    for name in evidence.names:
        if name == question.wrt:
            continue
        for seen in usable:
            flipped = type(seen)({**seen.at, name: -seen.at[name]}, seen.x, seen.draw)
            measure(flipped, question, claim)
            if not flipped.proven:
                settle(flipped, question.f, claim, question.wrt)
            if flipped.status in (DIFFER, NO_CLAIM):
                needed.append(f"{name} {'<' if evidence.signs.get(name, 1) < 0 else '>'} 0")
                break
    return [f"for {listed(needed)}"] if needed else []


# --- wrong ---


def _wrong(evidence: Evidence) -> Verdict:
    draw = min((c.draw for c in evidence.having(DIFFER) if c.draw != OF_LETTERS), default=OF_LETTERS)
    found = parts(evidence, draw) if evidence.having(AGREE) and draw != OF_LETTERS else []
    wrong = [part for part in found if part.status == DIFFER]
    close = bool(found) and _only_close(evidence, draw)
    said = _where_wrong(evidence, found, draw) if found and not close else ""
    if draw == OF_LETTERS:
        said = f"right for some values of {listed(evidence.names[1:])} only"
    mistakes, failure = _mistakes(evidence)
    if not said and evidence.question.wrt not in evidence.question.names:
        mistakes = [mistake for mistake in mistakes if mistake.name == "constant-kept"]
        said = "" if mistakes else _of_constant(evidence)
    if not said:
        from gradcli.homework.checking.readings import meant

        said = meant(evidence) or ""
        if said:
            mistakes = []  # which would say the same in other words
    if not said and close and not mistakes:
        said = _where_close(evidence, found, draw)
    if failure is not None:
        failed = f"the search for mistakes failed: {type(failure).__name__}: {failure}"
        said = f"{said}; {failed}" if said else failed
    elif not said:
        from gradcli.homework.mistakes import summary

        said = summary(mistakes, evidence.question.f.tape())
    example = counterexample(evidence, wrong)
    verdict = _verdict(evidence, WRONG, detail=said, mistakes=mistakes, counterexample=example)
    verdict.failure = failure
    return verdict


def _where_wrong(evidence: Evidence, found: Sequence[Any], draw: int) -> str:
    """Where a claim is right and where it is wrong; "" for one that is wrong everywhere."""
    right = [part for part in found if part.status == AGREE]
    wrong = [part for part in found if part.status == DIFFER]
    if not right or not wrong:
        return ""
    of_right, of_wrong = words(evidence, right, draw), words(evidence, wrong, draw)
    if of_right is not None and of_wrong is not None:
        return f"right for {of_right}, wrong for {of_wrong}"
    if of_right is not None or of_wrong is not None:
        return f"right for {of_right} only" if of_right is not None else f"wrong for {of_wrong}"
    return "right on part of F's domain only"


def _of_constant(evidence: Evidence) -> str:
    from gradcli.homework.mistakes.words import named_f

    return f"{named_f(evidence.question.f.tape())} is a constant, its derivative is 0"


def _where_close(evidence: Evidence, found: Sequence[Any], draw: int) -> str:
    """Where the sides agree to many digits, though nowhere wholly."""
    where = words(evidence, [part for part in found if part.status == AGREE], draw)
    return f"close to the derivative for {where}, but nowhere equal to it" if where else ""


def _only_close(evidence: Evidence, draw: int) -> bool:
    """Whether the sides agree to many digits only, and not in truth, beside where they are seen to differ."""
    seen = sorted((c for c in evidence.usable if c.draw == draw), key=lambda c: c.x)
    for pair in pairwise(seen):
        statuses = [compared.status for compared in pair]
        if sorted(statuses) == sorted((AGREE, DIFFER)):
            agreeing = pair[statuses.index(AGREE)]
            if not still_agree(agreeing, evidence.question.f, evidence.claim, evidence.question.wrt):
                return True
    return False


def _mistakes(evidence: Evidence) -> tuple[list[Mistake], Exception | None]:
    """Every mistake that gives the claim, and with what the search for them failed, if it did.

    A verdict does not depend on how a claim came about: nothing that goes wrong here may cost it.
    """
    exact = rounded(evidence)
    first = [exact] if exact is not None else []
    try:
        from gradcli.homework.mistakes import find

        found = find(problem(evidence))
    except Exception as error:
        return first, error
    places = evidence.question.places
    for mistake in found:  # F's text may have got products put in
        mistake.spans = tuple((places[start], places[end - 1] + 1) for start, end in mistake.spans)
    slips = all(mistake.name == "arithmetic-slip" for mistake in found)
    if not first and slips and (near := inexact(evidence)) is not None:
        first = [near]
    if first:  # a slip is the same thing in other words
        found = [mistake for mistake in found if mistake.name != "arithmetic-slip"]
    return [*first, *found], None


def problem(evidence: Evidence) -> Problem:
    """The evidence as what mistakes are sought with: points at which the usual digits are enough."""
    usable = evidence.usable
    plain = [c for c in usable if c.digits == DIGITS]
    samples = [Sample(c.at, c.value, c.true, c.claimed) for c in (plain if len(plain) >= FEWEST else usable)]
    return Problem(
        evidence.question.f.tape(), evidence.claim.tape(), evidence.question.wrt, decimal(DIGITS), samples
    )
