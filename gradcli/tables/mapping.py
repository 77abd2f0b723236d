"""Mapping a table: a piece of its rows in, their results or their share of a sum out, and what went wrong."""

from __future__ import annotations

import numpy as np

from gradcli.tables import advice, cells, compute
from gradcli.tables.encoding import encode
from gradcli.tables.findings import Findings, add_met, add_unbounded
from gradcli.tables.problems import TableError, before, place
from gradcli.tables.rowwise import FAILED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from gradcli.tables.formats import Format
    from gradcli.tables.pieces import Rows, Wanted
    from gradcli.tables.problems import Bad
    from gradcli.tables.sources import Part, Piece, Reader, Table
    from gradcli.tables.uncertainty import Propagation


class Counts:
    """How many rows were read, and how many of them lack a value, were skipped, came out nan or infinite."""

    __slots__ = (
        "findings", "first_skipped", "missing", "rounded", "rows", "skipped", "unbounded", "unknown",
        "vanished",
    )

    def __init__(self) -> None:
        self.rows = 0
        self.missing = 0
        self.unknown = 0  # of those that lack no value, which lack an error
        self.skipped = 0
        self.unbounded = 0  # although nothing was missing
        self.first_skipped = ""  # where, and why
        self.rounded: list[str] = []  # columns with whole numbers that no float has
        self.vanished: list[str] = []  # columns with numbers too small for any float
        self.findings = Findings()

    def __repr__(self) -> str:
        return f"Counts({self.rows}, {self.missing}, {self.skipped}, {self.unbounded})"

    @property
    def failed(self) -> bool:
        """Whether there are rows at which eval, or the program itself, failed."""
        return FAILED in self.findings.by_note

    def add(self, other: Counts) -> None:
        """Count what another one has, which comes behind."""
        self.rows += other.rows
        self.missing += other.missing
        self.unknown += other.unknown
        self.skipped += other.skipped
        self.unbounded += other.unbounded
        self.first_skipped = self.first_skipped or other.first_skipped
        self.rounded += [column for column in other.rounded if column not in self.rounded]
        self.vanished += [column for column in other.vanished if column not in self.vanished]
        self.findings.merge(other.findings)

    def plain(self) -> dict[str, Any]:
        """The same as data that JSON can hold."""
        data = {name: getattr(self, name) for name in self.__slots__}
        return {**data, "findings": self.findings.plain()}

    @classmethod
    def of_plain(cls, data: Mapping[str, Any]) -> Counts:
        """What `plain` was made of."""
        counts = cls()
        for name, value in data.items():
            setattr(counts, name, value)
        counts.findings = Findings.of_plain(data["findings"])
        return counts


class Job:
    """What is done with every piece; the same in every thread and on every machine.

    `program` computes; `results` names the columns that it gives, the value first, then a gradient for each
    of `wrt`; with `propagation` an error behind the value, and shares at the end. `names` are all columns
    that go out, in `format`, None where nothing but a sum does.
    """

    __slots__ = ("format", "names", "program", "propagation", "results", "wanted", "wrt")

    def __init__(
        self,
        program: Any,
        wanted: Wanted,
        wrt: Sequence[str],
        results: Sequence[str],
        names: Sequence[str],
        format: Format | None,
        propagation: Propagation | None = None,
    ) -> None:
        self.program = program
        self.wanted = wanted
        self.wrt = tuple(wrt)
        self.results = tuple(results)
        self.names = tuple(names)
        self.format = format
        self.propagation = propagation

    def apply(self, file: Reader, piece: Piece) -> Outcome:
        """Compute a piece: its columns encoded for the file that they go to, or its partial sum."""
        rows = file.rows(piece.data, self.wanted)
        out = Outcome(rows, piece.done)
        if rows.bad and not self.wanted.skip_bad:
            return out
        lost = cells.missing(rows.numbers[name] for name in self.program.names)
        out.counts.missing = 0 if lost is None else int(np.count_nonzero(lost))
        unknown = None if self.propagation is None else self.propagation.unknown(rows.numbers)
        if unknown is not None and lost is not None:
            unknown &= ~lost
        out.counts.unknown = 0 if unknown is None else int(np.count_nonzero(unknown))
        if self.format is None:
            self._reduce(rows, lost, unknown, out)
        else:
            self._map(rows, lost, unknown, out, self.format)
        if rows.bad:
            gone = [bad.row for bad in rows.bad]
            out.counts.findings.move(lambda row: before(row, gone))
        return out

    def _map(self, rows: Rows, lost: Any, unknown: Any, out: Outcome, format: Format) -> None:
        columns = [np.empty(0)] * len(self.results)
        errors: list[Any] = []
        if rows.count:
            columns, errors = self._computed(rows.numbers, rows.count, lost, out)
        if unknown is not None:
            errors = [np.where(unknown, np.nan, column) for column in errors]
        columns = [columns[0], *errors[:1], *columns[1:], *errors[1:]]
        if lost is not None:
            columns = [np.where(lost, np.nan, column) for column in columns]
        arrays = [*rows.kept, *map(compute.column_of, columns)]
        out.result = encode(arrays, self.names, format, lines=rows.are_lines, raw=rows.raw)

    def _computed(
        self, numbers: Mapping[str, Any], count: int, lost: Any, out: Outcome
    ) -> tuple[list[Any], list[Any]]:
        """The value and the gradients; the error and the shares, as if errors that are missing were 0."""
        met: dict[Any, Any] = {}
        block = self.program.run(numbers, met)
        columns = [block.value, *(block.gradients[name] for name in self.wrt)]
        columns = [_whole(column, count) for column in columns]
        errors: list[Any] = []
        if self.propagation is not None:
            errors = self.propagation.rows(self.program, block, numbers, met)
        self._find(met, columns, errors, numbers, lost, out.counts)
        return columns, errors

    def _find(
        self,
        met: Mapping[Any, Any],
        columns: Sequence[Any],
        errors: Sequence[Any],
        numbers: Mapping[str, Any],
        lost: Any,
        counts: Counts,
    ) -> None:
        """Count the rows that stand at conventions, fail, or have nan or infinities."""
        given = [numbers[name] for name in self.program.names]
        add_met(counts.findings, met, given, lost)
        results = {"value": columns[:1], "gradient": columns[1:], "error": errors}
        if counts.failed:
            lost = np.zeros(len(columns[0]), np.bool_) if lost is None else lost.copy()
            lost[met[FAILED]] = True
            counts.unbounded = counts.findings.by_note[FAILED].count
        counts.unbounded += add_unbounded(counts.findings, results, given, lost)

    def _reduce(self, rows: Rows, lost: Any, unknown: Any, out: Outcome) -> None:
        numbers, count = rows.numbers, rows.count
        for gone in (lost, unknown):
            if gone is not None:
                lost = gone if lost is None else lost | gone
        if lost is not None:
            numbers = {name: column[~lost] for name, column in numbers.items()}
            count -= out.counts.missing + out.counts.unknown
        if not count:
            return
        met: dict[Any, Any] = {}
        if self.propagation is not None:
            out.result = self.propagation.reduce(self.program, numbers, met)
        else:
            out.result = self.program.reduce(numbers, met)
        if out.result.is_finite:
            add_met(out.counts.findings, met, [numbers[name] for name in self.program.names], None)
        else:
            self._computed(numbers, count, None, out)
        if lost is not None:
            left = np.flatnonzero(~lost)
            out.counts.findings.move(lambda row: int(left[row]))


