"""The numbers in a column: whatever type it has, as float64, with what is missing and what is no number."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pyarrow as pa

from gradcli.tables import compute
from gradcli.tables.problems import TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_NUMBER = r"^[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|(?i:inf|infinity|nan))$"
_WHOLE = r"^\s*[-+]?[0-9]{16,}\.?0*\s*$"
_NOT_ZERO = r"^\s*[-+]?[0.]*[1-9]"
_SHORTEST = len("1e-324")  # of what is not 0 and has no float
_TRUTHS = {"true": 1.0, "false": 0.0}
EXACT = 2**53
"""Up to which every whole number is a float."""
LONGEST_CELL = 40  # characters of a cell that an error quotes


def floats(column: Any, name: str) -> Any:
    """A column of numbers as an Arrow array of float64, the same one where it is that already.

    Integers, booleans, smaller floats, decimals and dictionaries of them are numbers. Raises TableError for
    a column of anything else.
    """
    kind = column.type
    if pa.types.is_float64(kind):
        return column
    if pa.types.is_dictionary(kind):
        return floats(column.dictionary_decode(), name)
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.float64())
    if not is_numeric(kind):
        raise TableError(f"column '{name}' holds no numbers: it is of type {kind}")
    if pa.types.is_boolean(kind):
        column = compute.cast(column, pa.uint8())
    return compute.cast(column, pa.float64(), safe=False)


def is_numeric(kind: Any) -> bool:
    """Whether columns of a type are numbers; one of nothing but nulls is."""
    types = pa.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_decimal(kind)
        or types.is_null(kind)
    )


def numbers(column: Any) -> Any:
    """An Arrow array of float64 as a NumPy array, nan for null; without a copy where it has no null."""
    if column.null_count:
        column = compute.fill_null(column, compute.NAN)
    return compute.array_of(column)


def is_rounded(column: Any) -> bool:
    """Whether a column has whole numbers of a size at which not all of them are among the floats."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return is_rounded(column.dictionary)
    if not (pa.types.is_int64(kind) or pa.types.is_uint64(kind) or pa.types.is_decimal(kind)):
        return False
    least, most = compute.extremes(column)
    if least is None or (least >= -EXACT and most <= EXACT):
        return False
    return pa.types.is_integer(kind) or any(map(_is_large_whole, filter(None, column.to_pylist())))


def is_large(numbers: Any) -> bool:
    """Whether some of these floats are so large that they may be rounded whole numbers."""
    if not len(numbers):
        return False
    least, most = np.minimum.reduce(numbers), np.maximum.reduce(numbers)
    if least != least:  # of the others these say nothing
        return bool((np.abs(numbers) >= EXACT).any())
    return bool(least <= -EXACT or most >= EXACT)


def is_rounded_text(column: Any) -> bool:
    """The same of texts (bytes), for whole numbers that are written in digits alone."""
    found = compute.fill_null(compute.matches(column, _WHOLE), compute.FALSE)
    texts = compute.take(column, np.flatnonzero(compute.truths(found))).to_pylist()
    return any(_is_large_whole(Decimal(text.decode().strip())) for text in texts)


def is_vanished_text(column: Any, numbers: Any) -> bool:
    """Whether some of these texts (bytes) are numbers so small that they are 0 as floats."""
    zeros = np.flatnonzero(numbers == 0.0)
    texts = compute.take(column, zeros) if len(zeros) else None
    if texts is None or compute.longest(texts) < _SHORTEST:
        return False
    found = compute.matches(texts, _NOT_ZERO)
    return bool(compute.truths(compute.fill_null(found, compute.FALSE)).any())


def _is_large_whole(number: Decimal) -> bool:
    return abs(number) > EXACT and number == number.to_integral_value()


def missing(columns: Iterable[Any]) -> Any:
    """Which rows have a nan in one of these NumPy arrays: an array of truths, or None where none has."""
    found = None
    for column in columns:
        lost = np.isnan(column)
        if lost.any():
            found = lost if found is None else found | lost
    return found


def parsed(column: Any, absent: Iterable[str]) -> tuple[Any, dict[int, str]]:
    """A column of text (bytes) as float64, and the cells in it that are no numbers, by row.

    An empty cell, one of blanks and one that is among `absent` are null.
    """
    text = column.view(pa.string())
    lost = compute.is_empty(column)
    words = [word.encode("utf-8", "surrogateescape") for word in absent]
    if words:
        lost = compute.either(lost, compute.is_in(column, pa.array(words, pa.binary())))
    if compute.any(lost):
        text = compute.if_else(lost, compute.nothing(text.type), text)
    try:
        return compute.cast(text, pa.float64()), {}
    except pa.ArrowInvalid:
        return _one_by_one(text, column, frozenset(absent))


def _one_by_one(text: Any, column: Any, absent: frozenset[str]) -> tuple[Any, dict[int, str]]:
    """The same where the cells are not all plain numbers: these at once, the others as they are met."""
    plain = compute.fill_null(compute.matches(column, _NUMBER), compute.FALSE)
    readable = compute.if_else(plain, text, compute.nothing(text.type))
    values = numbers(compute.cast(readable, pa.float64())).copy()
    null = compute.truths(compute.is_null(text))
    others = np.flatnonzero(~(compute.truths(plain) | null))
    bad: dict[int, str] = {}
    cells = compute.take(column, others).to_pylist()
    for row, cell in zip(others.tolist(), cells, strict=True):
        # Typesetting has a sign of its own for minus.
        word = cell.decode("utf-8", "surrogateescape").strip().replace("\u2212", "-")
        if not word or word in absent:
            null[row] = True
        elif word.lower() in _TRUTHS:
            values[row] = _TRUTHS[word.lower()]
        elif re.match(_NUMBER, word):
            values[row] = float(word)
        else:
            bad[row] = cell.decode("utf-8", "surrogateescape")
    return pa.array(values, mask=null), bad


def no_number(cell: object, name: str) -> str:
    """What is wrong with a cell that holds no number."""
    return f"column '{name}': '{clipped(str(cell))}' is no number"


def clipped(text: str) -> str:
    """As much of a text as an error quotes."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
