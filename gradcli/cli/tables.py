"""Tables of text (CSV, TSV): header and rows as they arrive; a broken row says why and breaks no other."""

from __future__ import annotations

import csv
import io
from collections import deque

from gradcli.cli.arguments import UsageError, nearest
from gradcli.cli.streams import TOO_LONG, UTF8_BOM, byte_lines, flaw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

DELIMITERS = ",\t;"  # spreadsheets of countries with a decimal comma write semicolons
MOST_LINES = 100
"""A cell may hold so many lines of a file: a quotation mark that is never closed must not eat up the rest."""


class Row:
    """The cells of a row, the line of the file on which it begins, and what is wrong with it as a row."""

    __slots__ = ("cells", "end", "line", "problem")

    def __init__(self, cells: list[str], line: int, end: int, problem: str = "") -> None:
        self.cells = cells
        self.line = line
        self.end = end  # bytes of the file up to the end of the row
        self.problem = problem

    def __repr__(self) -> str:
        return f"Row({self.cells!r}, line {self.line}, {self.problem!r})"


class Piece:
    """A line of the file with its end, and where it ends."""

    __slots__ = ("end", "line", "text")

    def __init__(self, text: str, line: int, end: int) -> None:
        self.text = text
        self.line = line
        self.end = end


class Table:
    """A file whose first row names the columns.

    Raises UsageError for a file without a header, InputError for one that cannot be read.
    """

    def __init__(self, stream: BinaryIO, name: str, before_waiting: Callable[[], object]) -> None:
        self.name = name
        self._pieces = _pieces(stream, name, before_waiting)
        self._again: deque[Piece] = deque()  # lines that were read ahead in vain
        first = next(self._pieces, None)
        while first is not None and not first.text.strip():
            first = next(self._pieces, None)
        if first is None:
            raise UsageError(f"{name} is empty", "its first line names the columns: f,claim")
        self.delimiter = "\t" if name.rstrip("'").lower().endswith(".tsv") else _delimiter(first.text)
        self.header = self._row(first).cells

    def rows(self) -> Iterator[Row]:
        """The rows under the header, without the blank ones. Raises InputError."""
        while True:
            piece = self._next()
            if piece is None:
                return
            row = self._row(piece)
            if any(cell.strip() for cell in row.cells):
                self._verify(row)
                yield row

    def columns(self, name: str) -> list[int]:
        """The indices of the columns of a name, whatever its case."""
        return [i for i, header in enumerate(self.header) if header.strip().casefold() == name]

    def column(self, name: str, *, needed: bool = True) -> int | None:
        """The index of the one column of a name, None where none is needed; raises UsageError."""
        found = self.columns(name)
        if len(found) > 1:
            raise UsageError(f"{self.name} has {len(found)} columns '{name}'", "rename all but one")
        if found or not needed:
            return found[0] if found else None
        for header in self.header:
            problem = flaw(header)
            if problem:
                raise UsageError(f"cannot read {self.name}: {problem[0]}")
        names = [header.strip() for header in self.header]
        free = {header.casefold(): header for header in names if header.casefold() not in ("f", "claim")}
        near = nearest(name, free)
        raise UsageError(
            f"{self.name} has no column '{name}'; its columns are {', '.join(names)}",
            f"rename '{free[near]}'?" if near else "its first line must name the columns: f,claim",
        )

    def _next(self) -> Piece | None:
        return self._again.popleft() if self._again else next(self._pieces, None)

    def _row(self, first: Piece) -> Row:
        """The row that begins on a line; it goes on over the next ones where a quoted cell does."""
        taken = [first]
        while True:
            text = "".join(piece.text for piece in taken)
            try:
                return Row(self._cells(text, strict=True), first.line, taken[-1].end)
            except csv.Error as error:
                # The module has no other way to say so.
                is_open = "unexpected end" in str(error)
            following = self._quoted(taken) if is_open else None
            if following is None:
                break
            taken += following
        self._again.extendleft(reversed(taken[1:]))
        return self._broken(first, is_open or len(taken) > 1)

    def _quoted(self, taken: list[Piece]) -> list[Piece] | None:
        """The lines up to the next one with a quotation mark; None where there is none in reach."""
        following: list[Piece] = []
        while len(taken) + len(following) < MOST_LINES:
            piece = self._next()
            if piece is None:
                break
            following.append(piece)
            if '"' in piece.text:
                return following
        self._again.extendleft(reversed(following))
        return None

    def _broken(self, piece: Piece, is_open: bool) -> Row:
        """The row of a line that is not as it should be."""
        if is_open:
            problem = "a quotation mark is opened and not closed"
        else:
            try:
                return Row(self._cells(piece.text, strict=False), piece.line, piece.end)
            except csv.Error:  # the module takes in no more, and a cell in a spreadsheet 32,767
                problem = f"a cell of more than {csv.field_size_limit()} characters"
        return Row(piece.text.rstrip("\r\n").split(self.delimiter), piece.line, piece.end, problem)

    def _cells(self, text: str, *, strict: bool) -> list[str]:
        # As one line: the module must see the line ends within a quoted cell, and no others.
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=strict))
        return rows[0] if rows else []

    def _verify(self, row: Row) -> None:
        """Say of a row with other cells than the header has that it has; blank ones behind are no harm."""
        surplus = row.cells[len(self.header) :]
        if any(cell.strip() for cell in surplus) and not row.problem:
            row.problem = (
                f"{len(row.cells)} cells in a row of {len(self.header)} columns: "
                f"a cell with a {_NAMES[self.delimiter]} in it stands in quotation marks"
            )
        elif any(cell == TOO_LONG for cell in row.cells):
            row.problem = (flaw(TOO_LONG) or ("",))[0]


_NAMES = {",": "comma", "\t": "tab", ";": "semicolon"}


def _delimiter(header: str) -> str:
    """What parts the columns of a header: what stands in it most often, a comma where nothing does."""
    return max(DELIMITERS, key=header.count)


def _pieces(stream: BinaryIO, name: str, before_waiting: Callable[[], object]) -> Iterator[Piece]:
    """The lines of a stream with their ends: LF, CRLF or CR."""
    line = end = 0
    for raw in byte_lines(stream, name, before_waiting):
        if raw is None:
            text = TOO_LONG
        else:
            end += len(raw) + 1
            text = (raw if line else raw.removeprefix(UTF8_BOM)).decode("utf-8", "surrogateescape")
        # A lone CR ends a line, too; what is in a cell keeps the line ends that it has.
        for part in io.StringIO(text + "\n", newline="") if "\r" in text else (text + "\n",):
            line += 1
            yield Piece(part, line, end)


def cell(row: Sequence[str], column: int | None) -> str:
    """A cell of a row, empty where the row is too short."""
    return row[column] if column is not None and column < len(row) else ""
