"""`torch.nn.functional`: activations and losses under the names that they have there."""

from __future__ import annotations

from types import SimpleNamespace

from gradcli.autograd import reductions as reductions  # its functions are among TORCH
from gradcli.autograd.dtypes import cast
from gradcli.autograd.engine import apply
from gradcli.autograd.functions import TORCH
from gradcli.autograd.products import cross_along
from gradcli.autograd.rulebook import RULES
from gradcli.autograd.tensor import Tensor, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _activation(rule: str) -> Callable[..., Any]:
    entry = RULES[rule]

    def operation(input: Tensor, *args: Any, **keywords: Any) -> Tensor:
        operands, static = entry.bind([input, *args], keywords)
        return apply(entry, *operands, **static)

    operation.__name__ = rule
    operation.__doc__ = entry.summary
    return operation


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`input` where positive, else `negative_slope*input`."""
    return apply(RULES["leaky_relu"], input, negative_slope)


def _reduced(each: Tensor, reduction: str) -> Tensor:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return each if reduction == "none" else getattr(each, reduction)()


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The squared distances of `input` from `target`, their mean by default."""
    return (
        apply(RULES["mse"], input, target)
        if reduction == "mean"
        else _reduced((input - target) ** 2, reduction)
    )


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The distances of `input` from `target`, their mean by default."""
    return _reduced((input - target).abs(), reduction)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Squared within `delta`, straight beyond; the mean."""
    _only_mean(reduction)
    return apply(RULES["huber"], input, target, delta)


def binary_cross_entropy(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The cross entropy of probabilities `input` and labels `target`; the mean."""
    _only_mean(reduction)
    return apply(RULES["bce"], input, target)


def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The same of logits `input`, without overflow; the mean."""
    _only_mean(reduction)
    return apply(RULES["bce_with_logits"], input, target)


def cross_entropy(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The cross entropy of logits `input`, of one sample or a batch, and class numbers `target`; the mean."""
    _only_mean(reduction)
    return apply(RULES["cross_entropy"], input, wrap(cast(target._value, input.dtype)))


def _only_mean(reduction: str) -> None:
    if reduction != "mean":
        raise NotImplementedError(f"reduction={reduction!r} is not supported here: only 'mean' is")


functional = SimpleNamespace(
    **{name: TORCH[name] for name in ("relu", "sigmoid", "tanh", "softmax", "log_softmax", "selu")},
    **{name: _activation(name) for name in ("gelu", "softplus", "elu", "silu", "logsigmoid")},
    leaky_relu=leaky_relu,
    mse_loss=mse_loss,
    l1_loss=l1_loss,
    huber_loss=huber_loss,
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
