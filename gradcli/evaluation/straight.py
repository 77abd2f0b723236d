"""Straight-line programs: operations on floats in their order, run forwards and backwards by the rulebook.

What the machine, the engine and the backward pass do for an expression of floats, done for the lines of a
stream: the same functions of the rules, called with the same numbers in the same order, without a
graph in between. All else (arrays, choices, calls with parameters, functions of the user, points of
convention, nan, infinities) is left to the machine.
"""

from __future__ import annotations

from math import hypot
from operator import itemgetter, mul

from gradcli.engine.node import has_fast_node
from gradcli.evaluation.calls import DIRECT
from gradcli.evaluation.doubt import CANCELS, STABLE, unlike
from gradcli.evaluation.environment import CONSTANTS
from gradcli.evaluation.machine import ENGINE, is_simple
from gradcli.numbers import floats
from gradcli.rules.rulebook import NAMES, NO_NODE, RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.numbers.expression import Expression
    from gradcli.rules.rulebook import Rule

    # the rule's function (None: not for straight lines), its vjps, the tests of its conventions
    Operation = tuple[Any, Any, Any, list[Any]]
    # the function, the slots of its operands and its own, and a vjp for each operand with a gradient
    Step = tuple[Any, int, int | None, int, Any, Any]


class Unfit(Exception):  # noqa: N818 -- a finding
    """An expression that is more than operations on floats."""


class Program:
    """The operations of some expressions, for any numbers in the place of their literals.

    It is laid out operand by operand and operation by operation, in the order in which they are computed,
    and then finished. Each gets a slot for its number: those of variables and of what depends on them count
    from the front, 0, 1, ...; those of what is fixed (literals, constants, operations on these), which has no
    gradient, from the back, -1, -2, ...

    `roots` are the slots of the expressions, `names` the variables in order of appearance, `called` the names
    that mean something else where the user defines a function or a variable of that name.
    """

    __slots__ = (
        "_watched", "called", "constants", "conventions", "fixed", "free", "given", "literals", "names",
        "roots", "slots", "steps", "sums", "variables",
    )  # fmt: skip

    def __init__(self, given: Sequence[float] = ()) -> None:
        self.given = given  # the numbers for the gaps in a text, in their order
        self.free = 0  # how many slots count from the front
        self.fixed: list[float | None] = []  # what is in those that count from the back
        self.literals: list[int] = []
        self.variables: dict[str, int] = {}
        self.constants: dict[str, int] | None = None
        self.called: set[str] = set()
        self.steps: list[Step] = []
        self.conventions: list[tuple[Any, int, int | None]] = []
        self.sums: list[tuple[int, int, int]] = []  # of what is fixed: both terms, and the outcome
        self._watched: Any = None  # picks computed operands of what makes their rounding errors larger

    def literal(self, number: float) -> int:
        """The slot of a number in the text."""
        self.fixed.append(number)
        slot = -len(self.fixed)
        self.literals.append(slot)
        return slot

    def name(self, name: str) -> int:
        """The slot of a constant or variable."""
        if name in CONSTANTS:
            return self._constant(name)
        slot = self.variables.get(name)
        if slot is None:
            slot = self.variables[name] = self.free
            self.free += 1
        return slot

    def _constant(self, name: str) -> int:
        if self.constants is None:
            self.constants = {}
        if name not in self.constants:
            self.called.add(name)
            self.fixed.append(CONSTANTS[name])
            self.constants[name] = -len(self.fixed)
        return self.constants[name]

    def call(self, name: str, operands: Sequence[int]) -> int:
        """The slot of what a function gives. Raises Unfit."""
        self.called.add(name)
        return self.operation("call", name, operands)

    def operation(self, op: str, value: Any, operands: Sequence[int]) -> int:
        """The slot of what an operation gives. Raises Unfit."""
        operation = OPERATIONS[op, value, len(operands)]
        if operation[0] is None:
            raise Unfit
        return self.unary(operation, *operands) if len(operands) == 1 else self.binary(operation, *operands)

    def unary(self, operation: Operation, a: int) -> int:
        """The slot of what an operation on one operand gives."""
        value, first, _, conventions = operation
        if a < 0:
            return self._fixed_step(value, a, None)
        out = self.free
        self.free = out + 1
        for when in conventions:
            self.conventions.append((when, a, None))
        self.steps.append((value, a, None, out, first, None))
        return out

    def binary(self, operation: Operation, a: int, b: int) -> int:
        """The slot of what an operation on two operands gives."""
        value, first, second, conventions = operation
        if a < 0:
            if b < 0:
                return self._fixed_step(value, a, b)
            first = None
        elif b < 0:
            second = None
        out = self.free
        self.free = out + 1
        for when in conventions:
            self.conventions.append((when, a, b))
        self.steps.append((value, a, b, out, first, second))
        return out

    def _fixed_step(self, value: Any, a: int, b: int | None) -> int:
        self.fixed.append(None)
        out = -len(self.fixed)
        self.steps.append((value, a, b, out, None, None))
        if b is not None and value in _SUMS:
            self.sums.append((a, b, out))
        return out

    def finish(self, roots: list[int]) -> None:
        """Say that all is laid out, and where the expressions are."""
        self.roots = roots
        self.names = (*self.variables,)
        self.fixed.reverse()
        self.slots: list[Any] = [None] * self.free + self.fixed
        computed = {out for _, _, _, out, _, _ in self.steps if out >= 0}
        steps = [step for step in self.steps if step[0] not in _STABLE]
        operands = [o for _, a, b, *_ in steps for o in (a, b) if o in computed]
        if operands:
            self._watched = itemgetter(*(operands if len(operands) > 1 else operands * 2))

    def values(self, literals: Sequence[float], variables: Sequence[float] = ()) -> list[Any] | None:
        """What is in every slot, with these literals (or, without any, those of the text read).

        None where an operation raises an error.
        """
        slots = self.slots[:]
        for slot, number in zip(self.literals, literals, strict=False):
            slots[slot] = number
        for slot, number in zip(self.variables.values(), variables, strict=False):
            slots[slot] = number
        try:
            for value, a, b, out, _, _ in self.steps:
                slots[out] = value(floats, slots[a]) if b is None else value(floats, slots[a], slots[b])
        except ENGINE:
            return None
        return slots

    def gradients(self, slots: list[Any]) -> list[Any] | None:
        """The derivatives of the first expression's value with respect to the variables.

        None where one of them is one of convention, an operation raises an error, or rounding errors may show
        in what comes out. The order of the sums is
        that of `autograd.backward`: operations latest first, the left operand before the right one.
        """
        reached: list[Any] = [None] * len(slots)
        reached[self.roots[0]] = 1.0
        try:
            for when, a, b in self.conventions:
                if (when(floats, slots[a]) if b is None else when(floats, slots[a], slots[b])) != 0.0:
                    return None
            for _, a, b, out, first, second in reversed(self.steps):
                if out < 0:
                    continue
                g = reached[out]
                if b is None:
                    part, old = first(floats, g, slots[out], slots[a]), reached[a]
                    reached[a] = part if old is None else _added(old, part)
                    continue
                x, y, value = slots[a], slots[b], slots[out]
                if first is not None:
                    part, old = first(floats, g, value, x, y), reached[a]
                    reached[a] = part if old is None else _added(old, part)
                if second is not None:
                    part, old = second(floats, g, value, x, y), reached[b]
                    reached[b] = part if old is None else _added(old, part)
        except ENGINE:
            return None
        if self._watched is not None:
            counted = hypot(*map(mul, self._watched(reached), self._watched(slots)))
            if counted > CANCELS * abs(slots[self.roots[0]]):
                return None
        if self.sums and any(unlike(slots[a], slots[b], slots[out]) for a, b, out in self.sums):
            return None
        return [reached[slot] for slot in self.variables.values()]


