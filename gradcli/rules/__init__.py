"""The pages of the rulebook; importing this package fills the table."""

from gradcli.rules import (
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

PAGES = (
    operators,
    power,
    trigonometric,
    elementwise,
    activation,
    special,
    reduction,
    loss,
    array,
    linalg,
    creation,
)
"""In the order in which a reader would look for them."""
