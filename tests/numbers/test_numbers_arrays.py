"""Arrays: dtypes and ranks of results, PyTorch's texts for what does not fit, and what is too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli.numbers import ArrayTooLarge, SingularMatrix, arrays, floats

if TYPE_CHECKING:
    from collections.abc import Callable

F32 = np.array([1, 2, 3], np.float32)
M = np.ones((2, 3))
V = np.arange(3.0)


@pytest.mark.parametrize(
    "result",
    [
        arrays.sum(V),
        arrays.amax(V),
        arrays.getitem(V, 1),
        arrays.det(np.eye(2)),
        arrays.matmul(V, V),
        arrays.sin(np.array(1.0)),
        arrays.where(np.array(1.0), 1.0, 2.0),
        arrays.div(np.array(1), 2),
        arrays.reshape(np.ones(1), ()),
        arrays.lt(1.0, 2.0),
        arrays.full((), 3.0),
        arrays.sum(np.array([[1.0]]), (0, 1)),
        arrays.sin(np.array(True)),
    ],
)
def test_rank_0_of_float64_is_a_float(result: Any) -> None:
    assert type(result) is float


@pytest.mark.parametrize(
    "result",
    [
        arrays.sum(F32),
        arrays.getitem(F32, 0),
        arrays.sin(arrays.sum(F32)),
        arrays.lgamma(arrays.getitem(F32, 2)),
        arrays.where(arrays.getitem(F32, 0), arrays.getitem(F32, 0), 0.0),
        arrays.zeros((), F32),
        arrays.lt(arrays.sum(F32), 1.0),
        arrays.polygamma(1, arrays.getitem(F32, 0)),
        arrays.gamma(arrays.getitem(F32, 0)),
        arrays.sigmoid(arrays.sum(F32)),
    ],
)
def test_rank_0_of_float32_stays_an_array(result: Any) -> None:
    assert (type(result), result.dtype, result.shape) == (np.ndarray, np.float32, ())


@pytest.mark.parametrize(
    "function",
    [
        "exp",
        "lgamma",
        "gamma",
        "digamma",
        "erf",
        "erfinv",
        "sigmoid",
        "softplus",
        "logsigmoid",
        "sech",
        "floor",
        "isnan",
        "zeros_like",
        "cumsum",
        "cumprod",
        "asec",
        "acot",
        "sign",
    ],
)
def test_float32_stays_float32(function: str) -> None:
    assert getattr(arrays, function)(F32).dtype == np.float32


def test_a_float_takes_the_dtype_of_its_array() -> None:
    assert arrays.maximum(F32, 0.5).dtype == np.float32
    assert arrays.stack([arrays.getitem(F32, 0), 0.5]).dtype == np.float32
    assert arrays.linspace(0.0, 1.0, 3, F32).dtype == np.float32
    assert arrays.full((2,), 1.0, F32).dtype == np.float32


def test_integers_are_kept_where_torch_keeps_them() -> None:
    whole = np.array([3, 1, 2])
    assert arrays.sum(whole).dtype == np.int64
    assert arrays.sum(whole > 1).dtype == np.int64
    assert arrays.pow(whole, 2).tolist() == [9, 1, 4]
    assert arrays.exp(whole > 5).dtype == np.float64
    with pytest.raises(RuntimeError, match=r"^Integers to negative integer powers are not allowed\.$"):
        arrays.pow(whole, -1)


REFUSED = [
    (
        lambda: arrays.inv(np.ones((3, 3))),
        "linalg.inv: The diagonal element 2 is zero, the inversion could not be completed "
        "because the input matrix is singular.",
    ),
    (
        lambda: arrays.inv(np.ones((2, 3, 3))),
        "linalg.inv: (Batch element 0): The diagonal element 2 is zero, the inversion "
        "could not be completed because the input matrix is singular.",
    ),
    (lambda: arrays.inv(M), "linalg.inv: A must be batches of square matrices, but they are 2 by 3 matrices"),
    (lambda: arrays.det(V), "linalg.det: The input tensor A must have at least 2 dimensions."),
    (lambda: floats.inv(1.0), "linalg.inv: The input tensor A must have at least 2 dimensions."),
    (
        lambda: arrays.solve(np.ones((2, 2)), np.ones(2)),
        "torch.linalg.solve: The solver failed because the input matrix is singular.",
    ),
    (
        lambda: arrays.solve(np.eye(2), V),
        "linalg.solve: Incompatible shapes of A and B for the equation AX = B (2x2 and 3x1)",
    ),
    (lambda: arrays.matmul(M, M), "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"),
    (
        lambda: arrays.matmul(V, np.ones(2)),
        "inconsistent tensor size, expected tensor [3] and src [2] to have the same number "
        "of elements, but got 3 and 2 elements respectively",
    ),
    (lambda: arrays.matmul(M, np.ones(2)), "size mismatch, got input (2), mat (2x3), vec (2)"),
    (
        lambda: arrays.matmul(np.ones(2), np.ones((3, 2))),
        "mat1 and mat2 shapes cannot be multiplied (1x2 and 3x2)",
    ),
    (
        lambda: arrays.matmul(1.0, V),
        "both arguments to matmul need to be at least 1D, but they are 0D and 1D",
    ),
    (lambda: arrays.getitem(V, 3), "index 3 is out of bounds for dimension 0 with size 3"),
    (lambda: arrays.getitem(M, (0, -4)), "index -4 is out of bounds for dimension 1 with size 3"),
    (lambda: arrays.getitem(M, (..., 3)), "index 3 is out of bounds for dimension 1 with size 3"),
    (lambda: arrays.getitem(M, (0, 0, 0)), "too many indices for tensor of dimension 2"),
    (lambda: arrays.getitem(M, np.array([5])), "index 5 is out of bounds for dimension 0 with size 2"),
    (
        lambda: floats.getitem(1.0, 0),
        "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
        "`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number",
    ),
    (lambda: arrays.sum(V, 1), "Dimension out of range (expected to be in range of [-1, 0], but got 1)"),
    (lambda: floats.sum(1.0, 1), "Dimension out of range (expected to be in range of [-1, 0], but got 1)"),
    (lambda: arrays.sum(M, (0, 0)), "dim 0 appears multiple times in the list of dims"),
    (
        lambda: arrays.amax(np.ones(0)),
        "amax(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
        "reduction dim with the 'dim' argument.",
    ),
    (lambda: arrays.amin(np.ones((0, 3)), 0), "amin(): Expected reduction dim 0 to have non-zero size."),
    (lambda: arrays.reshape(V, (2,)), "shape '[2]' is invalid for input of size 3"),
    (lambda: arrays.reshape(V, (2, -1)), "shape '[2, -1]' is invalid for input of size 3"),
    (lambda: arrays.reshape(V, (-1, -1)), "only one dimension can be inferred"),
    (
        lambda: arrays.broadcast_to(V, (2,)),
        "The expanded size of the tensor (2) must match the existing size (3) at "
        "non-singleton dimension 0.  Target sizes: [2].  Tensor sizes: [3]",
    ),
    (
        lambda: arrays.stack([M, V]),
        "stack expects each tensor to be equal size, but got [2, 3] at entry 0 and [3] at entry 1",
    ),
    (lambda: arrays.concat([M, V]), "Tensors must have same number of dimensions: got 2 and 1"),
    (
        lambda: arrays.concat([M, np.ones((2, 2))]),
        "Sizes of tensors must match except in dimension 0. Expected size 3 but got "
        "size 2 for tensor number 1 in the list.",
    ),
    (lambda: floats.concat([1.0]), "zero-dimensional tensor (at position 0) cannot be concatenated"),
    (lambda: arrays.transpose(M, (0, 0)), "permute(): duplicate dims are not allowed."),
    (lambda: arrays.outer(M, V), "outer: Expected 1-D argument self, but got 2-D"),
    (lambda: arrays.diag(np.ones((1, 1, 1))), "diag(): Supports 1D or 2D tensors. Got 3D"),
    (lambda: arrays.polygamma(-1, V), "polygamma(n, x) does not support negative n."),
    (lambda: arrays.arange(0.0, 1.0, 0.0), "step must be nonzero"),
    (lambda: arrays.arange(0.0, 1.0, -1.0), "upper bound and lower bound inconsistent with step sign"),
    (lambda: arrays.arange(0.0, float("inf")), "unsupported range: 0 -> inf"),
]


@pytest.mark.parametrize(("act", "text"), REFUSED)
def test_refused_in_the_words_of_torch(act: Callable[[], Any], text: str) -> None:
    with pytest.raises((RuntimeError, IndexError)) as caught:
        act()
    assert str(caught.value) == text


def test_singular_matrices_are_an_error_of_their_own() -> None:
    with pytest.raises(SingularMatrix):
        arrays.inv(np.zeros((2, 2)))
    assert arrays.det(np.ones((3, 3))) == 0.0


BILLIONS = 10**12


@pytest.mark.parametrize(
    "act",
    [
        lambda: arrays.zeros((BILLIONS,)),
        lambda: floats.zeros((BILLIONS,)),
        lambda: floats.ones((10**6, 10**6)),
        lambda: floats.full((1 << 200,), 1.0),
        lambda: floats.arange(0.0, 1e12),
        lambda: floats.arange(0.0, 1e300, 1e-300),
        lambda: floats.linspace(0.0, 1.0, BILLIONS),
        lambda: floats.eye(10**6),
        lambda: floats.broadcast_to(1.0, (BILLIONS,)),
        lambda: arrays.outer(np.ones(10**6), np.ones(10**6)),
        lambda: arrays.diag(np.ones(10**6)),
        lambda: arrays.scatter(1.0, 0, (BILLIONS,)),
    ],
)
def test_too_large_is_refused_before_it_is_allocated(act: Callable[[], Any]) -> None:
    with pytest.raises(ArrayTooLarge):
        act()


def test_too_large_says_how_large() -> None:
    with pytest.raises(
        ArrayTooLarge, match=r"^an array of 1,000,000 by 1,000,000 elements needs 7\.3 TiB, more than the "
    ):
        floats.zeros((10**6, 10**6))
    with pytest.raises(RuntimeError, match="negative dimension -1"):
        floats.zeros((-1,))


def test_scatter_is_the_adjoint_of_getitem() -> None:
    assert arrays.scatter(np.array([1.0, 2.0, 4.0]), np.array([0, 2, 0]), (3,)).tolist() == [5.0, 0.0, 2.0]
    assert arrays.scatter(np.array([1.0, 2.0]), (slice(None), 1), (2, 2)).tolist() == [[0.0, 1.0], [0.0, 2.0]]
    assert floats.scatter(3.0, -1, (2,)).tolist() == [0.0, 3.0]


def test_making_and_moving() -> None:
    assert arrays.linspace(0.0, 1.0, 5).tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert arrays.linspace(2.0, 3.0, 1).tolist() == [2.0]
    assert arrays.arange(0.0, 1.0, 0.25).tolist() == [0.0, 0.25, 0.5, 0.75]
    assert arrays.diag(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist() == [1.0, 4.0]
    assert arrays.transpose(np.ones((2, 3, 4)), (1, 2, 0)).shape == (3, 4, 2)
    assert arrays.flip(M * V, 1).tolist() == [[2.0, 1.0, 0.0]] * 2
    assert arrays.cumsum(V).tolist() == [0.0, 1.0, 3.0]
    assert arrays.cumprod(V + 1.0).tolist() == [1.0, 2.0, 6.0]
    spread = arrays.broadcast_to(V, (2, 3))
    spread[0] = 7.0  # in memory of its own
    assert spread[1].tolist() == V.tolist() == [0.0, 1.0, 2.0]
