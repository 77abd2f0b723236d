"""Columns as they go into a file: record batches, lines of CSV, lines of JSON."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

from gradcli.tables.formats import CSV, JSON
from gradcli.tables.problems import TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.tables.formats import Format

_ESCAPED = r'["\\\x00-\x1f]'  # what cannot stand in a text of JSON as it is


def encode(columns: Sequence[Any], names: Sequence[str], format: Format) -> Any:
    """Columns in the form in which a sink of this format takes them: bytes, or a record batch."""
    if format.name == CSV:
        return csv_lines(columns, format.detail)
    if format.name == JSON:
        return json_lines(columns, names)
    return pa.record_batch(list(columns), names=list(names))


def csv_header(names: Sequence[str], delimiter: str) -> bytes:
    """The line that names the columns."""
    return csv_lines([pa.array([name.encode()], pa.binary()) for name in names], delimiter)


def csv_lines(columns: Sequence[Any], delimiter: str) -> bytes:
    """A line for each row; text in quotation marks only where it must be, numbers with every digit."""
    if not len(columns[0]):
        return b""
    texts = [_csv_cells(column, delimiter, alone=len(columns) == 1) for column in columns]
    return _joined([*_between(texts, delimiter), _scalar("\n")])


def json_lines(columns: Sequence[Any], names: Sequence[str]) -> bytes:
    """An object for each row. A nan is null, for which JSON has no number, an infinity the text "inf"."""
    if not len(columns[0]):
        return b""
    parts: list[Any] = []
    for name, column in zip(names, columns, strict=True):
        key = json.dumps(name, ensure_ascii=False)
        parts += [_scalar(f"{', ' if parts else '{'}{key}: "), _json_values(column)]
    return _joined([*parts, _scalar("}\n")])


def _scalar(text: str) -> Any:
    return pa.scalar(text.encode(), pa.binary())


def _between(texts: Sequence[Any], delimiter: str) -> list[Any]:
    parts = [texts[0]]
    for text in texts[1:]:
        parts += [_scalar(delimiter), text]
    return parts


def _joined(parts: Sequence[Any]) -> bytes:
    """The texts of every row after one another, and the rows after one another."""
    lines = pc.binary_join_element_wise(*parts, _scalar(""))
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
        special = pc.match_substring_regex(text, f'["\r\n{delimiter}]')
        if alone:  # an empty line would be no row
            special = pc.or_(special, pc.equal(pc.binary_length(text), 0))
        if pc.any(special).as_py():
            doubled = pc.replace_substring(text, b'"', b'""')
            quoted = pc.binary_join_element_wise(_scalar('"'), doubled, _scalar('"'), _scalar(""))
            text = pc.if_else(special, quoted, text)
    return pc.fill_null(text, b"") if text.null_count else text


def _json_values(column: Any) -> Any:
    """A column as texts of JSON."""
    kind = column.type
    if pa.types.is_floating(kind):
        text, _ = _text(column)
        whole = pc.match_substring_regex(text, "^-?[0-9]+$")  # 1.0 is read as a float everywhere
        if pc.any(whole).as_py():
            text = pc.if_else(whole, pc.binary_join_element_wise(text, _scalar(".0"), _scalar("")), text)
        if pc.any(pc.is_nan(column)).as_py():
            text = pc.if_else(pc.is_nan(column), None, text)
        infinite = pc.is_inf(column)
        if pc.any(infinite).as_py():
            quoted = pc.binary_join_element_wise(_scalar('"'), text, _scalar('"'), _scalar(""))
            text = pc.if_else(infinite, quoted, text)
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        text, _ = _text(column)
    elif pa.types.is_nested(kind):
        texts = [_dumps(value) for value in column.to_pylist()]
        text = pa.array([text.encode() for text in texts], pa.binary())
    else:
        text = _json_texts(column)
    return pc.fill_null(text, b"null") if text.null_count else text


def _json_texts(column: Any) -> Any:
    if pa.types.is_binary(column.type):
        try:
            pc.cast(column, pa.string())
        except pa.ArrowInvalid as error:
            raise TableError("JSON has no bytes that are not UTF-8", "--keep the other columns") from error
    text, plain = _text(column)
    if not plain and pc.any(pc.match_substring_regex(text, _ESCAPED)).as_py():
        values = [None if value is None else _dumps(value.decode()) for value in text.to_pylist()]
        return pa.array([None if value is None else value.encode() for value in values], pa.binary())
    return pc.binary_join_element_wise(_scalar('"'), text, _scalar('"'), _scalar(""))


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


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
    return pc.cast(pc.cast(column, pa.string()), pa.binary()), plain
