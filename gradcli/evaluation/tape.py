"""The tape of an expression: its operations in order, to be carried out again at any point."""

from __future__ import annotations

from gradcli.engine.apply import apply
from gradcli.engine.backward import cotangents
from gradcli.engine.tensor import Tensor, wrap
from gradcli.evaluation.calls import argument, check
from gradcli.evaluation.environment import CONSTANTS, Binding, Environment
from gradcli.evaluation.failures import failure, unbound
from gradcli.evaluation.kinds import Decimal, payload_of
from gradcli.evaluation.machine import ENGINE
from gradcli.evaluation.recording import RECORDING, Recorder, Slots, record_call
from gradcli.evaluation.recording import Slot as Slot
from gradcli.evaluation.recording import Step as Step
from gradcli.language.names import is_called
from gradcli.numbers import namespace_of, quiet, shape_of
from gradcli.numbers.expression import postorder
from gradcli.rules.rulebook import NAMES, RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.evaluation.machine import Form, Machine, Traced
    from gradcli.numbers.expression import Expression
    from gradcli.rules.rulebook import Rule

    Payload = Any
    Plan = list[tuple[int, Step, list[int]]]


class Tape:
    """The operations of an expression that depend on its variables, in an order in which they can be done.

    Slots 0, 1, ... hold the variables `names`, the following ones the outcomes of `steps`; `root` is the slot
    of the result, or the payload of a result that no variable has a part in. A condition that is a single
    number chooses one operand, value and derivative: no nan comes from the branch that is not taken. What a
    rule raises at a point is nan: there it has no value.
    """

    __slots__ = ("_plans", "_program", "expression", "names", "root", "scalar", "steps", "text")

    def __init__(
        self, text: str, expression: Expression, names: Sequence[str], steps: list[Step], root: Slot | Payload
    ) -> None:
        self.text = text
        self.expression = expression
        self.names = tuple(names)
        self.steps = steps
        self.root = root
        # Whether every operation is one on single numbers.
        self.scalar = all(step.scalar for step in steps) and not shape_of(root)
        self._plans: dict[str, Plan] = {}
        self._program: tuple[list[Any], list[Payload]] | None = None

    def floats(self) -> Tape:
        """The same tape with its constants as Python floats, to be run on floats."""
        steps = [
            Step(
                step.rule,
                tuple(operand if type(operand) is Slot else as_floats(operand) for operand in step.operands),
                step.static,
                step.expression,
                scalar=step.scalar,
            )
            for step in self.steps
        ]
        root = self.root if type(self.root) is Slot else as_floats(self.root)
        return Tape(self.text, self.expression, self.names, steps, root)

    def values(self, point: Mapping[str, Payload]) -> list[Payload]:
        """What every slot holds at a point: a payload of one kind for each of `names`."""
        values: list[Any] = [point[name] for name in self.names]
        if self.scalar and values:
            return self._numbers(values)
        with quiet():
            for step in self.steps:
                operands = [values[o] if type(o) is Slot else o for o in step.operands]
                try:
                    values.append(step.rule.value(namespace_of(*operands), *operands, **step.static))
                except ENGINE:
                    values.append(nan_like(values[0]))
        return values

    def _numbers(self, values: list[Payload]) -> list[Payload]:
        """What the slots of a tape of single numbers hold; the constants stand behind them meanwhile."""
        if self._program is None:
            self._program = self._compiled()
        operations, constants = self._program
        xp = namespace_of(*values)
        length = len(values) + len(operations)
        values += [None] * len(operations)
        values += constants
        for slot, value, first, second, rest, static in operations:
            try:
                if rest is not None:
                    values[slot] = value(xp, *[values[o] for o in rest], **static)
                elif second is not None:
                    values[slot] = value(xp, values[first], values[second])
                else:
                    values[slot] = value(xp, values[first])
            except ENGINE:
                values[slot] = nan_like(values[0])
        del values[length:]
        return values

    def _compiled(self) -> tuple[list[Any], list[Payload]]:
        """The steps as slots, functions and operands, each an index; and the constants among these."""
        slot = len(self.names)
        constants: list[Payload] = []
        operations = []
        for step in self.steps:
            places: list[int] = []
            for operand in step.operands:
                if type(operand) is not Slot:
                    constants.append(operand)
                    operand = len(self.names) + len(self.steps) + len(constants) - 1
                places.append(operand)
            plain = len(places) < 3 and not step.static
            first, second = (*places, None)[:2] if plain else (None, None)
            operations.append((slot, step.rule.value, first, second, None if plain else places, step.static))
            slot += 1
        return operations, constants

    def value(self, point: Mapping[str, Payload]) -> Payload:
        """The expression at a point."""
        return self.values(point)[self.root] if type(self.root) is Slot else self.root

    def derivative(
        self, point: Mapping[str, Payload], wrt: str, values: list[Payload] | None = None
    ) -> tuple[Payload, Payload]:
        """The expression at a point and its derivative there, by the vjps of the rulebook, run back.

        The derivative of an array with respect to a number has the array's shape. `values` are those of the
        slots, where they are known.
        """
        if not self.scalar:
            return self._derivative_of_array(point, wrt)
        values = values or self.values(point)
        root = self.root
        value = values[root] if type(root) is Slot else root
        like = point[wrt] if wrt in self.names else value
        zero = like * 0.0 if like - like == 0 else type(like)(0)
        if type(root) is not Slot:
            return value, zero
        cotangents: list[Any] = [None] * len(values)
        cotangents[root] = zero + 1.0
        xp = namespace_of(like)
        with quiet():
            for slot, step, positions in self._plan(wrt):
                g = cotangents[slot]
                if g is None:
                    continue
                operands = [values[o] if type(o) is Slot else o for o in step.operands]
                if step.rule.name == "where":
                    positions = [position for position in positions if position == taken(operands)]
                try:
                    parts = [*step.rule.cotangents(positions, xp, g, values[slot], operands, step.static)]
                except ENGINE:
                    parts = [(position, nan_like(g)) for position in positions]
                for position, part in parts:
                    operand = step.operands[position]
                    if type(operand) is Slot:
                        before = cotangents[operand]
                        cotangents[operand] = part if before is None else before + part
        x = cotangents[self.names.index(wrt)] if wrt in self.names else None
        return value, zero if x is None else x

    def _plan(self, wrt: str) -> Plan:
        """The steps that depend on a variable, last first: their slots, and which operands do."""
        if wrt not in self._plans:
            first = len(self.names)
            depends = [name == wrt for name in self.names]
            plan: Plan = []
            for number, step in enumerate(self.steps):
                operands = enumerate(step.operands)
                active = [i for i, o in operands if type(o) is Slot and depends[o]]
                positions = [i for i in active if step.rule.has_vjp(i)]
                depends.append(bool(positions))
                if positions:
                    plan.append((first + number, step, positions))
            self._plans[wrt] = plan[::-1]
        return self._plans[wrt]

    def tensor(self, leaves: Mapping[str, Tensor]) -> Tensor:
        """The expression of tensors, with the engine's graph, through which any derivative can be had."""
        tensors: list[Any] = [leaves[name] for name in self.names]
        for step in self.steps:
            tensors.append(_applied(step, [tensors[o] if type(o) is Slot else o for o in step.operands]))
        return tensors[self.root] if type(self.root) is Slot else wrap(self.root)

    def _derivative_of_array(self, point: Mapping[str, Payload], wrt: str) -> tuple[Payload, Payload]:
        """The same by the engine; nan where that cannot carry it out."""
        try:
            return self._derivative_of_tensors(point, wrt)
        except ENGINE:
            nan = nan_like(next(iter(point.values())))
            return nan, nan

    def _derivative_of_tensors(self, point: Mapping[str, Payload], wrt: str) -> tuple[Payload, Payload]:
        leaves = {name: wrap(point[name], name == wrt) for name in self.names}
        out, x = self.tensor(leaves), leaves.get(wrt)
        value = out._value
        if x is None or not out.requires_grad:
            return value, namespace_of(value).zeros_like(value)
        if shape_of(value):
            from gradcli.evaluation.derivatives import derivative

            return value, derivative(out, x)._value
        _, found = cotangents(out)
        return value, found.get(x, namespace_of(value).zeros_like(value))


