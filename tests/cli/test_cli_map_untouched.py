"""`gradcli map` and the columns that it does not compute with: they go out as they came, in every format."""

from __future__ import annotations

import datetime
import decimal
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyarrow")

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TYPED = ("parquet", "arrow", "feather")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> None:
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def read(name: str) -> Any:
    """A file's text, or its columns by name without those that were computed."""
    if name.endswith(TYPED):
        table = pq.read_table(name) if name.endswith(".parquet") else pyarrow.feather.read_table(name)
        return {column: table[column].to_pylist() for column in table.column_names if column not in RESULTS}
    with open(name, encoding="utf-8", newline="") as file:
        return file.read()


RESULTS = ("x", "value")
LONG = "12345678901234567890"
LONGER = "9" * 400

# Cells of text: in a CSV, and as what they go out in each of the other formats.
CELLS = [
    "9007199254740993",
    LONG,
    "-" + LONGER,
    "007",
    "1.10",
    "1e2",
    "+5",
    "0.1000000000000000055511",
    "١",
    " 7 ",
]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", *TYPED])
@pytest.mark.parametrize("came", ["csv", "tsv"])
def test_cells_of_text(gradcli: Callable, cell: str, came: str, ending: str) -> None:
    mark = {"csv": ",", "tsv": "\t"}
    write(f"t.{came}", f"id{mark[came]}x\n{cell}{mark[came]}2\n")
    done = gradcli("map", "x", f"t.{came}", "--const=x", "--keep=id", "-o", f"o.{ending}")
    assert done == (0, "", "1 row\n")
    out = {"jsonl": f'{{"id": "{cell}", "value": 2.0}}\n'}
    if ending in mark:
        out[ending] = f"id{mark[ending]}value\n{cell}{mark[ending]}2\n"
    assert read(f"o.{ending}") == out.get(ending, {"id": [cell]})


# Values of JSON, what they are as cells of CSV, and what they are in a typed file.
VALUES: list[tuple[str, str, Any]] = [
    ("9007199254740993", "9007199254740993", 9007199254740993),
    ("-9223372036854775808", "-9223372036854775808", -(2**63)),
    (LONG, LONG, LONG),
    ("1" + LONG, "1" + LONG, "1" + LONG),
    (LONGER, LONGER, LONGER),
    ("-0", "-0", 0),
    ("1.10", "1.10", 1.1),
    ("1e2", "1e2", 100.0),
    ("1E+400", "1E+400", "1E+400"),
    ("0.30000000000000004", "0.30000000000000004", 0.1 + 0.2),
    ("0.1000000000000000055511", "0.1000000000000000055511", "0.1000000000000000055511"),
    ("0.10000000000000001", "0.10000000000000001", 0.1),  # as 17 digits of 0.1 are
    ("-2.2250738585072014e-308", "-2.2250738585072014e-308", -2.2250738585072014e-308),
    ("5e-324", "5e-324", 5e-324),
    ("1e-400", "1e-400", "1e-400"),
    ("1e23", "1e23", 1e23),
    ("null", "", None),
    ("true", "true", True),
    ('"007"', "007", "007"),
    ('"2020-01-01"', "2020-01-01", "2020-01-01"),
    ('"2020-01-01T00:00:00.10Z"', "2020-01-01T00:00:00.10Z", "2020-01-01T00:00:00.10Z"),
    ('"a\\n\\"id\\": 5"', '"a\n""id"": 5"', 'a\n"id": 5'),
    ("[1, 2.50]", '"[1, 2.50]"', [1.0, 2.5]),
    ("[]", "[]", []),
    ('{"id": 1.50}', '"{""id"": 1.50}"', {"id": 1.5}),
    (f'{{"n": [{LONG}]}}', f'"{{""n"": [{LONG}]}}"', f'{{"n": [{LONG}]}}'),
]


@pytest.mark.parametrize(("value", "cell", "typed"), VALUES)
def test_values_of_json_lines(gradcli: Callable, value: str, cell: str, typed: Any) -> None:
    write("t.jsonl", f'{{"id": {value}, "x": 1}}\n')
    done = gradcli("map", "x**2", "t.jsonl", "--const=x", "--json")
    assert done == (0, f'{{"id": {value}, "x": 1, "value": 1.0}}\n', "1 row\n")
    assert gradcli("map", "x**2", "t.jsonl", "--const=x") == (0, f"id,x,value\n{cell},1,1\n", "1 row\n")
    for ending in TYPED:
        assert gradcli("map", "x**2", "t.jsonl", "--const=x", "-o", f"o.{ending}") == (0, "", "1 row\n")
        assert read(f"o.{ending}") == {"id": [typed]}


