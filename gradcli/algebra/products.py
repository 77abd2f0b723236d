"""Products: like factors collected, powers merged, roots of numbers taken apart."""

from __future__ import annotations

from fractions import Fraction

from gradcli.algebra import functions, identities
from gradcli.algebra.nodes import NUMBER, PRODUCT, SUM, Node, is_e, is_whole, rational
from gradcli.algebra.ranges import is_not_negative, is_positive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Exponent, Factor, Rational

MOST_BITS = 4096
"""The longest whole number that a power is worked out to."""


class Collected:
    """The factors of a product while they are collected: a coefficient, and an exponent for every base."""

    __slots__ = ("coefficient", "forms", "powers")

    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        self.coefficient: Rational = 1
        self.powers: dict[Node, Exponent] = {}

    def put_all(self, factors: Iterable[Factor]) -> Collected:
        """Multiply by powers."""
        todo = list(factors)
        while todo:
            base, exponent = todo.pop()
            if type(exponent) is not Node and exponent == 0:
                continue
            if base.kind == NUMBER:
                self._put_number(base, exponent)
            elif base.kind == PRODUCT:
                todo.extend(self._taken_apart(base, exponent))
            elif is_e(base) and type(exponent) is Node:
                todo.extend(self._exponential(base, exponent))
            elif base.kind == SUM and is_whole(exponent):
                content, primitive = self.forms.primitive(base)
                if content != 1:
                    self._put_number(self.forms.number(content), exponent)
                self._collect(primitive, exponent)
            elif base.kind == SUM and type(exponent) is not Node:
                todo.extend(self._root_of_sum(base, exponent))
            else:
                self._collect(base, exponent)
        return self

    def _collect(self, base: Node, exponent: Exponent) -> None:
        before = self.powers.get(base)
        if before is not None:
            exponent = self.forms.exponents_sum(before, exponent)
        if exponent == 0:
            del self.powers[base]
        else:
            self.powers[base] = exponent

    def _put_number(self, base: Node, exponent: Exponent) -> None:
        value = base.head
        if value == 1:
            return
        if is_whole(exponent):
            bits = max(value.numerator.bit_length(), value.denominator.bit_length())
            if (value or exponent > 0) and bits * abs(exponent) <= MOST_BITS:
                self.coefficient = rational(Fraction(value) ** exponent) * self.coefficient
                return
        elif type(exponent) is not Node and value > 0 and type(value) is Fraction:
            self._collect(self.forms.number(value.denominator), -exponent)
            base = self.forms.number(value.numerator)
            if value.numerator == 1:
                return
        if value == 0 and type(exponent) is Fraction and exponent > 0:
            self.coefficient = 0
            return
        self._collect(base, exponent)

    def _taken_apart(self, base: Node, exponent: Exponent) -> list[Factor]:
        """The power of a product as powers of its factors, as far as they have a value whenever it has."""
        if is_whole(exponent):
            parts = [(b, self.forms.exponents_product(e, exponent)) for b, e in base.parts]
            return [(self.forms.number(base.head), exponent), *parts] if base.head != 1 else parts
        out: list[Factor] = []
        left: list[Factor] = []
        for factor in base.parts:
            b, e = factor
            root = type(e) is not Node and not is_whole(e)
            known = type(exponent) is not Node
            if is_whole(e) and e % 2 == 0 and known:
                out.append((self.forms.function("abs", b), self.forms.exponents_product(e, exponent)))
            elif is_positive(b.range) or (root and (known or is_not_negative(b.range))):
                out.append((b, self.forms.exponents_product(e, exponent)))
            else:
                left.append(factor)
        size = abs(base.head)
        if size != 1 and type(exponent) is not Node:
            out.append((self.forms.number(size), exponent))
            size = 1
        if not out:
            self._collect(base, exponent)
            return []
        rest = self.forms.product(size if base.head > 0 else -size, left)
        if rest.kind == PRODUCT:
            self._collect(rest, exponent)
        else:
            out.append((rest, exponent))
        return out

    def _exponential(self, base: Node, exponent: Node) -> list[Factor]:
        """exp(x + 2*log(y)) as y**2*exp(x), where y is positive whatever its names are, or must be."""
        out: list[Factor] = []
        left: list[tuple[Rational, Node]] = []
        for coefficient, term in self.forms.terms(exponent):
            if term.head == "log" and (self.forms.closes or is_positive(term.parts[0].range)):
                out.append((term.parts[0], coefficient))
            else:
                left.append((coefficient, term))
        rest = self.forms.exponent(self.forms.add(left)) if out else exponent
        if rest != 0:
            self._collect(base, rest)
        return out

    def _root_of_sum(self, base: Node, exponent: Exponent) -> list[Factor]:
        content, primitive = self.forms.primitive(base)
        if content == 1 or content == -1:
            self._collect(base, exponent)
            return []
        rest = primitive if content > 0 else self.forms.negative(primitive)
        self._collect(rest, exponent)
        return [(self.forms.number(abs(content)), exponent)]

    def made(self) -> Node:
        """The product, in its one shape."""
        for _ in range(8):  # a rule may make way for another one; three rounds have been seen
            again = self._whole_powers()
            if any(base.kind == NUMBER for base in self.powers):
                self._roots_of_numbers()
            again = identities.merged_factors(self) or again
            if not again:
                break
        if self.coefficient == 0:
            return self.forms.zero
        choice = functions.into_choice(self)
        if choice is not None:
            return choice
        return self.forms.product(self.coefficient, list(self.powers.items()))

    def _whole_powers(self) -> bool:
        """Take products and sums apart whose exponents became whole."""
        found = [
            base
            for base, e in self.powers.items()
            if is_whole(e)
            and (base.kind == PRODUCT or (base.kind == SUM and self.forms.primitive(base)[0] != 1))
        ]
        for base in found:
            self.put_all([(base, self.powers.pop(base))])
        return bool(found)

    def _roots_of_numbers(self) -> None:
        """Numbers under one root together, and before it what can be."""
        by_root: dict[Rational, Rational] = {}
        for base, exponent in list(self.powers.items()):
            if base.kind == NUMBER and base.head > 0 and type(exponent) is Fraction:
                del self.powers[base]
                whole = exponent.__floor__()
                if abs(whole) * base.head.bit_length() > MOST_BITS:
                    self.powers[base] = exponent
                    continue
                self.coefficient = rational(self.coefficient * Fraction(base.head) ** whole)
                root = rational(exponent - whole)
                by_root[root] = by_root.get(root, 1) * base.head
        for root, value in by_root.items():
            outside, inside = _root(value, root)
            self.coefficient *= outside
            if inside != 1:
                self.powers[self.forms.number(inside)] = root


def _root(value: int, root: Fraction) -> tuple[int, int]:
    """value**root as a number times a smaller one to the same power."""
    if value.bit_length() > 64:
        return 1, value
    outside, power = 1, root.denominator
    if power >= value.bit_length():  # not even 2**power divides it
        return 1, value
    for n in range(2, 100):
        whole = n**power
        if whole > value:
            break
        while value % whole == 0:
            value //= whole
            outside *= n
    near = round(value ** (1 / power))
    if near > 1 and near**power == value:
        outside, value = outside * near, 1
    return outside**root.numerator, value
