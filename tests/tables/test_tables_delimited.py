"""Where CSV may be cut, and what its rows are, compared with Python's own csv module on random tables."""

from __future__ import annotations

import csv
import io
import random
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pyarrow")

from gradcli.tables import delimited
from gradcli.tables.encoding import csv_lines
from gradcli.tables.pieces import Wanted
from gradcli.tables.problems import TableError
from gradcli.tables.sources import open_file
from gradcli.tables.streams import BLOCK

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"", 0),
        (b"a", 0),
        (b"a,b\n", 4),
        (b"a,b\nc", 4),
        (b'a,"b\n', 0),
        (b'a,"b\nc"', 0),
        (b'a,"b\nc"\n', 8),
        (b'a\n"b\nc\nd', 2),
        (b'a\n"b""\n', 2),
        (b'5" pipe\n6" pipe\n7', 16),
        (b'5" pipe\n"6\n', 8),
        (b'5" pipe\n"6\n"\n7', 13),
        (b"a\rb\r", 2),
        (b"a\r\nb\r\nc", 6),
        (b'"\n"', 0),
        (b'""\n"\n', 3),
    ],
)
def test_last_row_end(data: bytes, end: int) -> None:
    assert delimited.last_row_end(data) == end


def blocks(data: bytes, sizes: list[int]) -> object:
    """A function that reads this data in blocks of these sizes, again and again."""
    stream = io.BytesIO(data)
    turn = 0

    def read() -> bytes:
        nonlocal turn
        turn += 1
        return stream.read(sizes[turn % len(sizes)])

    return read


CELLS = ["", "1", "a b", 'say "hi"', "two\nlines", "a,b", '"', '""', "\n", "ü", " x ", "1\r\n2", ",\n,", '5"']


@pytest.mark.parametrize("seed", range(60))
def test_pieces_are_whole_rows(seed: int) -> None:
    generator = random.Random(seed)
    rows = [[generator.choice(CELLS) for _ in range(3)] for _ in range(40)]
    rows = [row for row in rows if any(row)]
    text = io.StringIO()
    end = generator.choice(["\n", "\r\n"])
    csv.writer(text, lineterminator=end).writerows([["p", "q", "r"], *rows])
    data = text.getvalue().encode()
    pieces = list(delimited.pieces(blocks(data, [generator.randint(1, 60), 7, 1]), "t"))  # type: ignore[arg-type]
    assert b"".join(pieces) == data
    header = delimited.header(data, "t", ",")
    assert header.names == ["p", "q", "r"]
    wanted = Wanted({}, ["p", "q", "r"], delimiter=",")
    found = []
    behind = header.size
    for piece in pieces:
        body, behind = piece[behind:], max(behind - len(piece), 0)
        out = delimited.rows(body, header, wanted)
        assert out.bad == []
        lines = csv_lines(out.kept, ",", lines=out.are_lines).decode()
        found += list(csv.reader(io.StringIO(lines, newline="")))
    assert found == rows


def test_a_row_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LONGEST_ROW", 1000)
    data = b'x\n"' + b"a\n" * 3000
    with pytest.raises(TableError, match="t has a row longer than") as error:
        list(delimited.pieces(blocks(data, [100]), "t"))  # type: ignore[arg-type]
    assert error.value.hint == "is a quotation mark opened and not closed?"


@pytest.mark.parametrize(
    ("data", "row", "line"),
    [
        (b"1,2\nx,3\n", 1, 1),
        (b"\n\n1,2\n\r\n\nx,3\n", 1, 5),
        (b'1,"a\nb"\nx,3\n', 1, 2),
        (b'1,"a\n""\nb"\n1\nx,3\n', 2, 4),
        (b'1,5" pipe\nx,3\n', 1, 1),
        (b"1,2\rx,3\r", 1, 1),
        (b"1,2\r\n\r\nx,3", 1, 2),
    ],
)
def test_the_place_of_a_bad_cell(data: bytes, row: int, line: int) -> None:
    header = delimited.header(b"a,b\n", "t", ",")
    out = delimited.rows(data, header, Wanted({"a": "a"}, skip_bad=True))
    bad = [bad for bad in out.bad if "is no number" in bad.what]
    assert [(each.row, each.line) for each in bad] == [(row, line)]
    assert len(out.numbers["a"]) == out.count


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"1,a\n2,b\n", [b"1,a", b"2,b"]),
        (b"1,a\n2,b", [b"1,a", b"2,b"]),
        (b"1,\xff\n", [b"1,\xff"]),
        (b"1,a\n\n2,b\n", None),  # a blank line is no row
        (b'1,"a"\n', None),
        (b"1,a\r\n", None),
        (b"1,a\n2\n", None),
        (b"", None),
    ],
)
def test_lines_that_go_out_as_they_are(data: bytes, lines: list[bytes] | None) -> None:
    header = delimited.header(b"x,t\n", "t", ",")
    out = delimited.rows(data, header, Wanted({"x": "x"}, ["x", "t"], delimiter=",", skip_bad=True))
    assert out.are_lines == (lines is not None)
    assert len(out.kept[0]) == len(out.numbers["x"]) == out.count
    if lines is not None:
        assert out.kept[0].to_pylist() == lines
    for wanted in (
        Wanted({"x": "x"}, ["t", "x"], delimiter=","),
        Wanted({"x": "x"}, ["x", "t"], delimiter="\t"),
        Wanted({"x": "x"}, ["x"]),
    ):
        assert not delimited.rows(data, header, wanted).are_lines


def test_bad_rows_among_lines_that_go_out_as_they_are() -> None:
    header = delimited.header(b"x,t\n", "t", ",")
    wanted = Wanted({"x": "x"}, ["x", "t"], delimiter=",", skip_bad=True)
    out = delimited.rows(b"1,a\nz,b\n3,c\n", header, wanted)
    assert out.are_lines
    assert out.kept[0].to_pylist() == [b"1,a", b"3,c"]
    assert [(bad.row, bad.line, bad.what) for bad in out.bad] == [(1, 1, "column 'x': 'z' is no number")]


def test_more_of_a_wide_table_is_read_at_once(tmp_path: Path) -> None:
    for columns, blocks in ((1, 1), (2048, 1), (5000, 2), (50_000, 8)):
        path = tmp_path / f"{columns}.csv"
        path.write_text(",".join(f"c{i}" for i in range(columns)) + "\n")
        assert open_file(str(path)).block == blocks * BLOCK  # type: ignore[attr-defined]
