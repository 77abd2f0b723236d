"""Mistakes at products and quotients."""

from __future__ import annotations

from gradcli.homework.mistakes.mutation import Lesson, Mutation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.mistakes.graph import Number, Site


def _first(s: Site) -> Number:
    """u'*v."""
    return s.t[0] * s.v[1]


def _second(s: Site) -> Number:
    """u*v'."""
    return s.v[0] * s.t[1]


PRODUCT = Lesson(
    "{place} is a product: one factor after the other is differentiated, the other one left as it is, and "
    "the two terms are added",
    "that gives {terms}",
    "Look at {place} again: what is the rule for the derivative of a product?",
)
PLUS = Lesson(
    "the product rule for {place} has a plus between its terms", "it gives {terms}",
    "Look at {place} again: which sign stands between the terms of the product rule?",
)

PRODUCTS = (
    Mutation("product-as-product", "product", 0, lambda s: s.t[0] * s.t[1], PRODUCT),
    Mutation("product-as-product", "product", 1, _first, PRODUCT),
    Mutation("product-as-product", "product", 1, _second, PRODUCT),
    Mutation("product-as-product", "product", 2, lambda s: s.t[0] + s.t[1], PRODUCT),
    Mutation("product-as-product", "product", 3, lambda s: s.v[0] * s.t[0] + s.v[1] * s.t[1], PRODUCT),
    Mutation("sign-error", "product", 2, lambda s: _first(s) - _second(s), PLUS),
    Mutation("sign-error", "product", 2, lambda s: _second(s) - _first(s), PLUS),
)

_IS = "here that is {quotient}"
_SHOULD = "it should be {quotient}"

QUOTIENT = Lesson(
    "the derivative of a quotient is not the quotient of the derivatives, but (u'*v - u*v')/v**2 for u/v, "
    "and {place} is one",
    _IS, "Look at {place} again: what is the rule for the derivative of a quotient?",
)
BOTH = Lesson(
    "numerator and denominator of {place} depend on the variable, and the quotient rule has a term for each, "
    "(u'*v - u*v')/v**2",
    _IS, "Look at {place} again: what is the rule for the derivative of a quotient?",
)
ORDER = Lesson(
    "the quotient rule is (u'*v - u*v')/v**2, and for {place} its two terms have changed places", _SHOULD,
    "Look at {place} again: which term comes first in the quotient rule?",
)
NUMERATOR = Lesson(
    "the quotient rule for {place} divides by the square of the denominator, not of the numerator", _SHOULD,
    "Look at {place} again: what does the quotient rule divide by?",
)
SQUARE = Lesson(
    "the quotient rule for {place} divides by the square of the denominator", _SHOULD,
    "Look at {place} again: what does the quotient rule divide by?",
)
MINUS = Lesson(
    "the quotient rule for {place} has a minus between the terms of its numerator", _SHOULD,
    "Look at {place} again: which sign stands in the numerator of the quotient rule?",
)
BELOW = Lesson(
    "it is not enough to differentiate the denominator of {place} where it stands, 1/v has the derivative "
    "-v'/v**2",
    "here that is {derivative}", "Look at {place} again: how is something in a denominator differentiated?",
)
UNSQUARED = Lesson(
    "1/v has the derivative -v'/v**2, and for {place} the denominator is not squared",
    "its derivative is {derivative}", "Look at {place} again: what becomes of the denominator?",
)


def _over(s: Site, numerator: Number, denominator: Number) -> Number:
    return s.xp.div(numerator, denominator)


QUOTIENTS = (
    Mutation("quotient-as-quotient", "quotient", 0, lambda s: _over(s, s.t[0], s.t[1]), QUOTIENT),
    Mutation("quotient-as-quotient", "quotient", 2, lambda s: s.p[0] * s.t[0], BOTH),
    Mutation("quotient-as-quotient", "quotient", 2, lambda s: s.p[1] * s.t[1], BOTH),
    Mutation("quotient-as-quotient", "quotient", 4, lambda s: _first(s) + _second(s), BOTH),
    Mutation("quotient-as-quotient", "reciprocal", 1, lambda s: _over(s, s.v[0], s.t[1]), BELOW),
    Mutation(
        "quotient-order-swapped", "quotient", 0,
        lambda s: _over(s, _second(s) - _first(s), s.v[1] * s.v[1]), ORDER,
    ),
    Mutation(
        "quotient-order-swapped", "quotient", 2,
        lambda s: _over(s, _first(s) - _second(s), s.v[0] * s.v[0]), NUMERATOR,
    ),
    Mutation(
        "quotient-order-swapped", "quotient", 3,
        lambda s: _over(s, _second(s) - _first(s), s.v[0] * s.v[0]), NUMERATOR,
    ),
    Mutation(
        "quotient-order-swapped", "quotient", 3, lambda s: _over(s, _second(s) - _first(s), s.v[1]), ORDER
    ),
    Mutation(
        "quotient-square-missing", "quotient", 0, lambda s: _over(s, _first(s) - _second(s), s.v[1]), SQUARE
    ),
    Mutation("quotient-square-missing", "quotient", 2, lambda s: _first(s) - _second(s), SQUARE),
    Mutation(
        "quotient-square-missing", "quotient", 3,
        lambda s: _over(s, _first(s) - _second(s), s.t[1] * s.t[1]), SQUARE,
    ),
    Mutation(
        "quotient-square-missing", "reciprocal", 1, lambda s: -_over(s, s.v[0] * s.t[1], s.v[1]), UNSQUARED
    ),
    Mutation(
        "sign-error", "quotient", 1, lambda s: _over(s, _first(s) + _second(s), s.v[1] * s.v[1]), MINUS
    ),
)
