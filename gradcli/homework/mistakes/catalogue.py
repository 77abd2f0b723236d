"""The table of mistakes at one operation: what the rule becomes there, how common that is, what a tutor says.

After STACK's and Numbas' lists of wrong answers, mathmistakes.info, and Siyepu (2013, 2015) and Maharaj and
Ntuli (2018) on students' errors in derivatives.
"""

from __future__ import annotations

from gradcli.homework.mistakes.functions import FUNCTIONS
from gradcli.homework.mistakes.mutation import Mutation
from gradcli.homework.mistakes.structure import Power, base

TYPE_CHECKING = False

# --- the chain rule ---

_CHAIN = dict(
    rule="in {place} the chain rule asks for the derivative of the inside as a factor",
    gives="the derivative of {inner} is {d_inner}",
    hint="Look at {place} again: what does the chain rule ask of its inside?",
)
_INSIDE = dict(
    rule="in {place} the outside is differentiated with its inside, {inner}, left as it is; "
    "the derivative of the inside comes as a factor",
    gives="that is {slope} times {d_inner}",
    hint="Look at {place} again: what stands inside when the outside is differentiated?",
)

CHAIN = [
    Mutation("chain-rule-missing", "nested", 0, lambda s: s.p[s.i], **_CHAIN),
    Mutation("chain-rule-missing", "nested", 2, lambda s: s.partial_at(s.t[s.i]), **_INSIDE),
    Mutation("chain-rule-missing", "nested", 2, lambda s: s.partial_at(s.t[s.i]) * s.t[s.i], **_INSIDE),
    Mutation("chain-rule-missing", "nested", 2, lambda s: s.partial_at(s.x) * s.t[s.i], **_INSIDE),
    Mutation("chain-rule-missing", "nested", 3, lambda s: s.partial_at(s.x), **_INSIDE),
    Mutation("chain-rule-missing", "nested", 3, lambda s: s.p[s.i] * s.v[s.i], **_CHAIN),
    Mutation("chain-rule-missing", "nested", 3, lambda s: s.value_at(s.t[s.i]), **_INSIDE),
    Mutation("chain-rule-missing", "nested", 4, lambda s: s.p[s.i] + s.t[s.i], **_CHAIN),
    Mutation("chain-rule-missing", "shifted", 4, lambda s: s.partial_at(_without_constant(s)) * s.t[s.i], **_INSIDE),
    Mutation(
        "chain-rule-missing", "inside", 3, lambda s: s.t[s.i],
        rule="the chain rule has a factor for every function, and that of {place} is missing",
        gives="with its inside left as it is, its derivative is {slope}",
        hint="Look at {place} again: is every function on the way differentiated?",
    ),
    Mutation(
        "arithmetic-slip", "nested", 5, lambda s: s.p[s.i] * s.t[s.i] * s.t[s.i],
        rule="in {place} the derivative of the inside is there twice; the chain rule asks for it once",
        gives="the derivative of {inner} is {d_inner}",
        hint="Look at {place} again: how often does the derivative of its inside belong there?",
    ),
    Mutation(
        "function-unchanged", "chain", 2, lambda s: s.out * s.t[s.i],
        rule="{place} is still there as it was: the outside has to be differentiated, too",
        gives="with its inside left as it is, its derivative is {slope}",
        hint="Look at {place} again: what is the derivative of its outside?",
    ),
    Mutation(
        "function-unchanged", "any", 3, lambda s: s.out,
        rule="{place} is still there as it was, and has to be differentiated",
        gives="its derivative is {derivative}",
        hint="Look at {place} again: has it been differentiated?",
    ),
]



def _without_constant(s):
    """The inside without the constant that is added to it."""
    inner = s.below(s.i)
    return inner.p[inner.i] * inner.v[inner.i]


# --- sums, signs, constants ---

_SIGN = dict(
    rule="{place} has the wrong sign in the claim",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: mind the signs.",
)
_LOST = dict(
    rule="a sum is differentiated term by term, and a term of {place} is missing in the claim",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: has every term been differentiated?",
)
_ABSOLUTE = dict(
    rule="{place} falls where its inside is negative and rises where it is positive",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: does it do the same where its inside is negative?",
)
_KEPT = dict(
    rule="in {place} the derivative of the constant, {constant}, is 0: it goes away",
    gives="the derivative of {place} is {derivative}",
    hint="Look at {place} again: what is the derivative of a constant?",
)


