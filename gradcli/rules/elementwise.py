"""Rules of sign, size and rounding: functions of each element with kinks and jumps."""

from __future__ import annotations

from gradcli.rules.helpers import is_number
from gradcli.rules.rulebook import Convention, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

rule(
    "abs", "x",
    value=lambda xp, x: xp.abs(x),
    vjps=[lambda xp, g, out, x: g * xp.sign(x)],
    backward="AbsBackward0", summary="the absolute value, also written |x|", derivative="sign(x)",
    example="abs(x) at x=-3",
    conventions=[Convention(
        lambda xp, x: xp.eq(x, 0.0),
        "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1)",
    )],
)
rule(
    "sign", "x", spellings=["sgn"],
    value=lambda xp, x: xp.sign(x),
    vjps=[lambda xp, g, out, x: xp.zeros_like(x)],
    backward="SignBackward0", summary="-1, 0 or 1, as x is below, at or above 0", derivative="0",
    domain="x != 0", example="x*sign(x) at x=-3",
    conventions=[
        Convention(lambda xp, x: xp.eq(x, 0.0), "a jump at 0: the derivative beside it, 0, is used"),
    ],
)


def _round(name: str, summary: str, jumps: Callable[..., Any]) -> None:
    rule(
        name, "x",
        value=lambda xp, x: getattr(xp, name)(x),
        vjps=[lambda xp, g, out, x: xp.zeros_like(x)],
        backward=f"{name.capitalize()}Backward0", summary=summary, derivative="0",
        example=f"x - {name}(x) at x=2.7",
        conventions=[Convention(jumps, "a jump: the derivative beside it, 0, is used"), _FLAT],
    )


_FLAT = Convention(lambda xp, x: xp.ones_like(x), "flat almost everywhere: its derivative is 0")

_round("floor", "the next whole number below", lambda xp, x: xp.eq(x, xp.floor(x)))
_round("ceil", "the next whole number above", lambda xp, x: xp.eq(x, xp.floor(x)))
_round(
    "round", "the nearest whole number, the even one of two",
    lambda xp, x: xp.eq(x - xp.floor(x), 0.5),
)
_round(
    "trunc", "the whole part: rounded towards 0",
    lambda xp, x: xp.logical_and(xp.eq(x, xp.floor(x)), xp.ne(x, 0.0)),
)


rule(
    "fmod", "x, y",
    value=lambda xp, x, y: xp.fmod(x, y),
    vjps=[lambda xp, g, out, x, y: g, lambda xp, g, out, x, y: -g * xp.trunc(xp.div(x, y))],
    backward="FmodBackward1", summary="the remainder of x/y rounded towards 0, with the sign of x; see %",
    derivative="1; -trunc(x/y)", domain="y != 0", example="fmod(x, y) at x=-7.5, y=2",
    samples=[(0.7, -1.3), (2.4, 0.7), (-1.3, 0.4)],
    variant=lambda operands, static: f"FmodBackward{0 if is_number(operands[1]) else 1}",
    conventions=[Convention(
        lambda xp, x, y: xp.logical_and(xp.eq(xp.fmod(x, y), 0.0), xp.ne(x, 0.0)),
        "a jump: the quotient is whole here, the derivative beyond it is used, as PyTorch does",
    )],
)


def _extreme(name: str, word: str, beaten: Callable[..., Any]) -> None:
    # As PyTorch's masked_fill: half of the gradient at a tie, none to what is beaten, all to both at nan.
    def share(xp: Any, g: Any, mine: Any, other: Any) -> Any:
        return xp.where(xp.eq(mine, other), 0.5 * g, xp.where(beaten(xp, mine, other), 0.0, g))

    sign = ">" if name == "maximum" else "<"
    rule(
        name, "a, b", folds=True,
        value=lambda xp, a, b: getattr(xp, name)(a, b),
        vjps=[lambda xp, g, out, a, b: share(xp, g, a, b), lambda xp, g, out, a, b: share(xp, g, b, a)],
        backward=f"{name.capitalize()}Backward0", summary=f"the {word} of two numbers, of arrays elementwise",
        derivative=f"where(a {sign} b, 1, 0); where(b {sign} a, 1, 0)", domain="a != b",
        example=f"{name}(x, y) at x=1, y=2",
        conventions=[Convention(lambda xp, a, b: xp.eq(a, b), "a tie: the gradient is shared, half to each")],
    )


_extreme("maximum", "larger", lambda xp, a, b: xp.lt(a, b))
_extreme("minimum", "smaller", lambda xp, a, b: xp.gt(a, b))

rule(
    "clamp", "x, min=-inf, max=inf",
    value=lambda xp, x, low, high: xp.minimum(xp.maximum(x, low), high),
    # The edges count as inside, as in PyTorch, and so is the gradient of the bounds.
    vjps=[
        lambda xp, g, out, x, low, high: xp.where(xp.logical_and(xp.ge(x, low), xp.le(x, high)), g, 0.0),
        lambda xp, g, out, x, low, high: xp.where(xp.logical_and(xp.lt(x, low), xp.lt(low, high)), g, 0.0),
        lambda xp, g, out, x, low, high: xp.where(xp.logical_or(xp.gt(x, high), xp.lt(high, low)), g, 0.0),
    ],
    backward="ClampBackward1", summary="x, or the bound that it lies beyond",
    derivative="where(x >= min and x <= max, 1, 0); where(x < min and min < max, 1, 0); "
    "where(x > max or max < min, 1, 0)",
    domain="x != min, x != max", example="clamp(x, -1, 1) at x=0.5",
    variant=lambda operands, static: (
        "ClampBackward1" if all(is_number(bound) for bound in operands[1:]) else "ClampBackward0"
    ),
    samples=[(0.7, -1.0, 1.0), (-1.3, -1.0, 1.0), (1.9, -1.0, 1.0)],
    conventions=[Convention(
        lambda xp, x, low, high: xp.logical_or(xp.eq(x, low), xp.eq(x, high)),
        "at the edge of clamp, which counts as inside: the derivative within, 1, is used, as PyTorch does",
    )],
)
