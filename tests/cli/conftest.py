"""Running gradcli: in this process with an environment of the test's own, or as a process."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from gradcli.cli.environment import Environment
from gradcli.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Callable


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class TerminalInput(io.BytesIO):
    """A keyboard at which nobody types."""

    def isatty(self) -> bool:
        return True


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def gradcli() -> Callable[..., Outcome]:
    """Run a command line in this process: status, stdout and stderr."""

    def call(
        *arguments: str,
        stdin: bytes | None = None,
        width: int = 80,
        terminal: bool = False,
        **variables: str,
    ) -> Outcome:
        out, err = (Terminal(), Terminal()) if terminal else (io.StringIO(), io.StringIO())
        keyboard = TerminalInput() if stdin is None else io.BytesIO(stdin)
        environment = Environment(stdin=keyboard, stdout=out, stderr=err, variables=variables, width=width)
        status = run(arguments, environment)
        return Outcome(status, out.getvalue(), err.getvalue())

    return call


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run a command line as a process of its own."""

    def call(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
        defaults: dict[str, object] = {
            **({} if "input" in options else {"stdin": subprocess.DEVNULL}),
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "env": {**os.environ, "COLUMNS": "80"},
        }
        command = [sys.executable, "-m", "gradcli", *arguments]
        return subprocess.run(command, check=False, timeout=60, **{**defaults, **options})  # type: ignore[call-overload,no-any-return]

    return call
