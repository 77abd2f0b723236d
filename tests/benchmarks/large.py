"""Wall time and peak memory of very large single inputs, each answered or refused with a clear error.

Run with the Python that has gradcli installed: `python tests/benchmarks/large.py [NAME ...]`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

MILLION = 1_000_000
INPUTS = {
    "million parentheses": "(" * MILLION + "x" + ")" * MILLION,
    "million-term sum": "+".join(["x"] * MILLION),
    "million minus signs": "-" * MILLION + "x",
    "300,000 nested sines": "sin(" * 300_000 + "x" + ")" * 300_000,
    "300,000 powers": "x**" * 300_000 + "1",
    "array of 300,000": "[" + ",".join(["x"] * 300_000) + "]",
    "megabyte name": "x" * MILLION,
    "megabyte number": "1" * MILLION,
    "megabyte of spaces": "x" + " " * MILLION + "+ x",
    "megabyte comment": "x  #" + "-" * MILLION,
    "million open parentheses": "(" * MILLION,
    "100,000 open brackets": "[" * 100_000 + "x" + "]" * 100_000,
}


def run(text: str) -> tuple[int, str, float, float]:
    """Exit status, output, seconds and peak MiB of `gradcli eval --json x=1.5` on one line of stdin."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out:
        source.write(text.encode() + b"\n")
        source.seek(0)
        begin = time.perf_counter()
        command = [sys.executable, "-m", "gradcli", "eval", "--json", "x=1.5"]
        process = subprocess.Popen(command, stdin=source, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begin
        out.seek(0)
        return process.returncode, out.read().decode(), seconds, usage.ru_maxrss / 1024


def main() -> None:
    """Run each input, check that it got one JSON line and no traceback, print what it took."""
    for name in sys.argv[1:] or INPUTS:
        status, printed, seconds, memory = run(INPUTS[name])
        assert status in (0, 2), (status, printed[:500])
        assert "Traceback" not in printed, printed[:500]
        assert "gradcli itself failed" not in printed, printed[:500]
        answer = "answered" if status == 0 else "refused: " + printed.partition('"message": ')[2][:60]
        print(f"{name:26} {seconds:6.1f} s {memory:7.0f} MiB   {answer}", flush=True)


if __name__ == "__main__":
    main()
