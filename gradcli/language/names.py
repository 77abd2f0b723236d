"""Names: their one form (NFKC), what is a name at all, and the part each plays before a parenthesis."""

from __future__ import annotations

import re

from gradcli.language.diagnostics import Diagnostic
from gradcli.language.lalr import KIND, RESERVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from re import Match

    from gradcli.numbers.expression import Expression

_NAME = KIND["NAME"]
_CALLED = KIND["CALLED"]
_DEFINED = KIND["DEFINED"]
_FUNCTION = KIND["FUNCTION"]
_RAISED = KIND["RAISED"]
_NUMBERS = (KIND["NUMBER"], KIND["FRACTION"])
_SIGNS = (KIND["PLUS"], KIND["MINUS"])
_POWER = KIND["POWER"]
_SUPERSCRIPT = KIND["SUPERSCRIPT"]
_OPEN = KIND["LPAR"]
# Among the kinds of a text, as bytes: those names that may be something else for what stands behind them.
_NAME_BEFORE = re.compile(
    b"%b(?=[%b])" % tuple(map(re.escape, (bytes((_NAME,)), bytes((_OPEN, _POWER, _SUPERSCRIPT)))))
)
_CLOSE = KIND["RPAR"]
_EQUAL = KIND["EQUAL"]


def normal(name: str) -> str:
    """The name in the form that all its spellings share."""
    if name.isascii():
        return name
    import unicodedata

    return unicodedata.normalize("NFKC", name)


def checked_name(match: Match[str]) -> str:
    """The name that stands in the text, in NFKC.

    Raises Diagnostic where it holds a character that no name has: the lexer leaves those beyond ASCII to us.
    """
    written = match.group()
    name = name_of(written)
    if name is not None:
        return name
    from gradcli.language.characters import wrong_character

    for offset, character in enumerate(written):
        if is_raised(character) or not ("a" + normal(character)).isidentifier():
            raise wrong_character(match.string, match.start() + offset)
    raise Diagnostic("syntax", f"'{written}' is a reserved word", [(match.span(), "choose another name")])


def name_of(written: str) -> str | None:
    """The name that a NAME writes, in NFKC; None where it holds a character that no name has."""
    if written.isascii() or written == "∞":
        return written
    name = normal(written)
    if name.isidentifier() and name not in RESERVED and not any(map(is_raised, written)):
        return name
    return None


def is_raised(character: str) -> bool:
    """Whether it is a small copy of another character, set high: ˣ is no letter of a name."""
    if character.isascii():
        return False
    import unicodedata

    return unicodedata.decomposition(character).startswith("<super>")


def is_called(name: Expression) -> bool:
    """Whether a "name" node stands directly before a parenthesis, so that it may be a misspelt function."""
    return name.text is not None and name.text.endswith("(")


def assign_roles(
    kinds: list[int], written: Callable[[int], str], functions: Container[str], defined: dict[str, None]
) -> None:
    """Tell the names of one statement apart by what stands behind them, in `kinds`; one pass.

    `written` gives the text of a token by its number. The function that the statement defines is from then on
    one of `defined`.
    """
    if kinds[0] == _NAME and kinds[1] == _OPEN and _defines(kinds):
        kinds[0] = _DEFINED
        defined[normal(written(0))] = None
    partners: dict[int, int] | None = None
    exponent = -1
    for found in _NAME_BEFORE.finditer(bytes(kinds)):
        at, behind = found.span()
        name = normal(written(at))
        is_function = name in functions or name in defined
        if kinds[behind] == _OPEN:
            if at != exponent:
                kinds[at] = _FUNCTION if is_function else _CALLED
        elif is_function:
            if partners is None:
                partners = _partners(kinds)
            end = _after_exponent(kinds, behind, partners)
            if kinds[end] == _OPEN:
                kinds[at] = _RAISED
                exponent = end - 1


def _after_exponent(kinds: list[int], power: int, partners: dict[int, int]) -> int:
    """The token behind the exponent in sin^2(x), sin^(n-1)(x), sin²(x)."""
    index = power + 1
    if kinds[power] == _SUPERSCRIPT:
        return index
    while kinds[index] in _SIGNS:
        index += 1
    if kinds[index] in _NUMBERS or kinds[index] == _NAME:
        return index + 1
    return partners.get(index, -2) + 1


def _partners(kinds: list[int]) -> dict[int, int]:
    opened: list[int] = []
    partners = {}
    for index, kind in enumerate(kinds):
        if kind == _OPEN:
            opened.append(index)
        elif kind == _CLOSE and opened:
            partners[opened.pop()] = index
    return partners


def _defines(kinds: list[int]) -> bool:
    """Whether a statement that begins with `f(` goes on as in `f(x, y) = ...`."""
    if _EQUAL not in kinds:
        return False
    depth = 0
    for index, kind in enumerate(kinds):
        if kind == _OPEN:
            depth += 1
        elif kind == _CLOSE:
            depth -= 1
            if depth == 0:
                return kinds[index + 1] == _EQUAL
    return False
