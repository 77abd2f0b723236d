"""Values and gradients of every rule against PyTorch's own, recorded in torch_points.jsonl; edges exactly."""

import ast
import json
import math
from pathlib import Path

import pytest

from gradcli import rules as rules
from gradcli.autograd import Tensor, apply, cotangents, tensor
from gradcli.rules.rulebook import NAMES, RULES, call

POINTS = [
    json.loads(line)
    for line in Path(__file__).with_name("torch_points.jsonl").read_text("utf-8").splitlines()
]

OPERATORS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.USub: "neg",
    ast.Gt: "gt",
}


def numbers(value):
    """A value of the table, where inf and nan are texts."""
    return [float(v) for v in value] if isinstance(value, list) else float(value)


def evaluated(node, leaves):
    """The tensor that a syntax tree of the table's expressions stands for; a literal stays a number."""
    if isinstance(node, ast.Constant):
        return float(node.value)
    if isinstance(node, ast.Name):
        return leaves[node.id]
    if isinstance(node, ast.Call):
        return call(apply, NAMES[node.func.id], [evaluated(a, leaves) for a in node.args])
    if isinstance(node, ast.Compare):
        operator, parts = node.ops[0], [node.left, node.comparators[0]]
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.operand, ast.Constant):
            return -float(node.operand.value)
        operator, parts = node.op, [node.operand]
    else:
        operator, parts = node.op, [node.left, node.right]
    operands = [evaluated(part, leaves) for part in parts]
    if not any(isinstance(operand, Tensor) for operand in operands):
        operands[0] = tensor(operands[0])
    return apply(RULES[OPERATORS[type(operator)]], *operands)


def flat(value):
    value = getattr(value, "_value", value)
    value = value.tolist() if hasattr(value, "tolist") else value
    return [float(v) for v in (value if isinstance(value, list) else [value])]


def exactly(got, expected):
    return all(
        math.isnan(g) if math.isnan(e) else g == e and math.copysign(1.0, g) == math.copysign(1.0, e)
        for g, e in zip(got, expected, strict=True)
    )


def closely(got, expected):
    # Beside 1e-9 of the number, the rounding of what it is the difference of: some gradients are 0 in truth.
    return all(g == pytest.approx(e, rel=1e-9, abs=1e-15) for g, e in zip(got, expected, strict=True))


@pytest.mark.parametrize("point", POINTS, ids=[f"{p['kind']}: {p['expr']} at {p['at']}" for p in POINTS])
def test_value_and_gradients(point):
    leaves = {name: tensor(numbers(value), requires_grad=True) for name, value in point["at"].items()}
    out = evaluated(ast.parse(point["expr"], mode="eval").body, leaves)
    agree = exactly if point["kind"] == "edge" else closely
    assert agree(flat(out), flat(numbers(point["value"])))
    size = flat(out)
    ones = tensor([1.0] * len(size)) if out.shape else tensor(1.0)
    found = cotangents(out, ones)[1]
    for name, expected in point["grad"].items():
        got = flat(found[leaves[name]]) if leaves[name] in found else [0.0] * len(flat(leaves[name]))
        assert agree(got, flat(numbers(expected))), (name, got, expected)
