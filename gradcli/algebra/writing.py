"""From forms to expressions, laid out as in a textbook: what is divided by below the line, roots as roots."""

from __future__ import annotations

from fractions import Fraction

from gradcli.algebra.nodes import (
    FUNCTION,
    HALF,
    NAME,
    NUMBER,
    PRODUCT,
    SUM,
    Node,
    factor_order,
    is_e,
    is_whole,
    product_facts,
    rational,
    sum_facts,
)
from gradcli.algebra.numerals import decimal, whole
from gradcli.numbers.expression import Expression
from gradcli.numbers.expression import name as named
from gradcli.numbers.expression import number as numbered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Exponent, Factor, Rational, Term

_LARGEST_DENOMINATOR = 10**6
"""Below it a fraction is one; 1.0507009873554804934193349852946 is none."""


class Style:
    """How to write: decimals for fractions, and the names of reciprocals that the reader has used."""

    __slots__ = ("circular", "decimals", "hyperbolic", "hypot")

    def __init__(
        self,
        *,
        decimals: bool = False,
        circular: Mapping[str, str] | None = None,
        hyperbolic: bool = False,
        hypot: bool = False,
    ) -> None:
        self.decimals = decimals
        self.circular = circular or {}
        self.hyperbolic = hyperbolic
        self.hypot = hypot

    @property
    def upright(self) -> frozenset[str]:
        """The functions whose reciprocals are written by their names."""
        return frozenset((*self.circular, *(_HYPERBOLIC if self.hyperbolic else ())))


