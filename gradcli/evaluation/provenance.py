"""Where a nan or an infinity came from: the first operation that made one, forward or on the way back."""

from __future__ import annotations

from gradcli.engine.grad_mode import no_grad
from gradcli.evaluation import safer
from gradcli.evaluation.causes import cause, cause_of_whole
from gradcli.evaluation.environment import CONSTANTS
from gradcli.evaluation.failures import clip
from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.results import Note
from gradcli.numbers import is_finite, namespace_of, shape_of, size_of
from gradcli.numbers.expression import postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.machine import Machine, Traced
    from gradcli.evaluation.results import Payload
    from gradcli.evaluation.statements import Source
    from gradcli.numbers.expression import Expression

POISON = (
    "the branch that is not taken makes the gradient nan, for 0 times {} is nan; "
    "give it a harmless argument there, as in where(c, f(where(c, x, 1)), 0)"
)


def provenance(this: Answer) -> list[Note]:
    """Why the value or a gradient is nan or infinite, and what that says of the rest."""
    notes = [note for binding in this.machine.mentioned for note in binding.notes]
    machine, first = traced(this.source, this.statement.expression)
    if first is not None:
        notes.append(described(machine, first))
        if not advice(first, machine):
            notes += safer.note(this, first.expression, first.frame, payload_of(first.out))
        notes += _poisoned(this, machine, first.expression, payload_of(first.out))
    elif not notes:
        notes += _given(this) or _backward(this, machine)
    for (row, column), block in (this.second or {}).items():
        if not notes and not is_finite(block):
            word = _word(_element(block, _first_bad(block), shape_of(block)))
            notes.append(Note(f"the second derivative by {row} and {column} becomes {word}"))
    if _has_nan(this.value) and any(g is not None and _has_number(g) for g in this.gradients):
        notes.append(Note("where the value is nan, a gradient shown for it has no meaning"))
    return notes


def forward_note(source: Source, expression: Expression) -> Note | None:
    """Which operation of an expression made a nan or inf first; None where none did."""
    machine, first = traced(source, expression)
    return None if first is None else described(machine, first)


def traced(source: Source, expression: Expression) -> tuple[Machine, Traced | None]:
    """Compute an expression once more, noting every step; the first that made a nan or inf."""
    machine = source.machine()
    machine.trace = []
    with no_grad():
        machine.run(expression)
    for step in machine.trace:
        out = payload_of(step.out)
        if is_finite(out):
            continue
        operands = [payload_of(operand) for operand in step.operands if operand is not None]
        if all(map(is_finite, operands)) or (_has_nan(out) and not any(map(_has_nan, operands))):
            return machine, step
    return machine, None


def described(machine: Machine, step: Traced) -> Note:
    """A note on an operation that made a nan or inf."""
    out = payload_of(step.out)
    operands = [payload_of(operand) for operand in step.operands]
    index = _first_bad(out)
    scalars = [_element(operand, index, shape_of(out)) for operand in operands]
    bad = _element(out, index, shape_of(out))
    rule = step.rule.name if step.rule is not None else ""
    reason = cause(rule, scalars, bad) if all(s is not None for s in scalars) else ""
    if not reason and step.rule is not None and operands:
        reason = cause_of_whole(rule, operands, bad, step.static or {})
    frame = step.frame
    parts = [f"{_word(bad)} comes from {reason or 'this operation'}"]
    if frame is not None and frame.function is not None:
        parts[0] = f"in {frame.function.name}(): {parts[0]} in {clip(machine.source(step.expression, frame))}"
    parts += _values(machine, step, scalars, index)
    span = (step.expression if frame is None or frame.call is None else frame.call).span
    return Note(", ".join(parts) + advice(step, machine), span)


def advice(step: Traced, machine: Machine) -> str:
    """The stable way to say what lost its digits, in whatever formula it is; "" where there is none."""
    rule, expression = "" if step.rule is None else step.rule.name, step.expression
    if rule in ("log", "log1p") and _calls(expression, ("sigmoid", "σ")):
        return "; sigmoid is rounded to 0 or 1 here, which logsigmoid and bce_with_logits avoid"
    logs = _calls(machine.root, ("log", "ln", "log1p")) if rule == "exp" else ()
    if any(_contains(log, expression) for log in logs):
        return "; logsumexp and softplus avoid it"
    return ""


def _calls(root: Expression | None, names: Sequence[str]) -> list[Expression]:
    """The calls of functions of these names in an expression."""
    return [part for part in postorder(root) if part.op == "call" and part.value in names] if root else []


def _values(
    machine: Machine, step: Traced, scalars: Sequence[Any], index: tuple[int, ...] | None
) -> list[str]:
    """`x = 0` for the operands that are no numbers in the text; with the index of the element in an array."""
    shown = []
    for part, operand, scalar in zip(step.expression.args, step.operands, scalars, strict=False):
        if scalar is None or _is_literal(part):
            continue
        at = ""
        if index and shape_of(payload_of(operand)) and len(shape_of(payload_of(operand))) == len(index):
            at = f"[{', '.join(map(str, index))}]"
        shown.append(f"{_bare(machine.source(part, step.frame))}{at} = {float(scalar):.6g}")
    return list(dict.fromkeys(shown))


def _is_literal(part: Expression) -> bool:
    """Whether an operand shows its value in the text already."""
    if part.op == "neg":
        part = part.args[0]
    return part.op in ("number", "array") or (
        part.op == "name" and not is_finite(CONSTANTS.get(part.value, 0.0))
    )


