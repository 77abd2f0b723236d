"""Nodes of the graph: one for each recorded operation, which PyTorch calls a grad_fn."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar
    from weakref import ref

    from gradcli.engine.tensor import Tensor
    from gradcli.rules.rulebook import Rule

    Payload = Any
    Edge = Any
    """Where an operand came from: the Node that made it, a Tensor (a leaf or a constant), or a Python
    number."""


class Changes:
    """How often a tensor was modified in place; all the nodes that it has come from share it."""

    __slots__ = ("latest", "number")

    def __init__(self) -> None:
        self.number = 0
        self.latest = ""  # the name of the node that it comes from now


class Extra:
    """What few nodes have: versions of operands, changes in place since, and tensors that retain their
    gradient."""

    __slots__ = ("before", "changes", "retained", "versions")

    def __init__(self) -> None:
        self.versions: tuple[int | None, ...] | None = None  # of the operands when saved; None: a copy was
        self.changes: Changes | None = None  # of the tensor that this node made
        self.before = 0  # how many of them there had been when the node made it
        self.retained: list[ref[Tensor]] = []

    @property
    def version(self) -> int:
        """How often the tensor that the node made was modified in place since."""
        return self.changes.number - self.before if self.changes is not None else 0


class Node:
    """A recorded operation: where its operands came from, their payloads, and its result's.

    It keeps nothing of a backward pass. Being linked from results to operands only, a graph has no cycles.
    Operations on one or two floats have nodes of their own, which need no tuples: they are what long graphs
    consist of.
    """

    __slots__ = ("__weakref__", "extra", "origin", "out", "stamp")

    out: Payload
    stamp: int  # when it was recorded; a later node never is an operand of an earlier one
    extra: Extra | None
    origin: Any  # the expression that asked for the operation; set by who evaluates one, else empty

    if TYPE_CHECKING:

        @property
        def inputs(self) -> tuple[Edge, ...]:
            """Where the operands came from."""

        @inputs.setter
        def inputs(self, inputs: tuple[Edge, ...]) -> None: ...
        @property
        def saved(self) -> tuple[Payload, ...] | None:
            """The operands' payloads; None once a backward pass has freed them."""

        @saved.setter
        def saved(self, saved: tuple[Payload, ...] | None) -> None: ...
        @property
        def static(self) -> dict[str, Any] | None:
            """The static parameters."""

        @static.setter
        def static(self, static: dict[str, Any] | None) -> None: ...

    rule: ClassVar[Rule]
    arity: ClassVar[int]  # 1 or 2 for nodes of floats, 0 for others
    plan: ClassVar[tuple[Any, Any, bool]]  # the vjps of a node of floats, and whether the rule is linear

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"

    def name(self) -> str:
        """PyTorch's name of the operation's derivative, `MulBackward0`."""
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The nodes of the operands, each with 0; None for one that needs no gradient."""
        found = [
            (next_function(edge, self.stamp), 0)
            for position, edge in enumerate(self.inputs)
            if self.rule.has_vjp(position) and (not is_number(edge) or type(self).__name__ in OF_TENSORS_ONLY)
        ]
        return tuple(pair for pair in found if pair[0] is not None or self.name() != "NotImplemented")

    def free(self) -> None:
        """Forget the payloads."""
        self.saved = self.out = None

    def twin(self) -> Node:
        """Another node of the same operation."""
        other: Node = object.__new__(type(self))
        other.inputs, other.saved, other.static = self.inputs, self.saved, self.static
        other.out, other.stamp, other.extra = self.out, self.stamp, None
        return other


class GeneralNode(Node):
    """The node of an operation on anything."""

    __slots__ = ("inputs", "saved", "static")

    arity = 0


class _FloatNode(Node):
    """The node of an operation on floats, with nothing static."""

    __slots__ = ()

    if not TYPE_CHECKING:

        @property
        def static(self) -> None:
            """Nothing."""
            return None

        @static.setter
        def static(self, static: None) -> None:
            """Nothing to keep."""


class UnaryNode(_FloatNode):
    """The node of an operation on one float."""

    __slots__ = ("a", "x")

    arity = 1
    a: Edge
    x: float | None

    if not TYPE_CHECKING:

        @property
        def inputs(self) -> tuple[Edge, ...]:
            """Where the operand came from."""
            return (self.a,)

        @inputs.setter
        def inputs(self, inputs: tuple[Edge]) -> None:
            (self.a,) = inputs

        @property
        def saved(self) -> tuple[Payload, ...] | None:
            """The operand's payload; None once it is freed."""
            return None if self.x is None else (self.x,)

        @saved.setter
        def saved(self, saved: tuple[Payload] | None) -> None:
            (self.x,) = saved or (None,)


class BinaryNode(_FloatNode):
    """The node of an operation on two floats."""

    __slots__ = ("a", "b", "x", "y")

    arity = 2
    a: Edge
    b: Edge
    x: float | None
    y: float | None

    if not TYPE_CHECKING:

        @property
        def inputs(self) -> tuple[Edge, ...]:
            """Where the operands came from."""
            return self.a, self.b

        @inputs.setter
        def inputs(self, inputs: tuple[Edge, Edge]) -> None:
            self.a, self.b = inputs

        @property
        def saved(self) -> tuple[Payload, ...] | None:
            """The operands' payloads; None once they are freed."""
            return None if self.x is None else (self.x, self.y)

        @saved.setter
        def saved(self, saved: tuple[Payload, Payload] | None) -> None:
            self.x, self.y = saved or (None, None)


OF_TENSORS_ONLY = frozenset((
    "AddBackward0", "SubBackward0", "MulBackward0", "DivBackward0", "DivBackward2", "WhereBackward0",
    "ClampBackward0", "CopySlices", "CopyBackwards", "FillBackward3", "IndexPutBackward0",
))
"""Nodes of operations that PyTorch makes a tensor of a number for, which then counts as an operand."""


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


_CLASSES: dict[tuple[int, str, int], type[Node]] = {}


def node_class(rule: Rule, name: str | None = None, floats: int = 0) -> type[Node]:
    """The subclass of Node for results of `rule`, called as PyTorch calls it; of so many `floats` where
    not 0."""
    name = name or rule.backward
    key = (id(rule), name, floats)
    if key not in _CLASSES:
        vjps = (*rule.vjps, None) if floats else (None, None)
        _CLASSES[key] = type(
            name,
            ((GeneralNode, UnaryNode, BinaryNode)[floats],),
            {
                "__slots__": (),
                "rule": rule,
                "__doc__": rule.summary,
                "plan": (vjps[0], vjps[1], rule.linear),
            },
        )
    return _CLASSES[key]


def has_fast_node(rule: Rule, operands: int) -> bool:
    """Whether the rule has one vjp for each of so many operands, and nothing static."""
    vjps = rule.vjps
    return isinstance(vjps, tuple) and len(vjps) == operands and None not in vjps and not rule.static
