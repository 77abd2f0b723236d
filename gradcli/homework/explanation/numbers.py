"""The numbers of a step: its local derivatives and what arrives at its inputs, by the engine's own vjps."""

from __future__ import annotations

from gradcli.engine.apply import apply
from gradcli.engine.backward import cotangents
from gradcli.engine.tensor import wrap
from gradcli.numbers import namespace_of, quiet, shape_of, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gradcli.homework.explanation.formulas import Step
    from gradcli.homework.explanation.graph import Vertex

    Payload = Any


def ones(value: Payload) -> Payload:
    """1 for every element of a payload."""
    return 1.0 if type(value) is float else namespace_of(value).ones_like(value)


def pulled(step: Step, g: Payload) -> dict[Vertex, Payload]:
    """What the cotangent `g` of a step becomes for its inputs."""
    return _run(step, g, {vertex: vertex.value for vertex in step.inputs})


def locals_of(step: Step) -> dict[Vertex, Payload | None]:
    """The local derivative for each input: of the step's shape where it works elementwise, of the input's
    where the step is one number, else None."""
    out = step.head.value
    shape = shape_of(out)
    if not shape:
        return dict(_run(step, ones(out), {vertex: vertex.value for vertex in step.inputs}))
    if not step.elementwise:
        return dict.fromkeys(step.inputs)
    inputs = {vertex: _spread(vertex.value, shape) for vertex in step.inputs}
    return dict(_run(step, ones(out), inputs))


def _spread(value: Payload, shape: tuple[int, ...]) -> Payload:
    """A payload repeated to the shape of the outcome, so that each element has a derivative of its own."""
    if shape_of(value) == shape:
        return value
    import numpy

    return numpy.broadcast_to(value, shape).copy()


def _run(step: Step, g: Payload, inputs: Mapping[Vertex, Payload]) -> dict[Vertex, Payload]:
    """Carry out the operations of a step anew, from its inputs as leaves, and run `g` back to those."""
    leaves = {vertex: wrap(value, True) for vertex, value in inputs.items()}
    made: dict[Vertex, Any] = dict(leaves)
    for operation in step.operations:
        assert operation.rule is not None
        operands = [_operand(operand, made) for operand in operation.operands]
        made[operation] = apply(operation.rule, *operands, **operation.static)
    out = made[step.head]
    if not out.requires_grad:
        return {vertex: _zero(value) for vertex, value in inputs.items()}
    _, found = cotangents(out, g)
    return {
        vertex: found[leaf] if leaf in found else _zero(leaf._value) for vertex, leaf in leaves.items()
    }


def _operand(operand: Vertex | None, made: Mapping[Vertex, Any]) -> Any:
    if operand is None:
        return None
    if operand in made:
        return made[operand]
    return operand.value if type(operand.value) is float else wrap(operand.value, False)


def _zero(value: Payload) -> Payload:
    return 0.0 if type(value) is float else namespace_of(value).zeros_like(value)


def added(first: Payload, second: Payload) -> Payload:
    """The sum of what arrives along two ways."""
    return first + second


def repeated_axes(value: Payload, out: Payload) -> tuple[int, ...] | None:
    """The axes of the outcome along which an input was repeated; None where there are none."""
    own, shape = shape_of(value), shape_of(out)
    if own == shape or len(own) > len(shape):
        return None
    offset = len(shape) - len(own)
    axes = [
        axis for axis, length in enumerate(shape)
        if axis < offset or (own[axis - offset] == 1 and length != 1)
    ]  # fmt: skip
    return tuple(axes)


def by_convention(step: Step) -> bool:
    """Whether an operation of a step stands at a point where its derivative is a matter of convention."""
    for operation in step.operations:
        values = [operand.value for operand in operation.operands if operand is not None]
        for convention in operation.rule.conventions if operation.rule is not None else ():
            if convention.order > 1:
                continue
            xp = namespace_of(*values)
            with quiet():
                truth = convention.when(xp, *values, **operation.static)
            if size_of(truth) and namespace_of(truth).amax(truth) != 0:
                return True
    return False


def agree(first: Payload, second: Payload) -> bool:
    """Whether two gradients are the same but for rounding."""
    import numpy

    return bool(numpy.allclose(first, second, rtol=1e-6, atol=1e-12, equal_nan=True))
