"""--timeout and --max-memory: what takes more is given up, and costs nothing else its answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="this system does not bound memory")

FOREVER = " + ".join(f"lgamma(2.{i:02})" for i in range(100))  # with so many digits it takes minutes
DIGITS = ["--precision", "100000", "--digits", "4", "--no-tree"]
HUGE = "x*sum(ones(20000, 20000))"
HUGER = "Unable to allocate 2.98 GiB for an array with shape (20000, 20000) and data type float64"


def lines(*texts: str) -> bytes:
    return "".join(text + "\n" for text in texts).encode()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--timeout", "soon"], "--timeout 'soon' is no number of seconds\n  write --timeout 10, or 0.5"),
        (["--timeout", "0"], "--timeout '0' is no number of seconds\n  write --timeout 10, or 0.5"),
        (["--timeout=-1"], "--timeout '-1' is no number of seconds\n  write --timeout 10, or 0.5"),
        (["--timeout", "inf"], "--timeout 'inf' is no number of seconds\n  write --timeout 10, or 0.5"),
        (["--timeout", "nan"], "--timeout 'nan' is no number of seconds\n  write --timeout 10, or 0.5"),
        (
            ["--max-memory", "700"],
            "--max-memory '700' is no size; it has no unit\n  write --max-memory 700MB, or 2GB",
        ),
        (["--max-memory", "lots"], "--max-memory 'lots' is no size\n  write --max-memory 500MB, or 2GB"),
        (["--max-memory", "5 lb"], "--max-memory '5 lb' is no size\n  write --max-memory 500MB, or 2GB"),
        (
            ["--max-memory", "5kB"],
            "--max-memory '5kB' is too little for any answer\n  write --max-memory 500MB",
        ),
        (
            ["--json", "--jobs", "2", "--timeout", "5"],
            "--timeout is for lines one by one, and --jobs for many at a time\n  leave one out",
        ),
    ],
)
def test_bounds_that_are_none(gradcli: Callable, arguments: list[str], message: str) -> None:
    done = gradcli("eval", "x", "x=2", *arguments)
    assert (done.status, done.out, done.err) == (2, "", f"error: {message}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["eval", "sin(x**2)", "x=4"],
        ["eval", "sin(x", "x=4"],
        ["eval", "abs(x)", "x=0", "z=1", "--json"],
        ["diff", "x^3*ln(x)", "x=2"],
        ["diff", "y = x^3"],
        ["explain", "sin(x**2)", "x=4"],
        ["check", "x^2", "2x"],
        ["check", "x^2", "3x", "--json"],
        ["check", "(x", "3x"],
        ["check", "x"],
    ],
)
def test_what_stays_within_is_answered_as_without(process: Callable, arguments: list[str]) -> None:
    plain, bounded = process(*arguments), process(*arguments, "--timeout", "1000")
    assert bounded.args != plain.args
    assert (bounded.returncode, bounded.stdout, bounded.stderr) == (
        plain.returncode,
        plain.stdout,
        plain.stderr,
    )


@pytest.mark.parametrize("command", ["eval", "diff", "explain"])
def test_a_stream_within_is_answered_as_without(process: Callable, command: str) -> None:
    text = lines("x = 3", "f(t) = t^2", "f(x)", "y = 2x", "1 +", "y*x", "x/0", "print(y)", "f(y) at x=1")
    plain, bounded = process(command, input=text), process(command, "--timeout", "1000", input=text)
    assert (bounded.returncode, bounded.stdout) == (plain.returncode, plain.stdout)
    assert sorted(bounded.stderr.split(b"\n")) == sorted(plain.stderr.split(b"\n"))


def test_a_line_that_takes_too_long_costs_itself(process: Callable) -> None:
    text = lines(f"f(t) = t*({FOREVER})", "x = 3", "y = f(x); z = 1", "x^2", "f(x)", "x = 5", "x^2", "y")
    done = process("eval", "--timeout", "2", *DIGITS, input=text)
    assert done.stdout.decode() == """\
x^2 = 9

variable  value  gradient
x             3         6

x^2 = 25

variable  value  gradient
x             5        10
"""
    assert done.stderr.decode() == """\
error: took more than 2 s
  line 3, column 1
  │ y = f(x); z = 1
  │ ^^^^^^^^^^^^^^^
  nothing that it binds is bound
error: took more than 2 s
  line 5, column 1
  │ f(x)
  │ ^^^^
error: variable 'y' has no value
  line 8, column 1
  │ y
  │ ^ add y=1
