"""Bytes as lines: ends of lines, BOM, what is no UTF-8, what never ends."""

from __future__ import annotations

import io

import pytest

from gradcli.cli import streams
from gradcli.cli.streams import InputError, flaw, lines_of


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"x", ["x\n"]),
        (b"x\ny\n", ["x\n", "y\n"]),
        (b"x\r\ny\r\n", ["x\n", "y\n"]),
        (b"x\ry\r", ["x\n", "y\n"]),
        (b"x\r\ry\n\r\n", ["x\n", "\n", "y\n", "\n"]),
        (b"\xef\xbb\xbfx\n\xef\xbb\xbfy\n", ["x\n", "\ufeffy\n"]),
        ("θ=1\n".encode(), ["θ=1\n"]),
        (b"x\x00y\n", ["x\x00y\n"]),
        (b"\xff\n", ["\udcff\n"]),
    ],
)
def test_lines(data: bytes, lines: list[str]) -> None:
    assert list(lines_of(io.BytesIO(data), "f")) == lines


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x + y", None),
        ("θ".encode(), None),
        (b"x\xff", "not UTF-8: byte 0xff is the 2nd byte of the line"),
        ("θ\n数".encode() + b"\xe9", "not UTF-8: byte 0xe9 is the 4th byte of the line"),
        (
            b"\xff\xfex\x00",
            "not UTF-8: byte 0xff is the 1st byte of the line; the text looks like UTF-16, save it as UTF-8",
        ),
        (b"x" * 10 + b"\xc3", "not UTF-8: byte 0xc3 is the 11th byte of the line"),
        (b"\xed\xa0\x80", "not UTF-8: byte 0xed is the 1st byte of the line"),
    ],
)
def test_bytes_that_are_not_utf8(data: bytes, message: str | None) -> None:
    found = flaw(data.decode("utf-8", "surrogateescape"))
    assert (found and found[0]) == message


def test_a_line_without_end_is_refused_and_the_next_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_LINE", 2**20)
    lines = list(lines_of(io.BytesIO(b"x" * (2**20 + 1) + b"\ny\n"), "f"))
    assert lines == [streams.TOO_LONG, "y\n"]
    assert flaw(lines[0]) == ("a line longer than 1 MB", 0, 1)


def test_a_line_as_long_as_may_be_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_LINE", 10)
    assert list(lines_of(io.BytesIO(b"x" * 10 + b"\ny\n"), "f")) == ["x" * 10 + "\n", "y\n"]


def test_a_stream_that_breaks_is_named() -> None:
    class Broken(io.BytesIO):
        def readinto1(self, buffer: object, /) -> int:
            raise OSError(5, "Input/output error")

    with pytest.raises(InputError, match=r"^cannot read 'f': Input/output error$"):
        list(lines_of(Broken(), "'f'"))


def test_every_read_goes_to_the_same_place() -> None:
    rooms = set()

    class Slow(io.BytesIO):
        def readinto1(self, buffer: bytearray, /) -> int:
            rooms.add(id(buffer))
            return super().readinto1(memoryview(buffer)[:3])

    assert list(lines_of(Slow(b"x\ny + z\r\n" * 100), "f")) == ["x\n", "y + z\n"] * 100
    assert len(rooms) == 1
