"""Pages in colour, through Rich; without the colour the text is that of `plain`, to the character."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.text import Text

from gradcli.render import layout
from gradcli.render.layout import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.render.layout import Line

STYLES = {
    layout.HEADER: "bold",
    layout.NAME: "cyan",
    layout.VALUE: "",
    layout.GRADIENT: "green",
    layout.OPERATION: "magenta",
    layout.GUIDE: "dim",
    layout.NOTE: "yellow",
    layout.ERROR: "bold red",
    layout.HINT: "cyan",
    layout.RIGHT: "bold green",
}


def text(lines: Iterable[Line]) -> str:
    """The lines as text with the terminal's colour codes."""
    page = StringIO()
    # The environment decided what the terminal takes. Lines are not wrapped: they stay one each.
    console = Console(
        file=page,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
        legacy_windows=False,
        _environ={},
    )
    for line in lines:
        room = len(text_of(line))  # without the blanks at the end
        shown = Text(end="")
        for words, style in line:
            shown.append(words[:room], STYLES.get(style, ""))
            room -= min(room, len(words))
        console.print(shown)
    return page.getvalue()
