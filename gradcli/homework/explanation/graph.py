"""The operations below a result as vertices, those that are equal in structure only once."""

from __future__ import annotations

from gradcli.engine.node import Node
from gradcli.engine.tensor import Tensor
from gradcli.evaluation.environment import CONSTANTS
from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.recording import key_of
from gradcli.language.format import format
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.evaluation.machine import Machine, Traced
    from gradcli.evaluation.recording import Key
    from gradcli.homework.explanation.record import Record
    from gradcli.rules.rulebook import Rule

    Payload = Any


LONGEST = 40
"""A constant that is longer in the text than this is not repeated in formulas."""


class Vertex:
    """A variable, a constant or an operation of a calculation.

    `active` says that a gradient flows through it to a variable that is asked about. `given` is the name
    that the user gave it. `written` is how a constant stands in the text, where that is known.
    """

    __slots__ = ("active", "given", "operands", "rule", "spelling", "static", "users", "value", "written")

    def __init__(
        self,
        value: Payload,
        *,
        rule: Rule | None = None,
        operands: Sequence[Vertex | None] = (),
        static: Mapping[str, Any] | None = None,
        given: str = "",
        written: Expression | None = None,
        spelling: str = "",
        active: bool = False,
    ) -> None:
        self.value = value
        self.rule = rule
        self.operands = tuple(operands)
        self.static = dict(static or {})
        self.given = given
        self.written = written
        self.spelling = spelling  # the name by which the text calls the rule
        self.active = active
        self.users: set[Vertex] = set()  # among the active operations

    @property
    def is_variable(self) -> bool:
        """Whether it is a leaf that the user named."""
        return self.rule is None and bool(self.given)

    def __repr__(self) -> str:
        return f"<Vertex {self.given or (self.rule.name if self.rule else 'constant')}>"


class Graph:
    """The vertices below and including `root`, operands before what uses them."""

    __slots__ = ("root", "vertices")

    def __init__(self, root: Vertex, vertices: list[Vertex]) -> None:
        self.root = root
        self.vertices = vertices


class Operation:
    """What is known of an operation before its operands are vertices."""

    __slots__ = ("machine", "operands", "rule", "static", "traced", "value")

    def __init__(
        self,
        rule: Rule,
        operands: Sequence[Any],
        static: Mapping[str, Any] | None,
        value: Payload,
        traced: Traced | None = None,
        machine: Machine | None = None,
    ) -> None:
        self.rule = rule
        self.operands = operands
        self.static = static
        self.value = value
        self.traced = traced
        self.machine = machine


def build(root: Any, record: Record, asked: set[Key]) -> Graph:
    """The graph of an operand of the machine; `asked` are the keys of the variables that are asked about."""
    made: dict[Any, Vertex] = {}  # by the key of what was computed
    equal: dict[Any, Vertex] = {}  # by rule and operands
    vertices: list[Vertex] = []
    listed: set[int] = set()
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        edge, ready = stack.pop()
        at = key_of(edge)
        if at in made:
            continue
        operation = _operation(edge, record)
        if operation is not None and not ready:
            stack.append((edge, True))
            stack += [(o, False) for o in reversed(operation.operands) if type(o) is Tensor or _is_node(o)]
            continue
        if operation is None:
            vertex = _end(edge, record, asked)
        else:
            vertex = _vertex(operation, made, record.names.get(at, ""), equal)
        made[at] = vertex
        if id(vertex) not in listed:
            listed.add(id(vertex))
            vertices.append(vertex)
    return Graph(made[key_of(root)], vertices)


def _is_node(edge: Any) -> bool:
    return isinstance(edge, Node)


def _operation(edge: Any, record: Record) -> Operation | None:
    """The operation that made an edge; None for a leaf and a constant."""
    found = record.operations.get(key_of(edge))
    if found is not None:
        traced, machine = found
        assert traced.rule is not None
        return Operation(traced.rule, traced.operands, traced.static, payload_of(traced.out), traced, machine)
    node = edge if _is_node(edge) else getattr(edge, "_node", None)
    if node is None:
        return None
    # Within a derivative that diff took: the graph itself says what was done.
    return Operation(node.rule, _edges(node), node.static, node.out)


