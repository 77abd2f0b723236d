"""The normal form of expressions: sums of products of powers of names and functions, every form made once."""

from __future__ import annotations

import re
from fractions import Fraction
from hashlib import blake2b

from gradcli.algebra import ranges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gradcli.algebra.ranges import Range

    Rational = Any  # a Fraction, or an int where it is whole
    Exponent = Any  # a Rational or a Node
    Factor = tuple["Node", Exponent]
    Term = tuple[Rational, "Node"]
    Natural = tuple[Any, ...]  # texts and numbers in turn

NUMBER, NAME, FUNCTION, PRODUCT, SUM = range(5)

HALF = Fraction(1, 2)

_LONGEST_TEXT = 48


class Node:
    """A form, equal to itself alone; `Forms` makes each of them once.

    `kind` is NUMBER (`head` the Fraction or int), NAME (`head` the name), FUNCTION (`head` its name, `parts`
    its operands), PRODUCT (`head` a coefficient, `parts` pairs of base and exponent) or SUM (`parts` pairs of
    coefficient and term; the constant is the term 1). `text` is short and tells forms apart, in every run
    the same; `degree` is that of a polynomial, `cost` the number of nodes written out. `constant` says that
    no variable is in it, `polynomial` that only whole powers of names are, `pure` that no function is, and
    `pieced` that a function in it may be constant on a stretch and not on another.
    """

    __slots__ = (
        "constant",
        "cost",
        "degree",
        "head",
        "kind",
        "parts",
        "pieced",
        "polynomial",
        "pure",
        "range",
        "text",
    )

    def __init__(self, kind: int, head: Any, parts: tuple[Any, ...]) -> None:
        self.kind = kind
        self.head = head
        self.parts = parts
        self.text = ""
        self.degree: Rational = 0
        self.cost = 1.0
        self.constant = True
        self.polynomial = True
        self.pure = True
        self.pieced = False
        self.range: Range = ranges.ANY

    def __repr__(self) -> str:
        return f"<Node {self.text}>"


def rational(value: Rational) -> Rational:
    """The number as an int, where it is one."""
    return value.numerator if value.denominator == 1 else value


def is_whole(exponent: Exponent) -> bool:
    """Whether an exponent is a whole number."""
    return type(exponent) is int


def clipped(text: str) -> str:
    """A text as it is where it is short; else its beginning and a digest of all of it."""
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[:30]}~{blake2b(text.encode(), digest_size=8).hexdigest()}"


def parts_of(node: Node) -> Iterator[Node]:
    """The forms that a form is made of."""
    if node.kind == FUNCTION:
        yield from node.parts
    elif node.kind == SUM:
        for _, term in node.parts:
            yield term
    elif node.kind == PRODUCT:
        for base, exponent in node.parts:
            yield base
            if type(exponent) is Node:
                yield exponent


# --- what is known of a form from its parts ---


def number_facts(node: Node) -> None:
    value = node.head
    node.text = str(value)
    node.cost = number_cost(value)
    node.range = ranges.exactly(value)


def number_cost(value: Rational) -> float:
    """How many nodes a number takes; a sign counts half."""
    size = 1.0 if type(value) is int else 3.0
    return size if value >= 0 else size + 0.5


_CONSTANTS = {"pi": 3.141592653589793, "tau": 6.283185307179586, "e": 2.718281828459045}


def name_facts(node: Node, *, constant: bool) -> None:
    node.text = node.head
    node.constant = constant
    if constant:
        node.range = ranges.point(_CONSTANTS.get(node.head, float("nan")))
    else:
        node.degree = 1


def function_facts(node: Node) -> None:
    parts = node.parts
    node.text = clipped(f"{node.head}({', '.join(part.text for part in parts)})")
    node.cost = 1.0 + sum(part.cost for part in parts)
    node.constant = all(part.constant for part in parts)
    node.polynomial = node.pure = False
    node.pieced = node.head in _PIECED or any(part.pieced for part in parts)
    node.range = ranges.of_function(node.head, [part.range for part in parts])


_PIECED = frozenset(
    (
        *("maximum", "minimum", "where", "sign", "floor", "ceil", "round", "trunc", "mod", "floordiv"),
        *("abs", "atan2", "relu", "lt", "le", "gt", "ge", "eq", "ne"),
    )
)


def product_facts(node: Node) -> None:
    size = abs(node.head)
    below = [base.head for base, e in node.parts if base.kind == NUMBER and base.head > 0 and e == HALF]
    if below and size.denominator % below[0] == 0:  # sqrt(2)/2 is written 1/sqrt(2)
        size = size * below[0]
    cost = 0.0 if size == 1 else number_cost(size) + 1.0
    if size != 1 and size.numerator == 1:
        cost -= 2.0  # x/2
    found = ranges.exactly(node.head)
    texts = [] if node.head == 1 else [str(node.head)]
    above = size.numerator != 1 or size.denominator != 1
    for base, exponent in node.parts:
        texts.append(factor_text(base, exponent))
        cost += factor_cost(base, exponent) + 1.0
        above = above or not is_below(base, exponent)
        node.pieced = node.pieced or base.pieced or (type(exponent) is Node and exponent.pieced)
        node.constant = node.constant and base.constant and (_known(exponent) or exponent.constant)
        node.polynomial = node.polynomial and base.polynomial and is_whole(exponent) and exponent > 0
        node.pure = node.pure and base.pure and is_whole(exponent)
        if _known(exponent):
            node.degree += base.degree * exponent
        found = ranges.times(found, power_range(base, exponent))
    node.text = clipped("*".join(texts))
    node.cost = cost - 1.0 + (0.0 if above else 2.0) + (0.5 if node.head < 0 else 0.0)
    node.range = found


