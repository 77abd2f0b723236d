"""The lines of --json: their keys, every digit, no number that JSON lacks."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import pytest

from gradcli.evaluation.results import Failure, Note, Printed
from gradcli.language.diagnostics import Diagnostic
from gradcli.render.json import Json, number

if TYPE_CHECKING:
    from types import SimpleNamespace


def refuse(word: str) -> Any:
    raise AssertionError(f"{word} is not JSON")


def read(line: str) -> Any:
    assert line.endswith("\n")
    assert line.count("\n") == 1
    return json.loads(line, parse_constant=refuse)


def test_a_result(hand: SimpleNamespace) -> None:
    result = hand.result(-0.2879033166650653, ("x", 4.0, -7.661275842587077), ("y", 1.0, None))
    assert Json().result(result) == (
        '{"expression": "sin(x**2)", "line": 1, "value": -0.2879033166650653, '
        '"gradients": {"x": -7.661275842587077, "y": null}, "dtype": "float64", "notes": []}\n'
    )


def test_file_notes_graph_and_hessian_where_there_are_any(hand: SimpleNamespace) -> None:
    note = Note("taken as 0", (4, 5))
    second = {("x", "x"): 1.0, ("x", "w"): 2.0, ("w", "x"): 2.0, ("w", "w"): np.eye(1)}
    line = read(Json(file="a.grad", graph=True).result(hand.result(line=7, notes=(note,), second=second)))
    assert line["file"] == "a.grad"
    assert line["line"] == 7
    assert line["notes"] == ["taken as 0 (column 5: x)"]
    assert line["hessian"] == {"x": {"x": 1.0, "w": 2.0}, "w": {"x": 2.0, "w": [[1.0]]}}
    assert line["graph"][2] == {
        "id": 2,
        "name": "PowBackward0",
        "kind": "operation",
        "value": 16.0,
        "gradient": -0.9576594803233847,
        "inputs": [0, 1],
    }
    assert line["graph"][1] == {
        "id": 1,
        "name": "",
        "kind": "constant",
        "value": 2.0,
        "gradient": None,
        "inputs": [],
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (1e300, "1e+300"),
        (float("nan"), '"nan"'),
        (float("inf"), '"inf"'),
        (float("-inf"), '"-inf"'),
        (np.float32(0.1), "0.10000000149011612"),
        (np.array([1.0, float("nan")]), '[1.0, "nan"]'),
        (np.zeros((2, 0)), "[[], []]"),
        (np.array(True), "1.0"),
        (mpmath.mpf(1), "1"),
        (mpmath.mpf("inf"), '"inf"'),
        (mpmath.mpf("nan"), '"nan"'),
        (np.array([mpmath.mpf("0.5"), mpmath.mpf("-inf")]), '[0.5, "-inf"]'),
        (None, "null"),
    ],
)
def test_numbers(value: object, text: str) -> None:
    assert number(value, 17) == text


def test_a_precise_number_has_every_digit(hand: SimpleNamespace) -> None:
    with mpmath.workdps(60):
        value = mpmath.sin(16)
    line = Json().result(hand.result(value, dtype="decimal50"))
    assert json.loads(line, parse_float=Decimal)["value"] == Decimal(
        "-0.28790331666506529478445624821861752962070390065141"
    )


def test_a_failure_stands_in_its_place() -> None:
    diagnostic = Diagnostic("name", "unknown function 'sn'", [((8, 10), "did you mean 'sin'?")])
    assert Json(file="a.grad").failure(Failure(diagnostic, "y = 1\n\nsn(x)", 5)) == (
        '{"line": 7, "file": "a.grad", "error": '
        '{"kind": "name", "message": "unknown function \'sn\'", "column": 2}}\n'
    )


def test_a_print_statement() -> None:
    assert read(Json().printed(Printed("x.grad", "tensor(1.)", 3))) == {
        "line": 3,
        "print": "x.grad",
        "text": "tensor(1.)",
    }


@pytest.mark.parametrize("text", ['"\\', "\x00\x1b\n", "θ数", "[red]"])
def test_any_text_comes_back(hand: SimpleNamespace, text: str) -> None:
    for ascii in (True, False):
        line = Json(ascii=ascii).result(hand.result(text=text))
        assert read(line)["expression"] == text
        assert line.isascii() or not ascii
