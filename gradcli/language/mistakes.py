"""Why a text is not of the language, in a person's words, with the likely fix.

Works only after the parser has given up, on the token at which it did: each kind of slip is a function that
recognises it, or says None; the first that recognises its own explains the whole.
"""

from __future__ import annotations

import re

from gradcli.language import brackets, pasted, slips, textbook
from gradcli.language.diagnostics import LONGEST, Diagnostic
from gradcli.language.lalr import KINDS, expected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.language.actions import Reading
    from gradcli.language.lalr import Rejected
    from gradcli.language.names import Functions
    from gradcli.numbers.expression import Span


class Scene:
    """Where the parser gave up: the tokens, the one that it refused, those that it would have taken."""

    __slots__ = ("expected", "functions", "index", "kinds", "lexemes", "text")

    def __init__(
        self, text: str, kinds: list[int], lexemes: list[Any], rejected: Rejected, functions: Functions
    ) -> None:
        self.text = text
        self.kinds = [KINDS[kind] for kind in kinds]
        self.lexemes = lexemes
        self.index = rejected.index
        self.expected = expected(rejected.state)
        self.functions = functions

    @property
    def kind(self) -> str:
        """The kind of the token that was refused."""
        return self.kinds[self.index]

    @property
    def previous(self) -> str:
        """The kind of the token before it; "" at the start."""
        return self.kinds[self.index - 1] if self.index else ""

    @property
    def ends(self) -> bool:
        """Whether the statement ends where it may not."""
        return self.kind in ("$END", "SEMICOLON", "NEWLINE")

    @property
    def wants_operand(self) -> bool:
        """Whether an operand would have been taken."""
        return "NUMBER" in self.expected or self.previous in ("TIMES", "DIVIDE")

    def word(self, step: int = 0) -> str:
        """The text of the refused token, or of one some steps from it; "" beyond the ends."""
        lexeme = self._lexeme(step)
        return lexeme.group() if lexeme else ""

    def span(self, step: int = 0) -> Span:
        """The place of the refused token, or of one some steps from it; at the end, behind the last token."""
        lexeme = self._lexeme(step)
        if lexeme and not (step == 0 and self.ends):
            return lexeme.span()  # type: ignore[no-any-return]
        before = self._lexeme(step - 1)
        return (before.end(), before.end() + 1) if before else (0, 1)

    def _lexeme(self, step: int) -> Any:
        index = self.index + step
        return self.lexemes[index] if 0 <= index < len(self.lexemes) else None


_CHECKS = (
    brackets.two_pairings,
    slips.unknown_character,
    slips.unknown_function,
    pasted.thousands,
    slips.decimal_comma,
    pasted.qualified,
    slips.attribute,
    slips.repetition,
    slips.per_cent,
    textbook.bare_function,
    textbook.argument_ends_twice,
    slips.equals,
    brackets.closes_nothing,
    brackets.closes_another,
    pasted.broken_exponent,
    slips.number_beside,
    slips.parameter,
    slips.switch,
    slips.missing_word,
    slips.reserved_word,
    slips.missing_operand,
    brackets.never_closed,
    slips.comma,
    slips.index_of_power,
    slips.colon,
)


def explain_rejection(
    text: str, kinds: list[int], lexemes: list[Any], rejected: Rejected, functions: Functions
) -> Diagnostic:
    """The parser's complaint about a token as a diagnostic."""
    scene = Scene(text, kinds, lexemes, rejected, functions)
    for check in _CHECKS:
        diagnostic = check(scene)
        if diagnostic is not None:
            return diagnostic
    if scene.ends:
        return Diagnostic("syntax", "the statement ends too early", [(scene.span(), slips.wanted(scene))])
    return Diagnostic("syntax", f"'{scene.word()}' cannot stand here", [(scene.span(), slips.wanted(scene))])


def empty_text(text: str) -> Diagnostic:
    """A text without a statement."""
    whole = (0, max(len(text), 1))
    return Diagnostic(
        "syntax", "there is nothing to evaluate", [(whole, "write an expression, like sin(x**2)")]
    )


def inverse_or_reciprocal(reading: Reading, name: str, arguments: str, place: Span) -> Diagnostic:
    """`sin^-1(x)`, which half of the schools take for the inverse and half for the reciprocal."""
    inverses = [spelling for spelling in (f"a{name}", f"arc{name}") if spelling in reading.functions]
    choices = [*(f"{inverse}({arguments})" for inverse in inverses[:1]), f"1/{name}({arguments})"]
    return Diagnostic(
        "syntax",
        f"{reading.text[slice(*place)]} is read in two ways" if inverses else f"{name} has no power -1",
        [(place, f"write {' or '.join(choices)}")],
    )


def index_in_braces(text: str, place: Span) -> Diagnostic:
    """`x_{1}`, as TeX writes an index."""
    start, end = place
    inside = text[start + 1 : end - 1].strip()
    name = re.search(r"\w+\Z", text[max(start - LONGEST, 0) : start])
    fix = f"write {name.group() if name else ''}{inside}" if inside.isalnum() else "give it another name"
    return Diagnostic("syntax", "an index is written without braces", [(place, fix)])


def number_in_brackets(text: str, brackets: Span, factor: str) -> Diagnostic:
    """`3[0]`, `2[1, 2]`: an index of a number, or a product with this factor?"""
    start, end = brackets
    number = re.search(r"[\w.]+\s*\Z", text[max(start - LONGEST, 0) : start])
    written = number.group() if number else ""
    fix = f"for a product write {written.strip()}*{factor}"
    return Diagnostic("syntax", "a number has no elements", [((start - len(written), end), fix)])