def sum_facts(node: Node) -> None:
    texts = []
    found = ranges.exactly(0)
    node.cost = len(node.parts) - 1.0
    for coefficient, term in node.parts:
        texts.append(f"{coefficient}*{term.text}")
        node.cost += term_cost(coefficient, term)
        node.constant = node.constant and term.constant
        node.pieced = node.pieced or term.pieced
        node.polynomial = node.polynomial and term.polynomial
        node.pure = node.pure and term.pure
        found = ranges.plus(found, ranges.times(ranges.exactly(coefficient), term.range))
    node.degree = max(term.degree for _, term in node.parts)
    node.text = clipped("(" + "+".join(texts) + ")")
    node.range = found


def term_cost(coefficient: Rational, term: Node) -> float:
    """How many nodes a term takes; its sign is that of the sum."""
    if abs(coefficient) == 1:
        return term.cost
    size = abs(coefficient)
    if term.kind == NUMBER:
        return number_cost(size)
    return number_cost(size) + 1.0 + term.cost - (2.0 if size.numerator == 1 else 0.0)


def _known(exponent: Exponent) -> bool:
    return type(exponent) is not Node


def is_below(base: Node, exponent: Exponent) -> bool:
    """Whether a factor is written below the line."""
    return _known(exponent) and exponent < 0 and not is_e(base)


def is_e(base: Node) -> bool:
    """Whether it is the base of the natural exponential."""
    return base.kind == NAME and base.head == "e" and base.constant


def factor_text(base: Node, exponent: Exponent) -> str:
    if is_e(base):
        return f"exp({exponent.text if type(exponent) is Node else exponent})"
    if type(exponent) is Node:
        return f"{base.text}**({exponent.text})"
    return base.text if exponent == 1 else f"{base.text}**{exponent}"


def factor_cost(base: Node, exponent: Exponent) -> float:
    if type(exponent) is Node:
        return exponent.cost + (1.0 if is_e(base) else base.cost + 1.0)
    if is_e(base):
        return 1.0 + number_cost(exponent)
    size = abs(exponent)
    if size == 1:
        return base.cost
    return base.cost + (1.0 if size == Fraction(1, 2) else 1.0 + number_cost(size))


def power_range(base: Node, exponent: Exponent) -> Range:
    """The range of a factor."""
    if is_e(base):
        return ranges.exponential(exponent.range if type(exponent) is Node else ranges.exactly(exponent))
    if type(exponent) is Node:
        return ranges.POSITIVE if ranges.is_positive(base.range) else ranges.ANY
    return ranges.power(base.range, exponent)


# --- order ---


def natural(text: str) -> Natural:
    """A text for sorting, its numbers by their size: cos(9*x) before cos(10*x)."""
    pieces = _DIGITS.split(text)
    return (text,) if len(pieces) == 1 else (*[int(p) if i % 2 else p for i, p in enumerate(pieces)],)


_DIGITS = re.compile("([0-9]+)")


def factor_order(factor: Factor) -> tuple[int, int, Natural]:
    """Coefficients come first, then constants, variables and their powers, functions."""
    base, exponent = factor
    if is_e(base):
        return (1 if _known(exponent) or exponent.constant else 5), 0, ("exp",)
    if base.kind == NUMBER or (base.kind == NAME and base.constant):
        return ((0 if base.kind == NUMBER else 1) if _known(exponent) else 3), 0, natural(base.text)
    if base.kind == NAME:
        return (2 if _known(exponent) else 3), 0, natural(base.text)
    if base.kind == SUM and base.pure and is_whole(exponent):
        return 4, 0, (base.text,)
    if base.kind == SUM and not base.pure:
        return 6, 0, (base.text,)
    return 5, _FIRST.get(base.head, 4), (str(base.head), base.cost, *natural(base.text))


_FIRST = {"sin": 1, "sinh": 1, "gamma": 1, "cos": 2, "cosh": 2, "abs": 3}
"""The functions that are written before others."""


def term_order(term: Term) -> tuple[Rational, int, Rational, Natural]:
    """Polynomials by falling degree, then those of functions; a constant before what divides by one."""
    node = term[1]
    weight = _degree_in_functions(node)
    rank = 1 if node.kind == NUMBER else 0 if weight >= 0 else 2
    return -node.degree, rank, -weight, natural(node.text)


def _degree_in_functions(node: Node) -> Rational:
    if node.kind != PRODUCT:
        return int(node.kind == FUNCTION)
    total: Rational = 0
    for base, e in node.parts:
        if base.kind == FUNCTION and is_whole(e):
            total += e
        elif is_e(base):
            total += -1 if (e.kind == PRODUCT and e.head < 0 if type(e) is Node else e < 0) else 1
    return total
