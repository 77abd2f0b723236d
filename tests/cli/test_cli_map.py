"""`gradcli map`: whole outputs for whole tables, every format in and out, and all sorts of mistakes."""

from __future__ import annotations

import gzip
import json
import os
import shlex
import sys
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyarrow")

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq

from gradcli.cli.map import HELP

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLE = """\
id,when,x,y
007,2020-01-01,1.50,1
008,2020-01-02,,0
"a, b",,-2e0,1
"""
MAPPED = """\
id,when,x,y,value,d_w,d_x,d_y
007,2020-01-01,1.50,1,4.5,2.25,6,1.5
008,2020-01-02,,0,nan,nan,nan,nan
"a, b",,-2e0,1,9,4,-8,-2
"""
EXPRESSION = "w*x**2 + 0*x*y"
MISSING = "3 rows: 1 with a missing value\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(TABLE)
    return path


def write(name: str, text: str | bytes) -> str:
    with open(name, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    return name


def rows(path: str) -> list[dict[str, Any]]:
    """The rows of a file of any format."""
    if path.endswith(".parquet"):
        return pq.read_table(path).to_pylist()
    if path.endswith((".arrow", ".feather")):
        return pyarrow.feather.read_table(path).to_pylist()
    raise AssertionError(path)


# --- rows ---


def test_rows_go_out_in_order_with_their_own_text(gradcli: Callable, table: Path) -> None:
    expected = MAPPED.replace("4.5,2.25,6,1.5", "4.5,2.25,6,0").replace("9,4,-8,-2", "8,4,-8,0")
    assert gradcli("map", "w*x**2 + 0*y", "t.csv", "w=2") == (0, expected, MISSING)


def test_standard_input(gradcli: Callable) -> None:
    assert gradcli("map", "x**2", "-", stdin=b"x\n1\n3\n") == (0, "x,value,d_x\n1,1,2\n3,9,6\n", "2 rows\n")


@pytest.mark.parametrize(
    ("options", "out"),
    [
        ([], "x,y,value,d_x,d_y,d_w\n2,3,24,12,8,6\n"),
        (["--wrt", "x"], "x,y,value,d_x\n2,3,24,12\n"),
        (["--wrt=w,y"], "x,y,value,d_w,d_y\n2,3,24,6,8\n"),
        (["--const", "w", "--const=y"], "x,y,value,d_x\n2,3,24,12\n"),
        (["--keep", "none", "--wrt", "x"], "value,d_x\n24,12\n"),
        (["--keep", "y", "--wrt", "x"], "y,value,d_x\n3,24,12\n"),
        (["--keep", "all", "--wrt", "x"], "x,y,value,d_x\n2,3,24,12\n"),
        (["--keep", "y,x", "--wrt", "x"], "x,y,value,d_x\n2,3,24,12\n"),
        (["--name", "loss", "--wrt", "x"], "x,y,loss,d_x\n2,3,24,12\n"),
        (["--json", "--wrt", "x"], '{"x": 2.0, "y": 3.0, "value": 24.0, "d_x": 12.0}\n'),
        (["-o", "-", "--wrt", "x"], "x,y,value,d_x\n2,3,24,12\n"),
    ],
)
def test_what_goes_out(gradcli: Callable, options: list[str], out: str) -> None:
    write("t.csv", "x,y\n2,3\n")
    assert gradcli("map", "x*y*w", "t.csv", "w=4", *options) == (0, out, "1 row\n")


def test_a_program_in_a_file(gradcli: Callable) -> None:
    write("model.grad", "\ufefff(z) = w*z**2  # a function\nw = 3\nf(x) + b\n")
    write("t.csv", "x\n2\n")
    status, out, err = gradcli("map", "-f", "model.grad", "t.csv", "b=1", "--wrt", "x")
    assert (status, out, err) == (0, "x,value,d_x\n2,13,12\n", "1 row\n")


def test_statements_in_the_call(gradcli: Callable) -> None:
    write("t.csv", "x\n2\n")
    assert gradcli("map", "f(z) = z**3; f(x)", "t.csv").out == "x,value,d_x\n2,8,12\n"


def test_values_are_expressions(gradcli: Callable) -> None:
    write("t.csv", "x\n2\n")
    assert gradcli("map", "w*x", "t.csv", "w=sqrt(4)", "--wrt=w").out == "x,value,d_w\n2,4,2\n"


def test_a_row_with_a_missing_value_has_nan_whatever_is_computed(gradcli: Callable) -> None:
    write("t.csv", "x,y\n,1\n2,\nnan,1\n   ,1\n3,1\n")
    out = "x,y,value,d_x\n,1,nan,nan\n2,,nan,nan\nnan,1,nan,nan\n   ,1,nan,nan\n3,1,1,0\n"
    done = gradcli("map", "x**0*y", "t.csv", "--wrt", "x", "--strict")
    assert done == (0, out, "5 rows: 4 with a missing value\n")


def test_texts_that_mean_missing(gradcli: Callable) -> None:
    write("t.csv", "x\n1\nNA\nnull\n")
    done = gradcli("map", "x", "t.csv", "--missing", "NA,null")
    assert done == (0, "x,value,d_x\n1,1,1\nNA,nan,nan\nnull,nan,nan\n", "3 rows: 2 with a missing value\n")


def test_numbers_as_people_write_them(gradcli: Callable) -> None:
    write("t.csv", "x\n 1.5 \n+2\n.5\n1e3\nTrue\nfalse\n-inf\n\u22122\n")
    out = gradcli("map", "x", "t.csv", "--keep", "none", "--wrt", "x").out
    assert out == "value,d_x\n1.5,1\n2,1\n0.5,1\n1000,1\n1,1\n0,1\n-inf,1\n-2,1\n"


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("\ufeffx,y\r\n1,2\r\n\r\n3,4\r\n", "x,y,value,d_x\n1,2,1,2\n3,4,9,6\n"),
        ("x,y\r1,2\r3,4\r", "x,y,value,d_x\n1,2,1,2\n3,4,9,6\n"),
        ("x,y\n1,2\n3,4", "x,y,value,d_x\n1,2,1,2\n3,4,9,6\n"),
        ('x,n\n1,"a\nb"\n2,"say ""hi"""\n', 'x,n,value,d_x\n1,"a\nb",1,2\n2,"say ""hi""",4,4\n'),
        ('x,n\n3,5" pipe\n', 'x,n,value,d_x\n3,"5"" pipe",9,6\n'),
        ('"x","the ""n"", too"\n"1","a;b"\n', 'x,"the ""n"", too",value,d_x\n1,a;b,1,2\n'),
        ("x;y\n1;2,5\n", 'x,y,value,d_x\n1,"2,5",1,2\n'),
        ("x\ty\n1\ta,b\n", 'x,y,value,d_x\n1,"a,b",1,2\n'),
        ("x,y\n", "x,y,value,d_x\n"),
        ("x,y", "x,y,value,d_x\n"),
        ("x\n1\n\n3\n", "x,value,d_x\n1,1,2\n,nan,nan\n3,9,6\n"),
        (" x ,a,a\n1,2,3\n", " x ,a,a,value,d_x\n1,2,3,1,2\n"),
        ("ä,x\nö,1\n", "ä,x,value,d_x\nö,1,1,2\n"),
    ],
)  # fmt: skip
def test_kinds_of_csv(gradcli: Callable, text: str, out: str) -> None:
    write("t.csv", text)
    done = gradcli("map", "x**2", "t.csv")
    assert (done.status, done.out) == (0, out)


