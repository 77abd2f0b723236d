"""What `gradcli map` says: whole texts of reduced results, summaries, notes."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("pyarrow")

from gradcli.render import map as render
from gradcli.render.page import Style
from gradcli.tables.mapping import Counts
from gradcli.tables.reduced import Reduced

NAN, INF = float("nan"), float("inf")


def text(lines: Any) -> str:
    """The lines without colours."""
    return "".join("".join(part for part, _ in line) + "\n" for line in lines)


def counts(**numbers: Any) -> Counts:
    made = Counts()
    for name, value in numbers.items():
        setattr(made, name, value)
    return made


def reduced(value: float, gradients: dict[str, tuple[Any, float]], **numbers: Any) -> Reduced:
    return Reduced("w*x", "mean", value, gradients, counts(**{"rows": 2, **numbers}), ["a note"])


@pytest.mark.parametrize(
    ("result", "page"),
    [
        (reduced(1.5, {}), "mean over 2 rows of w*x = 1.5\n"),
        (reduced(NAN, {}, rows=1, missing=1), "mean over 0 rows of w*x = nan\n"),
        (
            reduced(1 / 3, {"w": (2.0, -1e-20), "longer": (None, INF)}),
            "mean over 2 rows of w*x = 0.3333333333\n"
            "\n"
            "variable   value  gradient\n"
            "w              2    -1e-20\n"
            "longer    column       inf\n",
        ),
    ],
)
def test_pages(result: Reduced, page: str) -> None:
    assert text(render.page(result, Style(width=80))) == page


def test_digits() -> None:
    page = text(render.page(reduced(1 / 3, {"w": (None, 2 / 3)}), Style(width=80, digits=3)))
    assert page.splitlines()[0] == "mean over 2 rows of w*x = 0.333"
    assert page.splitlines()[-1].endswith(" 0.667")


def test_long_expressions_are_clipped_and_controls_escaped() -> None:
    result = Reduced("x + " * 200 + "\x1b[31m", "sum", 1.0, {}, counts(rows=1))
    line = text(render.page(result, Style(width=80)))
    assert line.startswith("sum over 1 row of x + x + ")
    assert line.endswith("… = 1\n")
    assert len(line) < 450
    assert "\x1b" not in text(render.page(Reduced("\x1b[31m", "sum", 1.0, {}, counts()), Style(width=80)))


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (
            reduced(0.1, {"w": (2.0, -0.0), "é": (None, INF)}, missing=1, skipped=1, rows=5),
            '{"expression": "w*x", "reduce": "mean", "value": 0.1, "gradients": {"w": -0.0, "é": "inf"}, '
            '"dtype": "float64", "rows": 3, "missing": 1, "skipped": 1, "notes": ["a note"]}\n',
        ),
        (
            reduced(NAN, {}),
            '{"expression": "w*x", "reduce": "mean", "value": "nan", "gradients": {}, "dtype": "float64", '
            '"rows": 2, "missing": 0, "skipped": 0, "notes": ["a note"]}\n',
        ),
    ],
)
def test_json(result: Reduced, line: str) -> None:
    assert render.as_json(result, ascii=False) == line
    assert render.as_json(result, ascii=True) == line.replace("é", "\\u00e9")


@pytest.mark.parametrize(
    ("found", "whole", "left"),
    [
        (counts(), "0 rows\n", ""),
        (counts(rows=1), "1 row\n", ""),
        (counts(rows=3, missing=1), "3 rows: 1 with a missing value\n", ", left out"),
        (counts(rows=9, missing=1, unknown=2, skipped=3, unbounded=4, first_skipped="'t.csv', row 1, \x07"),
         "9 rows: 1 with a missing value, 2 with a missing error, 3 skipped, 4 with nan or inf\n"
         "the first one skipped: 't.csv', row 1, \\x07\n", ", left out"),
        (counts(rows=9, skipped=1, first_skipped="row 2"), "9 rows: 1 skipped\nskipped: row 2\n", ""),
    ],
)  # fmt: skip
def test_summaries(found: Counts, whole: str, left: str) -> None:
    assert text(render.summary(found, reduced=False)) == whole
    of_sum = whole.replace("missing value", f"missing value{left}").replace(
        "missing error", f"missing error{left}"
    )
    assert text(render.summary(found, reduced=True)) == of_sum


def test_counts_of_pieces_add_up() -> None:
    total = counts(rows=1, skipped=1, first_skipped="first")
    total.add(counts(rows=2, missing=1, unknown=2, skipped=3, unbounded=4, first_skipped="second"))
    found = (total.rows, total.missing, total.unknown, total.skipped, total.unbounded, total.first_skipped)
    assert found == (3, 1, 2, 4, 4, "first")


@pytest.mark.parametrize(
    ("output", "line"),
    [(None, "interrupted\n"), ("o\n.csv", "interrupted: 'o\\n.csv' was not written\n")],
)
def test_interrupted(output: str | None, line: str) -> None:
    assert text(render.interrupted(output)) == line


def test_notes() -> None:
    assert text(render.notes(["one", "two\x1b"])) == "note: one\nnote: two\\x1b\n"
