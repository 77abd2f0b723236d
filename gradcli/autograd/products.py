"""The functions of torch and the methods of Tensor that multiply matrices and vectors."""

from __future__ import annotations

from gradcli.autograd.functions import function
from gradcli.engine import operators
from gradcli.engine.apply import apply
from gradcli.engine.errors import warn_once
from gradcli.engine.tensor import Tensor
from gradcli.rules.rulebook import RULES

CROSS_DIM = (
    "Using torch.cross without specifying the dim arg is deprecated.\n"
    "Please either pass the dim explicitly or simply use torch.linalg.cross.\n"
    "The default value of dim will change to agree with that of linalg.cross in a future release."
)


def _product(name: str, ranks: tuple[int, int] | None = None) -> None:
    def operation(input: Tensor, other: Tensor) -> Tensor:
        if not (isinstance(input, Tensor) and isinstance(other, Tensor)):
            from gradcli.autograd.refusals import expect_tensors

            expect_tensors(name, input=input, other=other)
        if ranks is not None and (input.ndim, other.ndim) != ranks:
            from gradcli.autograd.refusals import expect_ranks

            expect_ranks(name, input, other)
        return operators.matmul(input, other)

    operation.__name__ = name
    operation.__doc__ = "The matrix product."
    function(operation, name)


for _name, _ranks in {"matmul": None, "dot": (1, 1), "mm": (2, 2), "mv": (2, 1), "bmm": (3, 3)}.items():
    _product(_name, _ranks)


@function
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The vector product along `dim`, else along the first dimension of three."""
    if dim is None:
        dim = next((i for i, n in enumerate(input.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
        warn_once(CROSS_DIM)
    return cross_along(input, other, dim)


def cross_along(input: Tensor, other: Tensor, dim: int = -1) -> Tensor:
    """The vector product along `dim`, as in torch.linalg."""
    from gradcli.autograd.refusals import expect_triples

    expect_triples(input, other, dim)
    if dim in (-1, input.ndim - 1):
        return apply(RULES["cross"], input, other)
    last = [part.transpose(dim, -1) for part in (input, other)]
    return apply(RULES["cross"], *last).transpose(dim, -1)  # type: ignore[no-any-return]
