"""What rows met on their way: the conventions are those of eval at every row, and counts add up."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pyarrow")

from gradcli.evaluation import evaluate
from gradcli.evaluation.conventions import TIE, is_convention
from gradcli.evaluation.results import Note
from gradcli.rules.rulebook import RULES
from gradcli.tables.blocks import Program
from gradcli.tables.findings import Findings, add_unbounded

POINTS = (-1.0, 0.0, 0.5, 1.0, 2.0)
GRID = [np.array(column) for column in np.meshgrid(POINTS, POINTS)]
VALUELESS = {c.says for rule in RULES.values() for c in rule.conventions if c.valueless}
FORMS = (
    "({a} + {b})", "({a})*({b})", "abs({a})", "relu({a})", "max({a}, {b})", "sqrt({a})", "floor({a})",
    "norm([{a}, {b}])", "({a} if {b} > 0 else {b})", "where({a} < 1, {b}, {a})", "clamp({a}, 0, 1)",
)  # fmt: skip


def _longer(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda form, a, b: form.format(a=a, b=b), st.sampled_from(FORMS), parts, parts)


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.sampled_from(["x", "y", "1", "0.5"]), _longer, max_leaves=5))
def test_conventions_are_those_of_eval_at_every_row(part: str) -> None:
    """But for where: a table merges operations that are the same, and names the first place."""
    text = f"{part} + 0*x*y"
    x, y = (column.ravel() for column in GRID)
    met: dict[Note, np.ndarray] = {}
    Program(text, threads=1).run({"x": x, "y": y}, met)
    for row in range(len(x)):
        result = evaluate(text, {"x": x[row], "y": y[row]})
        if result.value != result.value:
            continue
        said = {note.text.partition("; so at ")[0] for note in result.notes if is_convention(note)}
        found = {note.text for note, rows in met.items() if row in rows}
        assert found - {TIE.says} == said - VALUELESS - {TIE.says}, (text, x[row], y[row])


def finding(findings: Findings) -> dict[str, tuple[int, int, list[float], str]]:
    return {note.text: (f.count, f.row, f.cells, f.file) for note, f in findings.by_note.items()}


def test_counts_of_pieces_add_up() -> None:
    one, other = Findings(), Findings()
    columns = [np.array([1.0, 2.0, 3.0])]
    one.add(Note("a"), np.array([1, 2]), columns)
    one.add(Note("b"), np.array([], np.int64), columns)
    other.add(Note("a"), np.array([0]), columns)
    other.add(Note("b", (1, 2)), np.array([2]), columns)
    one.settle("'f'", 10)
    other.settle("'g'", 3)
    other = Findings.of_plain(json.loads(json.dumps(other.plain())))
    other.settle("'g'", 0)
    one.merge(other)
    assert finding(one) == {"a": (3, 11, [2.0], "'f'"), "b": (1, 5, [3.0], "'g'")}
    assert list(one.by_note) == [Note("a"), Note("b", (1, 2))]


def test_every_row_is_counted_once_by_what_is_first_amiss() -> None:
    nan, inf = np.nan, np.inf
    results = {
        "value": [np.array([1.0, nan, inf, 1.0, 1.0, nan])],
        "gradient": [np.array([1.0, nan, nan, -inf, 1.0, 1.0]), np.array([1.0, 1.0, 1.0, nan, inf, 1.0])],
        "error": [np.array([nan, 1.0, 1.0, 1.0, 1.0, 1.0])],
    }
    findings = Findings()
    lost = np.array([False] * 5 + [True])
    assert add_unbounded(findings, results, [np.arange(6.0)], lost) == 5
    assert finding(findings) == {
        "the value is nan": (1, 1, [1.0], ""),
        "the value is inf": (1, 2, [2.0], ""),
        "a gradient is nan": (1, 3, [3.0], ""),
        "a gradient is inf": (1, 4, [4.0], ""),
        "the error or a share is nan": (1, 0, [0.0], ""),
    }


def test_a_sum_that_overflows_is_no_finding() -> None:
    assert add_unbounded(Findings(), {"value": [np.array([1e308, 1e308])]}, [np.zeros(2)], None) == 0


def test_a_program_that_is_not_asked_tells_nothing() -> None:
    program = Program("abs(x)", threads=1)
    assert program.run({"x": np.zeros(3)}).value.tolist() == [0.0] * 3
    met: dict[Note, np.ndarray] = {}
    program.reduce({"x": np.zeros(3)}, met)
    assert [(note.span, rows.tolist()) for note, rows in met.items()] == [((0, 6), [0, 1, 2])]
