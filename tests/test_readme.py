"""Every block of README that shows a session is run and its output compared to the letter."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.M | re.S)
CONSOLE = [text for kind, text in BLOCKS if kind == "console"]
PYCON = [text for kind, text in BLOCKS if kind == "pycon"]


def run(command: str) -> str:
    """Stdout and stderr of a shell command, as a pipe without colour shows them."""
    scripts = sysconfig.get_path("scripts")
    environment = {**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}", "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def sessions(block: str) -> list[tuple[str, str]]:
    """The block's commands, each with the output that stands under it."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.M)
    assert parts[0] == "", f"a console block begins with a command: {block!r}"
    return list(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("block", CONSOLE, ids=lambda block: block.splitlines()[0][:40])
def test_console_block_shows_what_the_commands_print(block: str) -> None:
    for command, shown in sessions(block):
        assert run(command).rstrip("\n") == shown.rstrip("\n"), command


@pytest.mark.parametrize("block", PYCON, ids=lambda block: block.splitlines()[0][:40])
def test_python_block_shows_what_python_prints(block: str) -> None:
    test = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
    failures: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=failures.append)
    assert failures == []


def test_readme_has_a_session_of_each_kind() -> None:
    kinds = {kind for kind, _ in BLOCKS}
    assert kinds <= {"sh", "console", "pycon"}, "a block of a kind that no test runs"
    assert len(CONSOLE) >= 3
    assert PYCON
