"""Rules that torch's interface needs and the language does not: copies, casts, views under other names."""

from __future__ import annotations

from gradcli.autograd.dtypes import cast
from gradcli.autograd.rulebook import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _copied(x: Any) -> Any:
    return x.copy() if hasattr(x, "copy") else x


def _assigned(x: Any, value: Any, index: Any) -> Any:
    out = _copied(x)
    out[index] = value
    return out


def _without(xp: Any, g: Any, index: Any) -> Any:
    """A cotangent with zeros where values were overwritten."""
    return g - xp.scatter(xp.getitem(g, index), index, xp.shape(g))


def _reshaping(name: str) -> Rule:
    return Rule(
        name,
        "x; shape",
        value=lambda xp, x, shape: xp.reshape(x, shape),
        vjps=[lambda xp, g, out, x, shape: xp.reshape(g, xp.shape(x))],
        backward=f"{name.title()}Backward0",
        summary="the same elements in another shape",
        linear=True,
    )


def _permuting(name: str) -> Rule:
    return Rule(
        name,
        "x; axes",
        value=lambda xp, x, axes: xp.transpose(x, axes),
        vjps=[lambda xp, g, out, x, axes: xp.transpose(g, tuple(axes.index(i) for i in range(len(axes))))],
        backward=f"{name}Backward0",
        summary="the axes in another order",
        linear=True,
    )


def _picking(name: str) -> Rule:
    return Rule(
        name,
        "x; index",
        value=lambda xp, x, index: xp.getitem(x, index),
        vjps=[lambda xp, g, out, x, index: xp.scatter(g, index, xp.shape(x))],
        backward=f"{name}Backward0",
        summary="some of the elements",
        linear=name == "Unbind",
    )


CLONE = Rule(
    "clone",
    "x",
    value=lambda xp, x: _copied(x),
    vjps=[lambda xp, g, out, x: g],
    backward="CloneBackward0",
    summary="a copy",
    linear=True,
)
TO = Rule(
    # The engine brings a cotangent to its operand's element type by itself.
    "to",
    "x; kind",
    value=lambda xp, x, kind: cast(x, kind),
    vjps=[lambda xp, g, out, x, kind: g],
    backward="ToCopyBackward0",
    summary="the same numbers in another element type",
    linear=True,
)
COPY_SLICES = Rule(
    "clone",
    "x, value; index",
    value=lambda xp, x, value, index: _assigned(x, value, index),
    vjps=[
        lambda xp, g, out, x, value, index: _without(xp, g, index),
        lambda xp, g, out, x, value, index: xp.getitem(g, index),
    ],
    backward="CopySlices",
    summary="the elements with some of them replaced",
    linear=True,
)
REPEAT = Rule(
    "clone",
    "x; sizes",
    value=lambda xp, x, sizes: _repeated(x, sizes),
    vjps=[lambda xp, g, out, x, sizes: _folded(xp, g, xp.shape(x), sizes)],
    backward="RepeatBackward0",
    summary="the elements several times over",
    linear=True,
)
RSQRT = Rule(
    "rsqrt",
    "x",
    value=lambda xp, x: xp.div(1.0, xp.sqrt(x)),
    vjps=[lambda xp, g, out, x: -0.5 * g * (out * out * out)],
    backward="RsqrtBackward0",
    summary="1/sqrt(x)",
)
MASKED_FILL = Rule(
    "where",
    "mask, x, value",
    value=lambda xp, mask, x, value: xp.where(mask, value, x),
    vjps=[
        None,
        lambda xp, g, out, mask, x, value: xp.where(mask, 0.0, g),
        lambda xp, g, out, mask, x, value: xp.where(mask, g, 0.0),
    ],
    backward="MaskedFillBackward0",
    summary="value where mask is true, else x",
)


def _without_derivative(name: str, function: str) -> Rule:
    """An operation that PyTorch records although it has no derivative of it; asking for one raises
    RuntimeError."""

    def missing(*_: Any) -> Any:
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return Rule(
        function,
        "a, b",
        value=lambda xp, a, b: getattr(xp, function)(a, b),
        vjps=[missing, missing],
        backward="NotImplemented",
        summary=f"{function} of torch",
        linear=True,
    )


FLOOR_DIVIDE = _without_derivative("floor_divide", "floordiv")
REMAINDER_OF_NUMBER = _without_derivative("remainder", "mod")
SQUEEZE, UNSQUEEZE = _reshaping("squeeze"), _reshaping("unsqueeze")
T, TRANSPOSE = _permuting("T"), _permuting("Transpose")
UNBIND, MAX, MIN, INDEX_SELECT, GATHER, SORT, TOPK, DIAGONAL = map(
    _picking, ("Unbind", "Max", "Min", "IndexSelect", "Gather", "Sort", "Topk", "Diagonal")
)


def _repeated(x: Any, sizes: tuple[int, ...]) -> Any:
    import numpy

    return numpy.tile(x, sizes)


def _folded(xp: Any, g: Any, shape: tuple[int, ...], sizes: tuple[int, ...]) -> Any:
    """A cotangent of a repeated array, its copies summed."""
    shape = (1,) * (len(sizes) - len(shape)) + shape
    pairs = tuple(n for pair in zip(sizes, shape, strict=True) for n in pair)
    return xp.sum(xp.reshape(g, pairs), tuple(range(0, len(pairs), 2)), False)