def test_bytes_that_are_not_utf8_pass_through(process: Callable) -> None:
    write("t.csv", b"x,name\n2,M\xfcller\n")
    assert process("map", "x**2", "t.csv").stdout == b"x,name,value,d_x\n2,M\xfcller,4,4\n"


def test_a_cell_of_many_megabytes_passes_through(gradcli: Callable) -> None:
    huge = "a,\n" * 2**20
    write("t.csv", f'x,text\n1,b\n2,"{huge}"\n3,c\n')
    assert gradcli("map", "x", "t.csv").out == f'x,text,value,d_x\n1,b,1,1\n2,"{huge}",2,1\n3,c,3,1\n'


# --- formats ---

TYPED = pa.table(
    {
        "x": pa.array([1.5, None, -2.0]),
        "y": pa.array([1, 0, 1], pa.int8()),
        "name": ["a", None, "ü"],
        "day": pa.array([0, 1, None], pa.date32()),
        "list": pa.array([[1], [], None], pa.list_(pa.int64())),
    }
)


def save(name: str, table: pa.Table) -> str:
    if name.endswith(".parquet"):
        pq.write_table(table, name, row_group_size=2)
    elif name.endswith(".feather"):
        pyarrow.feather.write_feather(table, name)
    elif name.endswith("stream.arrow"):
        with pa.ipc.new_stream(name, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)
    else:
        with pa.ipc.new_file(name, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)
    return name


@pytest.mark.parametrize("source", ["t.parquet", "t.feather", "t.arrow", "stream.arrow"])
@pytest.mark.parametrize("target", ["o.parquet", "o.feather", "o.arrow"])
def test_typed_columns_pass_through_untouched(gradcli: Callable, source: str, target: str) -> None:
    save(source, TYPED)
    assert gradcli("map", "w*x**2*y", source, "w=2", "-o", target, "--wrt=x") == (0, "", MISSING)
    read = pq.read_table(target) if "parquet" in target else pyarrow.feather.read_table(target)
    assert read.select(TYPED.column_names).equals(TYPED)
    assert repr(read["value"].to_pylist()) == "[4.5, nan, 8.0]"
    assert repr(read["d_x"].to_pylist()) == "[6.0, nan, -8.0]"


@pytest.mark.parametrize("source", ["t.parquet", "t.feather", "t.arrow", "stream.arrow"])
def test_typed_columns_as_text(gradcli: Callable, source: str) -> None:
    save(source, TYPED)
    out = "x,y,name,day,list,value\n1.5,1,a,1970-01-01,[1],2.25\n,0,,1970-01-02,[],nan\n-2,1,ü,,,4\n"
    assert gradcli("map", "x**2*y", source, "--wrt=").out.replace(",d_x,d_y", "") != ""
    assert gradcli("map", "x**2*y", source, "--const=x,y") == (0, out, MISSING)
    lines = [
        json.loads(line) for line in gradcli("map", "x**2*y", source, "--json", "--wrt=x").out.splitlines()
    ]
    assert lines == [
        {"x": 1.5, "y": 1, "name": "a", "day": "1970-01-01", "list": [1], "value": 2.25, "d_x": 3.0},
        {"x": None, "y": 0, "name": None, "day": "1970-01-02", "list": [], "value": None, "d_x": None},
        {"x": -2.0, "y": 1, "name": "ü", "day": None, "list": None, "value": 4.0, "d_x": -4.0},
    ]


@pytest.mark.parametrize("target", ["o.arrow", "o.feather", "o.parquet", "o.csv"])
def test_dictionaries_that_differ_from_file_to_file(gradcli: Callable, target: str) -> None:
    words = [["b", "a", None, "b"], ["c", "a", "c"]]
    for i, column in enumerate(words):
        table = pa.table({"x": [1.0] * len(column), "word": pa.array(column).dictionary_encode()})
        save(f"p{i}.parquet", table)
    assert gradcli("map", "x", "p*.parquet", "-o", target) == (0, "", "7 rows\n")
    if target.endswith(".csv"):
        with open(target) as file:
            assert [line.split(",")[1] for line in file] == ["word", "b", "a", "", "b", "c", "a", "c"]
    else:
        assert [row["word"] for row in rows(target)] == words[0] + words[1]


