"""JSON Lines: objects, one a line, parsed by pyarrow, and one by one where a line is not like the others."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.json

from gradcli.tables import cells, tokens
from gradcli.tables.pieces import Rows
from gradcli.tables.problems import Bad, TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.tables.pieces import Wanted

LONGEST_INT = 300  # digits
_NUMBERS = {"nan", "inf", "-inf"}
"""What has no number in JSON, as it is written here."""


def last_line_end(data: bytes) -> int:
    """The position behind the last complete line, 0 where none is."""
    return data.rfind(b"\n") + 1


def schema_of(data: bytes, name: str) -> Any:
    """The columns that the first lines of a file have, and their types. Raises TableError."""
    if not data.strip():
        raise TableError(f"{name} is empty", "JSON Lines have an object on each line")
    if data.lstrip()[:1] != b"{":
        raise TableError(f"{name} does not begin with an object", "JSON Lines have an object on each line")
    try:
        schema = _parse(data, None, "infer").schema
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        schema = _schema_of_objects(data, name)
    # A date is a text that goes out as it came in.
    return pa.schema([pa.field(field.name, _plain(field.type)) for field in schema])


def long_columns(data: bytes, schema: Any) -> frozenset[str]:
    """The columns with numbers that would lose digits in the type that they have in a schema."""
    names = [field.name for field in schema if tokens.may_lose(field.type)]
    if not names or not tokens.has_long(data):
        return frozenset()
    texts = tokens.of_columns(data, names)
    return frozenset(name for name in names if tokens.losing(texts[name]) is not None)


def rows(data: bytes, schema: Any, wanted: Wanted) -> Rows:
    """The rows of a piece. Raises TableError where one has columns or values that the first ones have not."""
    needed = set(wanted.needed.values())
    names = [name for name in schema.names if name in needed or name in wanted.kept] or schema.names[:1]
    fields = [_field(schema.field(name), name in needed) for name in names]
    everything = set(wanted.kept) >= set(schema.names)
    explicit = pa.schema(fields)
    try:
        if data.strip():
            table = _parse(data, explicit, "error" if everything else "ignore")
        else:
            table = explicit.empty_table()
        bad: list[Bad] = []
        columns = {name: _one(table[name]) for name in names}
        count = table.num_rows
        numbers = {name: cells.floats(columns[name], name) for name in needed}
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, TableError):
        columns, numbers, bad, count = _one_by_one(data, schema, names, everything, wanted)
    out = Rows(read=count, lines=data.count(b"\n"))
    out.bad = bad
    gone = {each.row for each in bad}
    if bad and not wanted.skip_bad:
        return out
    out.numbers = {name: cells.numbers(numbers[original]) for name, original in wanted.needed.items()}
    wrong = out.negative(wanted)
    if wrong:
        _say_places(out, data, wrong)
        if not wanted.skip_bad:
            return out
    _keep(out, data, {**columns, **numbers}, wanted, gone)
    _note_changed(out, data, numbers, wanted, gone)
    if wrong:
        out.leave_out(list(wrong))
    return out


def _keep(out: Rows, data: bytes, columns: dict[str, Any], wanted: Wanted, gone: set[int]) -> None:
    """Fill in the columns that go out again. Raises TableError for numbers that their types cannot hold."""
    kept = [name for name in wanted.kept if isinstance(name, str)]
    texts = _texts(data, columns, [name for name in kept if name in wanted.raw], gone)
    out.kept = [texts[name] if name in texts else columns[name] for name in kept]
    out.raw = frozenset(place for place, name in enumerate(kept) if name in texts)
    computed = wanted.needed.values()
    typed = [name for name in kept if name not in wanted.raw and name not in computed]
    _verify_digits(data, {name: columns[name] for name in typed}, gone)


def _texts(data: bytes, columns: Mapping[str, Any], names: Sequence[str], gone: set[int]) -> dict[str, Any]:
    """The texts of those of the columns that would be written otherwise than they came."""
    odd = [name for name in names if name not in columns or tokens.is_changed(columns[name].type, data)]
    return _texts_of(data, columns, odd, gone)


def _texts_of(
    data: bytes, columns: Mapping[str, Any], names: Sequence[str], gone: set[int]
) -> dict[str, Any]:
    """The texts of columns, of all that are given the fast way if that can be."""
    texts = None
    if not gone and all(name in columns for name in names):
        texts = tokens.of_numbers(data, {name: columns[name] for name in names})
    return tokens.of_columns(data, names, gone) if texts is None else texts


def _verify_digits(data: bytes, columns: Mapping[str, Any], gone: set[int]) -> None:
    """Raise TableError where a column has a number that its type cannot hold."""
    names = [name for name, column in columns.items() if tokens.may_lose(column.type)]
    if not names or not tokens.has_long(data):
        return
    texts = _texts_of(data, columns, names, gone)
    for name in names:
        number = tokens.losing(texts[name])
        if number is not None:
            raise TableError(
                f"column '{name}' is of type {columns[name].type} in the first rows, and later has "
                f"{cells.clipped(number)}, which would lose digits in that",
                "leave it out with --keep, or write CSV or JSON Lines, where it goes out as it came in",
            )


def _note_changed(out: Rows, data: bytes, columns: Mapping[str, Any], wanted: Wanted, gone: set[int]) -> None:
    """Note the columns that are computed with and have numbers that are others as floats."""
    beyond = [name for name in wanted.needed if cells.is_large(out.numbers[name])]
    if beyond:
        texts = _texts_of(data, columns, [wanted.needed[name] for name in beyond], gone)
        out.rounded += [name for name, text in texts.items() if cells.is_rounded_text(text)]
    zeros = [name for name in wanted.needed if not out.numbers[name].all()]
    if zeros and tokens.has_long(data):
        texts = _texts_of(data, columns, [wanted.needed[name] for name in zeros], gone)
        for name in zeros:
            original = wanted.needed[name]
            if cells.is_vanished_text(texts[original], out.numbers[name]):
                out.vanished.append(original)


def _say_places(out: Rows, data: bytes, wrong: dict[int, str]) -> None:
    """Add to the rows that are bad some of the others."""
    gone = {bad.row for bad in out.bad}
    left = [row for row in range(out.read) if row not in gone]
    lines = [number for number, line in enumerate(data.split(b"\n")) if line.strip()]
    out.bad += [Bad(left[row], what, lines[left[row]]) for row, what in wrong.items()]
    out.bad.sort(key=lambda bad: bad.row)


def _parse(data: bytes, schema: Any, unexpected: str) -> Any:
    return pa.json.read_json(
        pa.BufferReader(data),
        read_options=pa.json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=pa.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior=unexpected),
    )


def _plain(kind: Any) -> Any:
    return pa.string() if pa.types.is_temporal(kind) else kind


def _field(field: Any, needed: bool) -> Any:
    number = pa.types.is_integer(field.type) or pa.types.is_null(field.type)
    return pa.field(field.name, pa.float64()) if needed and number else field


def _one(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _objects(data: bytes) -> list[tuple[int, Any]]:
    """The line and the object of every line that is not blank; a text where there is none: what is wrong."""
    found: list[tuple[int, Any]] = []
    for number, line in enumerate(data.split(b"\n")):
        if line.strip():
            try:
                value = json.loads(line, parse_int=_whole)
            except ValueError as error:
                value = f"no JSON: {getattr(error, 'msg', error)}"
            else:
                if not isinstance(value, dict):
                    value = "no object, such as JSON Lines have on each line"
            found.append((number, value))
    return found


def _whole(text: str) -> float:
    """A whole number; as a float where it is longer than those are that Python reads."""
    return int(text) if len(text) < LONGEST_INT else float(text)


def _schema_of_objects(data: bytes, name: str) -> Any:
    """The same one by one: a column of what cannot be in one column is text."""
    names: dict[str, None] = {}
    objects = [value for _, value in _objects(data) if isinstance(value, dict)]
    if not objects:
        raise TableError(f"{name}, row 1 (line 1), holds no object", "JSON Lines have an object on each line")
    for value in objects:
        names.update(dict.fromkeys(value))
    fields = []
    for column in names:
        values = [value.get(column) for value in objects]
        try:
            kind = pa.array(values).type
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            numeric = any(isinstance(value, (int, float)) for value in values)
            kind = pa.float64() if numeric else pa.string()
        fields.append(pa.field(column, kind))
    return pa.schema(fields)


def _one_by_one(
    data: bytes, schema: Any, names: list[str], everything: bool, wanted: Wanted
) -> tuple[dict[str, Any], dict[str, Any], list[Bad], int]:
    """Columns but those that go out as texts, numbers, bad rows and how many rows there are."""
    needed, absent = set(wanted.needed.values()), wanted.absent
    bad: list[Bad] = []
    good: list[dict[str, Any]] = []
    objects = _objects(data)
    for row, (line, value) in enumerate(objects):
        problem = value if isinstance(value, str) else _problem(value, schema, needed, everything, absent)
        if problem:
            bad.append(Bad(row, problem, line))
        else:
            good.append(value)
    columns = {}
    for name in names:
        if name not in needed and name not in wanted.raw:
            try:
                columns[name] = pa.array([value.get(name) for value in good], schema.field(name).type)
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
                raise TableError(
                    f"column '{name}' is of type {schema.field(name).type} in the first rows, "
                    f"and later not: {str(error).splitlines()[0]}",
                    "leave it out with --keep",
                ) from error
    numbers = {
        name: pa.array([_number(value.get(name), absent) for value in good], pa.float64()) for name in needed
    }
    return columns, numbers, bad, len(objects)


def _problem(
    value: dict[str, Any], schema: Any, needed: set[str], everything: bool, absent: tuple[str, ...]
) -> str:
    """What is wrong with an object, nothing where nothing is."""
    for name in needed:
        cell = value.get(name)
        if isinstance(cell, str) and (cell in absent or cell in _NUMBERS or not cell.strip()):
            continue
        if cell is not None and not isinstance(cell, (bool, int, float)):
            return cells.no_number(cell, name)
    if everything:
        for name in value:
            if name not in schema.names:
                return f"a column '{name}', which the first rows have not; --keep names those that go out"
    return ""


def _number(value: Any, absent: tuple[str, ...]) -> float | None:
    if value is None or (isinstance(value, str) and (value in absent or not value.strip())):
        return None
    return float(value)