def as_floats(payload: Payload) -> Payload:
    """A payload as a float, or as an array of floats."""
    return payload.astype("float64") if shape_of(payload) else float(payload)


def nan_like(number: Payload) -> Payload:
    """No number, of the kind of a single one."""
    return number * float("nan")


def taken(operands: Sequence[Payload]) -> int:
    """Which operand of a where() on single numbers is its value."""
    return 1 if operands[0] != 0 else 2


def _applied(step: Step, operands: list[Any]) -> Tensor:
    if step.rule.name == "where" and step.scalar:
        condition, then, otherwise = operands
        taken = then if payload_of(condition) != 0 else otherwise
        return taken if type(taken) is Tensor else wrap(taken)
    given = [o if type(o) in (Tensor, float) else wrap(o) for o in operands]
    return apply(step.rule, *given, **step.static)


# --- recording ---


def variables(expression: Expression) -> tuple[str, ...]:
    """The names that an expression leaves open, in order of appearance.

    Constants are none, nor is a longer name before a parenthesis that stands nowhere else: that is meant for
    a function.
    """
    names = [part for part in postorder(expression) if part.op == "name"]
    names.sort(key=lambda part: part.span or (0, 0))
    open = dict.fromkeys(
        part.value
        for part in names
        if part.value not in CONSTANTS and not (is_called(part) and len(part.value) > 1)
    )
    return tuple(open)