def _whole(column: Any, count: int) -> Any:
    """A result as a column, one for each row where it is the same for all of them."""
    if getattr(column, "shape", ()) == (count,):
        return column
    return np.ascontiguousarray(np.broadcast_to(np.asarray(column, np.float64), (count,)))


class Outcome:
    """What came of a piece; the places in it are still those within the piece."""

    __slots__ = ("bad", "counts", "done", "lines", "result")

    def __init__(self, rows: Rows, done: int) -> None:
        self.counts = Counts()
        self.counts.rows = rows.read
        self.counts.skipped = len(rows.bad)
        self.counts.rounded = rows.rounded
        self.counts.vanished = rows.vanished
        self.bad: list[Bad] = rows.bad
        self.lines = rows.lines
        self.done = done
        self.result: Any = None  # the rows encoded, or their partial sums


class Places:
    """Where in its file a row stands, told from how many came before; also keeps the counts of the file."""

    def __init__(self, file: Reader) -> None:
        self.file = file
        self.rows = 0
        self.lines = 0

    def take(self, outcome: Outcome, *, skip: bool) -> Counts:
        """The counts of the next outcome. Raises TableError for a row that is bad and not to be skipped."""
        if outcome.bad:
            bad = outcome.bad[0]
            line = None if bad.line is None else self.file.line(self.lines + bad.line)
            where = f"{place(self.file.name, self.rows + bad.row, line)}, {bad.what}"
            if not skip:
                raise TableError(where, advice.of_bad_row(bad.what, getattr(self.file, "delimiter", "")))
            outcome.counts.first_skipped = where
        outcome.counts.findings.settle(self.file.name, self.rows)
        self.rows += outcome.counts.rows
        self.lines += outcome.lines
        return outcome.counts


def items(table: Table, parts: Iterable[Part], wanted: Wanted) -> Iterator[tuple[Part, Piece]]:
    """The pieces of these parts, in their order."""
    for part in parts:
        for piece in table.files[part.file].pieces(part.group, wanted):
            yield part, piece


def worker(table: Table, job: Job) -> Callable[[tuple[Part, Piece]], tuple[Part, Outcome]]:
    """What is done with an item of `items`, in any thread."""

    def work(item: tuple[Part, Piece]) -> tuple[Part, Outcome]:
        part, piece = item
        return part, applied(job, table.files[part.file], piece)

    return work


def applied(job: Job, file: Reader, piece: Piece) -> Outcome:
    """What comes of a piece. Raises TableError, which names the file."""
    try:
        return job.apply(file, piece)
    except TableError as error:
        if file.name in str(error):
            raise
        raise TableError(f"{file.name}: {error}", error.hint) from error
