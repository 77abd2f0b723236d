"""Columns as they go into a file: record batches, lines of CSV, lines of JSON."""

from __future__ import annotations

from math import isnan

import pyarrow as pa

from gradcli import jsontext
from gradcli.tables import compute
from gradcli.tables.formats import CSV, JSON
from gradcli.tables.problems import TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    from gradcli.tables.formats import Format

_QUOTE = compute.text(b'"')
_NULL = compute.text(b"null")


def encode(
    columns: Sequence[Any],
    names: Sequence[str],
    format: Format,
    *,
    lines: bool = False,
    raw: Collection[int] = (),
) -> Any:
    """Columns in the form in which a sink of this format takes them: bytes, or a record batch.

    If `lines`, the first one has several cells of CSV in each row, as they are to go out. Those at the places
    `raw` hold texts of JSON.
    """
    if format.name == JSON:
        return json_lines(columns, names, raw)
    columns = [_cells(column) if place in raw else column for place, column in enumerate(columns)]
    if format.name == CSV:
        return csv_lines(columns, format.detail, lines=lines)
    columns = [compute.cast(column, pa.string()) if i in raw else column for i, column in enumerate(columns)]
    return pa.record_batch(columns, names=list(names))


def _cells(column: Any) -> Any:
    """Texts of JSON as cells."""
    strings = compute.fill_null(compute.matches(column, '^"'), compute.FALSE)
    if not compute.any(strings):
        return column
    from gradcli.tables import tokens

    texts = column.to_pylist()
    return pa.array([None if text is None else tokens.as_cell(text) for text in texts], pa.binary())


def csv_header(names: Sequence[str], delimiter: str) -> bytes:
    """The line that names the columns."""
    return csv_lines([compute.one_text(name.encode()) for name in names], delimiter)


def csv_lines(columns: Sequence[Any], delimiter: str, *, lines: bool = False) -> bytes:
    """A line for each row; text in quotation marks only where it must be, numbers with every digit."""
    if not len(columns[0]):
        return b""
    texts = list(columns[: int(lines)])
    texts += [_csv_cells(column, delimiter, alone=len(columns) == 1) for column in columns[int(lines) :]]
    return _joined([*_between(texts, delimiter), compute.text(b"\n")])


def json_lines(columns: Sequence[Any], names: Sequence[str], raw: Collection[int] = ()) -> bytes:
    """An object for each row. A nan is null, for which JSON has no number, an infinity the text "inf"."""
    if not len(columns[0]):
        return b""
    parts: list[Any] = []
    for place, (name, column) in enumerate(zip(names, columns, strict=True)):
        key = jsontext.text(name)
        values = _raw(column) if place in raw else _json_values(column)
        parts += [compute.text(f"{', ' if parts else '{'}{key}: ".encode()), values]
    return _joined([*parts, compute.text(b"}\n")])


def _between(texts: Sequence[Any], delimiter: str) -> list[Any]:
    parts = [texts[0]]
    for text in texts[1:]:
        parts += [compute.text(delimiter.encode()), text]
    return parts


def _joined(parts: Sequence[Any]) -> bytes:
    """The texts of every row after one another, and the rows after one another."""
    lines = compute.joined(*parts)
    arrays = lines.chunks if isinstance(lines, pa.ChunkedArray) else [lines]
    return b"".join(_bytes_of(array) for array in arrays)


def _bytes_of(array: Any) -> bytes:
    """What an array of texts holds; its buffer has them one after the other."""
    offsets = memoryview(array.buffers()[1]).cast("i")
    begin, end = offsets[array.offset], offsets[array.offset + len(array)]
    return bytes(memoryview(array.buffers()[2])[begin:end])


def _csv_cells(column: Any, delimiter: str, *, alone: bool) -> Any:
    """A column as the text of its cells, an empty one for null."""
    text, plain = _text(column)
    if not plain:
        special = compute.matches(text, f'["\r\n{delimiter}]')
        if alone:  # an empty line would be no row
            special = compute.either(special, compute.is_empty(text))
        if compute.any(special):
            doubled = compute.replaced(text, b'"', b'""')
            quoted = compute.joined(_QUOTE, doubled, _QUOTE)
            text = compute.if_else(special, quoted, text)
    return compute.fill_null(text, compute.EMPTY) if text.null_count else text


def _json_values(column: Any) -> Any:
    """A column as texts of JSON."""
    kind = column.type
    if pa.types.is_floating(kind):
        text, _ = _text(column)
        whole = compute.matches(text, "^-?[0-9]+$")  # 1.0 is read as a float everywhere
        if compute.any(whole):
            text = compute.if_else(whole, compute.joined(text, compute.text(b".0")), text)
        if compute.any(compute.is_nan(column)):
            text = compute.if_else(compute.is_nan(column), compute.nothing(text.type), text)
        infinite = compute.is_inf(column)
        if compute.any(infinite):
            quoted = compute.joined(_QUOTE, text, _QUOTE)
            text = compute.if_else(infinite, quoted, text)
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        text, _ = _text(column)
    elif pa.types.is_nested(kind):
        texts = [_dumps(value) for value in column.to_pylist()]
        text = pa.array([text.encode() for text in texts], pa.binary())
    else:
        text = _json_texts(column)
    return compute.fill_null(text, _NULL) if text.null_count else text


def _raw(column: Any) -> Any:
    """Texts of JSON with escapes for what is never to stand raw in one."""
    odd = compute.fill_null(compute.matches(column, r"[^\x00-\x7e]"), compute.FALSE)
    if compute.any(odd):
        texts = [
            None if text is None else jsontext.escaped(text.decode()).encode() for text in column.to_pylist()
        ]
        column = pa.array(texts, pa.binary())
    return compute.fill_null(column, _NULL) if column.null_count else column


def _json_texts(column: Any) -> Any:
    if pa.types.is_binary(column.type):
        try:
            compute.cast(column, pa.string())
        except pa.ArrowInvalid as error:
            raise TableError("JSON has no bytes that are not UTF-8", "--keep the other columns") from error
    text, plain = _text(column)
    if not plain and compute.any(compute.matches(text, jsontext.NOT_PLAIN)):
        values = [None if value is None else _dumps(value.decode()) for value in text.to_pylist()]
        return pa.array([None if value is None else value.encode() for value in values], pa.binary())
    return compute.joined(_QUOTE, text, _QUOTE)


def _dumps(value: Any) -> str:
    try:
        return jsontext.dumps(value, default=str)
    except ValueError:  # a nan or an infinity within
        return jsontext.dumps(_finite(value), default=str)


def _finite(value: Any) -> Any:
    """A nested value whose numbers are as those of columns; it is as deep as its type."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    if not isinstance(value, float):
        return value
    return None if isnan(value) else jsontext.plain(value)


def _text(column: Any) -> tuple[Any, bool]:
    """A column as bytes of text, and whether it holds nothing that could need quotation marks."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.binary()), True
    if pa.types.is_binary(kind):
        return column, False
    if pa.types.is_nested(kind):
        values = [None if value is None else _dumps(value).encode() for value in column.to_pylist()]
        return pa.array(values, pa.binary()), False
    plain = pa.types.is_primitive(kind) or pa.types.is_decimal(kind)
    return compute.cast(compute.cast(column, pa.string()), pa.binary()), plain
