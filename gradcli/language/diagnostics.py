"""What is wrong with a text: an exception with fields."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from gradcli.numbers.expression import Span

    Kind = Literal["syntax", "name", "call", "shape", "value", "internal", "limit"]


LONGEST = 40
"""How much of a name a sentence can hold."""

_LONG = re.compile(rf"(\w{{{LONGEST - 1}}})\w{{2,}}")


def clip_words(sentence: str) -> str:
    """A sentence with the names in it cut that are too long for one."""
    return _LONG.sub(r"\1…", sentence) if len(sentence) > LONGEST else sentence


class Diagnostic(Exception):  # noqa: N818 -- what it is called throughout: it is handed on more than raised
    """A text that cannot be carried out: what is wrong, where, and the way out.

    `labels` are spans of the text with what there is to say of each, the culprit first; a label may be
    empty, and then there are only carets. `hint` stands under them all.
    """

    def __init__(
        self, kind: Kind, message: str, labels: Sequence[tuple[Span, str]] = (), hint: str | None = None
    ) -> None:
        message = clip_words(message)
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.labels = [(span, clip_words(text)) for span, text in labels]
        self.hint = hint and clip_words(hint)

    @property
    def span(self) -> Span | None:
        """The place of the culprit."""
        return self.labels[0][0] if self.labels else None
