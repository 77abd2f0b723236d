"""The machine that computes an expression: a stack of work and one of values, never Python's own."""

from __future__ import annotations

from functools import partial

from gradcli.engine.apply import apply, binary, tick, unary
from gradcli.engine.tensor import Tensor, wrap
from gradcli.evaluation.doubt import unlike
from gradcli.evaluation.environment import CONSTANTS, Binding
from gradcli.evaluation.failures import diagnose, unbound, unknown_function
from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.results import Note
from gradcli.language.names import is_called
from gradcli.language.reader import one_line
from gradcli.numbers import ShapeError, check_allocation, floats, namespace_of, shape_of, size_of
from gradcli.numbers.expression import Expression, parts, postorder
from gradcli.numbers.shapes import broadcast_shape
from gradcli.rules.rulebook import NO_NODE, RULES, CallError, ValueRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from gradcli.engine.node import Node
    from gradcli.evaluation.environment import Environment, Function
    from gradcli.evaluation.kinds import Kind
    from gradcli.rules.rulebook import Rule

    Operand = Any  # a Tensor, or a plain float, which is a constant
    Step = Callable[["Machine", Expression, Any], None]
    Form = Callable[["Machine", Expression], None]


class Frame:
    """A scope within a statement: the body of a function that is called, or what diff works on."""

    __slots__ = ("call", "caller", "function", "locals")

    def __init__(
        self,
        function: Function | None,
        call: Expression | None,
        locals: dict[str, Operand],
        caller: Frame | None,
    ) -> None:
        self.function = function  # whose text the expressions are in; None: in the statement's own
        self.call = call  # in the text of the statement, for a call within a body, too
        self.locals = locals  # what hides variables
        self.caller = caller


class Machine:
    """One evaluation of one expression; what it meets on the way is kept for gradients and notes.

    `mentioned` are the bindings that the expression mentions, in order of appearance, the leaves of an
    intermediate with it; `conventions` the operations whose rule has conventions; `trace`, where it is a
    list, gets every operation with its operands and its outcome.
    """

    __slots__ = (
        "aliases",
        "begun",
        "cancelled",
        "conventions",
        "environment",
        "forms",
        "frame",
        "inlined",
        "kind",
        "mentioned",
        "notes",
        "root",
        "text",
        "ties",
        "todo",
        "trace",
        "unused",
        "values",
    )

    def __init__(self, environment: Environment, kind: Kind, text: str, forms: dict[str, Form]) -> None:
        self.environment = environment
        self.forms = forms  # what computes the forms of the syntax that are no single operation, by their op
        self.kind = kind
        self.text = text
        self.todo: list[Any] = []
        self.values: list[Operand] = []
        self.mentioned: dict[Binding, None] = {}
        self.conventions: list[Met] = []
        self.notes: list[Note] = []
        # Comparisons with equal sides that could vary: the place, and for which elements.
        self.ties: list[tuple[tuple[int, int] | None, Any]] = []
        # What a gradient could reach, though the graph lacks it: branches not taken, what diff works on.
        self.unused: list[tuple[Expression, Frame | None]] = []
        self.aliases: dict[Any, str] = {}  # leaves that stand for a variable while diff works on it
        self.trace: list[Traced] | None = None
        self.frame: Frame | None = None
        self.inlined = 0
        self.root: Expression | None = None
        self.cancelled = False  # whether terms without a variable cancel, or one is lost in the other
        self.begun = tick()  # what was recorded later is of this evaluation

    def run(self, root: Expression) -> Operand:
        """Compute `root`; raises Diagnostic."""
        todo, values = self.todo, self.values
        plain = self.kind.plain
        rules = RULES
        self.root = root
        todo.append(root)
        while todo:
            item = todo.pop()
            if type(item) is tuple:
                item[0](self, item[1], item[2])
                continue
            operation = item.op
            if operation == "number":
                values.append(item.value if plain else self.kind.literal(item))
            elif operation == "name":
                values.append(self.look_up(item))
            elif operation in rules:
                todo.append((operate, item, rules[operation]))
                todo.extend(item.args[::-1])
            else:
                self.forms[operation](self, item)
        return values.pop()

    def look_up(self, expression: Expression) -> Operand:
        """The tensor or number that a name means: a parameter, a variable, a constant; in this order."""
        name = expression.value
        if self.frame is not None and name in self.frame.locals:
            return self.frame.locals[name]
        binding = self.environment.variables.get(name)
        if binding is not None:
            if binding not in self.mentioned:
                self.mention(binding, expression)
            return binding.tensor
        if name in CONSTANTS:
            return self.kind.constant(name)
        if is_called(expression) and (len(name) > 1 or name in self.environment.callables):
            raise unknown_function(self, expression, name)
        raise unbound(self, expression)

    def mention(self, binding: Binding, expression: Expression) -> None:
        """Note that the expression mentions a variable, for the first time."""
        self.mentioned[binding] = None
        binding.used = True
        if binding.leaves is not None:
            self.mentioned.update(dict.fromkeys(binding.leaves))
            self.conventions.extend(binding.conventions)
        self.notes.extend(binding.remarks)
        if binding.name in CONSTANTS:
            self.notes.append(
                Note(f"{binding.name} is the variable bound here, not the constant", self.place(expression))
            )

    def in_order(self, root: Expression) -> list[Binding]:
        """What is mentioned, in the order of the text, which is not always that of computing it."""
        names = [part for part in postorder(root) if part.op == "name"]
        names.sort(key=lambda part: part.span or (0, 0))
        mentioned: dict[Binding, None] = {}
        for part in names:
            binding = self.environment.variables.get(part.value)
            if binding is not None:
                mentioned.update(dict.fromkeys((binding, *(binding.leaves or ()))))
        return [*mentioned, *(binding for binding in self.mentioned if binding not in mentioned)]

    def in_unused(self, binding: Binding) -> bool:
        """Whether a gradient could reach a leaf by way of an expression that has no part in the graph."""
        variables = self.environment.variables
        for branch, frame in self.unused:
            hidden = frame.locals if frame is not None else {}
            for name in differentiable_names(branch):
                found = variables.get(name) if name not in hidden else None
                if found is not None and (found is binding or binding in (found.leaves or ())):
                    return True
        return False

    def place(self, expression: Expression) -> tuple[int, int] | None:
        """Where an expression stands in the statement; a part of a body stands where that is called."""
        frame = self.frame
        return (expression if frame is None or frame.call is None else frame.call).span

    def source(self, expression: Expression, frame: Frame | None = None) -> str:
        """The text of an expression as it was written."""
        frame = frame or self.frame
        text = self.text if frame is None or frame.function is None else frame.function.text
        if expression.span is None:
            return ""
        start, end = expression.span
        return " ".join(one_line(text[start:end]).split())

    def place_of(self, node: Node) -> tuple[int, int] | None:
        """Where in this statement a node's operation stands; None where another one recorded it."""
        origin = getattr(node, "origin", None)
        if origin is None or node.stamp < self.begun:
            return None
        span: tuple[int, int] | None = origin.span
        return span

    def within(self) -> str:
        """How a message says that it is about the body of a function."""
        frame = self.frame
        return "" if frame is None or frame.function is None else f"in {frame.function.name}(): "

    def names(self) -> list[str]:
        """Every variable that has a value here."""
        return [*(self.frame.locals if self.frame is not None else ()), *self.environment.variables]