def test_lines_of_json_that_are_not_like_each_other(gradcli: Callable) -> None:
    write(
        "t.jsonl",
        f'{{"id":{LONG},"x":1,"o":{{"a":1.0}}}}\n\n'
        f'{{"x": 2, "o": {{"b": 2}}, "id": "{LONG}"}}\n'
        '{"id": [1.50], "o": null, "x": "NA"}\n'
        '{ "\\u0069d" : 1.0e1 , "x": 3 }\n',
    )
    done = gradcli("map", "x**2", "t.jsonl", "--const=x", "--json", "--missing=NA")
    assert done == (
        0,
        f'{{"id": {LONG}, "x": 1, "o": {{"a":1.0}}, "value": 1.0}}\n'
        f'{{"id": "{LONG}", "x": 2, "o": {{"b": 2}}, "value": 4.0}}\n'
        '{"id": [1.50], "x": "NA", "o": null, "value": null}\n'
        '{"id": 1.0e1, "x": 3, "o": null, "value": 9.0}\n',
        "4 rows: 1 with a missing value\n",
    )
    done = gradcli("map", "x**2", "t.jsonl", "--const=x", "--keep=id", "--missing=NA")
    out = f"id,value\n{LONG},1\n{LONG},4\n[1.50],nan\n1.0e1,9\n"
    assert done == (0, out, "4 rows: 1 with a missing value\n")


def test_texts_that_a_terminal_obeys_are_escaped_within_what_goes_out_as_it_came(gradcli: Callable) -> None:
    write("t.jsonl", '{"o": {"k": "\u009b31m\u202e\u2028é"}, "x": 1}\n')
    done = gradcli("map", "x", "t.jsonl", "--const=x", "--json")
    out = '{"o": {"k": "\\u009b31m\\u202e\\u2028é"}, "x": 1, "value": 1.0}\n'
    assert done == (0, out, "1 row\n")


@pytest.mark.parametrize("line", ['{"id" : 1.10 ,"x":1}', '{"id":\t1.10\t, "x": 1}', '{"x": 1,"id":1.10}\r'])
def test_numbers_of_json_lines_however_they_are_set(gradcli: Callable, line: str) -> None:
    write("t.jsonl", f'{{"id": 2.20, "x": 1}}\n\n{line}\n{{"id": null, "x": 1}}\n{{"x": 1}}\n \n')
    done = gradcli("map", "x", "t.jsonl", "--const=x", "--keep=id")
    assert done == (0, "id,value\n2.20,1\n1.10,1\n,1\n,1\n", "4 rows\n")


def test_a_text_that_looks_like_a_number_of_a_name(gradcli: Callable) -> None:
    line = '{"s": "\\"id\\": 9.90", "k\\"id": 7.70, "o": {"id": 8.80}, "id": 1.10, "x": 1}'
    write("t.jsonl", f"{line}\n")
    done = gradcli("map", "x", "t.jsonl", "--const=x", "--keep=id")
    assert done == (0, "id,value\n1.10,1\n", "1 row\n")


def test_many_columns_of_json_lines(gradcli: Callable) -> None:
    line = ", ".join(f'"c{i}": {i}.10' for i in range(40))
    write("t.jsonl", f'{{{line}, "x": 1}}\n{{{line}, "x": 2}}\n')
    done = gradcli("map", "x", "t.jsonl", "--const=x", "--json")
    out = f'{{{line}, "x": 1, "value": 1.0}}\n{{{line}, "x": 2, "value": 2.0}}\n'
    assert done == (0, out, "2 rows\n")


def test_rows_that_are_skipped_leave_the_others_alone(gradcli: Callable) -> None:
    write("t.jsonl", '{"id": 1.10, "x": 1}\n{"id": 1.20, "x": "abc"}\n{"id": 1.30, "x": 3}\n')
    done = gradcli("map", "x", "t.jsonl", "--const=x", "--json", "--skip-bad")
    assert done == (
        0,
        '{"id": 1.10, "x": 1, "value": 1.0}\n{"id": 1.30, "x": 3, "value": 3.0}\n',
        "3 rows: 1 skipped\nskipped: 't.jsonl', row 2 (line 2), column 'x': 'abc' is no number\n",
    )


@pytest.mark.parametrize("number", [LONG, "0.1000000000000000055511", "1e400"])
def test_a_number_that_the_type_of_the_first_rows_cannot_hold(gradcli: Callable, number: str) -> None:
    first = '{"id": 1.5, "x": 1, "t": "abcdefghij"}\n' * 80_000
    write("t.jsonl", first + f'{{"id": {number}, "x": 12345678901234567}}\n')
    done = gradcli("map", "x", "t.jsonl", "-o", "o.parquet")
    assert done == (
        2,
        "",
        f"error: 't.jsonl': column 'id' is of type double in the first rows, and later has {number}, which "
        "would lose digits in that\n"
        "  leave it out with --keep, or write CSV or JSON Lines, where it goes out as it came in\n",
    )


