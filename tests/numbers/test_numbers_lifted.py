"""Arrays of mpmath's numbers: like NumPy's, with every digit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.numbers import SingularMatrix, arrays, lifted, precise

CONTEXT = precise.context(40)
RANDOM = np.random.default_rng(7)


def exact(x: Any) -> Any:
    """A float array with mpf for elements."""
    return np.frompyfunc(lambda e: precise.number(float(e), CONTEXT), 1, 1)(x)


V, M, W = RANDOM.normal(size=3), RANDOM.normal(size=(3, 3)), RANDOM.normal(size=(2, 3, 3))


@pytest.mark.parametrize(
    ("function", "operands", "static"),
    [
        ("sum", (M,), {"axis": 0}),
        ("sum", (M,), {"axis": 1, "keepdim": True}),
        ("sum", (W,), {"axis": (0, 2)}),
        ("prod", (M,), {"axis": -1}),
        ("amax", (W,), {"axis": (0, 1)}),
        ("amin", (W,), {"axis": 1, "keepdim": True}),
        ("amax", (M,), {}),
        ("cumsum", (M,), {"axis": 0}),
        ("cumprod", (M,), {"axis": 0}),
        ("logdet", (M @ M.T,), {}),
        ("logdet", (W @ W.transpose(0, 2, 1),), {}),
        ("fmod", (M, V), {}),
        ("acsch", (M,), {}),
        ("matmul", (M, V), {}),
        ("matmul", (V, M), {}),
        ("matmul", (W, M), {}),
        ("outer", (V, V), {}),
        ("inv", (M,), {}),
        ("inv", (W,), {}),
        ("det", (M,), {}),
        ("det", (W,), {}),
        ("solve", (M, V), {}),
        ("solve", (M, M), {}),
        ("solve", (W, M), {}),
        ("solve", (W, V), {}),
        ("diag", (V,), {}),
        ("diag", (M,), {}),
        ("transpose", (W,), {"axes": (2, 0, 1)}),
        ("flip", (M,), {"axis": 0}),
        ("reshape", (M,), {"shape": (9,)}),
        ("getitem", (M,), {"index": (slice(None), 1)}),
        ("scatter", (V,), {"index": np.array([0, 1, 0]), "shape": (4,)}),
        ("broadcast_to", (V,), {"shape": (2, 3)}),
        ("exp", (M,), {}),
        ("sigmoid", (M,), {}),
        ("atan2", (M, V), {}),
        ("where", (np.sign(M) + 1, M, V), {}),
        ("lt", (M, V), {}),
        ("maximum", (M, V), {}),
        ("zeros_like", (M,), {}),
        ("ones_like", (M,), {}),
    ],
)
def test_like_numpy(function: str, operands: tuple[Any, ...], static: dict[str, Any]) -> None:
    expected = getattr(arrays, function)(*operands, **static)
    result = getattr(lifted, function)(*map(exact, operands), **static)
    assert np.shape(result) == np.shape(expected)
    flat = list(result.flat) if isinstance(result, np.ndarray) else [result]
    assert all(hasattr(e, "_mpf_") for e in flat)
    np.testing.assert_allclose(np.array([float(e) for e in flat]), np.ravel(expected), rtol=1e-12, atol=1e-13)


def test_the_inverse_has_every_digit() -> None:
    unit = lifted.matmul(exact(M), lifted.inv(exact(M)))
    assert max(abs(e) for e in (unit - lifted.eye(3, CONTEXT.one)).flat) < 1e-37


def test_singular() -> None:
    ones = exact(np.ones((3, 3)))
    assert lifted.det(ones) == 0
    with pytest.raises(SingularMatrix, match=r"The diagonal element 2 is zero"):
        lifted.inv(ones)
    with pytest.raises(SingularMatrix, match=r"^torch\.linalg\.solve: The solver failed"):
        lifted.solve(ones, exact(V))


def test_floats_among_them_become_precise() -> None:
    third = precise.div(CONTEXT.one, precise.number(3, CONTEXT))
    for made in (
        lifted.stack([third, 0.5]),
        lifted.concat([np.array([third], object), np.array([0.5])]),
        lifted.where(np.array([1.0, 0.0]), third, 0.5),
        lifted.full((2,), 0.5, third),
    ):
        assert all(hasattr(e, "_mpf_") for e in made)
    assert (
        CONTEXT.nstr(lifted.getitem(lifted.exp(lifted.stack([third, 1.0])), 1), 30)
        == "2.71828182845904523536028747135"
    )


def test_ranges_count_by_every_digit() -> None:
    tenth = precise.number("0.1", CONTEXT)
    assert lifted.arange(0.0, 1.0, tenth).shape == (10,)
    assert (
        CONTEXT.nstr(lifted.getitem(lifted.linspace(0.0, CONTEXT.one, 4), 1), 30, strip_zeros=False)
        == "0." + "3" * 30
    )


def test_scalars_come_out_as_elements() -> None:
    assert hasattr(lifted.sum(exact(V)), "_mpf_")
    assert hasattr(lifted.getitem(exact(V), 0), "_mpf_")
    assert precise.reshape(CONTEXT.one, (1, 1)).shape == (1, 1)
    assert lifted.reshape(precise.reshape(CONTEXT.one, (1,)), ()) == 1