class Writer:
    """Writes forms, each once: what is shared among forms is shared among expressions."""

    __slots__ = ("forms", "style", "written")

    def __init__(self, forms: Forms, style: Style) -> None:
        self.forms = forms
        self.style = style
        self.written: dict[Node, Expression] = {}

    def expression(self, root: Node) -> Expression:
        """A form as an expression."""
        todo = [root]
        while todo:
            node = todo[-1]
            if node in self.written:
                todo.pop()
                continue
            missing = [part for part in self._needed(node) if part not in self.written]
            if missing:
                todo.extend(missing)
                continue
            todo.pop()
            self.written[node] = self._written(node)
        return self.written[root]

    def _needed(self, node: Node) -> Iterator[Node]:
        """The forms that must be written before this one."""
        if node.kind == FUNCTION:
            yield from node.parts
        elif node.kind == SUM:
            for _, term in node.parts:
                if term.kind == PRODUCT:
                    yield from self._needed(term)
                else:
                    yield term
        elif node.kind == PRODUCT:
            for base, exponent in node.parts:
                yield base
                if type(exponent) is Node:
                    yield exponent

    def _written(self, node: Node) -> Expression:
        if node.kind == NUMBER:
            return self.number(node.head)
        if node.kind == NAME:
            return named(node.head)
        if node.kind == FUNCTION:
            return self._function(node)
        if node.kind == SUM:
            return self._sum(node.parts)
        return self.product(node.head, node.parts)

    # --- numbers ---

    def number(self, value: Rational) -> Expression:
        """A rational number."""
        size = abs(value)
        if type(size) is int:
            made = whole(size)
        elif (text := self._decimal(size)) is not None:
            made = numbered(float(text), text)
        else:
            made = Expression("div", (whole(size.numerator), whole(size.denominator)))
        return negated(made) if value < 0 else made

    def _decimal(self, size: Rational) -> str | None:
        """How to write a number with a point; None where it is to be a fraction."""
        if type(size) is int or not (self.style.decimals or size.denominator > _LARGEST_DENOMINATOR):
            return None
        return decimal(size)

    # --- functions ---

    def _function(self, node: Node) -> Expression:
        operands = tuple(self.written[part] for part in node.parts)
        pattern = self.forms.patterns.get(node.head)
        if pattern is not None:
            count = len(pattern.args)
            keywords = tuple(zip((key for key, _ in pattern.keywords), operands[count:], strict=True))
            return Expression(pattern.op, operands[:count], pattern.value, None, pattern.text, keywords)
        if node.head == "group":
            return operands[0]
        if node.head == "abs" and node.parts[0] in self.forms.turned:
            return Expression("abs", (self.written[self._other(node.parts[0])],))
        if node.head == "logaddexp":
            return Expression("call", (Expression("array", operands),), "logsumexp")
        return Expression(_SIGNS.get(node.head, node.head), operands)

    # --- sums ---

    def _sum(self, terms: Sequence[tuple[Rational, Node]]) -> Expression:
        ordered = [self._as_own(*term) for term in terms]
        if ordered[0][0] < 0:
            first = next((i for i, (c, _) in enumerate(ordered) if c > 0), None)
            if first is not None:
                ordered.insert(0, ordered.pop(first))
        made: Expression | None = None
        for coefficient, term in ordered:
            size = abs(coefficient)
            turned = self._turned_term(term) if coefficient < 0 and made is not None else None
            if turned is not None:
                coefficient, term = size, turned
            part = self._term(size, term)
            if made is None:
                made = negated(part) if coefficient < 0 else part
            else:
                made = Expression("sub" if coefficient < 0 else "add", (made, part))
        assert made is not None
        return made

    def _as_own(self, coefficient: Rational, term: Node) -> Term:
        """A term with its sums the way round in which the reader has written them."""
        if term.kind != PRODUCT or self.forms.turned.isdisjoint(base for base, _ in term.parts):
            return coefficient, term
        sign, factors = self._own(term.parts)
        return sign * coefficient, self.forms.raw(PRODUCT, term.head, tuple(factors), product_facts)

    def _own(self, factors: Sequence[Factor]) -> tuple[int, list[Factor]]:
        """Factors with sums the way round in which the reader has written them, and the sign of that."""
        sign = 1
        out: list[Factor] = []
        for base, exponent in factors:
            if base in self.forms.turned and is_whole(exponent):
                sign = -sign if exponent % 2 else sign
                base = self._other(base)
            out.append((base, exponent))
        return sign, out

    def _other(self, base: Node) -> Node:
        """Minus a sum, term by term."""
        other = self.forms.negative(base)
        if other not in self.written:
            self.written[other] = self._sum(other.parts)
        return other

    def _turned_term(self, term: Node) -> Node | None:
        """Minus a product as one with 1 - sigmoid(x) for sigmoid(x) - 1."""
        if term.kind != PRODUCT or not any(b.kind == SUM and not b.pure for b, _ in term.parts):
            return None
        turned = self._turned(list(term.parts))
        return None if turned is None else self.forms.raw(PRODUCT, term.head, tuple(turned), product_facts)

    def _term(self, size: Rational, term: Node) -> Expression:
        if term.kind == NUMBER:
            return self.number(rational(size * term.head))
        if term.kind == PRODUCT:
            return self.product(rational(size * term.head), term.parts)
        return self.written[term] if size == 1 else self.product(size, ((term, 1),))

    # --- products ---

    def product(self, coefficient: Rational, factors: Sequence[Factor]) -> Expression:
        """A coefficient times powers, as a quotient where some are below the line."""
        sign, factors = self._own(factors)
        negative = sign * coefficient < 0
        size, factors = self._joined(abs(coefficient), factors)
        above, below = self._sides(factors)
        if negative:
            for side in sorted((above, below), key=lambda side: not _has_complement(side)):
                turned = self._turned(side)
                if turned is not None:
                    side[:], negative = turned, False
                    break
        top, bottom = size, 1
        if type(size) is not int and self._decimal(size) is None:
            top, bottom = size.numerator, size.denominator
        top, bottom = self._rationalized(top, bottom, above, below)
        made = self._line(top, above)
        if below or bottom != 1:
            made = Expression("div", (made, self._line(bottom, below)))
        return negated(made) if negative else made

    def _sides(self, factors: Sequence[Factor]) -> tuple[list[Factor], list[Factor]]:
        """What stands above the line and, with exponents turned, what below."""
        above: list[Factor] = []
        below: list[Factor] = []
        for base, exponent in sorted(factors, key=factor_order):
            if type(exponent) is not Node and exponent < 0 and not is_e(base):
                name = self._reciprocal(base)
                if name is not None and is_whole(exponent):
                    above.append((self._as_function(name, base), -exponent))
                else:
                    below.append((base, -exponent))
            else:
                above.append((base, exponent))
        return above, below

    def _joined(self, size: Rational, factors: list[Factor]) -> tuple[Rational, list[Factor]]:
        """2**0.1*x**0.1 as (2*x)**0.1, and 7**0.9/x**0.1 as 7/(7*x)**0.1; of 7 and x/7 the same."""
        for number, exponent in factors:
            if number.kind != NUMBER or type(exponent) is Node or is_whole(exponent) or exponent == HALF:
                continue
            for base, e in factors:
                if base.constant or type(e) is Node or abs(e) not in (exponent, 1 - exponent):
                    continue
                inside = number.head if e in (exponent, exponent - 1) else Fraction(1, number.head)
                rest = [factor for factor in factors if factor[0] not in (number, base)]
                size = size if abs(e) == exponent else size * number.head
                return rational(size), [*rest, (self._scaled(inside, base), e)]
        return size, factors

    def _scaled(self, number: Rational, base: Node) -> Node:
        """A number times what stands under a root beside it."""
        coefficient, factors = self.forms.factors(base)
        size = rational(number * coefficient)
        if len(factors) == 1 and factors[0][0].kind == SUM and factors[0][1] == 1:
            terms = tuple((rational(size * c), term) for c, term in factors[0][0].parts)
            made = self.forms.raw(SUM, None, terms, sum_facts)
            self.written[made] = self._sum(terms)
        else:
            made = self.forms.raw(PRODUCT, number, ((base, 1),), product_facts)
            self.written[made] = self.product(size, factors)
        return made

    def _reciprocal(self, base: Node) -> str | None:
        if base.kind != FUNCTION:
            return None
        if base.head in self.style.circular:
            return self.style.circular[base.head]
        return _HYPERBOLIC.get(base.head) if self.style.hyperbolic else None

    def _as_function(self, name: str, base: Node) -> Node:
        node = self.forms.opaque(name, base.parts)
        self.written[node] = Expression(name, tuple(self.written[part] for part in base.parts))
        return node

    def _turned(self, above: list[Factor]) -> list[Factor] | None:
        """The factors with the minus before them taken into a sum, where that then begins with a plus."""
        for i, (base, exponent) in enumerate(above):
            if base in self.forms.own:
                continue
            if base.kind == SUM and exponent == 1 and len(base.parts) == 2 and base.parts[1][0] < 0:
                return [*above[:i], (self._other(base), 1), *above[i + 1 :]]
        return None

    def _rationalized(
        self, top: Rational, bottom: int, above: list[Factor], below: list[Factor]
    ) -> tuple[Rational, int]:
        """sqrt(2)/2 as 1/sqrt(2)."""
        for i, (base, exponent) in enumerate(above):
            if base.kind == NUMBER and exponent == HALF and base.head > 0 and bottom % base.head == 0:
                above.pop(i)
                below.insert(0, (base, HALF))
                return top, bottom // base.head
        return top, bottom

    def _line(self, number: Rational, factors: list[Factor]) -> Expression:
        """The product of what stands on one side of the line."""
        made = [] if number == 1 and factors else [self.number(number)]
        made += self._powers(factors)
        line = made[0]
        for part in made[1:]:
            line = Expression("mul", (line, part))
        return line

    def _powers(self, factors: list[Factor]) -> list[Expression]:
        """Powers written out, constants under one root with what follows them."""
        roots = [base for base, e in factors if e == HALF and base.constant and base.kind != SUM]
        others = [f for f in factors if not (f[1] == HALF and f[0] in roots)]
        out: list[Expression] = []
        if roots:
            place = next((i for i, (_, e) in enumerate(others) if e == HALF), None)
            if place is not None:
                roots.append(others.pop(place)[0])
            out.append(Expression("sqrt", (self._under_root(roots),)))
            if place is not None and place > 0:
                out = [*(self._power(*f) for f in others[:place]), *out]
                others = others[place:]
        return out + [self._power(base, exponent) for base, exponent in others]

    def _under_root(self, roots: list[Node]) -> Expression:
        if len(roots) == 1:
            return self.written[roots[0]]
        number = roots[0].head if roots[0].kind == NUMBER else 1
        rest = roots[1:] if roots[0].kind == NUMBER else roots
        if len(rest) == 1 and rest[0].kind == SUM:
            return self._sum([(rational(number * c), term) for c, term in rest[0].parts])
        if len(rest) == 1 and rest[0].kind == PRODUCT:
            return self.product(rational(number * rest[0].head), rest[0].parts)
        return self.product(number, [(base, 1) for base in rest])

    def _power(self, base: Node, exponent: Exponent) -> Expression:
        if is_e(base):
            if exponent == 1:
                return self.written[base]
            inner = self.number(exponent) if type(exponent) is not Node else self.written[exponent]
            return Expression("exp", (inner,))
        below = self.written[base]
        if type(exponent) is Node:
            return Expression("pow", (below, self.written[exponent]))
        if exponent == 1:
            return below
        if exponent == HALF:
            return self._root(base, below)
        if self.style.hypot and base.kind == SUM and type(exponent) is not int and exponent.denominator == 2:
            root = self._root(base, below)
            return Expression("pow", (root, whole(exponent.numerator)))
        return Expression("pow", (below, self.number(exponent)))

    def _root(self, base: Node, below: Expression) -> Expression:
        if self.style.hypot and base.kind == SUM and len(base.parts) == 2:
            sides = [_side(*term) for term in base.parts]
            if None not in sides:
                return Expression("hypot", tuple(self.written[side] for side in sides if side is not None))
        return Expression("sqrt", (below,))


def negated(made: Expression) -> Expression:
    """Minus a product or quotient, the minus before its first factor, as the parser reads `-2*x/y`."""
    path = []
    while made.op in ("mul", "div"):
        path.append(made)
        made = made.args[0]
    made = Expression("neg", (made,))
    for node in reversed(path):
        made = Expression(node.op, (made, node.args[1]))
    return made


_SIGNS = {"logical_and": "and", "logical_or": "or", "logical_not": "not"}
"""The operations that the parser has under names of its own."""

_HYPERBOLIC = {"sinh": "csch", "cosh": "sech", "tanh": "coth"}


def _has_complement(factors: list[Factor]) -> bool:
    """Whether a factor is x - 1, which becomes 1 - x."""
    return any(base.kind == SUM and base.parts[1][1].kind == NUMBER for base, _ in factors)


def _side(coefficient: Rational, term: Node) -> Node | None:
    """The base of a plain square."""
    if coefficient == 1 and term.kind == PRODUCT and term.head == 1 and len(term.parts) == 1:
        base, exponent = term.parts[0]
        return base if exponent == 2 else None
    return None
