"""Errors as people read them, whole, with their carets."""

from __future__ import annotations

import pytest

from gradcli.evaluation.results import Failure
from gradcli.language.diagnostics import Diagnostic
from gradcli.render import diagnostics, plain


def shown(diagnostic: Diagnostic, text: str, line: int = 1, **options: object) -> str:
    return plain.text(
        diagnostics.failure(Failure(diagnostic, text, line), **{"file": None, "width": 80, **options})
    )


def test_the_design_s_error() -> None:
    diagnostic = Diagnostic("name", "unknown function 'sn'", [((8, 10), "did you mean 'sin'?")])
    assert shown(diagnostic, "y = w * sn(x)", 3) == (
        "error: unknown function 'sn'\n"
        "  line 3, column 9\n"
        "  │ y = w * sn(x)\n"
        "  │         ^^ did you mean 'sin'?\n"
    )


def test_the_file_is_named() -> None:
    diagnostic = Diagnostic("name", "unknown function 'sn'", [((0, 2), "")], "the way out")
    assert shown(diagnostic, "sn(x)", 3, file="a\x1b.grad") == (
        "error: unknown function 'sn'\n  a\\x1b.grad:3:1\n  │ sn(x)\n  │ ^^\n  the way out\n"
    )


def test_two_places_of_one_line() -> None:
    labels = [((4, 5), "shape (4,)"), ((0, 1), "shape (3,)")]
    assert shown(Diagnostic("shape", "shapes do not broadcast", labels), "x + y") == (
        "error: shapes do not broadcast\n"
        "  line 1, column 5\n"
        "  │ x + y\n"
        "  │ ^ shape (3,)\n"
        "  │     ^ shape (4,)\n"
    )


def test_a_place_on_a_later_line_of_the_text() -> None:
    assert shown(Diagnostic("syntax", "no", [((15, 16), "here")]), "no_grad {\n  x +* y\n}", 10) == (
        "error: no\n  line 11, column 6\n  │   x +* y\n  │      ^ here\n"
    )


def test_the_end_of_a_text_has_a_caret() -> None:
    assert shown(Diagnostic("syntax", "missing ')'", [((5, 5), "expected ')'")]), "sin(x") == (
        "error: missing ')'\n  line 1, column 6\n  │ sin(x\n  │      ^ expected ')'\n"
    )


def test_carets_stand_under_wide_and_escaped_characters() -> None:
    assert shown(Diagnostic("syntax", "no", [((3, 4), "")]), "数\x00+\x1b") == (
        "error: no\n  line 1, column 4\n  │ 数\\x00+\\x1b\n  │        ^^^^\n"
    )


def test_a_long_line_is_shown_around_its_culprit() -> None:
    text = "x+" * 500_000 + "?"
    assert shown(Diagnostic("syntax", "no", [((10**6, 10**6 + 1), "")]), text, width=40) == (
        "error: no\n"
        "  line 1, column 1000001\n"
        "  │ …+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+?\n"
        "  │                                   ^\n"
    )


@pytest.mark.parametrize("file", [None, "a.grad"])
def test_an_error_without_a_place(file: str | None) -> None:
    place = "" if file is None else "  a.grad:4\n"
    assert (
        shown(Diagnostic("value", "too large"), "zeros(10**12)", 4, file=file) == f"error: too large\n{place}"
    )
