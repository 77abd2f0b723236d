"""The forms of the syntax that are no single operation: arrays, indices, choices, chains of comparisons."""

from __future__ import annotations

from gradcli.evaluation.calls import begin_call
from gradcli.evaluation.failures import clip, diagnose, failure
from gradcli.evaluation.kinds import payload_of, tensor_of
from gradcli.evaluation.machine import ENGINE, operate, perform, take
from gradcli.numbers import shape_of, size_of
from gradcli.numbers.expression import Expression
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation.machine import Form, Machine, Operand


def _later(step: Any, detail: Any = None) -> Any:
    """A form whose parts are all computed first, left to right, and which `step` then makes of them."""

    def form(machine: Machine, expression: Expression) -> None:
        machine.todo.append((step, expression, detail))
        machine.todo.extend(expression.args[::-1])

    return form


# --- arrays ---


MOST_AXES = 64
"""NumPy's own limit."""


def _array(machine: Machine, expression: Expression) -> None:
    parts = expression.args
    if machine.kind.plain and all(part.op == "number" for part in parts):
        machine.values.append(machine.kind.array([part.value for part in parts]))
        return
    machine.todo.append((_stack, expression, None))
    machine.todo.extend(parts[::-1])


def _stack(machine: Machine, expression: Expression, _: None) -> None:
    elements = take(machine, len(expression.args))
    if not elements or (machine.kind.plain and all(type(element) is float for element in elements)):
        machine.values.append(machine.kind.array(elements))
        return
    first = shape_of(payload_of(elements[0]))
    for part, element in zip(expression.args, elements, strict=True):
        if shape_of(payload_of(element)) != first:
            raise _ragged(machine, expression, elements, part, element)
    if len(first) == MOST_AXES:
        raise failure("value", f"an array has at most {MOST_AXES} axes", (machine.place(expression), ""))
    tensors = [tensor_of(element) for element in elements]
    if not any(tensor.requires_grad for tensor in tensors) and machine.trace is None:
        try:
            machine.values.append(machine.kind.stack([tensor._value for tensor in tensors]))
        except ENGINE as error:
            raise diagnose(machine, expression, None, (), error) from error
        return
    machine.values.append(perform(machine, expression, RULES["stack"], tensors, {"axis": 0}))


def _ragged(
    machine: Machine, expression: Expression, elements: list[Operand], part: Expression, element: Operand
) -> Exception:
    before = expression.args[0]
    message = (
        f"the elements of an array must have one shape: {clip(machine.source(before))} is "
        f"{_described(elements[0])}, {clip(machine.source(part))} is {_described(element)}"
    )
    if machine.frame is not None and machine.frame.call is not None:
        return failure("shape", message, (machine.frame.call.span, "called here"))
    return failure(
        "shape",
        message,
        (part.span, _described(element)),
        (before.span, _described(elements[0])),
    )


def _described(operand: Operand) -> str:
    shape = shape_of(payload_of(operand))
    return f"an array of shape {shape}" if shape else "a number"


# --- indices ---


def _index(machine: Machine, expression: Expression, _: None) -> None:
    subscripts = expression.args[1:]
    counts = [len(s.args) if s.op == "slice" else 1 for s in subscripts]
    values = take(machine, sum(counts))
    base = machine.values.pop()
    index: list[Any] = []
    for subscript, count in zip(subscripts, counts, strict=True):
        given, values = values[:count], values[count:]
        if subscript.op == "slice":
            bounds = {
                name: whole(machine, part, value)
                for name, part, value in zip(subscript.value, subscript.args, given, strict=True)
            }
            if bounds.get("step") == 0:
                place = machine.place(subscript.args[-1])
                raise failure("value", "the step of a slice must not be 0", (place, "no step"))
            index.append(slice(bounds.get("start"), bounds.get("stop"), bounds.get("step")))
        else:
            index.append(whole(machine, subscript, given[0]))
    _check_index(machine, expression, base, index)
    key = index[0] if len(index) == 1 else tuple(index)
    machine.values.append(perform(machine, expression, RULES["getitem"], [base], {"index": key}))


