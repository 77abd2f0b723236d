"""What is said of a wrong text, whole: mistakes.txt holds the text behind `>` and the diagnostic below it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcli.evaluation.results import Failure
from gradcli.language import Diagnostic, parse_each
from gradcli.render.diagnostics import failure

TEXT = Path(__file__).with_name("mistakes.txt").read_text("utf-8")
CASES = [case.partition("\n") for case in re.split(r"^> ", TEXT, flags=re.MULTILINE)[1:]]


def explained(text, functions) -> str:
    shown = []
    for diagnostic in parse_each(text, functions=functions):
        if isinstance(diagnostic, Diagnostic):
            lines = failure(Failure(diagnostic, text, 1), file=None, width=80)
            shown += ["".join(words for words, _ in line).rstrip() for line in lines]
    return "\n".join(shown)


@pytest.mark.parametrize(("text", "expected"), [(text, expected) for text, _, expected in CASES])
def test_mistake(text, expected, functions):
    program = text.replace("⏎", "\n").replace("␀", "\0")
    assert explained(program, functions) == expected.strip("\n")
