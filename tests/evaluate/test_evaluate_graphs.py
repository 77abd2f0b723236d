"""The backward graph as data: names, values, gradients, inputs and places of its nodes."""

import pytest

from gradcli.evaluation import evaluate
from gradcli.evaluation.results import CONSTANT, OPERATION, VARIABLE


def rows(result):
    """(kind, name, value, gradient, inputs, the words of the text) of every node."""
    return [
        (n.kind, n.name, n.value, n.gradient, n.inputs, n.span and result.text[slice(*n.span)])
        for n in result.graph().nodes
    ]


CASES = [
    ("x**2 + x", {"x": 3}, [
        (VARIABLE, "x", 3.0, 7.0, (), None),
        (CONSTANT, "", 2.0, None, (), None),
        (OPERATION, "PowBackward0", 9.0, 1.0, (0, 1), "x**2"),
        (OPERATION, "AddBackward0", 12.0, 1.0, (2, 0), "x**2 + x"),
    ]),
    ("x", {"x": 3}, [(VARIABLE, "x", 3.0, 1.0, (), None)]),
    ("2*3", {}, [(CONSTANT, "", 6.0, None, (), None)]),
    ("const c = 2; c*x", {"x": 3}, [
        (VARIABLE, "c", 2.0, None, (), None),
        (VARIABLE, "x", 3.0, 2.0, (), None),
        (OPERATION, "MulBackward0", 6.0, 1.0, (0, 1), "c*x"),
    ]),
    ("z = x*x; z*z", {"x": 3}, [
        (VARIABLE, "x", 3.0, 108.0, (), None),
        (OPERATION, "MulBackward0", 9.0, 18.0, (0, 0), None),
        (OPERATION, "MulBackward0", 81.0, 1.0, (1, 1), "z*z"),
    ]),
    ("f(t) = t**2; 1 + f(x)", {"x": 3}, [
        (CONSTANT, "", 1.0, None, (), None),
        (VARIABLE, "x", 3.0, 6.0, (), None),
        (CONSTANT, "", 2.0, None, (), None),
        (OPERATION, "PowBackward0", 9.0, 1.0, (1, 2), "f(x)"),
        (OPERATION, "AddBackward0", 10.0, 1.0, (0, 3), "1 + f(x)"),
    ]),
    ("detach(x)*x", {"x": 3}, [
        (CONSTANT, "", 3.0, None, (), None),
        (VARIABLE, "x", 3.0, 3.0, (), None),
        (OPERATION, "MulBackward0", 9.0, 1.0, (0, 1), "detach(x)*x"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "bindings", "expected"), CASES, ids=[case[0] for case in CASES])
def test_graph(text, bindings, expected):
    assert rows(evaluate(text, bindings)) == expected


def test_arrays_and_the_vector_given():
    nodes = evaluate("v*2", v=[1, 2], grad_output=[1, 10]).graph().nodes
    assert [(n.name, n.value if n.name == "" else n.gradient.tolist()) for n in nodes] == [
        ("v", [2.0, 20.0]),
        ("", 2.0),
        ("MulBackward0", [1.0, 10.0]),
    ]


def test_the_root_is_last():
    assert evaluate("sin(x)*2", x=1).graph().root.name == "MulBackward0"


def test_no_graph_is_computed_unless_asked(monkeypatch):
    import gradcli.evaluation.graphs as graphs

    monkeypatch.setattr(graphs, "graph", lambda this: pytest.fail("computed"))
    evaluate("sin(x)*2", x=1)