def test_every_type_goes_out(gradcli: Callable) -> None:
    columns = {
        "x": [1.0, 2.0],
        "bytes": pa.array([b"a", None]),
        "two": pa.array([b"ab", None], pa.binary(2)),
        "large": pa.array(['"', None], pa.large_string()),
        "when": pa.array([0, None], pa.timestamp("ms", "UTC")),
        "decimal": pa.array([1, None], pa.decimal128(5, 2)),
        "object": pa.array([{"k": 1}, None]),
        "big": pa.array([2**62 + 1, None]),
        "none": pa.nulls(2),
        "word": pa.array(["a", None]).dictionary_encode(),
    }
    save("t.arrow", pa.table(columns))
    assert gradcli("map", "x", "t.arrow", "--const=x").out == (
        "x,bytes,two,large,when,decimal,object,big,none,word,value\n"
        '1,a,ab,"""",1970-01-01 00:00:00.000Z,1.00,"{""k"": 1}",4611686018427387905,,a,1\n'
        "2,,,,,,,,,,2\n"
    )
    assert gradcli("map", "x", "t.arrow", "--const=x", "--json").out.splitlines()[0] == (
        '{"x": 1.0, "bytes": "a", "two": "ab", "large": "\\"", "when": "1970-01-01 00:00:00.000Z", '
        '"decimal": 1.00, "object": {"k": 1}, "big": 4611686018427387905, "none": null, "word": "a", '
        '"value": 1.0}'
    )


def test_bytes_that_are_no_text_are_no_json(gradcli: Callable) -> None:
    save("t.arrow", pa.table({"x": [1.0], "bytes": [b"\xff"]}))
    error = "error: 't.arrow': JSON has no bytes that are not UTF-8\n  --keep the other columns\n"
    assert gradcli("map", "x", "t.arrow", "--json") == (2, "", error)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2, None], pa.int64()),
        pa.array([2, None], pa.uint8()),
        pa.array([2, None], pa.float32()),
        pa.array([2, None], pa.decimal128(5, 2)),
        pa.array([2.0, None]).dictionary_encode(),
        pa.array([2.0, None]),
    ],
    ids=lambda column: str(column.type),
)
def test_types_that_are_numbers(gradcli: Callable, column: pa.Array) -> None:
    save("t.parquet", pa.table({"x": column}))
    assert gradcli("map", "x**2", "t.parquet", "--keep=none").out == "value,d_x\n4,4\nnan,nan\n"


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([2**53, -(2**53), None], pa.int64()), "3 rows: 1 with a missing value\n"),
        (pa.array([2**53 + 1, 1, 1], pa.int64()), "3 rows\n{}"),
        (pa.array([-(2**63), 1, 1], pa.int64()), "3 rows\n{}"),
        (pa.array([2**64 - 1, 1, 1], pa.uint64()), "3 rows\n{}"),
    ],
)
def test_whole_numbers_that_no_float_has(gradcli: Callable, column: pa.Array, said: str) -> None:
    save("t.parquet", pa.table({"i": column, "other": column, "y": [1.0, 2.0, 3.0]}))
    note = "note: column 'i' has whole numbers beyond 2**53, which are computed with as floats of 16 digits\n"
    done = gradcli("map", "i*y", "t.parquet", "-o", "o.parquet", "--const=i,y")
    assert done == (0, "", said.format(note))
    assert pq.read_table("o.parquet")["i"].to_pylist() == column.to_pylist()
    assert gradcli("map", "y", "t.parquet", "--reduce=sum").err == "3 rows\n"
    assert ("2**53" in gradcli("map", "i*y", "t.parquet", "--reduce=sum").err) == bool("{" in said)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("t.csv", "x,y\n1,1e-400\n2,3\n", True),
        ("t.csv", "x,y\n1,-1.5E-5000\n2,0\n", True),
        ("t.csv", f"x,y\n1,0.{'0' * 400}1\n", True),
        ("t.jsonl", '{"x": 1, "y": 1e-400}\n{"x": 2, "y": 3}\n', True),
        ("t.jsonl", '{"x": 1, "y": 0}\n{"x": 1e-9, "y": 3}\n', False),
        ("t.csv", "x,y\n1,0e-400\n2,0.0000000\n3,1e-320\n", False),
        ("t.csv", "x,y,z\n1,0,1e-400\n", False),
    ],
)
def test_numbers_that_are_too_small_for_a_float(gradcli: Callable, name: str, text: str, found: bool) -> None:
    write(name, text)
    note = "note: column 'y' has numbers that are smaller than the smallest number: they count as 0\n"
    for call in (("map", "x*y", name, "-o", f"out-{name}"), ("map", "x + y", name, "--reduce=sum")):
        assert gradcli(*call).err.endswith(note) == found


def test_truths_and_nulls_are_numbers(gradcli: Callable) -> None:
    save("t.parquet", pa.table({"x": [True, False], "y": pa.nulls(2)}))
    assert gradcli("map", "x + 1", "t.parquet", "--keep=none", "--const=x").out == "value\n2\n1\n"
    assert gradcli("map", "x + y", "t.parquet", "--keep=none", "--const=x,y").out == "value\nnan\nnan\n"


@pytest.mark.parametrize("kind", ["string", "date", "dictionary"])
def test_types_that_are_none(gradcli: Callable, kind: str) -> None:
    columns = {
        "string": pa.array(["1"]),
        "date": pa.array([1], pa.date32()),
        "dictionary": pa.array(["1"]).dictionary_encode(),
    }
    save("t.parquet", pa.table({"x": columns[kind]}))
    types = {"string": "string", "date": "date32[day]", "dictionary": "string"}
    message = f"error: 't.parquet': column 'x' holds no numbers: it is of type {types[kind]}\n"
    assert gradcli("map", "x", "t.parquet", "-o", "o.csv") == (2, "", message)


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".zst", ".lz4"])
def test_compressed_text(gradcli: Callable, table: Path, suffix: str) -> None:
    assert gradcli("map", "w*x**2", "t.csv", "w=2", "-o", f"o.tsv{suffix}", "--wrt=x").status == 0
    with pa.input_stream(f"o.tsv{suffix}", compression="detect") as stream:
        text = stream.read().decode()
    assert text == "id\twhen\tx\ty\tvalue\td_x\n007\t2020-01-01\t1.50\t1\t4.5\t6\n008\t2020-01-02\t\t0\tnan\tnan\na, b\t\t-2e0\t1\t8\t-8\n"  # fmt: skip  # noqa: E501
    again = gradcli("map", "x", f"o.tsv{suffix}", "--keep=none", "--name=v")
    assert again == (0, "v,d_x\n1.5,1\nnan,nan\n-2,1\n", MISSING)


