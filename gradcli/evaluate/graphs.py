"""The backward graph of a result as data: every operation, variable and constant once, inputs first."""

from __future__ import annotations

from gradcli.autograd.backward import cotangents
from gradcli.autograd.node import Node
from gradcli.autograd.tensor import Tensor
from gradcli.evaluate.kinds import payload_of
from gradcli.evaluate.results import CONSTANT, OPERATION, VARIABLE, Graph, GraphNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluate.answers import Answer
    from gradcli.evaluate.results import Payload

    Edge = Any  # a Node, a Tensor (a leaf or a constant) or a Python number


class Names:
    """What the tensors of a graph are called, and which expressions are of this statement."""

    __slots__ = ("gradients", "names", "own")

    def __init__(self, this: Answer) -> None:
        self.names: dict[Any, str] = dict(this.machine.aliases)
        for binding in this.machine.mentioned:
            if binding.tensor._node is None:
                self.names[binding.tensor] = binding.name
        self.gradients: dict[Any, Payload] = {}
        self.own = Own(this)


class Own:
    """The expressions of a statement, walked when first asked for."""

    __slots__ = ("_ids", "_root")

    def __init__(self, this: Answer) -> None:
        self._root = this.statement.expression
        self._ids: set[int] | None = None

    def span(self, node: Node) -> tuple[int, int] | None:
        """Where in this statement a node's operation stands; None where another one recorded it."""
        origin = getattr(node, "origin", None)
        if origin is None:
            return None
        if self._ids is None:
            from gradcli.numbers.expression import postorder

            self._ids = {id(part) for part in postorder(self._root)}
        span: tuple[int, int] | None = origin.span if id(origin) in self._ids else None
        return span


def graph(this: Answer) -> Graph:
    """The graph of an answer; its backward pass is run once more, keeping what reaches every node."""
    names = Names(this)
    root = this.root
    if type(root) is not Tensor or root._node is None:
        gradient = this.cotangent if type(root) is Tensor and root.requires_grad else None
        return Graph([_end(root, 0, names, gradient)])
    if this.cotangent is not None:
        nodes, leaves = cotangents(root, this.cotangent)
        names.gradients = {**nodes, **leaves}
    return Graph(_nodes(root._node, names))


def _nodes(root: Node, names: Names) -> list[GraphNode]:
    """The nodes below and including `root`, operands before what uses them, left to right."""
    made: list[GraphNode] = []
    ids: dict[Any, int] = {}
    stack: list[tuple[Edge, bool]] = [(root, False)]
    order: list[int] = []  # the ids of the edges that were walked, as a stack of operands
    while stack:
        edge, ready = stack.pop()
        if ready:
            count = sum(edge_in is not None for edge_in in edge.inputs)
            inputs = tuple(order[len(order) - count :])
            del order[len(order) - count :]
            ids[edge] = len(made)
            order.append(len(made))
            made.append(_operation(edge, len(made), inputs, names))
        elif isinstance(edge, Node | Tensor) and edge in ids:
            order.append(ids[edge])
        elif isinstance(edge, Node):
            stack.append((edge, True))
            stack.extend((operand, False) for operand in reversed(edge.inputs) if operand is not None)
        else:
            order.append(len(made))
            if isinstance(edge, Tensor):
                ids[edge] = len(made)
            made.append(_end(edge, len(made), names, None))
    return made


def _operation(node: Node, id: int, inputs: tuple[int, ...], names: Names) -> GraphNode:
    gradient = names.gradients.get(node)
    return GraphNode(id, node.name(), OPERATION, node.out, gradient, inputs, names.own.span(node))


def _end(edge: Any, id: int, names: Names, gradient: Payload | None) -> GraphNode:
    """The node of a leaf, a constant or a number."""
    if isinstance(edge, Tensor) and edge in names.names:
        return GraphNode(
            id, names.names[edge], VARIABLE, edge._value, names.gradients.get(edge, gradient), (), None
        )
    return GraphNode(id, "", CONSTANT, payload_of(edge), None, (), None)
