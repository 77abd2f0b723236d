"""Recording: how a rule is applied to operands, and the fast ways for one and two Python floats."""

from __future__ import annotations

from itertools import count

from gradcli.engine.collector import watch
from gradcli.engine.dtypes import settle
from gradcli.engine.grad_mode import MODE, THREADS
from gradcli.engine.node import Node, has_fast_node, node_class
from gradcli.engine.promotion import payloads_of
from gradcli.engine.storage import with_versions
from gradcli.engine.tensor import Tensor, result, wrap
from gradcli.numbers import floats, namespace_of, quiet, shape_of
from gradcli.numbers.shapes import broadcast_shape
from gradcli.rules.rulebook import NO_NODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcli.rules.rulebook import Rule

    Payload = Any

tick = count(1).__next__
"""The time of recording. PyTorch runs nodes latest first; so does gradcli, and sums in the same order."""

MISSING = object()
"""Where an argument should be."""

_new = object.__new__


def apply(rule: Rule, *operands: Any, **static: Any) -> Tensor:
    """The tensor that `rule` makes of `operands` (Tensors and Python numbers), recorded where one needs a
    gradient.

    Raises what the kind of number raises: ShapeError for shapes that do not fit, IndexError, ArrayTooLarge.
    """
    values = payloads_of(rule, operands)
    xp = namespace_of(*(v for v in values if v is not None))
    if xp is floats:
        out = rule.value(xp, *values, **static)
    else:
        with quiet():
            try:
                out = rule.value(xp, *values, **static)
            except ValueError:
                # The signs of NumPy's arrays have a text of their own for shapes that do not broadcast.
                broadcast_shape(*(shape_of(v) for v in values))
                raise
    out = settle(out)
    return result(out, record(rule, operands, tuple(values), out, static))


def record(
    rule: Rule, operands: Sequence[Any], values: tuple[Payload, ...], out: Payload, static: dict[str, Any]
) -> Node | None:
    """The node of an operation that was carried out; None where nothing needs its gradient."""
    if (THREADS.off and not MODE.enabled) or rule.backward == NO_NODE:
        return None
    needed = modified = False
    plain = len(values) < 3 and type(out) is float and all(type(v) is float for v in values)
    edges: list[Any] = []
    for operand in operands:
        edge = operand
        if type(operand) is Tensor:
            plain = plain and type(operand._value) is float  # and no float32 that was converted
            if operand._node is not None:
                edge = operand._node
                needed = True
            else:
                needed = needed or operand._requires
                modified = modified or operand._version != 0
        edges.append(edge)
    if not needed:
        return None
    name = rule.variant(operands, static) if rule.variant is not None else None
    node: Node = _new(
        node_class(rule, name, len(values) if plain and has_fast_node(rule, len(values)) else 0)
    )
    node.inputs = tuple(edges)
    node.saved = values
    node.out = out
    node.stamp = tick()
    node.static = static or None
    node.extra = None
    if modified:
        with_versions(node)
    return node


def unary(rule: Rule, general: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`general`, and a fast way for a Tensor of one float."""
    value = rule.value
    made = node_class(rule, floats=1)

    def operation(input: Any = MISSING) -> Any:
        if type(input) is not Tensor or type(input._value) is not float:
            return general(input)
        x = input._value
        edge: Any = input._node
        if edge is None:
            edge = input
            if not input._requires or input._version:
                return general(input)
        if THREADS.off and not MODE.enabled:
            return wrap(value(floats, x))
        node: Any = _new(made)
        tensor: Tensor = _new(Tensor)
        tensor._value = node.out = value(floats, x)
        tensor._node = node
        node.a = edge
        node.x = x
        node.stamp = tick()
        node.extra = None
        return tensor

    return operation


def binary(rule: Rule, general: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """`general`, and a fast way for two floats: both Tensors, or one of them a Python number."""
    value = rule.value
    variant = rule.variant
    default = node_class(rule, floats=2)

    def operation(a: Any, b: Any) -> Any:
        p = a
        needed = False
        if type(a) is Tensor:
            x = a._value
            p = a._node
            if p is not None:
                needed = True
            else:
                p = a
                needed = a._requires
                if a._version:
                    return general(a, b)
        else:
            x = a
        q = b
        if type(b) is Tensor:
            y = b._value
            q = b._node
            if q is not None:
                needed = True
            else:
                q = b
                needed = needed or b._requires
                if b._version:
                    return general(a, b)
        else:
            y = float(b) if type(b) is int else b
        if type(x) is not float or type(y) is not float:
            return general(a, b)
        if not needed or (THREADS.off and not MODE.enabled):
            return wrap(value(floats, x, y))
        node: Any = _new(default if variant is None else node_class(rule, variant((a, b), {}), 2))
        tensor: Tensor = _new(Tensor)
        tensor._value = node.out = value(floats, x, y)
        tensor._node = node
        node.a = p
        node.b = q
        node.x = x
        node.y = y
        node.stamp = tick()
        node.extra = None
        return tensor

    return operation


watch(tick)
