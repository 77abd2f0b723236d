"""JSON Lines: what the columns are, what a line gives, what is wrong with one."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("pyarrow")

from gradcli.tables import jsonlines
from gradcli.tables.pieces import Wanted
from gradcli.tables.problems import TableError


@pytest.mark.parametrize(
    ("data", "end"),
    [(b"", 0), (b"{}", 0), (b"{}\n", 3), (b"{}\n{", 3), (b"{}\r\n", 4), (b'{"a": "\\n"}', 0)],
)
def test_last_line_end(data: bytes, end: int) -> None:
    assert jsonlines.last_line_end(data) == end


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        (b'{"x": 1}', {"x": "int64"}),
        (b'{"x": 1}\n{"x": 1.5, "y": null}\n', {"x": "double", "y": "null"}),
        (b'{"x": true, "d": "2020-01-01", "l": [1], "o": {"k": "v"}}',
         {"x": "bool", "d": "string", "l": "list<item: int64>", "o": "struct<k: string>"}),
        (b'{"x": 1}\n{"x": "inf"}\n', {"x": "double"}),  # as it is written here
        (b'{"x": "a"}\n{"x": [1]}\n', {"x": "string"}),
        (b'\n\n  {"x": 1}\n', {"x": "int64"}),
        (b"{}\n", {}),
        ('{"é": 1, "": 2}'.encode(), {"é": "int64", "": "int64"}),
    ],
)  # fmt: skip
def test_columns(data: bytes, columns: dict[str, str]) -> None:
    schema = jsonlines.schema_of(data, "t")
    assert {field.name: str(field.type) for field in schema} == columns


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "t is empty"),
        (b" \n\n", "t is empty"),
        (b"[1]\n", "t does not begin with an object"),
        (b"x,y\n1,2\n", "t does not begin with an object"),
        (b"{x}\n", "t, row 1 (line 1), holds no object"),
    ],
)
def test_no_columns(data: bytes, error: str) -> None:
    with pytest.raises(TableError) as caught:
        jsonlines.schema_of(data, "t")
    assert (str(caught.value), caught.value.hint) == (error, "JSON Lines have an object on each line")


def numbers(data: bytes, *, skip_bad: bool = False, kept: list[str] | None = None, first: bytes = b"") -> Any:
    """The numbers in a column x, and what is bad, as row, line and what."""
    schema = jsonlines.schema_of(first or b'{"x": 1.5, "t": "a"}\n', "t")
    out = jsonlines.rows(data, schema, Wanted({"x": "x"}, kept or [], skip_bad=skip_bad, absent=["NA"]))
    assert out.count == len(out.numbers.get("x", [])) or (out.bad and not skip_bad)
    found = [repr(number) for number in out.numbers["x"].tolist()] if out.numbers else None
    return found, [(bad.row, bad.line, bad.what) for bad in out.bad]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('{"x": 1}', "1.0"), ('{"x": null}', "nan"), ("{}", "nan"), ('{"x": true}', "1.0"),
        ('{"x": ""}', "nan"),
        ('{"x": " "}', "nan"), ('{"x": "NA"}', "nan"), ('{"x": "nan"}', "nan"), ('{"x": "-inf"}', "-inf"),
        ('{"x": 1e400}', "inf"), ('{"x": -0.0}', "-0.0"), ('{"x": 9007199254740993}', "9007199254740992.0"),
        ('{"x": 1.5, "z": 3}', "1.5"), ('{"t": "b", "x": 2}', "2.0"), ('{"x": 2, "t": "\\u00e9\\n"}', "2.0"),
    ],
)  # fmt: skip
def test_numbers(line: str, number: str) -> None:
    data = f'{{"x": 3}}\n\n{line}\n'.encode()
    assert numbers(data) == (["3.0", number], [])


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"x": "abc"}', "column 'x': 'abc' is no number"),
        ('{"x": "1.5"}', "column 'x': '1.5' is no number"),
        ('{"x": [1]}', "column 'x': '[1]' is no number"),
        ('{"x": {"k": 1}}', "column 'x': '{'k': 1}' is no number"),
        ("[1]", "no object, such as JSON Lines have on each line"),
        ("7", "no object, such as JSON Lines have on each line"),
        ('{"x": 1', "no JSON: Expecting ',' delimiter"),
    ],
)
def test_lines_that_are_bad(line: str, what: str) -> None:
    data = f'{{"x": 3}}\n\n{line}\n{{"x": 4}}\n'.encode()
    assert numbers(data) == (None, [(1, 2, what)])
    assert numbers(data, skip_bad=True) == (["3.0", "4.0"], [(1, 2, what)])


def test_a_column_that_comes_late() -> None:
    data = b'{"x": 3, "t": "b"}\n{"x": 4, "z": 1}\n'
    what = "a column 'z', which the first rows have not; --keep names those that go out"
    assert numbers(data) == (["3.0", "4.0"], [])
    assert numbers(data, kept=["x"]) == (["3.0", "4.0"], [])
    assert numbers(data, kept=["x", "t"]) == (None, [(1, 1, what)])


def test_a_column_whose_type_changes() -> None:
    with pytest.raises(
        TableError, match="column 't' is of type string in the first rows, and later not"
    ) as error:
        numbers(b'{"x": 3, "t": 7}\n', kept=["t"])
    assert error.value.hint == "leave it out with --keep"


def test_no_lines() -> None:
    assert numbers(b"") == ([], [])
    assert numbers(b"\n\n") == ([], [])
