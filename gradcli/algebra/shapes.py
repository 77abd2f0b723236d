"""The shapes that one form can be written in, expanded, factored, over one denominator, and the shortest."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from gradcli.algebra.nodes import FUNCTION, NAME, NUMBER, PRODUCT, SUM, Node, is_e, is_whole, parts_of
from gradcli.algebra.regrouping import regrouped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Exponent, Factor, Rational, Term

MOST_TERMS = 40
"""The longest sum that products are multiplied out to."""

MOST_COST = 2000.0
"""The largest form that other shapes are tried of."""


def is_spread(forms: Forms, node: Node) -> bool:
    """Whether a form is a sum of powers of names, as 5 - 3/x + 2/x**2."""
    return node.kind == SUM and all(
        base.kind in (NAME, NUMBER) and type(e) is not Node
        for _, t in node.parts
        for base, e in forms.factors(t)[1]
    )


_NESTED = 2.5
"""By how much a fraction may be longer than one with fractions in it."""

_OWN = 3.0
"""By how much a product may be longer for the sake of a sum that the reader knows."""


class Chooser:
    """Chooses for every form below a root the shape that is shortest."""

    __slots__ = ("chosen_of", "forms")

    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        self.chosen_of: dict[Node, Node] = {}

    def chosen(self, root: Node) -> Node:
        """The shortest shape of a form; of its parts first."""
        done = self.chosen_of
        todo = [root]
        while todo:
            node = todo[-1]
            if node in done:
                todo.pop()
                continue
            missing = [part for part in parts_of(node) if part not in done]
            if missing:
                todo.extend(missing)
                continue
            todo.pop()
            done[node] = self._best(self.forms.rebuilt(node, done))
        return done[root]

    def _best(self, node: Node) -> Node:
        if node.cost > MOST_COST:
            return node
        if node.kind == SUM:
            return self._best_sum(node)
        if node.kind == PRODUCT:
            return self._best_product(node)
        return node

    def _best_sum(self, node: Node) -> Node:
        if self.forms.spread and is_spread(self.forms, node):
            return node
        candidates: list[Node] = []
        expanded = expand(self.forms, node)
        for candidate in _in_order(node, expanded):
            candidates.append(candidate)
            if candidate.kind == SUM:
                candidates += self._factored(candidate)
                candidates += regrouped(self.forms, candidate)
                if candidate not in self.forms.own:
                    candidates += self.over_one_denominator(candidate)
                    candidates += squared(self.forms, candidate)
        # Of two of one length the later: as it is before multiplied out, a fraction, then a product before a
        # sum; but sums of powers stay as they are.
        slack = 0.5 if node.polynomial else 0.0
        return min(reversed(candidates), key=lambda c: self._price(c, slack))

    def _price(self, node: Node, slack: float) -> float:
        """What a shape costs a reader: what is in what he has written costs little."""
        if node.kind != PRODUCT:
            return node.cost
        own = any(b in self.forms.own and type(e) is not Node and e > 0 for b, e in node.parts)
        return node.cost + slack - (_OWN if own else 0.0)

    def _factored(self, node: Node, *, inner: bool = False) -> Iterator[Node]:
        """The sum with what its terms have in common before it."""
        forms = self.forms
        common = common_factors(forms, node)
        if not inner and node.polynomial and all(base.kind == NAME for base, _ in common):
            common = []
        if common:
            reverse = [(b, forms.exponents_product(e, -1)) for b, e in common]
            rest = forms.add((c, _quotient(forms, term, reverse)) for c, term in node.parts)
            shapes = [*_in_order(rest, expand(forms, rest)), *regrouped(forms, rest)]
            for shape in _with_square(forms, shapes):
                yield forms.multiply([*common, (shape, 1)])
        elif forms.primitive(node)[0] not in (1, -1):
            content, primitive = forms.primitive(node)
            if not any(b.kind == NUMBER for _, t in node.parts for b, _ in forms.factors(t)[1]):
                yield forms.multiply([(forms.number(content), 1), (primitive, 1)])

    def over_one_denominator(self, node: Node) -> Iterator[Node]:
        """The sum as a fraction."""
        forms = self.forms
        below: dict[Node, Exponent] = {}
        for _, term in node.parts:
            for base, e in forms.factors(term)[1]:
                if type(e) is not Node and e < 0 and not base.constant and base.head not in forms.upright:
                    below[base] = min(e, below.get(base, 0))
        if not below:
            return
        up = [(base, -e) for base, e in below.items()]
        down = list(below.items())
        numerator = forms.add((c, forms.multiply([(term, 1), *up])) for c, term in node.parts)
        for top in _with_square(forms, _in_order(numerator, expand(forms, numerator))):
            yield forms.multiply([(top, 1), *down])
            if top.kind == SUM:
                for factored in self._factored(top, inner=True):
                    yield forms.multiply([(factored, 1), *down])

    def _best_product(self, node: Node) -> Node:
        """A product, multiplied out where that is shorter."""
        forms = self.forms
        best = node
        for shape in cleared(forms, node) if forms.closes else ():
            best = shape if shape.cost < best.cost + _NESTED else best
        choice = next((b for b, e in node.parts if e == 1 and b.head == "where"), None)
        if choice is not None and len(node.parts) == 1:
            condition, a, b = choice.parts
            pushed = forms.function(
                "where", condition, forms.add(((node.head, a),)), forms.add(((node.head, b),))
            )
            return pushed if pushed.cost <= node.cost else node
        sums = [(b, e) for b, e in node.parts if b.kind == SUM and is_whole(e)]
        if sums and all(e == 1 for _, e in node.parts) and len(node.parts) == 1:
            flat = forms.add(((1, node),))
            if self._price(flat, 0.0) < self._price(best, 0.0):
                best = flat
        return best


def _quotient(forms: Forms, term: Node, reverse: list[Factor]) -> Node:
    """A term without the factors that stand before it, its exponents multiplied out."""
    quotient = forms.multiply([(term, 1), *reverse])
    if all(type(e) is not Node for _, e in reverse):
        return quotient
    number, factors = forms.factors(quotient)
    exponents = [forms.exponent(expand(forms, e) or e) if type(e) is Node else e for _, e in factors]
    bases = [base for base, _ in factors]
    return forms.multiply([(forms.number(number), 1), *zip(bases, exponents, strict=True)])


def _with_square(forms: Forms, shapes: Sequence[Node]) -> Iterator[Node]:
    """Shapes of one form, and the square that it is."""
    for shape in shapes:
        yield shape
        yield from squared(forms, shape)


def squared(forms: Forms, node: Node) -> Iterator[Node]:
    """The square that a sum of three is: (x - 1)**2 for x**2 - 2*x + 1."""
    if node.kind != SUM or len(node.parts) != 3:
        return
    content, primitive = forms.primitive(node)
    roots = [(term, root) for term in primitive.parts if (root := _square_root(forms, *term)) is not None]
    for i, (first, a) in enumerate(roots):
        for second, b in roots[i + 1 :]:
            rest = [term for term in primitive.parts if term is not first and term is not second]
            for sign in (1, -1):
                if forms.add(rest) is forms.multiply(((forms.number(2 * sign), 1), (a, 1), (b, 1))):
                    root = forms.add(((1, a), (sign, b)))
                    yield forms.multiply(((forms.number(content), 1), (root, 2)))


def _square_root(forms: Forms, coefficient: Rational, term: Node) -> Node | None:
    """The root of a term, where it is one without a sign of a root."""
    number, factors = forms.factors(term)
    total = coefficient * number
    if total <= 0 or any(type(e) is not int or e % 2 for _, e in factors):
        return None
    above, below = isqrt(total.numerator), isqrt(total.denominator)
    if above * above != total.numerator or below * below != total.denominator:
        return None
    return forms.multiply(((forms.number(Fraction(above, below)), 1), *((b, e // 2) for b, e in factors)))


def cleared(forms: Forms, node: Node) -> Iterator[Node]:
    """A product with its sums over one denominator: x/(x**2 + y**2) for 1/(x*(1 + y**2/x**2))."""
    if node.kind != PRODUCT:
        return
    for base, exponent in node.parts:
        if base.kind == SUM and is_whole(exponent):
            others = [factor for factor in node.parts if factor[0] is not base]
            for shape in Chooser(forms).over_one_denominator(base):
                yield forms.multiply([(forms.number(node.head), 1), *others, (shape, exponent)])


def _in_order(node: Node, expanded: Node | None) -> tuple[Node, ...]:
    """A form and what it is multiplied out, the one that is better of two of one length last."""
    if expanded is None or expanded is node:
        return (node,)
    return (node, expanded) if expanded.polynomial else (expanded, node)


def expand(forms: Forms, node: Node) -> Node | None:
    """A sum with its products multiplied out; None where that would be long."""
    out: list[Term] = []
    for coefficient, term in node.parts if node.kind == SUM else ((1, node),):
        product = _multiplied_out(forms, term)
        if product is None:
            return None
        out += [(coefficient * c, t) for c, t in product]
        if len(out) > MOST_TERMS:
            return None
    return forms.add(out)


def _multiplied_out(forms: Forms, term: Node) -> list[Term] | None:
    coefficient, factors = forms.factors(term)
    sums = [(b, e) for b, e in factors if b.kind == SUM and is_whole(e) and e > 0]
    if not sums:
        return [(1, term)]
    rest = forms.product(coefficient, [f for f in factors if f not in sums])
    terms: list[Term] = [(1, rest)]
    for base, exponent in sums:
        for _ in range(exponent):
            if len(terms) * len(base.parts) > MOST_TERMS:
                return None
            product = forms.add(
                (c * k, forms.multiply([(t, 1), (part, 1)])) for c, t in terms for k, part in base.parts
            )
            terms = list(forms.terms(product))
    return terms


def common_factors(forms: Forms, node: Node) -> list[Factor]:
    """The powers that every term of a sum has."""
    common: dict[Node, Exponent] | None = None
    for _, term in node.parts:
        factors = dict(forms.factors(term)[1])
        if common is None:
            common = factors
            continue
        common = {
            base: least
            for base, e in common.items()
            if base in factors and (least := _lesser(forms, base, e, factors[base])) is not None
        }
        if not common:
            return []
    return list((common or {}).items())


def _multiple(forms: Forms, a: Exponent, b: Exponent) -> Exponent | None:
    """The smaller of two exponents of which one is a positive multiple of the other: x of x and 2*x."""
    if type(a) is not Node or type(b) is not Node:
        return None
    (first, one), (second, other) = forms.factors(a), forms.factors(b)
    if one != other or first * second < 0:
        return None
    return a if abs(first) < abs(second) else b


def _lesser(forms: Forms, base: Node, a: Exponent, b: Exponent) -> Exponent | None:
    """The exponent with which a base stands before two terms; None where there is none."""
    if a is b:
        return a
    difference = forms.exponents_sum(a, forms.exponents_product(b, -1))
    if type(difference) is Node:
        difference = forms.exponent(expand(forms, difference) or difference)
    if type(difference) is Node:
        return _multiple(forms, a, b) if is_e(base) else None
    lesser, greater = (a, b) if difference < 0 else (b, a)
    if base.kind == FUNCTION and base.head in forms.upright and type(greater) is not Node:
        return greater if greater < 0 else lesser if lesser > 0 else None
    return lesser
