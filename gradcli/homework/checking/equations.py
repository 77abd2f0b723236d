"""Equations that are no F and no claim: curves, and left sides that name something else."""

from __future__ import annotations

import re

from gradcli.language.diagnostics import Diagnostic
from gradcli.language.names import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
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
