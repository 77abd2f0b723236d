"""Every kind offers every function, payloads find their kind, and cotangents their shape."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from gradcli.numbers import is_finite, namespace_of, normal, precise, quiet, shape_of, size_of, unbroadcast
from gradcli.numbers.expression import name
from gradcli.numbers.namespace import FUNCTIONS

KINDS = ["floats", "arrays", "precise", "expressions", "lifted"]
CONTEXT = precise.context(40)
MPF = precise.number("0.1", CONTEXT)
X = name("x")
OBJECTS = np.array([MPF, MPF], object)
F32 = np.array([1, 2, 3], np.float32)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_kind_offers_every_function(kind: str, function: str) -> None:
    assert callable(getattr(importlib.import_module(f"gradcli.numbers.{kind}"), function))


@pytest.mark.parametrize(
    ("payloads", "kind"),
    [
        ((), "floats"),
        ((1.0,), "floats"),
        ((1.0, 2), "floats"),
        ((True,), "floats"),
        ((F32,), "arrays"),
        ((1.0, F32), "arrays"),
        ((np.array(1.0),), "arrays"),
        ((np.float64(1.0),), "arrays"),
        ((MPF,), "precise"),
        ((1.0, MPF), "precise"),
        ((X, 1.0), "expressions"),
        ((MPF, X), "expressions"),
        ((MPF, F32), "lifted"),
        ((X, F32), "lifted"),
        ((OBJECTS,), "lifted"),
        ((OBJECTS, 1.0), "lifted"),
    ],
)
def test_namespace_of(payloads: tuple[Any, ...], kind: str) -> None:
    assert namespace_of(*payloads).__name__ == f"gradcli.numbers.{kind}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("payload", ["1", None, [1.0], 1j])
def test_what_is_no_number_has_no_kind(payload: Any) -> None:
    with pytest.raises(TypeError, match=r"^a \w+ is no kind of number$"):
        namespace_of(payload)


@pytest.mark.parametrize(
    ("payload", "shape", "size"),
    [
        (1.0, (), 1),
        (2, (), 1),
        (F32, (3,), 3),
        (np.zeros((2, 0)), (2, 0), 0),
        (MPF, (), 1),
        (X, (), 1),
        (OBJECTS, (2,), 2),
    ],
)
def test_shape_and_size(payload: Any, shape: tuple[int, ...], size: int) -> None:
    assert (shape_of(payload), size_of(payload)) == (shape, size)


def test_normal() -> None:
    assert type(normal(np.float64(2.0))) is float
    assert type(normal(np.array(2.0))) is float
    single = normal(np.float32(2.0))
    assert (type(single), single.dtype, single.shape) == (np.ndarray, np.float32, ())
    assert normal(MPF) is MPF


@pytest.mark.parametrize(
    ("payload", "finite"),
    [
        (1.0, True),
        (float("inf"), False),
        (float("nan"), False),
        (F32, True),
        (np.array([1.0, np.nan]), False),
        (np.zeros(0), True),
        (MPF, True),
        (CONTEXT.inf, False),
        (X, True),
        (OBJECTS, True),
        (np.array([MPF, CONTEXT.nan], object), False),
        (np.array([1, 2]), True),
    ],
)
def test_is_finite(payload: Any, finite: bool) -> None:
    assert is_finite(payload) is finite


@pytest.mark.parametrize(
    ("of_g", "shape", "value"),
    [
        ((2, 3), (3,), 2.0),
        ((2, 3), (2, 1), 3.0),
        ((2, 3), (1, 3), 2.0),
        ((2, 3), (1, 1), 6.0),
        ((2, 3), (1,), 6.0),
        ((2, 3), (2, 3), 1.0),
        ((4, 2, 3), (2, 1), 12.0),
        ((), (2,), 1.0),
        ((2, 0), (1, 1), 0.0),
    ],
)
@pytest.mark.parametrize("one", [1.0, MPF / MPF])
def test_unbroadcast(of_g: tuple[int, ...], shape: tuple[int, ...], value: float, one: Any) -> None:
    xp = namespace_of(one)
    g = xp.broadcast_to(one, of_g)
    back = unbroadcast(xp, g, shape)
    assert shape_of(back) == shape
    assert (back == value).all()


def test_unbroadcast_to_a_scalar() -> None:
    assert unbroadcast(namespace_of(F32), np.ones((2, 3)), ()) == 6.0
    assert unbroadcast(namespace_of(1.0), 2.5, ()) == 2.5


def test_operators_in_the_quiet_overflow_without_a_word() -> None:
    big = np.array([1e308, 1e308])
    with quiet():
        assert (big * big == np.inf).all()