def test_csv_becomes_typed(gradcli: Callable, table: Path) -> None:
    assert gradcli("map", "x*y", "t.csv", "-o", "o.parquet", "--wrt=x").status == 0
    read = pq.read_table("o.parquet")
    assert [str(kind) for kind in read.schema.types] == ["string", "string", *["double"] * 4]
    assert read["x"].to_pylist() == [1.5, None, -2.0]
    assert read["id"].to_pylist() == ["007", "008", "a, b"]


JSON = '{"id": 1, "when": "2020-01-01", "x": 1, "o": {"k": [1]}}\n{"id": 2, "when": "q\\"ü", "x": null}\n\n{"id": 3, "x": 2.5, "o": null}\n'  # noqa: E501


def test_json_lines(gradcli: Callable) -> None:
    write("t.jsonl", JSON)
    assert gradcli("map", "x**2", "t.jsonl", "-o", "o.jsonl") == (0, "", MISSING)
    with open("o.jsonl") as file:
        assert [json.loads(line) for line in file] == [
            {"id": 1, "when": "2020-01-01", "x": 1.0, "o": {"k": [1]}, "value": 1.0, "d_x": 2.0},
            {"id": 2, "when": 'q"ü', "x": None, "o": None, "value": None, "d_x": None},
            {"id": 3, "when": None, "x": 2.5, "o": None, "value": 6.25, "d_x": 5.0},
        ]
    again = gradcli("map", "1/x", "o.jsonl", "--keep=none")
    assert again == (0, "value,d_x\n1,-1\nnan,nan\n0.4,-0.16\n", MISSING)


def test_infinities_in_json_lines(gradcli: Callable) -> None:
    write("t.jsonl", '{"x": 0, "b": true}\n{"x": "inf", "b": 1}\n{"x": true}\n')
    out = gradcli("map", "1/x", "t.jsonl", "--json", "--keep=none", "--const=x").out
    assert out == '{"value": "inf"}\n{"value": 0.0}\n{"value": 1.0}\n'


def test_json_lines_compressed(gradcli: Callable) -> None:
    write("t.jsonl.gz", gzip.compress(JSON.encode()))
    assert gradcli("map", "x", "t.jsonl.gz", "--keep=none").out == "value,d_x\n1,1\nnan,nan\n2.5,1\n"


# --- several files ---


def test_a_pattern_means_its_files_in_sorted_order(gradcli: Callable) -> None:
    write("p2.csv", "y,x\nb,2\n")
    write("p1.csv", "x,y\n1,a\n")
    write("q.csv", "x,y\n9,z\n")
    assert gradcli("map", "x**2", "p*.csv") == (0, "x,y,value,d_x\n1,a,1,2\n2,b,4,4\n", "2 rows\n")
    assert gradcli("map", "x**2", "**/p[2].csv").out == "y,x,value,d_x\nb,2,4,4\n"


def test_a_file_of_the_name_goes_before_the_pattern(gradcli: Callable) -> None:
    write("p[1].csv", "x\n1\n")
    write("p1.csv", "x\n2\n")
    assert gradcli("map", "x", "p[1].csv").out == "x,value,d_x\n1,1,1\n"


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({"p1.csv": "x,y\n1,2\n", "p2.csv": "x\n1\n"}, "'p2.csv' has no column 'y', which 'p1.csv' has"),
        ({"p1.csv": "x\n1\n", "p2.csv": "x,z\n1,2\n"}, "'p2.csv' has a column 'z', which 'p1.csv' has not"),
    ],
)
def test_columns_that_differ(gradcli: Callable, files: dict[str, str], error: str) -> None:
    for name, text in files.items():
        write(name, text)
    assert gradcli("map", "x", "p*.csv") == (2, "", f"error: {error}\n")


def test_types_that_differ(gradcli: Callable) -> None:
    save("p1.parquet", pa.table({"x": [1.0]}))
    save("p2.parquet", pa.table({"x": [1]}))
    error = "error: 'p2.parquet': column 'x' is of type int64, in 'p1.parquet' of double\n"
    assert gradcli("map", "x", "p*.parquet") == (2, "", error)


def test_a_bad_cell_in_the_second_file(gradcli: Callable) -> None:
    write("p1.csv", "x\n1\n2\n")
    write("p2.csv", "x\n3\nabc\n")
    error = (
        "error: 'p2.csv', row 2 (line 3), column 'x': 'abc' is no number\n  --skip-bad leaves such rows out\n"
    )
    assert gradcli("map", "x", "p*.csv", "-o", "o.csv") == (2, "", error)


@pytest.mark.parametrize("options", [[], ["--force"]])
@pytest.mark.parametrize("output", ["out.csv", "./out.csv", "link.csv"])
def test_a_pattern_that_names_the_output_of_an_earlier_run(
    gradcli: Callable, tmp_path: Path, output: str, options: list[str]
) -> None:
    write("p.csv", "x\n1\n")
    assert gradcli("map", "x**2", "*.csv", "-o", "out.csv").status == 0
    (tmp_path / "link.csv").symlink_to("out.csv")
    first = "link.csv" if output == "link.csv" else "out.csv"
    if output != "link.csv":
        (tmp_path / "link.csv").unlink()
    error = f"error: '{first}' is to be written, and is also one of the files that '*.csv' names\n"
    hint = "  write into another folder, or under a name that the pattern leaves out\n"
    assert gradcli("map", "x**2", "*.csv", "-o", output, *options) == (2, "", error + hint)
    assert (tmp_path / "out.csv").read_text() == "x,value,d_x\n1,1,2\n"


# --- reduced ---


def test_sum(gradcli: Callable) -> None:
    write("t.csv", "x\n1\n2\n\n3\n")
    page = """\
sum over 3 rows of w*x**2 = 28

variable   value  gradient
w              2        14
x         column        24
"""
    assert gradcli("map", "w*x**2", "t.csv", "w=2", "--reduce", "sum") == (
        0,
        page,
        "4 rows: 1 with a missing value, left out\n",
    )


