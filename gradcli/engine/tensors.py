"""Tensors as a kind of number: the namespace in which a backward pass computes when it is recorded itself."""

from __future__ import annotations

from gradcli.engine import conversions as conversions  # rules ask for the truth of tensors
from gradcli.engine import errors
from gradcli.engine.apply import apply
from gradcli.engine.backward import asking
from gradcli.engine.dtypes import dtype_of
from gradcli.engine.extras import TO
from gradcli.engine.node import Node, is_number, wants_gradient
from gradcli.engine.storage import CHANGES, checked
from gradcli.engine.tensor import Tensor, result, wrap
from gradcli.numbers import namespace_of
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from gradcli.engine.backward import Useful


class Tensors:
    """The functions of a namespace, over Tensors and numbers: those of the rulebook are recorded, others
    are not."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        rule = RULES.get(name)
        function = _by_rule(name) if rule is not None and name not in _AS_PAYLOADS else _by_payload(name)
        setattr(self, name, function)
        return function

    def shape(self, x: Any) -> tuple[int, ...]:
        """The shape of a tensor or a number."""
        return tuple(getattr(getattr(x, "_value", x), "shape", ()))

    def sum(self, x: Any, axis: Any = None, keepdim: bool = False) -> Any:
        """The sum along `axis`."""
        return apply(RULES["sum"], x, axis=axis, keepdim=keepdim)

    def reshape(self, x: Any, shape: Any) -> Any:
        """`x` in another shape."""
        return apply(RULES["reshape"], x, shape=tuple(shape))

    def broadcast_to(self, x: Any, shape: Any) -> Any:
        """`x` repeated to `shape`; only Tensors and numbers that broadcast to it."""
        return apply(RULES["broadcast_to"], x, shape=tuple(shape))


_AS_PAYLOADS = frozenset({"zeros", "ones", "full", "eye", "arange", "linspace"})


def _by_rule(name: str) -> Callable[..., Any]:
    rule = RULES[name]
    names = rule.call.names
    of_operands = [n for n, _ in rule.operands]

    def function(*args: Any, **keywords: Any) -> Any:
        if rule.variadic:
            return apply(rule, *args[0], **dict(zip(names[1:], args[1:], strict=False)), **keywords)
        static = {**dict(zip(names, args, strict=False)), **keywords}
        return apply(rule, *[static.pop(name) for name in of_operands], **static)

    return function


def _by_payload(name: str) -> Callable[..., Any]:
    def function(*args: Any, **keywords: Any) -> Any:
        values = [getattr(a, "_value", a) for a in args]
        like = keywords.get("like")
        if like is not None:
            keywords["like"] = getattr(like, "_value", like)
        xp = namespace_of(*(v for v in (*values, keywords.get("like")) if _is_payload(v)))
        out = getattr(xp, name)(*values, **keywords)
        return wrap(out) if _is_payload(out) else out

    return function


def _is_payload(value: Any) -> bool:
    return value is not None and not isinstance(value, (tuple, list, str))


TENSORS: Any = Tensors()


def pulled(node: Node, g: Tensor, useful: Useful) -> Iterator[tuple[Any, Tensor]]:
    """As `backward.pulled`, with Tensors: every step is recorded."""
    if node.saved is None:
        raise RuntimeError(errors.FREED)
    saved, out = checked(node) if CHANGES.count else (node.saved, node.out)
    operands = [operand(edge, value, node.stamp) for edge, value in zip(node.inputs, saved, strict=True)]
    edges, wanted, static = node.inputs, asking(node, useful), node.static or {}
    for position, part in node.rule.cotangents(wanted, TENSORS, g, result(out, node), operands, static):
        yield edges[position], _fitted(part, edges[position], node.saved[position])


def operand(edge: Any, value: Any, stamp: int) -> Any:
    """An operand of a node, as the Tensor or the number that it was."""
    if is_number(edge):
        return wrap(value) if hasattr(value, "_mpf_") else edge
    if isinstance(edge, Node):
        return result(value, edge)
    if wants_gradient(edge, stamp):
        return edge
    return wrap(value)


def _fitted(part: Any, edge: Any, saved: Any) -> Tensor:
    if not isinstance(part, Tensor):
        part = wrap(part)
    part = _unbroadcast(part, tuple(getattr(saved, "shape", ())))
    original = edge.out if isinstance(edge, Node) else edge._value
    kind = dtype_of(saved if original is None else original)
    fitted: Tensor = part if part.dtype is kind else apply(TO, part, kind=kind)
    return fitted


def _unbroadcast(part: Tensor, shape: tuple[int, ...]) -> Tensor:
    of_part = tuple(part.shape)
    if of_part == shape:
        return part
    extra = len(of_part) - len(shape)
    axes = tuple(i for i, n in enumerate(of_part) if i < extra or (shape[i - extra] == 1 and n != 1))
    if axes:
        part = TENSORS.sum(part, axes, True)
    if extra > 0:
        part = TENSORS.reshape(part, tuple(part.shape)[extra:])
    return part if tuple(part.shape) == shape else TENSORS.broadcast_to(part, shape)
