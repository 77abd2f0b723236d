"""Columns of Arrow: how they are made of NumPy's, and the functions of them that tables need.

pyarrow.compute has these functions, too. But its import takes 60 ms, in which each of Arrow's 300 becomes one
of Python with its documentation; here they are called by name. And where pyarrow is given a list or a number
of Python to convert, it imports all of pandas first, where that is installed, and numpy.ma for an array.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

try:
    from pyarrow import _compute as arrow  # what pyarrow.compute itself calls
except ImportError:  # pragma: no cover -- a pyarrow that has moved it
    import pyarrow.compute as arrow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Column = Any


# --- from NumPy, and back ---


def column_of(numbers: Any) -> Column:
    """A NumPy array of numbers, without gaps, as a column that shares its memory."""
    kind = pa.from_numpy_dtype(numbers.dtype)
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(numbers)])


def texts(data: bytes, ends: Any) -> Column:
    """A column of the texts that stand in `data` one after the other, each up to its end."""
    places = pa.py_buffer(np.append(0, ends).astype(np.int32))
    return pa.Array.from_buffers(pa.binary(), len(ends), [None, places, pa.py_buffer(data)])


def array_of(column: Column) -> Any:
    """A column of numbers, in which nothing is null, as a NumPy array that shares its memory."""
    if not len(column):
        return np.empty(0, column.type.to_pandas_dtype())
    numbers = np.frombuffer(column.buffers()[1], column.type.to_pandas_dtype())
    return numbers[column.offset : column.offset + len(column)]


def truths(column: Column) -> Any:
    """A column of truths, in which nothing is null, as a NumPy array."""
    return array_of(cast(column, pa.uint8())).view(np.bool_)


def one_text(value: bytes) -> Column:
    """A column of one row, a text."""
    return texts(value, [len(value)])


def text(value: bytes) -> Any:
    """A text as a value for every row."""
    return one_text(value)[0]


def nothing(kind: Any) -> Any:
    """A null as a value for every row."""
    return pa.nulls(1, kind)[0]


NAN = column_of(np.array([np.nan]))[0]
FALSE = pa.Array.from_buffers(pa.bool_(), 1, [None, pa.py_buffer(b"\0")])[0]
EMPTY = text(b"")


# --- functions ---


def _call(name: str, *columns: Any, options: Any = None) -> Column:
    return arrow.call_function(name, list(columns), options)


def cast(column: Column, kind: Any, *, safe: bool = True) -> Column:
    """A column as one of another type; if `safe`, raises ArrowInvalid for what that cannot hold."""
    options = arrow.CastOptions
    return _call("cast", column, options=options.safe(kind) if safe else options.unsafe(kind))


def take(column: Column, rows: Any) -> Column:
    """The rows of a column at these places, a NumPy array."""
    return _call("take", column, column_of(rows))


def extremes(column: Column) -> tuple[Any, Any]:
    """The least and the greatest of some numbers, None where there are none."""
    found = _call("min_max", column).as_py()
    return found["min"], found["max"]


# --- truths ---


def any(column: Column) -> bool:
    """Whether one of these truths is true."""
    return bool(_call("any", column).as_py())


def either(one: Column, other: Column) -> Column:
    """Where one of two is true."""
    return _call("or", one, other)


def is_in(column: Column, values: Column) -> Column:
    """Where one of these values stands."""
    return _call("is_in", column, options=arrow.SetLookupOptions(value_set=values))


def is_null(column: Column) -> Column:
    """Where nothing stands."""
    return _call("is_null", column)


def is_nan(column: Column) -> Column:
    """Where nan stands."""
    return _call("is_nan", column)


def is_inf(column: Column) -> Column:
    """Where an infinity stands."""
    return _call("is_inf", column)


def if_else(condition: Column, yes: Any, no: Any) -> Column:
    """What stands in one where the condition holds, and in another where not."""
    return _call("if_else", condition, yes, no)


def fill_null(column: Column, value: Any) -> Column:
    """The same with a value where nothing stands."""
    return _call("coalesce", column, value)


# --- text ---


def is_empty(column: Column) -> Column:
    """Which texts are empty."""
    return _call("equal", _call("binary_length", column), _NO_LENGTH)


def longest(column: Column) -> int:
    """The length in bytes of the longest text; 0 where there is none."""
    _, most = extremes(_call("binary_length", column))
    return most or 0


def matches(column: Column, pattern: str) -> Column:
    """Which texts have a part like a regular expression (of RE2)."""
    return _call("match_substring_regex", column, options=arrow.MatchSubstringOptions(pattern))


def groups(column: Column, pattern: str, *names: str) -> list[Column]:
    """What groups of a regular expression, by their names, are in the texts."""
    found = _call("extract_regex", column, options=arrow.ExtractRegexOptions(pattern))
    return [_call("struct_field", found, options=arrow.StructFieldOptions(name)) for name in names]


def without_last(column: Column) -> Column:
    """The texts without their last byte."""
    return _call("binary_slice", column, options=arrow.SliceOptions(0, -1))


def ends_with(column: Column, text: str) -> Column:
    """Which texts end so."""
    return _call("ends_with", column, options=arrow.MatchSubstringOptions(text))


def places(column: Column, part: bytes) -> Any:
    """Where a part of the texts begins, in bytes from theirs, -1 where it is not in one, as a NumPy array."""
    return array_of(_call("find_substring", column, options=arrow.MatchSubstringOptions(part)))


def slices(buffer: Any, begins: Any, ends: Any, rows: Any) -> Column:
    """A column of the bytes of a NumPy array between these places, for the rows that are true, else empty."""
    lengths = np.zeros(len(rows), np.int64)
    lengths[rows] = ends - begins
    behind = np.cumsum(lengths)
    shifts = np.repeat(begins - (behind[rows] - lengths[rows]), lengths[rows])
    return texts(buffer[shifts + np.arange(len(shifts))].tobytes(), behind)


def trimmed(column: Column) -> Column:
    """The texts without blanks around them."""
    return _call("utf8_trim_whitespace", column)


def replaced(column: Column, pattern: bytes, by: bytes) -> Column:
    """The texts with one part, wherever it is, replaced by another."""
    return _call("replace_substring", column, options=arrow.ReplaceSubstringOptions(pattern, by))


def replaced_like(column: Column, pattern: str, by: str) -> Column:
    """The same for parts like a regular expression."""
    return _call("replace_substring_regex", column, options=arrow.ReplaceSubstringOptions(pattern, by))


def joined(*columns: Column) -> Column:
    """The texts of every row after one another; null where one of them is."""
    return _call("binary_join_element_wise", *columns, EMPTY)


# --- numbers ---


def part(percent: Column, of: Column) -> Column:
    """So many percent of the size of some numbers."""
    return _call("divide", _call("multiply", _call("abs", of), percent), _HUNDRED)


_NO_LENGTH = _call("binary_length", EMPTY)
_HUNDRED = column_of(np.array([100.0]))[0]