"""
    assert done.returncode == 2


def test_what_the_lines_before_met_is_known_behind_a_lost_one(process: Callable) -> None:
    text = lines("a*x at a=3", FOREVER, "x")
    done = process("eval", "--timeout", "2", "--json", *DIGITS, "x=2", "--const", "a", input=text)
    assert [line[:40] for line in done.stdout.decode().splitlines()] == [
        '{"expression": "a*x", "line": 1, "value"',
        '{"line": 2, "error": {"kind": "limit", "',
        '{"expression": "x", "line": 3, "value": ',
    ]
    assert (done.returncode, done.stderr) == (2, b"")  # --const names what line 1 has


def test_diff_answers_nothing_twice_behind_a_lost_line(process: Callable) -> None:
    slow = "(sin(x)*exp(x)*cos(x)*tan(x)*ln(x))^x^x^x"
    done = process("diff", "--order", "9", "--timeout", "2", input=lines("y = x^9", "y", slow))
    assert done.stdout == b"362880\n"
    assert done.stderr.startswith(b"error: took more than 2 s\n  line 3, column 1\n")
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["eval", "lgamma(x)", "x=2", *DIGITS],
            "took more than 1 s\n  line 1, column 1\n  │ lgamma(x)\n  │ ^^^^^^^^^",
        ),
        (["eval", "x", f"x={FOREVER}", *DIGITS], "the values of the call: took more than 1 s"),
        (
            ["diff", "(sin(x)*exp(x)*cos(x)*tan(x)*ln(x))^x^x^x", "--order", "9"],
            "took more than 1 s\n  line 1, column 1\n  │ (sin(x)*exp(x)*cos(x)*tan(x)*ln(x))^x^x^x\n"
            "  │ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        ),
    ],
)
def test_a_call_that_takes_too_long_ends_with_124(
    process: Callable, arguments: list[str], message: str
) -> None:
    done = process(*arguments, "--timeout", "1")
    assert (done.returncode, done.stdout, done.stderr.decode()) == (124, b"", f"error: {message}\n")


def test_a_check_that_takes_too_long_ends_with_124(process: Callable) -> None:
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)  # which a process that is started inherits
    try:
        done = process("check", "x^2", "2x", "--timeout", "0.000001")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert (done.returncode, done.stdout, done.stderr) == (124, b"", b"error: took more than 1e-06 s\n")


def test_a_row_that_takes_too_long_costs_itself(process: Callable, tmp_path: Path) -> None:
    sheet = tmp_path / "answers.csv"
    slow = "+".join(f"sin({n}x)^{n}*cos({n}x)^{n}*tan({n}x)^{n}" for n in range(1, 400))
    sheet.write_text(f"f,claim\nx^2,2x\n{slow},3\nx^3,3x^2\n")
    done = process("check", "--file", str(sheet), "--timeout", "1.5")
    assert [line.split(b",")[2:] for line in done.stdout.splitlines()] == [
        [b"verdict", b"mistake", b"detail"],
        [b"correct", b"", b""],
        [b"undecided", b"", b"took more than 1.5 s"],
        [b"correct", b"", b""],
    ]
    assert done.returncode == 2


@on_linux
def test_a_line_that_needs_too_much_memory_costs_itself(process: Callable) -> None:
    slow = "(sin(x)*exp(x)*cos(x)*tan(x)*ln(x))^x"
    text = lines("x^9", slow, "x^10")
    done = process("diff", "--order", "9", "--max-memory", "30MB", input=text)
    assert done.stdout == b"362880\n3628800*x\n"
    message, place, *_ = done.stderr.decode().splitlines()
    assert message.removesuffix(", as it does for lack of memory") in {
        "error: out of memory",
        "error: its process ended (SIGABRT)",  # Python 3.11 may not survive many a MemoryError
    }
    assert place == "  line 2, column 1"
    assert done.returncode == 2


@on_linux
@pytest.mark.parametrize("command", ["eval", "explain"])
def test_an_array_beyond_the_memory(process: Callable, command: str) -> None:
    done = process(command, HUGE, "x=2", "--max-memory", "100MB")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"error: {HUGER}\n  line 1, column 7\n")


@on_linux
def test_the_memory_is_that_beside_the_program(process: Callable) -> None:
    done = process("eval", "--no-tree", "erf(x) + sum(ones(1000, 100))", "x=0", "--max-memory", "10MB")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"erf(x) + sum(ones(1000, 100)) = 100000\n")


def test_a_process_that_dies_costs_its_line(process: Callable) -> None:
    code = (
        "import os, signal, sys\n"
        "from gradcli.evaluation import session\n"
        "run = session.Session.run\n"
        "def dying(self, text, line=1):\n"
        "    if 'x^2' in text: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return run(self, text, line)\n"
        "session.Session.run = dying\n"
        "from gradcli.cli.main import main\n"
        "sys.argv = ['gradcli', 'eval', '--no-tree', '--timeout', '1000']\n"
        "main()\n"
    )
    text = lines("x = 3", "x^2", "x^3")
    done = subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, check=False, timeout=60
    )
    assert done.stdout == b"x^3 = 27\n\nvariable  value  gradient\nx             3        27\n"
    assert done.stderr.decode() == """\
