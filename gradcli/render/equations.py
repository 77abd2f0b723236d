"""Equations of several sides as lines: side by side where they fit, else one below the other at the `=`."""

from __future__ import annotations

from gradcli.render.layout import PLAIN, cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.render.layout import Line

EQUALS = " = "


class Side:
    """A side of an equation: a text, or the lines of a matrix."""

    __slots__ = ("block", "style", "text")

    def __init__(self, text: str, style: str = PLAIN, *, block: Sequence[str] = ()) -> None:
        self.text = text
        self.style = style
        self.block = block


class Equation:
    """Sides that are equal; the last `=` stands at `column` behind the indent or further."""

    __slots__ = ("column", "sides")

    def __init__(self, sides: Sequence[Side], *, column: int = 0) -> None:
        self.sides = sides
        self.column = column


def laid_out(equation: Equation, indent: int, width: int) -> list[Line]:
    """The lines of an equation on a page so wide."""
    one = _on_one_line(equation, indent)
    if one is not None and sum(cells(text) for text, _ in one) <= width:
        return [one]
    return _stacked(equation.sides, indent, width)


def _on_one_line(equation: Equation, indent: int) -> Line | None:
    line: Line = [(" " * indent, PLAIN)]
    last = len(equation.sides) - 1
    for i, side in enumerate(equation.sides):
        if side.block:
            return None
        if i:
            used = sum(cells(text) for text, _ in line) - indent
            gap = max(equation.column - used, 0) if i == last else 0
            line.append((" " * gap + EQUALS, PLAIN))
        line.append((side.text, side.style))
    return line


def _stacked(sides: Sequence[Side], indent: int, width: int) -> list[Line]:
    """The first two sides on one line where they fit, every further one below, all `=` at one place."""
    first = sides[0]
    at = indent + cells(first.text)
    widest = max((cells(line) for side in sides for line in side.block), default=0)
    if at > width // 3 or at + len(EQUALS) + widest > width:
        lines = [[(" " * indent, PLAIN), (part, first.style)] for part in _broken(first.text, width - indent)]
        return lines + [line for side in sides[1:] for line in _below(side, indent + 1, width, None)]
    lines = []
    for i, side in enumerate(sides[1:]):
        opening: Line = [(" " * indent, PLAIN), (first.text, first.style)] if i == 0 else [(" " * at, PLAIN)]
        lines += _below(side, at, width, opening)
    return lines


def _below(side: Side, at: int, width: int, opening: Line | None) -> list[Line]:
    """`= side` from column `at` on, its further lines below what follows the sign."""
    room = max(width - at - len(EQUALS), 10)
    parts = list(side.block) or _broken(side.text, room)
    lines: list[Line] = [[*(opening or [(" " * at, PLAIN)]), (EQUALS, PLAIN), (parts[0], side.style)]]
    blank = " " * (at + len(EQUALS))
    return lines + [[(blank, PLAIN), (part, side.style)] for part in parts[1:]]


def _broken(text: str, room: int, level: int = 0) -> list[str]:
    """A text in lines of at most so many columns: broken between terms, a long term between its factors."""
    lines: list[str] = []
    line = ""
    pieces = _pieces(text, level)
    for piece in pieces:
        if line and cells(line) + cells(piece) > room:
            lines.append(line)
            line = ""
        line += piece if line else piece.lstrip()
        if cells(line) <= room:
            continue
        if level == LAST:
            *cut, line = _cut(line, room)
            lines += cut
        else:  # what follows a term of several lines begins on its own
            indent = DEEPER if level == TERMS and len(pieces) > 1 else ""
            first, *others = _broken(line, room - len(indent), level + 1)
            lines += [first, *(indent + other for other in others)]
            line = ""
    return [*lines, line] if line else lines


def _cut(line: str, room: int) -> list[str]:
    """A text without a better place to break it."""
    lines: list[str] = []
    while cells(line) > room:
        cut = max(line.rfind(sign, 1, room) for sign in " */,(") + 1 or room
        lines.append(line[:cut].rstrip())
        line = line[cut:].lstrip()
    return [*lines, line]


DEEPER = "  "
TERMS, FACTORS, LAST = range(3)
SIGNS = {TERMS: ("+ ", "- "), FACTORS: ("* ", "@ "), LAST: ("+ ", "- ", "* ", "@ ")}


def _pieces(text: str, level: int) -> list[str]:
    """Where a text may be broken: before the blank of ` + `, and at last within brackets, behind a comma."""
    pieces: list[str] = []
    start = depth = 0
    for i, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character != " " or i == start or (depth and level != LAST):
            continue
        if text[i + 1 : i + 3] in SIGNS[level] or (level == LAST and text[i - 1] == ","):
            pieces.append(text[start:i])
            start = i
    return [*pieces, text[start:]]
