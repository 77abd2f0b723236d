"""The operations of an expression and its intermediates on record, to be carried out again elsewhere."""

from __future__ import annotations

from gradcli.autograd.backward import graph_of
from gradcli.autograd.engine import apply
from gradcli.autograd.node import wants_gradient
from gradcli.autograd.promotion import payloads_of
from gradcli.autograd.rulebook import RULES, Rule
from gradcli.autograd.tensor import Tensor, wrap
from gradcli.evaluate.calls import argument, begin_call, check
from gradcli.evaluate.kinds import payload_of
from gradcli.evaluate.machine import Machine, Traced, operate, take
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluate.environment import Binding
    from gradcli.evaluate.machine import Frame, Operand
    from gradcli.evaluate.statements import Source
    from gradcli.numbers.expression import Expression

    Payload = Any
    Key = Any  # what stands for a value in the graph: a Node, or a Tensor that no node made

CHOICE = Rule(
    "if", "c, a, b", value=lambda xp, c, a, b: xp.where(c, a, b), summary="a where c is not 0, else b"
)
"""The choice of a single condition, with both its branches: at another point the other one may be taken."""

COPY = Rule("copy", "x", value=lambda _, x: x, summary="x under another name")


class Step:
    """An operation: its rule, its operands (of the tape's keys some, the others payloads), its outcome."""

    __slots__ = ("expression", "frame", "keys", "operands", "out", "rule", "static", "value")

    def __init__(
        self,
        rule: Rule,
        keys: tuple[Key | None, ...],
        operands: tuple[Payload, ...],
        static: dict[str, Any] | None,
        out: Key,
        value: Payload,
        expression: Expression | None = None,
        frame: Frame | None = None,
    ) -> None:
        self.rule = rule
        self.keys = keys  # of each operand; None: it is the payload, whatever else changes
        self.operands = operands
        self.static = static or {}
        self.out = out
        self.value = value
        self.expression = expression  # what asked for it; None where nothing in the text did
        self.frame = frame


class Tape:
    """The operations of one expression that depend on variables, in an order in which they can be done.

    `root` is the key of the result, None where no variable has a part in it. `uses` are the intermediates
    that it mentions, whose tapes come before it. `held` are the places where detach keeps a value fixed.
    """

    __slots__ = ("held", "machine", "root", "steps", "uses", "value")

    def __init__(self, machine: Machine, value: Payload) -> None:
        self.machine = machine  # which knows the text
        self.value = value
        self.steps: list[Step] = []
        self.root: Key | None = None
        self.uses: list[Binding] = []
        self.held: list[Expression] = []


def key_of(tensor: Tensor) -> Key:
    """What stands for a tensor: the node that made it, or else itself."""
    return tensor if tensor._node is None else tensor._node


def record(source: Source, expression: Expression) -> Tape:
    """The tape of an expression that has just been carried out, at the values that its variables have now."""
    try:
        machine, root = _traced(source, expression, both=True)
    except Diagnostic:  # the branch of an `if` that is not taken cannot be carried out here
        machine, root = _traced(source, expression, both=False)
    tape = Tape(machine, payload_of(root))
    tape.uses = [binding for binding in machine.mentioned if binding.tape is not None]
    variables = [leaf for b in machine.mentioned for leaf in (b, *(b.leaves or ()))]
    known = {key_of(b.tensor) for b in variables if b.tensor.requires_grad}
    for traced in machine.trace or ():
        if traced.rule is None:
            _add_derivative(tape, known, traced)
        else:
            _add(tape, known, traced)
    if type(root) is Tensor and key_of(root) in known:
        tape.root = key_of(root)
    return tape


def _traced(source: Source, expression: Expression, *, both: bool) -> tuple[Machine, Operand]:
    forms = source.machine().forms
    if both:
        forms = {**forms, "if": _begin_choice, "call": _begin_call}
    machine = _Recorder(source.environment, source.kind, source.text, forms)
    machine.trace = []
    return machine, machine.run(expression)


class _Recorder(Machine):
    """A machine that leaves no mark on the variables which it meets."""

    __slots__ = ()

    def mention(self, binding: Binding, expression: Expression) -> None:  # noqa: ARG002
        self.mentioned[binding] = None


def _begin_choice(machine: Machine, expression: Expression) -> None:
    machine.todo.append((_choose, expression, None))
    machine.todo.extend(expression.args[::-1])


def _choose(machine: Machine, expression: Expression, _: None) -> None:
    condition, then, otherwise = take(machine, 3)
    if shape_of(payload_of(condition)):
        machine.values += (condition, then, otherwise)
        operate(machine, expression, RULES["where"])
        return
    taken = then if payload_of(condition) != 0 else otherwise
    # One of its own, though it is the same: what else uses the branch has no part in the choice.
    if type(taken) is Tensor and taken.requires_grad:
        out = apply(RULES["mul"], taken, 1.0)
    else:
        out = wrap(payload_of(taken))
    operands = [condition, then, otherwise]
    if machine.trace is not None:
        machine.trace.append(Traced(expression, machine.frame, CHOICE, operands, None, out))
    machine.values.append(out)


def _begin_call(machine: Machine, expression: Expression) -> None:
    if expression.value != "detach" or "detach" in machine.environment.functions:
        begin_call(machine, expression)
        return
    check(machine, expression, RULES["detach"])
    machine.todo.append((_detach, expression, None))
    machine.todo.append(argument(expression, 0, "x"))


def _detach(machine: Machine, expression: Expression, _: None) -> None:
    operand = machine.values.pop()
    out = operand if type(operand) is float else wrap(payload_of(operand))
    if machine.trace is not None:
        machine.trace.append(Traced(expression, machine.frame, RULES["detach"], [operand], None, out))
    machine.values.append(out)


def _add(tape: Tape, known: set[Key], traced: Traced) -> None:
    """Put an operation on the tape, if a variable has a part in it."""
    keys = tuple(
        key if type(operand) is Tensor and (key := key_of(operand)) in known else None
        for operand in traced.operands
    )
    if not any(key is not None for key in keys) or traced.rule is None:
        return
    if traced.rule.name == "detach":
        tape.held.append(traced.expression)
        return
    out = key_of(traced.out)
    known.add(out)
    # As the engine takes them: under a precision a 0.01 of the call is the decimal, not the float.
    operands = tuple(payloads_of(traced.rule, traced.operands))
    tape.steps.append(
        Step(
            traced.rule,
            keys,
            operands,
            traced.static,
            out,
            payload_of(traced.out),
            traced.expression,
            traced.frame,
        )
    )


def _add_derivative(tape: Tape, known: set[Key], traced: Traced) -> None:
    """Put the operations on the tape that a derivative is made of; they are in its graph and in no text."""
    root = key_of(traced.out)
    for node in reversed(graph_of([root])):
        if node in known or node.saved is None:
            continue
        keys = tuple(
            edge if wants_gradient(edge, node.stamp) and edge in known else None for edge in node.inputs
        )
        if any(key is not None for key in keys):
            known.add(node)
            place = (traced.expression, traced.frame)
            tape.steps.append(Step(node.rule, keys, node.saved, node.static, node, node.out, *place))
