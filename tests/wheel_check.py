"""Builds the wheel, installs it alone into a fresh environment and asks it for an answer."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PROJECT = Path(__file__).parent.parent
ANSWER = '{"expression": "sin(x**2)"'


def run(*command: str | Path, cwd: Path) -> str:
    """The command's stdout; its failure is ours."""
    return subprocess.run(command, check=True, cwd=cwd, capture_output=True, text=True).stdout


def main() -> None:
    """Wheel holds the grammar; script and `python -m gradcli` answer from it, away from the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        away = Path(folder)
        run(sys.executable, "-m", "build", "--outdir", away, PROJECT, cwd=away)
        (wheel,) = away.glob("*.whl")
        names = zipfile.ZipFile(wheel).namelist()
        assert any(name.endswith("gradcli.lark") for name in names), names
        run(sys.executable, "-m", "venv", away / "venv", cwd=away)
        python = away / "venv/bin/python"
        run(python, "-m", "pip", "install", "--quiet", wheel, cwd=away)
        for gradcli in ([away / "venv/bin/gradcli"], [python, "-m", "gradcli"]):
            printed = run(*gradcli, "eval", "--json", "sin(x**2)", "x=4", cwd=away)
            assert printed.startswith(ANSWER), printed
    print("the wheel works on its own")


if __name__ == "__main__":
    main()