def _added(old: float, part: float) -> float:
    """The sum of two parts of a cotangent; nan where they cancel, which is then for the machine."""
    total = old + part
    return total if abs(total) * CANCELS >= abs(part) else NAN


NAN = float("nan")

_SUMS = frozenset(RULES[name].value for name in ("add", "sub"))
_STABLE = frozenset(RULES[name].value for name in STABLE)


def program_of(expressions: Sequence[Expression]) -> Program:
    """The program of expressions that were read as nodes. Raises Unfit."""
    program = Program()
    stack: list[int] = []
    for node in [node for expression in expressions for node in in_order(expression)]:
        if node.op == "number":
            stack.append(program.literal(node.value))
        elif node.op == "name":
            stack.append(program.name(node.value))
            if node.text is not None:  # before a parenthesis
                program.called.add(node.value)
        else:
            first = len(stack) - len(node.args)
            operands = stack[first:]
            del stack[first:]
            if node.op == "call":
                stack.append(program.call(node.value, operands))
            else:
                stack.append(program.operation(node.op, node.value, operands))
    program.finish(stack)
    return program


def in_order(root: Expression) -> list[Expression]:
    """Every node below and including `root` in the order in which the machine computes them. Raises Unfit."""
    found: list[Expression] = []
    stack = [root]
    while stack:
        node = stack.pop()
        found.append(node)
        if node.args:
            if node.keywords or (node.op not in RULES and node.op != "call"):
                raise Unfit
            stack += node.args
    found.reverse()
    return found


class _Operations(dict["tuple[str, Any, int]", "Operation"]):
    """What to do for a node with this op and value and so many operands, made as asked for.

    The rule's function, its vjps (the second None for one operand), and the tests of its conventions; four
    times None for what is no operation on one or two floats.
    """

    def __missing__(self, key: tuple[str, Any, int]) -> Operation:
        op, value, count = key
        rule: Rule | None = RULES.get(op)
        if op == "call":
            named = NAMES.get(value)
            rule = None if named is None else DIRECT[named, count]
        if rule is None or not _fits(rule, count):
            found: Operation = None, None, None, []
        else:
            tests = [convention.when for convention in rule.conventions if convention.order == 1]
            found = rule.value, rule.vjps[0], rule.vjps[1] if count == 2 else None, tests
        if len(self) < MOST_OPERATIONS:
            self[key] = found
        return found


MOST_OPERATIONS = 1000  # there are not that many, but for calls of what is no function

OPERATIONS = _Operations()


def _fits(rule: Rule, count: int) -> bool:
    """Whether a rule is an operation on one or two floats, with a vjp for each."""
    return (
        0 < count < 3
        and rule.backward != NO_NODE
        and is_simple(rule)
        and len(rule.operands) == count
        and has_fast_node(rule, count)
    )