def record(text: str, expression: Expression, kind: Decimal) -> Tape:
    """The tape of an expression that was read from `text`, its constants with the digits of `kind`.

    Raises Diagnostic, with the place, for what cannot be carried out: unknown functions, arguments or shapes
    that do not fit.
    """
    environment = Environment()
    names = variables(expression)
    for position, name in enumerate(names):
        # Any value serves: what is recorded does not depend on it.
        leaf = wrap(kind.context.sqrt(kind.context.mpf(position + 2) / 7), True)
        environment.set(Binding(name, leaf, 0))
    machine = Recorder(environment, kind, text, _FORMS)
    machine.trace = []
    root = machine.run(expression)
    slots = Slots()
    for name in names:
        slots.add(environment.variables[name].tensor)

    def constant(traced: Traced, position: int) -> Payload:
        return _constant(traced.operands[position], traced.rule, position, kind)

    # Each derivative of a Tape is asked for by operand, so that a choice can be a where.
    made = [slots.step(traced, constant, RULES["where"]) for traced in machine.trace]
    steps = [step for step in made if step is not None]
    slot = slots.of(root)
    # A literal that is the whole text is a float so far.
    return Tape(text, expression, names, steps, kind.payload(payload_of(root)) if slot is None else slot)


def _constant(operand: Any, rule: Rule | None, position: int, kind: Decimal) -> Payload:
    """A constant operand as an mpf: a vjp may take the logarithm of it alone.

    An exponent stays the float that it was, by which a power knows that it is a plain one. Any other float is
    what a parameter of a rule is where it is left out, and stands for its decimal: a slope of 0.01.
    """
    payload = payload_of(operand)
    plain = type(payload) is float and not (position == 1 and rule is not None and rule.name == "pow")
    return kind.payload(kind.context.mpf(repr(payload))) if plain else payload


def _call(machine: Machine, expression: Expression) -> None:
    """A call; the derivative that diff stands for is written out, so that it is one at every point."""
    if expression.value != "diff":
        record_call(machine, expression)
        return
    from gradcli.evaluation.derive import formula

    check(machine, expression, NAMES["diff"])
    f, x, order = (argument(expression, i, key) for i, key in enumerate(("f", "x", "order")))
    if x.op != "name":
        raise unbound(machine, x)
    times = _order(machine, order) if order is not None else 1
    machine.todo.append(formula(f, x.value, times, guarded=True))


def _order(machine: Machine, order: Expression) -> int:
    """The order of a derivative, a number or one that follows from numbers; raises Diagnostic for others."""
    from gradcli.algebra.simplify import simplify
    from gradcli.numbers.constants import exact_value

    exact = exact_value(simplify(order))
    if exact is None or exact.denominator != 1:
        message = "the order of a derivative is a whole number that is known here"
        raise failure("value", message, (machine.place(order), ""))
    return int(exact)


_FORMS: dict[str, Form] = {**RECORDING, "call": _call}
