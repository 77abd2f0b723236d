"""A tape of single numbers as a graph in which constants are nodes too, and what it holds at a point."""

from __future__ import annotations

from gradcli.evaluation.machine import ENGINE
from gradcli.evaluation.tape import Slot, as_floats
from gradcli.homework.mistakes.numerals import slopes
from gradcli.numbers import floats, quiet
from gradcli.numbers.expression import Expression, name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.evaluation.tape import Step, Tape
    from gradcli.numbers.expression import Span
    from gradcli.rules.rulebook import Rule

    Number = Any


class Node:
    """A variable, a constant or an operation of the graph.

    `operands` are the places of its operands in `Graph.nodes`, `active` those of them (by position) that
    depend on the variable of the derivative; `spans` are the places in the text, of which structurally equal
    operations have one each. `depth` counts the operations between it and the result.
    """

    __slots__ = (
        "active", "depth", "expression", "operands", "payload", "place", "rule", "spans", "static", "tags",
    )

    def __init__(
        self, place: int, expression: Expression | None, rule: Rule | None = None, payload: Number = None
    ) -> None:
        self.place = place
        self.rule = rule
        self.expression = expression
        self.payload = payload
        self.operands: tuple[int, ...] = ()
        self.active: tuple[int, ...] = ()
        self.static: Mapping[str, Any] = {}
        self.spans: list[Span] = []
        self.depth = 0
        self.tags: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """The name of its rule; "" for what is no operation."""
        return self.rule.name if self.rule is not None else ""

    def __repr__(self) -> str:
        return f"<Node {self.place} {self.kind or self.expression} of {self.operands}>"


class Graph:
    """The nodes of a tape, operands before what uses them; `variables` says where each letter stands.

    With `merged`, operations that are structurally equal are one node: what a student gets wrong at one of
    them, they get wrong at all. Without it each has a node of its own.
    """

    __slots__ = ("_slopes", "depends", "nodes", "root", "variables", "wrt")

    def __init__(self, tape: Tape, wrt: str, *, merged: bool = True) -> None:
        self.wrt = wrt
        self.nodes: list[Node] = []
        self.variables: dict[str, int] = {}
        self.depends: list[bool] = []
        self._slopes: dict[int, list[Number]] = {}
        for letter in tape.names:
            self.variables[letter] = self._add(Node(len(self.nodes), name(letter)), active=letter == wrt)
        self._build(tape, merged)
        self._count_depths()

    def slopes(self, place: int) -> list[Number]:
        """What a constant at a place has as its derivatives when parts of it are taken for variables."""
        if place not in self._slopes:
            expression = self.nodes[place].expression
            self._slopes[place] = slopes(expression) if expression is not None else []
        return self._slopes[place]

    def _add(self, node: Node, *, active: bool) -> int:
        self.nodes.append(node)
        self.depends.append(active)
        return node.place

    def _build(self, tape: Tape, merged: bool) -> None:
        places = list(range(len(self.nodes)))  # of the tape's slots
        known: dict[Any, int] = {}
        for step in tape.steps:
            operands = tuple(
                places[operand] if type(operand) is Slot else self._constant(step, i, operand, known)
                for i, operand in enumerate(step.operands)
            )
            key = (step.rule.name, operands, tuple(sorted(step.static.items(), key=str)))
            place = known.get(key) if merged else None
            if place is None:
                place = known[key] = self._operation(step, operands)
            node = self.nodes[place]
            if step.expression.span is not None and step.expression.span not in node.spans:
                node.spans.append(step.expression.span)
            places.append(place)
        if type(tape.root) is Slot:
            self.root = places[tape.root]
        else:
            self.root = self._add(
                Node(len(self.nodes), tape.expression, payload=tape.root), active=False
            )

    def _constant(self, step: Step, position: int, payload: Number, known: dict[Any, int]) -> int:
        args = step.expression.args
        expression = args[position] if len(args) == len(step.operands) else None
        if not isinstance(expression, Expression):
            expression = None
        place = known.get(("constant", repr(payload)))
        if place is None:
            place = self._add(Node(len(self.nodes), expression, payload=payload), active=False)
            known["constant", repr(payload)] = place
        return place

    def _operation(self, step: Step, operands: tuple[int, ...]) -> int:
        node = Node(len(self.nodes), step.expression, step.rule)
        node.operands = operands
        node.static = step.static
        node.active = tuple(
            i for i, place in enumerate(operands) if self.depends[place] and step.rule.has_vjp(i)
        )
        return self._add(node, active=bool(node.active))

    def _count_depths(self) -> None:
        far = len(self.nodes)
        for node in self.nodes:
            node.depth = far
        self.nodes[self.root].depth = 0
        for node in reversed(self.nodes):
            for place in node.operands:
                below = self.nodes[place]
                below.depth = min(below.depth, node.depth + 1)


