"""What keeps a form from having a value where what it was made of has none: x/x, 0*log(x)."""

from __future__ import annotations

from fractions import Fraction

from gradcli.algebra import domains
from gradcli.algebra.nodes import PRODUCT, SUM, Node, product_facts, sum_facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.algebra.domains import Condition
    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Factor, Rational


def guarded(forms: Forms, node: Node, conditions: Iterable[Condition]) -> Node:
    """A form that has a value only under the conditions: a guard for each that it does not set already."""
    lost = dict.fromkeys(lost_of(forms, node, conditions))
    if any(domains.is_impossible(condition) for condition in lost):
        return forms.name("nan", constant=True)
    # Of what must be neither negative nor 0, one root below the line says both.
    roots = {forms.factors(a)[1][0][0]: a for kind, a in lost if kind == domains.NOT_NEGATIVE}
    bases: list[Node] = []
    zeros: list[Node] = []
    for kind, base in lost:
        if kind == domains.NOT_ZERO:
            bases.append(forms.power(roots[base], _HALF) if base in roots else base)
        elif kind == domains.NOT_NEGATIVE:
            squared = _with_root(forms, node, base)
            if squared is not None:
                node = squared
            elif (domains.NOT_ZERO, forms.factors(base)[1][0][0]) not in lost:
                zeros.append(forms.power(base, _HALF))
        else:
            zeros.append(forms.opaque(kind, (base,)))
    if bases:
        node = _divided(forms, node, bases)
    for zero in zeros:
        node = with_zero(forms, node, zero)
    return node


def _with_root(forms: Forms, node: Node, base: Node) -> Node | None:
    """A form with sqrt(x)**2 for its first x; None where it has none."""
    terms = list(forms.terms(node))
    for i, (coefficient, term) in enumerate(terms):
        number, factors = forms.factors(term)
        for j, (b, e) in enumerate(factors):
            if b is base and type(e) is int and number:
                root = (forms.power(base, _HALF), 2 * e)
                rest = [*factors[:j], root, *factors[j + 1 :]]
                whole = _product(forms, coefficient * number, rest)
                if len(terms) == 1:
                    return whole
                terms[i] = (1, whole)
                return forms.raw(SUM, None, tuple(terms), sum_facts)
    return None


def lost_of(forms: Forms, node: Node, conditions: Iterable[Condition]) -> list[Condition]:
    """Those of the conditions that a form does not set."""
    kept = domains.kept(forms, node)
    lost = [condition for condition in conditions if condition not in kept]
    return [condition for condition in lost if not domains.implied(forms, condition, kept)]


def with_zero(forms: Forms, node: Node, zero: Node) -> Node:
    """A form with 0 times another one added, which has a value only where that has one."""
    terms = node.parts if node.kind == SUM else () if node is forms.zero else ((1, node),)
    return _sum(forms, [*terms, (0, zero)])


_HALF = Fraction(1, 2)


def _divided(forms: Forms, node: Node, bases: list[Node]) -> Node:
    """A form with one of its terms multiplied and divided by what must not be 0."""
    terms = list(forms.terms(node)) or [(0, forms.one)]
    place = len(terms) - 1
    for i, (_, term) in enumerate(terms):
        if any(base in bases and type(e) is int and e > 0 for base, e in forms.factors(term)[1]):
            place = i
            break
    coefficient, term = terms[place]
    number, factors = forms.factors(term)
    above = dict(factors)
    guards = [factor for base in bases for factor in forms.factors(base)[1]]
    for b, e in guards:
        above[b] = forms.exponents_sum(above.get(b, 0), e)
    below: list[Factor] = [(b, forms.exponents_product(e, -1)) for b, e in guards]
    if coefficient * number == 0:
        above = {}
    whole = _product(forms, coefficient * number, [*above.items(), *below])
    if len(terms) == 1:
        return whole
    terms[place] = (1, whole)
    return _sum(forms, terms)


def _product(forms: Forms, coefficient: Rational, factors: list[Factor]) -> Node:
    """A product in which a base may stand on both sides of the line."""
    return forms.raw(PRODUCT, coefficient, tuple(factors), product_facts)


def _sum(forms: Forms, terms: list[tuple[Rational, Node]]) -> Node:
    """A sum in which a term may be 0 times something."""
    if len(terms) == 1:
        number, factors = forms.factors(terms[0][1])
        return _product(forms, terms[0][0] * number, list(factors))
    return forms.raw(SUM, None, tuple(terms), sum_facts)