def differentiable_names(root: Expression) -> Iterator[str]:
    """The names below an expression that stand neither under detach nor in a comparison or a condition."""
    stack = [root]
    while stack:
        part = stack.pop()
        if part.op == "name":
            yield part.value
        elif part.op == "if":
            stack += part.args[1:]
        elif part.op not in _BARRIERS and not (part.op == "call" and part.value == "detach"):
            stack += parts(part)


_BARRIERS = frozenset(("lt", "le", "gt", "ge", "eq", "ne", "chain", "and", "or", "not"))


def take(machine: Machine, count: int) -> list[Operand]:
    """The last `count` values, off the stack."""
    values = machine.values
    if not count:
        return []
    taken = values[-count:]
    del values[-count:]
    return taken


def operate(machine: Machine, expression: Expression, rule: Rule) -> None:
    """Apply a rule to the operands that its arguments left on the stack."""
    values = machine.values
    operation = _OPERATIONS[rule] if machine.kind.plain else None
    if operation is None:
        values.append(perform(machine, expression, rule, take(machine, len(expression.args))))
        return
    operands = values[-len(expression.args) :]
    del values[-len(operands) :]
    try:
        out = operation(*operands)
    except ENGINE as error:
        raise diagnose(machine, expression, rule, operands, error) from error
    values.append(out)
    if type(out) is float:
        if rule.name in _SUMS and unlike(operands[0], operands[1], out):
            machine.cancelled = True
    elif out._node is not None:
        recorded(machine, expression, rule, out._node)
    if machine.trace is not None:
        machine.trace.append(Traced(expression, machine.frame, rule, operands, None, out))


_SUMS = frozenset(("add", "sub"))


