"""A recorded expression carried out again: with one variable moved, on real numbers or a step off them."""

from __future__ import annotations

from gradcli.evaluate.tapes import CHOICE, COPY, Step, key_of
from gradcli.numbers import complexes, namespace_of, normal, quiet, shape_of
from gradcli.numbers.decisions import Deciding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.evaluate.environment import Binding
    from gradcli.evaluate.tapes import Key, Payload, Tape


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
    """What leads from one variable to the result: the function of it that a derivative is of.

    `convert` makes payloads of the kind of number in which it is to be computed.
    """

    __slots__ = ("_fixed", "_kinds", "_moving", "_out", "_steps", "positions", "program", "start")

    def __init__(
        self, program: Program, target: Key, start: Payload, convert: Callable[[Payload], Payload]
    ) -> None:
        self.program = program
        self.start = convert(start)
        self.positions = program.below(target)
        self._steps = [program.steps[position] for position in self.positions]
        # Of each step the operands that stay, and of those that move the number of the value they become.
        self._fixed: list[list[Payload]] = []
        self._moving: list[list[tuple[int, int]]] = []
        self._kinds: list[Deciding] = []
        kinds: dict[int, Deciding] = {}
        numbers = {target: 0}
        for number, step in enumerate(self._steps, 1):
            operands = [
                None if payload is None else convert(payload)
                for payload in (
                    operand if key is None else program.base[key]
                    for key, operand in zip(step.keys, step.operands, strict=True)
                )
            ]
            xp = namespace_of(*(operand for operand in operands if operand is not None))
            self._kinds.append(kinds.setdefault(id(xp), Deciding(xp)))
            self._fixed.append(operands)
            self._moving.append([(i, numbers[key]) for i, key in enumerate(step.keys) if key in numbers])
            numbers[step.out] = number
        self._out = numbers.get(program.root)

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
