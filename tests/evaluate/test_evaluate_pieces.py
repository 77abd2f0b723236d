"""Conditions whose two sides are equal at the point: what is said of the slopes beside it, whole."""

from __future__ import annotations

import pytest

from gradcli.evaluation.conventions import TIE

KINK = TIE.says + " (a kink: left {}, right {})"
JUMP = TIE.says + "; the value jumps here: left {}, right {}"
ALONE = TIE.says + "; this point is a piece of its own, beside it the slope is {}"

SAID = [
    # program, bindings, the note and the words that it marks
    ("x if x<1 else x^2", {"x": 1}, KINK.format(1, 2), "x<1"),
    ("x if x<=1 else x^2", {"x": 1}, KINK.format(1, 2), "x<=1"),
    ("x^2 if x>=1 else x", {"x": 1}, KINK.format(1, 2), "x>=1"),
    ("expm1(x)/x if x != 0 else 1", {"x": 0}, ALONE.format(0.5), "x != 0"),
    ("0 if x == 0 else x", {"x": 0}, ALONE.format(1), "x == 0"),
    ("3*x if x == 2 else x^2 + 2", {"x": 2}, ALONE.format(4), "x == 2"),
    ("where(x > 0, x, 0)", {"x": 0}, KINK.format(0, 1), "x > 0"),
    ("where(0 < x, x^2 + 1, cos(x) - x)", {"x": 0}, KINK.format(-1, 0), "0 < x"),
    ("(x<1)*x + (x>=1)*x^2", {"x": 1}, KINK.format(1, 2), "(x<1)"),
    ("x if 0 < x < 1 else x^2", {"x": 1}, KINK.format(1, 2), "x < 1"),
    ("x if x>0 and x<1 else -x", {"x": 0}, KINK.format(-1, 1), "x>0"),
    ("x if x<0 or x>5 else 2*x", {"x": 0}, KINK.format(1, 2), "x<0"),
    ("x if not x<0 else -x", {"x": 0}, KINK.format(-1, 1), "x<0"),
    ("x if x<=1 else x+1", {"x": 1}, JUMP.format(1, 2), "x<=1"),
    ("1 if x<1 else 0", {"x": 1}, JUMP.format(1, 0), "x<1"),
    ("5 if x == 0 else x", {"x": 0}, JUMP.format(0, 0), "x == 0"),
    ("f(t) = t if t<1 else t^2; f(x)", {"x": 1}, KINK.format(1, 2), "f(x)"),
    ("x if x<a else x^2", {"x": 1, "a": 1}, "by x: " + KINK.format(1, 2), "x<a"),
    ("x if y<1 else x^2", {"x": 2, "y": 1}, "by y: " + JUMP.format(2, 4), "y<1"),
    # What is small is no 0, and what is 0 but for rounding is.
    ("3e-9*x if x<1 else 5e-10*x", {"x": 1}, JUMP.format("3e-09", "5e-10"), "x<1"),
    ("1e-12*x if x<=0 else 3e-12*x", {"x": 0}, KINK.format("1e-12", "3e-12"), "x<=0"),
    ("x^2 if x<0 else x", {"x": 0}, KINK.format(0, 1), "x<0"),
    ("cos(x) - 1 if x<0 else x", {"x": 0}, KINK.format(0, 1), "x<0"),
    # Beside the point there is no slope, or none that numbers tell.
    ("sqrt(x) if x>0 else 0", {"x": 0}, TIE.says, "x>0"),
    ("x^2*sin(1/x) if x != 0 else 0", {"x": 0}, TIE.says, "x != 0"),
    ("y = x^2; y if y<1 else y^2", {"x": 1}, TIE.says, "y<1"),
]


@pytest.mark.parametrize(("program", "bindings", "note", "place"), SAID, ids=[row[0] for row in SAID])
def test_a_condition_with_equal_sides_is_said(run, program, bindings, note, place):
    assert (note, place) in run.notes(program, bindings)


SILENT = [
    ("x^2 if x<1 else 2*x-1", {"x": 1}),
    ("sin(x)/x if x != 0 else 1", {"x": 0}),
    ("(1-cos(x))/x^2 if x != 0 else 0.5", {"x": 0}),
    ("x if x == 3 else x", {"x": 3}),
    ("cos(x) - 1 if x<0 else -x^2/2", {"x": 0}),
    ("x if x<1 else x^2", {"x": 1.5}),
    ("x if 1<2 else 0", {"x": 1}),
    ("x if 1 == 1 else 0", {"x": 1}),
    ("no_grad { x if x<1 else x^2 }", {"x": 1}),
    ("const a = 1; x if a<1 else x^2", {"x": 2}),
    ("where(x > 0, x^3, -x^3)", {"x": 0}),
]


@pytest.mark.parametrize(("program", "bindings"), SILENT, ids=[row[0] for row in SILENT])
def test_where_the_branches_meet_smoothly_nothing_is_said(run, program, bindings):
    assert [text for text, _ in run.notes(program, bindings) if TIE.says in text] == []


ELEMENTS = [
    ("where(x > 0, x, 0)", {"x": [0, 1]}, "1 of 2 elements, first [0]", "x > 0"),
    ("where(x > 0, x, 0)", {"x": [1, 0, 0]}, "2 of 3 elements, first [1]", "x > 0"),
    ("sum(where(x < y, x, y^2))", {"x": [1, 2], "y": [3, 2]}, "1 of 2 elements, first [1]", "x < y"),
    ("sum(where(A == 1, 1, A))", {"A": [[3, 2], [1, 1]]}, "2 of 4 elements, first [1, 0]", "A == 1"),
]


@pytest.mark.parametrize(("program", "bindings", "which", "place"), ELEMENTS)
def test_elements_of_arrays_get_the_note_with_their_count(run, program, bindings, which, place):
    assert run.notes(program, bindings)[-1] == (f"{TIE.says} ({which})", place)


def test_what_is_1e_minus_9_beside_the_point_is_no_jump_to_0(run):
    notes = run.notes("(1e-9*x)/x if x != 0 else 1e-9", {"x": 0})
    assert [text for text, _ in notes if TIE.says in text] == []


def test_every_line_of_a_stream_is_told(run):
    lines = "x if x<1 else x^2 at x=1\nx if x<1 else x^2 at x=2\nx if x<1 else x^2 at x=1"
    said = [[note.text for note in outcome.notes] for outcome in run(lines)]
    assert said == [[KINK.format(1, 2)], [], [KINK.format(1, 2)]]