def perform(
    machine: Machine,
    expression: Expression,
    rule: Rule,
    operands: list[Operand],
    static: dict[str, Any] | None = None,
) -> Operand:
    """Apply a rule and keep what notes will ask for; raises Diagnostic where the operands do not fit."""
    static = static or {}
    kind = machine.kind
    out: Operand
    try:
        if kind.plain and all(type(operand) is float for operand in operands):
            out = rule.value(floats, *operands, **static)
            if type(out) is not float:
                out = wrap(kind.cast(out))
        elif not operands:
            out = wrap(kind.cast(rule.value(floats, **static)))
        else:
            out = applied(rule, *kind.lifted(operands), **static)
            if out._node is not None:
                recorded(machine, expression, rule, out._node)
    except (CallError, ValueRefused):
        raise
    except ENGINE as error:
        raise diagnose(machine, expression, rule, operands, error) from error
    if rule.name in COMPARISONS:
        equal = _tie(operands)
        if equal is not None:
            machine.ties.append((machine.place(expression), equal))
    if machine.trace is not None:
        machine.trace.append(Traced(expression, machine.frame, rule, operands, static, out))
    return out


COMPARISONS = frozenset(("lt", "le", "gt", "ge", "eq", "ne"))


def _tie(operands: list[Operand]) -> Any:
    """For which elements two sides are equal of which one could vary, as a payload; None where for none."""
    if not any(type(operand) is Tensor and operand.requires_grad for operand in operands):
        return None
    a, b = map(payload_of, operands)
    if type(a) is float and type(b) is float:
        return 1.0 if a == b else None
    xp = namespace_of(a, b)
    equal = xp.eq(a, b)
    return equal if size_of(equal) and xp.amax(equal) != 0 else None


ENGINE = (ArithmeticError, IndexError, MemoryError, RuntimeError, TypeError, ValueError)
"""What the engine and the kinds of number raise for operands that do not fit."""


def recorded(machine: Machine, expression: Expression, rule: Rule, node: Node) -> None:
    """Tell the node of an operation where it stands in the text."""
    frame = machine.frame
    node.origin = expression if frame is None or frame.call is None else frame.call
    if rule.conventions:
        machine.conventions.append(Met(node, rule, machine.place(expression)))


def applied(rule: Rule, *operands: Operand, **static: Any) -> Tensor:
    """`apply`, after a look at how large the outcome of broadcasting would be: NumPy does not look."""
    if len(operands) > 1 and rule.name not in _INNER:
        shapes = {shape for operand in operands if (shape := shape_of(payload_of(operand)))}
        if len(shapes) > 1:
            _check_broadcast(shapes)
    return apply(rule, *operands, **static)


_INNER = frozenset(("matmul", "dot", "solve"))
"""Rules that sum over what would broadcast."""


def _check_broadcast(shapes: set[tuple[int, ...]]) -> None:
    try:
        shape = broadcast_shape(*shapes)
    except ShapeError:  # the rule will say so, if they need to
        return
    check_allocation(shape)


def is_simple(rule: Rule) -> bool:
    """Whether a call's arguments are the rule's operands, as they are, given one for each."""
    return not (rule.static or rule.variadic)


class _Operations(dict["Rule", "Callable[..., Operand] | None"]):
    """How a rule is carried out without much ado, made as asked for; None for one whose calls need some."""

    def __missing__(self, rule: Rule) -> Callable[..., Operand] | None:
        direct = is_simple(rule) and rule.name not in COMPARISONS  # of which equal sides are noted
        self[rule] = _operation(rule) if direct else None
        return self[rule]


_OPERATIONS = _Operations()


def _operation(rule: Rule) -> Callable[..., Operand]:
    """Floats to a float; one or two floats with a tensor the engine's fast way."""
    value = rule.value
    general = partial(applied, rule)
    count = len(rule.operands) if rule.backward != NO_NODE else 0

    if count == 1 and rule.variant is None:
        single = unary(rule, general)
        return lambda x: value(floats, x) if type(x) is float else single(x)
    if count == 2:
        double = binary(rule, general)
        return lambda x, y: value(floats, x, y) if type(x) is float and type(y) is float else double(x, y)

    def operation(*operands: Operand) -> Operand:
        for operand in operands:
            if type(operand) is not float:
                return general(*operands)
        out = value(floats, *operands)
        return out if type(out) is float else general(*operands)  # arange(3), an array of a float

    return operation


class Met:
    """An operation that was recorded and whose rule knows points of convention."""

    __slots__ = ("node", "place", "rule", "variable")

    def __init__(self, node: Any, rule: Rule, place: tuple[int, int] | None, variable: str = "") -> None:
        self.node = node
        self.rule = rule
        self.place = place
        self.variable = variable  # the intermediate that an earlier statement computed by it


class Traced:
    """An operation as it was carried out."""

    __slots__ = ("expression", "frame", "operands", "out", "rule", "static")

    def __init__(
        self,
        expression: Expression,
        frame: Frame | None,
        rule: Rule | None,
        operands: list[Operand],
        static: dict[str, Any] | None,
        out: Operand,
    ) -> None:
        self.expression = expression
        self.frame = frame
        self.rule = rule
        self.operands = operands
        self.static = static
        self.out = out
