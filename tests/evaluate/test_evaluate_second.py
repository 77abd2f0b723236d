"""Second derivatives where one is a matter of convention: what stands beside the point, and what is shown."""

from __future__ import annotations

import math

import pytest

NAN = math.nan
BOTH = "it is {} on both sides, {} is a convention"
NONE = "there is none at a kink, {} is a convention"
JUMP = "there is none at a jump, {} is a convention"
NAN_HERE = ", nan stands for it here"

SAID = [
    # program, bindings, the diagonal of the Hessian, whose second derivative, and what is said of it
    ("norm(x)^2/2", {"x": [0, 0]}, [NAN, NAN], "each element of x", "it is 1 on both sides" + NAN_HERE),
    ("norm(x)", {"x": [0, 0]}, [NAN, NAN], "each element of x", "there is none at a kink" + NAN_HERE),
    ("std(v)^2", {"v": [3, 3, 3]}, [0, 0, 0], "each element of v",
     "it is 0.66667 on both sides (-0.33333 off the diagonal), 0 is a convention"),
    ("std(v)", {"v": [3, 3]}, [0, 0], "each element of v", NONE.format(0)),
    ("abs(x)^2", {"x": 0}, [0], "x", BOTH.format(2, 0)),
    ("abs(x)", {"x": 0}, [0], "x", NONE.format(0)),
    ("abs(x - 3)", {"x": 3}, [0], "x", NONE.format(0)),
    ("abs(x)*x", {"x": 0}, [0], "x", "left -2, right 2; 0 is a convention"),
    ("relu(x)^2", {"x": 0}, [0], "x", "left 0, right 2; 0 is a convention"),
    ("relu(x)", {"x": 0}, [0], "x", NONE.format(0)),
    ("max(x, 1)^2", {"x": 1}, [0.5], "x", NONE.format(0.5)),
    ("clamp(x, 0, 1)", {"x": 1}, [0], "x", NONE.format(0)),
    ("huber(x, 0)", {"x": 1}, [0], "x", "left 1, right 0; 0 is a convention"),
    ("leaky_relu(x)", {"x": 0}, [0], "x", NONE.format(0)),
    ("x if x<1 else x^2", {"x": 1}, [2], "x", NONE.format(2)),
    ("x^2 if x<1 else 2*x - 1", {"x": 1}, [0], "x", "left 2, right 0; 0 is a convention"),
    ("x^2 if x<0 else x^3", {"x": 0}, [0], "x", "left 2, right 0; 0 is a convention"),
    ("x^3 if x<0 else x^2", {"x": 0}, [2], "x", "left 0, right 2; 2 is a convention"),
    ("(x-1)^3 if x<1 else (x-1)^2", {"x": 1}, [2], "x", "left 0, right 2; 2 is a convention"),
    ("floor(x)*x", {"x": 2}, [0], "x", JUMP.format(0)),
    ("sign(x)", {"x": 0}, [0], "x", JUMP.format(0)),
    ("1 if x<1 else 3*x", {"x": 1}, [0], "x", JUMP.format(0)),
    ("x*(1-x^1.1)", {"x": 0}, [NAN], "x", "it tends to 0 from the right" + NAN_HERE),
    ("sqrt(x^4)", {"x": 0}, [NAN], "x", "it is 2 on both sides" + NAN_HERE),
    ("abs(x)*y", {"x": 0, "y": 2}, [0], "x", NONE.format(0)),
    ("sum(abs(v)^2)", {"v": [0, 1]}, [0, 2], "v[0]", BOTH.format(2, 0)),
    ("sum(abs(v)^2)", {"v": [0, 1, 0]}, [0, 2, 0], "2 elements of v", BOTH.format(2, 0)),
    ("sum(relu(A)^2)", {"A": [[1, 2], [0, 3]]}, [2, 2, 0, 2], "A[1, 0]",
     "left 0, right 2; 0 is a convention"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "bindings", "diagonal", "of", "words"), SAID, ids=[r[0] for r in SAID])
def test_a_second_derivative_that_is_a_convention_is_said(run, program, bindings, diagonal, of, words):
    result = run.result(program, bindings, order=2)
    name = next(iter(bindings))
    block = result.second[name, name]
    count = len(diagonal)
    shown = [float(x) for x in block.reshape(count, count).diagonal()] if count > 1 else [float(block)]
    assert shown == pytest.approx(diagonal, nan_ok=True)
    assert f"second derivative by {of}: {words}" in [note.text for note in result.notes]


SILENT = [
    ("sin(x)", {"x": 0}), ("x^2", {"x": 0}), ("abs(x)^3", {"x": 0}), ("abs(x)", {"x": 2}),
    ("norm(x)", {"x": [3, 4]}),
    ("std(v)", {"v": [1, 2]}), ("floor(x)", {"x": 2.5}), ("x*y", {"x": 0, "y": 0}),
    ("x^3 if x<0 else x^4", {"x": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("program", "bindings"), SILENT, ids=[row[0] for row in SILENT])
def test_what_is_the_same_beside_the_point_gets_no_note(run, program, bindings):
    notes = run.notes(program, bindings, order=2)
    assert [text for text, _ in notes if text.startswith("second derivative")] == []


HESSIANS = [
    # where PyTorch has a nan in one of the two places, it is in both
    ("x^n", {"x": 0, "n": 2}, {("x", "x"): 2, ("x", "n"): NAN, ("n", "x"): NAN, ("n", "n"): 0}),
    # and 0 in one of them, for the branch that it takes where n is 0
    ("x^n", {"x": 2, "n": 0}, {("x", "x"): 0, ("x", "n"): 0.5, ("n", "x"): 0.5, ("n", "n"): 0.4804530139}),
    ("x*y", {"x": 0, "y": 0}, {("x", "x"): 0, ("x", "y"): 1, ("y", "x"): 1, ("y", "y"): 0}),
]


@pytest.mark.parametrize(("program", "bindings", "blocks"), HESSIANS, ids=[row[0] for row in HESSIANS])
def test_a_hessian_is_symmetric(run, program, bindings, blocks):
    second = run.result(program, bindings, order=2).second
    assert {pair: float(block) for pair, block in second.items()} == pytest.approx(blocks, nan_ok=True)
