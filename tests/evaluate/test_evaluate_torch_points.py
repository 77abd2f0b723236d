"""The recorded points of PyTorch, through the language: text and bindings to value and gradients."""

import json
from pathlib import Path

import pytest

from gradcli.evaluation import evaluate

TABLE = Path(__file__).parents[1] / "rulebook" / "torch_points.jsonl"
POINTS = [json.loads(line) for line in TABLE.read_text("utf-8").splitlines()]


def numbers(value):
    if isinstance(value, list):
        return [number for part in value for number in numbers(part)]
    return [float(value)]


def flat(payload):
    return [float(n) for n in payload.flat] if getattr(payload, "shape", ()) else [float(payload)]


def agree(found, expected, kind):
    """Edges exactly, the sign of zero included; all others to 1e-9, or to the rounding of what cancels."""
    found, expected = flat(found), numbers(expected)
    if kind == "edge":
        return list(map(repr, found)) == list(map(repr, expected))
    return found == pytest.approx(expected, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("point", POINTS, ids=[f"{p['expr']} {p['at']}" for p in POINTS])
def test_point(point):
    result = evaluate(point["expr"], point["at"])
    assert agree(result.value, point["value"], point["kind"])
    for name, gradient in point["grad"].items():
        assert agree(result.gradients[name], gradient, point["kind"]), name
