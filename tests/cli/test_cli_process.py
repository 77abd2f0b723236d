"""What only a process can show: pipes that close or stay open, full disks, Ctrl-C, exit statuses."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GRADCLI = [sys.executable, "-m", "gradcli"]


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a process with a pipe to each of its streams; it ends with the test, however that ends."""
    with ExitStack() as started:

        def call(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            process = subprocess.Popen([*GRADCLI, *arguments], **{**pipes, **options})
            started.callback(end, process)
            return process

        yield call


def end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with suppress(BrokenPipeError):
                stream.close()
    if process.returncode is None:
        process.kill()
        process.wait()


def test_exit_statuses(process: Callable) -> None:
    assert process("eval", "1+1").returncode == 0
    assert process("eval", "sn(x)", "x=1").returncode == 2
    assert process("eval", "1/0", "--strict").returncode == 3
    assert process("--version").returncode == 0
    assert process("--version").stdout.startswith(b"gradcli ")


def test_a_reader_that_left_is_no_error(start: Callable) -> None:
    gradcli = start("eval")
    gradcli.stdin.write(b"sin(x) at x=1\n")
    gradcli.stdin.flush()
    assert gradcli.stdout.readline() == b"sin(x) = 0.8414709848\n"
    gradcli.stdout.close()
    with suppress(BrokenPipeError):
        gradcli.stdin.write(b"sin(x) at x=1\n" * 5000)
        gradcli.stdin.close()
    assert gradcli.stderr.read() == b""
    assert gradcli.wait(timeout=60) == 0


def test_a_reader_that_left_before_the_end(process: Callable) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = process("eval", "1+1", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk at hand")
@pytest.mark.parametrize("arguments", [["eval", "1+1"], ["eval", "--json", "1+1"], ["--version"], ["--help"]])
def test_a_full_disk_is_an_error(process: Callable, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = process(*arguments, stdout=full)
    assert done.returncode == 2
    assert done.stderr == b"error: cannot write the output: No space left on device\n"


@pytest.mark.parametrize(
    ("closed", "status", "error"),
    [
        (1, 2, b"error: cannot write the output: standard output is closed\n"),
        (2, 0, b""),
        (0, 0, b""),
    ],
)
def test_streams_that_were_closed_from_the_start(closed: int, status: int, error: bytes) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}>&-', "sh", *GRADCLI, "eval", "1+1"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (status, error)


def test_stdin_that_is_closed_is_not_read() -> None:
    command = ["sh", "-c", 'exec "$@" 0>&-', "sh", *GRADCLI, "eval"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"error: nothing to evaluate")


def test_an_open_pipe_is_answered_line_by_line(start: Callable) -> None:
    gradcli = start("eval", "--json")
    for number in range(3):
        gradcli.stdin.write(f"{number} + 1\n".encode())
        gradcli.stdin.flush()
        assert f'"value": {number + 1}.0'.encode() in gradcli.stdout.readline()
    out, err = gradcli.communicate(timeout=60)
    assert (gradcli.returncode, out, err) == (0, b"", b"")


def test_an_answer_does_not_wait_for_the_lines_behind_it(start: Callable) -> None:
    gradcli = start("eval", "--no-tree")
    slow = b"sum(sin(ones([2000, 2000])))\n"
    gradcli.stdin.write(b"1 + 1\n" + slow * 1000)
    gradcli.stdin.flush()
    assert gradcli.stdout.readline() == b"1 + 1 = 2\n"
    gradcli.send_signal(signal.SIGINT)  # long before the last of the others
    assert gradcli.wait(timeout=60) == 130


def test_ctrl_c(start: Callable) -> None:
    gradcli = start("eval", "--json")
    gradcli.stdin.write(b"1 + 1\n")
    gradcli.stdin.flush()
    gradcli.stdout.readline()
    gradcli.send_signal(signal.SIGINT)
    assert gradcli.wait(timeout=60) == 130
    assert (gradcli.stdout.read(), gradcli.stderr.read()) == (b"", b"")


def test_ctrl_c_while_importing() -> None:
    program = (
        "import builtins, sys\n"
        "original = builtins.__import__\n"
        "def interrupted(name, *rest):\n"
        "    if name.startswith('typer'):\n"
        "        raise KeyboardInterrupt\n"
        "    return original(name, *rest)\n"
        "builtins.__import__ = interrupted\n"
        "sys.argv = ['gradcli', 'eval', '1']\n"
        "from gradcli.cli.main import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_a_long_stream_needs_no_more_memory_than_a_short_one(start: Callable) -> None:
    def peak(lines: int) -> int:
        gradcli = start("eval", "--json", stdout=subprocess.DEVNULL)
        gradcli.stdin.write(b"sin(x**2) at x=4\n" * lines)
        gradcli.stdin.close()
        _, status, usage = os.wait4(gradcli.pid, 0)
        gradcli.returncode = os.waitstatus_to_exitcode(status)
        assert gradcli.returncode == 0
        return usage.ru_maxrss

    # In kilobytes: two runs of one size differ by a few hundred, 20,000 lines kept would be many thousands.
    assert peak(20_000) - peak(10) < 2000


def test_errors_and_results_come_in_the_order_of_the_lines(process: Callable) -> None:
    done = process("eval", "-", input=b"1\nsn(x)\n2\n", stderr=subprocess.STDOUT)
    lines = done.stdout.decode().splitlines()
    assert [line for line in lines if " = " in line or "error" in line] == [
        "1 = 1",
        "error: unknown function 'sn'",
        "2 = 2",
    ]


def test_a_stack_of_any_size_will_do() -> None:
    """A small C stack (ulimit -s) does not crash on deep nesting."""
    text = b"(" * 20_000 + b"x" + b")" * 20_000 + b" at x=2\n"
    limit = resource.getrlimit(resource.RLIMIT_STACK)
    done = subprocess.run(
        [*GRADCLI, "eval", "--json"],
        input=text,
        capture_output=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK, (512 * 1024, limit[1])),
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"value": 2.0' in done.stdout
