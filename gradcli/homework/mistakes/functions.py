"""Derivatives out of the wrong line of the table: circular and hyperbolic functions and their inverses."""

from __future__ import annotations

from gradcli.homework.mistakes.mutation import Lesson, Mutation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.homework.mistakes.graph import Number, Site
    from gradcli.homework.mistakes.mutation import Tangent

    Formula = Callable[[Any, Number], Number]

_CIRCULAR: list[Formula] = [
    lambda xp, u: xp.sin(u),
    lambda xp, u: xp.cos(u),
    lambda xp, u: xp.tan(u),
    lambda xp, u: xp.div(1.0, xp.cos(u)),
    lambda xp, u: xp.div(1.0, xp.sin(u)),
    lambda xp, u: xp.div(1.0, xp.tan(u)),
    lambda xp, u: xp.div(1.0, xp.cos(u) * xp.cos(u)),
    lambda xp, u: xp.div(1.0, xp.sin(u) * xp.sin(u)),
    lambda xp, u: xp.div(xp.tan(u), xp.cos(u)),
    lambda xp, u: xp.div(xp.cos(u), xp.sin(u) * xp.sin(u)),
    lambda xp, u: xp.tan(u) * xp.tan(u),
    lambda xp, u: xp.div(xp.div(1.0, xp.tan(u)), xp.tan(u)),
]
_HYPERBOLIC: list[Formula] = [
    lambda xp, u: xp.sinh(u),
    lambda xp, u: xp.cosh(u),
    lambda xp, u: xp.tanh(u),
    lambda xp, u: xp.sech(u),
    lambda xp, u: xp.div(1.0, xp.sinh(u)),
    lambda xp, u: xp.div(1.0, xp.tanh(u)),
    lambda xp, u: xp.sech(u) * xp.sech(u),
    lambda xp, u: xp.div(1.0, xp.sinh(u) * xp.sinh(u)),
    lambda xp, u: xp.sech(u) * xp.tanh(u),
    lambda xp, u: xp.div(xp.div(1.0, xp.sinh(u)), xp.tanh(u)),
    lambda xp, u: xp.tanh(u) * xp.tanh(u),
    lambda xp, u: 1.0 + xp.tanh(u) * xp.tanh(u),
]
_INVERSE: list[Formula] = [
    lambda xp, u: xp.div(1.0, xp.sqrt(1.0 - u * u)),
    lambda xp, u: xp.div(1.0, xp.sqrt(1.0 + u * u)),
    lambda xp, u: xp.div(1.0, xp.sqrt(u * u - 1.0)),
    lambda xp, u: xp.div(1.0, 1.0 + u * u),
    lambda xp, u: xp.div(1.0, 1.0 - u * u),
    lambda xp, u: xp.div(1.0, xp.abs(u) * xp.sqrt(u * u - 1.0)),
    lambda xp, u: xp.div(1.0, u * xp.sqrt(1.0 - u * u)),
    lambda xp, u: xp.div(1.0, xp.abs(u) * xp.sqrt(u * u + 1.0)),
    lambda xp, u: xp.asin(u),
    lambda xp, u: xp.acos(u),
    lambda xp, u: xp.atan(u),
    # what the function itself has, of which this is the inverse
    lambda xp, u: xp.cos(u),
    lambda xp, u: xp.sin(u),
    lambda xp, u: xp.div(1.0, xp.cos(u) * xp.cos(u)),
    lambda xp, u: xp.cosh(u),
    lambda xp, u: xp.sinh(u),
    lambda xp, u: xp.sech(u) * xp.sech(u),
    # sin^-1 taken for 1/sin
    lambda xp, u: xp.div(xp.cos(u), xp.sin(u) * xp.sin(u)),
    lambda xp, u: xp.div(xp.tan(u), xp.cos(u)),
    lambda xp, u: xp.div(1.0, xp.sin(u) * xp.sin(u)),
]


# What belongs to the function of the other kind that sounds alike, and to the inverse of the tangent.
_LIKE_HYPERBOLIC: list[Formula] = [_CIRCULAR[0], _CIRCULAR[1], _CIRCULAR[6]]
_LIKE_CIRCULAR: list[Formula] = [_HYPERBOLIC[0], _HYPERBOLIC[1], _HYPERBOLIC[6], _INVERSE[3]]


def _replaced(formula: Formula, sign: float) -> Tangent:
    return lambda s: sign * formula(s.xp, s.v[s.i]) * s.t[s.i]


TABLE = Lesson(
    "the derivative of {shape} is {general}, and another one was taken for {place}",
    "with {inner} for u it is {slope}",
    "Look at {place} again: which derivative does the table have for it?",
)
BRANCH = Lesson(
    "the derivative of {shape} is {general}, and in {place} the bars are missing: without them it has the "
    "wrong sign for u below 0, unless the arc secant and the arc cosecant are taken from pi to 3*pi/2 there",
    "with {inner} for u it is {slope}",
    "Look at {place} again: which sign has the derivative where the inside is below 0?",
)
DEGREES = Lesson(
    "in {place} the angle is in radians, and the claim has degrees in it",
    "the derivative is {derivative}",
    "Look at {place} again: is the angle in degrees or in radians?",
)


def _without_bars(xp: Any, u: Number) -> Number:
    return xp.div(1.0, u * xp.sqrt(u * u - 1.0))


def _in_radians(s: Site) -> Number:
    """The angle, taken for one in degrees."""
    return s.xp.div(s.v[s.i] * s.xp.pi(s.v[s.i]), 180.0)


FUNCTIONS = (
    *(
        Mutation("trig-swapped", tag, rarity, _replaced(formula, sign), TABLE)
        for tag, formulas, rarity in (
            ("circular", _CIRCULAR, 1),
            ("hyperbolic", _HYPERBOLIC, 1),
            ("hyperbolic", _LIKE_HYPERBOLIC, 2),
            ("circular", _LIKE_CIRCULAR, 3),
            ("inverse", _INVERSE, 1),
        )
        for formula in formulas
        for sign in (1.0, -1.0)
    ),
    Mutation("sign-error", "asec", 0, _replaced(_without_bars, 1.0), BRANCH),
    Mutation("sign-error", "acsc", 0, _replaced(_without_bars, -1.0), BRANCH),
    Mutation("arithmetic-slip", "circular", 2, lambda s: s.partial_at(_in_radians(s)) * s.t[s.i], DEGREES),
    Mutation(
        "arithmetic-slip", "circular", 2, lambda s: s.xp.div(s.right * s.xp.pi(s.right), 180.0), DEGREES
    ),
    Mutation(
        "arithmetic-slip", "circular", 2, lambda s: s.xp.div(s.right * 180.0, s.xp.pi(s.right)), DEGREES
    ),
)
