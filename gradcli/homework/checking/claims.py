"""Reading a claim as its writer meant it: the right side of an equation, `2xy` as a product of variables."""

from __future__ import annotations

import re
from itertools import pairwise

from gradcli.evaluation.environment import CONSTANTS
from gradcli.homework.checking.equations import refuse_other_claims
from gradcli.homework.checking.written import Written
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.lalr import KIND, tokenize
from gradcli.language.names import is_called, normal
from gradcli.language.parser import parse_expression
from gradcli.numbers.expression import postorder
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gradcli.numbers.expression import Expression, Span

_NAME = KIND["NAME"]
_OPENING, _CLOSING = "([{", ")]}"
_COLON = re.compile(r"\s*[^\W\d]\w*\s*'+\s*(?:\(\s*\w+\s*\))?\s*:(?!=)|\s*d\w*\s*/\s*d\w+\s*:(?!=)")
_NO_SIDE = re.compile(r"\b(?:at|if|else|with|print|const)\b|;")  # what no side of an equation has
_DIFFERENTIAL = re.compile(r"d[^\W\d]")
_SECOND = re.compile(
    r"([,;]|\band\b)"
    r"|(?<=[\w)\]])\s+(d\w*\s*/\s*d\w+|[^\W\d]\w*\s*'+|([^\W\d])(?:\s*\(\s*\w+\s*\))?)\s*$"
)
"""Where, between two equals signs, another equation begins: y' = 2x, y'' = or y' = 2x y'' =."""


class Claim(Written):
    """A claim as it was read: `text` is what was parsed, `readings` says what was assumed to get there."""

    __slots__ = ("places", "readings", "written")

    def __init__(
        self, text: str, expression: Expression, written: str, places: Sequence[int], readings: Sequence[str]
    ) -> None:
        super().__init__(text, expression)
        self.written = written
        self.places = places  # of each character of `text` in `written`
        self.readings = list(readings)

    @property
    def read(self) -> str:
        """The claim in the language's own form."""
        return format(self.expression)


def read_claim(written: str, names: Collection[str]) -> Claim:
    """The claim that a text makes about an F with these variables; raises Diagnostic, with the place."""
    readings: list[str] = []
    refuse_several(written, names)
    refuse_other_claims(written, left_side(written))
    text = right_side(written)
    if text.strip() != _on_one_line(written).strip().rstrip(". "):
        readings.append("taken as the right side of the equation")
    text, places, products = with_products(text, names)
    readings += products
    if not text.strip():
        span = (0, max(len(written), 1))
        raise Diagnostic("syntax", "the claim is empty", [(span, "write a formula, as in 2*x*cos(x)")])
    try:
        expression = parse_expression(text, functions=NAMES, bound=names)
        refuse_names(text, expression, names)
    except Diagnostic as diagnostic:
        from gradcli.homework.checking.foreign import foreign

        raise foreign(written, names) or of_claim(moved(diagnostic, places)) from diagnostic
    return Claim(text, expression, written, places, readings)


def right_side(text: str) -> str:
    """A text with blanks for what stands before the last `=` of an equation, and for a full stop at its end.

    Every character keeps its place, so that carets point into what was written.
    """
    text = _on_one_line(text)
    start = (_sides(text) or [0])[-1]
    if not start and (match := _COLON.match(text)):
        start = match.end()
    text = " " * start + text[start:]
    bare = text.rstrip()
    if bare.endswith(".") and not bare.endswith(".."):
        return bare[:-1] + " "
    return text


def left_side(text: str) -> Span | None:
    """Where the first side of an equation stands; None for what is no equation."""
    sides = _sides(_on_one_line(text))
    return (0, sides[0] - 1) if sides else None


def _sides(text: str) -> list[int]:
    """Where the sides of an equation begin, but for the first."""
    starts: list[int] = []
    depth = 0
    for i, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING)
        if character in "=≈" and depth <= 0 and not _is_comparison(text, i):
            if _NO_SIDE.search(text[starts[-1] if starts else 0 : i]):
                break
            starts.append(i + 1)
            depth = 0
    return starts


def refuse_several(written: str, names: Collection[str]) -> None:
    """Raise Diagnostic for equations side by side, of which any might be the claim."""
    text = _on_one_line(written)
    for start, end in pairwise(_sides(text)):
        side = text[start : end - 1]
        for match in _SECOND.finditer(side):
            letter = match.group(3)
            if letter is not None and letter in names and match.group(2).strip() == letter:
                continue  # 2 x = is a product
            depth = sum((c in _OPENING) - (c in _CLOSING) for c in side[: match.start()])
            if depth == 0:
                second = side[match.end(1) if match.group(1) else match.start(2) :]
                first = end - 1 - len(second.lstrip())
                place = (first, first + len(second.strip()))
                raise Diagnostic("syntax", "these are several equations", [(place, "write one of them only")])


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ")


def _is_comparison(text: str, i: int) -> bool:
    """Whether an equals sign is part of ==, <=, >= or !=."""
    return text[i + 1 : i + 2] == "=" or text[max(i - 1, 0) : i] in ("=", "<", ">", "!", "≤", "≥")