def test_mean_as_json(gradcli: Callable) -> None:
    write("t.csv", "x\n1\n2\nabc\n")
    line = (
        '{"expression": "w*x", "reduce": "mean", "value": 3.0, "gradients": {"w": 1.5}, "dtype": "float64", '
        '"rows": 2, "missing": 0, "skipped": 1, "notes": []}\n'
    )
    said = "3 rows: 1 skipped\nskipped: 't.csv', row 3 (line 4), column 'x': 'abc' is no number\n"
    options = ["--reduce", "mean", "--json", "--skip-bad", "--const=x"]
    assert gradcli("map", "w*x", "t.csv", "w=2", *options) == (0, line, said)


def test_no_rows(gradcli: Callable) -> None:
    write("t.csv", "x\n")
    assert gradcli("map", "x", "t.csv", "--reduce=sum", "--const=x").out == "sum over 0 rows of x = 0\n"
    assert gradcli("map", "x", "t.csv", "--reduce=mean", "--const=x").out == "mean over 0 rows of x = nan\n"


def test_a_sum_loses_no_digits(gradcli: Callable) -> None:
    write("t.csv", "x\n1e16\n" + "1\n" * 1000 + "-1e16\n")
    out = gradcli("map", "x", "t.csv", "--reduce=sum", "--json").out
    assert json.loads(out)["value"] == 1000.0


def test_earlier_expressions_of_a_program_are_said_to_be_passed_over(gradcli: Callable) -> None:
    write("t.csv", "x\n3\n")
    said = "note: only the last expression is mapped, not {}\n"
    said = f"{said.format('x + 1')}{said.format('2')}1 row\n"
    assert gradcli("map", "x  + 1; k = 2; 2; k*x", "t.csv", "--wrt=x") == (0, "x,value,d_x\n3,6,2\n", said)


# --- bad cells ---

BAD = 'x,y\n1,2\n"a\nb",5\n\n3\n4,5,6\n7,8\n,9\n'


def test_bad_rows_are_skipped_and_counted(gradcli: Callable) -> None:
    write("t.csv", BAD)
    out = "x,y,value,d_x,d_y\n1,2,2,2,1\n7,8,56,8,7\n,9,nan,nan,nan\n"
    said = (
        "6 rows: 1 with a missing value, 3 skipped\n"
        "the first one skipped: 't.csv', row 2 (line 3), column 'x': 'a\\nb' is no number\n"
    )
    assert gradcli("map", "x*y", "t.csv", "--skip-bad") == (0, out, said)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x,y\n1,a\nabc,b\n", "row 2 (line 3), column 'x': 'abc' is no number"),
        ('x,y\n1,"a\n\nb"\n\nabc,b\n', "row 2 (line 6), column 'x': 'abc' is no number"),
        ("x,y\n1,2\n1,2,3\n", "row 2 (line 3), 3 cells where the header has 2"),
        ("x,y\n1,2\n1\n", "row 2 (line 3), 1 cell where the header has 2"),
        ("x\r\n1\r\n\r\n1.2.3\r\n", "row 3 (line 4), column 'x': '1.2.3' is no number"),
        ("x\n" + "1\n" * 1_500_000 + "zz\n", "row 1500001 (line 1500002), column 'x': 'zz' is no number"),
        ("x\n" + "9" * 50 + "z\n", f"row 1 (line 2), column 'x': '{'9' * 39}…' is no number"),
    ],
)
def test_a_bad_row_is_an_error(gradcli: Callable, text: str, error: str) -> None:
    write("t.csv", text)
    done = gradcli("map", "x", "t.csv", "-o", "o.csv")
    assert done == (2, "", f"error: 't.csv', {error}\n  --skip-bad leaves such rows out\n")


@pytest.mark.parametrize(
    ("text", "cell", "hint"),
    [
        ("x;y\n1,5;2\n", "1,5", "numbers have a decimal point here: tr , . < FILE | gradcli map EXPR -"),
        ('x,y\n"1,5",2\n', "1,5", "numbers have a point and no comma here: 1.5"),
        ('x,y\n"-1,234,567.5",2\n', "-1,234,567.5",
         "numbers have no commas between thousands here: -1234567.5"),
        ('x,y\n"1,234.5",2\n', "1,234.5", "numbers have no commas between thousands here: 1234.5"),
        ('x,y\n"1,234",2\n', "1,234",
         "is that a decimal comma, or one between thousands? Write 1.234 or 1234"),
        ('x,y\n"1.234,5",2\n', "1.234,5",
         "numbers have no points between thousands here, and a decimal point: 1234.5"),
        ("x;y\n10,20;4,5\n", "10,20",
         "numbers have a decimal point here: tr , . < FILE | gradcli map EXPR -"),
        ("x,y\n5%,2\n", "5%", "--skip-bad leaves such rows out"),
    ],
)  # fmt: skip
def test_numbers_of_other_countries(gradcli: Callable, text: str, cell: str, hint: str) -> None:
    write("t.csv", text)
    error = f"error: 't.csv', row 1 (line 2), column 'x': '{cell}' is no number\n  {hint}\n"
    assert gradcli("map", "x", "t.csv", "-o", "o.csv") == (2, "", error)


