"""Names for what formulas repeat: where they pay, what they are called, and that all stays linear."""

from __future__ import annotations

import pytest

from gradcli.algebra import share
from gradcli.evaluation.derive import derive
from gradcli.language.format import format
from gradcli.numbers.expression import Expression, name, postorder

SHORT = [
    "sin(x**2)",
    "(x**2 + 1)**3*(x - 2)**2",
    "-(y*log(sigmoid(w*x+b)) + (1-y)*log(1-sigmoid(w*x+b)))",
    "sin(x)*sin(2x)*sin(3x)*sin(4x)*sin(5x)*sin(6x)",
]


@pytest.mark.parametrize("text", SHORT)
def test_short_formulas_stay_as_they_are(text: str) -> None:
    formulas = [partial.formula for partial in derive(text).partials]
    assert share(formulas) == ([], formulas)


def lines(text: str) -> list[str]:
    """The definitions and the formulas of a text's derivatives."""
    definitions, formulas = share([partial.formula for partial in derive(text).partials])
    return [*(f"{name} = {format(value)}" for name, value in definitions), *map(format, formulas)]


def test_what_blows_up_is_named() -> None:
    assert lines("f(x) = x**2*sin(x**2 + x); f(f(x))*f(f(f(x)))")[:3] == [
        "u = sin(x**2 + x)",
        "v = sin(x**2*u*(x**2*u + 1))",
        "w = 2*x**4*u**2*cos(x**2*u*(x**2*u + 1)) + x**2*u*cos(x**2*u*(x**2*u + 1)) + 2*v",
    ]


def test_names_do_not_clash() -> None:
    first, second, *_ = lines("f(x) = x**2*sin(x**2 + u*x/w); f(f(x))*f(f(f(x)))")
    assert first.startswith("v = ")
    assert second.startswith("u1 = ")


def test_a_formula_that_doubles_with_every_step_takes_a_name_for_each() -> None:
    doubled = name("x")
    for _ in range(200):
        doubled = Expression("add", (Expression("sin", (doubled,)), Expression("cos", (doubled,))))
    definitions, (formula,) = share([doubled])
    assert len(definitions) < 200
    assert sum(1 for _ in postorder(formula)) < 100
    assert all(len(format(value)) < 200 for _, value in definitions)
    assert [name for name, _ in definitions][:7] == ["u", "v", "w", "u1", "v1", "w1", "u2"]


def test_equal_parts_are_one_part() -> None:
    def part() -> Expression:
        return Expression("sin", (Expression("pow", (name("alpha"), name("beta"))),))

    total = part()
    for _ in range(12):
        total = Expression("mul", (total, part()))
    definitions, (formula,) = share([total])
    assert [(name, format(value)) for name, value in definitions] == [("u", "sin(alpha**beta)")]
    assert format(formula) == "*".join("u" * 13)
