"""A text carried out on names instead of numbers: its last expression as operations on its variables."""

from __future__ import annotations

from gradcli.engine.tensor import wrap
from gradcli.evaluation.environment import CONSTANTS, Binding, Environment, Function
from gradcli.evaluation.failures import failure
from gradcli.evaluation.forms import FORMS
from gradcli.evaluation.kinds import Symbolic, payload_of, tensor_of
from gradcli.evaluation.machine import Machine, operate
from gradcli.evaluation.open_names import check_one_meaning, check_open_names, given_by_itself
from gradcli.evaluation.singles import singles
from gradcli.language import statements as language
from gradcli.language.names import is_called
from gradcli.language.parser import parse
from gradcli.numbers.expression import Expression, name, postorder
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from gradcli.engine.tensor import Tensor
    from gradcli.evaluation.machine import Traced
    from gradcli.rules.rulebook import Rule


class Program:
    """The statements of a text, whose names stand for themselves; `open` are constants' names that do, too,
    and `bound` those that are variables though textbook functions are called so.

    `written` are its expressions as they were read, `rules` are those that the last one was computed by;
    `decided` is what its choices are decided by, `decimals` says whether numbers such as 0.5 are written
    somewhere, `singles` are names that a function of arrays was given as one number each.
    """

    __slots__ = (
        "bound", "decided", "decimals", "environment", "free", "mentioned", "open", "rules", "singles",
        "text", "written",
    )  # fmt: skip

    def __init__(self, text: str, open: Iterable[str] = (), bound: Iterable[str] = ()) -> None:
        self.text = text
        self.open = frozenset(open)
        self.bound = self.open.union(bound)
        self.environment = Environment()
        self.written: list[Expression] = []
        self.decided: list[Expression] = []
        self.rules: dict[Rule, None] = {}
        self.mentioned: list[str] = []
        self.decimals = False
        self.singles: dict[str, None] = {}
        self.free: set[str] = set()  # names that no statement has given a meaning

    def run(self) -> tuple[Expression, Tensor]:
        """The last expression as it was read, and what it is worth; raises Diagnostic."""
        last: Expression | None = None
        value: Any = None
        for statement in parse(self.text, functions=self.environment.callables, bound=self.bound):
            if isinstance(statement, language.Define):
                self._define(statement)
            elif isinstance(statement, language.Bind):
                self._bind(statement)
            elif isinstance(statement, language.Evaluate):
                last = statement.expression
                value = self.compute(last)
            else:
                raise failure(
                    "call",
                    "a formula is made of expressions, bindings and functions",
                    (statement.span, "leave this away"),
                )
        if last is None:
            raise failure("syntax", "there is no expression to differentiate")
        return last, value

    def compute(self, expression: Expression) -> Tensor:
        """An expression as a tensor of an Expression, or of an array of them; raises Diagnostic."""
        self._bind_names(expression)
        machine = Machine(self.environment, Symbolic(), self.text, _FORMS)
        machine.trace = []
        tensor = tensor_of(machine.run(expression))
        self.rules = dict.fromkeys(filter(None, map(_rule_met, machine.trace)))
        for traced in machine.trace:
            if traced.rule is RULES["where"]:
                condition = payload_of(traced.operands[0])
                self.decided += [condition] if type(condition) is Expression else []
            self.singles.update(dict.fromkeys(singles(traced)))
        found = machine.in_order(expression)
        check_one_meaning(expression, found, self.environment.variables)
        leaves = [b for b in found if b.leaves is None and not b.const]
        self.mentioned = list(dict.fromkeys(binding.name for binding in leaves))
        return tensor if tensor.requires_grad else wrap(Symbolic().cast(tensor._value))

    def _define(self, statement: language.Define) -> None:
        function = Function(statement.name, statement.parameters, statement.body, self.text, 0)
        self.environment.define(function)
        self._bind_names(statement.body, statement.parameters)

    def _bind(self, statement: language.Bind) -> None:
        variables, new = self.environment.variables, statement.name
        tensor = self.compute(statement.expression)
        free = new in self.free
        if new in self.mentioned and (free or new not in variables):
            raise given_by_itself(statement)
        self.free.discard(new)
        if self.mentioned:
            leaves = tuple(variables[name] for name in self.mentioned)
            self.environment.set(Binding(new, tensor, 0, leaves))
        elif free:  # it is the variable that it was, which has a value now
            variables[new].const = statement.const
        else:
            self._leaf(new, const=statement.const)

    def _bind_names(self, expression: Expression, parameters: Sequence[str] = ()) -> None:
        """Let every name of what was read that means nothing yet stand for itself."""
        self.written.append(expression)
        variables = self.environment.variables
        opened: dict[str, None] = {}
        for part in postorder(expression):
            if part.op == "number" and part.value % 1.0 != 0.0 and "." in (part.text or ""):
                self.decimals = True
            if part.op != "name" or part.value in variables or part.value in parameters:
                continue
            if part.value in CONSTANTS and part.value not in self.open:
                continue
            if is_called(part) and len(part.value) > 1:
                continue  # meant for a function
            opened[part.value] = None
        check_open_names(self.text, expression, opened, {*variables, *self.bound, *parameters})
        for variable in opened:
            self._leaf(variable)
        self.free.update(opened)

    def _leaf(self, variable: str, *, const: bool = False) -> None:
        binding = Binding(variable, wrap(name(variable), not const), 0)
        binding.const = const
        self.environment.set(binding)


def _rule_met(traced: Traced) -> Rule | None:
    """The rule of an operation; only a power of a name by a name knows conventions that a formula lacks."""
    rule = traced.rule
    if rule is RULES["pow"] and not all(getattr(o, "requires_grad", False) for o in traced.operands):
        return None
    return rule


def _if(machine: Machine, expression: Expression) -> None:
    """Both branches: which one is taken depends on the point."""
    machine.todo.append((operate, expression, RULES["where"]))
    machine.todo.extend(expression.args[::-1])


_FORMS: dict[str, Callable[[Machine, Expression], None]] = {**FORMS, "if": _if}
