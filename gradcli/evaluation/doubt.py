"""Whether rounding errors may show in an answer of floats: a quick look, before the one that is sure."""

from __future__ import annotations

from gradcli.numbers import is_finite, quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation.results import Payload

CANCELS = 1e5
"""Rounding errors that count so many times the result show in its digits, or soon will."""


STABLE = (
    "mul", "div", "neg", "abs", "sqrt", "cbrt", "exp", "exp2", "sinh", "cosh", "tanh", "sigmoid", "softplus",
    "atan", "asinh", "erf", "relu",
)  # fmt: skip
"""Rules that make no relative error much larger, wherever they are."""


class Sums(dict["Any", "Any"]):
    """The cotangents of a backward pass, which note whether parts of one cancelled when they were added."""

    __slots__ = ("cancelled",)

    def __init__(self, start: dict[Any, Any]) -> None:
        super().__init__(start)
        self.cancelled = False

    def __setitem__(self, edge: Any, part: Any) -> None:
        if type(part) is float and abs(part) * CANCELS < abs(self.get(edge, 0.0)):
            self.cancelled = True
        super().__setitem__(edge, part)


def doubtful(value: Payload, cotangents: dict[Any, Payload]) -> bool:
    """Whether the rounding errors on the way, by what they count in the result, may show in its digits.

    `cotangents` are those of the nodes. A rounding error of an outcome counts as its cotangent says
    (Linnainmaa, Taylor expansion of the accumulated rounding error, 1976); all are about as large as one
    unit in the last place.
    """
    size = _sum_of(value, 1.0)
    counted = 0.0
    for node, cotangent in cotangents.items():
        out = node.out
        if type(out) is type(cotangent) is float:
            counted += abs(out * cotangent)
        elif out is not None:
            counted += _sum_of(out, cotangent)
    return bool(counted > CANCELS * size and is_finite(counted))


MOST_ELEMENTS = 1000
"""Of larger arrays no notes are made unless verifying is asked for."""


def _sum_of(payload: Payload, weight: Payload) -> float:
    if type(payload) is type(weight) is float:
        return abs(payload * weight)
    if max(getattr(payload, "size", 1), getattr(weight, "size", 1)) > MOST_ELEMENTS:
        return 0.0
    with quiet():
        return float(abs(payload * weight).sum())


def unlike(a: float, b: float, total: float) -> bool:
    """Whether two terms cancel in their sum or difference, or one is lost in the other; never whole ones."""
    if a.is_integer() and b.is_integer():
        return False
    small, large = sorted((abs(a), abs(b)))
    return abs(total) * CANCELS < large or 0.0 < small * CANCELS < large
