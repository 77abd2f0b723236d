"""A recorded expression carried out again: with one variable moved, on real numbers or a step off them."""

from __future__ import annotations

from gradcli.engine.backward import graph_of
from gradcli.engine.node import wants_gradient
from gradcli.engine.promotion import payloads_of
from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.recording import CHOICE, RECORDING, Recorder, Slot, Slots, Step, key_of
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers import complexes, namespace_of, normal, quiet, shape_of, size_of
from gradcli.numbers.decisions import Deciding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.engine.tensor import Tensor
    from gradcli.evaluation.environment import Binding
    from gradcli.evaluation.machine import Machine, Operand, Traced
    from gradcli.evaluation.statements import Source
    from gradcli.numbers.expression import Expression

    Payload = Any


class History:
    """How an expression was computed from what it mentions, at the values that its variables had then."""

    __slots__ = ("leaves", "machine", "root", "uses")

    def __init__(self, machine: Machine, root: Operand) -> None:
        self.machine = machine  # which knows the text, and every operation
        self.root = root
        mentioned = machine.mentioned
        self.uses = [binding for binding in mentioned if binding.history is not None]
        self.leaves = [leaf.tensor for b in mentioned for leaf in (b, *(b.leaves or ()))]


def remember(source: Source, expression: Expression) -> History:
    """The history of an expression that has just been carried out."""
    try:
        return _carried_out(source, expression, both=True)
    except Diagnostic:  # the branch of an `if` that is not taken cannot be carried out here
        return _carried_out(source, expression, both=False)


def _carried_out(source: Source, expression: Expression, *, both: bool) -> History:
    forms = source.machine().forms
    machine = Recorder(source.environment, source.kind, source.text, RECORDING if both else forms)
    machine.trace = []
    return History(machine, machine.run(expression))


class Program:
    """All histories below a result as one: the steps that variables have a part in, in order.

    `values` are those of the slots; `root` is the slot of the result, None where no variable has a part in
    it. `held` are the first places where detach keeps a value fixed, each with the intermediate that it is
    in, "" for the statement itself.
    """

    __slots__ = ("_slots", "held", "homes", "made", "root", "steps", "users", "values")

    def __init__(self, history: History) -> None:
        self._slots = Slots()
        self.values: list[Payload] = []
        self.steps: list[Step] = []
        self.made: list[Slot] = []  # by each step
        self.homes: list[str] = []  # the intermediate that a step is of; "" in the statement itself
        self.held: list[tuple[str, Expression]] = []
        for part, binding in _in_order(history):
            self._add(part, "" if binding is None else binding.name)
            root = self._slots.of(part.root)
            if binding is not None and root is not None:
                self._slots.alias(binding.tensor, root)
        self.root = root
        self.users: dict[Slot, list[int]] = {}  # the steps that a slot is an operand of
        for position, step in enumerate(self.steps):
            for operand in step.operands:
                if type(operand) is Slot:
                    self.users.setdefault(operand, []).append(position)

    def _add(self, part: History, home: str) -> None:
        for leaf in part.leaves:
            if leaf.requires_grad and self._slots.of(leaf) is None:
                self._slots.add(leaf)
                self.values.append(leaf._value)
        held = False
        for traced in part.machine.trace or ():
            if traced.rule is None:
                self._add_derivative(traced, home)
            elif traced.rule.name != "detach":
                step = self._slots.step(traced, _constant)
                if step is not None:
                    self._append(step, payload_of(traced.out), home)
            elif not held and self._slots.of(traced.operands[0]) is not None:
                self.held.append((home, traced.expression))
                held = True

    def _add_derivative(self, traced: Traced, home: str) -> None:
        """Put the operations on record that a derivative is made of; they are in its graph and in no text."""
        slots = self._slots
        for node in reversed(graph_of([key_of(traced.out)])):
            if slots.of(node) is not None or node.saved is None:
                continue
            edges = [edge if wants_gradient(edge, node.stamp) else None for edge in node.inputs]
            found = [slots.of(edge) for edge in edges]
            if all(slot is None for slot in found):
                continue
            operands = tuple(
                saved if slot is None else slot for slot, saved in zip(found, node.saved, strict=True)
            )
            scalar = not any(map(shape_of, (*node.saved, node.out)))
            step = Step(
                node.rule, operands, node.static or {}, traced.expression, scalar=scalar, frame=traced.frame
            )
            slots.add(node)
            self._append(step, node.out, home)

    def _append(self, step: Step, value: Payload, home: str) -> None:
        self.made.append(Slot(len(self.values)))
        self.values.append(value)
        self.steps.append(step)
        self.homes.append(home)

    def slot(self, tensor: Tensor) -> Slot | None:
        """Where a variable stands; None where it has no part in anything."""
        return self._slots.of(tensor)

    def size(self, position: int) -> int:
        """How many numbers the largest value is made of that a step takes or makes."""
        operands = self.steps[position].operands
        values = [self.values[o] if type(o) is Slot else o for o in (*operands, self.made[position])]
        return max(map(size_of, values))

    def below(self, target: Slot | None) -> list[int]:
        """The steps on a way from `target` to the result, in order."""
        if target is None:
            return []
        reached: set[int] = set()
        slots = [target]
        for slot in slots:  # grows while it is walked
            for position in self.users.get(slot, ()):
                if position not in reached:
                    reached.add(position)
                    slots.append(self.made[position])
        wanted = {self.root}
        positions = []
        for position in sorted(reached, reverse=True):
            made = self.made[position]
            # The target itself is what is moved, whatever made it.
            if made in wanted and made != target:
                wanted.update(o for o in self.steps[position].operands if type(o) is Slot)
                positions.append(position)
        return positions[::-1]


