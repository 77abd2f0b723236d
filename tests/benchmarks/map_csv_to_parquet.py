"""Time of `gradcli map` from CSV to Parquet, whole processes, against pyarrow alone reading and writing.

pyarrow reads the same CSV and writes the same columns as gradcli does: those that were read and those of the
results, which it finds in a file of another format and need not compute; reading that one is not in its time.
Both processes do the same whole work; what they wrote is compared before any time is taken. The start of
gradcli is in its time and that of Python with pyarrow is not in the other; both are shown for themselves.

Run with a Python that has gradcli[data] installed:
`python tests/benchmarks/map_csv_to_parquet.py [ROWS [RUNS]]`, by default 10 million rows and 3 runs.
Memory is the peak of the process (its resident set); to see that it stays, run it with other ROWS.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

GRADCLI = str(Path(sysconfig.get_path("scripts")) / "gradcli")
EXPRESSION = ["bce(sigmoid(w*x + b), y)", "w=0.5", "b=-0.25"]
GOAL = 1.5
PEER = """
import sys, time
import pyarrow.csv, pyarrow.parquet, pyarrow.ipc
source, results, target = sys.argv[1:]
with pyarrow.ipc.open_file(results) as file:
    columns = file.read_all()
begin = time.perf_counter()
table = pyarrow.csv.read_csv(source)
for name in columns.column_names:
    table = table.append_column(name, columns[name])
pyarrow.parquet.write_table(table, target)
print(time.perf_counter() - begin)
"""
START = "import pyarrow.csv, pyarrow.parquet"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def make(path: Path, rows: int) -> None:
    """A table of rows: x of every digit that a float has, y 0 or 1."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv

    random = np.random.default_rng(0)
    with pa.OSFile(str(path), "wb") as stream:
        for start in range(0, rows, 10**6):
            count = min(10**6, rows - start)
            table = pa.table({"x": random.normal(size=count), "y": random.integers(0, 2, count)})
            options = pyarrow.csv.WriteOptions(include_header=not start)
            pyarrow.csv.write_csv(table, stream, options)


def run(command: list[str]) -> tuple[float, float, str]:
    """Wall seconds and peak megabytes of a process, and what it printed."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, err
    return time.perf_counter() - begin, usage.ru_maxrss / 1024, out.decode()


def compare(path: Path, rows: int) -> None:
    """Assert that the columns of a file are what NumPy makes of x and y."""
    import numpy as np
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    assert table.num_rows == rows
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    p = 1 / (1 + np.exp(-(0.5 * x - 0.25)))
    expected = {
        "value": -(y * np.log(p) + (1 - y) * np.log(1 - p)),
        "d_w": (p - y) * x,
        "d_x": (p - y) * 0.5,
        "d_b": p - y,
    }
    for name, column in expected.items():
        np.testing.assert_allclose(table[name].to_numpy(), column, rtol=1e-9, atol=1e-12, err_msg=name)


def itself(*arguments: object) -> None:
    """Do a part of the work in a process of its own: what this one grows to counts for those it starts."""
    subprocess.run([sys.executable, __file__, *map(str, arguments)], check=True, env=ENVIRONMENT)


def main(rows: int, runs: int) -> None:
    """Alternate peer and command, print medians, the ratio beside the goal, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "rows.csv", Path(folder) / "mapped.parquet"
        results, copy = Path(folder) / "results.arrow", Path(folder) / "copied.parquet"
        itself("make", source, rows)
        command = [GRADCLI, "map", EXPRESSION[0], str(source), *EXPRESSION[1:], "--const", "y"]
        ours = [*command, "-o", str(target), "--force"]
        run(ours)
        itself("compare", target, rows)
        run([*command, "--keep", "none", "-o", str(results)])
        peer = [sys.executable, "-c", PEER, str(source), str(results), str(copy)]
        run(peer)
        itself("compare", copy, rows)
        size = source.stat().st_size / 1e6
        print(f"{rows} rows, {size:.0f} MB of CSV, Parquet {target.stat().st_size / 1e6:.0f} MB")
        pairs = [(run(peer), run(ours)) for _ in range(runs)]
        source.write_text("x,y\n")
        starts = [(run([sys.executable, "-c", START])[0], run(ours)[0]) for _ in range(runs)]
    alone = [float(re.findall(r"[\d.]+", peer[2])[-1]) for peer, _ in pairs]
    whole = [ours[0] for _, ours in pairs]
    ratio = statistics.median(b / a for a, b in zip(alone, whole, strict=True))
    print(f"pyarrow alone, read and write   {statistics.median(alone):6.2f} s")
    memory = max(ours[1] for _, ours in pairs)
    print(f"gradcli map, whole process      {statistics.median(whole):6.2f} s   peak {memory:.0f} MB")
    python, start = (statistics.median(times) for times in zip(*starts, strict=True))
    print(f"of which is its start           {start:6.2f} s   (that of Python with pyarrow is {python:.2f} s)")
    print(f"ratio {ratio:.2f} (goal: at most {GOAL})")


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["compare"]:
        compare(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        numbers = [int(float(argument)) for argument in sys.argv[1:]]
        main(*(numbers + [10_000_000, 3][len(numbers) :]))
