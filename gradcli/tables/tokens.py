"""The cells of JSON Lines as they are written, digit for digit: few numbers are those of a type as well."""

from __future__ import annotations

import json
import re
import sys
from decimal import MAX_PREC, Context, Decimal

import numpy as np
import pyarrow as pa

from gradcli.tables import compute
from gradcli.tables.problems import TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Any

_LONG = r"[1-9][0-9.]{18}|(?:^|[^.0-9])[1-9][0-9]{15}|[eE][-+]?[0-9]{3}|0{300}"
"""What stands in every number that loses digits as a float, or is too large or too small for one."""
_KEPT = 17
"""Significant digits of a number that tell every float from the others."""
_FEW = 16  # columns that are looked for one after the other, and not by taking every line apart
_MINUS_ZERO = b"-0"
_EXACT = Context(prec=MAX_PREC)
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


def has_long(data: bytes) -> bool:
    """Whether numbers that a float cannot hold may stand in a text."""
    return compute.any(compute.matches(compute.one_text(data), _LONG))


def of_numbers(data: bytes, columns: Mapping[str, Any]) -> dict[str, Any] | None:
    """The texts of columns of numbers, given as read, in bytes; None where they cannot be had so.

    A name in quotation marks that stands in a line once is the key of that line's object: within a text there
    is a backslash before such marks.
    """
    if any(pa.types.is_nested(column.type) for column in columns.values()) or len(columns) > _FEW:
        return None
    if not columns:
        return {}
    lines, starts = _lines(data)
    buffer = np.frombuffer(data + b"\n", np.uint8)
    ends = np.flatnonzero(_ENDS[buffer])
    found = {}
    for name, column in columns.items():
        key = json.dumps(name, ensure_ascii=False).encode()
        at = compute.places(lines, key)
        there = ~compute.truths(compute.is_null(column))
        if len(at) != len(there) or data.count(key) != np.count_nonzero(at >= 0) or (at[there] < 0).any():
            return None
        begins = _begins(buffer, (starts + at)[there], len(key))
        if begins is None:
            return None
        text = compute.slices(buffer, begins, ends[np.searchsorted(ends, begins)], there)
        found[name] = compute.if_else(compute.is_null(column), compute.nothing(text.type), text)
    return found


def _begins(buffer: Any, keys: Any, length: int) -> Any:
    """Where the numbers behind some keys begin, as most programs write them; None where that is not so."""
    if (buffer[keys - 1] == ord("\\")).any():
        return None
    places = keys + length
    places = places + (buffer[places] == ord(" "))
    if (buffer[places] != ord(":")).any():
        return None
    places = places + 1
    places = places + (buffer[places] == ord(" "))
    return places if _SIGNS[buffer[places]].all() else None


def _among(signs: bytes) -> Any:
    """Which bytes are among these."""
    return np.isin(np.arange(256), np.frombuffer(signs, np.uint8))


_ENDS, _SIGNS = _among(b",} \t\r\n"), _among(b"-0123456789")


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
    """The first number in texts of JSON that would lose digits as a float; None if none would."""
    suspects = compute.fill_null(compute.matches(column, _LONG), compute.FALSE)
    for place in np.flatnonzero(compute.truths(suspects)).tolist():
        found: list[str] = []
        json.loads(column[place].as_py(), parse_int=found.append, parse_float=found.append)
        for number in found:
            if _loses(Decimal(number)):
                return number
    return None


def _loses(number: Decimal) -> bool:
    if number == Decimal(repr(float(number))):
        return False
    whole = number == number.to_integral_value()
    digits = len(number.normalize(_EXACT).as_tuple().digits)
    return whole or digits > _KEPT or abs(number) < sys.float_info.min


def as_cell(text: bytes) -> bytes:
    """A text of JSON as a cell of CSV: that of a string without its quotation marks, all else as it is."""
    if not text.startswith(b'"'):
        return text
    value: str = json.loads(text.decode("utf-8", "surrogateescape"))
    return value.encode("utf-8", "surrogatepass")


def _lines(data: bytes) -> tuple[Any, Any]:
    """The lines that are not blank, of which the last may have no end, and where each starts."""
    if not data.endswith(b"\n"):
        data += b"\n"
    stops = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1
    starts = np.append(0, stops[:-1])
    lines = compute.texts(data, stops)
    full = stops - starts > len("{}")
    if not full.all():
        lines, starts = compute.take(lines, np.flatnonzero(full)), starts[full]
    return lines, starts


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
