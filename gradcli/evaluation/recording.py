"""Recording: an expression carried out so that its operations can be done again with other values.

There are two kinds of record, which share what is here. A `tape.Tape` is one expression whose names are left
open, run at any point and back (homework). A `replay.Program` is all that a session computed on the way to a
result, of which one variable moves while what detach hides stays (eval --verify).
"""

from __future__ import annotations

from gradcli.engine.apply import apply
from gradcli.engine.node import Node
from gradcli.engine.tensor import Tensor, wrap
from gradcli.evaluation.calls import argument, begin_call, check
from gradcli.evaluation.forms import FORMS
from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.machine import Machine, Traced, operate, take
from gradcli.numbers import shape_of
from gradcli.rules.rulebook import RULES, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from gradcli.evaluation.environment import Binding
    from gradcli.evaluation.machine import Form, Frame
    from gradcli.numbers.expression import Expression

    Payload = Any
    Key = Any  # what stands for a value in the graph: a Node, or a Tensor that no node made


CHOICE = Rule(
    "if", "c, a, b", value=lambda xp, c, a, b: xp.where(c, a, b), summary="a where c is not 0, else b"
)
"""The choice of a single condition, with both its branches: at another point the other one may be taken."""


class Slot(int):
    """The number of a value on a record, as an operand; every other operand is a constant payload."""

    __slots__ = ()


class Step:
    """An operation: its rule, its operands (Slots and constants), its static parameters, where it stands."""

    __slots__ = ("expression", "frame", "operands", "rule", "scalar", "static")

    def __init__(
        self,
        rule: Rule,
        operands: tuple[Slot | Payload, ...],
        static: Mapping[str, Any],
        expression: Expression,
        *,
        scalar: bool,
        frame: Frame | None = None,
    ) -> None:
        self.rule = rule
        self.operands = operands
        self.static = static
        self.expression = expression  # its span is the place of the operation in its text
        self.frame = frame  # the function whose text that is; None: it is the expression's own
        self.scalar = scalar  # whether operands and outcome are single numbers

    def __repr__(self) -> str:
        return f"<Step {self.rule.name} of {self.operands}>"


class Slots:
    """The slots of a record by the keys of what holds their values."""

    __slots__ = ("_by_key", "count")

    def __init__(self) -> None:
        self._by_key: dict[Key, Slot] = {}
        self.count = 0

    def add(self, tensor: Any) -> Slot:
        """A new slot, the next one, for a tensor or node."""
        slot = self._by_key[key_of(tensor)] = Slot(self.count)
        self.count += 1
        return slot

    def alias(self, tensor: Any, slot: Slot) -> None:
        """Let what is recorded later read a slot by another tensor, too."""
        self._by_key[key_of(tensor)] = slot

    def of(self, operand: Any) -> Slot | None:
        """The slot of an operand; None of a constant."""
        return self._by_key.get(key_of(operand)) if isinstance(operand, (Tensor, Node)) else None

    def step(
        self, traced: Traced, constant: Callable[[Traced, int], Payload], choice: Rule = CHOICE
    ) -> Step | None:
        """An operation that was carried out as a step, its outcome in the next slot.

        None where no operand has a slot. What has none is the payload `constant(traced, position)`. `choice`
        is the rule that a CHOICE goes by.
        """
        found = [self.of(operand) for operand in traced.operands]
        rule = choice if traced.rule is CHOICE else traced.rule
        if rule is None or all(slot is None for slot in found):
            return None
        operands = tuple(constant(traced, i) if slot is None else slot for i, slot in enumerate(found))
        shapes = [shape_of(payload_of(operand)) for operand in (*traced.operands, traced.out)]
        step = Step(
            rule,
            operands,
            traced.static or {},
            traced.expression,
            scalar=not any(shapes),
            frame=traced.frame,
        )
        self.add(traced.out)
        return step


def key_of(tensor: Any) -> Key:
    """What stands for a tensor: the node that made it, or else itself, as of a node."""
    node = getattr(tensor, "_node", None)
    return tensor if node is None else node


# --- carrying out ---


class Recorder(Machine):
    """A machine that keeps every operation, and leaves no mark on the variables which it meets."""

    __slots__ = ()

    def mention(self, binding: Binding, expression: Expression) -> None:  # noqa: ARG002
        """Note that the expression mentions a variable, and no more."""
        self.mentioned[binding] = None


def _begin_choice(machine: Machine, expression: Expression) -> None:
    """Both branches: which one is taken depends on the point."""
    machine.todo.append((_choose, expression, None))
    machine.todo.extend(expression.args[::-1])


def _choose(machine: Machine, expression: Expression, _: None) -> None:
    if shape_of(payload_of(machine.values[-3])):
        operate(machine, expression, RULES["where"])
        return
    operands = take(machine, 3)
    condition, then, otherwise = operands
    taken = then if payload_of(condition) != 0 else otherwise
    # One of its own, though it is the same: what else uses the branch has no part in the choice.
    if type(taken) is Tensor and taken.requires_grad:
        out = apply(RULES["mul"], taken, 1.0)
    else:
        out = wrap(payload_of(taken))
    if machine.trace is not None:
        machine.trace.append(Traced(expression, machine.frame, CHOICE, operands, None, out))
    machine.values.append(out)


def record_call(machine: Machine, expression: Expression) -> None:
    """A call; detach is an operation like any other, from which no gradient flows."""
    if expression.value != "detach" or "detach" in machine.environment.functions:
        begin_call(machine, expression)
        return
    check(machine, expression, RULES["detach"])
    machine.todo.append((operate, expression, RULES["detach"]))
    machine.todo.append(argument(expression, 0, "x"))


RECORDING: dict[str, Form] = {**FORMS, "if": _begin_choice, "call": record_call}
"""The forms of an expression that is put on record."""
