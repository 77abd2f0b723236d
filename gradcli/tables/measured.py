"""Columns whose cells hold values with their errors, `2.0 ± 0.1` or `2.0 +/- 5%`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from gradcli.language.measured import COMMON, SIGNS, two_readings
from gradcli.tables import cells, compute
from gradcli.tables.problems import TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_CELL = (
    r"[0-9.)]\s*(?:±|\+/-|\+[-−])\s*[0-9.]"
    r"|^\s*[-+−]?[0-9]*\.?[0-9]+\.?\([0-9]+\.?[0-9]*\)(?:[eE][-+]?[0-9]+)?\s*$"
)
_OTHER = r"\(|\+\s*[-−]"
"""What cells with an error have that are written otherwise than with a sign for it between two numbers."""
_PARTS = r"(?s)^(?P<value>.*?)(?:(?:±|\+/-)(?P<error>.*))?$"


def has_sign(data: bytes) -> bool:
    """Whether something stands in a text anywhere by which errors are written."""
    return any(sign.encode() in data for sign in (*SIGNS, "+-", "+−", "("))


def text(column: Any, name: str) -> Any:
    """A column of a typed table as bytes of text. Raises TableError where it is none."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise TableError(
            f"column '{name}' holds no text such as 2.0±0.1: it is of type {column.type}",
            f"say what the errors are: --uncertainty {name}=0.1, or the name of their column",
        )
    return compute.cast(column, pa.binary())


def _rewritten(text: Any) -> Any:
    """The texts with a sign between value and error, as in `1.02±0.02`, also of `1.02(2)` and its like."""
    others = compute.fill_null(compute.matches(text, _OTHER), compute.FALSE)
    if not compute.any(others):
        return text
    text = compute.replaced_like(text, COMMON.replace("(%?)", "()"), r"\1\4±\2\4")
    text = compute.replaced_like(text, COMMON.replace("(%?)", "(%)"), r"\1\4±\2%")
    words = text.to_pylist()
    for row in np.flatnonzero(compute.truths(others)).tolist():
        readings = two_readings(words[row])
        if readings is not None:
            words[row] = readings[1]
    return pa.array(words, pa.string())


def is_measured(column: Any) -> bool:
    """Whether a column of text (bytes) has a cell with a value and its error."""
    return compute.any(compute.matches(column, _CELL))


def parsed(column: Any, absent: Iterable[str]) -> tuple[Any, Any, dict[int, str]]:
    """A column of text (bytes) as values, errors, both of float64, and the cells that are neither, by row.

    A part that is empty or among `absent` is null; an error in percent is one of the value.
    """
    absent = tuple(absent)
    try:
        text = compute.cast(column, pa.string())
    except pa.ArrowInvalid:  # no UTF-8: what is wrong with a cell is seen in its value
        values, bad = cells.parsed(column, absent)
        return values, pa.nulls(len(column), pa.float64()), bad
    parts = compute.groups(_rewritten(text), _PARTS, "value", "error")
    value_text, error_text = (compute.trimmed(part) for part in parts)
    relative = compute.ends_with(error_text, "%")
    in_percent = compute.any(relative)
    if in_percent:
        error_text = compute.replaced_like(error_text, r"\s*%$", "")
    values, bad_values = cells.parsed(compute.cast(value_text, pa.binary()), absent)
    errors, bad_errors = cells.parsed(compute.cast(error_text, pa.binary()), absent)
    if in_percent:
        errors = compute.if_else(relative, compute.part(errors, values), errors)
    bad = {row: text[row].as_py() for row in sorted({*bad_values, *bad_errors})}
    return values, errors, bad
