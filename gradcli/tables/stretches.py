"""Large files of text as several parts: where a row begins in the middle of one is guessed, and verified."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

import pyarrow as pa

from gradcli.tables import delimited
from gradcli.tables.problems import TableError
from gradcli.tables.sources import Part, Piece, reason
from gradcli.tables.streams import BLOCK, DelimitedFile, JsonFile, TextFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.tables.sources import Table

SIZE = 16 * BLOCK
"""Bytes of a stretch: a second or less of work."""
_WINDOWS = (2**16, BLOCK)  # bytes in front of a place that are searched for the beginning of a row
_TRIED = 200  # line ends of these
_ROWS = 4  # rows behind a line end that must have as many cells as the header


class Stretch(Part):
    """The bytes of a file of text from `begin` to `stop`, multiples of what is read at once, as one task.

    Its first row starts at `start`, which is in front of `begin` where a row goes over that: in a CSV, whose
    cells may have line ends in quotation marks, that is sure only when all in front of it has been read. The
    stretch before says where it ended; where that is somewhere else this one is to be computed again.
    """

    __slots__ = ("begin", "start", "stop")

    def __init__(self, file: int, start: int, begin: int, stop: int) -> None:
        super().__init__(file, 0)
        self.start = start
        self.begin = begin
        self.stop = stop

    @property
    def is_first(self) -> bool:
        """Whether it is known where it starts."""
        return self.begin == 0


def parts(table: Table, size: int) -> list[Part]:
    """The parts of a table, files of text that are not compressed cut into stretches of so many bytes."""
    found: list[Part] = []
    for number, file in enumerate(table.files):
        if isinstance(file, (DelimitedFile, JsonFile)) and file.format.compression is None:
            for begin in range(0, max(file.size, 1), size):
                start = _row_start(file, begin) if begin else 0
                found.append(Stretch(number, start, begin, min(begin + size, file.size)))
        else:
            found += [Part(number, group) for group in file.groups()]
    return found


class Cut:
    """The pieces of a stretch, the same that a reader of the whole file gives; behind them, where they `end`.

    Raises TableError.
    """

    def __init__(self, file: TextFile, start: int, begin: int, stop: int) -> None:
        self.file = file
        self.start = start
        self.begin = begin
        self.stop = stop
        self.end = start

    def __iter__(self) -> Iterator[Piece]:
        head = 0 if self.begin else self.file.head
        try:
            with pa.OSFile(self.file.path) as stream:
                for data in self._rows(stream):
                    yield Piece(data[head:], stream.tell())
                    head = 0
        except (OSError, ValueError) as error:
            raise TableError(f"cannot read {self.file.name}: {reason(error)}") from error

    def _rows(self, stream: pa.OSFile) -> Iterator[bytes]:
        def read() -> bytes:
            block: bytes = stream.read(min(self.file.block, self.stop - stream.tell()))
            return block

        file = self.file
        stream.seek(self.start)
        rest = stream.read(self.begin - self.start)
        from_here = read if self.begin else delimited.without_mark(read)
        rest = yield from delimited.whole_rows(from_here, file.name, file.cut, rest)
        if self.stop == file.size:
            yield from delimited.last_row(rest, file.name, file.cut)
            rest = b""
        self.end = self.stop - len(rest)


def _row_start(file: DelimitedFile | JsonFile, place: int) -> int:
    """Where the row starts that goes over a place of a file, or begins there, as far as can be guessed."""
    with open(file.path, "rb") as stream:
        for size in _WINDOWS:
            begin = max(place - size, 0)
            stream.seek(begin)
            window = stream.read(place - begin)
            for line_end in islice(re.finditer(rb"\r\n?|\n", window), _TRIED):
                rest = window[line_end.end() :]
                if isinstance(file, JsonFile) or _are_rows(rest, file.header):
                    return begin + line_end.end() + file.cut(rest)
    return place


def _are_rows(data: bytes, header: delimited.Header) -> bool:
    """Whether rows begin here, and not lines within a cell."""
    reader = csv.reader(io.StringIO(data.decode("latin-1"), newline=""), delimiter=header.delimiter)
    try:
        return all(len(row) in (0, len(header.names)) for row in islice(reader, _ROWS))
    except csv.Error:
        return False
