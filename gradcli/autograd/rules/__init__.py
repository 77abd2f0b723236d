"""The pages of the rulebook; importing this package fills the table."""

from gradcli.autograd.rules import (
    activation,
    array,
    creation,
    elementwise,
    linalg,
    loss,
    operators,
    power,
    reduction,
    special,
    trigonometric,
)

__all__ = [
    "activation",
    "array",
    "creation",
    "elementwise",
    "linalg",
    "loss",
    "operators",
    "power",
    "reduction",
    "special",
    "trigonometric",
]
