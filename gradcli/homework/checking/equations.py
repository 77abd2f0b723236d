"""Equations that are no F and no claim: curves, and left sides that name something else."""

from __future__ import annotations

import re

from gradcli.language.diagnostics import Diagnostic
from gradcli.language.names import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.checking.claims import Claim
    from gradcli.homework.checking.question import Question
    from gradcli.numbers.expression import Span

_FUNCTION = re.compile(r"\s*([^\W\d]\w*)\s*(?:\(\s*[^\W\d]\w*\s*(?:,\s*[^\W\d]\w*\s*)*\))?\s*")
_OPERATED = re.compile(r"\s*[d∂]\s*/\s*[d∂]")  # d/dx (…) = … says of what F is the derivative, and no curve
_WORD = re.compile(r"[^\W\d]\w*")
_PRIME = r"['’‘′]"
_HIGHER = re.compile(
    rf"{_PRIME}\s*{_PRIME}|[″‴]"
    r"|[d∂D]\s*(?:(?:\^|\*\*)\s*[({]?\s*[2-9]|[²³⁴-⁹])"
    r"|\bd[2-9]\w*\s*/\s*d\w*[2-9]\b"
    r"|^\s*[^\W\d_]_(?:[^\W\d_]{2}|\{\s*[^\W\d_]\s*[^\W\d_]\s*\})\s*(?:\([^()]*\)\s*)?$"
)
_AT_POINT = re.compile(rf"{_PRIME}\s*\((?P<place>[^()]*)\)|[|]")
_LETTER = re.compile(r"\s*(?!pi\b|e\b|π)[^\W\d]\w*\s*(?:,\s*[^\W\d]\w*\s*)*")

_TOUCHES = 1e-9  # by how much of themselves values and slopes may be apart, on floats
_HALVES = range(-20, 21)


def refuse_curve(text: str, left: Span | None, right: str) -> None:
    """Raise Diagnostic for an F that is an equation, unless its left side only names the function."""
    if left is None:
        return
    start, end = left
    named = _FUNCTION.fullmatch(text, start, end)
    if named is None and _OPERATED.match(text, start, end):
        return
    if named is not None and normal(named[1]) not in map(normal, _WORD.findall(right)):
        return
    raise Diagnostic(
        "syntax",
        "F is an equation of a curve, and no function",
        [((start, end), "solve it for one letter, as in y = ..., or f(x) = ...")],
    )


def refuse_other_claims(text: str, left: Span | None) -> None:
    """Raise Diagnostic where a claim's left side names a higher derivative, or one at a point."""
    if left is None:
        return
    start, end = left
    side = text[start:end]
    place = (start + len(side) - len(side.lstrip()), start + len(side.rstrip()))
    if _HIGHER.search(side):
        raise Diagnostic(
            "syntax",
            "the left side names a higher derivative, and a claim is about the first",
            [(place, "give the derivative before it as F, and the right side as the claim")],
        )
    found = _AT_POINT.search(side)
    if found is not None and not (found["place"] is not None and _LETTER.fullmatch(found["place"])):
        raise Diagnostic(
            "syntax",
            "the left side names the derivative at a point, and a claim is a formula",
            [(place, "claim the formula; gradcli eval gives its value at a point")],
        )


def refuse_tangent(question: Question, claim: Claim, left: Span | None) -> None:
    """Raise Diagnostic for a claim, not the derivative, `y = ...` of which is a line that touches F."""
    if left is None or _FUNCTION.fullmatch(claim.written, *left) is None:
        return
    names = question.names or (question.wrt,)
    if names != (question.wrt,) or not set(claim.tape().names) <= {question.wrt}:
        return
    point = _touched(question, claim)
    if point is not None:
        side = claim.written[left[1] + 1 :]
        place = (len(claim.written) - len(side.lstrip()), len(claim.written.rstrip()))
        raise Diagnostic(
            "syntax",
            f"this is the tangent line at {question.wrt} = {point:g}, and a claim is the derivative",
            [(place, "claim the formula of its slope at any point")],
        )


def _touched(question: Question, claim: Claim) -> float | None:
    """Where a slanting line touches F, at a number that it names or a half; None where nowhere."""
    wrt, line, f = question.wrt, claim.floats, question.f.floats
    if not (line.scalar and f.scalar):
        return None
    slopes = [line.derivative({wrt: x}, wrt)[1] for x in (-3.7, 0.3, 5.1)]
    if not slopes[0] or not all(_is_near(slope, slopes[0]) for slope in slopes):
        return None
    named = [float(part.value) for part in claim.literals()]
    for x in dict.fromkeys([*named, *(-x for x in named), *(half / 2 for half in _HALVES)]):
        (value, slope), (true, rise) = line.derivative({wrt: x}, wrt), f.derivative({wrt: x}, wrt)
        if _is_near(value, true) and _is_near(slope, rise):
            return x
    return None


def _is_near(a: float, b: float) -> bool:
    return abs(a - b) <= _TOUCHES * max(abs(a), abs(b), 1.0)
