"""What flows back through operations that take arrays apart, put them together or add them up."""

from __future__ import annotations

from gradcli.homework.explanation.numbers import repeated_axes
from gradcli.language.format import format
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, name, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.homework.explanation.graph import Vertex

COTANGENT = "g"
"""What stands for the derivative so far in the rulebook's formulas, and here."""


def text_of(vertex: Vertex, position: int) -> str | None:
    """The derivative by an operand as a text of the language, where the rulebook's depends on shapes."""
    rule = vertex.rule
    assert rule is not None
    operand = vertex.operands[position]
    shape = shape_of(operand.value) if operand is not None else ()
    if rule.name in ("matmul", "dot"):
        ranks = tuple(len(shape_of(o.value)) for o in vertex.operands if o is not None)
        return _MATRICES[position].get(ranks)
    if rule.name in _ALONG and len(shape) > 1:
        axis = vertex.static.get("axis", -1)
        return _ALONG[rule.name].format(axis=axis, of="x" if axis == -1 else f"x, axis={axis}")
    if rule.name == "reshape":
        return f"reshape(g, {', '.join(map(str, shape)) if shape else '[]'})"
    if rule.name == "stack" and not vertex.static.get("axis"):
        return f"g[{position}]" if vertex.operands.count(operand) == 1 else None
    if rule.name == "concat" and not vertex.static.get("axis") and vertex.operands.count(operand) == 1:
        lengths = [shape_of(o.value)[0] for o in vertex.operands if o is not None]
        start = sum(lengths[:position])
        return f"g[{start}:{start + lengths[position]}]"
    if rule.name == "norm" and _is_two(vertex):
        return "x/norm(x)"
    return None


def text_of_summand(summand: Vertex, total: Vertex) -> str:
    """What flows back to a summand, which may have been repeated to the shape of the sum."""
    own, shape = shape_of(summand.value), shape_of(total.value)
    axes = repeated_axes(summand.value, total.value)
    if axes is None:
        return COTANGENT
    if not own:
        return f"sum({COTANGENT})"
    kept = len(own) == len(shape)
    axis = axes[0] if len(axes) == 1 else list(axes)
    return f"sum({COTANGENT}, axis={axis}{', keepdim=1' if kept else ''})"


_MATRICES: tuple[dict[tuple[int, ...], str], ...] = (
    {(1, 1): "g*b", (2, 2): "g @ b.T", (2, 1): "outer(g, b)", (1, 2): "b @ g"},
    {(1, 1): "g*a", (2, 2): "a.T @ g", (2, 1): "a.T @ g", (1, 2): "outer(a, g)"},
)
"""For each operand of a matrix product, by the ranks of both: the rulebook's formula is that of matrices."""

_ALONG = {
    "softmax": "softmax({of})*(g - sum(g*softmax({of}), axis={axis}, keepdim=1))",
    "log_softmax": "g - softmax({of})*sum(g, axis={axis}, keepdim=1)",
}


def _is_two(vertex: Vertex) -> bool:
    """Whether a norm is the plain one, of the whole array."""
    return vertex.static.get("p", 2) == 2 and not shape_of(vertex.value)


def words_of(vertex: Vertex, position: int, so_far: str) -> str:
    """In words what flows back to an operand, where the language has no formula for it."""
    rule = vertex.rule
    assert rule is not None
    static = vertex.static
    whole = bool(shape_of(vertex.value))
    if rule.name == "getitem":
        index = format(Expression("index", (name("x"), *subscripts(static.get("index")))))[1:]
        return f"{so_far} at {index}, 0 elsewhere" if whole else f"1 at {index}, 0 elsewhere"
    axis = static.get("axis")
    along = "" if axis is None else f" along axis {', '.join(map(str, _axes(axis)))}"
    if rule.name in ("sum", "mean") and along:
        operand = vertex.operands[position]
        shape = shape_of(operand.value) if operand is not None else ()
        count = 1
        for one in _axes(axis):
            count *= shape[one]
        return f"{so_far}{f'/{count}' if rule.name == 'mean' else ''}, repeated{along}"
    if rule.name == "cross_entropy":
        return f"(softmax of each row, minus 1 at its class)/{shape_of(vertex.operands[0].value)[0]}"  # type: ignore[union-attr]
    return f"{so_far}, through the vjp of {rule.shown}{along}"


def _axes(axis: Any) -> Sequence[int]:
    return axis if isinstance(axis, tuple | list) else (axis,)


def subscripts(index: Any) -> list[Expression]:
    """The index of an element or a part as what stands between the brackets."""
    return [static(part) for part in (index if isinstance(index, tuple) else (index,))]


def static(value: Any) -> Expression:
    """A static parameter as an expression."""
    if isinstance(value, tuple | list):
        return Expression("array", tuple(static(part) for part in value))
    if isinstance(value, slice):
        parts = [(key, getattr(value, key)) for key in ("start", "stop", "step")]
        there = [(key, part) for key, part in parts if part is not None]
        return Expression("slice", tuple(static(part) for _, part in there), tuple(key for key, _ in there))
    try:
        return number(float(value))
    except (TypeError, ValueError):
        return name(str(value))
