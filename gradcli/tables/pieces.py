"""What the readers of all formats have in common: what is wanted of a table, and what a piece of it gives."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from gradcli.tables.problems import Bad


class Wanted:
    """What is to be read of a table.

    `needed` are the columns that are computed with, by the names that the expression has for them; `kept`
    those that go out again; if `delimiter` parts them there, as the text that they were. Of JSON Lines those
    that are `raw` go out as their texts. With `skip_bad` a
    row that cannot be read is left out. Cells that hold one of the texts `absent` are missing. Of those
    needed, `measured` hold values with their errors (`2.0±0.1`), which go by the names in `measured`;
    `errors` are columns of errors.
    """

    __slots__ = ("absent", "delimiter", "errors", "kept", "measured", "needed", "raw", "skip_bad")

    def __init__(
        self,
        needed: Mapping[str, str],
        kept: Sequence[str | int] = (),
        *,
        delimiter: str = "",
        skip_bad: bool = False,
        absent: Iterable[str] = (),
        measured: Mapping[str, str] | None = None,
        errors: Iterable[str] = (),
        raw: Iterable[str] = (),
    ) -> None:
        self.needed = dict(needed)
        self.kept = tuple(kept)
        self.delimiter = delimiter
        self.skip_bad = skip_bad
        self.absent = tuple(absent)
        self.measured = dict(measured or {})
        self.errors = frozenset(errors)
        self.raw = frozenset(raw)

    def named(self, number: str) -> str:
        """The column of the table from which numbers come."""
        for name, errors in self.measured.items():
            if errors == number:
                return self.needed[name]
        return self.needed[number]


class Rows:
    """The rows of a piece: `numbers` by name (nan where one is missing), `kept` columns in their order.

    Where these `are_lines`, a single column has the text of all of them, as it is to go out; those at the
    places `raw` are texts of JSON. Columns that are `rounded` have whole numbers that no float has,
    those that are `vanished` numbers that are 0 as floats.

    `read` rows were in the piece, on so many `lines`; `bad` are those that are not among the columns, or,
    where they are not to be skipped, for which there are none.
    """

    __slots__ = ("are_lines", "bad", "kept", "lines", "numbers", "raw", "read", "rounded", "vanished")

    def __init__(self, read: int, lines: int = 0) -> None:
        self.read = read
        self.lines = lines
        self.numbers: dict[str, Any] = {}
        self.kept: list[Any] = []
        self.are_lines = False
        self.raw: frozenset[int] = frozenset()
        self.bad: list[Bad] = []
        self.rounded: list[str] = []
        self.vanished: list[str] = []

    @property
    def count(self) -> int:
        """The rows that are left."""
        return self.read - len(self.bad)

    def negative(self, wanted: Wanted) -> dict[int, str]:
        """What is wrong with those rows that are left whose error is negative."""
        found: dict[int, str] = {}
        for column in (*wanted.errors, *wanted.measured.values()):
            errors = self.numbers[column]
            name = wanted.named(column)
            for row in (errors < 0).nonzero()[0].tolist():
                found.setdefault(row, f"column '{name}': the error {errors[row]:.17g} is negative")
        return found

    def leave_out(self, rows: Sequence[int]) -> None:
        """Take these rows out of the columns."""
        import numpy as np

        from gradcli.tables import compute

        left = np.delete(np.arange(self.count + len(rows)), rows)
        self.numbers = {name: column[left] for name, column in self.numbers.items()}
        self.kept = [compute.take(column, left) for column in self.kept]
