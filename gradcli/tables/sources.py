"""Tables to read: files by their format, a glob of them, standard input; cut into parts and pieces."""

from __future__ import annotations

import glob
import os

from gradcli.tables.formats import ARROW, CSV, PARQUET, Format, format_of
from gradcli.tables.problems import TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, Protocol

    from gradcli.tables.pieces import Rows, Wanted

    class Reader(Protocol):
        """A file of a table: its columns and types (None where cells are text), and what it consists of.

        `measured` are the indices of those columns that hold values with their errors in the first rows.
        """

        name: str
        columns: list[str]
        types: list[Any] | None
        measured: frozenset[int]
        size: int

        def groups(self) -> list[int]: ...

        def pieces(self, group: int, wanted: Wanted) -> Iterator[Piece]: ...

        def rows(self, data: Any, wanted: Wanted) -> Rows: ...

        def line(self, line: int) -> int | None: ...


STDIN = "-"


class Piece:
    """A few thousand rows of a file, not yet read, and how much of the file ends with them (see `size`)."""

    __slots__ = ("data", "done")

    def __init__(self, data: Any, done: int) -> None:
        self.data = data
        self.done = done


class Part:
    """What is computed as one task: a row group of a file, or the whole of a file that has none."""

    __slots__ = ("file", "group")

    def __init__(self, file: int, group: int) -> None:
        self.file = file
        self.group = group

    def __repr__(self) -> str:
        return f"Part({self.file}, {self.group})"


class Table:
    """Files with the same columns, one after the other."""

    __slots__ = ("files",)

    def __init__(self, files: Sequence[Reader]) -> None:
        self.files = list(files)
        for file in self.files[1:]:
            _agree(self.files[0], file)

    @property
    def name(self) -> str:
        """What errors call it."""
        return self.files[0].name

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self.files[0].columns

    @property
    def types(self) -> list[Any] | None:
        """The types of the columns, None where their cells are text."""
        return self.files[0].types

    @property
    def is_text(self) -> bool:
        """Whether cells have the types that they are read as: a column needed is one of float64."""
        return self.files[0].line(0) is not None

    @property
    def size(self) -> int | None:
        """How much there is to read, in a measure of its own; None where nobody knows."""
        sizes = [file.size for file in self.files]
        return sum(sizes) if all(sizes) else None

    def parts(self) -> list[Part]:
        """The parts in their order."""
        return [Part(number, group) for number, file in enumerate(self.files) for group in file.groups()]


def paths_of(pattern: str) -> list[str]:
    """The files that a path or a pattern names, in sorted order. Raises TableError where there is none."""
    if os.path.isdir(pattern):
        raise TableError(f"'{pattern}' is a directory", f"name its files: '{pattern.rstrip('/')}/*.csv'")
    if os.path.exists(pattern) or not glob.has_magic(pattern):
        return [pattern]
    paths = sorted(path for path in glob.glob(pattern, recursive=True) if not os.path.isdir(path))
    if not paths:
        raise TableError(f"no file is named like '{pattern}'")
    return paths


def verify_apart(paths: Sequence[str], pattern: str, output: str) -> None:
    """Raise TableError where a pattern names the file that is to be written, as that of an earlier run."""
    if list(paths) == [pattern] or not os.path.exists(output):
        return
    for path in paths:
        if os.path.exists(path) and os.path.samefile(path, output):
            raise TableError(
                f"'{path}' is to be written, and is also one of the files that '{pattern}' names",
                "write into another folder, or under a name that the pattern leaves out",
            )


def open_table(paths: Sequence[str]) -> Table:
    """The table of these files. Raises TableError for what is none, or where they differ."""
    return Table([open_file(path) for path in paths])


def open_file(path: str) -> Reader:
    """A file as its name says. Raises TableError."""
    format = format_of(path)
    try:
        # An error of the system says more than one of pyarrow.
        with open(path, "rb"):
            pass
        return _reader(path, format)
    except OSError as error:
        raise TableError(f"cannot read '{path}': {reason(error)}") from error
    except ValueError as error:  # pyarrow's errors about what is in a file are of this kind
        raise TableError(f"cannot read '{path}': {reason(error)}") from error


def _reader(path: str, format: Format) -> Reader:
    if format.name == CSV:
        from gradcli.tables.streams import DelimitedFile

        return DelimitedFile(path, format)
    if format.name == PARQUET:
        from gradcli.tables.binary import ParquetFile

        return ParquetFile(path)
    if format.name == ARROW:
        from gradcli.tables.binary import ArrowFile

        return ArrowFile(path)
    from gradcli.tables.streams import JsonFile

    return JsonFile(path, format)


def of_stream(read: Callable[[], bytes], name: str) -> Table:
    """The table of CSV that comes from a stream. Raises TableError."""
    from gradcli.tables.streams import DelimitedStream

    return Table([DelimitedStream(read, name)])


def reason(error: Exception) -> str:
    """Why a file cannot be read or written, in a line: what the system says, or else what pyarrow does."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    text = next(iter(str(error).splitlines()), "") or type(error).__name__
    return text.split(". Detail:")[0].rstrip(".")


def _agree(first: Reader, other: Reader) -> None:
    """Raise TableError where the columns of two files differ."""
    for column in other.columns:
        if column not in first.columns:
            raise TableError(f"{other.name} has a column '{column}', which {first.name} has not")
    for column in first.columns:
        if column not in other.columns:
            raise TableError(f"{other.name} has no column '{column}', which {first.name} has")
    if len(set(first.columns)) < len(first.columns) and first.columns != other.columns:
        raise TableError(f"{other.name} has other columns than {first.name}", "two of them have one name")
    if (first.types is None) != (other.types is None):
        raise TableError(f"{other.name} is of another format than {first.name}", "map one after the other")
    if first.types is not None and other.types is not None:
        types = dict(zip(first.columns, first.types, strict=True))
        for column, kind in zip(other.columns, other.types, strict=True):
            if kind != types[column]:
                raise TableError(
                    f"{other.name}: column '{column}' is of type {kind}, in {first.name} of {types[column]}"
                )