TYPES: list[tuple[Any, Any, str, str]] = [
    # type, value, cell of CSV, value of JSON
    (pa.int64(), 9007199254740993, "9007199254740993", "9007199254740993"),
    (pa.uint64(), 2**64 - 1, "18446744073709551615", "18446744073709551615"),
    (pa.int8(), -7, "-7", "-7"),
    (pa.decimal128(38, 0), decimal.Decimal(10**37 + 1), str(10**37 + 1), str(10**37 + 1)),
    (pa.decimal128(10, 2), decimal.Decimal("1.10"), "1.10", "1.10"),
    (pa.float32(), 0.5, "0.5", "0.5"),
    (pa.string(), "007", "007", '"007"'),
    (pa.large_string(), LONG, LONG, f'"{LONG}"'),
    (pa.dictionary(pa.int8(), pa.string()), "007", "007", '"007"'),
    (pa.date32(), datetime.date(2020, 1, 1), "2020-01-01", '"2020-01-01"'),
    (pa.timestamp("us"), datetime.datetime(2020, 1, 1, 1, 2, 3, 4), "2020-01-01 01:02:03.000004",
     '"2020-01-01 01:02:03.000004"'),
    (pa.bool_(), True, "true", "true"),
    (pa.int64(), None, "", "null"),
    (pa.list_(pa.int64()), [9007199254740993], "[9007199254740993]", "[9007199254740993]"),
    (pa.list_(pa.float64()), [float("nan"), float("inf"), 1.5], '"[null, ""inf"", 1.5]"',
     '[null, "inf", 1.5]'),
    (pa.struct([("n", pa.uint64())]), {"n": 2**64 - 1}, '"{""n"": 18446744073709551615}"',
     '{"n": 18446744073709551615}'),
    (pa.list_(pa.decimal128(38, 0)), [decimal.Decimal(10**37 + 1)], f'"[""{10**37 + 1}""]"',
     f'["{10**37 + 1}"]'),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "cell", "shown"), TYPES)
@pytest.mark.parametrize("came", TYPED)
def test_typed_columns(gradcli: Callable, came: str, kind: Any, value: Any, cell: str, shown: str) -> None:
    table = pa.table({"id": pa.array([value], kind), "x": pa.array([2.0])})
    if came == "parquet":
        pq.write_table(table, "t.parquet")
    else:
        pyarrow.feather.write_feather(table, f"t.{came}", compression="uncompressed")
    mapped = ("map", "x", f"t.{came}", "--const=x", "--keep=id")
    assert gradcli(*mapped) == (0, f"id,value\n{cell},2\n", "1 row\n")
    assert gradcli(*mapped, "--json") == (0, f'{{"id": {shown}, "value": 2.0}}\n', "1 row\n")
    for ending in TYPED:
        assert gradcli(*mapped, "-o", f"o.{ending}") == (0, "", "1 row\n")
        assert repr(read(f"o.{ending}")) == repr({"id": [value]})


# --- columns that are computed with ---

ROUNDED = "note: column 'x' has whole numbers beyond 2**53, which are computed with as floats of 16 digits\n"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("9007199254740993", ROUNDED),
        ("-9007199254740993", ROUNDED),
        ("+9007199254740993.00", ROUNDED),
        (" 9007199254740993 ", ROUNDED),
        (LONG, ROUNDED),
        (LONGER, ROUNDED),
        ("9007199254740992", ""),
        ("9007199254740994", ROUNDED),
        ("1" + "0" * 22, ROUNDED),
        ("1e23", ""),
        ("123456789012345.67", ""),
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_a_whole_number_that_is_rounded(gradcli: Callable, name: str, cell: str, said: str) -> None:
    write("t.csv", f"x\n{cell}\n1\n")
    write("t.jsonl", f'{{"x": {cell.strip().lstrip("+")}}}\n{{"x": 1}}\n')
    done = gradcli("map", "0*min(x, 1)", name, "--keep=x", "--const=x")
    assert (done.status, done.err) == (0, f"2 rows\n{said}")
    shown = cell if name == "t.csv" else cell.strip().lstrip("+")
    assert [line.split(",")[0] for line in done.out.splitlines()] == ["x", shown, "1"]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (pa.int64(), 9007199254740993, ROUNDED),
        (pa.int64(), -9007199254740994, ROUNDED),
        (pa.int64(), -9007199254740992, ""),
        (pa.uint64(), 2**64 - 1, ROUNDED),
        (pa.decimal128(38, 2), decimal.Decimal("9007199254740993"), ROUNDED),
        (pa.decimal128(38, 2), decimal.Decimal("9007199254740992.25"), ""),
        (pa.dictionary(pa.int8(), pa.int64()), 9007199254740993, ROUNDED),
    ],
)
def test_a_typed_whole_number_that_is_rounded(gradcli: Callable, kind: Any, value: Any, said: str) -> None:
    pq.write_table(pa.table({"x": pa.array([value, None], kind)}), "t.parquet")
    done = gradcli("map", "x-9007199254740992", "t.parquet", "--reduce=sum")
    assert done.err == f"2 rows: 1 with a missing value, left out\n{said}"


def test_the_difference_that_is_lost(gradcli: Callable) -> None:
    done = gradcli("map", "x-9007199254740992", "-", stdin=b"x\n9007199254740993\n")
    assert done == (0, "x,value,d_x\n9007199254740993,0,1\n", f"1 row\n{ROUNDED}")
