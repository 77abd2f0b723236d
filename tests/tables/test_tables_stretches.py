"""Large files of text on a cluster: cut anywhere, and still the rows and errors of one process."""

from __future__ import annotations

import os

import numpy as np
import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("distributed")

from gradcli.tables import stretches
from gradcli.tables.streams import BLOCK

BCE = "bce(sigmoid(w*x + b), y)"


def content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


@pytest.fixture
def small_stretches(monkeypatch):
    monkeypatch.setattr(stretches, "SIZE", BLOCK)


def write_text(kind: str, path: str) -> None:
    """A file of some 7 MB, four stretches."""
    random = np.random.default_rng(1)
    with open(path, "w", encoding="utf-8", newline="") as file:
        if kind == "plain":
            file.write("x,t,y\r\n" + "".join(f"{row / 7},a,{row % 2}\r\n" for row in range(380_000)))
        elif kind == "quoted":  # line ends, delimiters and quotation marks in most cells, some of them long
            text = 'x\n1,2,0\n3,",4\r\n5,6"\n' * 20_000
            file.write("\ufeffx,t,y\n")
            for row in range(11_000):
                cell = text[: 300_000 if row % 997 == 5 else random.integers(0, 800)].replace('"', '""')
                file.write(f'{row / 7},"{cell}",{row % 2}\n')
        elif kind == "one cell":  # that goes over two stretches and looks like rows
            cell = "1,2,3\n" * 900_000
            file.write("x,t,y\n" + "1,b,0\n" * 300_000 + f'2,"{cell}",1\n' + "3,c,1\n" * 9)
        elif kind == "jsonl":
            for row in range(160_000):
                file.write(f'{{"x": {row / 7}, "t": "a\\n{row}", "y": {row % 2}}}\n')


@pytest.mark.parametrize("kind", ["plain", "quoted", "one cell", "jsonl"])
def test_stretches_of_a_large_file_are_joined_byte_for_byte(gradcli, cluster, small_stretches, kind):
    name = "in.jsonl" if kind == "jsonl" else "in.csv"
    write_text(kind, name)
    assert os.path.getsize(name) > 3 * BLOCK
    keep = ["--keep", "t"] if kind == "quoted" else ["--keep", "none"]
    for output in ("out.csv", "out.parquet"):
        call = (BCE, name, "w=0.5", "b=0.1", "-o", output, *keep)
        alone = gradcli(*call)
        assert alone.status == 0, alone.err
        expected = content(output)
        assert gradcli(*call, "--force", "--scheduler", cluster.scheduler_address) == alone
        assert content(output) == expected
    call = (BCE, name, "w=0.5±0.1", "b=0.1", "--reduce", "mean", "--json")
    assert gradcli(*call, "--scheduler", cluster.scheduler_address) == gradcli(*call)


@pytest.mark.parametrize("kind", ["plain", "quoted", "one cell"])
def test_errors_in_stretches_are_those_of_one_process(gradcli, cluster, small_stretches, kind):
    write_text(kind, "in.csv")
    with open("in.csv", "a", encoding="utf-8") as file:
        file.write("oops,d,1\n4,d,1\n")
    for last in ("", '5,"open\n'):
        with open("in.csv", "a", encoding="utf-8") as file:
            file.write(last)
        for options in ([], ["--skip-bad"]):
            call = ("2*x", "in.csv", "--reduce", "sum", *options)
            alone = gradcli(*call)
            assert ("oops" in alone.err) or last
            assert gradcli(*call, "--scheduler", cluster.scheduler_address) == alone


def test_stretches_that_were_guessed_wrong_are_not_taken_up_again(
    gradcli, cluster, small_stretches, interrupted
):
    write_text("one cell", "in.csv")
    call = ("2*x", "in.csv", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    assert gradcli(*call).status == 0
    expected = content("out.parquet")
    os.unlink("out.parquet")
    interrupted(call)
    folder = "out.parquet.parts"
    left = [name for name in os.listdir(folder) if name.endswith(".json")]
    assert len(left) > 1 + 4  # the manifest, the parts, and those that start at a wrong place
    outcome = gradcli(*call, "--resume")
    assert outcome.err.splitlines()[0] == "note: 4 of 4 parts are there already"
    assert content("out.parquet") == expected
    assert not os.path.exists(folder)
