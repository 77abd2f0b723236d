"""Numbers in a text that are so small that they count as 0, and the notes on them."""

from __future__ import annotations

import re

from gradcli.evaluation.failures import clip
from gradcli.evaluation.results import Note
from gradcli.numbers.expression import postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.numbers.expression import Expression

_TINY = re.compile(r"[eE][-−][\d_]{3}|0{300}")
"""What a text has that holds such a number; few others have it."""

_DIGIT = re.compile(r"[^eE]*[1-9]")


def vanishes(value: float, text: str | None) -> bool:
    """Whether a number is 0 though it is not written so."""
    return value == 0.0 and text is not None and _DIGIT.match(text) is not None


def vanished(expression: Expression, text: str) -> list[Note]:
    """Notes on the numbers of an expression, which stands in `text`, that count as 0."""
    start, end = expression.span or (0, 0)
    if not _TINY.search(text, start, end):
        return []
    numbers = (part for part in postorder(expression) if part.op == "number")
    found = [part for part in numbers if vanishes(part.value, part.text)]
    return [
        Note(f"{clip(part.text or '')} is smaller than the smallest number: it counts as 0", part.span)
        for part in sorted(found, key=lambda part: part.span or (0, 0))
    ]


def within(where: str, notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes as they are said where a variable is mentioned that was bound elsewhere."""
    return tuple(Note(f"in {where}: {note.text}") for note in notes)
