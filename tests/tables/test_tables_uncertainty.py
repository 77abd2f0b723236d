"""First-order errors: textbook cases by hand, Monte Carlo, rows and sums, what is exact, huge or missing."""

from __future__ import annotations

import math
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("pyarrow")

import pyarrow as pa

from gradcli.render.uncertainty import measured as shown
from gradcli.render.uncertainty import share
from gradcli.tables import measured
from gradcli.tables.blocks import ROWS, Program
from gradcli.tables.problems import TableError
from gradcli.tables.uncertainty import Input, Propagation, Squares, nothing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Array = Any


def program(text: str, columns: Sequence[str], **parameters: float) -> Program:
    return Program(text, parameters, columns=columns, threads=1)


def per_row(
    text: str, numbers: Mapping[str, Sequence[float]], inputs: Sequence[Input], **parameters: float
) -> tuple[Array, list[Array]]:
    """The errors of rows, and the shares."""
    columns = {name: np.array(column, float) for name, column in numbers.items()}
    names = [name for name in columns if name.isidentifier()]
    run, met = program(text, names, **parameters), {}
    block = run.run(columns, met)
    error, *shares = Propagation(inputs, "error").rows(run, block, columns, met)
    return error, shares


def over_rows(
    text: str, numbers: Mapping[str, Sequence[float]], inputs: Sequence[Input], how: str, **parameters: float
) -> Any:
    columns = {name: np.array(column, float) for name, column in numbers.items()}
    names = [name for name in columns if name.isidentifier()]
    run = program(text, names, **parameters)
    return Propagation(inputs, "error").reduce(run, columns, {}).uncertain(how)


X, Y = Input("x", size=0.3), Input("y", size=0.4)


@pytest.mark.parametrize(
    ("text", "x", "y", "error", "of_x"),
    [
        # (text, values, error by the textbook's formula, share of x)
        ("x + y", 5, 7, 0.5, 9 / 25),
        ("x - y", 5, 7, 0.5, 9 / 25),
        ("2*x + y", 5, 7, math.hypot(0.6, 0.4), 36 / 52),
        ("x*y", 5, 7, 35 * math.hypot(0.3 / 5, 0.4 / 7), (0.3 / 5) ** 2 / ((0.3 / 5) ** 2 + (0.4 / 7) ** 2)),
        ("x/y", 5, 8, 5 / 8 * math.hypot(0.3 / 5, 0.4 / 8), 0.0036 / 0.0061),
        ("x**3 + 0*y", 2, 1, 3 * 4 * 0.3, 1),
        ("sqrt(x) + 0*y", 4, 1, 0.3 / 4, 1),
        ("x**2*y**-1", 2, 4, 1 * math.hypot(2 * 0.3 / 2, 0.4 / 4), 0.09 / 0.10),
        ("exp(x) + 0*y", 1, 1, math.e * 0.3, 1),
        ("log(x) + 0*y", 5, 1, 0.06, 1),
        ("sin(x) + 0*y", 0, 1, 0.3, 1),
        ("x*x - y + y", 5, 7, 2 * 5 * 0.3, 1),  # one x, and not two that are independent
    ],
)
def test_textbook(text: str, x: float, y: float, error: float, of_x: float) -> None:
    errors, shares = per_row(text, {"x": [x], "y": [y]}, [X, Y])
    np.testing.assert_allclose(errors, [error], rtol=1e-14)
    np.testing.assert_allclose(shares, [[of_x], [1 - of_x]], rtol=1e-13, atol=1e-16)


def test_errors_of_every_kind() -> None:
    numbers = {"x": [2.0, -4.0], "y": [1.0, 1.0], "±y": [0.1, 0.2]}
    inputs = [
        Input("x", size=0.05, relative=True),
        Input("y", column="±y"),
        Input("k", size=0.5, common=True),
    ]
    errors, shares = per_row("x + y + k", numbers, inputs, k=1.0)
    variances = np.array([[0.1, 0.1, 0.5], [0.2, 0.2, 0.5]]) ** 2
    np.testing.assert_allclose(errors**2, variances.sum(1), rtol=1e-14)
    np.testing.assert_allclose(np.transpose(shares), variances / variances.sum(1, keepdims=True), rtol=1e-14)


