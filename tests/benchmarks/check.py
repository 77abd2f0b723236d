"""Time of `gradcli check`, whole processes, against `python -c "import mpmath, lark, typer"`; rows a second.

Run with the Python that has gradcli installed: `python tests/benchmarks/check.py [RUNS [ROWS]]`.
"""

from __future__ import annotations

import csv
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

GRADCLI = str(Path(sysconfig.get_path("scripts")) / "gradcli")
PEER = [sys.executable, "-c", "import mpmath, lark, typer"]
GOAL = 2.0
COMMANDS = {
    "wrong": ([GRADCLI, "check", "sin(x**2)", "cos(x**2)"], 1),
    "right": ([GRADCLI, "check", "sin(x**2)", "2*x*cos(x**2)"], 0),
}
SHEET = [
    ("sin({a}*x**2)", "{b}*x*cos({a}*x**2)", 2),
    ("x**{a}", "{b}*x**({a} - 1)", 1),
    ("exp({a}*x)/x", "exp({a}*x)*({b}*x - 1)/x**2", 1),
    ("ln({a}*x + 1)", "{b}/({a}*x + 1)", 1),
    ("x*sqrt(x**2 + {a})", "({b}*x**2 + {a})/sqrt(x**2 + {a})", 0),
]
"""F, claim, and what b must be for it to be right: so many times a, 2 for 0."""

# Compiled files are read and written as they are at every user's.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """One run, whatever its exit status."""
    return subprocess.run(command, check=False, capture_output=True, text=True, env=ENVIRONMENT)


def seconds(command: list[str]) -> float:
    """The wall time of one run, start to exit."""
    begin = time.perf_counter()
    run(command)
    return time.perf_counter() - begin


def one_liners(runs: int) -> None:
    """Alternate peer and command, print medians and the ratio beside the goal."""
    for verdict, (command, status) in COMMANDS.items():
        done = run(command)
        assert done.returncode == status, done.stderr
        assert done.stdout.startswith("wrong: " if status else "correct: "), done.stdout
        seconds(PEER), seconds(command)
        pairs = [(seconds(PEER), seconds(command)) for _ in range(runs)]
        peer, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(own / other for other, own in pairs)
        peers = f"import mpmath, lark, typer {peer * 1e3:4.0f} ms   check, {verdict} {ours * 1e3:4.0f} ms"
        print(f"{peers}   ratio {ratio:.2f} (goal {GOAL})")


def sheet(rows: int) -> None:
    """Check a sheet of rows that all differ, a third of them wrong, on all processors and on one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(("f", "claim"))
            for i in range(rows):
                f, claim, times = SHEET[i % len(SHEET)]
                a = i // len(SHEET) + 2
                b = (times * a or 2) + (i % 3 == 0)
                writer.writerow((f.format(a=a), claim.format(a=a, b=b)))
        for jobs in dict.fromkeys((os.cpu_count() or 1, 1)):
            begin = time.perf_counter()
            done = run([GRADCLI, "check", "--file", str(path), "--jobs", str(jobs)])
            elapsed = time.perf_counter() - begin
            assert done.stdout.count(",correct,") == rows - (rows + 2) // 3, done.stderr
            print(f"sheet of {rows} rows, --jobs {jobs}: {elapsed:.1f} s, {rows / elapsed:.0f} rows/s")


def main() -> None:
    """Time both."""
    one_liners(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    sheet(int(sys.argv[2]) if len(sys.argv) > 2 else 1000)


if __name__ == "__main__":
    main()
