"""Derivatives of functions: `jacobian`, `hessian`, `vjp`, `jvp`, `vhp` and `hvp`, as in
torch.autograd.functional.

In all of them `func` takes Tensors and returns one or a tuple of them; `inputs` is a Tensor or a tuple. With
`create_graph` the results can be differentiated again; with `strict` a RuntimeError says what does not depend
on an input, where otherwise its derivative is zeros.
"""

from __future__ import annotations

from gradcli.autograd.creation import zeros_like
from gradcli.autograd.functional_checks import (
    check_requires_grad,
    check_single,
    checked_v,
    tuple_of,
    with_zeros,
)
from gradcli.autograd.shaping import reshape, stack
from gradcli.engine.grad_mode import enable_grad, is_grad_enabled, set_grad_enabled
from gradcli.engine.gradients import grad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcli.engine.tensor import Tensor

    Function = Callable[..., Any]
    Tensors = tuple[Tensor, ...]
    Some = Tensor | Tensors

NOT_STRICT_JACOBIAN = (
    "Output {} of the user-provided function is independent of input {}. This is not allowed in strict mode."
)
CONSTANT_JACOBIAN = (
    "The jacobian of the user-provided function is independent of input {}. This is not allowed in strict "
    "mode when "
    "create_graph=True."
)


def jacobian(
    func: Function,
    inputs: Some,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The derivatives of every output element in every input element, of shape `output.shape + input.shape`.

    A tuple of them for a tuple of inputs, of outputs, or both. `vectorize` and `strategy` change nothing
    here.
    """
    _check_strategy(strategy)
    with enable_grad():
        many, leaves = _prepared(inputs, "jacobian", create_graph)
        many_outputs, outputs = tuple_of(func(*leaves), "outputs of the user-provided function", "jacobian")
        check_requires_grad(outputs, "outputs", strict)
        rows = tuple(_jacobian_of(i, out, leaves, create_graph, strict) for i, out in enumerate(outputs))
        result = tuple(_finished(row, create_graph) for row in rows)
    unpacked = result if many else tuple(row[0] for row in result)
    return unpacked if many_outputs else unpacked[0]


def _jacobian_of(i: int, out: Tensor, leaves: Tensors, create_graph: bool, strict: bool) -> Tensors:
    """The Jacobians of one output, an input each."""
    columns: list[list[Tensor]] = [[] for _ in leaves]
    scalar = out.ndim == 0  # then NumPy is not needed
    flat = out if scalar else reshape(out, -1)
    for j in range(out.shape.numel()):
        element = flat if scalar else flat[j]
        for k, g in enumerate(_gradients((element,), leaves, None, True, create_graph)):
            if g is None and strict:
                raise RuntimeError(NOT_STRICT_JACOBIAN.format(i, k))
            if g is not None and strict and create_graph and not g.requires_grad:
                raise RuntimeError(CONSTANT_JACOBIAN.format(i))
            columns[k].append(zeros_like(leaves[k]) if g is None else g)
    if scalar:
        return tuple(reshape(column[0], *leaf.shape) for column, leaf in zip(columns, leaves, strict=True))
    return tuple(
        reshape(stack(column), (*out.shape, *leaf.shape)) if column else zeros_like(leaf)
        for column, leaf in zip(columns, leaves, strict=True)
    )


def hessian(
    func: Function,
    inputs: Some,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a scalar function, of shape `input.shape + input.shape`; a tuple of tuples
    for several.

    Raises RuntimeError where `func` returns another than one element.
    """
    many, points = tuple_of(inputs, "inputs", "hessian")
    _check_strategy(outer_jacobian_strategy)

    def single(*points: Tensor) -> Tensor:
        out = func(*points)
        several, outs = tuple_of(out, "outputs of the user-provided function", "hessian")
        check_requires_grad(outs, "outputs", strict)
        check_single(several, outs, "hessian")
        return outs[0] if outs[0].ndim == 0 else reshape(outs[0], ())

    def first(*points: Tensor) -> Tensors:
        found: Tensors = jacobian(single, points, create_graph=True)
        check_requires_grad(found, "jacobian", strict)
        return found

    blocks = jacobian(first, points, create_graph=create_graph, strict=strict)
    return blocks if many else blocks[0][0]


def vjp(
    func: Function, inputs: Some, v: Some | None = None, create_graph: bool = False, strict: bool = False
) -> Any:
    """`(func(inputs), v @ jacobian)`; `v` has the shape of the output, and may be left out for a single
    element."""
    with enable_grad():
        many, leaves = _prepared(inputs, "vjp", create_graph)
        many_outputs, outputs = tuple_of(func(*leaves), "outputs of the user-provided function", "vjp")
        check_requires_grad(outputs, "outputs", strict)
        if v is None and (len(outputs) != 1 or outputs[0].shape.numel() != 1):
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single Tensor with a "
                "single "
                "element."
            )
        vector = checked_v(v, outputs, many_outputs, "vjp", create_graph)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _gradients(outputs, leaves, vector, None, create_graph)
        filled = with_zeros(found, leaves, strict, create_graph, "back")
    return _pair(outputs, many_outputs, filled, many, create_graph)