def test_shares_are_parts_of_one() -> None:
    generator = np.random.default_rng(1)
    numbers = {"x": generator.normal(size=3 * ROWS + 5), "y": generator.normal(size=3 * ROWS + 5)}
    errors, shares = per_row("sin(x*y) + exp(y)*k", numbers, [X, Y, Input("k", size=1.0, common=True)], k=2.0)
    assert errors.shape == (3 * ROWS + 5,)
    assert (errors > 0).all()
    assert (np.array(shares) >= 0).all()
    np.testing.assert_allclose(np.sum(shares, 0), 1, rtol=1e-14)


@pytest.mark.parametrize(
    ("x", "x_error", "y_error", "error", "shares"),
    [
        (1, 0, 0, 0, (0, 0)),  # nothing has an error: nothing has a share
        (0, 0, 0.5, 0.5, (0, 1)),  # an infinite slope of what is exact
        (0, 0.5, 0.5, math.inf, (math.nan, 0)),
        (-1, 0.5, 0.5, math.nan, (math.nan, math.nan)),
        (1, 2e200, 1e200, math.sqrt(2) * 1e200, (0.5, 0.5)),
        (1, 2e-200, 1e-200, math.sqrt(2) * 1e-200, (0.5, 0.5)),
        (1, math.inf, 0.5, math.inf, (math.nan, 0)),
    ],
)
def test_at_the_edge(x: float, x_error: float, y_error: float, error: float, shares: tuple) -> None:
    inputs = [Input("x", column="±x"), Input("y", column="±y")]
    # The other row is an ordinary one, and must stay that.
    numbers = {"x": [x, 1], "y": [1, 1], "±x": [x_error, 6], "±y": [y_error, 4]}
    found, parts = per_row("sqrt(x) + y", numbers, inputs)
    np.testing.assert_allclose(found, [error, 5], rtol=1e-15)
    np.testing.assert_allclose(parts, [[shares[0], 9 / 25], [shares[1], 16 / 25]], rtol=1e-15)


def test_no_gradient_adds_nothing() -> None:
    errors, shares = per_row("floor(x) + detach(x)*y", {"x": [1.5], "y": [2]}, [X, Y])
    np.testing.assert_allclose([errors[0], shares[0][0], shares[1][0]], [0.6, 0, 1])


def test_what_is_missing() -> None:
    inputs = [Input("x", column="±x"), Input("y", column="±y"), Input("k", size=1.0, common=True)]
    nan = math.nan
    numbers = {"±x": np.array([1.0, nan, 1.0]), "±y": np.array([1.0, 1.0, nan])}
    found = Propagation(inputs, "error").unknown(numbers)
    assert found is not None
    assert found.tolist() == [False, True, True]
    assert Propagation([X], "error").unknown({"x": np.array([nan])}) is None


# --- over rows ---


@pytest.mark.parametrize(("how", "over"), [("sum", 1), ("mean", 4)])
def test_of_columns_in_quadrature_and_of_parameters_as_a_whole(how: str, over: float) -> None:
    numbers = {"x": [1.0, 2.0, 3.0, 4.0]}
    inputs = [Input("x", size=0.1), Input("k", size=0.5, common=True)]
    found = over_rows("x + k", numbers, inputs, how, k=1.0)
    # Four errors of 0.1 in quadrature; one error of 0.5, four times the same.
    assert found.error == pytest.approx(math.hypot(0.1 * math.sqrt(4), 0.5 * 4) / over, rel=1e-15)
    assert found.shares == pytest.approx({"x": 0.04 / 4.04, "k": 4 / 4.04})


def test_of_a_parameter_the_gradients_are_added_first() -> None:
    # The slopes of k are 1 and -1: what it is makes no difference to the sum.
    found = over_rows("k*x", {"x": [1.0, -1.0]}, [Input("k", size=0.5, common=True)], "sum", k=1.0)
    assert (found.error, found.shares) == (0.0, {"k": 0.0})
    column = over_rows("k*x", {"x": [1.0, -1.0]}, [Input("x", size=0.5)], "sum", k=1.0)
    assert column.error == pytest.approx(0.5 * math.sqrt(2))


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e-160, 1e-30, 1.0, 1e30, 1e155, 1e200, 1e300])
def test_sums_of_squares_of_any_size(scale: float) -> None:
    inputs = [Input("x", column="±x")]
    found = over_rows("2*x", {"x": [1.0] * 4, "±x": [scale] * 4}, inputs, "sum")
    assert found.error == pytest.approx(4 * scale, rel=1e-14)
    assert found.shares == {"x": 1.0}


def test_sums_of_squares_of_all_sizes() -> None:
    squares, other = Squares(), Squares()
    for root in (1e-200, 3e200):
        squares.add(np.array([root]))
    other.add(np.array([4e200]))
    squares.merge(other)
    assert squares.root() == pytest.approx(5e200, rel=1e-15)


