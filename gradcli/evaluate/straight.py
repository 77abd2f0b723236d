"""Straight-line programs: operations on floats in their order, run forwards and backwards by the rulebook.

What the machine, the engine and the backward pass do for an expression of floats, done for texts that come
again and again: the same functions of the rules, called with the same numbers in the same order, without a
graph in between. All else (arrays, choices, calls with parameters, functions of the user, points of
convention, nan, infinities) is left to the machine.
"""

from __future__ import annotations

from gradcli.autograd.node import has_fast_node
from gradcli.autograd.rulebook import NAMES, NO_NODE, RULES
from gradcli.evaluate.calls import DIRECT
from gradcli.evaluate.environment import CONSTANTS
from gradcli.evaluate.machine import ENGINE, is_simple
from gradcli.numbers import floats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.autograd.rulebook import Rule
    from gradcli.numbers.expression import Expression

NO_OPERAND = -1


class Unfit(Exception):  # noqa: N818 -- a finding
    """An expression that is more than operations on floats."""


class Program:
    """The operations of some expressions, for any numbers in the place of their literals.

    The numbers of a run stand in slots: first those of the literals, then the constants, the variables (in
    order of appearance), and what each operation makes; `roots` are the slots of the expressions. Raises
    Unfit.
    """

    __slots__ = (
        "backward", "called", "constants", "conventions", "forward", "literals", "names", "roots", "written",
    )  # fmt: skip

    def __init__(self, expressions: Sequence[Expression]) -> None:
        nodes: list[Expression] = []
        for expression in expressions:
            nodes += in_order(expression)
        numbers = [node for node in nodes if node.op == "number"]
        names = [node for node in nodes if node.op == "name"]
        mentioned = dict.fromkeys([node.value for node in names])
        constants = [name for name in mentioned if name in CONSTANTS]
        self.literals: list[float] = [node.value for node in numbers]
        self.written = [node.text for node in numbers]
        self.names = tuple([name for name in mentioned if name not in CONSTANTS])
        self.constants = [CONSTANTS[name] for name in constants]
        # What means something else where the user defines a function or a variable of that name.
        self.called = {node.value for node in nodes if node.op == "call"}
        self.called.update(constants, [name.value for name in names if name.text is not None])
        self.forward: list[tuple[Any, int, int]] = []
        self.backward: list[tuple[int, int, int, Any, Any]] = []
        self.conventions: list[tuple[Any, int, int]] = []
        self.roots = self._lay_out(nodes, [*constants, *self.names])
        if len(self.roots) != len(expressions):
            raise Unfit

    def _lay_out(self, nodes: list[Expression], named: list[str]) -> list[int]:
        """Make the steps of every operation; returns the slots of the expressions' values."""
        literal = 0
        out = len(self.literals)
        slots = {name: out + number for number, name in enumerate(named)}
        fixed = out + len(self.constants)  # behind these there is something to differentiate
        out += len(named)
        idle: set[int] = set()  # operations on what is fixed
        stack: list[int] = []
        forward, backward = self.forward, self.backward
        for node in nodes:
            if node.op == "number":
                stack.append(literal)
                literal += 1
                continue
            if node.op == "name":
                stack.append(slots[node.value])
                continue
            value, first, second, conventions = _OPERATIONS[node.op, node.value, len(node.args)]
            if value is None:
                raise Unfit
            b = NO_OPERAND if second is None else stack.pop()
            a = stack[-1]
            stack[-1] = out
            forward.append((value, a, b))
            left, right = a >= fixed and a not in idle, b >= fixed and b not in idle
            if left or right:
                backward.append((out, a, b, first if left else None, second if right else None))
                for when in conventions:
                    self.conventions.append((when, a, b))
            else:
                idle.add(out)
            out += 1
        backward.reverse()
        return stack

    def values(self, literals: list[float], variables: Sequence[float] = ()) -> list[Any] | None:
        """The number of every slot; None where an operation raises an error."""
        slots = [*literals, *self.constants, *variables]
        append = slots.append
        try:
            for value, a, b in self.forward:
                append(value(floats, slots[a], slots[b]) if b >= 0 else value(floats, slots[a]))
        except ENGINE:
            return None
        return slots

    def gradients(self, slots: list[Any]) -> list[Any] | None:
        """The derivatives of the first expression's value with respect to the variables.

        None where one of them is one of convention, or an operation raises an error. The order of the sums is
        that of `autograd.backward`: operations latest first, the left operand before the right one.
        """
        reached: list[Any] = [None] * len(slots)
        reached[self.roots[0]] = 1.0
        try:
            for when, a, b in self.conventions:
                if (when(floats, slots[a], slots[b]) if b >= 0 else when(floats, slots[a])) != 0.0:
                    return None
            for out, a, b, first, second in self.backward:
                g = reached[out]
                if b < 0:
                    part, old = first(floats, g, slots[out], slots[a]), reached[a]
                    reached[a] = part if old is None else old + part
                    continue
                x, y, value = slots[a], slots[b], slots[out]
                if first is not None:
                    part, old = first(floats, g, value, x, y), reached[a]
                    reached[a] = part if old is None else old + part
                if second is not None:
                    part, old = second(floats, g, value, x, y), reached[b]
                    reached[b] = part if old is None else old + part
        except ENGINE:
            return None
        start = len(self.literals) + len(self.constants)
        return reached[start : start + len(self.names)]


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


class _Operations(dict["tuple[str, Any, int]", "tuple[Any, Any, Any, list[Any]]"]):
    """What to do for a node with this op and value and so many operands, made as asked for.

    The rule's function, its vjps (the second None for one operand), and the tests of its conventions; four
    times None for what is no operation on one or two floats.
    """

    def __missing__(self, key: tuple[str, Any, int]) -> tuple[Any, Any, Any, list[Any]]:
        op, value, count = key
        rule: Rule | None = RULES.get(op)
        if op == "call":
            named = NAMES.get(value)
            rule = None if named is None else DIRECT[named, count]
        if rule is None or not _fits(rule, count):
            found: tuple[Any, Any, Any, list[Any]] = None, None, None, []
        else:
            tests = [convention.when for convention in rule.conventions if convention.order == 1]
            found = rule.value, rule.vjps[0], rule.vjps[1] if count == 2 else None, tests
        if len(self) < MOST_OPERATIONS:
            self[key] = found
        return found


MOST_OPERATIONS = 1000  # there are not that many, but for calls of what is no function

_OPERATIONS = _Operations()


def _fits(rule: Rule, count: int) -> bool:
    """Whether a rule is an operation on one or two floats, with a vjp for each."""
    return (
        0 < count < 3
        and rule.backward != NO_NODE
        and is_simple(rule)
        and len(rule.operands) == count
        and has_fast_node(rule, count)
    )