def with_products(text: str, names: Collection[str]) -> tuple[str, list[int], list[str]]:
    """A text in which names run together are products (`xe` is `x*e`): where each character was, and a note.

    The product stands in the text before a power binds: `xe^x` is `x*e^x`.
    """
    kinds, lexemes = tokenize(text)
    pieces: list[str] = []
    places: list[int] = []
    readings: dict[str, None] = {}
    end = 0
    for kind, lexeme in zip(kinds, lexemes, strict=True):
        if kind != _NAME or lexeme is None:
            continue
        name = normal(lexeme.group())
        factors = split(name, names) if name not in names and name not in CONSTANTS else []
        if name in NAMES and text[lexeme.end() :].lstrip()[:1] in ("(", "^", "*", "²", "³"):
            continue
        if len(factors) < 2:
            continue
        product = "*".join(factors)
        readings[f"{name} is read as {product}"] = None
        pieces += [text[end : lexeme.start()], product]
        places += range(end, lexeme.start())
        position = lexeme.start()
        for factor in factors:
            places += [*range(position, position + len(factor)), position + len(factor) - 1]
            position += len(factor)
        places.pop()  # no sign behind the last factor
        end = lexeme.end()
    pieces.append(text[end:])
    places += range(end, len(text) + 1)
    return "".join(pieces), places, list(readings)


def split(name: str, names: Collection[str]) -> list[str]:
    """The variables, and e and pi, that a name consists of wholly; [] where it does not."""
    if not name.isalnum() and "_" not in name:
        return []
    known = sorted({*(n for n in names if n != name), "e", "pi", "π"}, key=len, reverse=True)
    ways: list[tuple[str, list[str]]] = [(name, [])]
    while ways:
        rest, factors = ways.pop()
        if not rest:
            return factors
        if len(factors) < 12:
            ways += [(rest[len(n) :], [*factors, n]) for n in reversed(known) if rest.startswith(n)]
    return []


def refuse_names(text: str, expression: Expression, names: Collection[str]) -> None:
    """Raise Diagnostic for a longer name that F lacks."""
    for part in postorder(expression):
        if part.op != "name" or part.value in names or part.value in CONSTANTS:
            continue
        if len(part.value) > 1 and (not _is_indexed(part.value) or part.value[0] in names):
            raise unknown_name(text, part, names)


def _is_indexed(name: str) -> bool:
    """Whether a name is one letter with an index: `c_1`, `C1`; of a variable (`x2`) it is meant otherwise."""
    return re.fullmatch(r"[^\W\d_]_?\d+", name) is not None


def unknown_name(text: str, name: Expression, names: Collection[str]) -> Diagnostic:
    """A name that F lacks, with what may have been meant by it."""
    from gradcli.evaluation.failures import run_together
    from gradcli.language.suggest import call_meant, call_with_number, nearest, unit_of_angle

    assert name.span is not None
    written = name.value
    called = is_called(name)
    what = "function" if called else "name"
    hint = f"F has {listed(names)}" if names else "F has no variable"
    near = nearest(written, NAMES if called else [*names, *CONSTANTS, *NAMES])
    if written in NAMES:
        meant = call_meant(text, written, name.span[1]) or f"{written}(...)"
        return Diagnostic("name", f"{written!r} is a function", [(name.span, f"write {meant}")])
    if not called and (angle := unit_of_angle(text, written, name.span[0])):
        return Diagnostic("name", f"{written!r} is no unit here", [(name.span, angle)])
    if not called and (call := call_with_number(written, NAMES)):
        return Diagnostic("name", f"unknown {what} {written!r}", [(name.span, f"write {call}")])
    for function in sorted((f for f in NAMES if called and written.endswith(f)), key=len, reverse=True):
        factor = written.removesuffix(function)
        if factor in names or split(factor, names):
            near = f"{'*'.join(split(factor, names) or [factor])}*{function}(...)"
            break
    else:
        near = (None if called else run_together(written, names, NAMES)) or near
    if _is_indexed(written) and written[0] in names:
        letter, index = written[0], written[1:].removeprefix("_")
        hint = f"for a product write {letter}*{index}, for a power {letter}**{index}"
    elif near:
        hint = f"did you mean {near!r}?"
    elif _DIFFERENTIAL.fullmatch(written):
        hint = "write the formula that it is equal to"
    return Diagnostic("name", f"unknown {what} {written!r}", [(name.span, hint)])


def listed(names: Iterable[str]) -> str:
    """Names as a sentence has them: `x`, `x and y`, `x, y and z`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def of_claim(diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic in the words for a claim, to which diff is no answer, nor what a letter was tried with."""
    message, hint = diagnostic.message, diagnostic.hint
    formula = "write the formula that it is equal to"
    labels = [
        (span, formula if "diff(" in words else words.partition(", or give ")[0])
        for span, words in diagnostic.labels
    ]
    if hint and "diff(" in hint:
        hint = None
    if message.startswith("an index is a whole number"):
        message, hint = "[...] is an index, and an index is a whole number", "write (...) for parentheses"
    return Diagnostic(diagnostic.kind, message, labels, hint)


def moved(diagnostic: Diagnostic, places: Sequence[int]) -> Diagnostic:
    """A diagnostic on a text with products put in, on the text as it was written."""
    last = len(places) - 1
    labels = [
        ((places[min(start, last)], max(places[min(end - 1, last)], places[min(start, last)]) + 1), words)
        for (start, end), words in diagnostic.labels
    ]
    return Diagnostic(diagnostic.kind, diagnostic.message, labels, diagnostic.hint)
