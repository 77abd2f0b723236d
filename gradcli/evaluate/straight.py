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
from gradcli.language.names import is_called
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
        nodes = [node for expression in expressions for node in in_order(expression)]
        numbers = [node for node in nodes if node.op == "number"]
        mentioned = dict.fromkeys([node.value for node in nodes if node.op == "name"])
        constants = [name for name in mentioned if name in CONSTANTS]
        self.literals: list[float] = [node.value for node in numbers]
        self.written = [node.text for node in numbers]
        self.names = tuple(name for name in mentioned if name not in CONSTANTS)
        self.constants = [CONSTANTS[name] for name in constants]
        # What means something else where the user defines a function or a variable of that name.
        self.called = {node.value for node in nodes if node.op == "call" or is_called(node)} | {*constants}
        self.forward: list[tuple[Any, int, int]] = []
        self.backward: list[tuple[int, int, int, Any, Any]] = []
        self.conventions: list[tuple[Any, int, int]] = []
        self.roots = self._lay_out(nodes, [*constants, *self.names], len(expressions))

    def _lay_out(self, nodes: list[Expression], named: list[str], count: int) -> list[int]:
        """Make the steps of every operation; returns the slots of the `count` expressions' values."""
        first = len(self.literals) + len(self.constants)  # from there on there is something to differentiate
        slots = {name: len(self.literals) + number for number, name in enumerate(named)}
        variable = [False] * first + [True] * len(self.names)
        stack: list[int] = []
        literal = 0
        for node in nodes:
            if node.op == "number":
                stack.append(literal)
                literal += 1
            elif node.op == "name":
                stack.append(slots[node.value])
            else:
                rule = rule_of(node)
                b = stack.pop() if len(node.args) == 2 else NO_OPERAND
                a = stack.pop()
                wanted = variable[a], b != NO_OPERAND and variable[b]
                stack.append(len(variable))
                self._step(rule, len(variable), a, b, wanted)
                variable.append(any(wanted))
        self.backward.reverse()
        if len(stack) != count:
            raise Unfit
        return stack

    def _step(self, rule: Rule, out: int, a: int, b: int, wanted: tuple[bool, bool]) -> None:
        self.forward.append((rule.value, a, b))
        if any(wanted):
            vjps = [vjp if want else None for vjp, want in zip(rule.vjps, wanted, strict=False)]
            self.backward.append((out, a, b, vjps[0], vjps[1] if len(vjps) == 2 else None))
            self.conventions += [(c.when, a, b) for c in rule.conventions if c.order == 1]

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
        if node.keywords or (node.op not in RULES and node.op not in ("number", "name", "call")):
            raise Unfit
        found.append(node)
        stack += node.args
    found.reverse()
    return found


def rule_of(node: Expression) -> Rule:
    """The rule of an operation on one or two floats, whose vjps are for floats, too. Raises Unfit."""
    count = len(node.args)
    rule: Rule | None
    if node.op == "call":
        named = NAMES.get(node.value)
        rule = None if named is None else DIRECT[named, count]
    else:
        rule = RULES[node.op]
    if (
        rule is None
        or not 0 < count < 3
        or rule.backward == NO_NODE
        or not is_simple(rule)
        or len(rule.operands) != count
        or not has_fast_node(rule, count)
    ):
        raise Unfit
    return rule
