"""Tables of text (CSV, TSV): cut into pieces at the ends of rows, each piece parsed on its own."""

from __future__ import annotations

import csv
import re

import numpy as np
import pyarrow as pa
import pyarrow.csv

from gradcli.tables import advice, cells, compute, measured
from gradcli.tables.pieces import Rows
from gradcli.tables.problems import Bad, TableError, before

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator
    from typing import Any

    from gradcli.tables.pieces import Wanted

DELIMITERS = ",\t;"  # spreadsheets of countries with a decimal comma write semicolons
BOM = b"\xef\xbb\xbf"
LONGEST_ROW = 64 * 2**20
"""Bytes of a row: a quotation mark that is never closed must not fill the memory."""
_QUOTED = re.compile(rb'(?:(?<=[,;\t\n\r])|\A)"(?:[^"]+|"")*+(?:"|\Z)')


# --- where rows end ---


def row_ends(data: bytes) -> Any:
    """The positions of the line ends that are not within a quoted cell."""
    mark = _line_end(data)
    buffer = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(buffer == ord(mark))
    starts, stops = _quoted(data, buffer)
    if len(starts):
        ends = ends[np.searchsorted(starts, ends) == np.searchsorted(stops, ends)]
    return ends


def last_row_end(data: bytes) -> int:
    """The position behind the last complete row, 0 where none is."""
    mark = _line_end(data)
    # At the very end a CR may be half of a CRLF.
    at = data.rfind(mark, 0, len(data) - (mark == b"\r"))
    if b'"' not in data:
        return at + 1
    starts, stops = _quoted(data, np.frombuffer(data, np.uint8))
    while at >= 0:
        opened, closed = np.searchsorted(starts, at), np.searchsorted(stops, at)
        if opened == closed:
            break
        at = data.rfind(mark, 0, int(starts[opened - 1]))
    return at + 1


def _line_end(data: bytes) -> bytes:
    return b"\n" if b"\n" in data else b"\r"


def _quoted(data: bytes, buffer: Any) -> tuple[Any, Any]:
    """Where quoted cells begin and end; a doubled quotation mark parts a cell in two, which is no harm.

    Marks come in pairs unless one stands in the middle of a cell without quotation marks (`5" pipe`), where
    it has no meaning.
    """
    marks = np.flatnonzero(buffer == ord('"'))
    starts, stops = marks[0::2], marks[1::2]
    if len(marks):
        before = buffer[np.maximum(starts - 1, 0)]
        after = buffer[np.minimum(stops + 1, len(buffer) - 1)]
        opens = np.isin(before, _BEFORE) | (starts == 0)
        closes = np.isin(after, _BEFORE) | (stops == len(buffer) - 1)
        if not (opens.all() and closes.all()):
            spans = [match.span() for match in _QUOTED.finditer(data)]
            starts = np.array([start for start, _ in spans], np.int64)
            stops = np.array([stop - 1 for _, stop in spans if stop < len(data)], np.int64)
    return starts, stops


_BEFORE = np.frombuffer(b',;\t\n\r"', np.uint8)


def pieces(
    read: Callable[[], bytes], name: str, cut: Callable[[bytes], int] = last_row_end
) -> Iterator[bytes]:
    """What `read` gives, cut anew so that every piece holds whole rows, of which the last ends at `cut`.

    Raises TableError for a row that is too long, and for a last one whose quotation mark is not closed.
    """
    rest = yield from whole_rows(without_mark(read), name, cut)
    yield from last_row(rest, name, cut)


def whole_rows(
    read: Callable[[], bytes], name: str, cut: Callable[[bytes], int], rest: bytes = b""
) -> Generator[bytes, None, bytes]:
    """The same from anywhere in a file, `rest` standing in front of it; returns what is left behind the last.

    Raises TableError for a row that is too long.
    """
    while block := read():
        data = rest + block
        end = cut(data)
        if end:
            yield data[:end]
        elif len(data) > LONGEST_ROW:
            raise TableError(
                f"{name} has a row longer than {LONGEST_ROW >> 20} MB",
                "is a quotation mark opened and not closed?",
            )
        rest = data[end:]
    return rest


def last_row(rest: bytes, name: str, cut: Callable[[bytes], int]) -> Iterator[bytes]:
    """What is left at the end of a file. Raises TableError for a quotation mark that is not closed."""
    if rest:
        if cut is last_row_end:
            _verify_closed(rest, name)
        yield rest


def without_mark(read: Callable[[], bytes]) -> Callable[[], bytes]:
    """What reads the same without the mark of UTF-8 at the beginning."""
    first = [BOM]
    return lambda: read().removeprefix(first.pop() if first else b"")


