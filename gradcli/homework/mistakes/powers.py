"""Mistakes at powers, exponentials and logarithms."""

from __future__ import annotations

from gradcli.homework.mistakes.mutation import Lesson, Mutation
from gradcli.homework.mistakes.structure import Power, base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.homework.mistakes.graph import Number, Site
    from gradcli.homework.mistakes.mutation import Tangent

    Part = Callable[[Number], Number]


def _power(coefficient: Part, exponent: Part) -> Tangent:
    """The tangent of c*u**n with another coefficient and exponent in the place of n and n - 1."""

    def tangent(s: Site) -> Number:
        power = Power(s)
        return power.to(exponent(power.n), coefficient(power.n))

    return tangent


def _without_coefficient(s: Site) -> Number:
    """c*u**(n - 1); not of 1/u, where only a sign is missing then."""
    power = Power(s)
    return s.right if power.n == -1 else power.to(power.n - 1, s.number(1.0))


def _lowered_first(s: Site) -> Number:
    """c*(n - 1)*u**(n - 1); not of a square root, where that is only a sign."""
    power = Power(s)
    return s.right if power.n + power.n == 1 else power.to(power.n - 1, power.n - 1)


def _added(s: Site) -> Number:
    """Coefficient and exponent of c*u**n added, and not multiplied."""
    inner = s.below(s.i)
    if inner.node.active != (0,):
        return s.right
    power = Power(inner)
    return (s.p[s.i] + power.n) * power.xp.pow(power.u, power.n - 1) * power.t


def _as_power(s: Site) -> Number:
    """u*a**(u - 1)."""
    return s.v[s.i] * s.xp.pow(base(s), s.v[s.i] - 1)


def _tower(s: Site) -> Number:
    """v*u**(v - 1)."""
    return s.v[1] * s.xp.pow(s.v[0], s.v[1] - 1)


_GIVES = "the derivative is {derivative}"
_FACTOR = "Look at {place} again: which factor does the power rule put in front?"
_WHERE = "Look at {place} again: where does the variable stand, in the base or in the exponent?"

COEFFICIENT = Lesson(
    "the power rule takes the exponent down as a factor, u**n has the derivative n*u**(n - 1), and in "
    "{place} that factor is missing",
    _GIVES, _FACTOR,
)
TOO_LOW = Lesson(
    "the factor of the power rule is the exponent before it is lowered, u**n has the derivative "
    "n*u**(n - 1), and in {place} it is not",
    _GIVES, _FACTOR,
)
ADDED = Lesson(
    "coefficient and exponent of {place} are multiplied by the power rule, not added", _GIVES, _FACTOR
)
REDUCED = Lesson(
    "the power rule lowers the exponent by 1, u**n has the derivative n*u**(n - 1), and in {place} the "
    "exponent comes out otherwise",
    _GIVES, "Look at {place} again: what becomes of the exponent in the power rule?",
)
CONSTANT_EXPONENT = Lesson(
    "{place} has a constant exponent: it is a power, no exponential, and the power rule is for it",
    _GIVES, _WHERE,
)
EXPONENTIAL = Lesson(
    "{place} has the variable in its exponent, and the power rule is for constant exponents only",
    _GIVES, _WHERE,
)
TOWER = Lesson(
    "{place} has the variable in base and exponent, and neither the power rule nor that for exponentials is "
    "enough: u**v is exp(v*log(u))",
    _GIVES, "Look at {place} again: where does the variable stand, in the base, in the exponent, or in both?",
)
BASE = Lesson(
    "{place} is not to base e, and so its derivative has the logarithm of the base in it",
    "it is {derivative}",
    "Look at {place} again: to which base is it?",
)

POWERS = (
    Mutation("power-coefficient-missing", "powerlike", 0, _without_coefficient, COEFFICIENT),
    Mutation("power-coefficient-missing", "powerlike", 2, _lowered_first, TOO_LOW),
    Mutation("power-coefficient-missing", "monomial", 2, _added, ADDED),
    Mutation("power-not-reduced", "powerlike", 0, _power(lambda n: n, lambda n: n), REDUCED),
    Mutation("power-not-reduced", "powerlike", 1, _power(lambda n: n, lambda n: n + 1), REDUCED),
    Mutation("power-not-reduced", "powerlike", 2, _power(lambda n: n, lambda n: 1 - n), REDUCED),
    Mutation("power-not-reduced", "powerlike", 3, _power(lambda n: n, lambda n: n - 2), REDUCED),
    Mutation("power-not-reduced", "powerlike", 3, _power(lambda n: n, lambda n: n * 0 + 1), REDUCED),
    Mutation(
        "exponential-as-power", "power", 2, lambda s: s.out * s.xp.log(s.v[0]) * s.t[0], CONSTANT_EXPONENT
    ),
    Mutation("exponential-as-power", "exponential", 0, lambda s: _as_power(s) * s.t[s.i], EXPONENTIAL),
    Mutation("exponential-as-power", "exponential", 1, _as_power, EXPONENTIAL),
    Mutation("exponential-as-power", "tower", 0, lambda s: _tower(s) * s.t[0], TOWER),
    Mutation("exponential-as-power", "tower", 0, lambda s: s.p[1] * s.t[1], TOWER),
    Mutation("exponential-as-power", "tower", 1, _tower, TOWER),
    Mutation("exponential-as-power", "tower", 2, lambda s: _tower(s) * s.t[0] * s.t[1], TOWER),
    Mutation("log-base-ignored", "exponential", 0, lambda s: s.out * s.t[s.i], BASE),
    Mutation(
        "log-base-ignored", "exponential", 3, lambda s: s.xp.div(s.out * s.t[s.i], s.xp.log(base(s))), BASE
    ),
    Mutation("log-base-ignored", "logarithm", 0, lambda s: s.xp.div(s.t[0], s.v[0]), BASE),
    Mutation(
        "log-base-ignored", "logarithm", 1, lambda s: s.xp.div(s.t[0], s.v[0]) * s.xp.log(base(s)), BASE
    ),
    Mutation("log-base-ignored", "logarithm", 2, lambda s: s.xp.div(s.t[0], s.v[0] * base(s)), BASE),
)
