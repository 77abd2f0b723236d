"""The answers to a sheet of claims: as a table for a person, as CSV and as JSON lines.

CSV has the sheet's own columns as they are and `verdict`, `mistake` (the likeliest) and `detail` behind them;
where the sheet has a column of that name already, ours is called `check_verdict`. A line of JSON has `line`
(of the file), the sheet's other columns, and what the JSON of a claim has; there a column of the sheet whose
name is one of ours is called `sheet_notes`.
"""

from __future__ import annotations

import re

from gradcli.homework.results import CORRECT, UNDECIDED, UNREADABLE, WRONG
from gradcli.render.check import style_of, wrapped
from gradcli.render.layout import (
    GAP,
    HEADER,
    HINT,
    NAME,
    NOTE,
    PLAIN,
    cells,
    clip,
    escape,
    pad,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from gradcli.render.layout import Line

OURS = ("verdict", "mistake", "detail")
VERDICT = len("unreadable")
MISTAKE = len("power-coefficient-missing")
LEAST_FORMULA = 8
WIDEST_KEY = 12
LONGEST_CELL = 40  # of those that a note quotes
MOST_NAMED = 5  # mistakes in the summary


RUN = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet runs as a formula, unless it is a number."""
_NUMBER = re.compile(r"[-+]?[0-9]*[.,]?[0-9]+([eE][-+]?[0-9]+)?")


def is_run(cell: str) -> bool:
    """Whether a spreadsheet that opens a CSV runs a cell of it."""
    return cell.startswith(RUN) and _NUMBER.fullmatch(cell) is None


class Csv:
    """Rows as CSV; `columns` are those of the sheet.

    With `guard` an apostrophe stands before what a spreadsheet would run, which takes the cell as text then;
    without it `run` is the first such cell.
    """

    def __init__(self, columns: Sequence[str], delimiter: str, *, guard: bool = False) -> None:
        import csv
        from io import StringIO

        self.columns = list(columns)
        self.guard = guard
        self.run = ""
        self._page = StringIO()
        self._writer = csv.writer(self._page, delimiter=delimiter, lineterminator="\n")

    def header(self) -> str:
        """The line that names the columns."""
        taken = {column.strip().casefold() for column in self.columns}
        return self._line([*self.columns, *(f"check_{name}" if name in taken else name for name in OURS)])

    def row(self, own: Sequence[str], record: Mapping[str, Any]) -> str:
        """A row with its answer under our columns, whatever number of cells it has."""
        width = len(self.columns)
        own = [*own, *[""] * (width - len(own))]
        mistake = next(iter(record["mistakes"]), "")
        return self._line([*own[:width], record["verdict"], mistake, record["detail"], *own[width:]])

    def _line(self, cells: Sequence[str]) -> str:
        self._page.seek(0)
        self._page.truncate()
        if any(map(is_run, cells)):
            self.run = self.run or next(filter(is_run, cells))
            cells = [f"'{cell}" if self.guard and is_run(cell) else cell for cell in cells]
        self._writer.writerow(cells)
        return self._page.getvalue()


def runs(cell: str) -> list[Line]:
    """The note on a cell that a spreadsheet would run."""
    words = (
        f"a spreadsheet runs cells that begin with =, +, - or @, such as '{clip(escape(cell), LONGEST_CELL)}'"
    )
    return [[("note: ", NOTE), (f"{words}; --guard writes an apostrophe before them", PLAIN)]]


def json_fields(columns: Iterable[tuple[str, str]], line: int, record: Mapping[str, Any]) -> dict[str, Any]:
    """What the line of JSON of a row has: its other columns in their order, then the answer."""
    fields: dict[str, Any] = {"line": line}
    for column, cell in columns:
        key = f"sheet_{column}" if column in record or column == "line" else column
        while key in fields:  # two columns of one name
            key += "_"
        fields[key] = cell
    return fields | dict(record)


class Table:
    """Rows as a table; the first rows tell how wide the columns are to be."""

    def __init__(self, key: str, first: Iterable[tuple[str, str, str]], width: int) -> None:
        """`key` is what the first column is called; `first` are keys, functions and claims."""
        self.key = key
        rows = [(key, "f", "claim"), *first]
        widest = [max(cells(_plain(text)) for text in column) for column in zip(*rows, strict=True)]
        self.widths = _widths(widest, width)

    def header(self) -> Line:
        """The names of the columns."""
        return self._row([(name, HEADER) for name in (self.key, "f", "claim", "verdict", "mistake")])

    def row(self, key: str, f: str, claim: str, record: Mapping[str, Any]) -> Line:
        """A row, its cells cut to their columns."""
        verdict, detail = record["verdict"], record["detail"]
        mistake = next(iter(record["mistakes"]), "")
        line = self._row(
            [(key, NAME), (f, PLAIN), (claim, PLAIN), (verdict, style_of(verdict)), (mistake, NOTE)]
        )
        told = f"{': ' if mistake else ''}{_plain(detail)}"
        room = self.widths[-1] - cells(line[-1][0].rstrip())
        if detail and room > len(": …"):
            line[-1] = (line[-1][0].rstrip(), NOTE)
            line.append((clip(told, room), HINT))
        return line

    def _row(self, parts: Sequence[tuple[str, str]]) -> Line:
        line: Line = []
        for (text, style), width in zip(parts, self.widths, strict=True):
            line += [(GAP, PLAIN)] if line else []
            line.append((pad(clip(_plain(text), width), width, right=False), style))
        return line


def _widths(widest: Sequence[int], width: int) -> list[int]:
    """The widths of key, f, claim, verdict, and mistake with detail."""
    key = min(widest[0], WIDEST_KEY)
    room = width - key - VERDICT - 4 * len(GAP)
    # Narrow pages cut the name of the mistake before the formulas become unreadable.
    mistake = min(MISTAKE, max(room - 2 * LEAST_FORMULA, LEAST_FORMULA))
    formulas = max(room - mistake, 2 * LEAST_FORMULA)
    f, claim = _shares(widest[1], widest[2], formulas)
    return [key, f, claim, VERDICT, max(room - f - claim, mistake)]


def _shares(first: int, second: int, room: int) -> tuple[int, int]:
    """What two columns get of a room: what they need, or else half, and what the other leaves."""
    if first + second > room:
        half = room // 2
        first = min(first, max(half, room - second))
        second = room - first
    return first, second


def _plain(text: str) -> str:
    """A text from outside on one line."""
    return escape(" ".join(text.split()))


def summary(verdicts: Mapping[str, int], mistakes: Mapping[str, int], width: int) -> list[Line]:
    """How many answers there were of each kind, and the commonest mistakes."""
    total = sum(verdicts.values())
    line: Line = [(f"{total} answer" + ("" if total == 1 else "s"), HEADER)]
    for verdict in (CORRECT, WRONG, UNDECIDED, UNREADABLE):
        if verdicts.get(verdict):
            joint = ": " if len(line) == 1 else ", "
            line += [(joint, PLAIN), (f"{verdicts[verdict]} {verdict}", style_of(verdict))]
    lines = [line]
    if mistakes:
        commonest = sorted(mistakes, key=lambda name: -mistakes[name])
        named = ", ".join(f"{name} {mistakes[name]}" for name in commonest[:MOST_NAMED])
        more = len(commonest) - MOST_NAMED
        named += f" and {more} others" if more > 0 else ""
        lines += wrapped(named, width, PLAIN, "mistakes: ", NOTE)
    return lines