def _edges(node: Node) -> list[Any]:
    return list(node.inputs)


def _end(edge: Any, record: Record, asked: set[Key]) -> Vertex:
    at = key_of(edge)
    return Vertex(payload_of(edge), given=record.names.get(at, ""), active=at in asked)


def _vertex(operation: Operation, made: dict[Any, Vertex], given: str, equal: dict[Any, Vertex]) -> Vertex:
    operands = [
        None if operand is None
        else made[key_of(operand)] if type(operand) is Tensor or _is_node(operand)
        else _number(operation, position, operand, equal)
        for position, operand in enumerate(operation.operands)
    ]  # fmt: skip
    recorded = operation.traced is None or operation.traced.out.requires_grad  # not so within no_grad
    identity = (operation.rule.name, tuple(map(id, operands)), repr(operation.static or {}), recorded)
    known = equal.get(identity)
    if known is not None and (not given or known.given in ("", given)):
        known.given = known.given or given
        return known
    active = recorded and any(
        operand is not None and operand.active and operation.rule.has_vjp(position)
        for position, operand in enumerate(operands)
    )
    spelling = _spelling(operation)
    vertex = Vertex(
        operation.value, rule=operation.rule, operands=operands, static=operation.static, given=given,
        spelling=spelling, active=active,
    )  # fmt: skip
    for operand in operands:
        if operand is not None and active:
            operand.users.add(vertex)
        if operand is not None and operand.rule is None and not operand.given:
            operand.written = operand.written or _argument(operation, operands.index(operand), operand.value)
    equal.setdefault(identity, vertex)
    return vertex


def _spelling(operation: Operation) -> str:
    """The name by which the text calls the rule: ln for log."""
    from gradcli.rules.rulebook import NAMES

    traced = operation.traced
    if traced is None or traced.expression.op != "call" or traced.expression.value not in NAMES:
        return ""
    rule = NAMES[traced.expression.value]
    return str(traced.expression.value) if operation.rule.name in (rule.name, *rule.overloads) else ""


def _number(operation: Operation, position: int, value: float, equal: dict[Any, Vertex]) -> Vertex:
    """The vertex of a plain number, one for all that are equal and written alike."""
    written = _argument(operation, position, value)
    identity = ("number", repr(value), format(written) if written is not None else "")
    if identity not in equal:
        equal[identity] = Vertex(value, written=written)
    return equal[identity]


def _argument(operation: Operation, position: int, value: Payload) -> Expression | None:
    """How the text writes the constant that is an operand, where it does."""
    part = _text_of(operation, position)
    if part is None or part.op == "number" or part.value == "detach":
        return part
    from gradcli.evaluation.environment import Environment
    from gradcli.evaluation.forms import FORMS
    from gradcli.evaluation.kinds import Kind
    from gradcli.evaluation.machine import Machine
    from gradcli.language.diagnostics import Diagnostic

    try:
        found = payload_of(Machine(Environment(), Kind(), "", FORMS).run(part))
    except Diagnostic:  # it calls a function of the user
        return None
    if shape_of(found) != shape_of(value):
        return None
    return part if bool((found == value) if type(found) is float else (found == value).all()) else None


def _text_of(operation: Operation, position: int) -> Expression | None:
    """The argument for an operand, if it is one of constants alone."""
    traced = operation.traced
    if traced is None or position >= len(traced.expression.args):
        return None
    part = traced.expression.args[position]
    if part.op == "call" and part.value == "detach" and traced.frame is None:
        return part if len(format(part)) <= LONGEST else None
    hidden = set(traced.frame.locals) if traced.frame is not None else set()
    if operation.machine is not None:
        hidden.update(operation.machine.environment.variables)
    for piece in postorder(part):
        if piece.op == "name" and (piece.value not in CONSTANTS or piece.value in hidden):
            return None
    return part if isinstance(part, Expression) and len(format(part)) <= LONGEST else None
