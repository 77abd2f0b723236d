"""Files and streams as lines of text, read as they arrive, in constant memory."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

LONGEST_LINE = 16 * 2**20
"""Bytes of a line that are taken in: what has no line ends (/dev/zero) must not fill the memory."""

BLOCK = 2**16
"""So many bytes at most are asked for at once."""

TOO_LONG = "\ud800"
"""Ends the text of a line that was longer than that. No text that can be decoded holds it."""

UTF8_BOM = b"\xef\xbb\xbf"


class InputError(Exception):
    """A file or stream that cannot be read; the message says which and why."""


def lines_of(
    stream: BinaryIO, name: str, before_waiting: Callable[[], object] = lambda: None
) -> Iterator[str]:
    """The lines of a stream, each as soon as it has arrived, without their ends, BOM and CR.

    Before more is asked of the stream, which may take its time, there is a call of `before_waiting`. Bytes
    that are not UTF-8 come as lone surrogates, which `flaw` finds. Raises InputError.
    """
    first = True
    for line in byte_lines(stream, name, before_waiting):
        if first:
            line, first = line and line.removeprefix(UTF8_BOM), False
        if line is None:
            yield TOO_LONG
            continue
        text = line.decode("utf-8", "surrogateescape")
        if "\r" in text:
            yield from lines_in(text)
        else:
            yield text + "\n"


def byte_lines(stream: BinaryIO, name: str, before_waiting: Callable[[], object]) -> Iterator[bytes | None]:
    """The lines as bytes, None for one that is too long; only their LF is taken off. Else as `lines_of`."""
    begun = bytearray()  # a line whose end has not come yet
    too_long = False
    room = bytearray(BLOCK)  # always the same: a new one for every read would leave gaps in the memory
    while True:
        before_waiting()
        try:
            block = bytes(memoryview(room)[: stream.readinto1(room)])  # type: ignore[attr-defined]
        except OSError as error:
            raise InputError(f"cannot read {name}: {error.strerror or error}") from error
        first, *others = block.split(b"\n")
        begun += first
        too_long = too_long or len(begun) > LONGEST_LINE
        if others or (not block and (begun or too_long)):
            yield None if too_long else bytes(begun)
            yield from others[:-1]
            begun = bytearray(others[-1] if others else b"")
            too_long = False
        elif too_long:
            begun.clear()
        if not block:
            return


def lines_in(text: str) -> Iterator[str]:
    """The lines of a text, which end as Python's do: by LF, CRLF or CR."""
    if "\r" in text:
        text = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
    yield from (line + "\n" for line in text.split("\n"))


def flaw(text: str) -> tuple[str, int, int] | None:
    """What makes a text unreadable, and where it stands: a message and a span; None where nothing does."""
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError as error:
        at = error.start
        if text[at] == TOO_LONG:
            return f"a line longer than {LONGEST_LINE // 2**20} MB", at, at + 1
        line_start = text.rfind("\n", 0, at) + 1
        position = len(text[line_start:at].encode("utf-8", "surrogateescape")) + 1
        byte = ord(text[at]) - 0xDC00
        hint = "; the text looks like UTF-16, save it as UTF-8" if byte in (0xFE, 0xFF) and at == 0 else ""
        return f"not UTF-8: byte 0x{byte:02x} is the {_ordinal(position)} byte of the line{hint}", at, at + 1
    return None


def _ordinal(number: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{suffix}"
