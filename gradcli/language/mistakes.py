"""Why a text is not of the language, in a person's words, with the likely fix."""

from __future__ import annotations

from gradcli.language.diagnostics import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import Any

    from gradcli.language.actions import Reading
    from gradcli.language.lalr import Rejected
    from gradcli.numbers.expression import Expression, Span


def empty_text(text: str) -> Diagnostic:
    """A text without a statement."""
    return Diagnostic("syntax", "there is nothing to evaluate", [((0, len(text)), "write an expression, like sin(x**2)")])


def inverse_or_reciprocal(reading: Reading, call: Expression, start: int, exponent: Span) -> Diagnostic:
    """`sin^-1(x)`, which half of the schools take for the inverse and half for the reciprocal."""
    return Diagnostic("syntax", "could be either", [((start, exponent[1]), "")])


def explain_rejection(
    text: str, kinds: list[int], lexemes: list[Any], rejected: Rejected, functions: Container[str]
) -> Diagnostic:
    """The parser's complaint about a token as a diagnostic."""
    lexeme = lexemes[rejected.index]
    span = lexeme.span() if lexeme else (len(text), len(text))
    return Diagnostic("syntax", "this is not understood", [(span, "")])
