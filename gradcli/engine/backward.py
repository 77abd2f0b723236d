"""The backward pass: iterative, each node once, its cotangents in a dict from which they are taken as they
are used."""

from __future__ import annotations

from operator import attrgetter

from gradcli.engine import errors
from gradcli.engine.collector import Paused
from gradcli.engine.dtypes import cast, dtype_of, is_array, settle
from gradcli.engine.node import Extra, Node, wants_gradient
from gradcli.engine.storage import CHANGES, checked
from gradcli.engine.tensor import Tensor, wrap
from gradcli.numbers import floats, namespace_of, quiet, shape_of, unbroadcast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet
    from typing import Any

    Payload = Any
    Cotangents = dict[Any, Any]
    Useful = AbstractSet[Any] | None
    Pull = Callable[[Node, Any, Useful], Iterable[tuple[Any, Any]]]

_stamp = attrgetter("stamp")
_NUMBERS = frozenset({float, int, bool})


def graph_of(roots: Iterable[Any]) -> list[Node]:
    """Every node that the roots (nodes) were made from, latest first."""
    found: list[Any] = [root for root in roots if isinstance(root, Node)]
    seen = set(found)
    for node in found:  # grows while it is walked
        edges: tuple[Any, ...]
        if node.arity == 2:
            edges = (node.a, node.b)
        elif node.arity == 1:
            edges = (node.a,)
        else:
            edges = node.inputs
        for edge in edges:
            kind = type(edge)
            if kind is not Tensor and kind is not float and edge not in seen and isinstance(edge, Node):
                seen.add(edge)
                found.append(edge)
    found.sort(key=_stamp, reverse=True)
    return found


def cotangents(root: Tensor, cotangent: Any = None) -> tuple[dict[Node, Payload], dict[Tensor, Payload]]:
    """The cotangent of every node and of every leaf that wants a gradient, as payloads; no `.grad` is
    touched.

    `cotangent` (a payload or a Tensor, ones where it is None) has the shape of `root`. The graph stays
    usable. A root that is itself a leaf is the one entry of the leaves.
    """
    if not root.requires_grad:
        raise RuntimeError(errors.NO_GRAD_FN.format(0))
    g = getattr(cotangent, "_value", cotangent)
    if g is None:
        g = namespace_of(root._value).ones_like(root._value)
    nodes: dict[Node, Payload] = {}
    leaves = sweep({root if root._node is None else root._node: g}, retain=True, kept=nodes)
    return nodes, leaves


def sweep(
    pending: Cotangents,
    *,
    targets: AbstractSet[Any] | None = None,
    retain: bool = False,
    kept: dict[Node, Any] | None = None,
    pull: Pull | None = None,
) -> Cotangents:
    """Run cotangents back from the edges in `pending`, which is used up; what it holds at the end is
    returned.

    That is a cotangent for each leaf that was reached, or, where `targets` (edges) are given, for each of
    them; then only nodes on a way to a target are run. Saved values are freed unless `retain`. The nodes'
    cotangents go into `kept`. `pull` replaces `pulled` where the pass itself is recorded.
    """
    nodes = graph_of(pending)
    useful = None if targets is None else _towards(nodes, targets)
    if CHANGES.count:
        _mark_changed(nodes)
    with Paused(), quiet():
        if pull is None and useful is None:
            _run(nodes, pending, retain, kept)
        else:
            _run_with_care(nodes, pending, retain, useful, targets or (), kept, pull or pulled)
    if targets is not None:
        return {edge: g for edge, g in pending.items() if edge in targets}
    return pending


