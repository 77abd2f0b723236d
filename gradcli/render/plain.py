"""Pages as plain text, for pipes and files; no colour, no Rich."""

from __future__ import annotations

from gradcli.render.layout import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.render.layout import Line


def text(lines: Iterable[Line]) -> str:
    """The lines as text, each ended by a newline."""
    return "".join(text_of(line) + "\n" for line in lines)