def _bare(text: str) -> str:
    """The text of an operand without the parentheses around it."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return clip(text[1:-1] if text[0] == "(" and position == len(text) - 1 else text)
    return clip(text)


def _first_bad(payload: Payload) -> tuple[int, ...] | None:
    """The index of the first element that is nan or infinite; () of a scalar."""
    shape = shape_of(payload)
    if not shape:
        return ()
    import numpy

    finite = numpy.asarray(namespace_of(payload).isfinite(payload), dtype="float64")
    bad = numpy.argwhere(finite == 0)
    return tuple(int(n) for n in bad[0]) if len(bad) else None


def _element(payload: Payload, index: tuple[int, ...] | None, shape: tuple[int, ...]) -> Any:
    """The element of an operand that an element of the outcome was made of; None where there is no one."""
    own = shape_of(payload)
    if not own:
        return payload
    if index is None or len(own) > len(shape):
        return None
    try:
        import numpy

        return numpy.broadcast_to(payload, shape)[index]
    except ValueError:
        return None


def _word(value: Any) -> str:
    number = float(value) if value is not None else float("nan")
    return "nan" if number != number else "inf" if number > 0 else "-inf"


def _has_nan(payload: Payload) -> bool:
    if type(payload) is float:
        return payload != payload
    return bool(size_of(payload)) and bool(
        namespace_of(payload).amax(namespace_of(payload).isnan(payload)) != 0
    )


def _has_number(payload: Payload) -> bool:
    """Whether some element is finite."""
    xp = namespace_of(payload)
    return bool(size_of(payload)) and bool(xp.amax(xp.isfinite(payload)) != 0)


def _given(this: Answer) -> list[Note]:
    """Leaves and constants that are nan or infinite themselves: no operation made it."""
    notes = [
        Note(f"{binding.name}{_at(value)} is {_word(_element(value, _first_bad(value), shape_of(value)))}")
        for binding in this.machine.mentioned
        if binding.leaves is None and not is_finite(value := binding.tensor._value)
    ]
    for part in postorder(this.statement.expression):
        if part.op == "number" and not is_finite(payload_of(this.source.kind.literal(part))):
            notes.append(Note(f"{clip(part.text or '')} is larger than the largest number", part.span))
        elif part.op == "name" and part.value not in this.source.environment.variables:
            constant = CONSTANTS.get(part.value, 0.0)
            if not is_finite(constant):
                notes.append(Note(f"{_word(constant)} stands here", part.span))
    return notes


def _backward(this: Answer, machine: Machine) -> list[Note]:
    """The operation whose derivative first turned a finite cotangent into a nan or inf."""
    if this.cotangent is None or all(g is None or is_finite(g) for g in this.gradients):
        return []
    from gradcli.engine.backward import cotangents, pulled
    from gradcli.numbers import quiet

    nodes, _ = cotangents(this.root, this.cotangent)
    with quiet():
        for node, g in nodes.items():
            if not is_finite(g):
                continue
            for _edge, part in pulled(node, g, None):
                if not is_finite(part):
                    return _backward_notes(this, machine, node, g, part)
    return [Note("the parts of a gradient add up to more than the largest number")]


def _backward_notes(this: Answer, machine: Machine, node: Any, g: Payload, part: Payload) -> list[Note]:
    index = _first_bad(part)
    word = _word(_element(part, index, shape_of(part)))
    reason = "its derivative is infinite" if word != "nan" else "0·inf" if _has_zero(g) else ""
    text = f"the gradient becomes {word} here{': ' * bool(reason)}{reason}"
    span = this.machine.place_of(node)
    if span is None:
        return [Note(text, None)]
    expression = node.origin
    values = []
    if expression.value not in this.source.environment.functions:  # its arguments are the operands
        for argument, saved in zip(expression.args, node.saved, strict=False):
            scalar = _element(saved, index, shape_of(part))
            if scalar is not None and not _is_literal(argument):
                at = f"[{', '.join(map(str, index))}]" if index and shape_of(saved) else ""
                values.append(f"{_bare(machine.source(argument))}{at} = {float(scalar):.6g}")
    notes = [Note(", ".join([text, *dict.fromkeys(values)]), span)]
    notes += safer.note(this, expression, None, part)
    return notes + _poisoned(this, machine, expression, part) if _has_zero(g) else notes


def _at(payload: Payload) -> str:
    """`[1]`, the place of the first element that is nan or infinite; "" of a scalar."""
    index = _first_bad(payload)
    return f"[{', '.join(map(str, index))}]" if index else ""


def _has_zero(payload: Payload) -> bool:
    return bool(namespace_of(payload).amin(namespace_of(payload).abs(payload)) == 0)


def _poisoned(this: Answer, machine: Machine, culprit: Expression, bad: Payload) -> list[Note]:
    """Whether the culprit stands in a branch of a `where` whose outcome is finite all the same."""
    if not any(g is not None and not is_finite(g) for g in this.gradients):
        return []
    for step in machine.trace or ():
        expression = step.expression
        if step.rule is None or step.rule.name != "where" or not is_finite(payload_of(step.out)):
            continue
        branches = expression.args[1:]
        if any(_contains(branch, culprit) for branch in branches):
            word = _word(_element(bad, _first_bad(bad), shape_of(bad)))
            return [Note(POISON.format(word), expression.span)]
    return []


def _contains(outer: Expression, inner: Expression) -> bool:
    if outer.span is None or inner.span is None:
        return False
    return outer.span[0] <= inner.span[0] and inner.span[1] <= outer.span[1]
