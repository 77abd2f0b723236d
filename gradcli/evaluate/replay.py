"""The operations of an expression and its intermediates on record, to be carried out again elsewhere."""

from __future__ import annotations

from bisect import bisect_right

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
from gradcli.numbers import complexes, namespace_of, normal, quiet, shape_of
from gradcli.numbers.decisions import Deciding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
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


# --- carrying out again ---


class Program:
    """All tapes below a result as one, its steps in order."""

    __slots__ = ("base", "homes", "root", "steps", "tapes", "users")

    def __init__(self, tape: Tape) -> None:
        self.root = tape.root
        self.steps: list[Step] = []
        self.homes: list[str] = []  # the intermediate that a step is of; "" in the statement itself
        self.tapes = [part for part, _ in _in_order(tape)]
        self.base: dict[Key, Payload] = {}  # what a key stood for
        self.users: dict[Key, list[int]] = {}  # the steps that a key is an operand of
        for part, binding in _in_order(tape):
            steps = list(part.steps)
            if binding is not None and part.root is not None:
                name, alias = binding.name, key_of(binding.tensor)
                steps.append(Step(COPY, (part.root,), (part.value,), None, alias, part.value))
            else:
                name = ""
            self.steps += steps
            self.homes += [name] * len(steps)
        for position, step in enumerate(self.steps):
            self.base[step.out] = step.value
            for key, operand in zip(step.keys, step.operands, strict=True):
                if key is not None:
                    self.users.setdefault(key, []).append(position)
                    self.base.setdefault(key, operand)

    def below(self, target: Key) -> list[int]:
        """The steps on a way from `target` to the result, in order."""
        reached: set[int] = set()
        keys = [target]
        for key in keys:  # grows while it is walked
            for position in self.users.get(key, ()):
                if position not in reached:
                    reached.add(position)
                    keys.append(self.steps[position].out)
        wanted = {self.root}
        positions = []
        for position in sorted(reached, reverse=True):
            step = self.steps[position]
            # The target itself is what is moved, whatever made it.
            if step.out in wanted and step.out is not target:
                wanted.update(step.keys)
                positions.append(position)
        return positions[::-1]


def _in_order(tape: Tape) -> list[tuple[Tape, Binding | None]]:
    """The tapes of the intermediates that a tape uses, each once, after those that it uses itself."""
    order: list[tuple[Tape, Binding | None]] = []
    done: set[int] = set()
    stack: list[tuple[Tape, Binding | None, bool]] = [(tape, None, False)]
    while stack:
        part, binding, ready = stack.pop()
        if ready:
            order.append((part, binding))
        elif id(part) not in done:
            done.add(id(part))
            stack.append((part, binding, True))
            stack += [(used.tape, used, False) for used in part.uses if used.tape is not None]
    return order


class Way:
    """What leads from one variable to the result: the function of it that a derivative is of."""

    __slots__ = ("_marks", "_steps", "positions", "program", "start", "target")

    def __init__(
        self, program: Program, target: Key, start: Payload, convert: Callable[[Payload], Payload]
    ) -> None:
        self.program = program
        self.target = target
        self.start = convert(start)
        self.positions = program.below(target)
        self._marks: list[int] = []
        moved = {target}
        self._steps: list[tuple[Step, list[Payload], list[tuple[int, Key]]]] = []
        for position in self.positions:
            step = program.steps[position]
            fixed: list[Payload] = []
            moving: list[tuple[int, Key]] = []
            for place, (key, operand) in enumerate(zip(step.keys, step.operands, strict=True)):
                if key in moved:
                    moving.append((place, key))
                    fixed.append(None)
                else:
                    value = operand if key is None else program.base[key]
                    fixed.append(None if value is None else convert(value))
            moved.add(step.out)
            self._steps.append((step, fixed, moving))

    @property
    def leads_there(self) -> bool:
        """Whether the result depends on the variable at all."""
        return bool(self.positions) or self.target is self.program.root

    def at(self, x: Payload) -> tuple[Payload | None, list[Payload]]:
        """The result with the variable at `x`, None where there is none, and what was decided on the way."""
        record: list[Payload] = []
        self._marks = []
        try:
            with quiet():
                out = self._run(x, record)
        except FAILURES:
            out = None
        return out, record

    def _run(self, x: Payload, record: list[Payload]) -> Payload:
        values = {self.target: x}
        kinds: dict[int, Any] = {}
        for step, fixed, moving in self._steps:
            operands = fixed.copy()
            for place, key in moving:
                operands[place] = values[key]
            self._marks.append(len(record))
            if step.rule is CHOICE:
                condition, then, otherwise = operands
                record.append(bool(condition != 0))
                values[step.out] = then if condition != 0 else otherwise
                continue
            xp = namespace_of(*(o for o in operands if o is not None))
            deciding = kinds.get(id(xp))
            if deciding is None:
                deciding = kinds[id(xp)] = Deciding(xp, record)
            values[step.out] = normal(step.rule.value(deciding, *operands, **step.static))
        return values[self.program.root]

    def complex(self, h: float) -> tuple[complex, float]:
        """The result a tiny step off the real line, and the largest slope on the way.

        Raises NotAnalytic where that gives no derivative.
        """
        values: dict[Key, Any] = {self.target: complex(self.start, h)}
        largest = 1.0
        for step, fixed, moving in self._steps:
            operands = fixed.copy()
            for place, key in moving:
                operands[place] = values[key]
            if step.rule is CHOICE or any(shape_of(operand) for operand in fixed):
                raise complexes.NotAnalytic(step.rule.name)
            out = step.rule.value(complexes, *operands, **step.static)
            values[step.out] = out
            largest = max(largest, abs(complex(out).imag) / h)
        return complex(values[self.program.root]), largest

    def step_of(self, decision: int) -> tuple[Step, str]:
        """The operation that made a decision of the latest evaluation, and the intermediate that it is of."""
        position = self.positions[bisect_right(self._marks, decision) - 1]
        return self.program.steps[position], self.program.homes[position]


FAILURES = (ArithmeticError, IndexError, MemoryError, RuntimeError, TypeError, ValueError)
"""What operations raise at points where they cannot be carried out."""
