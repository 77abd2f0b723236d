"""Expressions: how they fold, and that a million nodes are no burden."""

from __future__ import annotations

import copy
import gc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli.numbers import expressions as xp
from gradcli.numbers import lifted
from gradcli.numbers.expression import Expression, name, number, postorder, same

if TYPE_CHECKING:
    from collections.abc import Iterator

X, Y = name("x"), name("y")


def shown(e: Expression) -> str:
    """An expression as calls of its operations."""
    texts: dict[int, str] = {}
    for node in postorder(e):
        if node.op in ("number", "name"):
            texts[id(node)] = f"{node.value:g}" if node.op == "number" else node.value
        else:
            texts[id(node)] = f"{node.op}({', '.join(texts[id(a)] for a in node.args)})"
    return texts[id(e)]


@pytest.mark.parametrize(
    ("expression", "folded"),
    [
        (0.0 * X, "0"),
        (1.0 * X, "x"),
        (X * 1.0, "x"),
        (X + 0.0, "x"),
        (0.0 + X, "x"),
        (X - 0.0, "x"),
        (0.0 - X, "neg(x)"),
        (-xp.neg(X), "x"),
        (-1.0 * X, "neg(x)"),
        (X - X, "0"),
        (X + X, "mul(2, x)"),
        (X * X, "pow(x, 2)"),
        (X * 2.0, "mul(2, x)"),
        (2.0 * (3.0 * X), "mul(6, x)"),
        (-3.0 * X * -Y, "mul(mul(3, x), y)"),
        (X + -Y, "sub(x, y)"),
        (-X + Y, "sub(y, x)"),
        (xp.sub(X, -Y), "add(x, y)"),
        (-(X - Y), "sub(y, x)"),
        (xp.div(1.0, 3.0), "div(1, 3)"),
        (xp.div(2.0, 4.0), "div(1, 2)"),
        (xp.div(6.0, 3.0), "2"),
        (xp.div(-1.0, 3.0), "neg(div(1, 3))"),
        (xp.add(xp.div(1, 3), xp.div(1, 6)), "div(1, 2)"),
        (xp.div(1, 3) * X, "mul(div(1, 3), x)"),
        (xp.add(0.1, 0.2), "0.3"),
        (xp.mul(0.5, 0.5), "0.25"),
        (xp.add(0.1, 1e22), "add(0.1, 1e+22)"),
        (xp.div(X, 1.0), "x"),
        (xp.div(X, X), "div(x, x)"),
        (xp.div(0.0, X), "div(0, x)"),
        (xp.div(0.0, 2.0), "0"),
        (0.0 * xp.log(X), "mul(0, log(x))"),
        (0.0 * xp.sin(X), "0"),
        (xp.log(X) - xp.log(X), "sub(log(x), log(x))"),
        (xp.pow(xp.pow(X, -1.0), -1.0), "pow(pow(x, neg(1)), neg(1))"),
        (xp.pow(xp.pow(X, -1.0), 2.0), "pow(x, neg(2))"),
        (xp.div(2.0 * X, 2.0), "x"),
        (xp.div(1.0, 0.0), "div(1, 0)"),
        (X * xp.div(1.0, Y), "div(x, y)"),
        (xp.div(-X, Y), "neg(div(x, y))"),
        (xp.pow(X, 1.0), "x"),
        (xp.pow(X, 0.0), "1"),
        (xp.pow(X, 2.0 - 1.0), "x"),
        (xp.pow(2.0, 10.0), "1024"),
        (xp.pow(2.0, -1.0), "div(1, 2)"),
        (xp.pow(10.0, 60.0), "pow(10, 60)"),
        (xp.pow(0.0, -1.0), "pow(0, neg(1))"),
        (xp.pow(xp.pow(X, 2.0), 3.0), "pow(x, 6)"),
        (xp.pow(1.0, X), "1"),
        (xp.pow(9.0, 1e9), "pow(9, 1e+09)"),
        (xp.sin(0.0), "0"),
        (xp.sin(2.0), "sin(2)"),
        (xp.cos(0.0), "1"),
        (xp.exp(0.0), "1"),
        (xp.log(1.0), "0"),
        (xp.sqrt(4.0), "2"),
        (xp.sqrt(2.0), "sqrt(2)"),
        (xp.log2(8.0), "3"),
        (xp.cbrt(27.0), "3"),
        (xp.gamma(5.0), "24"),
        (xp.floor(-2.5), "neg(3)"),
        (xp.round(2.5), "2"),
        (xp.abs(-2.0), "2"),
        (xp.sign(-2.0), "neg(1)"),
        (xp.maximum(1.0, 2.0), "2"),
        (xp.maximum(X, X), "x"),
        (xp.mod(-5.0, 3.0), "1"),
        (xp.floordiv(7.0, 2.0), "3"),
        (xp.lt(1.0, 2.0), "1"),
        (xp.lt(X, 2.0), "lt(x, 2)"),
        (xp.where(xp.lt(1.0, 2.0), X, Y), "x"),
        (xp.logical_and(0.0, X), "0"),
        (xp.logical_or(X, Y), "logical_or(x, y)"),
        (xp.logical_not(0.0), "1"),
        (xp.number(float("-inf")), "neg(inf)"),
        (xp.number(float("nan")), "nan"),
        (xp.number(-2.0), "neg(2)"),
        (xp.pi(), "pi"),
        (xp.polygamma(2, X), "polygamma(2, x)"),
        (xp.polygamma(0, X), "digamma(x)"),
        (xp.isnan(X), "ne(x, x)"),
    ],
)
def test_folding(expression: Expression, folded: str) -> None:
    assert shown(expression) == folded


