"""Files that appear when they are whole: what is in their folder before, after, and when something fails."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyarrow")

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from gradcli.tables import sinks
from gradcli.tables.encoding import encode
from gradcli.tables.formats import format_of
from gradcli.tables.problems import TableError
from gradcli.tables.sinks import Dictionaries, FileSink, header, verify_free

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = pa.schema([("x", pa.float64()), ("value", pa.float64())])
NAMES = ["o.csv", "o.tsv", "o.csv.gz", "o.parquet", "o.arrow", "o.feather", "o.jsonl", "o.jsonl.zst"]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def sink(name: str, *, force: bool = False, schema: pa.Schema = SCHEMA) -> FileSink:
    return FileSink(name, format_of(name), schema, ["value"], force=force)


def rows(name: str, *numbers: float) -> Any:
    column = pa.array(numbers, pa.float64())
    return encode([column, column], SCHEMA.names, format_of(name))


def read(name: str) -> Any:
    if name.endswith(".parquet"):
        return pq.read_table(name).to_pydict()
    if name.endswith((".arrow", ".feather")):
        return pyarrow.feather.read_table(name).to_pydict()
    with pa.input_stream(name, compression="detect") as stream:
        return stream.read().decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_appears_when_it_is_whole(name: str) -> None:
    with sink(name) as out:
        out.write(rows(name, 1.5))
        out.write(rows(name))
        out.write(rows(name, -0.0, float("inf")))
        assert [path.startswith(f".{name}.") for path in os.listdir()] == [True]
        out.publish()
    assert os.listdir() == [name]
    found = read(name)
    if isinstance(found, dict):
        assert repr(found) == "{'x': [1.5, -0.0, inf], 'value': [1.5, -0.0, inf]}"
    elif "json" in name:
        lines = '{"x": 1.5, "value": 1.5}\n{"x": -0.0, "value": -0.0}\n{"x": "inf", "value": "inf"}\n'
        assert found == lines
    else:
        assert found.replace("\t", ",") == "x,value\n1.5,1.5\n-0,-0\ninf,inf\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_without_rows(name: str) -> None:
    with sink(name) as out:
        out.publish()
    empty: Any = {"x": [], "value": []}
    if not isinstance(read(name), dict):
        empty = "" if "json" in name else "x,value\n".replace(",", "\t" if "tsv" in name else ",")
    assert read(name) == empty


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("force", [False, True])
def test_what_is_not_published_is_removed(name: str, force: bool) -> None:
    if force:
        with open(name, "w") as file:
            file.write("earlier")

    def fail() -> None:
        with sink(name, force=force) as out:
            out.write(rows(name, 1.5))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert os.listdir() == ([name] if force else [])
    if force:
        with open(name) as file:
            assert file.read() == "earlier"


def test_a_schema_that_cannot_be_written_leaves_nothing() -> None:
    with pytest.raises(pa.ArrowNotImplementedError):
        sink("o.parquet", schema=pa.schema([("x", pa.dense_union([pa.field("a", pa.int8())]))]))
    assert os.listdir() == []


def test_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.umask(0o027)
    try:
        with sink("new.csv") as out:
            out.publish()
    finally:
        os.umask(before)
    assert os.stat("new.csv").st_mode & 0o777 == 0o640
    os.chmod("new.csv", 0o604)
    with sink("new.csv", force=True) as out:
        out.publish()
    assert os.stat("new.csv").st_mode & 0o777 == 0o604


def test_a_link_stays_one() -> None:
    os.mkdir("d")
    os.symlink("d/real.csv", "o.csv")
    with sink("o.csv", force=True) as out:
        assert os.listdir("d")[0].startswith(".real.csv.")
        out.publish()
    assert os.path.islink("o.csv")
    assert os.listdir("d") == ["real.csv"]


@pytest.mark.parametrize(
    ("name", "error", "hint"),
    [
        ("there.csv", "'there.csv' is there already", "--force replaces it"),
        ("broken.csv", "'broken.csv' is there already", "--force replaces it"),
        ("folder", "'folder' is a directory", "name a file in it: 'folder/mapped.csv'"),
        ("new.csv", None, ""),
    ],
)
def test_names_that_are_free(name: str, error: str | None, hint: str) -> None:
    os.mkdir("folder")
    os.symlink("nowhere", "broken.csv")
    with open("there.csv", "w"):
        pass
    if error is None:
        verify_free(name, force=False)
    else:
        with pytest.raises(TableError) as caught:
            verify_free(name, force=False)
        assert (str(caught.value), caught.value.hint) == (error, hint)
    if name != "folder":
        verify_free(name, force=True)


@pytest.mark.parametrize(
    ("path", "shown"), [("none/o.csv", "none"), ("none/deep/o.csv", "none/deep"), ("./none/o.csv", "./none")]
)
def test_a_folder_that_is_not_there(path: str, shown: str) -> None:
    with pytest.raises(TableError) as caught:
        sink(path)
    assert str(caught.value) == f"cannot write '{path}': No such file or directory"
    assert caught.value.hint == f"make its folder first: mkdir -p '{shown}'"


@pytest.mark.parametrize(
    ("limit", "number", "sizes"), [("GROUP_ROWS", 8, [10, 10, 5]), ("GROUP_BYTES", 200, [15, 10])]
)
def test_row_groups(monkeypatch: pytest.MonkeyPatch, limit: str, number: int, sizes: list[int]) -> None:
    monkeypatch.setattr(sinks, limit, number)
    with sink("o.parquet") as out:
        for start in range(0, 25, 5):
            out.write(rows("o.parquet", *map(float, range(start, start + 5))))
            out.write(rows("o.parquet"))
        out.publish()
    assert read("o.parquet")["x"] == list(range(25))
    metadata = pq.read_metadata("o.parquet")
    groups = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    assert groups == sizes


@pytest.mark.parametrize(
    ("name", "line"),
    [("o.csv", b'x,"a,b","say ""hi"""\n'), ("o.tsv", b'x\ta,b\t"say ""hi"""\n'), ("o.jsonl", b"")],
)
def test_the_header(name: str, line: bytes) -> None:
    assert header(["x", "a,b", 'say "hi"'], format_of(name)) == line


def test_dictionaries_grow_at_their_end() -> None:
    schema = pa.schema([("w", pa.dictionary(pa.int32(), pa.string()))])
    words = Dictionaries(schema)
    batches = []
    for values in (["b", "a"], ["c", "a", None], ["b"]):
        column = pa.array(values).dictionary_encode()
        batches.append(words.extended(pa.record_batch([column], schema=schema)))
    assert [batch["w"].dictionary.to_pylist() for batch in batches] == [
        ["b", "a"],
        ["b", "a", "c"],
        ["b", "a", "c"],
    ]
    assert [batch["w"].to_pylist() for batch in batches] == [["b", "a"], ["c", "a", None], ["b"]]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([[1.5, float("nan")], None], '{"x": [1.5, null]}\n{"x": null}\n'),
        ([[float("inf"), -0.0]], '{"x": ["inf", -0.0]}\n'),
        ([{"a": [float("-inf")], "b": "\x9b"}], '{"x": {"a": ["-inf"], "b": "\\u009b"}}\n'),
        (["plain é", 'a"b'], '{"x": "plain é"}\n{"x": "a\\"b"}\n'),
        (["\u202e", "\u2027"], '{"x": "\\u202e"}\n{"x": "\u2027"}\n'),
    ],
)
def test_texts_and_nested_values_in_json(values: list[Any], line: str) -> None:
    assert encode([pa.array(values)], ["x"], format_of("o.jsonl")).decode() == line