def test_a_word_for_missing(gradcli: Callable) -> None:
    write("t.csv", "x\nNA\n")
    hint = "  --missing NA takes it as missing, --skip-bad leaves such rows out\n"
    done = gradcli("map", "x", "t.csv", "-o", "o.csv")
    assert done.err == f"error: 't.csv', row 1 (line 2), column 'x': 'NA' is no number\n{hint}"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"x": "abc"}', "column 'x': 'abc' is no number"),
        ('{"x": [1]}', "column 'x': '[1]' is no number"),
        ("{x: 1}", "no JSON: Expecting property name enclosed in double quotes"),
        ("[1]", "no object, such as JSON Lines have on each line"),
        ('{"x": 1, "z": 1}', "a column 'z', which the first rows have not; --keep names those that go out"),
    ],
)
def test_a_bad_line_of_json(gradcli: Callable, line: str, error: str) -> None:
    # As much as is read at once, and behind it the bad line.
    write("t.jsonl", '{"x": 1, "y": "a"}\n' * 150_000 + f"\n{line}\n" + '{"x": 3, "y": "b"}\n')
    said = f"'t.jsonl', row 150001 (line 150002), {error}\n"
    done = gradcli("map", "x", "t.jsonl", "-o", "o.csv")
    assert done == (2, "", f"error: {said}  --skip-bad leaves such rows out\n")
    done = gradcli("map", "x", "t.jsonl", "--skip-bad", "-o", "o.csv")
    assert done == (0, "", f"150002 rows: 1 skipped\nskipped: {said}")
    total = gradcli("map", "x", "o.csv", "--reduce=sum", "--const=x").out
    assert total == "sum over 150001 rows of x = 150003\n"


# --- names ---

COLUMNS = "its columns are price, qty, unit price, price2"


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["prize*qty"], f"'n.csv' has no column 'prize'; {COLUMNS}",
         "did you mean 'price'? Or give it a value: prize=1"),
        (["w*qty"], f"'n.csv' has no column 'w'; {COLUMNS}",
         "give it a value: w=1"),
        (["qty", "--keep", "unit"], f"'n.csv' has no column 'unit'; {COLUMNS}", ""),
        (["qty", "--rename", "unit=u"], f"'n.csv' has no column 'unit'; {COLUMNS}", ""),
        (["qty", "--rename", "price=qty"], "'n.csv' has a column 'qty' already", "--rename to another name"),
        (["qty", "--rename", "price"], "--rename 'price' is no renaming", "write --rename 'unit price=p'"),
        (["qty", "--name", "price"], "'n.csv' has a column 'price' already",
         "choose another name for the result's, --name NAME, or leave that one out with --keep"),
        (["qty", "--name", "d_qty"], "two columns would be called 'd_qty'", "choose another --name"),
        (["price", "price=2"], "the expression mentions no column of the table: price is 2 by the call",
         "leave that out, or mention another; its columns are price, qty, unit price, price2"),
        (["2", ], "the expression mentions no column of the table", f"{COLUMNS}"),
    ],
)  # fmt: skip
def test_names_that_do_not_fit(gradcli: Callable, arguments: list[str], error: str, hint: str) -> None:
    write("n.csv", "price,qty,unit price,price2\n1,2,3,4\n")
    expression, *options = arguments
    said = f"error: {error}\n" + (f"  {hint}\n" if hint else "")
    assert gradcli("map", expression, "n.csv", *options) == (2, "", said)


def test_columns_are_renamed(gradcli: Callable) -> None:
    write("n.csv", "unit price,d_p\n3,4\n")
    options = ["--rename", "unit price=p", "--rename", "d_p=old"]
    assert gradcli("map", "p**2", "n.csv", *options).out == "p,old,value,d_p\n3,4,9,6\n"


def test_a_result_in_the_way(gradcli: Callable) -> None:
    write("n.csv", "x,value,d_x\n1,2,3\n")
    hint = "  call that one otherwise, --rename d_x=NAME, or leave it out with --keep\n"
    done = gradcli("map", "x", "n.csv", "--name=v")
    assert done == (2, "", f"error: 'n.csv' has a column 'd_x' already\n{hint}")
    assert gradcli("map", "x", "n.csv", "--keep=x").out == "x,value,d_x\n1,1,1\n"


def test_two_columns_of_one_name(gradcli: Callable) -> None:
    write("n.csv", "x,a,a\n1,2,3\n")
    error = "error: 'n.csv' has 2 columns 'a'\n  in its header, rename all but one\n"
    assert gradcli("map", "a", "n.csv") == (2, "", error)
    assert gradcli("map", "x", "n.csv").out == "x,a,a,value,d_x\n1,2,3,1,1\n"
    error = "error: 'n.csv' has two columns 'a', which parquet cannot have\n"
    done = gradcli("map", "x", "n.csv", "-o", "o.parquet")
    assert done == (2, "", error + "  leave them out with --keep, or write CSV\n")


def test_columns_named_like_functions_and_constants(gradcli: Callable) -> None:
    write("n.csv", "e,sin,x\n3,4,1\n")
    status, out, err = gradcli("map", "e + x", "n.csv", "--const=x")
    assert (status, out) == (0, "e,sin,x,value,d_e\n3,4,1,4,1\n")
    assert err == "note: e is the variable bound here, not the constant\n1 row\n"
    assert gradcli("map", "sin(sin)", "n.csv", "--keep=none", "--rename=sin=s").status == 2


def test_notes(gradcli: Callable) -> None:
    write("n.csv", "x,w\n3,4\n")
    status, out, err = gradcli("map", "x*w", "n.csv", "w=2", "b=1", "--const=x")
    assert (status, out) == (0, "x,w,value,d_w\n3,4,6,3\n")
    assert err == (
        "note: b is bound but nothing uses it\n"
        "note: w is 2 for all rows; the column of that name is not used\n"
        "1 row\n"
    )


