"""Where CSV may be cut, and what its rows are, compared with Python's own csv module on random tables."""

from __future__ import annotations

import csv
import io
import random

import pytest

pytest.importorskip("pyarrow")

from gradcli.tables import delimited
from gradcli.tables.pieces import Wanted
from gradcli.tables.problems import TableError


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
    wanted = Wanted({}, ["p", "q", "r"], text=True)
    found = []
    behind = header.size
    for piece in pieces:
        body, behind = piece[behind:], max(behind - len(piece), 0)
        out = delimited.rows(body, header, wanted)
        assert out.bad == []
        found += [
            [cell.decode() for cell in row] for row in zip(*(c.to_pylist() for c in out.kept), strict=True)
        ]
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