SUMS = [
    Mutation("sign-error", "falling", 0, lambda s: -s.right, **_SIGN),
    Mutation("sign-error", "any", 4, lambda s: -s.right, **_SIGN),
    Mutation(
        "sign-error", "sum", 1, lambda s: s.t[0] - s.t[1] if s.node.kind == "add" else s.t[0] + s.t[1],
        rule="a sum or difference keeps the signs between its terms, and in {place} one has changed",
        gives="its derivative is {derivative}",
        hint="Look at {place} again: which signs stand between its terms?",
    ),
    Mutation("arithmetic-slip", "sum", 3, lambda s: s.t[0], **_LOST),
    Mutation(
        "arithmetic-slip", "sum", 3, lambda s: s.t[1] if s.node.kind == "add" else -s.t[1], **_LOST
    ),
    Mutation(
        "constant-kept", "shift", 0, lambda s: s.p[s.i] * s.t[s.i] + _constant(s), **_KEPT
    ),
    Mutation("constant-kept", "shift", 1, lambda s: s.p[s.i] * s.t[s.i] + s.xp.sign(_constant(s)), **_KEPT),
    Mutation("constant-kept", "shift", 1, lambda s: s.right + _slope(s, 0), **_KEPT),
    Mutation("constant-kept", "shift", 1, lambda s: s.right + _slope(s, 1), **_KEPT),
    Mutation(
        "constant-kept", "scaling", 4, lambda s: s.right + s.v[s.i] if s.node.kind == "mul" else s.right,
        rule="in {place} the factor {constant} is a constant, whose derivative is 0, and no product with "
        "a derivative of its own",
        gives="the derivative of {place} is {derivative}",
        hint="Look at {place} again: which of its factors depend on the variable?",
    ),
    Mutation(
        "coefficient-dropped", "scaling", 1, lambda s: s.t[s.i],
        rule="a constant factor stays in front of the derivative, and in {place} it is lost",
        gives="the derivative of {place} is {derivative}",
        hint="Look at {place} again: what becomes of a constant factor?",
    ),
    Mutation(
        "coefficient-dropped", "reciprocal", 2, lambda s: s.xp.div(s.right, s.v[0]),
        rule="a constant numerator stays, and in {place} it is lost",
        gives="the derivative of {place} is {derivative}",
        hint="Look at {place} again: what becomes of a constant factor?",
    ),
    Mutation("sign-error", "abs", 0, lambda s: s.t[s.i], **_ABSOLUTE),
    Mutation("sign-error", "abs", 1, lambda s: -s.t[s.i], **_ABSOLUTE),
]


def _constant(s: object) -> object:
    """The constant term of a sum, with its sign."""
    position = 1 - s.i
    return -s.v[1] if position == 1 and s.node.kind == "sub" else s.v[position]


def _slope(s: object, which: int) -> object:
    """The derivative of a constant such as pi**2 in pi, or of log(3) in 3, with its sign in the sum."""
    position = 1 - s.i
    slopes = s.state.graph.slopes(s.node.operands[position])
    if which >= len(slopes):
        return s.number(0.0)
    slope = s.number(slopes[which])
    return -slope if position == 1 and s.node.kind == "sub" else slope


# --- products ---

_PRODUCT = dict(
    rule="{place} is a product, and the product rule gives two terms, in each of which one factor is "
    "differentiated",
    gives="({d_a})*({b}) + ({a})*({d_b})",
    hint="Look at {place} again: what is the rule for the derivative of a product?",
)

PRODUCTS = [
    Mutation("product-as-product", "product", 0, lambda s: s.t[0] * s.t[1], **_PRODUCT),
    Mutation("product-as-product", "product", 1, lambda s: s.v[0] * s.t[1], **_PRODUCT),
    Mutation("product-as-product", "product", 1, lambda s: s.t[0] * s.v[1], **_PRODUCT),
    Mutation("product-as-product", "product", 2, lambda s: s.t[0] + s.t[1], **_PRODUCT),
    Mutation("product-as-product", "product", 3, lambda s: s.v[0] * s.t[0] + s.v[1] * s.t[1], **_PRODUCT),
    *(
        Mutation(
            "sign-error", "product", 1, tangent,
            rule="the product rule for {place} has a plus between its two terms",
            gives="({d_a})*({b}) + ({a})*({d_b})",
            hint="Look at {place} again: which sign stands between the terms of the product rule?",
        )
        for tangent in (
            lambda s: s.t[0] * s.v[1] - s.v[0] * s.t[1],
            lambda s: s.v[0] * s.t[1] - s.t[0] * s.v[1],
        )
    ),
]

# --- quotients ---

