"""`gradcli map` says in how many rows conventions hold, nan or inf comes out, or a row fails; where first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pyarrow")

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> None:
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(text)


ABS = "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1)"
RELU = "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left 0, right 1)"
TIE = "both sides of the condition are equal: the derivative of the branch that is taken is used"
STEEP = "one-sided: the derivative tends to inf as x falls to 0"
ROOT = "nan comes from the square root of a negative number"
INFINITE = "the gradient becomes inf here: its derivative is infinite"

CASES: list[tuple[str, str, str, list[str]]] = [
    # expression, table, summary, notes
    ("abs(x)", "x\n1\n0\n2\n0\n-0\n", "5 rows", [f"in 3 rows {ABS} (column 1: abs(x)), first in row 2"]),
    ("abs(x) + abs(y)", "x,y\n0,1\n2,0\n0,0\n", "3 rows",
     [f"in 2 rows {ABS} (column 1: abs(x)), first in row 1",
      f"in 2 rows {ABS} (column 10: abs(y)), first in row 2"]),
    ("max(x, y)", "x,y\n1,1\n1,2\n", "2 rows",
     ["in 1 row a tie: the gradient is shared, half to each (column 1: max(x, y)), first in row 1"]),
    ("max([x, y, 1])", "x,y\n0,0\n0,1\n2,2\n", "3 rows",
     ["in 2 rows a tie: the gradient is shared equally (column 1: max([x, y, 1])), first in row 2"]),
    ("norm([x, y])", "x,y\n3,4\n0,0\n", "2 rows",
     ["in 1 row the tip of a cone: not differentiable at 0, the subgradient 0 is used, as PyTorch does "
      "(column 1: norm([x, y])), first in row 2"]),
    ("sum(relu([x, y]))", "x,y\n0,1\n1,1\n1,0\n", "3 rows",
     [f"in 2 rows {RELU} (column 5: relu([x, y])), first in row 1"]),
    ("floor(x)", "x\n0.5\n1\n", "2 rows",
     ["in 1 row a jump: the derivative beside it, 0, is used (column 1: floor(x)), first in row 2",
      "in 2 rows flat almost everywhere: its derivative is 0 (column 1: floor(x)), first in row 1"]),
    ("x**y", "x,y\n0,0\n0,2\n", "2 rows",
     ["in 1 row 0**0 is 1 and its gradient 0 by convention, as in PyTorch (column 1: x**y), first in row 1"]),
    ("clamp(x, 0, 1)", "x\n0.5\n1\n0\n", "3 rows",
     ["in 2 rows at the edge of clamp, which counts as inside: the derivative within, 1, is used, as PyTorch "
      "does (column 1: clamp(x, 0, 1)), first in row 2"]),
    ("f(t) = abs(t); f(x - 1)", "x\n1\n2\n", "2 rows",
     [f"in 1 row {ABS} (column 16: f(x - 1)), first in row 1"]),
    ("y = abs(x)\ny + 1", "x\n0\n", "1 row",
     [f"in 1 row {ABS} (column 5: abs(x)), first in row 1"]),
    # conditions
    ("0 if x == 0 else x", "x\n1\n0\n", "2 rows",
     [f"in 1 row {TIE} (column 6: x == 0), first in row 2"]),
    ("x if x < 1 else x^2", "x\n1\n1\n0\n", "3 rows",
     [f"in 2 rows {TIE} (column 6: x < 1), first in row 1"]),
    ("where(x > y and not y > 1, x, 2*y)", "x,y\n1,1\n2,1\n1,2\n", "3 rows",
     [f"in 1 row {TIE} (column 7: x > y), first in row 1",
      f"in 2 rows {TIE} (column 21: y > 1), first in row 1"]),
    ("sum(where([x, y] > 1, [x, y], 0))", "x,y\n1,2\n2,2\n", "2 rows",
     [f"in 1 row {TIE} (column 11: [x, y] > 1), first in row 1"]),
    ("(x if x > 0 else 0) if y > 0 else y", "x,y\n0,1\n0,-1\n", "2 rows",
     [f"in 1 row {TIE} (column 7: x > 0), first in row 1"]),
    ("x*(x > 0)", "x\n0\n", "1 row", []),
    # what is on no way of a gradient says nothing
    ("abs(x) if x > -1 else 2*x", "x\n0\n-2\n", "2 rows",
     [f"in 1 row {ABS} (column 1: abs(x)), first in row 1"]),
    ("x if x > -1 else abs(x + 2)", "x\n0\n-2\n", "2 rows",
     [f"in 1 row {ABS} (column 18: abs(x + 2)), first in row 2"]),
    ("detach(abs(x)) + x", "x\n0\n", "1 row", []),
    # a row without a value is counted as such alone
    ("x*abs(y)", "x,y\n,0\n1,1\n", "2 rows: 1 with a missing value", []),
    # nan and inf
    ("x^2", "x\ninf\n1\n", "2 rows: 1 with nan or inf",
     ["in 1 row the value is inf, first in row 1: x is inf"]),
    ("sqrt(x)", "x\n-1\n0\n1\n", "3 rows: 2 with nan or inf",
     [f"in 1 row {STEEP} (column 1: sqrt(x)), first in row 2",
      f"in 1 row the value is nan, first in row 1: {ROOT}, x = -1 (column 1: sqrt(x))",
      f"in 1 row a gradient is inf, first in row 2: {INFINITE}, x = 0 (column 1: sqrt(x))"]),
    ("x/y", "x,y\n0,0\n1,0\n-1,0\n1,1\n", "4 rows: 3 with nan or inf",
     ["in 1 row the value is nan, first in row 1: nan comes from 0/0, x = 0, y = 0 (column 1: x/y)",
      "in 2 rows the value is inf, first in row 2: inf comes from division by zero, x = 1, y = 0 "
      "(column 1: x/y)"]),
    ("exp(x)", "x\n1000\n", "1 row: 1 with nan or inf",
     ["in 1 row the value is inf, first in row 1: inf comes from overflow, beyond the largest number, "
      "x = 1000 (column 1: exp(x))"]),
    ("hypot(x, y)", "x,y\n0,0\n", "1 row: 1 with nan or inf",
     ["in 1 row the tip of a cone: not differentiable at the origin, nan as in PyTorch (norm([x, y]) gives 0 "
      "there) (column 1: hypot(x, y)), first in row 1",
      "in 1 row a gradient is nan, first in row 1: the gradient becomes nan here, x = 0, y = 0 "
      "(column 1: hypot(x, y))"]),
    ("log(x)", "x\n-1\n-2\n", "2 rows: 2 with nan or inf",
     ["in 2 rows the value is nan, first in row 1: nan comes from the logarithm of a negative number, x = -1 "
      "(column 1: log(x))"]),
    # row by row
    ("diff(x**3, x) + abs(x)", "x\n1\n0\n0\n", "3 rows",
     [f"in 2 rows {ABS} (column 17: abs(x)), first in row 2"]),
    ("diff(log(x), x)", "x\n0\n1\n", "2 rows: 1 with nan or inf",
     ["in 1 row the value is inf, first in row 1: -inf comes from the logarithm of zero, x = 0 "
      "(column 6: log(x))"]),
]  # fmt: skip


def notes(lines: list[str]) -> str:
    return "".join(f"note: {line}\n" for line in lines)


@pytest.mark.parametrize(("expression", "table", "summary", "said"), CASES)
def test_rows(gradcli: Callable, expression: str, table: str, summary: str, said: list[str]) -> None:
    write("t.csv", table)
    assert gradcli("map", expression, "t.csv").err == f"{summary}\n{notes(said)}"


@pytest.mark.parametrize(("expression", "table", "summary", "said"), CASES)
def test_reduced(gradcli: Callable, expression: str, table: str, summary: str, said: list[str]) -> None:
    write("t.csv", table)
    for how in ("sum", "mean"):
        done = gradcli("map", expression, "t.csv", "--reduce", how, "--json")
        left_out = ", left out" if "missing" in summary else ""
        assert done.err == f"{summary}{left_out}\n{notes(said)}"
        assert json.loads(done.out)["notes"] == said


def test_the_mean_of_rows_without_a_root(gradcli: Callable) -> None:
    done = gradcli("map", "sqrt(x)", "-", "--reduce", "mean", stdin=b"x\n-1\n0\n1\n")
    assert done.out == (
        "mean over 3 rows of sqrt(x) = nan\n\nvariable   value  gradient\nx         column       nan\n"
    )


def test_no_gradient_no_convention(gradcli: Callable) -> None:
    write("t.csv", "x,y\n0,1\n")
    assert gradcli("map", "abs(x)*y", "t.csv", "--const=x").err == "1 row\n"
    assert gradcli("map", "abs(x)*y", "t.csv", "--wrt=y").err == "1 row\n"


def test_the_first_row_is_that_of_the_file(gradcli: Callable) -> None:
    write("t.csv", "x\noops\n\n1\noops\n \n0\n0\n")
    for options in ([], ["--reduce=sum"]):
        done = gradcli("map", "abs(x)", "t.csv", "--skip-bad", "--missing=NA", *options)
        assert f"note: in 2 rows {ABS} (column 1: abs(x)), first in row 6\n" in done.err
    write("long.csv", "x\n" + "1\n" * 1_500_000 + "0\n")
    done = gradcli("map", "abs(x)", "long.csv", "--reduce=sum")
    assert done.err == f"1500001 rows\nnote: in 1 row {ABS} (column 1: abs(x)), first in row 1500001\n"


def test_several_files(gradcli: Callable) -> None:
    for name, column in (("a", [1.0, 2.0]), ("b", [1.0, 0.0, 0.0]), ("c", [0.0])):
        pq.write_table(pa.table({"x": column}), f"{name}.parquet")
    for options in ([], ["--reduce=mean"], ["--json"]):
        done = gradcli("map", "abs(x)", "?.parquet", *options)
        said = f"in 3 rows {ABS} (column 1: abs(x)), first in 'b.parquet', row 2"
        assert done.err == f"6 rows\nnote: {said}\n"


def test_of_many_places_the_first_are_told(gradcli: Callable) -> None:
    write("t.csv", "x\n0\n")
    text = "+".join(f"abs({n}*x)" for n in range(2, 10))
    done = gradcli("map", text, "t.csv")
    places = [f"in 1 row {ABS} (column {9 * n + 1}: abs({n + 2}*x)), first in row 1" for n in range(5)]
    assert done.err == f"1 row\n{notes(places)}note: in 1 row {ABS}; so at 3 more places, first in row 1\n"


# --- rows that fail ---


def test_a_row_that_fails_costs_that_row(gradcli: Callable) -> None:
    write("t.csv", "x\n2\n1\n3\n")
    said = "in 1 row there is no value, first in row 2: the matrix is singular: it has no inverse"
    done = gradcli("map", "inv([[x, 1], [1, x]])[0, 0]", "t.csv", "--const=x")
    assert done == (
        2,
        "x,value\n2,0.6666666666666666\n1,nan\n3,0.375\n",
        f"3 rows: 1 with nan or inf\nnote: {said}\n",
    )
    done = gradcli("map", "inv([[x, 1], [1, x]])[0, 0]", "t.csv", "--reduce=sum", "--json")
    assert (done.status, done.err) == (2, f"3 rows: 1 with nan or inf\nnote: {said}\n")
    assert (json.loads(done.out)["value"], json.loads(done.out)["notes"]) == ("nan", [said])


def test_a_row_at_which_the_program_itself_fails(gradcli: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from gradcli.tables import rowwise

    evaluate = rowwise.evaluate

    def fails(text: str, bindings: dict[str, float]) -> object:
        if bindings["x"] == 1:
            raise LookupError("lost")
        return evaluate(text, bindings)

    monkeypatch.setattr(rowwise, "evaluate", fails)
    done = gradcli("map", "diff(x**2, x)", "-", "--const=x", stdin=b"x\n2\n1\n3\n1\n")
    assert done == (
        2,
        "x,value\n2,4\n1,nan\n3,6\n1,nan\n",
        "4 rows: 2 with nan or inf\n"
        "note: in 2 rows there is no value, first in row 2: gradcli itself failed: LookupError: lost\n",
    )


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("[1, x]", "(2,)"),
        ("diff([1, x], x)", "(2,)"),
        ("diff([[x, 1]], x)", "(1, 2)"),
        ("zeros(2)*diff(x, x)", "(2,)"),
    ],
)
def test_a_row_of_arrays_is_refused_before_a_header(gradcli: Callable, text: str, shape: str) -> None:
    assert gradcli("map", text, "-", stdin=b"x\n1\n") == (
        2,
        "",
        f"error: a row gives an array of shape {shape}, where a column has one number a row\n"
        "  take its sum, or one of its elements\n",
    )
