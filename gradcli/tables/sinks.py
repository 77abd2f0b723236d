"""Where mapped rows go: a file in the format of its name, which appears when it is whole, or a stream."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress

import pyarrow as pa
import pyarrow.ipc

from gradcli.tables.encoding import csv_header
from gradcli.tables.formats import ARROW, CSV, PARQUET
from gradcli.tables.problems import TableError
from gradcli.tables.sources import reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import Any

    from gradcli.tables.formats import Format

PART = ".part"
GROUP_ROWS = 2**17
GROUP_BYTES = 2**25
"""Rows or bytes with which a row group of Parquet is written, in memory until then."""


def header(names: Sequence[str], format: Format) -> bytes:
    """What stands above the rows where they go out as text."""
    return csv_header(names, format.detail) if format.name == CSV else b""


class FileSink:
    """A file that is written beside its place and takes it when it is whole.

    `results` are the columns that this run computed. Raises TableError where the file cannot be written, or
    is there already and not to be replaced. As a context: what is not published by then is removed.
    """

    def __init__(
        self, path: str, format: Format, schema: Any, results: Collection[str], *, force: bool = False
    ) -> None:
        self.path = path
        self.format = format
        self.schema = schema
        self.force = force
        self._target = os.path.realpath(path)
        verify_free(path, force=force)
        self._beside = self._create()
        self._closing: list[Any] = []
        try:
            self._write = self._opened(results)
        except BaseException:
            self.discard()
            raise

    def __enter__(self) -> FileSink:
        return self

    def __exit__(self, *exception: object) -> None:
        self.discard()

    def write(self, encoded: Any) -> None:
        """Write encoded rows."""
        try:
            self._write(encoded)
        except (OSError, ValueError) as error:
            raise self._failed(error) from error

    def publish(self, whole: Callable[[], object] = lambda: None) -> None:
        """Finish the file and give it its name; `whole` is called in between."""
        try:
            self._close()
            with open(self._beside, "rb") as file:
                os.fsync(file.fileno())
            verify_free(self.path, force=self.force)
            whole()
            os.replace(self._beside, self._target)
            self._beside = ""
            _sync_folder(os.path.dirname(self._target))
        except (OSError, ValueError) as error:
            raise self._failed(error) from error

    def discard(self) -> None:
        """Remove what was written and not published."""
        if not self._beside:
            return
        with suppress(OSError, ValueError):  # what could not be written is not wanted
            self._close()
        with suppress(OSError):
            os.unlink(self._beside)
        self._beside = ""

    def _create(self) -> str:
        """An empty file in the same folder, with the rights that the file is to have."""
        folder, name = os.path.split(self._target)
        try:
            descriptor, beside = tempfile.mkstemp(prefix=_begins(name, os.getpid()), suffix=PART, dir=folder)
        except FileNotFoundError as error:
            shown = os.path.dirname(self.path) or folder
            raise TableError(
                f"cannot write '{self.path}': {reason(error)}", f"make its folder first: mkdir -p '{shown}'"
            ) from error
        except OSError as error:
            raise self._failed(error) from error
        try:
            mode = os.stat(self._target).st_mode & 0o777
        except OSError:
            mask = os.umask(0)
            os.umask(mask)
            mode = 0o666 & ~mask
        os.chmod(beside, mode)
        os.close(descriptor)
        return beside

    def _opened(self, results: Collection[str]) -> Callable[[Any], object]:
        stream = pa.OSFile(self._beside, "wb")
        self._closing.append(stream)
        if self.format.name == PARQUET:
            import pyarrow.parquet as pq

            # A dictionary of numbers that are all different only costs time.
            dictionaries = [name for name in self.schema.names if name not in results]
            parquet = pq.ParquetWriter(stream, self.schema, use_dictionary=dictionaries or False)
            groups = RowGroups(parquet)
            self._closing += [parquet, groups]
            return groups.write
        if self.format.name == ARROW:
            options = pa.ipc.IpcWriteOptions(
                compression=self.format.detail or None, emit_dictionary_deltas=True
            )
            arrow = pa.ipc.new_file(stream, self.schema, options=options)
            self._closing.append(arrow)
            words = Dictionaries(self.schema)
            return lambda batch: arrow.write_batch(words.extended(batch))
        if self.format.compression is not None:
            stream = pa.CompressedOutputStream(stream, self.format.compression)
            self._closing.append(stream)
        if self.format.name == CSV:
            stream.write(csv_header(self.schema.names, self.format.detail))
        return lambda data: stream.write(data)

    def _close(self) -> None:
        """Close what writes first, the file last."""
        closing, self._closing = self._closing, []
        while closing:
            closing.pop().close()

    def _failed(self, error: Exception) -> TableError:
        return TableError(f"cannot write '{self.path}': {reason(error)}")


class RowGroups:
    """Batches on their way into a file of Parquet, where each that is written is a row group."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._batches: list[Any] = []
        self._rows = self._bytes = 0

    def write(self, batch: Any) -> None:
        """Add rows."""
        self._batches.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self.close()

    def close(self) -> None:
        """Write the row group that has begun."""
        batches, self._batches = self._batches, []
        rows, self._rows, self._bytes = self._rows, 0, 0
        if rows:
            self._writer.write_table(pa.Table.from_batches(batches), row_group_size=rows)


class Dictionaries:
    """The dictionaries of columns in a file of Arrow, where a later one may only extend an earlier one."""

    def __init__(self, schema: Any) -> None:
        self._places = [i for i, kind in enumerate(schema.types) if pa.types.is_dictionary(kind)]
        self._known: dict[int, Any] = {}

    def extended(self, batch: Any) -> Any:
        """A batch with the dictionaries of the earlier ones, and what is new in its own behind that."""
        if not self._places:
            return batch
        columns = list(batch.columns)
        for place in self._places:
            if place in self._known:
                both = pa.chunked_array([self._known[place], columns[place]])
                columns[place] = both.unify_dictionaries().chunk(1)
            self._known[place] = columns[place].slice(0, 0)
        return pa.record_batch(columns, schema=batch.schema)


def discard_left(path: str, process: int) -> None:
    """Remove what a process that was killed has written of a file and not published."""
    folder, name = os.path.split(os.path.realpath(path))
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.startswith(_begins(name, process)) and entry.name.endswith(PART):
                os.unlink(entry.path)


def _begins(name: str, process: int) -> str:
    return f".{name}.{process}."


def verify_free(path: str, *, force: bool) -> None:
    """Raise TableError where a file of this name is there that must not be replaced."""
    if os.path.isdir(path):
        raise TableError(
            f"'{path}' is a directory", f"name a file in it: '{os.path.join(path, 'mapped.csv')}'"
        )
    if os.path.lexists(path) and not force:
        raise TableError(f"'{path}' is there already", "--force replaces it")


def _sync_folder(folder: str) -> None:
    """Have the name outlast a crash of the system, where that has such a thing."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    with suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)