def _constant(traced: Traced, position: int) -> Payload:
    """A constant as the engine takes it: under a precision a 0.01 is the decimal, not the float."""
    assert traced.rule is not None
    return payloads_of(traced.rule, traced.operands)[position]


def _in_order(history: History) -> list[tuple[History, Binding | None]]:
    """The histories of the intermediates that one uses, each once, after those that it uses itself."""
    order: list[tuple[History, Binding | None]] = []
    done: set[int] = set()
    stack: list[tuple[History, Binding | None, bool]] = [(history, None, False)]
    while stack:
        part, binding, ready = stack.pop()
        if ready:
            order.append((part, binding))
        elif id(part) not in done:
            done.add(id(part))
            stack.append((part, binding, True))
            stack += [(used.history, used, False) for used in part.uses if used.history is not None]
    return order


class Way:
    """What leads from one variable to the result: the function of it that a derivative is of.

    `convert` makes payloads of the kind of number in which it is to be computed.
    """

    __slots__ = ("_fixed", "_kinds", "_moving", "_out", "_steps", "positions", "program", "start")

    def __init__(self, program: Program, variable: Tensor, convert: Callable[[Payload], Payload]) -> None:
        target = program.slot(variable)
        start = variable._value
        self.program = program
        self.start = convert(start)
        self.positions = program.below(target)
        self._steps = [program.steps[position] for position in self.positions]
        # Of each step the operands that stay, and of those that move the number of the value they become.
        self._fixed: list[list[Payload]] = []
        self._moving: list[list[tuple[int, int]]] = []
        self._kinds: list[Deciding] = []
        kinds: dict[int, Deciding] = {}
        numbers: dict[Slot | None, int] = {target: 0}
        for number, (position, step) in enumerate(zip(self.positions, self._steps, strict=True), 1):
            payloads = [program.values[o] if type(o) is Slot else o for o in step.operands]
            operands = [None if payload is None else convert(payload) for payload in payloads]
            xp = namespace_of(*(operand for operand in operands if operand is not None))
            self._kinds.append(kinds.setdefault(id(xp), Deciding(xp)))
            self._fixed.append(operands)
            moving = [(i, o) for i, o in enumerate(step.operands) if type(o) is Slot and o in numbers]
            self._moving.append([(i, numbers[slot]) for i, slot in moving])
            numbers[program.made[position]] = number
        self._out = None if program.root is None else numbers.get(program.root)

    @property
    def leads_there(self) -> bool:
        """Whether the result depends on the variable at all."""
        return self._out is not None

    def at(self, x: Payload) -> tuple[Payload | None, list[Payload]]:
        """The result with the variable at `x`, None where there is none, and what was decided on the way."""
        record: list[Payload] = []
        return self._run(x, record), record

    def _run(self, x: Payload, record: list[Payload], until: int | None = None) -> Payload | None:
        """The result; or, `until` so many decisions were made, the number of the step that made the last."""
        for kind in set(self._kinds):
            kind.record = record
        values = [x]
        try:
            with quiet():
                for step, kind, fixed, moving in zip(
                    self._steps, self._kinds, self._fixed, self._moving, strict=True
                ):
                    operands = fixed.copy()
                    for place, number in moving:
                        operands[place] = values[number]
                    if step.rule is CHOICE:
                        condition, then, otherwise = operands
                        record.append(bool(condition != 0))
                        out = then if condition != 0 else otherwise
                    else:
                        out = step.rule.value(kind, *operands, **step.static)
                    values.append(out if type(out) is float else normal(out))
                    if until is not None and len(record) >= until:
                        return len(values) - 2
        except FAILURES:
            return None
        return values[self._out or 0]

    def decided_by(self, x: Payload, decision: int) -> tuple[Step, str] | None:
        """The operation that makes a decision at `x`, and the intermediate that it is of."""
        number = self._run(x, [], decision + 1)
        if type(number) is not int:
            return None
        position = self.positions[number]
        return self.program.steps[position], self.program.homes[position]

    def complex(self, h: float) -> tuple[complex, float]:
        """The result a tiny step off the real line, and the largest slope on the way.

        Raises NotAnalytic where that gives no derivative.
        """
        values: list[complex] = [complex(self.start, h)]
        largest = 1.0
        for step, fixed, moving in zip(self._steps, self._fixed, self._moving, strict=True):
            if step.rule is CHOICE or any(map(shape_of, fixed)):
                raise complexes.NotAnalytic(step.rule.name)
            operands = fixed.copy()
            for place, number in moving:
                operands[place] = values[number]
            out = complex(step.rule.value(complexes, *operands, **step.static))
            values.append(out)
            largest = max(largest, abs(out.imag) / h)
        return values[self._out or 0], largest


FAILURES = (ArithmeticError, IndexError, MemoryError, RuntimeError, TypeError, ValueError)
"""What operations raise at points where they cannot be carried out."""