def test_partial_sums_do_not_depend_on_who_added_them() -> None:
    generator = np.random.default_rng(2)
    count = 2 * ROWS + 77
    columns = {name: generator.lognormal(sigma=6, size=count) for name in ("x", "±x")}
    run = program("k*log(1 + x)", ["x"], k=2.0)
    propagation = Propagation([Input("x", column="±x"), Input("k", size=0.1, common=True)], "error")
    whole = propagation.reduce(run, columns, {})
    parts = [
        propagation.reduce(run, {name: column[rows] for name, column in columns.items()}, {})
        for rows in (slice(0, 10), slice(10, 12345), slice(12345, count))
    ]
    joined, *others = [pickle.loads(pickle.dumps(part)) for part in parts]
    for part in others:
        joined.merge(part)
    turned, *others = [pickle.loads(pickle.dumps(part)) for part in reversed(parts)]
    for part in others:
        turned.merge(part)
    for how in ("sum", "mean"):
        assert joined.result(how) == turned.result(how)
        assert joined.uncertain(how).error == turned.uncertain(how).error
        assert joined.uncertain(how).shares == turned.uncertain(how).shares
        assert whole.result(how) == run.reduce(columns).result(how)
        assert joined.result(how)[0] == pytest.approx(whole.result(how)[0], rel=1e-15)
        assert joined.uncertain(how).error == pytest.approx(whole.uncertain(how).error, rel=1e-15)
    exact = math.sqrt(math.fsum((2 / (1 + x) * s) ** 2 for x, s in zip(*columns.values(), strict=True)))
    found = whole.uncertain("sum")
    assert found.error * math.sqrt(found.shares["x"]) == pytest.approx(exact, rel=1e-14)


def test_of_no_rows() -> None:
    inputs = [X, Input("k", size=1.0, common=True)]
    assert (nothing(inputs, "sum").error, nothing(inputs, "sum").shares) == (0.0, {"x": 0.0, "k": 0.0})
    assert math.isnan(nothing(inputs, "mean").error)


# --- Monte Carlo ---

DRAWS = 100_000
FORMULAS = ["x*y/k", "x**2 + k*sin(y)", "sqrt(x**2 + y**2)*k", "k*exp(-x/y)"]
VALUES = np.array([2.0, 3.0, 2.5]), np.array([1.5, 1.2, 0.8])
ERRORS = np.array([0.01, 0.02, 0.005]), np.array([0.02, 0.01, 0.01])


def draws(generator: np.random.Generator, text: str) -> Array:
    """Values of the formula, a row for each draw: x and y drawn for each row, k once for all."""
    x = VALUES[0] + ERRORS[0] * generator.standard_normal((DRAWS, 3))
    y = VALUES[1] + ERRORS[1] * generator.standard_normal((DRAWS, 3))
    k = 1.3 + 0.02 * generator.standard_normal((DRAWS, 1))
    return eval(text, {"x": x, "y": y, "k": k, "sin": np.sin, "sqrt": np.sqrt, "exp": np.exp})


@pytest.mark.parametrize("text", FORMULAS)
def test_monte_carlo(text: str) -> None:
    numbers = {"x": VALUES[0], "y": VALUES[1], "±x": ERRORS[0], "±y": ERRORS[1]}
    inputs = [
        Input("x", column="±x"),
        Input("y", column="±y"),
        Input("k", size=0.02, common=True),
    ]
    drawn = draws(np.random.default_rng(4), text)
    # A standard deviation of so many draws is known to 1/sqrt(2*DRAWS): 0.2 %; second order is smaller.
    errors, _ = per_row(text, numbers, inputs, k=1.3)
    np.testing.assert_allclose(errors, drawn.std(0), rtol=0.01)
    assert over_rows(text, numbers, inputs, "sum", k=1.3).error == pytest.approx(drawn.sum(1).std(), rel=0.01)
    assert over_rows(text, numbers, inputs, "mean", k=1.3).error == pytest.approx(
        drawn.mean(1).std(), rel=0.01
    )


# --- cells and texts ---


