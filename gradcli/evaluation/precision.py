"""How closely gradients can be verified in each kind of number, and in what that is done."""

from __future__ import annotations

from math import ulp

from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.evaluation.kinds import Kind
    from gradcli.evaluation.results import Payload

    Number = Any  # a float or an mpf


class Precision:
    """How a kind of number is verified: in what it computes, and which difference counts as none."""

    __slots__ = (
        "back",
        "central",
        "complex",
        "convert",
        "doubt",
        "first",
        "last",
        "least",
        "left",
        "noise",
        "residue",
    )

    def __init__(self, kind: Kind) -> None:
        self.convert: Callable[[Any], Any] = _widened
        self.back: Callable[[Any], Any] = float
        self.complex = self.central = 1e-4
        self.least: Any = 1e-36  # what may be lost below the smallest numbers ...
        self.residue: Any = 1e-6  # ... and what is left where a derivative cancels, as a part of the value
        self.left: Any = 1e-5  # or of the largest slope on the way
        self.doubt = 1e-2  # a relative difference that no sensitivity of a function explains
        self.noise, self.first, self.last = ulp(1.0), 0.118, 1e-13
        if not kind.plain:
            self._for_decimals(kind)
        elif kind.dtype == "float64":
            self.complex, self.central, self.doubt = 1e-8, 1e-8, 1e-6
            self.least, self.residue, self.left = 1e-290, 1e-14, 1e-12

    def bound(self, precision: Number, x: Number, gradient: Number, value: Payload) -> Number:
        """Which relative difference counts as none, where a gradient is so sensitive to its own x."""
        if shape_of(value) or not value:
            return precision
        condition = abs(x * gradient / value)
        return min(precision * condition, max(precision, self.doubt)) if condition > 1 else precision

    def spare(self, x: Number, size: Number) -> Number:
        """By how much a derivative at x may be off that changes nothing of a value so large."""
        return self.residue * size / max(abs(x), 1.0)

    def _for_decimals(self, kind: Any) -> None:
        from gradcli.numbers import precise

        digits = kind.digits
        context = precise.context(digits + digits // 2 + 15)

        def convert(payload: Any) -> Any:
            if not shape_of(payload):
                return precise.number(payload, context)
            from numpy import frompyfunc

            return frompyfunc(lambda e: precise.number(e, context), 1, 1)(payload)

        self.convert = convert
        self.back = lambda number: precise.number(number, kind.context)
        self.central = min(context.mpf(10) ** (3 - digits), context.mpf(0.1))
        self.noise, self.least = context.eps, context.zero
        self.doubt = 1e-6
        self.residue = context.mpf(10) ** (2 - digits)
        # So small that its square is nothing to the digits asked, and large enough for those that are kept.
        self.first = context.mpf(10) ** (-(digits // 2) - 3)
        self.last = self.first / 10**8


def _widened(payload: Any) -> Any:
    """A payload of float32 as one of float64, in which its derivative has digits enough."""
    if type(payload) is float:
        return payload
    return payload.astype("float64") if shape_of(payload) else float(payload)
