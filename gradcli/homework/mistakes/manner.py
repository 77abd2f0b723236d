"""Formulas put together as one writes them: no factors of 1, signs in front, no needless parentheses."""

from __future__ import annotations

from gradcli.numbers.expression import Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def product(a: Expression, b: Expression) -> Expression:
    """The product, without a factor 1, with a minus in front of it, and a quotient as its last factor."""
    for one, other in ((a, b), (b, a)):
        if one.op == "number" and one.value == 1.0:
            return other
        if one.op == "neg":
            inside = one.args[0]
            return Expression("neg", (product(inside, b) if one is a else product(a, inside),))
    if a.op == "div" and b.op != "div":
        a, b = b, a
    return _chained(a, _factors(b))


def _chained(first: Expression, rest: Iterable[Expression]) -> Expression:
    for factor in rest:
        first = Expression("mul", (first, factor))
    return first


def _factors(expression: Expression) -> list[Expression]:
    """The factors of a product, from left to right."""
    factors: list[Expression] = []
    while expression.op == "mul":
        expression, last = expression.args
        factors.append(last)
    return [expression, *factors[::-1]]


def total(operation: str, first: Expression, second: Expression) -> Expression:
    """A sum or difference, with the minus of the second term as its sign, and no parentheses after a plus."""
    if second.op == "neg":
        return Expression("sub" if operation == "add" else "add", (first, second.args[0]))
    if operation == "add" and second.op in ("add", "sub"):
        return Expression(second.op, (total("add", first, second.args[0]), second.args[1]))
    return Expression(operation, (first, second))
