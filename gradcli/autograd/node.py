"""Nodes of the graph: one for each recorded operation, which PyTorch calls a grad_fn."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar
    from weakref import ref

    from gradcli.autograd.rulebook import Rule
    from gradcli.autograd.tensor import Tensor

    Payload = Any
    Edge = Any
    """Where an operand came from: the Node that made it, a Tensor (a leaf or a constant), or a Python number."""


class Extra:
    """What few nodes have: versions of operands, changes in place since, and tensors that retain their gradient."""

    __slots__ = ("before", "retained", "version", "versions")

    def __init__(self) -> None:
        self.versions: tuple[int, ...] | None = None  # of the operands when they were saved
        self.version = 0  # how often the tensor that this node made was modified in place since
        self.before = 0  # how often it had been before
        self.retained: list[ref[Tensor]] = []


class Node:
    """A recorded operation: where its operands came from, their payloads, and its result's.

    It keeps nothing of a backward pass. Being linked from results to operands only, a graph has no cycles.
    """

    __slots__ = ("__weakref__", "extra", "inputs", "origin", "out", "saved", "stamp", "static")

    inputs: tuple[Edge, ...]
    saved: tuple[Payload, ...] | None  # the operands' payloads; None once a backward pass has freed them
    out: Payload
    stamp: int  # when it was recorded; a later node never is an operand of an earlier one
    static: dict[str, Any] | None
    extra: Extra | None
    origin: Any  # the expression that it was recorded for; set by who evaluates one

    rule: ClassVar[Rule]
    vjps: ClassVar[tuple[Any, ...]]
    # The vjps where all payloads are Python floats, so that nothing broadcasts and nothing is cast; and `linear`.
    plan: ClassVar[tuple[tuple[Any, ...] | None, bool]]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"

    def name(self) -> str:
        """PyTorch's name of the operation's derivative, `MulBackward0`."""
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The nodes of the operands, each with 0; None for one that needs no gradient."""
        return tuple((next_function(edge, self.stamp), 0) for edge in self.inputs if not is_number(edge))


class AccumulateGrad:
    """What stands for a leaf in `next_functions`: the end of the way, where `.grad` is added to."""

    __slots__ = ("variable",)

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {id(self):#x}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccumulateGrad) and self.variable is other.variable

    def __hash__(self) -> int:
        return id(self.variable)

    @property
    def next_functions(self) -> tuple[()]:
        """Nothing: a leaf has no operands."""
        return ()

    def name(self) -> str:
        """PyTorch's name of the node."""
        return "torch::autograd::AccumulateGrad"


def is_number(edge: Edge) -> bool:
    """Whether an operand was a Python number (or left out) and no tensor."""
    return edge is None or isinstance(edge, (int, float))


def next_function(edge: Edge, stamp: int) -> Node | AccumulateGrad | None:
    """The node that a cotangent flowing along `edge` would reach."""
    if isinstance(edge, Node):
        return edge
    return AccumulateGrad(edge) if wants_gradient(edge, stamp) else None


def wants_gradient(edge: Edge, stamp: int) -> bool:
    """Whether a cotangent flows along an edge of the node recorded at `stamp`.

    A tensor that began to require a gradient only after that time is a constant to the node.
    """
    if isinstance(edge, Node):
        return True
    return not is_number(edge) and edge._requires and edge._since <= stamp


_CLASSES: dict[tuple[int, str, bool], type[Node]] = {}


def node_class(rule: Rule, name: str | None = None, floats: bool = False) -> type[Node]:
    """The subclass of Node for results of `rule`, called as PyTorch calls it."""
    name = name or rule.backward
    key = (id(rule), name, floats)
    if key not in _CLASSES:
        _CLASSES[key] = type(name, (Node,), {
            "__slots__": (), "rule": rule, "vjps": rule.vjps, "__doc__": rule.summary,
            "plan": (_complete(rule) if floats else None, rule.linear),
        })
    return _CLASSES[key]


def _complete(rule: Rule) -> tuple[Any, ...] | None:
    """The vjps of a rule that has one for each of its operands, and a fixed number of them."""
    vjps = rule.vjps
    return vjps if isinstance(vjps, tuple) and None not in vjps else None
