"""What can be wrong with a table: errors with the way out, and the places of cells in a file."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class TableError(Exception):
    """A table that cannot be read, written or computed with; the hint says the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def __reduce__(self) -> tuple[type[TableError], tuple[str, str]]:
        return type(self), (str(self), self.hint)  # a process that computes a part hands it on


class Bad:
    """A row that cannot be computed with: its place from 0 among the rows that were read together, and why.

    `line` is counted from 0 like the row, None where a row has no line.
    """

    __slots__ = ("line", "row", "what")

    def __init__(self, row: int, what: str, line: int | None = None) -> None:
        self.row = row
        self.what = what
        self.line = line

    def __repr__(self) -> str:
        return f"Bad({self.row}, {self.what!r}, {self.line})"


def place(file: str, row: int, line: int | None) -> str:
    """Where a row stands: `'data.csv', row 3 (line 4)`, both counted from 1, rows without the header."""
    return f"{file}, row {row + 1}" + ("" if line is None else f" (line {line + 1})")


def before(row: int, gone: Sequence[int]) -> int:
    """Which row one was before those were left out that are `gone`, in their order."""
    for place in gone:
        if place > row:
            break
        row += 1
    return row
