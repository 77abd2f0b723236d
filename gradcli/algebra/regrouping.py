"""Sums put together that were multiplied out: (2*x + 3)*(sin(x) + 2) + ..., as the product rule has them."""

from __future__ import annotations

from fractions import Fraction

from gradcli.algebra.nodes import SUM, Node, rational

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Rational, Term

MOST_TERMS = 40
"""The longest sum whose terms are put together."""


def regrouped(forms: Forms, node: Node) -> Iterator[Node]:
    """A sum with the terms that have another sum in common as one product, for one such sum, for two, ..."""
    if node.kind != SUM or len(node.parts) > MOST_TERMS:
        return
    found: dict[Node, None] = {}
    for _, term in node.parts:
        factors = forms.factors(term)[1]
        found.update((base, None) for base, e in factors if base.kind == SUM and e == 1 and len(factors) > 1)
    for common in found:
        shape = _grouped(forms, node, common)
        if shape is not None:
            yield shape
            node = shape
        if node.kind != SUM:
            return


def _grouped(forms: Forms, node: Node, common: Node) -> Node | None:
    """A sum with all that a sum is a factor of as one product; None where that is one term as it is."""
    quotients: list[Term] = []
    others: dict[Node, Rational] = {}
    for coefficient, term in node.parts:
        number, factors = forms.factors(term)
        if (common, 1) in factors:
            rest = [factor for factor in factors if factor != (common, 1)]
            quotients.append((coefficient * number, forms.product(1, rest)))
        else:
            others[term] = coefficient
    quotients += _taken_out(forms, common, others)
    if len(quotients) < 2:
        return None
    product = forms.multiply(((common, 1), (forms.add(quotients), 1)))
    return forms.add(((1, product), *((c, term) for term, c in others.items())))


def _taken_out(forms: Forms, common: Node, others: dict[Node, Rational]) -> Iterator[Term]:
    """The multiples of a sum among terms, which are taken from them: 3 of sin(x) + 2 in 3*sin(x) + 6.

    What is left of a term stays, as long as more of them go than stay.
    """
    for first, lead in common.parts:
        for term in list(others):
            quotient = forms.multiply(((term, 1), (lead, -1))) if term in others else None
            if quotient is None or not quotient.polynomial:
                continue
            size = rational(Fraction(others[term]) / first)
            left = _less(forms, others, common, size, quotient)
            if left is not None:
                others.clear()
                others.update(left)
                yield size, quotient


def _less(
    forms: Forms, terms: dict[Node, Rational], common: Node, size: Rational, quotient: Node
) -> dict[Node, Rational] | None:
    """Terms without so many times a sum times a form; None where they hold too little of that."""
    left = dict(terms)
    for coefficient, part in common.parts:
        for number, term in forms.terms(forms.multiply(((part, 1), (quotient, 1)))):
            if term not in left:
                return None
            left[term] = rational(left[term] - Fraction(size) * coefficient * number)
    kept = {term: coefficient for term, coefficient in left.items() if coefficient}
    gone = len(terms) - len(kept)
    return kept if 2 * gone > len(common.parts) else None