def test_numbers_keep_the_digits_that_were_written() -> None:
    written = number(0.1, "0.1000000000000000000000000000001")
    assert (X + written).args[1] is written
    assert xp.number("2.50").text == "2.50"


@pytest.mark.parametrize("text", ["1e-300000000", "1e300000000"])
def test_monstrous_exponents(text: str) -> None:
    assert shown(xp.number(text) * X) in ("0", "mul(inf, x)")


DEPTH = 1_000_000


def chain(depth: int) -> Expression:
    e = X
    for _ in range(depth):
        e = Expression("sin", (e,))
    return e


@pytest.fixture
def _no_collection() -> Iterator[None]:
    """The collector would walk a growing chain again and again, in which there is nothing to collect."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collection")
def test_a_million_nested_nodes() -> None:
    e = chain(DEPTH)
    assert copy.copy(e) is e
    assert copy.deepcopy(e) is e
    assert hash(e) == hash(e)
    assert repr(e) == "<Expression sin of 1>"
    assert sum(1 for _ in postorder(e)) == DEPTH + 1
    del e  # and the interpreter lives


def test_sums_of_a_million_terms() -> None:
    e: Any = X
    for _ in range(100_000):
        e = e + Y
    assert sum(1 for _ in postorder(e)) == 100_002
    shared = X
    for _ in range(200):
        shared = Expression("add", (shared, shared))
    assert sum(1 for _ in postorder(shared)) == 201
    assert same(shared, Expression("add", shared.args))


def test_same_goes_as_deep_as_expressions_do() -> None:
    assert same(chain(100_000), chain(100_000))
    assert not same(chain(100_000), chain(100_001))


def test_same_looks_at_form_and_numbers_alone() -> None:
    assert same(Expression("sin", (X,), None, (0, 6)), Expression("sin", (name("x"),)))
    assert not same(Expression("sin", (X,)), Expression("cos", (X,)))
    assert not same(number(1.0), number(2.0))
    assert same(number(float("nan")), number(float("nan")))
    assert not same(
        Expression("call", (X,), "f", keywords=(("a", X),)),
        Expression("call", (X,), "f", keywords=(("b", X),)),
    )


def elements(a: Any) -> list[str]:
    return [shown(e) for e in a.flat]


def test_arrays_of_expressions() -> None:
    v = lifted.stack([X, 1.0])
    assert elements(v * 2.0) == ["mul(2, x)", "2"]
    assert elements(np.array([1.0, 2.0]) * X) == elements(X * np.array([1.0, 2.0])) == ["x", "mul(2, x)"]
    assert elements(lifted.sin(v)) == ["sin(x)", "sin(1)"]
    assert shown(lifted.sum(v)) == "add(x, 1)"
    assert shown(lifted.amax(v)) == "maximum(x, 1)"
    assert elements(lifted.scatter(X, 1, (3,))) == ["0", "x", "0"]
    assert elements(xp.broadcast_to(X, (2,))) == ["x", "x"]
    assert elements(lifted.diag(lifted.stack([X, Y]))) == ["x", "0", "0", "y"]


def test_matrices_of_expressions() -> None:
    m = lifted.stack([lifted.stack([X, 1.0]), lifted.stack([2.0, Y])])
    assert shown(lifted.det(m)) == "sub(mul(y, x), 2)"
    assert elements(lifted.matmul(m, lifted.stack([X, Y]))) == [
        "add(pow(x, 2), y)",
        "add(mul(2, x), pow(y, 2))",
    ]
    assert elements(lifted.inv(m))[0] == "div(y, sub(mul(y, x), 2))"
    assert elements(lifted.solve(lifted.diag(lifted.stack([2.0, X])), lifted.stack([X, X]))) == [
        "add(mul(div(x, mul(2, x)), x), mul(div(0, mul(2, x)), x))",
        "add(mul(div(0, mul(2, x)), x), mul(div(2, mul(2, x)), x))",
    ]
