"""How a stream falls into chunks."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest

from gradcli.language import Diagnostic, parse
from gradcli.language.reader import read

STREAMS = [
    ("lines", "x\ny\n", [("x", 1), ("y", 2)]),
    ("no newline at the end", "x\ny", [("x", 1), ("y", 2)]),
    ("empty lines and comments", "\n  \n# a\nx # b\n\n", [("x # b", 4)]),
    ("windows", "\ufeffx\r\ny\r\n", [("x", 1), ("y", 2)]),
    ("a BOM within a text is left where it is", "x\n\ufeffy\n", [("x", 1), ("\ufeffy", 2)]),
    ("a line that goes on", "x + \\\n  y \\ \n + z\nw\n", [("x + \\\n  y \\ \n + z", 1), ("w", 4)]),
    ("one that never does", "x + \\\n", [("x + \\", 1)]),
    ("no continuation in a comment", "x # \\\ny\n", [("x # \\", 1), ("y", 2)]),
    ("a block", "no_grad {\n y = x # }\n\n}\nz\n", [("no_grad {\n y = x # }\n\n}", 1), ("z", 5)]),
    ("a block on a line", "no_grad { y = x }\nz\n", [("no_grad { y = x }", 1), ("z", 2)]),
    (
        "blocks in blocks",
        "no_grad {\nno_grad {\n}\nx\n}\ny\n",
        [("no_grad {\nno_grad {\n}\nx\n}", 1), ("y", 6)],
    ),
    (
        "a block after a statement",
        "x; no_grad {\ny\n}; no_grad {\nz\n}\n",
        [("x; no_grad {\ny\n}; no_grad {\nz\n}", 1)],
    ),
    ("a block whose beginning goes on", "no_grad \\\n{\nx\n}\ny", [("no_grad \\\n{\nx\n}", 1), ("y", 5)]),
    ("a block that never ends", "x\nno_grad {\ny\n", [("x", 1), ("no_grad {\ny", 2)]),
    (
        "braces of a slip open nothing",
        "x = {1, 2\n\\frac{1\ny\n",
        [("x = {1, 2", 1), ("\\frac{1", 2), ("y", 3)],
    ),
    ("a name that begins alike", "x no_grad {\ny\n", [("x no_grad {", 1), ("y", 2)]),
    ("a bad line", "2 3\n(\nx\n", [("2 3", 1), ("(", 2), ("x", 3)]),
]


@pytest.mark.parametrize(
    ("stream", "chunks"), [case[1:] for case in STREAMS], ids=[case[0] for case in STREAMS]
)
def test_chunks(stream, chunks):
    assert [(chunk.text, chunk.line) for chunk in read(stream.splitlines(keepends=True))] == chunks


def test_a_chunk_is_there_as_soon_as_its_line_is():
    asked = []

    def lines():
        for line in ("x\n", "no_grad {\n", "}\n", "y\n"):
            asked.append(line)
            yield line

    chunks = read(lines())
    assert next(chunks).text == "x"
    assert asked == ["x\n"]
    assert next(chunks).text == "no_grad {\n}"
    assert len(asked) == 3


def test_a_block_that_never_ends_is_an_error():
    (chunk,) = read(["no_grad {\n", "y = x\n"])
    with pytest.raises(Diagnostic, match=r"^'}' is missing$"):
        parse(chunk.text)


def test_a_long_stream_needs_no_more_memory_than_a_short_one():
    def peak(count):
        tracemalloc.start()
        for _ in read(itertools.repeat("x = 1\n", count)):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(20_000) < peak(10) + 2_000
