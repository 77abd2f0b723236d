"""Formulas in the manner of the one who wrote F: e**x or exp(x), ln or log, and no needless parentheses."""

from __future__ import annotations

from gradcli.numbers.expression import Expression, name, number, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LOGARITHMS = ("log", "ln")


def like(expression: Expression, f: Expression | None) -> Expression:
    """A derivative with its exponentials and logarithms written as in F, and powers of powers as one."""
    spelled, based = _habits(f)
    made: dict[int, Expression] = {}
    for part in postorder(expression):
        args = tuple(made.get(id(arg), arg) if isinstance(arg, Expression) else arg for arg in part.args)
        made[id(part)] = _written(part, args, spelled, based)
    return made[id(expression)]


def _habits(f: Expression | None) -> tuple[str, bool]:
    """How F calls the natural logarithm, and whether it has powers of e and no exp."""
    parts = list(postorder(f)) if f is not None else []
    called = {part.value for part in parts if part.op == "call"}
    bases = [part.args[0] for part in parts if part.op == "pow"]
    based = any(base.op == "name" and base.value == "e" for base in bases)
    return "ln" if "ln" in called and "log" not in called else "log", based and "exp" not in called


def _written(part: Expression, args: tuple[Expression, ...], spelled: str, based: bool) -> Expression:
    function = part.value if part.op == "call" else part.op
    if function == "exp" and based and len(args) == 1:
        return Expression("pow", (name("e"), args[0]))
    if function in _LOGARITHMS and len(args) == 1:
        return Expression("call", args, spelled)
    if part.op == "pow" and len(args) == 2:
        return power(*args)
    return Expression(part.op, args, part.value, part.span, part.text, part.keywords)


def power(base: Expression, exponent: Expression) -> Expression:
    """A power, that of a power as one where both exponents are whole numbers: (x**2)**2 is x**4."""
    if exponent.op == "number" and base.op == "pow" and base.args[1].op == "number":
        exponents = (base.args[1].value, exponent.value)
        if all(float(n).is_integer() and n > 0 for n in exponents):
            return Expression("pow", (base.args[0], number(exponents[0] * exponents[1])))
    return Expression("pow", (base, exponent))


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
