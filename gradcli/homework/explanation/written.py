"""Vertices as formulas in the names of the steps, in a form that the language can write."""

from __future__ import annotations

from gradcli.homework.explanation.arrays import static, subscripts
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, name, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from gradcli.homework.explanation.graph import Vertex
    from gradcli.homework.explanation.steps import Steps

    Special = Callable[[Vertex, tuple[Expression, ...]], Expression]

SIGNS = frozenset((
    "add", "sub", "mul", "div", "floordiv", "mod", "neg", "pow", "matmul",
    "lt", "le", "gt", "ge", "eq", "ne",
))  # fmt: skip


class Formulas:
    """The formula of every vertex in the names of the steps.

    `names` has the names as expressions, of what has one; `of(vertex)` is the name, or the formula of a
    constant that has none; `written(head)` is the formula of a step.
    """

    __slots__ = ("heads", "names", "steps", "texts")

    def __init__(self, steps: Steps, names: Mapping[Vertex, str]) -> None:
        self.steps = steps
        self.texts = names
        self.heads = set(steps.heads)
        self.names: dict[Vertex, Expression] = {vertex: name(text) for vertex, text in names.items()}

    def of(self, vertex: Vertex) -> Expression:
        """A vertex as it stands in a formula."""
        return self._built(vertex, self.names)

    def written(self, vertex: Vertex) -> Expression:
        """What a step or a named constant is computed by."""
        names = {v: text for v, text in self.names.items() if v is not vertex}
        return self._built(vertex, names)

    def _built(self, root: Vertex, names: Mapping[Vertex, Expression]) -> Expression:
        made: dict[Vertex, Expression] = dict(names)
        stack = [root]
        while stack:
            vertex = stack[-1]
            if vertex in made:
                stack.pop()
                continue
            missing = [operand for operand in vertex.operands if operand is not None and operand not in made]
            if missing:
                stack += missing
                continue
            made[vertex] = _operation(vertex, [None if o is None else made[o] for o in vertex.operands])
        return made[root]


def _operation(vertex: Vertex, operands: Sequence[Expression | None]) -> Expression:
    """A vertex as an expression of its operands, in a form that the language can write."""
    rule = vertex.rule
    if rule is None:
        return _constant(vertex)
    given = tuple(operand for operand in operands if operand is not None)
    if rule.name in SIGNS:
        return Expression(rule.name, given)
    special = _SPECIAL.get(rule.name)
    if special is not None:
        return special(vertex, given)
    return _call(vertex, operands)


def _call(vertex: Vertex, operands: Sequence[Expression | None]) -> Expression:
    """A call, with the arguments that are not at their defaults, in the order in which a text gives them."""
    rule = vertex.rule
    assert rule is not None
    named = vertex.spelling or rule.shown
    keywords = {key: static(value) for key, value in _changed(vertex).items()}
    if rule.variadic:
        return Expression("call", tuple(operands), named, keywords=tuple(keywords.items()))
    given = keywords | {
        parameter: operand
        for (parameter, default), operand, source in zip(
            rule.operands, operands, vertex.operands, strict=False
        )
        if operand is not None and source is not None and not _is_default(source, default)
    }
    positional: list[Expression] = []
    by_position = {parameter for parameter, _ in rule.operands}
    for parameter in rule.call.names:
        if parameter not in given or not by_position.intersection(given):
            break  # what comes behind one that is left out goes by its name, and so do static ones at the end
        positional.append(given.pop(parameter))
    return Expression("call", tuple(positional), named, keywords=tuple(given.items()))


def _changed(vertex: Vertex) -> dict[str, Any]:
    """The static parameters that are not at their defaults."""
    assert vertex.rule is not None
    defaults = dict(vertex.rule.static)
    return {
        key: value
        for key, value in vertex.static.items()
        if value is not None and not _equal(value, defaults.get(key))
    }


def _equal(value: Any, default: Any) -> bool:
    numbers = isinstance(value, int | float) and isinstance(default, int | float)
    return bool(value == default) if numbers else repr(value) == repr(default)


def _is_default(vertex: Vertex, default: Any) -> bool:
    return (
        vertex.rule is None and not vertex.given and vertex.written is None
        and type(vertex.value) is float and vertex.value == default
    )  # fmt: skip


def _constant(vertex: Vertex) -> Expression:
    if vertex.written is not None:
        return vertex.written
    value = vertex.value
    if not shape_of(value):
        return number(float(value))
    return _array(value.tolist())


def _array(value: Any) -> Expression:
    """Nested lists as an array, as deep as it has axes."""
    if isinstance(value, list):
        return Expression("array", tuple(_array(part) for part in value))
    return number(float(value))


def _index(vertex: Vertex, operands: tuple[Expression, ...]) -> Expression:
    return Expression("index", (operands[0], *subscripts(vertex.static.get("index"))))


def _transposed(vertex: Vertex, operands: tuple[Expression, ...]) -> Expression:
    if vertex.static.get("axes") is not None:
        return _call(vertex, operands)
    return Expression("attribute", operands, "T")


def _stacked(vertex: Vertex, operands: tuple[Expression, ...]) -> Expression:
    return Expression("array", operands) if not vertex.static.get("axis") else _call(vertex, operands)


def _reciprocal(_: Vertex, operands: tuple[Expression, ...]) -> Expression:
    return Expression("div", (number(1.0), operands[0]))


def _logical(word: str) -> Special:
    return lambda _, operands: Expression(word, operands)


def _reshaped(vertex: Vertex, operands: tuple[Expression, ...]) -> Expression:
    shape = vertex.static.get("shape", ())
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    return Expression("call", (*operands, *map(static, sizes)), "reshape")


_SPECIAL: dict[str, Special] = {
    "reshape": _reshaped,
    "getitem": _index, "transpose": _transposed, "stack": _stacked, "reciprocal": _reciprocal,
    "logical_and": _logical("and"), "logical_or": _logical("or"), "logical_not": _logical("not"),
}  # fmt: skip