# --- calls ---


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "nothing to map\n  add an expression and a table, as in gradcli map 'w*x' data.csv w=2"),
        (["w=2"], "nothing to map\n  add an expression and a table, as in gradcli map 'w*x' data.csv w=2"),
        (["x"], "no table\n  add one, as in gradcli map 'w*x' data.csv w=2"),
        (["-f", "m.grad"], "no table\n  add one behind -f FILE"),
        (["-f", "m.grad", "t.csv"], "cannot read 'm.grad': No such file or directory"),
        (["-f", "m.grad", "x", "t.csv"], "more than one table: 'x', 't.csv' (the expression is that of -f)\n"
         "  for several files of one kind put a pattern in quotes: 'data/*.csv'"),
        (["x", "t.csv", "u.csv"], "more than one table: 't.csv', 'u.csv'\n"
         "  for several files of one kind put a pattern in quotes: 'data/*.csv'"),
        (["x", "t.csv", "w=1", "w=2"], "two values of w, '1' and '2'; leave one out"),
        (["x", "t.csv", "--reduce=sum", "-o", "o.csv"],
         "--reduce gives one result and no table\n  leave out -o; --json has every digit"),
        (["x", "t.csv", "--reduce=sum", "--keep=x"],
         "--keep is for rows that go out, and --reduce gives one result\n  leave it out"),
        (["x", "t.csv", "--reduce=sum", "--name=loss"],
         "--name is for rows that go out, and --reduce gives one result\n  leave it out"),
        (["x", "t.csv", "--json", "-o", "o.csv"],
         "--json writes to standard output\n  leave it out, or -o; -o FILE.jsonl is JSON"),
        (["x", "none.csv"], "cannot read 'none.csv': No such file or directory"),
        (["t.csv", "x"], "'t.csv' is a file, and stands where the expression belongs\n"
         "  the expression goes first, then the table: gradcli map 'x' t.csv"),
        (["t.csv"], "'t.csv' is a file, and stands where the expression belongs\n"
         "  the expression goes first, then the table: gradcli map 'w*x' t.csv"),
        (["y=x**2", "t.csv"],
         "no expression: 'y=x**2' gives a value to y\n  leave out 'y=', or give an expression, too"),
        (["x", ""], "no table\n  add one, as in gradcli map 'w*x' data.csv w=2"),
        (["x", "t.csv", "--name", " "], "--name is empty\n  leave it out, or write --name loss"),
        (["x", "t.csv", "--digits=3"], "--digits is for what --reduce gives\n  rows go out with every digit"),
        (["x", "t.csv", "-o", "."], "'.' is a directory\n  name a file in it: './mapped.csv'"),
        (["x", "/dev/fd/63"], "the name of '/dev/fd/63' does not say its format\n"
         "  for CSV from a pipe write -, as in command | gradcli map x -"),
        (["x", "none*.csv"], "no file is named like 'none*.csv'"),
        (["x", "."], "'.' is a directory\n  name its files: './*.csv'"),
        (["x", "t.xls"], "the name of 't.xls' does not say its format\n"
         "  a table is .csv, .tsv, .parquet, .arrow, .feather or .jsonl; text also .gz, .zst or .bz2"),
        (["x", "t.csv", "-o", "o"], "the name of 'o' does not say its format\n"
         "  a table is .csv, .tsv, .parquet, .arrow, .feather or .jsonl; text also .gz, .zst or .bz2"),
        (["x", "t.csv", "-o", "o.parquet.gz"],
         "'o.parquet.gz': a file of parquet is compressed within, not as a whole\n"
         "  name it without the ending: 'o.parquet'"),
        (["x", "t.csv", "-o", "none/o.csv"],
         "cannot write 'none/o.csv': No such file or directory\n  make its folder first: mkdir -p 'none'"),
        (["x", "gzip.csv"],
         "'gzip.csv' is no CSV: it is compressed by gzip\n"
         "  let its name end in .gz, or unpack it: gunzip -c"),
        (["x", "parquet.csv"], "'parquet.csv' is no CSV: it is Parquet\n  let its name end in .parquet"),
        (["x", "json.csv"], "'json.csv' is no CSV: it looks like JSON Lines\n  let its name end in .jsonl"),
        (["x", "excel.csv"],
         "'excel.csv' is no CSV: it is a workbook or another zip file\n  save the sheet as CSV"),
        (["x", "latin.csv"],
         "'latin.csv': the names of the columns are not UTF-8: invalid start byte\n"
         "  save it as UTF-8: iconv -f latin1 -t utf-8"),
        (["x", "pipes.csv"], "'pipes.csv' has no column 'x'; its columns are x|y\n"
         "  its cells are parted by |, and those of a CSV by commas, semicolons or tabs: tr '|' ','"),
        (["x", "commas.tsv"], "'commas.tsv' has no column 'x'; its columns are x,y\n"
         "  its cells are parted by commas: name it .csv"),
        (["x", "blanks.csv"], "'blanks.csv' has no column 'x'; its columns are x y\n"
         "  its cells are parted by blanks, and those of a CSV by commas, semicolons or tabs: tr -s ' ' ','"),
        (["x", "comment.csv"], "'comment.csv' has no column 'x'; its columns are # of the lab\n"
         "  its first line should name the columns: tail -n +2 leaves a line out"),
        (["x", "t.csv", "-o", "t.csv"], "'t.csv' is there already\n  --force replaces it"),
        (["x", "empty.csv"], "'empty.csv' is empty\n  its first line names the columns"),
        (["x", "empty.jsonl"], "'empty.jsonl' is empty\n  JSON Lines have an object on each line"),
        (["x", "list.jsonl"],
         "'list.jsonl' does not begin with an object\n  JSON Lines have an object on each line"),
        (["x", "utf16.csv"], "'utf16.csv' is no UTF-8; it looks like UTF-16\n  save it as UTF-8"),
        (["x", "open.csv", "-o", "o.csv"],
         "'open.csv': a quotation mark is opened and not closed, in the row '1,\"a'\n"
         "  the rest of the file would be in that cell"),
        (["x", "numbers.csv"], "'numbers.csv' has no column 'x'; its columns are 1, 2.5\n"
         "  its first line should name the columns"),
        (["x", "t.csv", "--wrt", "q"], "--wrt names 'q', which is no variable here\n  bind it: add q=1"),
        (["k*x", "t.csv", "k=2*q"], "value of k: 'q' is not a number or list\n  line 1, column 5\n  │ k=2*q\n"
         "  │     ^ write a number, or a list as [1, 2]"),
        (["k*x", "t.csv", "k=(1±0.1"], "value of k: ')' is missing\n  line 1, column 5\n  │ k=(1±0.1\n"
         "  │   ^ to close this '('\n  │     ^ write ')' here"),
        (["k*x", "t.csv", "k=x", "b="], "value of k: 'x' is not a number or list\n"
         "  line 1, column 3\n  │ k=x\n  │   ^ write a number, or a list as [1, 2]\n"
         "error: value of b: an operand is missing behind '='\n  line 1, column 3\n  │ b=\n"
         "  │   ^ a number, a name or ( is missing here"),
        (["x +", "t.csv"], "an operand is missing behind '+'\n  line 1, column 4\n  │ x +\n"
         "  │    ^ a number, a name or ( is missing here"),
    ],
)  # fmt: skip
def test_wrong_calls(gradcli: Callable, arguments: list[str], error: str) -> None:
    write("t.csv", "x\n1\n")
    write("empty.csv", "\n\n")
    write("empty.jsonl", "")
    write("list.jsonl", "[{}]\n")
    write("utf16.csv", "x\n1\n".encode("utf-16"))
    write("numbers.csv", "1,2.5\n3,4\n")
    write("gzip.csv", gzip.compress(b"x\n1\n"))
    save("p.parquet", pa.table({"x": [1.0]}))
    os.rename("p.parquet", "parquet.csv")
    write("json.csv", '{"x": 1}\n')
    write("excel.csv", b"PK\x03\x04\x14\x00")
    write("latin.csv", "x,größe\n1,2\n".encode("latin-1"))
    write("pipes.csv", "x|y\n1|2\n")
    write("commas.tsv", "x,y\n1,2\n")
    write("blanks.csv", "x y\n1 2\n")
    write("comment.csv", "# of the lab\nx,y\n1,2\n")
    write("open.csv", 'x,y\n0,"5"" pipe"\n1,"a\n2,b\n')
    assert gradcli("map", *arguments) == (2, "", f"error: {error}\n")


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow", "t.csv.gz"])
def test_files_that_are_not_what_their_name_says(gradcli: Callable, name: str) -> None:
    write(name, "x\n1\n")
    status, out, err = gradcli("map", "x", name)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: cannot read '{name}': ")
    assert err.count("\n") == 1


