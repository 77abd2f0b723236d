"""Rules that torch's interface needs and the language does not: copies, casts, views under other names."""

from __future__ import annotations

from gradcli.engine.dtypes import cast
from gradcli.rules.rulebook import Rule

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
    """A cotangent with zeros where values were overwritten, however often the index names an element."""
    times = xp.scatter(xp.ones_like(xp.getitem(g, index)), index, xp.shape(g))
    return xp.where(xp.eq(times, 0.0), g, 0.0)


def _reshaping(name: str, overload: int = 0) -> Rule:
    return Rule(
        name,
        "x; shape",
        value=lambda xp, x, shape: xp.reshape(x, shape),
        vjps=[lambda xp, g, out, x, shape: xp.reshape(g, xp.shape(x))],
        backward=f"{name.title()}Backward{overload}",
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


def _assigning(backward: str) -> Rule:
    """Not linear: PyTorch's backward pass frees what was replaced, so that a second one is refused."""

    return Rule(
        "assign",
        "x, value; index",
        value=lambda xp, x, value, index: _assigned(x, value, index),
        vjps=[
            lambda xp, g, out, x, value, index: _without(xp, g, index),
            lambda xp, g, out, x, value, index: xp.getitem(g, index),
        ],
        backward=backward,
        summary="the elements with some of them replaced",
    )


def _replacing(backward: str, own: bool = True) -> Rule:
    return Rule(
        "replace",
        "x, value",
        value=lambda xp, x, value: _copied(xp.broadcast_to(value, xp.shape(x))),
        vjps=[
            lambda xp, g, out, x, value: xp.zeros_like(g),
            (lambda xp, g, out, x, value: g) if own else None,
        ],
        backward=backward,
        summary="other elements in the place of all",
        linear=True,
    )


COPY_SLICES, INDEX_PUT = _assigning("CopySlices"), _assigning("IndexPutBackward0")
COPY, FILL = _replacing("CopyBackwards"), _replacing("FillBackward3")
FILL_NUMBER, ZERO = _replacing("FillBackward2", own=False), _replacing("ZeroBackward0", own=False)
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


def _masking(backward: str, own: bool) -> Rule:
    return Rule(
        "where",
        "mask, x, value",
        value=lambda xp, mask, x, value: xp.where(mask, value, x),
        vjps=[
            None,
            lambda xp, g, out, mask, x, value: xp.where(mask, 0.0, g),
            (lambda xp, g, out, mask, x, value: xp.where(mask, g, 0.0)) if own else None,
        ],
        backward=backward,
        summary="value where mask is true, else x",
    )


MASKED_FILL = _masking("MaskedFillBackward0", own=False)
MASKED_FILL_TENSOR = _masking("MaskedFillBackward1", own=True)
SGN = Rule(
    "sign",
    "x",
    value=lambda xp, x: xp.sign(x),
    vjps=[lambda xp, g, out, x: xp.zeros_like(g)],
    backward="SgnBackward0",
    summary="-1, 0 or 1",
)
DIV_ROUNDED = Rule(
    "floordiv",
    "a, b; mode",
    value=lambda xp, a, b, mode: xp.floordiv(a, b) if mode == "floor" else xp.trunc(xp.div(a, b)),
    vjps=[lambda xp, g, out, a, b, mode: xp.zeros_like(g)] * 2,
    backward="DivBackward2",
    summary="a/b rounded to a whole number",
)


def _bounding(name: str, keeps: str, chosen: str) -> Rule:
    return Rule(
        "clamp",
        "x, bound",
        value=lambda xp, x, bound: getattr(xp, chosen)(x, bound),
        vjps=[
            lambda xp, g, out, x, bound: xp.where(getattr(xp, keeps)(x, bound), g, 0.0),
            lambda xp, g, out, x, bound: xp.where(getattr(xp, keeps)(x, bound), 0.0, g),
        ],
        backward=f"{name}Backward0",
        summary="x within a bound",
    )


CLAMP_MIN, CLAMP_MAX = _bounding("ClampMin", "ge", "maximum"), _bounding("ClampMax", "le", "minimum")


def _nll(xp: Any, logs: Any, index: Any, reduction: str) -> Any:
    picked = -xp.getitem(logs, index)
    if reduction == "none":
        return picked
    total = xp.sum(picked)
    return total if reduction == "sum" else xp.div(total, float(_count(xp.shape(picked))))


def _count(shape: tuple[int, ...]) -> int:
    size = 1
    for n in shape:
        size *= n
    return size


def _nll_vjp(xp: Any, g: Any, out: Any, logs: Any, index: Any, reduction: str) -> Any:
    shape = xp.shape(logs)
    each = xp.broadcast_to(g, shape[:-1])
    if reduction == "mean":
        each = xp.div(each, float(_count(shape[:-1])))
    return -xp.scatter(each, index, shape)


NLL = Rule(
    "nll",
    "logs; index, reduction",
    value=_nll,
    vjps=[_nll_vjp],
    backward="NllLossBackward0",
    summary="minus the logarithms of the probabilities of the classes at `index`",
    linear=True,
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
SQUEEZE_DIM, SQUEEZE_DIMS = _reshaping("squeeze", 1), _reshaping("squeeze", 2)
T, TRANSPOSE = _permuting("T"), _permuting("Transpose")
UNBIND, MAX, MIN, INDEX, INDEX_SELECT, GATHER, SORT, TOPK, DIAGONAL = map(
    _picking, ("Unbind", "Max", "Min", "Index", "IndexSelect", "Gather", "Sort", "Topk", "Diagonal")
)


def _repeated(x: Any, sizes: tuple[int, ...]) -> Any:
    import numpy

    return numpy.tile(x, sizes)


def _folded(xp: Any, g: Any, shape: tuple[int, ...], sizes: tuple[int, ...]) -> Any:
    """A cotangent of a repeated array, its copies summed."""
    shape = (1,) * (len(sizes) - len(shape)) + shape
    pairs = tuple(n for pair in zip(sizes, shape, strict=True) for n in pair)
    return xp.sum(xp.reshape(g, pairs), tuple(range(0, len(pairs), 2)), False)
