"""`Tensor.backward` and `grad`: what callers say, checked as PyTorch checks it, and handed to the backward
pass."""

from __future__ import annotations

from gradcli.engine import errors
from gradcli.engine.apply import apply
from gradcli.engine.backward import owned, sweep
from gradcli.engine.dtypes import REAL, settle
from gradcli.engine.errors import warn_once
from gradcli.engine.extras import COPY
from gradcli.engine.grad_mode import set_grad_enabled
from gradcli.engine.operators import method
from gradcli.engine.storage import overwrite
from gradcli.engine.tensor import Tensor, wrap
from gradcli.numbers import namespace_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

UNUSED = (
    "The differentiated Tensor at index {} appears to not have been used in the graph. Set "
    "allow_unused=True if this "
    "is the desired behavior."
)
CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its "
    "gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to "
    "avoid this. If you have to use this function, make sure to reset the .grad fields of your parameters to "
    "None after use to break the cycle and avoid the leak."
)


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradients of `tensors` into the `.grad` of the leaves (or of `inputs`) that they were made
    from.

    `grad_tensors` are the cotangents, of the shapes of `tensors`; 1 for a scalar where there is none. The
    graph is freed unless `retain_graph`; with `create_graph` the gradients are part of a graph themselves.
    Raises RuntimeError with PyTorch's texts.
    """
    roots = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if create_graph:
        warn_once(CYCLE)
    targets = None
    if inputs is not None:
        wanted = [inputs] if isinstance(inputs, Tensor) else list(inputs)
        if not wanted:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
        for tensor in wanted:
            if not tensor.requires_grad:  # PyTorch has each retain its gradient
                raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        targets = {edge_of(t): t for t in wanted}
    given = grad_variables if grad_tensors is None else grad_tensors
    seeds = _seeds(roots, _as_list(given, len(roots)), create_graph)
    found = _sweep(
        seeds,
        set(targets) if targets is not None else None,
        _retain(retain_graph, create_graph),
        create_graph,
    )
    for edge, g in found.items():
        tensor = targets[edge] if targets is not None else edge
        if isinstance(tensor, Tensor):
            accumulate(tensor, g if isinstance(g, Tensor) else wrap(g), create_graph)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of `outputs` with respect to `inputs`, one each; no `.grad` is touched.

    Parameters as for `backward`. Raises RuntimeError where an input was not used, unless `allow_unused` (then
    its gradient is None) or `materialize_grads` (zeros).
    """
    roots = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    wanted = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    if allow_unused is False and materialize_grads:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
            "allow_unused=False."
        )
    seeds = _seeds(roots, _as_list(grad_outputs, len(roots)), create_graph)
    for tensor in wanted:
        if not tensor.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    found = _sweep(seeds, {edge_of(t) for t in wanted}, _retain(retain_graph, create_graph), create_graph)
    gradients: list[Tensor | None] = []
    for i, tensor in enumerate(wanted):
        g = found.get(edge_of(tensor))
        if g is not None:
            gradients.append(g if isinstance(g, Tensor) else wrap(g))
        elif materialize_grads:
            gradients.append(wrap(namespace_of(tensor._value).zeros_like(tensor._value)))
        elif allow_unused:
            gradients.append(None)
        else:
            raise RuntimeError(UNUSED.format(i))
    return tuple(gradients)


def edge_of(tensor: Tensor) -> Any:
    """What stands for a tensor in the graph: the node that made it, or the leaf itself."""
    return tensor if tensor._node is None else tensor._node


def accumulate(tensor: Tensor, g: Tensor, create_graph: bool = False) -> None:
    """Add a cotangent to `.grad`: to the tensor that is there, or, in a recorded pass, to a new one in its
    place.

    What is there first is a copy: the cotangent may be that of other tensors too.
    """
    if tensor._grad is None:
        tensor._grad = apply(COPY, wrap(g._value), g) if create_graph else wrap(owned(g._value))
    elif create_graph:
        tensor._grad = tensor._grad + g
    else:
        old = tensor._grad
        overwrite(old, settle(old._value + g._value))


def _retain(retain_graph: bool | None, create_graph: bool) -> bool:
    return create_graph if retain_graph is None else bool(retain_graph)


def _as_list(given: Any, count: int) -> list[Any]:
    if given is None:
        return [None] * count
    return [given] if isinstance(given, Tensor) else list(given)


def _seeds(roots: list[Tensor], given: list[Any], create_graph: bool) -> list[tuple[Any, Tensor]]:
    cotangents = [_cotangent(i, root, g) for i, (root, g) in enumerate(zip(roots, given, strict=False))]
    if len(roots) != len(cotangents):
        raise RuntimeError(f"got {len(roots)} tensors and {len(cotangents)} gradients")
    for i, root in enumerate(roots):
        if not root.requires_grad:
            raise RuntimeError(errors.NO_GRAD_FN.format(i))
    return [(edge_of(root), g) for root, g in zip(roots, cotangents, strict=True)]


def _cotangent(i: int, root: Tensor, given: Any) -> Tensor:
    if given is None:
        if root.requires_grad:
            if getattr(root._value, "size", 1) != 1:
                raise RuntimeError(errors.SCALAR_ONLY)
            if root.dtype.rank < REAL:
                raise RuntimeError(
                    f"grad can be implicitly created only for real scalar outputs but got {root.dtype}"
                )
        return wrap(1.0 if type(root._value) is float else namespace_of(root._value).ones_like(root._value))
    if not isinstance(given, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(given).__name__}")
    if given.shape != root.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{i}] has a shape of {given.shape!r} and output[{i}] has a "
            f"shape of "
            f"{root.shape!r}."
        )
    return given


def _sweep(
    seeds: list[tuple[Any, Tensor]], targets: set[Any] | None, retain: bool, create_graph: bool
) -> dict[Any, Any]:
    pending: dict[Any, Any] = {}
    for edge, g in seeds:
        value = g if create_graph else g._value
        pending[edge] = pending[edge] + value if edge in pending else value
    if not create_graph:
        return sweep(pending, targets=targets, retain=retain)
    from gradcli.engine.tensors import pulled

    with set_grad_enabled(True):
        return sweep(pending, targets=targets, retain=retain, pull=pulled)


def _method_backward(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Iterable[Tensor] | None = None,
) -> None:
    """Compute the gradients of this tensor and add them into the leaves' `.grad`; see `backward`."""
    wanted = inputs if inputs is None or isinstance(inputs, Tensor) else list(inputs)
    backward(self, gradient, retain_graph, create_graph, inputs=wanted)


method(_method_backward, "backward")
