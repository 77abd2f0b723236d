"""Other ways in which a claim or F may have been meant: `1/2x` as `1/(2x)`, log as log10."""

from __future__ import annotations

import re

from gradcli.homework.checking.comparison import SAME, difference
from gradcli.homework.checking.regions import finite
from gradcli.homework.checking.sampling import spread
from gradcli.homework.checking.written import Written
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.lalr import KIND, tokenize
from gradcli.language.parser import parse_expression
from gradcli.numbers import shape_of
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from gradcli.homework.checking.evidence import Evidence

_MOST = 24
_FLOATS = 3  # so many points tell most wrong readings apart on floats
_NEAR = 1e-6

_POWER, _DIVIDE, _TIMES = KIND["POWER"], KIND["DIVIDE"], KIND["TIMES"]
_PLUS, _MINUS, _COMMA = KIND["PLUS"], KIND["MINUS"], KIND["COMMA"]
_OPENERS = (KIND["LPAR"], KIND["LSQB"])
_CLOSERS = (KIND["RPAR"], KIND["RSQB"])


def meant(evidence: Evidence) -> str | None:
    """Which other writing would have been right, as a sentence; None where none of the common ones would."""
    claim = evidence.claim
    tried: set[str] = {claim.text.strip()}
    for text, shown, why in _ways(claim.text, evidence):
        if text in tried or len(tried) > _MOST:
            continue
        tried.add(text)
        if _is_right(evidence, text):
            return f"as written this is {claim.read}; {why or shown + ' would be right'}"
    question = evidence.question
    for text, shown, why in _ways(question.f.text, evidence):
        if len(tried) <= _MOST and text not in tried and _is_right_for(evidence, text):
            as_written = f"F as written is {question.read}; for {shown} the claim would be right"
            return f"in F, {why}" if why else as_written
        tried.add(text)
    return None


def _is_right_for(evidence: Evidence, text: str) -> bool:
    """Whether the claim is the derivative of another text wherever both have a value."""
    question = evidence.question
    try:
        other = Written(text, parse_expression(text, functions=NAMES, bound=question.names))
        tape = other.tape()
    except Diagnostic:
        return False
    if not set(tape.names) <= set(question.names) or question.wrt not in tape.names:
        return False
    agreed = 0
    for c in spread(evidence.usable, 12):
        true = tape.derivative(c.at, question.wrt)[1]
        if finite(true):
            if shape_of(true) != shape_of(c.claimed) or difference(true, c.claimed) > SAME:
                return False
            agreed += 1
    return agreed >= 3


