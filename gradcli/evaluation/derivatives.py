"""`diff(f, x)`, `diff(f, x, n)`: derivatives as values of the graph, differentiable again."""

from __future__ import annotations

from gradcli.engine.backward import graph_of
from gradcli.engine.grad_mode import is_grad_enabled, set_grad_enabled
from gradcli.engine.tensor import Tensor, wrap
from gradcli.evaluation.calls import argument
from gradcli.evaluation.failures import failure
from gradcli.evaluation.kinds import tensor_of
from gradcli.evaluation.machine import Frame, Traced, take
from gradcli.evaluation.options import HIGHEST_ORDER
from gradcli.numbers import namespace_of
from gradcli.numbers.expression import postorder
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation.machine import Machine, Operand
    from gradcli.numbers.expression import Expression, Span

LARGEST_GRAPH = 300_000
"""How many operations a derivative may have for another one to be taken: they grow exponentially."""


class Task:
    """One diff while its f is being computed: with respect to what, and how the machine stood before."""

    __slots__ = ("frame", "recording", "variable")

    def __init__(self, variable: Tensor, frame: Frame | None, recording: bool) -> None:
        self.variable = variable
        self.frame = frame
        self.recording = recording


def begin_diff(machine: Machine, expression: Expression) -> None:
    """Read the arguments, and have the order computed, then f in a scope where x wants a gradient."""
    variable, order = argument(expression, 1, "x"), argument(expression, 2, "order")
    if variable.op != "name":
        raise failure(
            "call",
            machine.within() + "diff() differentiates with respect to a variable, its second argument",
            (machine.place(variable), "not a variable"),
        )
    machine.todo.append((_prepare, expression, order))
    if order is not None:
        machine.todo.append(order)
    machine.todo.append(variable)


def check_order(order: int, span: Span | None = None) -> None:
    """Raise Diagnostic for an order that no derivative is taken to."""
    if order < 0:
        raise failure("value", "the order of a derivative is 0 or more", (span, ""))
    if order > HIGHEST_ORDER:
        raise failure("value", f"the order of a derivative is at most {HIGHEST_ORDER}", (span, ""))


def _prepare(machine: Machine, expression: Expression, order: Expression | None) -> None:
    from gradcli.evaluation.forms import whole

    times = 1
    if order is not None:
        times = whole(machine, order, take(machine, 1)[0], "the order of a derivative")
        check_order(times, machine.place(order))
    # Where the derivative is the same everywhere, that of it is 0, and not out of reach.
    machine.unused += (
        (part, machine.frame) for part in (argument(expression, 0, "f"), argument(expression, 1, "x"))
    )
    task = _scope(machine, expression, argument(expression, 1, "x").value, take(machine, 1)[0])
    machine.todo.append((_differentiate, expression, (task, times)))
    machine.todo.append(argument(expression, 0, "f"))


def _scope(machine: Machine, expression: Expression, name: str, operand: Operand) -> Task:
    """Make x want a gradient: itself where it does, else, and for a parameter, what stands for it.

    A parameter is a variable of its own, though its argument may be one that the body mentions, too.
    """
    frame, recording = machine.frame, is_grad_enabled()
    parameter = frame is not None and name in frame.locals
    tensor = tensor_of(operand)
    set_grad_enabled(True)
    if tensor.requires_grad and not parameter:
        return Task(tensor, frame, recording)
    if tensor.requires_grad:
        from gradcli.engine.apply import apply

        stand_in = apply(RULES["mul"], tensor, 1.0)
    else:
        if not parameter:
            _refuse_lost(machine, expression, name)
        stand_in = wrap(tensor._value, False).requires_grad_(True)
        machine.aliases[stand_in] = name
    locals = {**(frame.locals if frame is not None else {}), name: stand_in}
    machine.frame = Frame(
        frame.function if frame is not None else None,
        frame.call if frame is not None else None,
        locals,
        frame,
    )
    return Task(stand_in, frame, recording)


def _refuse_lost(machine: Machine, expression: Expression, name: str) -> None:
    """Refuse to differentiate an intermediate that was computed from a constant: no graph leads there."""
    variables = machine.environment.variables
    for part in postorder(argument(expression, 0, "f")):
        binding = variables.get(part.value) if part.op == "name" else None
        if binding is not None and any(leaf.name == name for leaf in binding.leaves or ()):
            raise failure(
                "value",
                f"{binding.name} was computed from {name} while {name} wanted no gradient, so its "
                f"derivative is not known",
                (machine.place(part), "no graph from here"),
                (machine.place(argument(expression, 1, "x")), "constant"),
            )


def _differentiate(machine: Machine, expression: Expression, detail: tuple[Task, int]) -> None:
    task, order = detail
    machine.frame = task.frame
    f = machine.values.pop()
    value = tensor_of(f)
    if machine.conventions and order:
        from gradcli.evaluation.conventions import notes_on_the_way

        edge = task.variable if task.variable._node is None else task.variable._node
        machine.notes += notes_on_the_way(machine, value, {edge}, order)
    for step in range(order):
        if step and value._node is not None and len(graph_of([value._node])) > LARGEST_GRAPH:
            raise failure(
                "value",
                f"derivative {step} has more than {LARGEST_GRAPH:,} operations; one more cannot be taken",
                (machine.place(expression), "too high an order"),
            )
        value = derivative(value, task.variable)
    set_grad_enabled(task.recording)
    if not task.recording:
        value = wrap(value._value)
    machine.values.append(value)
    if machine.trace is not None:
        machine.trace.append(Traced(expression, machine.frame, None, [f, task.variable], None, value))


def derivative(f: Tensor, x: Tensor) -> Tensor:
    """df/dx as a tensor with a graph: of the shape of f where x is a scalar, of the shape of x otherwise.

    With respect to an array it is the gradient of the sum of f, which for an elementwise f is its derivative.
    """
    if not f.requires_grad:
        return _zeros(f if not x.shape else x)
    if f.shape and not x.shape:
        # The product of vector and Jacobian is linear in the vector; its derivative there is the Jacobian.
        vector = wrap(namespace_of(f._value).ones_like(f._value)).requires_grad_(True)
        product = _gradient(f, x, vector)
        if product is None or not product.requires_grad:
            return _zeros(f)
        column = _gradient(product, vector, _ones(product))
        return _zeros(f) if column is None else column
    found = _gradient(f, x, _ones(f))
    return _zeros(x) if found is None else found


def _gradient(f: Tensor, x: Tensor, vector: Tensor) -> Tensor | None:
    from gradcli.engine.gradients import grad

    return grad(f, x, vector, create_graph=True, allow_unused=True)[0]


def _ones(like: Tensor) -> Tensor:
    value: Any = like._value
    return wrap(1.0 if type(value) is float else namespace_of(value).ones_like(value))


def _zeros(like: Tensor) -> Tensor:
    value: Any = like._value
    return wrap(namespace_of(value).zeros_like(value))
