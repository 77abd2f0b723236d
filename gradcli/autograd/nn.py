"""`torch.nn.functional`: activations and losses under the names that they have there."""

from __future__ import annotations

from types import SimpleNamespace

from gradcli.autograd import reductions as reductions  # its functions are among TORCH
from gradcli.autograd.functions import TORCH
from gradcli.autograd.products import cross_along
from gradcli.autograd.refusals import expect_kernel
from gradcli.engine.apply import apply
from gradcli.engine.dtypes import REAL, int64
from gradcli.engine.extras import NLL
from gradcli.numbers.shapes import broadcast_shape
from gradcli.rules.loss import reduced
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.engine.tensor import Tensor


def _activation(rule: str) -> Callable[..., Any]:
    entry = RULES[rule]

    def operation(input: Tensor, *args: Any, **keywords: Any) -> Tensor:
        expect_kernel(rule, input)
        operands, static = entry.bind([input, *args], keywords)
        return apply(entry, *operands, **static)

    operation.__name__ = rule
    operation.__doc__ = entry.summary
    return operation


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`input` where positive, else `negative_slope*input`."""
    expect_kernel("leaky_relu", input)
    return apply(RULES["leaky_relu"], input, negative_slope)


def _reduced(each: Tensor, reduction: str) -> Tensor:
    return each if _valid(reduction) == "none" else getattr(each, reduction)()


def _valid(reduction: str) -> str:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def _of_one_size(input: Any, target: Any) -> tuple[Tensor, Tensor]:
    """Both expanded to one shape, of which PyTorch warns."""
    if input.shape != target.shape:
        import warnings

        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This "
            "will likely lead to incorrect results due to broadcasting. Please ensure they have the same "
            "size.",
            UserWarning,
            stacklevel=3,
        )
        shape = broadcast_shape(tuple(input.shape), tuple(target.shape))
        input, target = (t if t.shape == shape else t.expand(shape) for t in (input, target))
    return input, target


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The squared distances of `input` from `target`, their mean by default."""
    input, target = _of_one_size(input, target)
    if input.dtype.rank < REAL and target.dtype.rank < REAL:
        expect_kernel("mse", input)
    return apply(reduced("mse", _valid(reduction)), input, target)


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The distances of `input` from `target`, their mean by default."""
    input, target = _of_one_size(input, target)
    return _reduced((input - target).abs(), reduction)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Squared within `delta`, straight beyond; the mean by default."""
    input, target = _of_one_size(input, target)
    return apply(reduced("huber", _valid(reduction)), input, target, delta)


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: None = None, *, reduction: str = "mean"
) -> Tensor:
    """The cross entropy of probabilities `input` and labels `target`; the mean by default."""
    if input.shape != target.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is "
            "deprecated. Please ensure they have the same size."
        )
    parts: dict[str, Any] = {"input": input, "target": target}
    for name, part in parts.items():
        if not ((part >= 0) & (part <= 1)).all():
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")
    return apply(reduced("bce", _valid(reduction)), input, target)


def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """The same of logits `input`, without overflow; the mean by default."""
    if input.shape != target.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    return apply(reduced("bce_with_logits", _valid(reduction)), input, target)


def cross_entropy(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """The cross entropy of logits `input`, of one sample or a batch, and class numbers `target`, or, in the
    shape of `input`, the probabilities of the classes."""
    if target.dtype.rank == REAL and target.shape == input.shape:
        each = -(target * log_softmax(input, -1)).sum(-1)
        return _reduced(each, reduction)
    if target.dtype is not int64:
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.title}")
    return nll_loss(log_softmax(input, -1), target, reduction=reduction)


def nll_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Minus the logarithms of probabilities, `input`, at the classes `target`; their mean by default."""
    import numpy

    classes, shape = numpy.asarray(target._value), tuple(input.shape)
    if shape[:-1] != classes.shape:
        raise ValueError(
            f"Expected input batch_size ({_rows(shape)}) to match target batch_size ({_rows(classes.shape)})."
        )
    for k in classes.flat:
        if not 0 <= k < shape[-1]:
            raise IndexError(f"Target {k} is out of bounds.")
    index = (numpy.arange(len(classes)), classes) if classes.ndim else int(classes)
    return apply(NLL, input, index=index, reduction=_valid(reduction))


def _rows(shape: tuple[int, ...]) -> int:
    return shape[0] if shape else 1


log_softmax: Any = TORCH["log_softmax"]

functional = SimpleNamespace(
    **{name: TORCH[name] for name in ("relu", "sigmoid", "tanh", "softmax", "log_softmax", "selu")},
    **{name: _activation(name) for name in ("gelu", "softplus", "elu", "silu", "logsigmoid")},
    leaky_relu=leaky_relu,
    mse_loss=mse_loss,
    l1_loss=l1_loss,
    huber_loss=huber_loss,
    nll_loss=nll_loss,
    cross_entropy=cross_entropy,
    binary_cross_entropy=binary_cross_entropy,
    binary_cross_entropy_with_logits=binary_cross_entropy_with_logits,
)
linalg = SimpleNamespace(
    **{name: TORCH[name] for name in ("det", "inv", "norm")},
    cross=cross_along,
    vector_norm=TORCH["norm"],
    solve=lambda a, b: apply(RULES["solve"], a, b),
)