def _run(nodes: list[Any], pending: Cotangents, retain: bool, kept: dict[Node, Any] | None) -> None:
    """The pass in which every cotangent is used and taken away; nodes of floats run without any asking.

    What `wants_gradient` says is written out here: a call would take as long as the rest of an operation.
    """
    take, get = pending.pop, pending.get
    for node in nodes:
        g = take(node, None)
        if g is None:
            continue
        if kept is not None:
            kept[node] = g
        first, second, linear = node.plan
        if first is None or node.extra is not None:
            if kept is None and node.extra is not None:
                retain_gradient(node, g)
            _add(pending, pulled(node, g, None))
            if not retain and not linear:
                node.free()
            continue
        x, out, edge = node.x, node.out, node.a
        if x is None:
            raise RuntimeError(errors.FREED)
        kind = type(edge)
        if second is None:
            if kind is not Tensor or edge._requires:
                part, old = first(floats, g, out, x), get(edge)
                pending[edge] = part if old is None else old + part
        else:
            y = node.y
            if (edge._requires and edge._since <= node.stamp) if kind is Tensor else kind not in _NUMBERS:
                part, old = first(floats, g, out, x, y), get(edge)
                pending[edge] = part if old is None else old + part
            edge = node.b
            kind = type(edge)
            if (edge._requires and edge._since <= node.stamp) if kind is Tensor else kind not in _NUMBERS:
                part, old = second(floats, g, out, x, y), get(edge)
                pending[edge] = part if old is None else old + part
            if not retain and not linear:
                node.y = None
        if not retain and not linear:
            node.x = node.out = None


def _run_with_care(
    nodes: list[Node],
    pending: Cotangents,
    retain: bool,
    useful: Useful,
    targets: Any,
    kept: dict[Node, Any] | None,
    pull: Pull,
) -> None:
    """The pass that keeps some cotangents, leaves out some nodes, or looks for changes in place."""
    for node in nodes:
        if node not in pending or (useful is not None and node not in useful):
            continue
        g = pending[node]
        if node not in targets:
            del pending[node]
        if kept is not None:
            kept[node] = g
        elif node.extra is not None:
            retain_gradient(node, g)
        if useful is not None and useful.isdisjoint(node.inputs):
            continue
        _add(pending, pull(node, g, useful))
        if not retain and not node.rule.linear:
            node.free()


def _mark_changed(nodes: list[Node]) -> None:
    """Give an Extra to every node with an operand that was changed in place, so that it is run with care."""
    for node in nodes:
        if node.extra is None:
            for edge in node.inputs:
                if (type(edge) is Tensor and edge._version) or (
                    isinstance(edge, Node) and edge.extra is not None and edge.extra.version
                ):
                    node.extra = Extra()
                    break


def _towards(nodes: list[Node], targets: AbstractSet[Any]) -> set[Any]:
    """The targets, and the nodes from which a way leads to one."""
    useful = set(targets)
    for node in reversed(nodes):
        if not useful.isdisjoint(node.inputs):
            useful.add(node)
    return useful


def _add(pending: Cotangents, parts: Iterable[tuple[Any, Any]]) -> None:
    for edge, part in parts:
        pending[edge] = settle(pending[edge] + part) if edge in pending else part


def pulled(node: Node, g: Payload, useful: Useful) -> Iterator[tuple[Any, Payload]]:
    """Each edge of `node` that wants a cotangent, and its cotangent, of the operand's shape and type."""
    if node.saved is None:
        raise RuntimeError(errors.FREED)
    saved, out = checked(node) if CHANGES.count else (node.saved, node.out)
    xp = namespace_of(g, *(v for v in node.saved if v is not None))
    edges = node.inputs
    for position, part in node.rule.cotangents(asking(node, useful), xp, g, out, saved, node.static or {}):
        yield edges[position], fitted(part, edges[position], node.saved[position])


def asking(node: Node, useful: Useful) -> list[int]:
    """The positions of the operands of `node` that want a cotangent."""
    return [
        position
        for position, edge in enumerate(node.inputs)
        if (useful is None or edge in useful) and wants_gradient(edge, node.stamp)
    ]


def fitted(part: Payload, edge: Any, saved: Payload) -> Payload:
    """A cotangent summed down to the shape of the operand that came along `edge`, and in its element type."""
    part = settle(unbroadcast(namespace_of(part), part, shape_of(saved)))
    original = edge.out if isinstance(edge, Node) else edge._value
    if original is None:  # freed
        original = saved
    return part if not is_array(original) and type(part) is float else cast(part, dtype_of(original))


def owned(g: Payload) -> Payload:
    """A cotangent as a `.grad` of its own, which may be changed in place."""
    return g.copy() if is_array(g) else g


def retain_gradient(node: Node, g: Payload) -> None:
    """Add a result's cotangent to its `.grad`, if it was told to retain it."""
    for reference in node.extra.retained if node.extra is not None else ():
        tensor = reference()
        if tensor is not None:
            new = g if isinstance(g, Tensor) else wrap(owned(g))
            tensor._grad = new if tensor._grad is None else tensor._grad + new