def _verify_closed(rest: bytes, name: str) -> None:
    """Raise TableError where what is left at the end of a file is one quoted cell that takes all of it in."""
    starts, stops = _quoted(rest, np.frombuffer(rest, np.uint8))
    if len(starts) > len(stops):
        row = rest.splitlines()[0].decode("utf-8", "surrogateescape")
        raise TableError(
            f"{name}: a quotation mark is opened and not closed, in the row '{cells.clipped(row)}'",
            "the rest of the file would be in that cell",
        )


# --- the header ---


class Header:
    """The names of the columns, what parts them, and how many bytes and lines they take."""

    __slots__ = ("delimiter", "lines", "names", "places", "size")

    def __init__(self, names: list[str], delimiter: str, size: int, lines: int) -> None:
        self.names = names
        self.places = {name: place for place, name in reversed(list(enumerate(names)))}  # the first of a name
        self.delimiter = delimiter
        self.size = size
        self.lines = lines


def header(data: bytes, name: str, delimiter: str) -> Header:
    """The header at the beginning of a file's first piece. Raises TableError where there is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableError(f"{name} is no UTF-8; it looks like UTF-16", "save it as UTF-8")
    other, hint = advice.other_format(data, stream=not name.startswith("'"))
    if other:
        raise TableError(f"{name} is no CSV: {other}", hint)
    begin = len(data) - len(data.lstrip(b"\r\n"))
    rest = data[begin : begin + LONGEST_ROW]
    if not rest.strip():
        raise TableError(f"{name} is empty", "its first line names the columns")
    ends = row_ends(rest)
    size = int(ends[0]) + 1 if len(ends) else len(rest)
    try:
        text = rest[:size].decode()
    except UnicodeDecodeError as error:
        raise TableError(
            f"{name}: the names of the columns are not UTF-8: {error.reason}",
            "save it as UTF-8: iconv -f latin1 -t utf-8",
        ) from error
    text = text.rstrip("\r\n")
    if delimiter == ",":
        delimiter = max(DELIMITERS, key=re.sub('"[^"]*"', "", text).count)
    try:
        names = next(csv.reader([text], delimiter=delimiter))
    except csv.Error as error:
        raise TableError(f"{name}: cannot read the names of the columns: {error}") from error
    lines = data[: begin + size].count(_line_end(data)) or 1
    return Header(names, delimiter, begin + size, lines)


# --- the rows ---


def rows(data: bytes, header: Header, wanted: Wanted) -> Rows:
    """The rows of a piece: the numbers of the columns needed, the others as they are."""
    single = len(header.names) == 1
    if single and not data.strip(b"\r\n"):
        data = b""
    needed = {column: header.places[original] for column, original in wanted.needed.items()}
    kept = [column if isinstance(column, int) else header.places[column] for column in wanted.kept]
    columns, out, whole = _read(data, header, wanted, set(needed.values()), kept)
    numbers, wrong = _numbers(columns, needed, wanted, out)
    gone = [bad.row for bad in out.bad]
    out.bad += [Bad(before(row, gone), what) for row, what in wrong.items()]
    out.bad.sort(key=lambda bad: bad.row)
    if out.bad:
        _say_lines(out.bad, data, single=single)
    if out.bad and not wanted.skip_bad:
        return out
    if whole is not None:
        out.kept, out.are_lines = [whole], True
    elif wanted.delimiter:
        out.kept = [columns[index] for index in kept]
    else:
        out.kept = [
            numbers[index] if index in numbers else _utf8(columns[index], header.names[index])
            for index in kept
        ]
    if wrong:
        out.leave_out(list(wrong))
    return out


def _read(
    data: bytes, header: Header, wanted: Wanted, needed: set[int], kept: list[int]
) -> tuple[dict[int, Any], Rows, Any]:
    """The columns as text, by index; the rows; and what is kept of them as lines, if it can be."""
    lines = _lines_to_keep(data, header, wanted, kept)
    if lines is not None:
        columns, count, ragged = _parse(data, header, needed)
        if count == len(lines):
            return columns, Rows(read=count, lines=_lines(data)), lines
    text = set() if wanted.delimiter else set(kept) - needed
    columns, count, ragged = _parse(data, header, needed.union(kept), text)
    out = Rows(read=count + len(ragged), lines=_lines(data))
    out.bad = ragged
    return columns, out, None


def _lines_to_keep(data: bytes, header: Header, wanted: Wanted, kept: list[int]) -> Any:
    """The lines of a piece where they can go out as they are: a column, None where they cannot."""
    if not data or wanted.delimiter != header.delimiter or kept != list(range(len(header.names))):
        return None
    if b'"' in data or b"\r" in data:
        return None
    if not data.endswith(b"\n"):
        data += b"\n"
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    return compute.without_last(compute.texts(data, ends + 1))


def _numbers(
    columns: dict[int, Any], needed: dict[str, int], wanted: Wanted, out: Rows
) -> tuple[dict[int, Any], dict[int, str]]:
    """Fill in the numbers; gives the columns that are numbers, by index, and what is wrong with some rows."""
    found = {}
    wrong: dict[int, str] = {}
    for column, index in needed.items():
        if column in wanted.measured:
            array, errors, bad = measured.parsed(columns[index], wanted.absent)
            out.numbers[wanted.measured[column]] = cells.numbers(errors)
        else:
            array, bad = cells.parsed(columns[index], wanted.absent)
            found[index] = array
        out.numbers[column] = cells.numbers(array)
        if cells.is_large(out.numbers[column]) and cells.is_rounded_text(columns[index]):
            out.rounded.append(wanted.needed[column])
        if cells.is_vanished_text(columns[index], out.numbers[column]):
            out.vanished.append(wanted.needed[column])
        for row, cell in bad.items():
            wrong.setdefault(row, cells.no_number(cell, wanted.needed[column]))
    if wanted.errors or wanted.measured:
        for row, what in out.negative(wanted).items():
            wrong.setdefault(row, what)
    return found, wrong


def measured_columns(data: bytes, header: Header) -> frozenset[int]:
    """The columns that hold values with their errors, as far as a file's first piece shows it."""
    if not measured.has_sign(data):
        return frozenset()
    columns, _, _ = _parse(data[header.size :], header, set(range(len(header.names))))
    return frozenset(index for index, column in columns.items() if measured.is_measured(column))


