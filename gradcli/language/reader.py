"""A stream of lines as chunks that can be parsed: one logical line each, or a block over several."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK = re.compile(r"(?:^|;)\s*no_grad\s*\{")
_BRACE = re.compile(r"[{}]")
_CONTINUED = re.compile(r"\s*\\[^\S\n]*\n\s*")
_BOM = "\ufeff"


class Chunk:
    """A piece of program with the number of the line on which it begins."""

    __slots__ = ("line", "text")

    def __init__(self, text: str, line: int) -> None:
        self.text = text
        self.line = line

    def __repr__(self) -> str:
        return f"Chunk({self.text!r}, {self.line})"


def one_line(text: str) -> str:
    r"""A part of a chunk that goes on over lines by `\`, without them."""
    return _CONTINUED.sub(" ", text) if "\n" in text else text


def read(lines: Iterable[str]) -> Iterator[Chunk]:
    r"""The chunks of a stream, each as soon as its last line is there; empty lines and comments make none.

    A line that ends in `\` goes on in the next, and `no_grad {` up to its `}`, which may never come. Keeps
    nothing of what it has yielded. Newlines may be CRLF, and a BOM may stand at the start.
    """
    parts: list[str] = []
    first = depth = 0
    pending = ""  # the beginning of a line that goes on
    for number, line in enumerate(lines, start=1):
        line = (line.removeprefix(_BOM) if number == 1 else line).rstrip("\r\n")
        code = line.partition("#")[0].rstrip()
        if not parts:
            if not code:
                continue
            first = number
        parts.append(line)
        if code.endswith("\\") and "#" not in line:
            pending += f"{code[:-1]} "
            continue
        depth = _depth(pending + code, depth) if depth or "{" in code or pending else 0
        pending = ""
        if depth == 0:
            yield Chunk("\n".join(parts), first)
            parts = []
    if parts:
        yield Chunk("\n".join(parts), first)


def _depth(code: str, depth: int) -> int:
    """How many braces are open after a line. Only a block opens one: no slip may swallow the lines below."""
    at = 0
    while True:
        if depth == 0:
            block = _BLOCK.search(code, at)
            if block is None:
                return 0
            at, depth = block.end(), 1
        brace = _BRACE.search(code, at)
        if brace is None:
            return depth
        at = brace.end()
        depth += 1 if brace.group() == "{" else -1
