"""What `gradcli map` does as a process: Ctrl-C, files that appear when they are whole, pipes, memory."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyarrow")

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GRADCLI = [sys.executable, "-m", "gradcli", "map"]
ROWS = b"1.5,1\n" * 100_000


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a map in an empty folder, with pipes to its streams; it ends with the test, however that ends."""
    started: list[subprocess.Popen[bytes]] = []

    def call(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = subprocess.Popen([*GRADCLI, *arguments], cwd=tmp_path, **{**pipes, **options})
        started.append(process)
        return process

    yield call
    for process in started:
        if process.returncode is None:
            process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                with suppress(BrokenPipeError):
                    stream.close()
        process.wait()


def wait_for(folder: Path, pattern: str) -> Path:
    """The file that appears there."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for path in folder.glob(pattern):
            return path
        time.sleep(0.01)
    raise AssertionError(f"no {pattern}")


@pytest.mark.parametrize(
    ("name", "number", "status"),
    [
        ("o.csv", signal.SIGINT, 130),
        ("o.parquet", signal.SIGINT, 130),
        ("o.arrow", signal.SIGINT, 130),
        ("o.jsonl.gz", signal.SIGINT, 130),
        ("o.csv", signal.SIGTERM, 143),
        ("o.parquet", signal.SIGHUP, 129),
    ],
)
def test_a_signal_leaves_no_half_file(
    start: Callable, tmp_path: Path, name: str, number: int, status: int
) -> None:
    map = start("x*y", "-", "-o", name)
    map.stdin.write(b"x,y\n" + ROWS * 4)
    map.stdin.flush()
    wait_for(tmp_path, f".{name}.*.part")  # it waits for the rest of the table
    map.send_signal(number)
    assert map.wait(timeout=60) == status
    said = f"interrupted: '{name}' was not written\n".encode()
    assert (map.stdout.read(), map.stderr.read()) == (b"", said)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_the_earlier_file(start: Callable, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("earlier")
    map = start("x*y", "-", "-o", "o.csv", "--force")
    map.stdin.write(b"x,y\n" + ROWS * 4)
    map.stdin.flush()
    wait_for(tmp_path, ".o.csv.*.part")
    assert (tmp_path / "o.csv").read_text() == "earlier"
    map.send_signal(signal.SIGINT)
    assert map.wait(timeout=60) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["o.csv"]
    assert (tmp_path / "o.csv").read_text() == "earlier"


def test_an_error_leaves_no_half_file(start: Callable, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"x,y\n" + ROWS * 10 + b"1,abc\n")
    map = start("x*y", "t.csv", "-o", "o.parquet")
    error = b"error: 't.csv', row 1000001 (line 1000002), column 'y': 'abc' is no number\n"
    assert map.communicate(timeout=60)[1] == error + b"  --skip-bad leaves such rows out\n"
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_an_existing_file_is_replaced_with_force_alone(start: Callable, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"x\n1\n")
    (tmp_path / "o.csv").write_text("earlier")
    (tmp_path / "o.csv").chmod(0o640)
    map = start("x", "t.csv", "-o", "o.csv")
    assert map.communicate(timeout=60) == (b"", b"error: 'o.csv' is there already\n  --force replaces it\n")
    assert (tmp_path / "o.csv").read_text() == "earlier"
    assert start("x", "t.csv", "-o", "o.csv", "--force").wait(timeout=60) == 0
    assert (tmp_path / "o.csv").read_text() == "x,value,d_x\n1,1,1\n"
    assert (tmp_path / "o.csv").stat().st_mode & 0o777 == 0o640


def test_a_file_that_appears_meanwhile_is_not_replaced(start: Callable, tmp_path: Path) -> None:
    map = start("x*y", "-", "-o", "o.csv")
    map.stdin.write(b"x,y\n" + ROWS)
    map.stdin.flush()
    wait_for(tmp_path, ".o.csv.*.part")
    (tmp_path / "o.csv").write_text("of somebody else")
    _, err = map.communicate(timeout=60)
    assert (map.returncode, err) == (2, b"error: 'o.csv' is there already\n  --force replaces it\n")
    assert [path.name for path in tmp_path.iterdir()] == ["o.csv"]
    assert (tmp_path / "o.csv").read_text() == "of somebody else"


def test_a_table_may_be_replaced_by_what_it_is_mapped_to(start: Callable, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"x,y\n" + ROWS * 10)
    (tmp_path / "link.csv").symlink_to("t.csv")
    assert start("x*y", "t.csv", "-o", "link.csv", "--force", "--wrt=x").wait(timeout=60) == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "t.csv").read_bytes() == b"x,y,value,d_x\n" + b"1.5,1,1.5,1\n" * 1_000_000


@pytest.mark.parametrize("target", ["o.csv", "o.parquet", "o.arrow"])
def test_nothing_is_imported_that_is_not_used(tmp_path: Path, target: str) -> None:
    (tmp_path / "t.csv").write_bytes(b"x,y\n" + ROWS[:60] + b",\n")
    call = ["-X", "importtime", "-m", "gradcli", "map", "x*y", "t.csv", "-o", target]
    done = subprocess.run([sys.executable, *call], cwd=tmp_path, capture_output=True, check=True, timeout=60)
    imported = {line.rpartition(b"|")[2].strip().decode() for line in done.stderr.splitlines()}
    assert "pyarrow.lib" in imported
    slow = {"pyarrow.compute", "pyarrow.dataset", "numpy.ma", "numpy.random", "pandas", "rich"}
    assert imported & slow == set()
    assert ("pyarrow.parquet" in imported) == (target == "o.parquet")


@pytest.mark.parametrize("stated", [{}, {"OPENBLAS_NUM_THREADS": "2"}])
def test_the_threads_of_others_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stated: dict[str, str]
) -> None:
    """What is told to BLAS for the start is not handed on to processes that this one starts."""
    name = "OPENBLAS_NUM_THREADS"
    monkeypatch.delenv(name, raising=False)
    for variable, value in stated.items():
        monkeypatch.setenv(variable, value)
    (tmp_path / "t.csv").write_bytes(b"x\n1\n")
    from gradcli.cli.environment import Environment
    from gradcli.cli.main import run

    monkeypatch.chdir(tmp_path)
    environment = Environment(stdin=None, stdout=io.StringIO(), stderr=io.StringIO(), variables={}, width=80)
    assert run(["map", "x", "t.csv"], environment) == 0
    assert {key: value for key, value in os.environ.items() if key == name} == stated


def test_rows_of_a_pipe_do_not_wait_for_those_behind_them(start: Callable) -> None:
    map = start("x**2", "-")
    map.stdin.write(b"x\n3\n")
    map.stdin.flush()
    assert map.stdout.readline() == b"x,value,d_x\n"
    assert map.stdout.readline() == b"3,9,6\n"
    map.stdin.write(b"4\n5")
    map.stdin.flush()
    assert map.stdout.readline() == b"4,16,8\n"
    assert map.communicate(timeout=60) == (b"5,25,10\n", b"3 rows\n")


def test_a_reader_that_left_is_no_error(start: Callable, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"x,y\n" + ROWS * 10)
    map = start("x*y", "t.csv")
    assert map.stdout.readline() == b"x,y,value,d_x,d_y\n"
    map.stdout.close()
    assert (map.wait(timeout=60), map.stderr.read()) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full disk at hand")
def test_a_full_disk_is_an_error(start: Callable, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"x,y\n" + ROWS)
    with open("/dev/full", "wb") as full:
        map = start("x*y", "t.csv", stdout=full)
        assert map.wait(timeout=60) == 2
    assert map.stderr.read() == b"error: cannot write the output: No space left on device\n"


def test_blocks_make_no_difference(start: Callable, tmp_path: Path) -> None:
    """What is read in many pieces, by several threads, is what it would be row by row."""
    numbers = [f"{i},{i % 7 or ''}" for i in range(1_000_000)]
    (tmp_path / "t.csv").write_text("x,y\n" + "\n".join(numbers) + "\n")
    map = start("x*y", "t.csv", "-o", "o.parquet", "--wrt=y")
    assert map.communicate(timeout=60) == (b"", b"1000000 rows: 142858 with a missing value\n")
    table = pq.read_table(tmp_path / "o.parquet")
    assert table["x"].to_pylist() == list(range(1_000_000))
    assert table["d_y"].to_pylist()[:1000:7][1:] != table["x"].to_pylist()[:1000:7][1:]  # nan
    assert table["value"].to_pylist()[1::7] == table["x"].to_pylist()[1::7]
    assert table["value"].to_pylist()[6::7] == [x * 6.0 for x in table["x"].to_pylist()[6::7]]
    sums = [start("x*y", name, "--reduce=sum", "--json", "--keep=x,y") for name in ("t.csv", "o.parquet")]
    assert len({map.communicate(timeout=60)[0] for map in sums}) == 1


def test_a_long_table_needs_no_more_memory_than_a_shorter_one(start: Callable, tmp_path: Path) -> None:
    def peak(rows: bytes, name: str) -> int:
        (tmp_path / name).write_bytes(b"x,y\n" + rows)
        map = start("x*y", name, "-o", f"{name}.arrow", stdin=None, stdout=None, stderr=None)
        _, status, usage = os.wait4(map.pid, 0)
        map.returncode = os.waitstatus_to_exitcode(status)
        assert map.returncode == 0
        return usage.ru_maxrss

    # In kilobytes; a column of the longer one has 32,000.
    assert peak(ROWS * 40, "long.csv") - peak(ROWS * 10, "short.csv") < 40_000


def test_ctrl_c_that_comes_when_the_file_has_its_name_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"x,y\n" + ROWS)
    program = """\
import os, signal
from gradcli.cli.main import main
def named(*paths, replace=os.replace):
    replace(*paths)
    signal.raise_signal(signal.SIGINT)
os.replace = named
main()
"""
    call = [sys.executable, "-c", program, "map", "x*y", "t.csv", "-o", "o.csv"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"100000 rows\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["o.csv", "t.csv"]
