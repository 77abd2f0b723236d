"""Rules of rearranging: shapes, indices, joining arrays; all of them linear."""

from __future__ import annotations

from itertools import accumulate

from gradcli.rules.rulebook import Together, operator, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

_VECTOR = [0.7, -1.3, 0.4]
_MATRIX = [[0.7, -1.3, 0.4], [1.6, 0.9, -0.2]]


def _index_backward(_: Sequence[Any], static: Mapping[str, Any]) -> str:
    """PyTorch applies an index dimension after dimension; the last one that does something names the node."""
    index = static.get("index")
    name = "SliceBackward0" if isinstance(index, slice) else "AliasBackward0"
    for item in index if isinstance(index, tuple) else (index,):
        if isinstance(item, int):
            name = "SelectBackward0"
        elif item is None:
            name = "UnsqueezeBackward0"
        elif isinstance(item, slice):
            name = name if item == slice(None) else "SliceBackward0"
        elif item is not Ellipsis:
            return "IndexBackward0"
    return name


operator(
    "getitem", "x; index", written="x[index]",
    value=lambda xp, x, index: xp.getitem(x, index),
    vjps=[lambda xp, g, out, x, index: xp.scatter(g, index, xp.shape(x))],
    backward="SelectBackward0", variant=_index_backward, summary="an element or a part of an array",
    derivative="1", example="x[0]*x[2] at x=[1, 2, 3]", linear=True,
    samples=[
        ((_VECTOR,), {"index": 1}), ((_VECTOR,), {"index": slice(None, None, 2)}),
        ((_MATRIX,), {"index": (slice(None), -1)}), ((_MATRIX,), {"index": (1, 0)}),
    ],
)
operator(
    "scatter", "g; index, shape", written="",
    value=lambda xp, g, index, shape: xp.scatter(g, index, shape),
    vjps=[lambda xp, gg, out, g, index, shape: xp.getitem(gg, index)],
    backward="SelectBackwardBackward0",
    summary="zeros of a shape, with a part of an array put in at an index",
    derivative="1", example="x[0]**2 at x=[1, 2, 3]", linear=True,
    samples=[((0.7,), {"index": 1, "shape": (3,)}), ((_VECTOR,), {"index": 1, "shape": (2, 3)})],
)
rule(
    "reshape", "x; *shape",
    value=lambda xp, x, shape: xp.reshape(x, shape),
    vjps=[lambda xp, g, out, x, shape: xp.reshape(g, xp.shape(x))],
    backward="ViewBackward0", summary="the same elements in another shape; one size may be -1",
    derivative="1", example="reshape(x, 2, 2) at x=[1, 2, 3, 4]", linear=True,
    samples=[((_MATRIX,), {"shape": (3, 2)}), ((_MATRIX,), {"shape": (-1,)}), ((0.7,), {"shape": (1, 1)})],
)
operator(
    "broadcast_to", "x; shape", written="",
    value=lambda xp, x, shape: xp.broadcast_to(x, shape),
    vjps=[lambda xp, g, out, x, shape: g],
    backward="ExpandBackward0", summary="the elements repeated to a larger shape", derivative="1",
    example="[1, 2] + x at x=3", linear=True,
    samples=[
        ((_VECTOR,), {"shape": (2, 3)}), ((0.7,), {"shape": (2,)}), (([[0.7], [0.4]],), {"shape": (2, 3)}),
    ],
)


