"""What is wrong with a text: an exception with fields."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from gradcli.numbers.expression import Span

    Kind = Literal["syntax", "name", "call", "shape", "value"]


class Diagnostic(Exception):  # noqa: N818 -- what it is called throughout: it is handed on more than raised
    """A text that cannot be carried out: what is wrong, where, and the way out.

    `labels` are spans of the text with what there is to say of each, the culprit first; a label may be
    empty, and then there are only carets. `hint` stands under them all.
    """

    def __init__(
        self, kind: Kind, message: str, labels: Sequence[tuple[Span, str]] = (), hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.labels = list(labels)
        self.hint = hint

    @property
    def span(self) -> Span | None:
        """The place of the culprit."""
        return self.labels[0][0] if self.labels else None