_QUOTIENT = "(({d_a})*({b}) - ({a})*({d_b}))/({b})**2"
_AS_QUOTIENT = dict(
    rule="{place} is a quotient, and its derivative is not the quotient of the derivatives: the quotient rule "
    "is (u'*v - u*v')/v**2",
    gives="here that is " + _QUOTIENT,
    hint="Look at {place} again: what is the rule for the derivative of a quotient?",
)
_SWAPPED = dict(
    rule="in the quotient rule for {place}, (u'*v - u*v')/v**2, numerator and denominator have changed places",
    gives="it should be " + _QUOTIENT,
    hint="Look at {place} again: which comes first in the quotient rule, and what is squared?",
)
_SQUARE = dict(
    rule="the quotient rule for {place} divides by the square of the denominator",
    gives="it should be " + _QUOTIENT,
    hint="Look at {place} again: what does the quotient rule divide by?",
)
_PLUS = dict(
    rule="the quotient rule for {place} has a minus between the terms of its numerator",
    gives="it should be " + _QUOTIENT,
    hint="Look at {place} again: which sign stands in the numerator of the quotient rule?",
)
_RECIPROCAL = dict(
    rule="{place} has the variable in its denominator, and its derivative is not one over the derivative "
    "below: 1/v has the derivative -v'/v**2",
    gives="here that is {derivative}",
    hint="Look at {place} again: how is something in a denominator differentiated?",
)
_UNSQUARED = dict(
    rule="the derivative of 1/v is -v'/v**2, and in {place} the denominator is not squared",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: what becomes of the denominator?",
)


def _first(s):  # u'*v
    return s.t[0] * s.v[1]


def _second(s):  # u*v'
    return s.v[0] * s.t[1]


QUOTIENTS = [
    Mutation("quotient-as-quotient", "quotient", 0, lambda s: s.xp.div(s.t[0], s.t[1]), **_AS_QUOTIENT),
    Mutation(
        "quotient-order-swapped", "quotient", 0,
        lambda s: s.xp.div(_second(s) - _first(s), s.v[1] * s.v[1]), **_SWAPPED,
    ),
    Mutation(
        "sign-error", "quotient", 1, lambda s: s.xp.div(_first(s) + _second(s), s.v[1] * s.v[1]), **_PLUS
    ),
    Mutation(
        "quotient-square-missing", "quotient", 0, lambda s: s.xp.div(_first(s) - _second(s), s.v[1]), **_SQUARE
    ),
    Mutation("quotient-square-missing", "quotient", 2, lambda s: _first(s) - _second(s), **_SQUARE),
    Mutation(
        "quotient-square-missing", "quotient", 3,
        lambda s: s.xp.div(_first(s) - _second(s), s.t[1] * s.t[1]), **_SQUARE,
    ),
    Mutation(
        "quotient-order-swapped", "quotient", 2,
        lambda s: s.xp.div(_first(s) - _second(s), s.v[0] * s.v[0]), **_SWAPPED,
    ),
    Mutation(
        "quotient-order-swapped", "quotient", 3,
        lambda s: s.xp.div(_second(s) - _first(s), s.v[0] * s.v[0]), **_SWAPPED,
    ),
    Mutation(
        "quotient-order-swapped", "quotient", 3,
        lambda s: s.xp.div(_second(s) - _first(s), s.v[1]), **_SWAPPED,
    ),
    Mutation("quotient-as-quotient", "quotient", 2, lambda s: s.p[0] * s.t[0], **_AS_QUOTIENT),
    Mutation("quotient-as-quotient", "quotient", 2, lambda s: s.p[1] * s.t[1], **_AS_QUOTIENT),
    Mutation("quotient-as-quotient", "quotient", 4, lambda s: _first(s) + _second(s), **_AS_QUOTIENT),
    Mutation("quotient-as-quotient", "reciprocal", 1, lambda s: s.xp.div(s.v[0], s.t[1]), **_RECIPROCAL),
    Mutation(
        "quotient-square-missing", "reciprocal", 1,
        lambda s: -s.xp.div(s.v[0] * s.t[1], s.v[1]), **_UNSQUARED,
    ),
]

# --- powers, exponentials, logarithms ---

