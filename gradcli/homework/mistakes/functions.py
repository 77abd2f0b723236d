"""Derivatives out of the wrong line of the table: circular and hyperbolic functions and their inverses."""

from __future__ import annotations

from gradcli.homework.mistakes.mutation import Mutation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.homework.mistakes.graph import Number, Site
    from gradcli.homework.mistakes.mutation import Tangent

    Formula = Callable[["Any", Number], Number]
    from typing import Any

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
    lambda xp, u: xp.asin(u),
    lambda xp, u: xp.acos(u),
    lambda xp, u: xp.atan(u),
    # sin^-1 taken for 1/sin
    lambda xp, u: xp.div(xp.cos(u), xp.sin(u) * xp.sin(u)),
    lambda xp, u: xp.div(xp.tan(u), xp.cos(u)),
    lambda xp, u: xp.div(1.0, xp.sin(u) * xp.sin(u)),
]


def _replaced(formula: Formula, sign: float) -> Tangent:
    return lambda s: sign * formula(s.xp, s.v[s.i]) * s.t[s.i]


_TABLE = dict(
    rule="the derivative of {shape} is {general}, and another one was taken for {place}",
    gives="with its inside left as it is, that is {slope}",
    hint="Look at {place} again: which derivative does the table have for it?",
)

FUNCTIONS = [
    Mutation("trig-swapped", tag, rarity, _replaced(formula, sign), **_TABLE)
    for tag, formulas, rarity in (
        ("circular", _CIRCULAR, 1),
        ("hyperbolic", _HYPERBOLIC, 1),
        ("hyperbolic", _CIRCULAR, 2),
        ("circular", _HYPERBOLIC, 3),
        ("inverse", _INVERSE, 1),
    )
    for formula in formulas
    for sign in (1.0, -1.0)
]


def _degrees(s: Site) -> Number:
    return s.xp.div(s.v[s.i] * s.xp.pi(s.v[s.i]), 180.0)


_DEGREES = dict(
    rule="in {place} the angle is in radians, and the claim has degrees in it",
    gives="the derivative of {place} is {derivative}",
    hint="Look at {place} again: is the angle in degrees or in radians?",
)
FUNCTIONS += [
    Mutation("arithmetic-slip", "circular", 2, lambda s: s.partial_at(_degrees(s)) * s.t[s.i], **_DEGREES),
    Mutation(
        "arithmetic-slip", "circular", 2,
        lambda s: s.xp.div(s.right * s.xp.pi(s.right), 180.0), **_DEGREES,
    ),
    Mutation(
        "arithmetic-slip", "circular", 2,
        lambda s: s.xp.div(s.right * 180.0, s.xp.pi(s.right)), **_DEGREES,
    ),
]