class State:
    """What a graph holds at a point: values, local partial derivatives, tangents, adjoints.

    With `xp` the namespace of the numbers: floats to look through many candidates, or mpmath's. Each list
    has an entry a node; nothing here raises for a number that is infinite or nan, and what
    a rule raises is nan.
    """

    __slots__ = ("_adjoints", "graph", "nan", "number", "one", "partials", "tangents", "values", "xp", "zero")

    def __init__(self, graph: Graph, at: Mapping[str, Number], context: Any = None) -> None:
        self.graph = graph
        self._adjoints: list[Number] | None = None
        if context is None:
            self.xp: Any = floats
            self.number = as_floats
        else:
            from gradcli.numbers import precise

            self.xp, self.number = precise, context.mpf
        self.zero, self.one, self.nan = self.number(0.0), self.number(1.0), self.number(float("nan"))
        self.values: list[Number] = []
        self.partials: list[Sequence[Number]] = []
        with quiet():
            self._evaluate(at)
        self.tangents = self.forward({})

    def _evaluate(self, at: Mapping[str, Number]) -> None:
        values = self.values
        for node in self.graph.nodes:
            if node.rule is None:
                value = at[node.expression.value] if node.payload is None else self.number(node.payload)  # type: ignore[union-attr]
                values.append(value)
                self.partials.append(())
                continue
            operands = [values[place] for place in node.operands]
            try:
                out = node.rule.value(self.xp, *operands, **node.static)
                partials = self.local(node, operands, out)
            except ENGINE:
                out, partials = self.nan, [self.nan] * len(operands)
            values.append(out)
            self.partials.append(partials)

    def local(self, node: Node, operands: Sequence[Number], out: Number) -> Sequence[Number]:
        """The derivatives of an operation in each of its operands, at any values of them; 0 in constants."""
        partials = [self.zero] * len(operands)
        rule = node.rule
        if rule is not None and node.active:
            for i, part in rule.cotangents(node.active, self.xp, self.one, out, operands, node.static):
                partials[i] = part
        return partials

    def forward(self, wrong: Mapping[int, Any]) -> list[Number]:
        """The tangents of all nodes; for those in `wrong` as a function (site) -> tangent says."""
        graph = self.graph
        first = min(wrong, default=0)
        tangents = list(self.tangents[:first]) if wrong else []
        for node in graph.nodes[first:]:
            place = node.place
            if place in wrong:
                tangents.append(wrong[place](Site(self, node, tangents)))
            elif node.rule is None:
                tangents.append(self.one if graph.depends[place] else self.zero)
            else:
                tangents.append(self.chained(node, tangents))
        return tangents

    def chained(self, node: Node, tangents: Sequence[Number]) -> Number:
        """The chain rule at a node."""
        total = self.zero
        for i in self.taken(node):
            total = total + self.partials[node.place][i] * tangents[node.operands[i]]
        return total

    def taken(self, node: Node) -> tuple[int, ...]:
        """The operands that a tangent comes from: of a choice only the one that is chosen."""
        if node.kind != "where":
            return node.active
        chosen = 1 if self.values[node.operands[0]] != 0 else 2
        return tuple(i for i in node.active if i == chosen)

    @property
    def adjoints(self) -> list[Number]:
        """The derivative of the result in each node."""
        if self._adjoints is None:
            adjoints = [self.zero] * len(self.graph.nodes)
            adjoints[self.graph.root] = self.one
            for node in reversed(self.graph.nodes):
                if adjoints[node.place] == 0:
                    continue
                for i in self.taken(node):
                    place = node.operands[i]
                    adjoints[place] = adjoints[place] + adjoints[node.place] * self.partials[node.place][i]
            self._adjoints = adjoints
        return self._adjoints


class Site:
    """An operation at a point, as a mutation of its rule sees it.

    `v` are the values of its operands, `t` their tangents, `p` the local derivatives, `out` its own value.
    """

    __slots__ = ("node", "out", "p", "state", "t", "tangents", "v", "xp")

    def __init__(self, state: State, node: Node, tangents: Sequence[Number]) -> None:
        self.state = state
        self.node = node
        self.tangents = tangents
        self.xp = state.xp
        self.v = [state.values[place] for place in node.operands]
        self.t = [tangents[place] for place in node.operands]
        self.p = state.partials[node.place]
        self.out = state.values[node.place]

    @property
    def i(self) -> int:
        """The position of the operand that depends on the variable: the first."""
        return self.node.active[0]

    @property
    def x(self) -> Number:
        """The variable itself."""
        graph = self.state.graph
        return self.state.values[graph.variables[graph.wrt]]

    @property
    def right(self) -> Number:
        """What the chain rule gives."""
        return self.state.chained(self.node, self.tangents)

    def number(self, value: float) -> Number:
        """A number of this kind."""
        return self.state.number(value)

    def below(self, position: int) -> Site:
        """The operation that made an operand."""
        return Site(self.state, self.state.graph.nodes[self.node.operands[position]], self.tangents)

    def value_at(self, value: Number) -> Number:
        """The operation with its active operand replaced."""
        return self.node.rule.value(self.xp, *self._with(value), **self.node.static)  # type: ignore[union-attr]

    def partial_at(self, value: Number) -> Number:
        """The local derivative in its active operand, with that replaced."""
        return self.state.local(self.node, self._with(value), self.value_at(value))[self.i]

    def _with(self, value: Number) -> list[Number]:
        operands = list(self.v)
        operands[self.i] = value
        return operands
