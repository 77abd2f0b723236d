"""Second derivatives: the Hessian's block for every pair of variables, a backward pass a row."""

from __future__ import annotations

from gradcli.engine.dtypes import settle
from gradcli.engine.gradients import grad
from gradcli.engine.tensor import Tensor, wrap
from gradcli.evaluation.failures import failure
from gradcli.numbers import check_allocation, namespace_of, quiet, shape_of, size_of
from gradcli.numbers.errors import ArrayTooLarge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.environment import Binding
    from gradcli.evaluation.results import Payload

    Blocks = dict[tuple[str, str], Payload]

MOST_ELEMENTS = 10_000
"""Each element of the variables costs a backward pass of its own."""


def hessian(this: Answer) -> Blocks:
    """The blocks of every pair of variables that have a gradient, in the order of the variables.

    A block has the shape of the row's variable followed by the column's. Raises Diagnostic where they are too
    large.
    """
    bindings = [
        binding for binding, gradient in zip(this.asked, this.gradients, strict=True) if gradient is not None
    ]
    if this.cotangent is None or not bindings:
        return {(a.name, b.name): _zeros(a, b) for a in bindings for b in bindings}
    _check_size(this, sum(size_of(binding.tensor._value) for binding in bindings))
    tensors = [binding.tensor for binding in bindings]
    rows = grad(this.root, tensors, wrap(this.cotangent), create_graph=True, allow_unused=True)
    blocks: Blocks = {}
    for binding, row in zip(bindings, rows, strict=True):
        blocks.update(_row(binding, row, bindings))
    for i, a in enumerate(bindings):
        for b in bindings[i:]:
            _make_symmetric(blocks, a, b)
    return blocks


def _make_symmetric(blocks: Blocks, a: Binding, b: Binding) -> None:
    """Let an element be nan where the one that mirrors it is, and what that is where it is 0.

    A 0 is what a rule leaves that decides by a comparison, as PyTorch's of x**n does where n is 0: the other
    one, which went the other way round, has not lost it.
    """
    first, second = blocks[a.name, b.name], blocks[b.name, a.name]
    axes = len(shape_of(a.tensor._value)), len(shape_of(b.tensor._value))
    mirrored = _mirrored(second, axes[1], axes[0])
    alike = first == mirrored
    if alike is True or (shape_of(first) and alike.all()):
        return
    xp = namespace_of(first, mirrored)
    with quiet():
        nan = xp.logical_or(xp.ne(first, first), xp.ne(mirrored, mirrored))
        one = xp.where(xp.eq(first, 0.0), mirrored, first)
        other = xp.where(xp.eq(mirrored, 0.0), first, mirrored)
        blocks[a.name, b.name] = settle(xp.where(nan, float("nan"), one))
        blocks[b.name, a.name] = _mirrored(settle(xp.where(nan, float("nan"), other)), *axes)


def _mirrored(block: Payload, rows: int, columns: int) -> Payload:
    """A block with its first `rows` axes behind the other ones."""
    if not rows or not columns:
        return block
    return namespace_of(block).transpose(block, (*range(rows, rows + columns), *range(rows)))


def _row(binding: Binding, row: Tensor | None, bindings: list[Binding]) -> Blocks:
    """The blocks of one variable: a backward pass for each element of its gradient."""
    if row is None or not row.requires_grad:
        return {(binding.name, other.name): _zeros(binding, other) for other in bindings}
    tensors = [other.tensor for other in bindings]
    shape = shape_of(row._value)
    lines: list[list[Payload]] = []
    for position in range(size_of(row._value)):
        found = grad(row, tensors, wrap(_unit(row._value, position)), retain_graph=True, allow_unused=True)
        lines.append(
            [
                namespace_of(t._value).zeros_like(t._value) if g is None else g._value
                for t, g in zip(tensors, found, strict=True)
            ]
        )
    blocks: Blocks = {}
    for column, other in enumerate(bindings):
        parts = [line[column] for line in lines]
        if not shape:
            blocks[binding.name, other.name] = parts[0]
        elif not parts:
            blocks[binding.name, other.name] = _zeros(binding, other)
        else:
            xp = namespace_of(row._value)
            blocks[binding.name, other.name] = xp.reshape(
                xp.stack(parts, 0), (*shape, *shape_of(other.tensor._value))
            )
    return blocks


def _unit(like: Payload, position: int) -> Payload:
    """1 at one element, 0 at all others."""
    xp = namespace_of(like)
    unit = xp.ones_like(like)
    if not shape_of(like):
        return unit
    unit = xp.zeros_like(like)
    unit.flat[position] = unit.flat[position] + 1
    return unit


def _zeros(a: Binding, b: Binding) -> Payload:
    first, second = a.tensor._value, b.tensor._value
    shape = (*shape_of(first), *shape_of(second))
    xp = namespace_of(first, second)
    return (
        xp.zeros(shape, first if shape_of(first) or not shape else second) if shape else xp.zeros_like(first)
    )


def _check_size(this: Answer, size: int) -> None:
    place = this.statement.expression.span
    try:
        check_allocation((size, size))
    except ArrayTooLarge as error:
        raise failure("value", f"the second derivatives are too many: {error}", (place, "")) from error
    if size > MOST_ELEMENTS:
        raise failure(
            "value",
            f"the second derivatives of {size:,} elements are too many, {MOST_ELEMENTS:,} are the most",
            (place, ""),
        )
