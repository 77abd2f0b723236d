"""Random tensors: PyTorch's own stream on the CPU, number by number, for a given seed.

The generator is mt19937. Sixteen normal numbers or more are made in blocks of sixteen uniform ones, fewer one
by one from pairs (ATen/native/cpu/DistributionTemplates.h, ATen/core/DistributionsHelper.h,
ATen/core/MT19937RNGEngine.h).
"""

from __future__ import annotations

from math import cos, log1p, pi, sin, sqrt

from gradcli.autograd.creation import as_dtype, leaf, shape_from
from gradcli.engine.dtypes import DEFAULT, cast, float32, float64, int64, settle
from gradcli.engine.tensor import Size, Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.engine.dtypes import dtype

BLOCK = 16
ONE_WORD = 2**28
"""Whole numbers of a smaller range are made of one word each, others of two."""


class Generator:
    """A source of random 32-bit words, with the second normal number of a pair kept for the next call."""

    def __init__(self) -> None:
        self._words: Any = None
        self._next: dict[dtype, float | None] = {}
        self._seed = 67280421310721  # PyTorch's default

    def __repr__(self) -> str:
        return f"<torch._C.Generator object at {id(self):#x}>"

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream of `seed`; returns the generator."""
        self._seed = seed
        self._words = None
        self._next = {}
        return self

    def initial_seed(self) -> int:
        """The seed of the stream."""
        return self._seed

    def word(self) -> int:
        """The next 32 bits."""
        return int(self.words(1)[0])

    def words(self, n: int) -> Any:
        """The next n words, as an array."""
        if self._words is None:
            import numpy

            self._words = numpy.random.RandomState(self._seed & 0xFFFFFFFF)
        return self._words.randint(0, 2**32, size=n, dtype="uint32")

    def pairs(self, n: int) -> Any:
        """The next n pairs of words, as an array of 64-bit numbers."""
        words = self.words(2 * n).astype("uint64").reshape(-1, 2)
        return (words[:, 0] << 32) | words[:, 1]

    def uniform(self, n: int, kind: dtype) -> Any:
        """n numbers in [0, 1): of 24 bits in float32, of 53 in float64."""
        if kind is float32:
            return (self.words(n) & 0xFFFFFF).astype("float32") * (1.0 / 2**24)
        return (self.pairs(n) & (2**53 - 1)).astype("float64") * (1.0 / 2**53)

    def normal_one(self, kind: dtype) -> float:
        """One normal number, from a pair of uniform ones; its sibling is kept."""
        kept = self._next.pop(float64, None)
        if kept is not None:
            return kept
        u1, u2 = (float(u) for u in self.uniform(2, float64))
        radius = sqrt(-2.0 * log1p(-u2))
        self._next[float64] = radius * sin(2.0 * pi * u1)
        return radius * cos(2.0 * pi * u1)


GENERATOR = Generator()


def manual_seed(seed: int) -> Generator:
    """Start PyTorch's random stream of `seed`."""
    return GENERATOR.manual_seed(int(seed))


def initial_seed() -> int:
    """The seed that the stream was started with."""
    return GENERATOR.initial_seed()


def _normal(n: int, kind: dtype) -> Any:
    import numpy

    if n < BLOCK:
        return numpy.array([GENERATOR.normal_one(kind) for _ in range(n)], dtype=kind.name)
    data = GENERATOR.uniform(n, kind)
    whole = n - n % BLOCK
    _box_muller(data[:whole].reshape(-1, BLOCK))
    if n % BLOCK:  # the last sixteen are made anew
        tail = GENERATOR.uniform(BLOCK, kind)
        _box_muller(tail.reshape(1, BLOCK))
        data[-BLOCK:] = tail
    return data


def _box_muller(blocks: Any) -> None:
    """Turn rows of sixteen uniform numbers into normal ones, the first eight with the last eight."""
    import numpy

    half = BLOCK // 2
    real = blocks.dtype.type
    u1 = real(1) - blocks[:, :half]
    u2 = blocks[:, half:]
    radius = numpy.sqrt(real(-2) * numpy.log(u1))
    theta = real(2.0 * pi) * u2
    first, second = radius * numpy.cos(theta), radius * numpy.sin(theta)
    blocks[:, :half] = first
    blocks[:, half:] = second


def _shaped(values: Any, shape: tuple[int, ...], requires_grad: bool) -> Tensor:
    return leaf(settle(values.reshape(shape)), requires_grad)


def randn(*size: Any, dtype: Any = None, requires_grad: bool = False, generator: Any = None) -> Tensor:
    """Normal random numbers, PyTorch's for the same seed."""
    shape = shape_from(size)
    return _shaped(_normal(Size(shape).numel(), as_dtype(dtype) or DEFAULT.dtype), shape, requires_grad)


def rand(*size: Any, dtype: Any = None, requires_grad: bool = False, generator: Any = None) -> Tensor:
    """Uniform random numbers in [0, 1), PyTorch's for the same seed."""
    shape = shape_from(size)
    return _shaped(
        GENERATOR.uniform(Size(shape).numel(), as_dtype(dtype) or DEFAULT.dtype), shape, requires_grad
    )


def _expect_real(kind: dtype, kernel: str) -> None:
    if not kind.is_floating_point:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{kind.title}'")


def randn_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Normal random numbers of the shape and element type of `input`."""
    _expect_real(dtype or input.dtype, "normal_kernel_cpu")
    return randn(tuple(input.shape), dtype=dtype or input.dtype, requires_grad=requires_grad)


def rand_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Uniform random numbers of the shape and element type of `input`."""
    _expect_real(dtype or input.dtype, "check_uniform_bounds")
    return rand(tuple(input.shape), dtype=dtype or input.dtype, requires_grad=requires_grad)


def normal(mean: float, std: float, size: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Normal random numbers of another mean and standard deviation."""
    kind = as_dtype(dtype) or DEFAULT.dtype
    shape = shape_from((size,))
    values = _normal(Size(shape).numel(), kind)
    return _shaped(values * values.dtype.type(std) + values.dtype.type(mean), shape, requires_grad)


def randint(low: int, high: Any = None, size: Any = None, *, dtype: Any = None) -> Tensor:
    """Whole random numbers from `low` (0 where there is one bound only) up to below `high`."""
    if size is None:
        low, high, size = 0, low, high
    shape, span = shape_from((size,)), high - low
    count = Size(shape).numel()
    words = GENERATOR.words(count) if span < ONE_WORD else GENERATOR.pairs(count)
    return _shaped(cast((words % span).astype("int64") + low, as_dtype(dtype) or int64), shape, False)


def randperm(n: int) -> Tensor:
    """The whole numbers below n in random order."""
    import numpy

    order = numpy.arange(n)
    for i in range(n - 1):
        j = i + GENERATOR.word() % (n - i)
        order[i], order[j] = order[j], order[i]
    return leaf(order)
