"""The page of a result, plain and in colour, whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gradcli.evaluation.results import Graph, Note, Printed
from gradcli.render import diagnostics, layout, page, plain, pretty

if TYPE_CHECKING:
    from types import SimpleNamespace

COLOR_CODE = re.compile("\x1b\\[[0-9;]*m")


def shown(result: object, **style: object) -> str:
    """The page in plain text, which is that in colour without the colours."""
    lines = page.result(result, page.Style(**{"width": 80, **style}))
    text = plain.text(lines)
    assert COLOR_CODE.sub("", pretty.text(lines)) == text
    return text


def test_the_design_s_page(hand: SimpleNamespace) -> None:
    result = hand.result(-0.2879033166650653, ("x", 4.0, -7.661275842587077))
    assert shown(result) == (
        "sin(x**2) = -0.2879033167\n"
        "\n"
        "variable  value      gradient\n"
        "x             4  -7.661275843\n"
        "\n"
        "SinBackward0      -0.2879   grad 1\n"
        "└── PowBackward0       16   grad -0.9577\n"
        "    ├── x               4   grad -7.661\n"
        "    └── 2\n"
    )


def test_a_constant_has_its_value_only(hand: SimpleNamespace) -> None:
    graph = Graph([hand.constant(0, 5.0)])
    assert shown(hand.result(5.0, text="2+3", graph=graph)) == "2+3 = 5\n"


def test_digits_and_no_tree(hand: SimpleNamespace) -> None:
    result = hand.result(1 / 3, ("x", 2 / 3, None), ("long_name", -0.0, float("nan")))
    assert shown(result, digits=3, tree=False) == (
        "sin(x**2) = 0.333\n"
        "\n"
        "variable   value  gradient\n"
        "x          0.667         -\n"
        "long_name     -0       nan\n"
    )


@pytest.mark.parametrize(
    ("dtype", "digits"), [("float64", 10), ("float32", 7), ("decimal50", 50), ("decimal5", 5)]
)
def test_digits_that_are_shown_unasked(dtype: str, digits: int) -> None:
    assert page.Style(width=80).digits_of(dtype) == digits
    assert page.Style(width=80, digits=3).digits_of(dtype) == 3


def test_arrays_are_blocks_and_long_ones_are_cut(hand: SimpleNamespace) -> None:
    matrix = np.arange(6.0).reshape(2, 3)
    result = hand.result(
        matrix @ matrix.T, ("A", matrix, matrix / 3), ("b", np.linspace(0, 1, 100), None), text="A @ A.T"
    )
    assert shown(result, tree=False) == (
        "A @ A.T =\n"
        "[[ 5, 14],\n"
        " [14, 50]]\n"
        "\n"
        "A\n"
        "  value     [[0, 1, 2],\n"
        "             [3, 4, 5]]\n"
        "  gradient  [[0, 0.3333333333, 0.6666666667],\n"
        "             [1,  1.333333333,  1.666666667]]\n"
        "b\n"
        "  value     [0, 0.0101010101, 0.0202020202, …, 0.9797979798, 0.9898989899, 1]\n"
        "  gradient  -\n"
        "… b: 94 of 100 elements hidden; --json gives all\n"
    )


def test_an_array_that_does_not_fit_beside_its_expression_stands_below(hand: SimpleNamespace) -> None:
    result = hand.result(np.arange(12.0), text="x" * 50)
    assert shown(result, tree=False) == ("x" * 50 + " =\n[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]\n")


def test_a_long_expression_is_cut_in_the_middle(hand: SimpleNamespace) -> None:
    lines = shown(hand.result(1.0, text="+".join(["x"] * 500_000)), tree=False).splitlines()
    assert len(lines[0]) == 407
    assert lines[1:] == ["… 999599 characters of the expression hidden; --json gives all"]


def test_second_derivatives_of_scalars_are_a_square(hand: SimpleNamespace) -> None:
    second = {("x", "x"): 2.0, ("x", "w"): -0.5, ("w", "x"): -0.5, ("w", "w"): 0.0}
    result = hand.result(1.0, ("x", 1.0, 1.0), ("w", 2.0, 3.0), second=second)
    assert shown(result, tree=False).partition("\n\n")[2].partition("\n\n")[2] == (
        "hessian     x     w\nx           2  -0.5\nw        -0.5     0\n"
    )


def test_second_derivatives_of_arrays_are_blocks(hand: SimpleNamespace) -> None:
    result = hand.result(1.0, ("x", np.ones(2), np.ones(2)), second={("x", "x"): 2 * np.eye(2)})
    assert shown(result, tree=False).endswith("\n\nhessian x, x\n[[2, 0],\n [0, 2]]\n")


def test_text_from_outside_is_no_markup_and_no_control(hand: SimpleNamespace) -> None:
    result = hand.result(1.0, ("[/]", 1.0, 1.0), text="sum(x[i]) [red]\x1b[2J\t\x00‮")
    assert shown(result, tree=False) == (
        "sum(x[i]) [red]\\x1b[2J\\t\\x00\\u202e = 1\n\nvariable  value  gradient\n[/]           1         1\n"
    )


def test_printed_text_stands_as_it_is() -> None:
    printed = Printed("x.grad", "tensor([[1., 2.],\n        [3., 4.]])", 1)
    assert plain.text(page.printed(printed)) == "tensor([[1., 2.],\n        [3., 4.]])\n"


@pytest.mark.parametrize(
    ("note", "file", "first_line", "text"),
    [
        (Note("taken as 0", (4, 10)), None, 1, "note: taken as 0 (column 5: abs(x))\n"),
        (Note("taken as 0", (4, 10)), None, 3, "note: taken as 0 (line 3, column 5: abs(x))\n"),
        (Note("taken as 0", (4, 10)), "a.grad", 3, "note: taken as 0 (a.grad:3:5: abs(x))\n"),
        (Note("of the sum"), "a.grad", 3, "note: of the sum (a.grad:3)\n"),
        (Note("x is not used"), None, 0, "note: x is not used\n"),
    ],
)
def test_notes_name_their_place(note: Note, file: str | None, first_line: int, text: str) -> None:
    assert plain.text(diagnostics.notes([note], "2 * abs(x)", file=file, first_line=first_line)) == text


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("数学", 4), ("é", 1), ("e\u0301", 1), ("θ₁", 2), ("", 0)]
)
def test_columns_of_a_text(text: str, columns: int) -> None:
    assert layout.cells(text) == columns


def test_a_table_too_wide_for_the_page_is_stacked(hand: SimpleNamespace) -> None:
    result = hand.result(
        1.0, ("A", np.array([[1.5, 2.0], [3.0, 4.0]]), np.ones((2, 2)) / 3), ("x", 1.0, None)
    )
    assert shown(result, tree=False, width=40).partition("\n\n")[2] == (
        "A\n"
        "  value     [[1.5, 2],\n"
        "             [  3, 4]]\n"
        "  gradient  [[0.3333333333, 0.3333333333],\n"
        "             [0.3333333333, 0.3333333333]]\n"
        "x\n"
        "  value     1\n"
        "  gradient  -\n"
    )
