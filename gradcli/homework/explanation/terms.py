"""Sums of products of powers: what the plain arithmetic of one step is read as, and its derivative."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from gradcli.numbers.expression import Expression, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.homework.explanation.graph import Vertex


SHORT = 6
"""Characters of a decimal that stays one; a longer number may be a fraction."""

LARGEST_DENOMINATOR = 100
SLACK = 4e-16
"""The rounding errors of a fraction, and of an exponent less 1."""


class Term:
    """A number (a fraction), symbolic constants, and factors with their exponents, multiplied."""

    __slots__ = ("above", "below", "constants", "divisors", "factors")

    def __init__(
        self,
        above: float = 1.0,
        below: float = 1.0,
        constants: tuple[Vertex, ...] = (),
        divisors: tuple[Vertex, ...] = (),
        factors: Mapping[Vertex, float] | None = None,
    ) -> None:
        self.above = above
        self.below = below
        self.constants = constants
        self.divisors = divisors
        self.factors = dict(factors or {})

    def times(self, other: Term, power: int = 1) -> Term:
        """This term times another, or, with a power of -1, divided by it."""
        factors = dict(self.factors)
        for vertex, exponent in other.factors.items():
            factors[vertex] = factors.get(vertex, 0.0) + power * exponent
        above, below, constants, divisors = other.above, other.below, other.constants, other.divisors
        if power < 0:
            above, below, constants, divisors = below, above, divisors, constants
        return Term(
            *_reduced(self.above * above, self.below * below),
            self.constants + constants,
            self.divisors + divisors,
            {vertex: exponent for vertex, exponent in factors.items() if exponent},
        )

    def negative(self) -> Term:
        """This term times -1."""
        return Term(-self.above, self.below, self.constants, self.divisors, self.factors)

    def by(self, vertex: Vertex) -> Term:
        """The derivative of the term by one of its factors: the power rule, all else being constant."""
        exponent = self.factors[vertex]
        times, per = _fraction(exponent)
        factors = {**self.factors, vertex: exponent - 1.0}
        return Term(
            *_reduced(self.above * times, self.below * per),
            self.constants,
            self.divisors,
            {v: e for v, e in factors.items() if e},
        )

    def is_product(self) -> bool:
        """Whether every factor stands there once, above the fraction bar."""
        return all(exponent == 1.0 for exponent in self.factors.values())


def _reduced(above: float, below: float) -> tuple[float, float]:
    """A fraction in lowest terms, its sign above, where it is one of whole numbers."""
    if not (above % 1.0 == 0.0 == below % 1.0 and below and abs(above) < 1e15 and abs(below) < 1e15):
        return above, below
    common = gcd(int(above), int(below)) or 1
    common = -common if below < 0 else common
    return above / common, below / common


def _fraction(value: float) -> tuple[float, float]:
    """What a number is a fraction of: 1 and 3 for 0.333..., itself and 1 for a plain decimal."""
    if len(repr(value)) <= SHORT:
        return value, 1.0
    found = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    above, below = float(found.numerator), float(found.denominator)
    return (above, below) if abs(above / below - value) <= SLACK * abs(value) else (value, 1.0)


def derivative(terms: Sequence[Term], vertex: Vertex, of: Callable[[Vertex], Expression]) -> Expression:
    """The derivative of a sum of terms by a factor, as a formula; `of` says how a vertex is written."""
    found: dict[object, Term] = {}
    for term in terms:
        if vertex not in term.factors:
            continue
        part = term.by(vertex)
        identity = (part.constants, part.divisors, frozenset(part.factors.items()), part.below)
        if identity in found:
            before = found[identity]
            above, below = _reduced(before.above + part.above, before.below)
            part = Term(above, below, part.constants, part.divisors, part.factors)
        found[identity] = part
    return _sum([term for term in found.values() if term.above], of)


def _sum(terms: Sequence[Term], of: Callable[[Vertex], Expression]) -> Expression:
    if not terms:
        return number(0.0)
    # A sum that begins with a minus is harder to read than one that has a term to begin with.
    first = next((i for i, term in enumerate(terms) if term.above > 0), 0)
    ordered = [terms[first], *terms[:first], *terms[first + 1 :]]
    total = _product(ordered[0], of)
    for term in ordered[1:]:
        if term.above < 0:
            total = Expression("sub", (total, _product(term.negative(), of)))
        else:
            total = Expression("add", (total, _product(term, of)))
    return total


def _product(term: Term, of: Callable[[Vertex], Expression]) -> Expression:
    """A term as a formula: the number in front, constants, then the factors in their order."""
    above = [of(vertex) for vertex in term.constants]
    below = [of(vertex) for vertex in term.divisors]
    for vertex, exponent in term.factors.items():
        (above if exponent > 0 else below).append(_power(of(vertex), abs(exponent)))
    size = abs(term.above)
    if size != 1.0 or not above:
        above.insert(0, number(size))
    if term.below != 1.0:
        below.insert(0, number(term.below))
    if term.above < 0:
        above[0] = number(-size) if above[0].op == "number" else Expression("neg", (above[0],))
    result = _multiplied(above)
    return Expression("div", (result, _multiplied(below))) if below else result


def _multiplied(parts: Sequence[Expression]) -> Expression:
    product = parts[0]
    for part in parts[1:]:
        product = Expression("mul", (product, part))
    return product


def _power(base: Expression, exponent: float) -> Expression:
    if exponent == 1.0:
        return base
    above, below = _fraction(exponent)
    power = number(above) if below == 1.0 else Expression("div", (number(above), number(below)))
    return Expression("pow", (base, power))