error: its process ended (SIGKILL)
  line 2, column 1
  │ x^2
  │ ^^^
"""
    assert done.returncode == 2


# --- map ---


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table that takes longer than a moment."""
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "1,2\n2,3\n" * 500_000)
    return path


def test_a_map_within_its_time(process: Callable, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n0,3\n")
    pytest.importorskip("pyarrow")
    arguments = ["map", "y/x", str(path), "--wrt", "y"]
    plain, bounded = process(*arguments), process(*arguments, "--timeout", "1000")
    assert (bounded.returncode, bounded.stdout, bounded.stderr) == (
        plain.returncode,
        plain.stdout,
        plain.stderr,
    )
    assert process("map", "y*q", str(path), "--timeout", "1000").returncode == 2
    assert process("map", "y*x", "-", "--timeout", "1000", input=path.read_bytes()).returncode == 0


@pytest.mark.parametrize("seconds", ["0.000001", "0.4", "0.7"])
def test_a_map_beyond_its_time_leaves_no_file(
    process: Callable, table: Path, tmp_path: Path, seconds: str
) -> None:
    pytest.importorskip("pyarrow")
    slow = "+".join(f"sin(x*{n})" for n in range(200))
    done = process("map", slow, str(table), "-o", str(tmp_path / "o.csv"), "--timeout", seconds)
    interrupted = f"interrupted: '{tmp_path / 'o.csv'}' was not written\n"
    assert done.stderr.decode().removeprefix(interrupted) == f"error: took more than {float(seconds):g} s\n"
    assert done.returncode == 124
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


def test_what_a_map_that_is_killed_has_begun_is_removed(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from gradcli.tables.sinks import discard_left

    kept = ["o.csv", ".o.csv.8.a.part", ".o.csv.77.a.part2", ".p.csv.7.a.part", "o.csv.7.a.part"]
    for name in (*kept, ".o.csv.7.abc.part", ".o.csv.7.d.e.part"):
        (tmp_path / name).touch()
    discard_left(str(tmp_path / "o.csv"), 7)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted(kept)
    discard_left(str(tmp_path / "none" / "o.csv"), 7)


def test_a_map_that_hears_of_no_signal_is_killed(table: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    code = (
        "import signal, sys, time\n"
        "from gradcli.cli import mapping, watched\n"
        "watched.GRACE = 0.5\n"
        "def stuck(*_):\n"
        "    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\n"
        "    time.sleep(1000)\n"
        "mapping.Work._run = stuck\n"
        "from gradcli.cli.main import main\n"
        "sys.argv = ['gradcli', *sys.argv[1:]]\n"
        "main()\n"
    )
    arguments = ["map", "x*y", str(table), "-o", str(tmp_path / "o.csv"), "--timeout", "2"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (124, b"", b"error: took more than 2 s\n")
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


@on_linux
def test_a_map_beyond_its_memory_leaves_no_file(process: Callable, table: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    done = process("map", "x*y", str(table), "-o", str(tmp_path / "o.csv"), "--max-memory", "10MB")
    assert done.stderr.startswith(b"error: out of memory\n")
    assert done.returncode == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


def test_the_memory_of_a_cluster_is_not_ours_to_bound(process: Callable, table: Path) -> None:
    pytest.importorskip("pyarrow")
    arguments = ["map", "x*y", str(table), "--reduce", "sum", "--scheduler", "local", "--max-memory", "1GB"]
    done = process(*arguments)
    assert done.returncode == 2
    assert done.stderr.decode() == """\
error: --max-memory does not reach the workers of --scheduler
  bound theirs when they are started
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_the_process_that_works(table: Path, tmp_path: Path, number: int) -> None:
    pytest.importorskip("pyarrow")
    slow = "+".join(f"sin(x*{n})" for n in range(200))
    command = [sys.executable, "-m", "gradcli", "map", slow, "-", "-o", str(tmp_path / "o.csv")]
    with subprocess.Popen(
        [*command, "--timeout", "1000"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as gradcli:
        assert gradcli.stdin is not None
        assert gradcli.stderr is not None
        gradcli.stdin.write(table.read_bytes())  # which is read while it works
        gradcli.send_signal(number)
        assert gradcli.stderr.read().decode() == f"interrupted: '{tmp_path / 'o.csv'}' was not written\n"
        assert gradcli.wait(timeout=60) == 128 + number
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]
