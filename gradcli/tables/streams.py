"""Files of text as they are read: in blocks, decompressed where need be, cut into pieces of whole rows."""

from __future__ import annotations

import os

import pyarrow as pa

from gradcli.tables import delimited, jsonlines
from gradcli.tables.problems import TableError
from gradcli.tables.sources import Piece, reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from gradcli.tables.formats import Format
    from gradcli.tables.pieces import Rows, Wanted

BLOCK = 2 * 2**20
"""Bytes that are read at once: some ten thousand rows, which a processor's cache can hold."""
WIDE = 2048
"""Columns from which on more is read at once, for what is done for each column whatever its length."""


class Blocks:
    """The blocks of a file, decompressed. Raises TableError where they cannot be read."""

    def __init__(self, path: str, compression: str | None, size: int) -> None:
        self.path = path
        self.size = size
        self._file = pa.OSFile(path)
        self._stream = self._file
        if compression is not None:
            self._stream = pa.CompressedInputStream(self._file, compression)

    def __call__(self) -> bytes:
        """The next block, empty at the end."""
        try:
            block: bytes = self._stream.read(self.size)
        except (OSError, ValueError) as error:
            raise TableError(f"cannot read '{self.path}': {reason(error)}") from error
        return block

    def tell(self) -> int:
        """How many bytes of the file, as it is stored, have been read."""
        return int(self._file.tell())

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        self._file.close()


class TextFile:
    """What files of text have in common.

    `head` are the bytes in front of the first row, `block` those that are read at once.
    """

    cut: Callable[[bytes], int]
    head = 0
    block = BLOCK

    def __init__(self, path: str, format: Format) -> None:
        self.path = path
        self.format = format
        self.name = f"'{path}'"
        self.size = os.path.getsize(path)

    def groups(self) -> list[int]:
        """One: rows of text can be counted only by reading them."""
        return [0]

    def pieces(self, group: int, wanted: Wanted) -> Iterator[Piece]:  # noqa: ARG002 -- as of all formats
        """The rows, some ten thousand at a time."""
        blocks = Blocks(self.path, self.format.compression, self.block)
        try:
            head = self.head
            for data in delimited.pieces(blocks, self.name, self.cut):
                yield Piece(data[head:], blocks.tell())
                head = 0
        finally:
            blocks.close()

    def _first(self) -> bytes:
        """The first piece of the file, empty where there is none."""
        blocks = Blocks(self.path, self.format.compression, self.block)
        try:
            return next(delimited.pieces(blocks, self.name, self.cut), b"")
        finally:
            blocks.close()


class DelimitedFile(TextFile):
    """A file of CSV or TSV."""

    types: list[Any] | None = None
    cut = staticmethod(delimited.last_row_end)

    def __init__(self, path: str, format: Format) -> None:
        super().__init__(path, format)
        first = self._first()
        self.header = delimited.header(first, self.name, format.detail)
        self.head = self.header.size
        self.delimiter = self.header.delimiter
        # As a multiple of others' blocks, for the sake of those who read the file from the middle.
        self.block = BLOCK * min(max(len(self.header.names) // WIDE, 1), 8)
        self.columns = self.header.names
        self.measured = delimited.measured_columns(first, self.header)

    def rows(self, data: bytes, wanted: Wanted) -> Rows:
        """Read a piece. Raises TableError."""
        return delimited.rows(data, self.header, wanted)

    def line(self, line: int) -> int | None:
        """The line of the file, from 0, of one under the header."""
        return self.header.lines + line


class JsonFile(TextFile):
    """A file of JSON Lines; `long` are the columns with numbers that lose digits in the column's type."""

    measured: frozenset[int] = frozenset()
    cut = staticmethod(jsonlines.last_line_end)

    def __init__(self, path: str, format: Format) -> None:
        super().__init__(path, format)
        first = self._first()
        self.schema = jsonlines.schema_of(first, self.name)
        self.long = jsonlines.long_columns(first, self.schema)
        self.columns = list(self.schema.names)
        self.types: list[Any] | None = list(self.schema.types)

    def rows(self, data: bytes, wanted: Wanted) -> Rows:
        """Read a piece. Raises TableError."""
        return jsonlines.rows(data, self.schema, wanted)

    def line(self, line: int) -> int | None:
        """The line of the file, from 0."""
        return line


class DelimitedStream:
    """CSV from a stream that can be read once."""

    types: list[Any] | None = None
    size = 0  # nobody knows

    def __init__(self, read: Callable[[], bytes], name: str) -> None:
        self.name = name
        self._pieces = delimited.pieces(read, name)
        self._first = next(self._pieces, b"")
        self.header = delimited.header(self._first, name, ",")
        self.columns = self.header.names
        self.delimiter = self.header.delimiter
        if not self._first[self.header.size :].strip():
            # The first row shows which cells hold errors, however late it comes.
            self._first += next(self._pieces, b"")
        self.measured = delimited.measured_columns(self._first, self.header)

    def groups(self) -> list[int]:
        """One."""
        return [0]

    def pieces(self, group: int, wanted: Wanted) -> Iterator[Piece]:  # noqa: ARG002 -- as of all formats
        """The rows, as they arrive."""
        yield Piece(self._first[self.header.size :], 0)
        self._first = b""
        for data in self._pieces:
            yield Piece(data, 0)

    rows = DelimitedFile.rows
    line = DelimitedFile.line
