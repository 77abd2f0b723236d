"""What a cell is as a number, type by type and text by text."""

from __future__ import annotations

import decimal
from typing import Any

import pytest

pytest.importorskip("pyarrow")

import numpy as np
import pyarrow as pa

from gradcli.tables import cells, compute
from gradcli.tables.problems import TableError

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"", None), (b"  ", None), (b"\t", None), (b"NA", None), (b" NA ", None), (b"nan", NAN),
        (b"NaN", NAN), (b"-nan", NAN), (b"inf", INF), (b"-Infinity", -INF), (b"+INF", INF), (b"1e400", INF),
        (b"-1e400", -INF), (b"1e-400", 0.0), (b"5e-324", 5e-324),
        (b"1.7976931348623157e308", 1.7976931348623157e308),
        (b"0.1", 0.1), (b".5", 0.5), (b"5.", 5.0), (b"+1", 1.0), (b"-0", -0.0), (b"007", 7.0), (b" 2 ", 2.0),
        (b"1E5", 1e5), (b"1e+05", 1e5), (b"9007199254740993", 9007199254740992.0), (b"true", 1.0),
        (b"FALSE", 0.0), (" \u22122.5".encode(), -2.5), (b"1\r", 1.0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("among", [[], [b"1", b" 1 "]])
def test_cells_of_text(text: bytes, number: float | None, among: list[bytes]) -> None:
    column, bad = cells.parsed(pa.array([*among, text], pa.binary()), ["NA"])
    assert bad == {}
    assert repr(column.to_pylist()) == repr([1.0] * len(among) + [number])


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "1,5",
        "1_000",
        "0x10",
        "1e",
        "e5",
        ".",
        "--1",
        "1 2",
        "1.2.3",
        "NB",
        "infinit",
        "\u0661",
        "1\x00",
        "é",
    ],
)
def test_cells_that_are_no_number(text: str) -> None:
    column, bad = cells.parsed(pa.array([b"1", text.encode(), b"", b"3"], pa.binary()), ["NA"])
    assert bad == {1: text}
    assert [column[row].as_py() for row in (0, 2, 3)] == [1.0, None, 3.0]


def test_bytes_that_are_no_text() -> None:
    _, bad = cells.parsed(pa.array([b"\xff"], pa.binary()), [])
    assert bad == {0: "\udcff"}


def test_a_column_of_nothing() -> None:
    column, bad = cells.parsed(pa.array([], pa.binary()), ["NA"])
    assert (column.to_pylist(), bad) == ([], {})


@pytest.mark.parametrize(
    ("column", "numbers"),
    [
        (pa.array([1.5, None, NAN]), [1.5, None, NAN]),
        (pa.array([0.1, None], pa.float32()), [float(np.float32(0.1)), None]),
        (pa.array([1.5, None], pa.float16()), [1.5, None]),
        (pa.array([2**53 + 1, -(2**63), None], pa.int64()), [2.0**53, -(2.0**63), None]),
        (pa.array([2**64 - 1], pa.uint64()), [2.0**64]),
        (pa.array([-128, None], pa.int8()), [-128.0, None]),
        (pa.array([True, False, None]), [1.0, 0.0, None]),
        (pa.array([decimal.Decimal("-2.25"), None]), [-2.25, None]),
        (pa.array([decimal.Decimal("1e30")], pa.decimal256(40, 2)), [1e30]),
        (pa.array([3.0, None, 3.0]).dictionary_encode(), [3.0, None, 3.0]),
        (pa.array([3, None], pa.int32()).dictionary_encode(), [3.0, None]),
        (pa.nulls(2), [None, None]),
        (pa.array([], pa.int64()), []),
        (pa.array([9, 1, None, 2], pa.int64()).slice(1), [1.0, None, 2.0]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_types_that_are_numbers(column: pa.Array, numbers: list[float | None]) -> None:
    found = cells.floats(column, "x")
    assert found.type == pa.float64()
    assert repr(found.to_pylist()) == repr(numbers)
    expected = [NAN if number is None else number for number in numbers]
    assert repr(cells.numbers(found).tolist()) == repr(expected)


def test_floats_are_not_copied() -> None:
    column = pa.array([1.0, 2.0, 3.0]).slice(1)
    assert cells.floats(column, "x") is column
    assert cells.numbers(column).ctypes.data == column.buffers()[1].address + 8


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.array(["1"]), "string"),
        (pa.array([b"1"]), "binary"),
        (pa.array(["1"]).dictionary_encode(), "string"),
        (pa.array([1], pa.date32()), "date32[day]"),
        (pa.array([1], pa.timestamp("us")), "timestamp[us]"),
        (pa.array([1], pa.duration("s")), "duration[s]"),
        (pa.array([[1.0]]), "list<item: double>"),
        (pa.array([{"a": 1.0}]), "struct<a: double>"),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_types_that_are_none(column: pa.Array, kind: str) -> None:
    with pytest.raises(TableError, match="column 'x' holds no numbers: it is of type ") as error:
        cells.floats(column, "x")
    assert str(error.value).endswith(kind)


def missing(*columns: list[float]) -> Any:
    found = cells.missing(np.array(column) for column in columns)
    return None if found is None else found.tolist()


def test_which_rows_lack_a_value() -> None:
    assert missing([1.0, 2.0], [INF, -0.0]) is None
    assert missing([1.0, NAN, 3.0], [NAN, 1.0, 1.0]) == [True, True, False]
    assert missing() is None


def test_long_cells_are_clipped() -> None:
    assert cells.clipped("9" * 40) == "9" * 40
    assert cells.clipped("9" * 41) == "9" * 39 + "…"


@pytest.mark.parametrize("numbers", [[], [1.0, NAN, -0.0], [1, -2]])
def test_columns_share_the_memory_of_arrays(numbers: list[float]) -> None:
    array = np.array(numbers, dtype=np.float64 if not numbers else None)
    column = compute.column_of(array)
    assert repr(column.to_pylist()) == repr(numbers)
    assert repr(compute.array_of(column).tolist()) == repr(numbers)
    if numbers:
        assert column.buffers()[1].address == array.ctypes.data


def test_truths_as_an_array() -> None:
    column = pa.array([True, False, True, True]).slice(1)
    assert compute.truths(column).tolist() == [False, True, True]