@pytest.mark.parametrize(
    ("cell", "value", "error"),
    [
        ("2.0±0.1", 2.0, 0.1),
        (" 2.0 ± 0.1 ", 2.0, 0.1),
        ("2.0+/-0.1", 2.0, 0.1),
        ("-2e3 +/- 1e1", -2000.0, 10.0),
        ("-2.0±5%", -2.0, 0.1),
        ("2.0 ± 5 %", 2.0, 0.1),
        ("2.0±-0.1", 2.0, -0.1),  # for the reader to refuse
        ("2.0+-0.1", 2.0, 0.1),
        ("(2.0±0.1)e3", 2000.0, 100.0),
        ("2.0", 2.0, None),
        ("2.0±", 2.0, None),
        ("2.0±NA", 2.0, None),
        ("±0.1", None, 0.1),
        ("NA", None, None),
        ("", None, None),
        (" ", None, None),
    ],
)
def test_a_cell(cell: str, value: float | None, error: float | None) -> None:
    values, errors, bad = measured.parsed(pa.array([cell.encode()], pa.binary()), ["NA"])
    assert bad == {}
    assert values.to_pylist() == pytest.approx([value])
    assert errors.to_pylist() == pytest.approx([error])


@pytest.mark.parametrize(
    "cell", ["2.0±0.1±0.2", "a±0.1", "2.0±b", "2.0±0.1x", "2.0+-a", "(2.0±0.1)e", "%", "2±%5"]
)
def test_a_bad_cell(cell: str) -> None:
    cells = ["1±1", cell, "", "2±50%"]
    column = pa.array([each.encode() for each in cells], pa.binary())
    values, errors, bad = measured.parsed(column, [])
    assert bad == {1: cell}
    assert values.to_pylist()[::2] == [1.0, None]
    assert errors.to_pylist()[::3] == [1.0, 1.0]


def test_cells_that_are_no_utf8() -> None:
    _, _, bad = measured.parsed(pa.array([b"1", b"\xb1"], pa.binary()), [])
    assert list(bad) == [1]


@pytest.mark.parametrize(
    ("text", "found"), [("2±0.1", True), ("5.)+/- .1", True), ("a±b", False), ("±", False)]
)
def test_which_column_has_errors_in_its_cells(text: str, found: bool) -> None:
    assert measured.is_measured(pa.array([b"1", None, text.encode()], pa.binary())) is found


def test_a_column_of_no_text() -> None:
    with pytest.raises(TableError, match=r"column 'x' holds no text .* is of type double"):
        measured.text(pa.array([1.0]), "x")
    assert measured.text(pa.array(["a"]).dictionary_encode(), "x").to_pylist() == [b"a"]


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (1.23449, 0.0123, "1.234 ± 0.012"),
        (1.2, 0.0123, "1.200 ± 0.012"),
        (9.81, 0.0996, "9.81 ± 0.10"),
        (9.81, 0.0994, "9.810 ± 0.099"),
        (-9.81, 1.5, "-9.8 ± 1.5"),
        (12.5, 15, "12 ± 15"),
        (1234.5, 123, "1230 ± 120"),
        (123456, 9960, "123000 ± 10000"),
        (0.0, 0.5, "0.00 ± 0.50"),
        (-0.001, 0.5, "-0.00 ± 0.50"),
        (0.001, 25, "0 ± 25"),
        (6.62607e-34, 1.2e-36, "(6.626 ± 0.012)e-34"),
        (6.022e23, 1e21, "(6.022 ± 0.010)e+23"),
        (9.9999e6, 1e3, "9999900 ± 1000"),
        (1.5e7, 1e5, "(1.500 ± 0.010)e+07"),
        (3e-9, 2e-5, "(0.0 ± 2.0)e-05"),
        (3.0, 2e-5, "3.000000 ± 0.000020"),
        (1.0, 1e-30, "1 ± 1e-30"),
        (1.5, 0.0, "1.5 ± 0"),
        (1.5, math.nan, "1.5 ± nan"),
        (1.5, math.inf, "1.5 ± inf"),
        (math.nan, math.nan, "nan ± nan"),
        (math.inf, 1.0, "inf ± 1"),
        (1e308, 1e307, "(1.00 ± 0.10)e+308"),
        (5e-324, 5e-324, "(4.9 ± 4.9)e-324"),
    ],
)
def test_rounded_as_in_a_lab(value: float, error: float, text: str) -> None:
    assert shown(value, error) == text


def test_digits_that_are_asked_for() -> None:
    assert shown(1.23456789, 0.0123456, 4) == "1.235 ± 0.01235"


@pytest.mark.parametrize(
    ("part", "text"),
    [(0.6423, "64.2%"), (1.0, "100%"), (0.0, "0%"), (0.9999, "100%"), (2e-6, "0.0002%"), (math.nan, "nan")],
)
def test_shares_in_percent(part: float, text: str) -> None:
    assert share(part) == text
