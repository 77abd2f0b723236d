"""Every file of examples/ is evaluated and its whole output compared with tests/examples/NAME.txt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
EXAMPLES = sorted((PROJECT / "examples").glob("*.grad"))
EXPECTED = Path(__file__).parent / "examples"


def printed(example: Path) -> str:
    """What `gradcli eval -f` writes for the file, stderr after stdout."""
    command = [sys.executable, "-m", "gradcli", "eval", "-f", f"examples/{example.name}"]
    plain = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=PROJECT, env=plain, capture_output=True, text=True, check=True)
    return done.stdout + (f"--- stderr\n{done.stderr}" if done.stderr else "")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_prints_what_is_recorded(example: Path) -> None:
    assert printed(example) == (EXPECTED / f"{example.stem}.txt").read_text(encoding="utf-8")


def test_every_recorded_output_has_its_example() -> None:
    assert {path.stem for path in EXPECTED.glob("*.txt")} == {path.stem for path in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_opens_with_a_comment(example: Path) -> None:
    assert example.read_text(encoding="utf-8").startswith("# ")
