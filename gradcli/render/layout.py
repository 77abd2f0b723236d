"""Lines of styled text, and tables of them: the one layout that the plain and the coloured page share."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Span = tuple[str, str]  # text, style
    Line = list[Span]

# The styles that a span may have; pretty.STYLES says what each looks like.
PLAIN = ""
HEADER = "header"
NAME = "name"
VALUE = "value"
GRADIENT = "gradient"
OPERATION = "operation"
GUIDE = "guide"
NOTE = "note"
ERROR = "error"
HINT = "hint"
RIGHT = "right"

GAP = "  "
LONGEST_NAME = 32


def escape(text: str) -> str:
    """Show control characters, lone surrogates and the like as escapes, everything else as it is."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def clip(text: str, room: int) -> str:
    """Cut a text that takes more than `room` columns, and show by `…` that it is cut."""
    # A character takes at most two columns: what is shorter than half the room needs no counting.
    if len(text) * 2 <= room or (len(text) <= room and cells(text) <= room):
        return text
    kept = text[: room - 1]
    while cells(kept) > room - 1:
        kept = kept[:-1]
    return kept + "…"


def name(text: str) -> str:
    """A name from outside, escaped and of a bearable length."""
    return clip(escape(text[: 2 * LONGEST_NAME]), LONGEST_NAME)


def text_of(line: Line) -> str:
    """The characters of a line, without its styles."""
    return "".join(text for text, _ in line).rstrip()


def pad(text: str, width: int, *, right: bool) -> str:
    """Fill a text up to a width with blanks, on its left where it is to stand at the right."""
    blanks = " " * (width - cells(text))
    return blanks + text if right else text + blanks


def table(
    header: Sequence[str], rows: Sequence[Sequence[Sequence[str]]], styles: Sequence[str]
) -> list[Line]:
    """A table under a header, the first column at the left, the others at the right.

    A cell is the lines of a text; a cell of several lines is a block that is moved as one.
    """
    widths = [
        max(cells(text), *(cells(line) for row in rows for line in row[i])) for i, text in enumerate(header)
    ]
    lines = [_row(header, widths, [HEADER] * len(header))]
    for row in rows:
        blocks = [[pad(line, max(map(cells, cell)), right=False) for line in cell] for cell in row]
        height = max(map(len, blocks))
        lines += [_row([b[i] if i < len(b) else "" for b in blocks], widths, styles) for i in range(height)]
    return lines


def _row(texts: Sequence[str], widths: Sequence[int], styles: Iterable[str]) -> Line:
    line: Line = []
    for i, (text, width, style) in enumerate(zip(texts, widths, styles, strict=True)):
        if i:
            line.append((GAP, PLAIN))
        line.append((pad(text, width, right=i > 0), style))
    return line
