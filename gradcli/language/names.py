"""Names: their one form (NFKC), what is a name at all, and which of them a text may call."""

from __future__ import annotations

from gradcli.language.diagnostics import Diagnostic
from gradcli.language.lalr import LOGARITHMS, RESERVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from re import Match
    from typing import Protocol

    from gradcli.numbers.expression import Expression


    class Functions(Protocol):
        """The names that are functions before a parenthesis; those of the `textbook` need none: `sin 2x`."""

        @property
        def textbook(self) -> frozenset[str]: ...
        def __contains__(self, name: object, /) -> bool: ...
        def __iter__(self) -> Iterator[str]: ...


class Vocabulary(frozenset[str]):
    """Functions by their names alone."""

    __slots__ = ("textbook",)

    textbook: frozenset[str]

    def __new__(cls, names: Iterable[str] = (), textbook: Iterable[str] = ()) -> Vocabulary:
        """All the names, and those of them that need no parenthesis."""
        made = super().__new__(cls, names)
        made.textbook = frozenset(textbook)
        return made


NO_FUNCTIONS = Vocabulary()
"""For texts that call nothing."""


def is_logarithm(name: str) -> bool:
    """Whether it is the name of a logarithm with its base in it: `log_2`, `log_b`."""
    base = name.removeprefix(LOGARITHMS)
    return base != name and ((base.isascii() and base.isdigit()) or (len(base) == 1 and base.isalpha()))


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
