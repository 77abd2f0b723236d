"""`gradcli eval --json --jobs N` as a process: prompt answers, Ctrl-C, readers and processes that go."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gradcli.cli import crew

if TYPE_CHECKING:
    from collections.abc import Iterator

GRADCLI = [sys.executable, "-m", "gradcli", "eval", "--json", "--jobs", "2"]
MANY = 40 * crew.SIZE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals")


@contextmanager
def started() -> Iterator[subprocess.Popen[bytes]]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    gradcli = subprocess.Popen(GRADCLI, start_new_session=True, **pipes)  # type: ignore[call-overload]
    try:
        yield gradcli
    finally:
        with suppress(ProcessLookupError):
            os.killpg(gradcli.pid, signal.SIGKILL)
        for stream in (gradcli.stdin, gradcli.stdout, gradcli.stderr):
            with suppress(BrokenPipeError):
                stream.close()
        gradcli.wait(timeout=60)


def lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def lines(first: int, count: int) -> bytes:
    return b"".join(b"x + sin(x*%d) at x=%d\n" % (n % 7, n) for n in range(first, first + count))


def numbers(answers: list[bytes]) -> list[int]:
    """The numbers of the lines that are answered."""
    return [json.loads(answer)["line"] for answer in answers]


@pytest.mark.parametrize("bursts", [[1, 1, 1], [crew.SMALL + 1, 1], [3 * crew.SIZE + 5, 1, crew.SIZE - 1, 2]])
def test_each_burst_is_answered_before_the_next_is_there(bursts: list[int]) -> None:
    with started() as gradcli:
        line = 1
        for count in bursts:
            gradcli.stdin.write(lines(line, count))
            gradcli.stdin.flush()
            answers = [gradcli.stdout.readline() for _ in range(count)]
            assert numbers(answers) == [*range(line, line + count)]
            line += count
        out, err = gradcli.communicate(timeout=60)
        assert (gradcli.returncode, out, err) == (0, b"", b"")


def test_ctrl_c_ends_all_processes() -> None:
    with started() as gradcli:
        gradcli.stdin.write(lines(1, 3 * crew.SIZE))
        gradcli.stdin.flush()
        for _ in range(3 * crew.SIZE):
            gradcli.stdout.readline()
        os.killpg(gradcli.pid, signal.SIGINT)
        assert gradcli.wait(timeout=60) == 130
        assert (gradcli.stdout.read(), gradcli.stderr.read()) == (b"", b"")
        waited = 0.0  # multiprocessing has one of its own, which goes a moment after the others
        while lives(gradcli.pid) and waited < 60:
            time.sleep(0.1)
            waited += 0.1
        assert not lives(gradcli.pid)


def test_a_reader_that_left_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(lines(1, MANY))
    command = f"{' '.join(GRADCLI)} < {path} | head -2"
    done = subprocess.run(command, shell=True, capture_output=True, check=False, timeout=60)
    assert numbers(done.stdout.splitlines()) == [1, 2]
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux lists a process's children so")
def test_what_a_process_had_when_it_was_killed_is_done_here() -> None:
    with started() as gradcli:
        gradcli.stdin.write(lines(1, 3 * crew.SIZE))
        gradcli.stdin.flush()
        answers = [gradcli.stdout.readline() for _ in range(3 * crew.SIZE)]
        children = Path(f"/proc/{gradcli.pid}/task/{gradcli.pid}/children").read_text().split()
        killed = [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
        assert len(killed) == 2
        for child in killed:
            os.kill(int(child), signal.SIGKILL)
        out, err = gradcli.communicate(lines(3 * crew.SIZE + 1, MANY), timeout=120)
        assert (gradcli.returncode, err) == (0, b"")
        assert numbers(answers + out.splitlines()) == [*range(1, 3 * crew.SIZE + MANY + 1)]
