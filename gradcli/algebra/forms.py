"""How forms are made: sums collect like terms, products like factors, whatever their domains."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from gradcli.algebra import functions, identities
from gradcli.algebra.nodes import (
    FUNCTION,
    NAME,
    NUMBER,
    PRODUCT,
    SUM,
    Node,
    factor_order,
    function_facts,
    name_facts,
    number_facts,
    parts_of,
    product_facts,
    rational,
    sum_facts,
    term_order,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from typing import Any

    from gradcli.algebra.nodes import Exponent, Factor, Rational, Term
    from gradcli.numbers.expression import Expression

_LARGEST_DENOMINATOR = 10**9
"""Of fractions that sums are brought to."""


class Forms:
    """Makes forms, each of them once."""

    __slots__ = (
        "_made",
        "_primitive",
        "closes",
        "conditions",
        "decimals",
        "named",
        "one",
        "own",
        "patterns",
        "spread",
        "turned",
        "upright",
        "zero",
    )

    def __init__(self, upright: Container[str] = (), *, decimals: bool = False) -> None:
        self.decimals = decimals  # whether 0.5 stays what it is
        self.upright = upright  # functions whose reciprocals have names, and so do not go below the line
        self._made: dict[Any, Node] = {}
        self._primitive: dict[Node, tuple[Rational, Node]] = {}
        self.conditions: set[Node] = set()  # of choices as they were written: an undefined one does not hold
        self.patterns: dict[str, Expression] = {}
        self.own: set[Node] = set()  # sums that are part of what the reader has written
        self.turned: set[Node] = set()  # those that stand there the other way round, as 3 - x
        self.spread = False  # whether that is itself a sum of powers, and so is to stay one
        self.closes = False  # whether holes may close: what a form has lost of its domain is said beside it
        self.named: frozenset[str] = frozenset()  # the functions in it
        self.zero = self.number(0)
        self.one = self.number(1)

    def raw(self, kind: int, head: Any, parts: tuple[Any, ...], facts: Callable[[Node], None]) -> Node:
        """The one form of these parts, as they stand."""
        key = (kind, head, parts)
        node = self._made.get(key)
        if node is None:
            node = self._made[key] = Node(kind, head, parts)
            facts(node)
        return node

    def number(self, value: Rational) -> Node:
        """A rational number."""
        return self.raw(NUMBER, rational(value), (), number_facts)

    def name(self, text: str, *, constant: bool = False) -> Node:
        """A variable or a constant of nature."""
        key = (NAME, text, constant)
        node = self._made.get(key)
        if node is None:
            node = self._made[key] = Node(NAME, text, ())
            name_facts(node, constant=constant)
        return node

    def function(self, name: str, *operands: Node) -> Node:
        """A function of forms, in the one shape that all that are plainly equal share."""
        known = functions.canonical(self, name, operands)
        return known if known is not None else self.opaque(name, operands)

    def opaque(self, name: str, operands: Iterable[Node]) -> Node:
        """A function of forms as it stands."""
        return self.raw(FUNCTION, name, tuple(operands), function_facts)

    def known(self, name: str, *operands: Node) -> Node | None:
        """A function of forms as it stands, if it was made before."""
        return self._made.get((FUNCTION, name, operands))

    def replaced(self, root: Node, known: dict[Node, Node]) -> Node:
        """A form with some of its parts replaced by others."""
        done = dict(known)
        todo = [root]
        while todo:
            node = todo[-1]
            if node in done:
                todo.pop()
                continue
            missing = [part for part in parts_of(node) if part not in done]
            if missing:
                todo.extend(missing)
            else:
                todo.pop()
                done[node] = self.rebuilt(node, done)
        return done[root]

    def rebuilt(self, node: Node, done: dict[Node, Node]) -> Node:
        """A form of other parts."""
        if all(done[part] is part for part in parts_of(node)):
            return node
        if node.kind == FUNCTION:
            made = self.function(node.head, *(done[part] for part in node.parts))
            if node in self.conditions:
                self.conditions.add(made)
            return made
        if node.kind == SUM:
            return self.add((c, done[term]) for c, term in node.parts)
        factors = [(done[b], self.exponent(done[e]) if type(e) is Node else e) for b, e in node.parts]
        return self.multiply([(self.number(node.head), 1), *factors])

    def pattern(self, expression: Expression, operands: Iterable[Node]) -> Node:
        """A form of the syntax, a call by name or an array, as a function of what it is made of."""
        keys = [key for key, _ in expression.keywords]
        head = f"{expression.op} {expression.value} {len(expression.args)} {keys}"
        self.patterns[head] = expression
        return self.opaque(head, operands)

    def group(self, node: Node) -> Node:
        """A sum or product as one part of others, which is not taken apart."""
        made = self.opaque("group", (node,))
        made.range = node.range
        made.degree = node.degree
        return made

    # --- sums ---

    def add(self, terms: Iterable[Term]) -> Node:
        """The sum of terms with coefficients."""
        collected: dict[Node, Rational] = {}
        for coefficient, node in terms:
            for part, term in self.terms(node):
                collected[term] = collected.get(term, 0) + coefficient * part
        choices = [term for term in collected if term.kind == FUNCTION and term.head == "where"]
        if len(choices) > 1:
            collected = functions.merged_choices(self, collected)
        if len(collected) > 1:
            identities.merged_squares(self, collected)
        kept = [(rational(c), term) for term, c in collected.items() if c]
        if not kept:
            return self.zero
        if len(kept) == 1:
            return self.scaled(*kept[0])
        kept.sort(key=term_order)
        return self.raw(SUM, None, tuple(kept), sum_facts)

    def terms(self, node: Node) -> tuple[Term, ...]:
        """What a form is the sum of."""
        if node.kind == SUM:
            return node.parts
        if node.kind == NUMBER:
            return ((node.head, self.one),) if node.head else ()
        if node.kind == PRODUCT and node.head != 1:
            if len(node.parts) == 1 and node.parts[0][1] == 1 and node.parts[0][0].kind == SUM:
                return tuple((node.head * c, term) for c, term in node.parts[0][0].parts)
            return ((node.head, self._product(1, node.parts)),)
        return ((1, node),)

    def scaled(self, coefficient: Rational, node: Node) -> Node:
        """A number times a form."""
        if coefficient == 1:
            return node
        if coefficient == 0:
            return self.zero
        if node.kind == NUMBER:
            return self.number(coefficient * node.head)
        if node.kind == PRODUCT:
            return self._product(rational(coefficient * node.head), node.parts)
        if node.kind == SUM:
            content, primitive = self.primitive(node)
            return self._product(rational(coefficient * content), ((primitive, 1),))
        return self._product(rational(coefficient), ((node, 1),))

    def negative(self, node: Node) -> Node:
        """Minus a form; of a sum, term by term."""
        if node.kind == SUM:
            return self.raw(SUM, None, tuple((-c, term) for c, term in node.parts), sum_facts)
        return self.scaled(-1, node)

    def primitive(self, node: Node) -> tuple[Rational, Node]:
        """A sum as a number times a sum with coprime whole coefficients, the first of them positive."""
        found = self._primitive.get(node)
        if found is None:
            content = self._content([c for c, _ in node.parts])
            rest = node
            if content != 1:
                parts = tuple((rational(Fraction(c) / content), term) for c, term in node.parts)
                rest = self.raw(SUM, None, parts, sum_facts)
            found = self._primitive[node] = (content, rest)
        return found

    def _content(self, coefficients: list[Rational]) -> Rational:
        """What coefficients are whole multiples of; of decimals, what each of them is but for its sign."""
        first = coefficients[0]
        above = gcd(*(c.numerator for c in coefficients))
        below = 1
        for c in coefficients:
            below = below * c.denominator // gcd(below, c.denominator)
        content = rational(Fraction(above if first > 0 else -above, below))
        if below == 1 or (below < _LARGEST_DENOMINATOR and not self.decimals):
            return content
        return first if all(abs(c) == abs(first) for c in coefficients) else 1 if first > 0 else -1

    # --- products ---

    def multiply(self, factors: Iterable[Factor]) -> Node:
        """The product of powers."""
        from gradcli.algebra.products import Collected

        return Collected(self).put_all(factors).made()

    def power(self, base: Node, exponent: Exponent) -> Node:
        """A power."""
        return self.multiply(((base, exponent),))

    def factors(self, node: Node) -> tuple[Rational, tuple[Factor, ...]]:
        """What a form is the product of: a number, and powers."""
        if node.kind == PRODUCT:
            return node.head, node.parts
        if node.kind == NUMBER:
            return node.head, ()
        if node.kind == SUM:
            content, primitive = self.primitive(node)
            return content, ((primitive, 1),)
        return 1, ((node, 1),)

    def product(self, coefficient: Rational, factors: list[Factor]) -> Node:
        """The product of a number and powers that are collected already."""
        if coefficient == 0:
            return self.zero
        if not factors:
            return self.number(coefficient)
        return self._product(rational(coefficient), tuple(sorted(factors, key=factor_order)))

    def _product(self, coefficient: Rational, factors: tuple[Factor, ...]) -> Node:
        if coefficient == 1 and len(factors) == 1 and factors[0][1] == 1:
            return factors[0][0]
        return self.raw(PRODUCT, coefficient, factors, product_facts)

    # --- exponents ---

    def exponent(self, node: Node) -> Exponent:
        """A form as an exponent: a number where it is one."""
        return node.head if node.kind == NUMBER else node

    def exponents_sum(self, a: Exponent, b: Exponent) -> Exponent:
        """The sum of two exponents."""
        if type(a) is not Node and type(b) is not Node:
            return rational(a + b)
        return self.exponent(self.add(((1, self.as_node(a)), (1, self.as_node(b)))))

    def exponents_product(self, a: Exponent, b: Exponent) -> Exponent:
        """The product of two exponents."""
        if type(a) is not Node and type(b) is not Node:
            return rational(a * b)
        return self.exponent(self.multiply(((self.as_node(a), 1), (self.as_node(b), 1))))

    def as_node(self, exponent: Exponent) -> Node:
        """An exponent as a form."""
        return exponent if type(exponent) is Node else self.number(exponent)
