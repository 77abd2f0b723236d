"""The backward graph of a result as data: every operation, variable and constant once, inputs first."""

from __future__ import annotations

from gradcli.engine.backward import cotangents
from gradcli.engine.node import Node
from gradcli.engine.tensor import Tensor
from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.results import CONSTANT, OPERATION, VARIABLE, Graph, GraphNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.results import Payload

    Edge = Any  # a Node, a Tensor (a leaf or a constant) or a Python number


class Names:
    """What is known of a graph beside its nodes: what its tensors are called, the cotangents, the places."""

    __slots__ = ("gradients", "machine", "names")

    def __init__(self, this: Answer) -> None:
        self.machine = this.machine
        self.names: dict[Any, str] = dict(this.machine.aliases)
        for binding in this.machine.mentioned:
            if binding.tensor._node is None:
                self.names[binding.tensor] = binding.name
        self.gradients: dict[Any, Payload] = {}


def graph(this: Answer) -> Graph:
    """The graph of an answer; its backward pass is run once more, keeping what reaches every node."""
    names = Names(this)
    root = this.root
    if type(root) is not Tensor or root._node is None:
        gradient = this.cotangent if type(root) is Tensor and root.requires_grad else None
        return Graph([_end(root, 0, names, gradient)])
    if this.cotangent is not None:
        nodes, leaves = cotangents(root, this.cotangent)
        names.gradients.update(nodes)
        names.gradients.update(leaves)
    return Graph(_nodes(root._node, names))


def _nodes(root: Node, names: Names) -> list[GraphNode]:
    """The nodes below and including `root`, operands before what uses them, left to right."""
    made: list[GraphNode] = []
    ids: dict[Any, int] = {}
    stack: list[Edge] = [root]  # edges to walk to, and, in a tuple, nodes whose operands are all made
    order: list[int] = []  # the ids of the edges that were walked, as a stack of operands
    gradient_of, place_of = names.gradients.get, names.machine.place_of
    while stack:
        edge = stack.pop()
        kind = type(edge)
        if kind is tuple:
            node, count = edge
            inputs = tuple(order[-count:])
            del order[-count:]
            ids[node] = id = len(made)
            made.append(
                GraphNode(id, node.name(), OPERATION, node.out, gradient_of(node), inputs, place_of(node))
            )
        elif kind is not float and edge in ids:
            id = ids[edge]
        elif isinstance(edge, Node):
            operands = [operand for operand in edge.inputs if operand is not None]
            operands.reverse()
            stack.append((edge, len(operands)))
            stack += operands
            continue
        else:
            id = len(made)
            if kind is Tensor:
                ids[edge] = id
            made.append(_end(edge, id, names, None))
        order.append(id)
    return made


def _end(edge: Any, id: int, names: Names, gradient: Payload | None) -> GraphNode:
    """The node of a leaf, a constant or a number."""
    if type(edge) is Tensor and edge in names.names:
        return GraphNode(
            id, names.names[edge], VARIABLE, edge._value, names.gradients.get(edge, gradient), (), None
        )
    return GraphNode(id, "", CONSTANT, payload_of(edge), None, (), None)