def _is_right(evidence: Evidence, text: str) -> bool:
    """Whether a text is the derivative wherever both have a value: on floats at a few points, then at all."""
    try:
        other = Written(text, parse_expression(text, functions=NAMES, bound=evidence.names))
        tape = other.tape()
    except Diagnostic:
        return False
    if not set(tape.names) <= set(evidence.names):
        return False
    usable = evidence.usable
    quick = [c for c in usable if 0.05 < abs(c.x) < 20][:: max(len(usable) // _FLOATS, 1)]
    for c in quick:
        value = other.floats.value({name: float(v) for name, v in c.at.items()})
        if shape_of(value) or shape_of(c.true):
            break  # of an array floats are no quicker
        if finite(value) and difference(c.true, c.true.context.mpf(value)) > _NEAR:
            return False
    agreed = 0
    for c in spread(usable, 12):
        value = tape.value(c.at)
        if finite(value):
            if difference(c.true, value) > SAME:
                return False
            agreed += 1
    return agreed >= 3


def _ways(text: str, evidence: Evidence) -> Iterator[tuple[str, str, str]]:
    """Texts that may have been meant, with the writing to show and a reason for some."""
    kinds, lexemes = tokenize(text)
    for way in _grouped(text, kinds, lexemes):
        yield way, way.strip(), ""
    yield from _of_functions(text)
    yield from _of_names(text, evidence)


# --- where a division or a power ends ---


def _grouped(text: str, kinds: Sequence[int], lexemes: Sequence[Any]) -> Iterator[str]:
    """The text with parentheses around more of what follows a `/` or a `^`, at one of them or at all."""
    for stops in ((_TIMES, _DIVIDE, _PLUS, _MINUS), (_DIVIDE, _PLUS, _MINUS), (_PLUS, _MINUS), ()):
        for signs in ((_DIVIDE,), (_POWER,), (_DIVIDE, _POWER)):
            spans = [
                span
                for i, kind in enumerate(kinds)
                if kind in signs and (span := _extent(kinds, lexemes, i + 1, stops)) is not None
            ]
            if spans:
                yield _enclosed(text, spans)
                if len(spans) > 1:
                    for span in spans:
                        yield _enclosed(text, [span])
    for i, kind in enumerate(kinds):
        if kind == _DIVIDE:
            before = _before(kinds, lexemes, i)
            yield _enclosed(text, [before])
            for stops in ((_PLUS, _MINUS), ()):
                after = _extent(kinds, lexemes, i + 1, stops)
                if after is not None:
                    yield _enclosed(text, [before, after])
        if kind == _POWER and i > 1:
            summed = _summed(kinds, lexemes, i)
            if summed is not None:
                yield _enclosed(text, [summed])
        if kind == _MINUS and (i == 0 or kinds[i - 1] in (*_OPENERS, _TIMES, _DIVIDE)):
            power = next((j for j in range(i + 1, min(i + 3, len(kinds))) if kinds[j] == _POWER), None)
            if power is not None:
                yield _enclosed(text, [(lexemes[i].start(), lexemes[power - 1].end())])


def _extent(
    kinds: Sequence[int], lexemes: Sequence[Any], first: int, stops: Sequence[int]
) -> tuple[int, int] | None:
    """From a token on to where one of `stops` or the end of the parentheses comes; None for one operand."""
    depth = operands = 0
    i = first
    while i < len(kinds):
        kind = kinds[i]
        if depth == 0 and i > first:
            after_sign = kinds[i - 1] in (_POWER, _TIMES, _DIVIDE)
            if kind in _CLOSERS or kind == _COMMA or (kind in stops and not after_sign):
                break
        depth += (kind in _OPENERS) - (kind in _CLOSERS)
        if depth < 0:
            break
        operands += 1
        i += 1
    if operands < 2 or (kinds[first] in _OPENERS and _closing(kinds, first) == i - 1):
        return None
    return lexemes[first].start(), lexemes[i - 1].end()


def _closing(kinds: Sequence[int], opening: int) -> int:
    depth = 0
    for i in range(opening, len(kinds)):
        depth += (kinds[i] in _OPENERS) - (kinds[i] in _CLOSERS)
        if depth == 0:
            return i
    return -1


def _summed(kinds: Sequence[int], lexemes: Sequence[Any], power: int) -> tuple[int, int] | None:
    """The sum that a power may be meant for, back to a division or a product: x + 1 of 1/x+1^2."""
    depth = sums = 0
    first = power
    while first > 0:
        kind = kinds[first - 1]
        depth += (kind in _CLOSERS) - (kind in _OPENERS)
        if depth < 0 or (depth == 0 and kind in (_COMMA, _DIVIDE, _TIMES)):
            break
        sums += depth == 0 and kind in (_PLUS, _MINUS)
        first -= 1
    return (lexemes[first].start(), lexemes[power - 1].end()) if sums and first < power else None


def _before(kinds: Sequence[int], lexemes: Sequence[Any], sign: int) -> tuple[int, int]:
    """All that stands before a sign within its parentheses."""
    depth = 0
    first = sign
    while first > 0:
        kind = kinds[first - 1]
        depth += (kind in _CLOSERS) - (kind in _OPENERS)
        if depth < 0 or (depth == 0 and kind == _COMMA):
            break
        first -= 1
    return lexemes[min(first, sign - 1)].start(), lexemes[sign - 1].end()


def _enclosed(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with parentheses around these places."""
    opened = sorted(start for start, _ in spans)
    closed = sorted(end for _, end in spans)
    pieces = []
    for i in range(len(text) + 1):
        pieces += [")" * closed.count(i), "(" * opened.count(i), text[i : i + 1]]
    return "".join(pieces)


# --- what a function means ---

_LOG = re.compile(r"\blog(?=\s*\()")
_ANGLES = re.compile(r"\b(sin|cos|tan|sec|csc|cot)\s*\(")
_RAISED_CALL = re.compile(r"\b([a-z]+)\(([^()]*)\)\s*(\*\*|\^)\s*(\w+)")


def _of_functions(text: str) -> Iterator[tuple[str, str, str]]:
    """Other logarithms, angles in degrees, and a power that was meant for the argument."""
    for base in ("10", "2"):
        if _LOG.search(text):
            other = _LOG.sub(f"log{base}", text)
            yield other, other.strip(), f"log is the natural one, and log{base} would be right"
    if _RAISED_CALL.search(text):
        other = _RAISED_CALL.sub(r"\1((\2)\3\4)", text)
        yield other, other.strip(), ""
    if _ANGLES.search(text):
        other = _in_degrees(text)
        yield other, other.strip(), "angles are in radians, and it is right for degrees only"


def _in_degrees(text: str) -> str:
    pieces = []
    end = 0
    for match in _ANGLES.finditer(text):
        pieces += [text[end : match.end()], "pi/180*("]
        end = match.end()
        closing = _matching(text, end)
        text = text[:closing] + ")" + text[closing:]
    return "".join([*pieces, text[end:]])


def _matching(text: str, start: int) -> int:
    depth = 1
    for i in range(start, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if depth == 0:
            return i
    return len(text)


# --- what a letter means ---


def _of_names(text: str, evidence: Evidence) -> Iterator[tuple[str, str, str]]:
    """A capital letter for the small one, also for e, and y for F itself."""
    question = evidence.question
    for name in evidence.claim.tape().names:
        if name in question.names or name == question.wrt:
            continue
        word = re.compile(rf"(?<![^\W\d]){re.escape(name)}(?!\w)")
        if name.swapcase() in (*question.names, question.wrt):
            meant = name.swapcase()
            yield word.sub(meant, text), "", f"{name} is not {meant}: with {meant} it would be right"
        elif name == "E":
            yield word.sub("e", text), "", "E is a variable: with e, Euler's number, it would be right"
        elif name in ("y", "f"):
            of_f = f"({question.f.text.strip()})"
            yield word.sub(of_f, text), "", f"with F written out for {name} it would be right"