def jvp(
    func: Function, inputs: Some, v: Some | None = None, create_graph: bool = False, strict: bool = False
) -> Any:
    """`(func(inputs), jacobian @ v)`, by differentiating the vjp in its cotangent, where it is linear."""
    with enable_grad():
        many, leaves = _prepared(inputs, "jvp", create_graph)
        vector = _vector_of_inputs(
            v,
            leaves,
            many,
            "jvp",
            create_graph,
            "The vector v can only be None if the input "
            "to the user-provided function is a single Tensor with a single element.",
        )
        many_outputs, outputs = tuple_of(func(*leaves), "outputs of the user-provided function", "jvp")
        check_requires_grad(outputs, "outputs", strict)
        # Their values do not matter, the vjp being linear in them, as long as they are finite.
        duals = tuple(zeros_like(out, requires_grad=True) for out in outputs)
        pulled = _gradients(outputs, leaves, duals, None, True)
        check_requires_grad(pulled, "grad_inputs", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _gradients(pulled, duals, vector, None, create_graph)
        filled = with_zeros(found, outputs, strict, create_graph, "back_trick")
    return _pair(outputs, many_outputs, filled, many_outputs, create_graph)


def vhp(
    func: Function, inputs: Some, v: Some | None = None, create_graph: bool = False, strict: bool = False
) -> Any:
    """`(func(inputs), v @ hessian)` of a scalar function."""
    many, leaves, outputs, vector, first = _first_derivative(func, inputs, v, "vhp", create_graph, strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _gradients(first, leaves, vector, None, create_graph)
        filled = with_zeros(found, leaves, strict, create_graph, "double_back")
    return _pair(outputs, False, filled, many, create_graph)


def hvp(
    func: Function, inputs: Some, v: Some | None = None, create_graph: bool = False, strict: bool = False
) -> Any:
    """`(func(inputs), hessian @ v)` of a scalar function."""
    many, leaves, outputs, vector, first = _first_derivative(func, inputs, v, "hvp", create_graph, strict)
    with enable_grad():
        duals = tuple(zeros_like(leaf, requires_grad=True) for leaf in leaves)
        second = _gradients(first, leaves, duals, None, True)
        check_requires_grad(first, "hessian", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _gradients(second, duals, vector, None, create_graph)
        filled = with_zeros(found, leaves, strict, create_graph, "double_back_trick")
    return _pair(outputs, False, filled, many, create_graph)


def _first_derivative(
    func: Function, inputs: Some, v: Some | None, name: str, create_graph: bool, strict: bool
) -> tuple[bool, Tensors, Tensors, Tensors | None, Sequence[Tensor | None]]:
    with enable_grad():
        many, leaves = _prepared(inputs, name, create_graph)
        vector = _vector_of_inputs(
            v,
            leaves,
            many,
            name,
            create_graph,
            "The vector v can only be None if the input "
            "to the user-provided function is a single Tensor with a single element.",
        )
        several, outputs = tuple_of(func(*leaves), "outputs of the user-provided function", name)
        check_requires_grad(outputs, "outputs", strict)
        check_single(several, outputs, name)
        first = _gradients(outputs, leaves, None, None, True)
        check_requires_grad(first, "jacobian", strict)
    return many, leaves, outputs, vector, first


def _vector_of_inputs(
    v: Some | None, leaves: Tensors, many: bool, name: str, create_graph: bool, missing: str
) -> Tensors | None:
    if v is None and (len(leaves) != 1 or leaves[0].shape.numel() != 1):
        raise RuntimeError(missing)
    return checked_v(v, leaves, many, name, create_graph)


def _prepared(inputs: Some, name: str, create_graph: bool) -> tuple[bool, Tensors]:
    """The inputs as tensors of our own, so that what `func` has captured of them counts as constant."""
    many, given = tuple_of(inputs, "inputs", name)
    return many, tuple(
        x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_() for x in given
    )


def _gradients(
    outputs: Sequence[Tensor | None],
    inputs: Tensors,
    v: Tensors | None,
    retain: bool | None,
    create_graph: bool,
) -> tuple[Tensor | None, ...]:
    """`grad`, with None for what is not connected."""
    vectors: Sequence[Tensor | None] = (None,) * len(outputs) if v is None else v
    pairs = [
        (out, g) for out, g in zip(outputs, vectors, strict=True) if out is not None and out.requires_grad
    ]
    if not pairs:
        return (None,) * len(inputs)
    return grad(
        [out for out, _ in pairs],
        inputs,
        [g for _, g in pairs],
        retain,
        create_graph,
        allow_unused=True,
    )


def _finished(tensors: Tensors, create_graph: bool) -> Tensors:
    return tensors if create_graph else tuple(x.detach() for x in tensors)


def _pair(outputs: Tensors, many_outputs: bool, found: Tensors, many: bool, create_graph: bool) -> Any:
    outputs, found = _finished(outputs, create_graph), _finished(found, create_graph)
    return outputs if many_outputs else outputs[0], found if many else found[0]


def _check_strategy(strategy: str) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function '
            'has more outputs than inputs, "forward-mode" tends to be more performant. Otherwise, '
            'prefer to use "reverse-mode".'
        )
