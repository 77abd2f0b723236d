"""Sessions of a REPL, shown as PyTorch shows them, to the character; `python FILE write` asks PyTorch."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

SESSIONS = sorted((Path(__file__).parent / "sessions").glob("*.txt"))


def statements(text: str) -> list[str]:
    """The inputs of a session, each with its `>>> ` and `... ` taken off; comments are kept as they are."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith((">>> ", "# ")):
            found.append(line)
        elif line.startswith("... "):
            found[-1] += "\n" + line
    return found


def shown(source: str, names: dict[str, Any]) -> str:
    """What a notebook displays of one input: what it prints, the value of its last line, or its error."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with redirect_stdout(StringIO()) as out:
        try:
            exec(compile(tree, "<session>", "exec"), names)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "<session>", "eval"), names)
                if value is not None:
                    print(repr(value))
        except Exception as error:
            kind = next(k for k in type(error).__mro__ if k.__module__ == "builtins")
            print(f"{kind.__name__}: {error}")
    return re.sub(r" at 0x[0-9a-f]+>", ">", out.getvalue())


def transcript(text: str, torch: Any) -> str:
    """The session's inputs with what `torch` displays after each."""
    names: dict[str, Any] = {"torch": torch}
    lines: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for statement in statements(text):
            lines.append(statement)
            if not statement.startswith("#"):
                code = "\n".join(line[4:] for line in statement.split("\n"))
                lines.append(shown(code, names).rstrip("\n"))
    return "\n".join(line for line in lines if line) + "\n"


@pytest.fixture
def single() -> Any:
    """gradcli.autograd with float32 as the default dtype, which PyTorch has from the start."""
    import gradcli.autograd as engine

    before = engine.get_default_dtype()
    engine.set_default_dtype(engine.float32)
    yield engine
    engine.set_default_dtype(before)


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_a_session_looks_as_written(path: Path, single: Any) -> None:
    text = path.read_text("utf-8")
    assert transcript(text, single) == text


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_a_session_looks_as_in_pytorch(path: Path) -> None:
    torch = pytest.importorskip("torch")
    text = path.read_text("utf-8")
    assert transcript(text, torch) == text


if __name__ == "__main__" and sys.argv[1:] == ["write"]:
    import torch as pytorch

    for session in SESSIONS:
        session.write_text(transcript(session.read_text("utf-8"), pytorch), "utf-8")