_POWER = dict(
    rule="the power rule takes the exponent down as a factor: u**n has the derivative n*u**(n - 1), and in "
    "{place} that factor is wrong or missing",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: which factor does the power rule put in front?",
)
_REDUCED = dict(
    rule="the power rule lowers the exponent by 1, u**n has the derivative n*u**(n - 1), and in {place} "
    "the exponent comes out otherwise",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: what becomes of the exponent in the power rule?",
)
_EXPONENTIAL = dict(
    rule="{place} has the variable in its exponent, and the power rule is for powers with a constant exponent",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: where does the variable stand, in the base or in the exponent?",
)
_AS_EXPONENTIAL = dict(
    rule="{place} has a constant exponent and is a power, not an exponential: the power rule is for it",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: where does the variable stand, in the base or in the exponent?",
)
_TOWER = dict(
    rule="{place} has the variable in base and exponent, so that neither the power rule nor the rule for "
    "exponentials is enough: u**v is exp(v*log(u))",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: where does the variable stand, in the base, in the exponent, or in both?",
)
_BASE = dict(
    rule="{place} is not to base e, and so its derivative has the logarithm of the base in it",
    gives="its derivative is {derivative}",
    hint="Look at {place} again: to which base is it?",
)


def _power(coefficient, exponent):
    """The tangent of c*u**n with another coefficient and exponent in the place of n and n - 1."""

    def tangent(s):
        power = Power(s)
        return power.to(exponent(power.n), coefficient(power.n))

    return tangent


def _without_coefficient(s):
    """c*u**(n - 1); not of 1/u, where only a sign is missing then."""
    power = Power(s)
    return s.right if power.n == -1 else power.to(power.n - 1, s.number(1.0))


def _added(s):
    """Coefficient and exponent added instead of multiplied."""
    inner = s.below(s.i)
    if inner.node.active != (0,):
        return s.right
    power = Power(inner)
    c = s.p[s.i]
    return (c + power.n) * power.xp.pow(power.u, power.n - 1) * power.t


def _tower(s):
    """v*u**(v - 1)."""
    return s.v[1] * s.xp.pow(s.v[0], s.v[1] - 1)


def _as_power(s):
    """u*a**(u - 1)."""
    a = base(s)
    return s.v[s.i] * s.xp.pow(a, s.v[s.i] - 1)


POWERS = [
    Mutation("power-coefficient-missing", "powerlike", 0, _without_coefficient, **_POWER),
    Mutation("power-coefficient-missing", "powerlike", 2, _power(lambda n: n - 1, lambda n: n - 1), **_POWER),
    Mutation("power-coefficient-missing", "monomial", 2, _added, **_POWER),
    Mutation("power-not-reduced", "powerlike", 0, _power(lambda n: n, lambda n: n), **_REDUCED),
    Mutation("power-not-reduced", "powerlike", 1, _power(lambda n: n, lambda n: n + 1), **_REDUCED),
    Mutation("power-not-reduced", "powerlike", 3, _power(lambda n: n, lambda n: n - 2), **_REDUCED),
    Mutation("power-not-reduced", "powerlike", 3, _power(lambda n: n, lambda n: n * 0 + 1), **_REDUCED),
    Mutation(
        "exponential-as-power", "power", 2, lambda s: s.out * s.xp.log(s.v[0]) * s.t[0], **_AS_EXPONENTIAL
    ),
    Mutation("exponential-as-power", "exponential", 0, lambda s: _as_power(s) * s.t[s.i], **_EXPONENTIAL),
    Mutation("exponential-as-power", "exponential", 1, _as_power, **_EXPONENTIAL),
    Mutation("exponential-as-power", "tower", 0, lambda s: _tower(s) * s.t[0], **_TOWER),
    Mutation("exponential-as-power", "tower", 0, lambda s: s.p[1] * s.t[1], **_TOWER),
    Mutation("exponential-as-power", "tower", 1, _tower, **_TOWER),
    Mutation("exponential-as-power", "tower", 2, lambda s: _tower(s) * s.t[0] * s.t[1], **_TOWER),
    Mutation("log-base-ignored", "exponential", 0, lambda s: s.out * s.t[s.i], **_BASE),
    Mutation(
        "log-base-ignored", "exponential", 3, lambda s: s.xp.div(s.out * s.t[s.i], s.xp.log(base(s))), **_BASE
    ),
    Mutation("log-base-ignored", "logarithm", 0, lambda s: s.xp.div(s.t[0], s.v[0]), **_BASE),
    Mutation(
        "log-base-ignored", "logarithm", 1, lambda s: s.xp.div(s.t[0], s.v[0]) * s.xp.log(base(s)), **_BASE
    ),
    Mutation("log-base-ignored", "logarithm", 2, lambda s: s.xp.div(s.t[0], s.v[0] * base(s)), **_BASE),
]

CATALOGUE = (*CHAIN, *PRODUCTS, *QUOTIENTS, *POWERS, *SUMS, *FUNCTIONS)
"""Every mistake that may be made at one operation, or at several of a kind."""
