"""What PyTorch says of operands that it does not take; imported where there may be one to refuse."""

from __future__ import annotations

from gradcli.engine.apply import MISSING
from gradcli.engine.dtypes import BOOLEAN, REAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from gradcli.engine.tensor import Tensor

OF_BOOLS = {
    "abs": "abs_cpu",
    "floor": "floor_vml_cpu",
    "ceil": "ceil_vml_cpu",
    "round": "round_vml_cpu",
    "trunc": "trunc_vml_cpu",
}
"""The kernels of PyTorch that there are for whole numbers but not for truths."""

OF_WHOLE_NUMBERS = {
    "softmax": "softmax_lastdim_kernel_impl",
    "log_softmax": "log_softmax_lastdim_kernel_impl",
    "softplus": "softplus_cpu",
    "gelu": "GeluKernelImpl",
    "silu": "silu_cpu",
    "elu": "elu_cpu",
    "selu": "elu_cpu",
    "leaky_relu": "leaky_relu_cpu",
    "logsigmoid": "log_sigmoid_cpu",
    "mse": "mse_cpu",
}
"""The kernels that there are for real numbers only."""


def expect_kernel(name: str, input: Tensor) -> None:
    """Raise NotImplementedError where PyTorch has no kernel of `name` for this element type."""
    kernel = OF_WHOLE_NUMBERS.get(name) if input.dtype.rank < REAL else None
    if kernel is None and input.dtype.rank == BOOLEAN:
        kernel = OF_BOOLS.get(name)
        if name == "relu":
            raise RuntimeError("Boolean inputs not supported for relu")
    if kernel is not None:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{input.dtype.title}'")


def expect_tensors(name: str, **arguments: Any) -> None:
    """Raise TypeError where an argument is no tensor."""
    from gradcli.engine.tensor import Tensor

    for position, (argument, value) in enumerate(arguments.items(), 1):
        if not isinstance(value, Tensor):
            raise TypeError(
                f"{name}(): argument '{argument}' (position {position}) must be Tensor, not "
                f"{type(value).__name__}"
            )


def expect_ranks(name: str, a: Tensor, b: Tensor) -> None:
    """Raise RuntimeError where a matrix product is asked of other than matrices and vectors."""
    if name == "dot" and (a.ndim, b.ndim) != (1, 1):
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if name == "mv" and (a.ndim, b.ndim) != (2, 1):
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {a.ndim}, {b.ndim}")
    if name == "mm" and (a.ndim, b.ndim) != (2, 2):
        raise RuntimeError(f"{'self' if a.ndim != 2 else 'mat2'} must be a matrix")
    if name == "bmm" and (a.ndim, b.ndim) != (3, 3):
        raise RuntimeError(f"batch{1 if a.ndim != 3 else 2} must be a 3D tensor")


def expect_square(name: str, input: Tensor) -> None:
    """Raise RuntimeError where a function of square matrices of real numbers is given something else."""
    if name == "trace":
        if input.ndim != 2:
            raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
        return
    name = name if name == "logdet" else f"linalg.{name}"
    if input.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    if input.shape[-1] != input.shape[-2]:
        raise RuntimeError(
            f"{name}: A must be batches of square matrices, but they are {input.shape[-2]} by "
            f"{input.shape[-1]} matrices"
        )
    if input.dtype.rank < REAL:
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got {input.dtype.title}"
        )


def expect_dim(name: str, dim: Any, position: int) -> None:
    """Raise TypeError where a function that needs one dimension is given none, or something else."""
    if dim is MISSING:
        raise TypeError(f'{name}() missing 1 required positional arguments: "dim"')
    if not hasattr(dim, "__index__") and not (name == "logsumexp" and isinstance(dim, (tuple, list))):
        kind = "tuple of ints" if name == "logsumexp" else "int"
        raise TypeError(
            f"{name}(): argument 'dim' (position {position}) must be {kind}, not {type(dim).__name__}"
        )


def expect_real(name: str, input: Tensor) -> None:
    """Raise RuntimeError where a function of real numbers is given others."""
    if input.dtype.rank < REAL:
        if name == "norm":
            raise RuntimeError(
                "linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
                f"{input.dtype.title}"
            )
        raise RuntimeError("std and var only support floating point and complex dtypes")


def expect_elements(name: str, input: Tensor, dim: int | None) -> None:
    """Raise IndexError or RuntimeError where an extreme is asked of nothing, or its place among truths."""
    if name.startswith("arg") and input.dtype.rank == BOOLEAN:
        raise RuntimeError(f"{name}(): does not support bool input")
    if dim is not None and input.ndim and not input.shape[dim]:
        raise IndexError(f"{name}(): Expected reduction dim {dim} to have non-zero size.")
    if dim is None and not input.shape.numel():
        text = f"{name}(): Expected reduction dim to be specified for input.numel() == 0."
        if name.startswith("arg"):
            raise IndexError(text)
        raise RuntimeError(f"{text} Specify the reduction dim with the 'dim' argument.")


def not_expanded(input: Tensor, sizes: tuple[int, ...]) -> NoReturn:
    """Raise RuntimeError for sizes that are too few, or left to a dimension that is not there."""
    if len(sizes) < input.ndim:
        kind = "CPUBoolType" if input.dtype.rank == BOOLEAN else f"torch.{input.dtype.title}Tensor"
        raise RuntimeError(
            f"expand({kind}{{{list(input.shape)}}}, size={list(sizes)}): the number of sizes provided "
            f"({len(sizes)}) must be greater or equal to the number of dimensions in the tensor "
            f"({input.ndim})"
        )
    raise RuntimeError(
        "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension "
        f"{sizes.index(-1)}"
    )


def expect_triples(a: Tensor, b: Tensor, dim: int) -> None:
    """Raise RuntimeError where a vector product is asked of other than vectors of three elements."""
    if a.ndim != b.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    if a.shape[dim] != 3 or b.shape[dim] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {a.shape[dim]} and {b.shape[dim]}"
        )
