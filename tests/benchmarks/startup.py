"""Whole-process time of one-liners against `python -c "import numpy"`, alternating, in the same environment.

Run with the Python that has gradcli installed: `python tests/benchmarks/startup.py [RUNS]`.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

GRADCLI = Path(sysconfig.get_path("scripts")) / "gradcli"
PEER = [sys.executable, "-c", "import numpy"]
ONE_LINER = [str(GRADCLI), "eval", "sin(x**2)", "x=4"]
COMMANDS = {
    "gradcli eval --json": ([*ONE_LINER, "--json"], 1.0),
    "gradcli eval (value, table, tree)": (ONE_LINER, 1.5),
}


def seconds(command: list[str]) -> float:
    """The wall time of one run, start to exit."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def check_answers() -> None:
    """Both forms give the value and gradient of sin(x**2) at 4 before either is timed."""
    answer = json.loads(subprocess.run([*ONE_LINER, "--json"], check=True, capture_output=True).stdout)
    assert answer["value"] == -0.2879033166650653, answer
    assert abs(answer["gradients"]["x"] - -7.661275842587077) < 1e-14, answer
    page = subprocess.run(ONE_LINER, check=True, capture_output=True, text=True).stdout
    assert "-7.661275843" in page, page
    assert "SinBackward0" in page, page


def main() -> None:
    """Alternate peer and command, print medians and the ratio beside the goal."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    check_answers()
    for name, (command, goal) in COMMANDS.items():
        seconds(PEER), seconds(command)
        pairs = [(seconds(PEER), seconds(command)) for _ in range(runs)]
        peer, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(own / other for other, own in pairs)
        peers = f"import numpy {peer * 1e3:4.0f} ms   {name} {ours * 1e3:4.0f} ms"
        print(f"{peers}   ratio {ratio:.2f} (goal {goal})")


if __name__ == "__main__":
    main()
