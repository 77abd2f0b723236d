"""What the functions of `functional` check, in PyTorch's words."""

from __future__ import annotations

from gradcli.autograd.creation import zeros_like
from gradcli.engine.tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Tensors = tuple[Tensor, ...]

IN_STRICT = " This is not allowed in strict mode."
NO_GRADIENT = {
    "outputs": "Output {} of the user-provided function does not require gradients. The outputs must be "
    "computed in a "
    "differentiable manner from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {} is independent of the inputs of the user-provided "
    "function." + IN_STRICT,
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with "
    "respect to "
    "input {} is independent of the input. This is not allowed in strict mode. You should ensure that your "
    "function "
    "is twice differentiable and that the jacobian depends on the inputs (this would be violated by a "
    "linear function "
    "for example).",
    "hessian": "The hessian of the user-provided function with respect to input {} is independent of the "
    "input. This "
    "is not allowed in strict mode. You should ensure that your function is thrice differentiable and that "
    "the hessian "
    "depends on the inputs.",
}
UNCONNECTED = {
    "back": "The output of the user-provided function is independent of input {}." + IN_STRICT,
    "back_trick": "The gradient with respect to the input is independent of entry {} in the grad_outputs "
    "when using "
    "the double backward trick to compute forward mode gradients." + IN_STRICT,
    "double_back": "The jacobian of the user-provided function is independent of input {}." + IN_STRICT,
    "double_back_trick": "The hessian of the user-provided function is independent of entry {} in the "
    "grad_jacobian. "
    "This is not allowed in strict mode as it prevents from using the double backward trick to replace "
    "forward mode AD.",
}


def tuple_of(given: Any, what: str, function: str) -> tuple[bool, Tensors]:
    """Whether `given` is a tuple, and its Tensors; raises TypeError for anything else."""
    many = isinstance(given, tuple)
    tensors: tuple[Any, ...] = given if many else (given,)
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            which = f"value at index {i}" if many else f"given {what}"
            raise TypeError(
                f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but the "
                f"{which} has type "
                f"{type(tensor)}."
            )
    return many, tensors


def checked_v(v: Any, others: Tensors, many: bool, function: str, create_graph: bool) -> Tensors | None:
    """The vector of a product, as a tuple; raises RuntimeError where its sizes are not those of `others`."""
    if v is None:
        return None
    _, given = tuple_of(v, "v", function)
    vectors = tuple(x if create_graph and x.requires_grad else x.detach() for x in given)
    if len(others) != len(vectors):
        raise RuntimeError(
            f"v is a tuple of invalid length: should be {len(others)} but got {len(vectors)}."
            if many
            else "The given v should contain a single Tensor."
        )
    for i, (vector, other) in enumerate(zip(vectors, others, strict=True)):
        if vector.shape != other.shape:
            where = f"Entry {i} in " if many else ""
            raise RuntimeError(
                f"{where}v has invalid size: should be {other.shape!r} but got {vector.shape!r}."
            )
    return vectors


def check_requires_grad(tensors: Sequence[Tensor | None], what: str, strict: bool) -> None:
    """In strict mode, raise RuntimeError where one does not depend on the inputs."""
    for i, tensor in enumerate(tensors if strict else ()):
        if tensor is None:
            raise RuntimeError(UNCONNECTED["back"].format(i))
        if not tensor.requires_grad:
            raise RuntimeError(NO_GRADIENT[what].format(i))


def check_single(many: bool, outputs: Tensors, function: str) -> None:
    """Raise RuntimeError where a function that should be scalar is not."""
    if many:
        raise RuntimeError(f"The function given to {function} should return a single Tensor")
    if outputs[0].shape.numel() != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {function} should contain a single element"
        )


def with_zeros(
    found: Sequence[Tensor | None], like: Tensors, strict: bool, create_graph: bool, stage: str
) -> Tensors:
    """The gradients, zeros where there is none; in strict mode raise RuntimeError there instead."""
    filled: list[Tensor] = []
    for i, (g, other) in enumerate(zip(found, like, strict=True)):
        if g is None and strict:
            raise RuntimeError(UNCONNECTED[stage].format(i))
        if g is not None and strict and create_graph and not g.requires_grad:
            which = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(
                f"The {which} of the user-provided function is independent of input {i}. This is not "
                f"allowed in strict "
                "mode when create_graph=True."
            )
        filled.append(zeros_like(other) if g is None else g)
    return tuple(filled)
