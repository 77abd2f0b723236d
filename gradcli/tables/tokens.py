"""The cells of JSON Lines as they are written, digit for digit: few numbers are those of a type as well."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import numpy as np
import pyarrow as pa

from gradcli.tables import compute
from gradcli.tables.problems import TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Any

LONG = re.compile(rb"[0-9][0-9.]{15}|[eE][-+]?[0-9]{3}")
"""What stands in every number that may have more digits than a float keeps, or be too large or small."""
_FEW = 8  # columns that are looked for one after the other, and not by taking every line apart
_NUMBER = r"-?[0-9][-+0-9.eE]*"
_MINUS_ZERO = b"-0"
_BLANK = re.compile(r"[ \t\r\n]*")
_TAKEN_APART = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def is_changed(kind: Any, data: bytes) -> bool:
    """Whether cells of a type may be written otherwise than they came: `1.10`, `1e2`, objects with gaps."""
    types = pa.types
    if types.is_integer(kind):
        return _MINUS_ZERO in data
    return bool(types.is_floating(kind) or types.is_nested(kind))


def may_lose(kind: Any) -> bool:
    """Whether digits of a number may be lost in a type."""
    return bool(pa.types.is_floating(kind) or pa.types.is_nested(kind))


def of_numbers(data: bytes, columns: Mapping[str, Any]) -> dict[str, Any] | None:
    """The texts of columns of numbers, given as read, in bytes; None where they cannot be had so.

    A name in quotation marks that stands in every line once is the key of that line's object: within a text
    there is a backslash before such marks.
    """
    if any(pa.types.is_nested(column.type) for column in columns.values()) or len(columns) > _FEW:
        return None
    if not columns:
        return {}
    lines = _lines(data)
    found = {}
    for name, column in columns.items():
        key = json.dumps(name, ensure_ascii=False)
        there = len(column) - column.null_count
        if len(lines) != len(column) or data.count(key.encode()) != there:
            return None
        pattern = rf"(?:^|[^\\]){_quoted(key)}[ \t]*:[ \t]*(?P<number>{_NUMBER})"
        (text,) = compute.groups(lines, pattern, "number")
        if len(text) - text.null_count != there:
            return None
        found[name] = text
    return found


def of_columns(data: bytes, names: Sequence[str], gone: Collection[int] = ()) -> dict[str, Any]:
    """The texts of columns in every row but those that are `gone`, in bytes, null where nothing stands.

    Raises TableError for a line that is no object.
    """
    if not names:
        return {}
    found: dict[str, list[bytes | None]] = {name: [] for name in names}
    row = -1
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        row += 1
        if row in gone:
            continue
        try:
            cells = dict(_members(line.decode("utf-8", "surrogateescape")))
        except (ValueError, IndexError) as error:
            raise TableError(f"line {number} of those read together holds no object") from error
        for name, texts in found.items():
            text = cells.get(name, "null")
            texts.append(None if text == "null" else text.encode("utf-8", "surrogateescape"))
    return {name: pa.array(texts, pa.binary()) for name, texts in found.items()}


def losing(column: Any) -> str | None:
    """The first number in texts of JSON that is none of the floats, as these are written; None if none is."""
    suspects = compute.fill_null(compute.matches(column, LONG.pattern.decode()), compute.FALSE)
    for place in np.flatnonzero(compute.truths(suspects)).tolist():
        found: list[str] = []
        json.loads(column[place].as_py(), parse_int=found.append, parse_float=found.append)
        for number in found:
            if Decimal(number) != Decimal(repr(float(number))):
                return number
    return None


def as_cell(text: bytes) -> bytes:
    """A text of JSON as a cell of CSV: that of a string without its quotation marks, all else as it is."""
    if not text.startswith(b'"'):
        return text
    value: str = json.loads(text.decode("utf-8", "surrogateescape"))
    return value.encode("utf-8", "surrogatepass")


def _lines(data: bytes) -> Any:
    """The lines that are not blank, of which the last may have no end."""
    if not data.endswith(b"\n"):
        data += b"\n"
    return compute.texts(data, np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1)


def _quoted(text: str) -> str:
    """A text as a regular expression of RE2."""
    return re.sub(r"([^\w])", r"\\\1", text, flags=re.ASCII) if text.isascii() else re.escape(text)


def _members(line: str) -> Iterator[tuple[str, str]]:
    """The names and values of an object, the values as they are written. Raises ValueError, IndexError."""
    at = _after(line, _blank(line, 0), "{")
    if line[at] == "}":
        return
    while True:
        name, at = _TAKEN_APART.raw_decode(line, at)
        at = _after(line, _blank(line, at), ":")
        _, end = _TAKEN_APART.raw_decode(line, at)
        yield name, line[at:end]
        at = _blank(line, end)
        if line[at] == "}":
            return
        at = _after(line, at, ",")


def _after(line: str, at: int, sign: str) -> int:
    if line[at] != sign:
        raise ValueError(f"{sign} expected")
    return _blank(line, at + 1)


def _blank(line: str, at: int) -> int:
    found = _BLANK.match(line, at)
    assert found is not None
    return found.end()
