"""How a session evaluates: which gradients, to which order, in which kind of number."""

from __future__ import annotations

from gradcli.language.names import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

HIGHEST_ORDER = 100
"""How often a derivative is taken of the one before it."""

DTYPES = ("float64", "float32")


class Options:
    """What is asked of every result of a session.

    `wrt` names the variables whose gradients are wanted (all that are mentioned where it is empty), `const`
    the leaves that want none; `order` 2 adds second derivatives; `precision` computes with so many decimal
    digits; `dtype` is "float64" or "float32"; `grad_output` is the vector for results that are arrays: a text
    of the language, a number, nested lists or an array; `verify` puts a numeric derivative beside each
    gradient (not beside second derivatives). Raises ValueError for a value that these cannot have.
    """

    __slots__ = ("const", "dtype", "grad_output", "order", "precision", "verify", "wrt")

    def __init__(
        self,
        *,
        wrt: Iterable[str] = (),
        const: Iterable[str] = (),
        order: int = 1,
        precision: int | None = None,
        dtype: str = "float64",
        grad_output: Any = None,
        verify: bool = False,
    ) -> None:
        if order not in (1, 2):
            raise ValueError(f"order is 1 or 2, not {order}")
        if dtype not in DTYPES:
            raise ValueError(f"dtype is float64 or float32, not {dtype!r}")
        if precision is not None and precision < 1:
            raise ValueError(f"precision is a number of digits from 1, not {precision}")
        if precision is not None and dtype != "float64":
            raise ValueError("precision and dtype exclude each other: a number is either decimal or float32")
        self.wrt = tuple(dict.fromkeys(map(normal, wrt)))
        self.const = frozenset(map(normal, const))
        self.order = order
        self.precision = precision
        self.dtype = dtype
        self.grad_output = grad_output
        self.verify = verify
