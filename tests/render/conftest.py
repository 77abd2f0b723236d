"""Results made by hand, so that the tests of the pages need no evaluator."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gradcli.evaluation.results import CONSTANT, OPERATION, VARIABLE, Graph, GraphNode, Note, Result, Variable


def variable(id: int, name: str, value: Any, gradient: Any = None) -> GraphNode:
    return GraphNode(id, name, VARIABLE, value, gradient, (), None)


def constant(id: int, value: Any) -> GraphNode:
    return GraphNode(id, "", CONSTANT, value, None, (), None)


def operation(id: int, name: str, value: Any, gradient: Any, *inputs: int) -> GraphNode:
    return GraphNode(id, f"{name}Backward0", OPERATION, value, gradient, inputs, None)


SIN_OF_SQUARE = Graph(
    [
        variable(0, "x", 4.0, -7.661275842587077),
        constant(1, 2.0),
        operation(2, "Pow", 16.0, -0.9576594803233847, 0, 1),
        operation(3, "Sin", -0.2879033166650653, 1.0, 2),
    ]
)


def chain(length: int) -> Graph:
    """y = y*y, again and again: every node is used twice."""
    nodes = [variable(0, "y", 1.0, 2.0**length)]
    nodes += [operation(i, "Mul", 1.0, 2.0 ** (length - i), i - 1, i - 1) for i in range(1, length + 1)]
    return Graph(nodes)


def result(
    value: Any = -0.2879033166650653,
    *variables: tuple[str, Any, Any],
    text: str = "sin(x**2)",
    line: int = 1,
    dtype: str = "float64",
    graph: Graph = SIN_OF_SQUARE,
    notes: tuple[Note, ...] = (),
    second: dict[tuple[str, str], Any] | None = None,
) -> Result:
    return Result(
        text=text,
        expression=lambda: text,
        line=line,
        value=value,
        dtype=dtype,
        variables=[Variable(*fields) for fields in variables],
        notes=list(notes),
        finite=True,
        graph=lambda: graph,
        second=second,
    )


@pytest.fixture
def hand() -> SimpleNamespace:
    """The makers of this page."""
    return SimpleNamespace(
        variable=variable,
        constant=constant,
        operation=operation,
        chain=chain,
        result=result,
        SIN_OF_SQUARE=SIN_OF_SQUARE,
    )
