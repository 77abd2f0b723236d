"""Derivatives as a page, in LaTeX and as JSON, from results made by hand."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.evaluation.results import Note
from gradcli.homework.derivation.derived import Derived, Formula
from gradcli.language import parse_expression
from gradcli.render import diff, plain, pretty
from gradcli.rules.rulebook import NAMES

if TYPE_CHECKING:
    from gradcli.numbers.expression import Expression

COLOR_CODE = re.compile("\x1b\\[[0-9;]*m")


def read(text: str) -> Expression:
    return parse_expression(text, functions=NAMES)


def hand(
    *formulas: tuple[str, str],
    definitions: tuple[tuple[str, str], ...] = (),
    variables: str = "x",
    text: str = "f",
    notes: tuple[Note, ...] = (),
) -> Derived:
    """The derivatives by `x` or `x y`, each with its formula."""
    made = [Formula(tuple(wrt.split()), read(formula)) for wrt, formula in formulas]
    named = [(name, read(expression)) for name, expression in definitions]
    return Derived(text, 1, text, list(variables), made, named, list(notes))


def at(derived: Derived, point: dict[str, Any], *values: Any) -> Derived:
    """The same at a point."""
    derived.at = point
    for formula, value in zip(derived.formulas, values, strict=True):
        formula.value = value
    return derived


def shown(derived: Derived, **style: Any) -> str:
    """The page in plain text, which is that in colour without the colours."""
    lines = diff.derived(derived, diff.Style(**style))
    text = plain.text(lines)
    assert COLOR_CODE.sub("", pretty.text(lines)) == text
    return text


def test_one_formula_stands_alone() -> None:
    assert shown(hand(("x", "2*x*cos(x**2)"))) == "2*x*cos(x**2)\n"
    assert shown(hand(("x", "2*x*cos(x**2)")), latex=True) == "2 x \\cos\\left(x^{2}\\right)\n"


def test_several_formulas_are_named() -> None:
    derived = hand(("x", "y"), ("y", "x"), variables="xy")
    assert shown(derived) == "df/dx = y\ndf/dy = x\n"
    assert shown(derived, latex=True) == (
        "\\frac{\\partial f}{\\partial x} = y\n\\frac{\\partial f}{\\partial y} = x\n"
    )


def test_names_of_higher_derivatives() -> None:
    derived = hand(("x x", "0"), ("x theta", "1"), ("x x x", "2"), variables="xy")
    assert shown(derived) == "d2f/dx2 = 0\nd2f/dxdtheta = 1\nd3f/dx3 = 2\n"
    assert shown(derived, latex=True) == (
        "\\frac{\\partial^{2} f}{\\partial x^{2}} = 0\n"
        "\\frac{\\partial^{2} f}{\\partial x \\partial \\theta} = 1\n"
        "\\frac{\\partial^{3} f}{\\partial x^{3}} = 2\n"
    )


def test_what_the_formulas_share_stands_before_them() -> None:
    derived = hand(("x", "2*u*v"), definitions=(("u", "exp(x)"), ("v", "u + 1")))
    assert shown(derived) == "u = exp(x)\nv = u + 1\n2*u*v\n"
    assert shown(derived, latex=True) == "u = e^{x}\nv = u + 1\n2 u v\n"


def test_no_variable() -> None:
    assert shown(hand()) == "0\n"
    assert shown(hand(), latex=True) == "0\n"


def test_values_stand_under_the_formulas() -> None:
    derived = at(hand(("x", "y"), ("y", "x"), variables="xy"), {"x": 1 / 3, "y": 1e-9}, 1e-9, 1 / 3)
    assert shown(derived) == (
        "df/dx = y\ndf/dy = x\n\nat x=0.3333333333, y=1e-09\ndf/dx = 1e-09\ndf/dy = 0.3333333333\n"
    )
    assert shown(derived, digits=3).endswith("at x=0.333, y=1e-09\ndf/dx = 1e-09\ndf/dy = 0.333\n")
    assert shown(derived, latex=True).splitlines()[2:] == [
        "\\left.\\frac{\\partial f}{\\partial x}\\right|_{x = 0.3333333333,\\ y = 10^{-9}} = 10^{-9}",
        "\\left.\\frac{\\partial f}{\\partial y}\\right|_{x = 0.3333333333,\\ y = 10^{-9}} = 0.3333333333",
    ]


def test_value_of_the_only_formula() -> None:
    derived = at(hand(("x", "1/x")), {"x": 0.0}, float("inf"))
    assert shown(derived) == "1/x\n\nat x=0\ndf/dx = inf\n"
    assert shown(derived, latex=True) == (
        "\\frac{1}{x}\n\\left.\\frac{\\mathrm{d} f}{\\mathrm{d} x}\\right|_{x = 0} = \\infty\n"
    )


def test_values_that_are_arrays() -> None:
    derived = at(hand(("x", "2*x")), {"x": np.arange(4.0).reshape(2, 2)}, 2 * np.arange(4.0).reshape(2, 2))
    assert shown(derived) == "2*x\n\nat x=[[0, 1], [2, 3]]\ndf/dx =\n[[0, 2],\n [4, 6]]\n"
    assert shown(derived, latex=True).endswith("= \\begin{bmatrix} 0 & 2 \\\\ 4 & 6 \\end{bmatrix}\n")
    long = at(hand(("x", "2*x")), {"x": np.arange(100.0)}, 2 * np.arange(100.0))
    assert shown(long) == (
        "2*x\n\nat x=shape (100,)\ndf/dx = [0, 2, 4, 6, …, 192, 194, 196, 198]\n"
        "… 92 of 100 elements hidden; --json gives all\n"
    )


LONG = "cos(x)*sin(y + x)*exp(-x**2) - 2*x*cos(x)*exp(-x**2) + x**2*sin(x)"


def test_a_long_formula_wraps_where_a_person_reads_it() -> None:
    derived = hand(("x", LONG), variables="x")
    assert shown(derived, width=40) == (
        "cos(x)*sin(y + x)*exp(-x**2) \\\n    - 2*x*cos(x)*exp(-x**2) \\\n    + x**2*sin(x)\n"
    )
    assert shown(derived, width=24) == (
        "cos(x)*sin(y \\\n    + x)*exp(-x**2) \\\n    - 2*x*cos(x)*exp(-x**2) \\\n    + x**2*sin(x)\n"
    )
    assert shown(derived, width=len(LONG)) == LONG + "\n"
    assert shown(derived) == LONG + "\n"


def test_a_wrapped_formula_is_the_same_statement() -> None:
    from gradcli.language import parse
    from gradcli.language.format import format

    wrapped = shown(hand(("x", LONG), definitions=(("u", LONG),)), width=30)
    first, second = parse(wrapped, functions=NAMES)
    assert format(second.expression) == format(first.expression) == format(read(LONG))


def test_json() -> None:
    derived = at(
        hand(
            ("x", "u*y"),
            ("x y", "u"),
            definitions=(("u", "exp(x)"),),
            variables="xy",
            text="exp(x)*y*y/2",
            notes=(Note("mind this", (0, 6)), Note("and that")),
        ),
        {"x": 0.0, "y": float("inf")},
        1 / 3,
        np.array([1.0, float("nan")]),
    )
    line = diff.DerivedJson().derived(derived)
    assert line.endswith("}\n")
    assert json.loads(line) == {
        "expression": "exp(x)*y*y/2",
        "line": 1,
        "derivatives": [
            {"wrt": "x", "order": 1, "formula": "u*y", "latex": "u y", "value": 1 / 3},
            {"wrt": "x,y", "order": 2, "formula": "u", "latex": "u", "value": [1.0, "nan"]},
        ],
        "definitions": [{"name": "u", "formula": "exp(x)", "latex": "e^{x}"}],
        "at": {"x": 0.0, "y": "inf"},
        "notes": ["mind this (column 1: exp(x))", "and that"],
    }


def test_json_without_a_point_has_the_same_keys() -> None:
    line = diff.DerivedJson(file="a.grad", ascii=True).derived(hand(("x x", "θ"), text="θ"))
    assert line == (
        '{"expression": "\\u03b8", "line": 1, "file": "a.grad", "derivatives": [{"wrt": "x", "order": 2, '
        '"formula": "\\u03b8", "latex": "\\\\theta", "value": null}], '
        '"definitions": [], "at": {}, "notes": []}\n'
    )


def test_names_from_outside_are_escaped() -> None:
    derived = at(hand(("x", "1")), {"x\x1b[2J": 1.0}, 1.0)
    assert "at x\\x1b[2J=1\n" in shown(derived)
