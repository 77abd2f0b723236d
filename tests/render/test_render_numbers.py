"""Numbers as text: every kind of scalar, arrays of every rank, what is cut and what is said of it."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from gradcli.render import numbers

INF = float("inf")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (4.0, 10, "4"),
        (-0.2879033166650653, 10, "-0.2879033167"),
        (-0.2879033166650653, 4, "-0.2879"),
        (-0.2879033166650653, 17, "-0.2879033166650653"),
        (0.0, 10, "0"),
        (-0.0, 10, "-0"),
        (INF, 10, "inf"),
        (-INF, 10, "-inf"),
        (float("nan"), 10, "nan"),
        (1e20, 10, "1e+20"),
        (1e-320, 10, "9.999888672e-321"),
        (123456789.0, 4, "1.235e+08"),
        (np.float32(0.1), 7, "0.1"),
        (np.float64(0.1), 10, "0.1"),
        (np.int64(7), 10, "7"),
        (np.array(2.5), 10, "2.5"),
        (mpmath.mpf(4), 50, "4"),
        (mpmath.mpf("inf"), 50, "inf"),
        (mpmath.mpf("-inf"), 50, "-inf"),
        (mpmath.mpf("nan"), 50, "nan"),
        (mpmath.mpf(10) ** 20, 15, "1e+20"),
    ],
)
def test_scalar(value: object, digits: int, text: str) -> None:
    assert numbers.scalar(value, digits) == text


def test_mpf_has_all_digits_asked() -> None:
    with mpmath.workdps(60):
        value = mpmath.sin(16)
    assert numbers.scalar(value, 50) == "-0.28790331666506529478445624821861752962070390065141"


@pytest.mark.parametrize(
    ("value", "room", "lines", "hidden"),
    [
        ([1.0, -2.5], 80, ["[1, -2.5]"], 0),
        (np.zeros(0), 80, ["[] of shape (0,)"], 0),
        (np.arange(12.0), 80, ["[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]"], 0),
        (np.arange(13.0), 80, ["[0, 1, 2, 3, …, 9, 10, 11, 12]"], 5),
        (np.arange(12.0), 20, ["[0, 1, …, 10, 11]"], 8),
        (np.arange(12.0), 1, ["[0, …, 11]"], 10),
        ([[1.0, 20.0], [-300.0, 4.0]], 80, ["[[   1, 20],", " [-300,  4]]"], 0),
        (
            np.arange(8.0).reshape(2, 2, 2),
            80,
            ["[[[0, 1],", "  [2, 3]],", " [[4, 5],", "  [6, 7]]]"],
            0,
        ),
        (
            np.arange(13.0).reshape(13, 1),
            80,
            ["[[ 0],", " [ 1],", " [ 2],", " [ 3],", " …,", " [ 9],", " [10],", " [11],", " [12]]"],
            5,
        ),
    ],
)
def test_array(value: object, room: int, lines: list[str], hidden: int) -> None:
    array = np.asarray(value)
    shown = numbers.show(array, 10, room)
    assert (shown.lines, shown.hidden, shown.size) == (lines, hidden, array.size)


def test_only_the_elements_shown_are_looked_at() -> None:
    shown = numbers.show(np.broadcast_to(np.float64(1), (10**6, 10**6)), 10, 80)
    assert len(shown.lines) == 9
    assert shown.hidden == 10**12 - 64


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([1.0, 2.0]), "[1, 2]"),
        (np.array([[1.0, 20.0], [300.0, 4.0]]), "[[1, 20], [300, 4]]"),
        (np.arange(5.0), "shape (5,)"),
        (np.zeros((3, 3)), "shape (3, 3)"),
    ],
)
def test_array_on_one_line(value: object, text: str) -> None:
    assert numbers.inline(value, 4, 4) == text