def test_a_closed_or_idle_standard_input(gradcli: Callable) -> None:
    error = "error: no table: standard input is the keyboard\n  pipe one in, or name its file\n"
    assert gradcli("map", "x", "-") == (2, "", error)


def test_without_pyarrow(gradcli: Callable, monkeypatch: pytest.MonkeyPatch, table: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    error = "error: tables are read and written by pyarrow, which is not installed\n"
    hint = "  install it: pip install 'gradcli[data]'\n"
    assert gradcli("map", "x", "t.csv") == (2, "", error + hint)


DIVIDED = (
    "note: in 1 row the value is inf, first in row 1: inf comes from division by zero, x = 0 "
    "(column 1: 1/x)\n"
)
STEEP = (
    "note: in 1 row one-sided: the derivative tends to inf as x falls to 0 (column 1: sqrt(x)), "
    "first in row 1\n"
    "note: in 1 row a gradient is inf, first in row 1: the gradient becomes inf here: its derivative is "
    "infinite, x = 0 (column 1: sqrt(x))\n"
)


@pytest.mark.parametrize(
    ("expression", "options", "status", "said"),
    [
        ("1/x", [], 0, f"2 rows: 1 with nan or inf\n{DIVIDED}"),
        ("1/x", ["--strict"], 3, f"2 rows: 1 with nan or inf\n{DIVIDED}"),
        ("sqrt(x)", ["--strict"], 3, f"2 rows: 1 with nan or inf\n{STEEP}"),
        ("sqrt(x)", ["--strict", "--const=x"], 0, "2 rows\n"),
        ("1/x", ["--strict", "--reduce=sum"], 3, f"2 rows: 1 with nan or inf\n{DIVIDED}"),
        ("x", ["--strict", "--reduce=sum"], 0, "2 rows\n"),
    ],
)
def test_strict(gradcli: Callable, expression: str, options: list[str], status: int, said: str) -> None:
    write("t.csv", "x\n0\n4\n")
    done = gradcli("map", expression, "t.csv", *options)
    assert (done.status, done.err) == (status, said)


EXAMPLES = [
    line.strip()
    for line in HELP.splitlines()
    # The cluster of this address is nobody's: test_tables_cluster makes such a call to a real one.
    if line.startswith("  gradcli") and "tcp://host" not in line
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_run(gradcli: Callable, tmp_path: Path, example: str) -> None:
    (tmp_path / "parts").mkdir()
    write("data.csv", "x,y\n1,0\n2,1\n")
    save("parts/1.parquet", pa.table({"x": [1.0], "y": [0.0]}))
    write("lab.csv", "id,m,v\na,1,2\n")
    write("data.jsonl", '{"x": 1}\n')
    write("model.grad", "x**2\n")
    status, _, err = gradcli(*shlex.split(example.partition("|")[0])[1:])
    assert (status, err.count("\n")) == (0, 1)


# --- on a terminal ---

OBEYED = "\x1b[31mred\x07\x9b2J\u202eabc\u2028\x7f\rbb\x00\tc"


def test_cells_are_escaped_on_a_terminal(gradcli: Callable) -> None:
    write("t.csv", f'n,x\n"{OBEYED}",1\né ü 漢,2\n"two\nlines",3\n')
    shown = r"\x1b[31mred\x07\x9b2J\u202eabc\u2028\x7f\rbb\x00\tc"
    done = gradcli("map", "x", "t.csv", "--const=x", terminal=True, TERM="dumb", NO_COLOR="1")
    assert done.out == f'n,x,value\n"{shown}",1,1\né ü 漢,2,2\n"two\nlines",3,3\n'
    plain = gradcli("map", "x", "t.csv", "--const=x").out
    assert plain == f'n,x,value\n"{OBEYED}",1,1\né ü 漢,2,2\n"two\nlines",3,3\n'


def test_names_of_columns_and_what_is_no_utf8_are_escaped_on_a_terminal(gradcli: Callable) -> None:
    write("t.csv", b"\x1b[31m,x\n\xff,1\n")
    done = gradcli("map", "x", "t.csv", "--const=x", terminal=True, TERM="dumb", NO_COLOR="1")
    assert done.out == "\\x1b[31m,x,value\n\\udcff,1,1\n"