def _begin_index(machine: Machine, expression: Expression) -> None:
    machine.todo.append((_index, expression, None))
    for subscript in expression.args[:0:-1]:
        machine.todo.extend(subscript.args[::-1] if subscript.op == "slice" else (subscript,))
    machine.todo.append(expression.args[0])


def _check_index(machine: Machine, expression: Expression, base: Operand, index: list[Any]) -> None:
    shape = shape_of(payload_of(base))
    name = clip(machine.source(expression.args[0]))
    if len(index) > len(shape):
        has = f"has {len(shape)} {'axis' if len(shape) == 1 else 'axes'}" if shape else "is a single number"
        raise failure(
            "value",
            f"{name} {has}, {len(index)} {'index was' if len(index) == 1 else 'indices were'} given",
            (machine.place(expression), f"{name} is {_described(base)}"),
        )
    for axis, (item, size) in enumerate(zip(index, shape, strict=False)):
        if type(item) is int and not -size <= item < size:
            where = f"along axis {axis} " if len(shape) > 1 else ""
            allowed = f"0 to {size - 1}, or -{size} to -1" if size else "there are none"
            raise failure(
                "value",
                f"index {item} is out of range: {name} has {size} elements {where}({allowed})",
                (machine.place(expression.args[1 + axis]), "out of range"),
            )


def whole(machine: Machine, expression: Expression, operand: Operand, what: str = "an index") -> int:
    """The whole number that `what` is; raises Diagnostic for any other number and for an array."""
    value = payload_of(operand)
    try:
        number = float(value) if size_of(value) == 1 and not shape_of(value) else None
    except TypeError:  # computed with names that have no value
        message = f"{what} must be known here, and {clip(machine.source(expression))} is not"
        raise failure("value", message, (machine.place(expression), "")) from None
    if number is None or number % 1.0 != 0.0:
        shown = f"{number:g}" if number is not None else _described(operand)
        raise failure("value", f"{what} is a whole number, not {shown}", (machine.place(expression), ""))
    return int(number)


def _transpose(machine: Machine, expression: Expression, _: None) -> None:
    operand = machine.values.pop()
    if len(shape_of(payload_of(operand))) < 2:  # of a vector, or a number: itself
        machine.values.append(operand)
        return
    rule = RULES["transpose"]
    machine.values.append(perform(machine, expression, rule, *rule.bind([operand], ())))


# --- choices and comparisons ---


def _conditional(machine: Machine, expression: Expression) -> None:
    machine.todo.append((_choose, expression, None))
    machine.todo.append(expression.args[0])


def _choose(machine: Machine, expression: Expression, _: None) -> None:
    condition = machine.values[-1]
    value = payload_of(condition)
    _, then, otherwise = expression.args
    if shape_of(value):
        machine.todo.append((operate, expression, RULES["where"]))
        machine.todo.extend((otherwise, then))
        return
    machine.values.pop()
    taken, left = (then, otherwise) if value != 0 else (otherwise, then)
    machine.unused.append((left, machine.frame))
    machine.todo.append(taken)


def _chain(machine: Machine, expression: Expression, _: None) -> None:
    """`a < b < c` as `a < b and b < c`, each operand computed once."""
    parts, operands = expression.args, take(machine, len(expression.args))
    whole, truth = None, None
    for position, name in enumerate(expression.value):
        here = slice(position, position + 2)
        pair = _within(name, parts[here])
        holds = perform(machine, pair, RULES[name], operands[here])
        if whole is None:
            whole, truth = pair, holds
        else:
            whole = _within("and", (whole, pair))
            truth = perform(machine, whole, RULES["logical_and"], [truth, holds])
    machine.values.append(truth)


def _within(operation: str, parts: tuple[Expression, ...]) -> Expression:
    """An operation on neighbours in a chain, as if it stood alone."""
    first, last = parts[0].span, parts[-1].span
    return Expression(operation, parts, None, (first[0], last[1]) if first and last else None)


FORMS: dict[str, Form] = {
    "array": _array,
    "index": _begin_index,
    "attribute": _later(_transpose),
    "if": _conditional,
    "chain": _later(_chain),
    "and": _later(operate, RULES["logical_and"]),
    "or": _later(operate, RULES["logical_or"]),
    "not": _later(operate, RULES["logical_not"]),
    "call": begin_call,
}