def _parse(
    data: bytes, header: Header, indices: set[int], text: Collection[int] = ()
) -> tuple[dict[int, Any], int, list[Bad]]:
    """The columns of these indices as bytes, or, if in `text`, text; how many rows; those of another length.

    Columns that are not UTF-8 are bytes all the same.
    """
    # Without a column asked for one is read: the rows must be counted.
    order = sorted(indices) or [0]
    ragged: list[Bad] = []
    if not data or (len(header.names) > 1 and not data.strip(b"\r\n")):
        return dict.fromkeys(order, _NONE), 0, ragged
    try:
        table = _read_csv(data, header, order, text, ragged)
    except pa.ArrowInvalid as error:
        if text:
            return _parse(data, header, indices)
        raise TableError(str(error).splitlines()[0]) from error
    columns = {index: _one(column) for index, column in zip(order, table.columns, strict=True)}
    return columns, table.num_rows, ragged


def _read_csv(data: bytes, header: Header, order: list[int], text: Collection[int], ragged: list[Bad]) -> Any:
    names = [str(index) for index in range(len(header.names))]

    def note(row: Any) -> str:
        cells_of_row = f"{row.actual_columns} cell" + ("" if row.actual_columns == 1 else "s")
        ragged.append(Bad(row.number - 1, f"{cells_of_row} where the header has {len(names)}"))
        return "skip"

    return pa.csv.read_csv(
        pa.BufferReader(data),
        read_options=pa.csv.ReadOptions(
            column_names=names, use_threads=False, block_size=max(len(data) + 1, 2)
        ),
        parse_options=pa.csv.ParseOptions(
            delimiter=header.delimiter,
            newlines_in_values=True,
            # The empty line of a table of one column is its empty cell.
            ignore_empty_lines=len(names) > 1,
            invalid_row_handler=note,
        ),
        convert_options=pa.csv.ConvertOptions(
            include_columns=[names[index] for index in order],
            column_types={names[index]: pa.string() if index in text else pa.binary() for index in order},
        ),
    )


def _one(column: Any) -> Any:
    """A column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [_NONE])


_NONE = pa.nulls(0, pa.binary())


def _utf8(column: Any, name: str) -> Any:
    if pa.types.is_string(column.type):
        return column
    try:
        return compute.cast(column, pa.string())
    except pa.ArrowInvalid as error:
        raise TableError(
            f"column '{name}' holds text that is not UTF-8", "leave it out with --keep, or write CSV"
        ) from error


def _lines(data: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord(_line_end(data)))) if data else 0


def _say_lines(bad: list[Bad], data: bytes, *, single: bool) -> None:
    """Find the line of each of these rows, which are in order."""
    ends = np.append(row_ends(data), len(data))
    starts = np.append(0, ends[:-1] + 1)
    buffer = np.frombuffer(data, np.uint8)
    # What is left out of a table of several columns as a blank line: no more than CR before the end.
    blank = (ends == starts) | ((ends == starts + 1) & (buffer[np.minimum(starts, len(data) - 1)] == 13))
    begins = starts if single else starts[~blank]
    marks = np.flatnonzero(buffer == ord(_line_end(data)))
    for each in bad:
        if each.row < len(begins):
            each.line = int(np.searchsorted(marks, begins[each.row]))
