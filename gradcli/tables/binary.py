"""Tables with typed columns (Parquet, Arrow, Feather): their row groups, a few thousand rows at a time."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from gradcli.tables import cells, measured
from gradcli.tables.pieces import Rows
from gradcli.tables.problems import Bad, TableError
from gradcli.tables.sources import Piece, reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gradcli.tables.pieces import Wanted

ROWS = 2**16
"""Rows that are read at once."""
_MAGIC = b"ARROW1"


class TypedFile:
    """What files with typed columns have in common."""

    measured: frozenset[int] = frozenset()

    def __init__(self, path: str, schema: Any, size: int) -> None:
        self.path = path
        self.name = f"'{path}'"
        self.schema = schema
        self.columns: list[str] = list(schema.names)
        self.types: list[Any] | None = list(schema.types)
        self.size = size

    def rows(self, data: Any, wanted: Wanted) -> Rows:
        """Read a piece, a record batch. Raises TableError for a column that holds no numbers."""
        out = Rows(read=data.num_rows)
        wrong: dict[int, str] = {}
        for column, original in wanted.needed.items():
            if column in wanted.measured:
                values, errors, bad = measured.parsed(
                    measured.text(data.column(original), original), wanted.absent
                )
                out.numbers[wanted.measured[column]] = cells.numbers(errors)
                wrong |= {row: cells.no_number(cell, original) for row, cell in bad.items()}
            else:
                values = cells.floats(data.column(original), original)
                if cells.is_rounded(data.column(original)):
                    out.rounded.append(original)
            out.numbers[column] = cells.numbers(values)
        wrong |= out.negative(wanted)
        out.bad = [Bad(row, wrong[row]) for row in sorted(wrong)]
        if wrong and not wanted.skip_bad:
            return out
        out.kept = [data.column(column) for column in wanted.kept]
        if wrong:
            out.leave_out(list(wrong))
        return out

    def line(self, line: int) -> int | None:  # noqa: ARG002 -- as of all formats
        """None: the rows stand on no lines."""
        return None

    def _wanted(self, wanted: Wanted) -> list[str]:
        """The columns to read, in the order of the file; one at least, by which the rows are counted."""
        names = {*wanted.needed.values(), *wanted.kept}
        return [column for column in self.columns if column in names] or self.columns[:1]

    def _failed(self, error: Exception) -> TableError:
        return TableError(f"cannot read {self.name}: {reason(error)}")


class ParquetFile(TypedFile):
    """A file of Parquet."""

    def __init__(self, path: str) -> None:
        with pq.ParquetFile(path) as file:
            super().__init__(path, file.schema_arrow, file.metadata.num_rows)
            self._starts = [0]
            for group in range(file.metadata.num_row_groups):
                self._starts.append(self._starts[-1] + file.metadata.row_group(group).num_rows)

    def groups(self) -> list[int]:
        """The row groups."""
        return list(range(len(self._starts) - 1))

    def pieces(self, group: int, wanted: Wanted) -> Iterator[Piece]:
        """The rows of a row group."""
        done = self._starts[group]
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(ROWS, row_groups=[group], columns=self._wanted(wanted)):
                    done += batch.num_rows
                    yield Piece(batch, done)
        except (OSError, ValueError) as error:
            raise self._failed(error) from error


class ArrowFile(TypedFile):
    """A file of Arrow's IPC format, with or without a table of its record batches at the end (a stream)."""

    def __init__(self, path: str) -> None:
        # Not mapped into memory: what is mapped counts as memory used, up to the size of the file.
        with open(path, "rb") as raw:
            self.is_stream = raw.read(len(_MAGIC)) != _MAGIC
        with pa.OSFile(path) as file:
            if self.is_stream:
                super().__init__(path, pa.ipc.open_stream(file).schema, file.size())
                self._batches = 1
            else:
                reader = pa.ipc.open_file(file)
                super().__init__(path, reader.schema, reader.num_record_batches)
                self._batches = reader.num_record_batches

    def groups(self) -> list[int]:
        """The record batches; of a stream one group, for it must be read from its beginning."""
        return list(range(self._batches))

    def pieces(self, group: int, wanted: Wanted) -> Iterator[Piece]:
        """The rows of a record batch, or of all of a stream."""
        names = self._wanted(wanted)
        options = pa.ipc.IpcReadOptions(included_fields=[self.columns.index(name) for name in names])
        try:
            with pa.OSFile(self.path) as file:
                if self.is_stream:
                    for batch in pa.ipc.open_stream(file, options=options):
                        yield from _slices(batch, file.tell())
                else:
                    reader = pa.ipc.open_file(file, options=options)
                    yield from _slices(reader.get_batch(group), group + 1)
        except (OSError, ValueError) as error:
            raise self._failed(error) from error


def _slices(batch: Any, done: int) -> Iterator[Piece]:
    for start in range(0, batch.num_rows, ROWS):
        yield Piece(batch.slice(start, ROWS), done)