def _reverse(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The order of axes that undoes `axes`."""
    return None if axes is None else tuple(axes.index(i) for i in range(len(axes)))


rule(
    "transpose", "x; axes=None",
    value=lambda xp, x, axes: xp.transpose(x, axes),
    vjps=[lambda xp, g, out, x, axes: xp.transpose(g, _reverse(axes))],
    backward="PermuteBackward0",
    summary="the axes in reverse order, also written x.T; a vector stays as it is",
    derivative="g.T", example="[[1, 2], [3, 4]].T @ x at x=[1, 1]", linear=True,
    samples=[(_MATRIX,), (_VECTOR,), (([_MATRIX],), {"axes": (2, 0, 1)})],
)
operator(
    "flip", "x; axis=None", written="",
    value=lambda xp, x, axis: xp.flip(x, axis),
    vjps=[lambda xp, g, out, x, axis: xp.flip(g, axis)],
    backward="FlipBackward0", summary="the elements in reverse order along an axis", derivative="1",
    example="cumsum(x) at x=[1, 2, 3]", linear=True, samples=[(_VECTOR,), ((_MATRIX,), {"axis": 0})],
)
FAN = 16
"""Into how many parts a cotangent is cut at a time."""


def _at(axis: int, rank: int, item: Any) -> tuple[Any, ...]:
    """The index that is `item` along `axis` and takes all of the axes before it."""
    return (*(slice(None),) * (axis % rank), item)


def _parts(xp: Any, g: Any, axis: int, starts: Sequence[int]) -> list[tuple[range, Any]]:
    """Parts of `g` for at most FAN operands each, of which number i takes `starts[i]` to `starts[i + 1]`.

    Parts are cut from larger parts: where the pass is recorded, going back through n cuts from the whole
    would handle n times all its elements.
    """
    rank = len(xp.shape(g))
    parts = [(range(len(starts) - 1), g)]
    width = 1
    while width * FAN < len(starts) - 1:
        width *= FAN
    while width > 1:
        smaller = []
        for operands, part in parts:
            for i in range(0, len(operands), width):
                some = operands[i : i + width]
                within = slice(
                    starts[some.start] - starts[operands.start], starts[some.stop] - starts[operands.start]
                )
                smaller.append((some, xp.getitem(part, _at(axis, rank, within))))
        parts = smaller
        width //= FAN
    return parts


def _stack_vjp(
    positions: Sequence[int], xp: Any, g: Any, out: Any, *xs: Any, axis: int
) -> Iterator[Any]:
    rank, wanted = len(xp.shape(out)), set(positions)
    for operands, part in _parts(xp, g, axis, range(len(xs) + 1)):
        for i in operands:
            if i in wanted:
                yield xp.getitem(part, _at(axis, rank, i - operands.start))


def _concat_vjp(
    positions: Sequence[int], xp: Any, g: Any, out: Any, *xs: Any, axis: int
) -> Iterator[Any]:
    rank, wanted = len(xp.shape(out)), set(positions)
    starts = [0, *accumulate(xp.shape(x)[axis] for x in xs)]
    for operands, part in _parts(xp, g, axis, starts):
        first = starts[operands.start]
        for i in operands:
            if i in wanted:
                yield xp.getitem(part, _at(axis, rank, slice(starts[i] - first, starts[i + 1] - first)))


rule(
    "stack", "*xs; axis=0",
    value=lambda xp, *xs, axis: xp.stack(xs, axis),
    vjps=Together(_stack_vjp),
    backward="StackBackward0",
    summary="arrays of one shape side by side along a new axis; also written [a, b]",
    derivative="1", example="stack(x, y) at x=[1, 2], y=[3, 4]", linear=True,
    samples=[(0.7, -1.3), (_VECTOR, _VECTOR), ((_MATRIX, _MATRIX), {"axis": -1})],
)


rule(
    "concat", "*xs; axis=0",
    value=lambda xp, *xs, axis: xp.concat(xs, axis),
    vjps=Together(_concat_vjp),
    backward="CatBackward0", summary="arrays one after the other along an axis", derivative="1",
    example="concat(x, y) at x=[1, 2], y=[3]", linear=True,
    samples=[(_VECTOR, [0.2]), ((_MATRIX, [[0.3], [0.1]]), {"axis": -1})],
)
rule(
    "detach", "x",
    value=lambda xp, x: x,
    vjps=[None],
    summary="x as a constant: no gradient flows through", derivative="0", example="x*detach(x) at x=3",
)


def _only_by_evaluation(xp: Any, f: Any, x: Any, order: int) -> Any:
    raise NotImplementedError("diff is carried out by whoever evaluates the expression, not on numbers")


rule(
    "diff", "f, x; order=1",
    value=_only_by_evaluation,
    vjps=[None, None],
    summary="the derivative of f in x, itself differentiable; of order 2, 3, ... with a third argument",
    derivative="diff(f, x, order + 1); 0", domain="f mentions x", example="diff(sin(x**2), x) at x=4",
)
