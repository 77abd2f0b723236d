"""Where forms have a value: the conditions that operations set on their operands."""

from __future__ import annotations

from gradcli.algebra.nodes import FUNCTION, NAME, NUMBER, PRODUCT, SUM, Node, is_e, is_whole
from gradcli.algebra.ranges import is_never_zero, is_not_negative, is_positive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Exponent

    Condition = tuple[str, Node]

NOT_ZERO = "not zero"
NOT_NEGATIVE = "not negative"
"""Other conditions are called by the function whose operand must be within its domain."""


def is_impossible(condition: Condition) -> bool:
    """Whether nothing fulfils a condition: it is one on a number, which those that it fulfils do not have."""
    return condition[1].kind == NUMBER


def not_zero(forms: Forms, node: Node) -> list[Condition]:
    """What it takes for a form not to be 0, as conditions on its factors."""
    if node.kind == NUMBER:
        return [] if node.head else [(NOT_ZERO, node)]
    found = []
    todo = [node]
    while todo:
        for base, _ in forms.factors(todo.pop())[1]:
            if base.kind == PRODUCT:
                todo.append(base)
            elif base.head == "tan" and base.kind == FUNCTION:
                found.append((NOT_ZERO, forms.function("sin", base.parts[0])))
            elif base.head in _ZERO_AT_ZERO and base.kind == FUNCTION:
                todo.append(base.parts[0])
            elif base.head == "gamma" and base.kind == FUNCTION:
                continue  # never 0
            elif not (is_e(base) or is_never_zero(base.range) or _is_above_its_root(forms, base)):
                found.append((NOT_ZERO, base))
    return found


_ZERO_AT_ZERO = frozenset(
    (
        *("abs", "sign", "sinh", "tanh", "asin", "atan", "asinh", "atanh", "cbrt", "erf", "erfinv"),
        *("expm1", "log1p", "group"),
    )
)
"""Functions that are 0 where their operand is, and nowhere else."""


def _is_above_its_root(forms: Forms, node: Node) -> bool:
    """Whether a form is a + b with a**2 and b**2 never equal, as x + sqrt(x**2 + 1) or sec(x) + tan(x)."""
    if node.kind != SUM or len(node.parts) != 2 or node.polynomial:
        return False
    squares = [(c * c, forms.power(term, 2)) for c, term in node.parts]
    difference = forms.add((squares[0], (-squares[1][0], squares[1][1])))
    return is_never_zero(difference.range)


def not_negative(forms: Forms, node: Node) -> list[Condition]:
    """What it takes for a form not to be negative."""
    if is_not_negative(node.range):
        return []
    coefficient, factors = forms.factors(node)
    left = [
        (base, e)
        for base, e in factors
        if not (is_e(base) or is_not_negative(base.range) or _is_even_or_root(e))
    ]
    odd = [(base, 1) for base, _ in left]
    return [(NOT_NEGATIVE, forms.product(1 if coefficient > 0 else -1, odd))]


def _is_even_or_root(exponent: Exponent) -> bool:
    return type(exponent) is not Node and (not is_whole(exponent) or exponent % 2 == 0)


def positive(forms: Forms, node: Node) -> list[Condition]:
    """What it takes for a form to be positive."""
    return [] if is_positive(node.range) else not_zero(forms, node) + not_negative(forms, node)


def asked(forms: Forms, op: str, operands: Sequence[Node]) -> list[Condition]:
    """The conditions under which an operation has a value."""
    if op == "pow":
        return of_power(forms, *operands) if operands[0].kind != NUMBER or operands[0].head <= 0 else []
    x = operands[-1] if operands else None
    if x is None:
        return []
    if op == "sqrt":
        return not_negative(forms, x)
    if op in ("log", "log2", "log10", "xlogy"):
        return positive(forms, x)
    if op == "log1p":
        return positive(forms, forms.add(((1, forms.one), (1, x))))
    if op in ("csc", "cot"):
        return not_zero(forms, forms.function("sin", x))
    if op in ("reciprocal", "csch", "coth", "acot", "acsch", "mod", "fmod", "floordiv", "div"):
        return not_zero(forms, x)
    if op in _BOUNDED and not _within(op, x):
        return [("gamma" if op in _WITH_POLES else op, y) for y in (operands if op == "beta" else (x,))]
    return []


def of_power(forms: Forms, base: Node, exponent: Node) -> list[Condition]:
    """The conditions under which a power has a value.

    One with an exponent that varies asks for a positive base, unless either may stay at a number: 0**y is 0
    for y > 0, and (-2)**max(x, 2) is 4 for a while.
    """
    if exponent.kind != NUMBER:
        return [] if base.pieced or exponent.pieced else positive(forms, base)
    found = [] if is_whole(exponent.head) else not_negative(forms, base)
    return found + not_zero(forms, base) if exponent.head < 0 else found


_WITH_POLES = frozenset(("gamma", "lgamma", "digamma", "polygamma", "beta"))
_BETWEEN = frozenset(("asin", "acos", "atanh", "erfinv", "asech"))
_OUTSIDE = frozenset(("asec", "acsc", "acoth"))
_INVERSE = _BETWEEN | _OUTSIDE | {"acosh"}
_BOUNDED = _WITH_POLES | _INVERSE
"""Functions without a value somewhere else than at 0 and below it."""


def _within(op: str, x: Node) -> bool:
    low, high, low_open, high_open = x.range
    if op in ("asin", "acos"):
        return low >= -1.0 and high <= 1.0
    if op in ("asec", "acsc"):
        return low >= 1.0 or high <= -1.0
    if op == "acoth":
        return low > 1.0 or (low == 1.0 and low_open) or high < -1.0 or (high == -1.0 and high_open)
    if op == "asech":
        return is_positive(x.range) and high <= 1.0
    if op in ("atanh", "erfinv"):
        return (low > -1.0 or (low == -1.0 and low_open)) and (high < 1.0 or (high == 1.0 and high_open))
    return low >= 1.0 if op == "acosh" else is_positive(x.range)


def forms_below(roots: Iterable[Node]) -> Iterator[Node]:
    """Every form below and including some, once each."""
    seen: set[Node] = set()
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        if node.kind == FUNCTION:
            todo.extend(node.parts)
        elif node.kind == SUM:
            todo.extend(term for _, term in node.parts)
        elif node.kind == PRODUCT:
            for base, exponent in node.parts:
                todo.append(base)
                if type(exponent) is Node:
                    todo.append(exponent)


def kept(forms: Forms, root: Node) -> set[Condition]:
    """Every condition that a form sets, be it in one branch of a choice only."""
    return {condition for node in forms_below([root]) for condition in set_by(forms, node)}


def set_by(forms: Forms, node: Node) -> Iterator[Condition]:
    """The conditions that an operation sets, its operands aside."""
    if node.kind == FUNCTION:
        yield from asked(forms, node.head, node.parts)
        if node.head == "tan":  # nobody asks for this: no number hits an odd multiple of pi/2
            yield NOT_ZERO, forms.function("cos", *node.parts)
        elif node.head in _INVERSE:
            yield from _implied(forms, node.head, *node.parts)
    elif node.kind == PRODUCT:
        for base, exponent in node.parts:
            if not is_e(base) and not (base.kind == NUMBER and base.head > 0) and exponent != 1:
                yield from of_power(forms, base, forms.as_node(exponent))


def _implied(forms: Forms, name: str, x: Node) -> Iterator[Condition]:
    """What follows from an operand within -1 and 1, or beyond, for what roots are taken of."""
    sign = -1 if name in _BETWEEN else 1
    square = forms.add(((-sign, forms.one), (sign, forms.power(x, 2))))
    below = forms.add(((-sign, forms.one), (sign, x)))
    above = forms.add(((1, forms.one), (1, x)))
    for node in (square, below, above):
        if name not in _OUTSIDE or node is square:
            yield from not_negative(forms, node)
        if name in ("atanh", "erfinv", "acoth") or (name == "acosh" and node is above):
            yield from not_zero(forms, node)
    if name == "asech":
        yield from positive(forms, x)


def with_implied(forms: Forms, conditions: Iterable[Condition]) -> list[Condition]:
    """Conditions with what follows from those on the operands of inverse functions."""
    found: list[Condition] = []
    for kind, node in conditions:
        found.append((kind, node))
        if kind in _INVERSE:
            found += _implied(forms, kind, node)
    return found


def implied(forms: Forms, condition: Condition, kept: Iterable[Condition]) -> bool:
    """Whether a condition follows from some others: x >= 0 and x != 0 from x - 1 >= 0."""
    kind, node = condition
    if kind not in (NOT_ZERO, NOT_NEGATIVE) or node.kind not in (SUM, NAME):
        return False
    for other, bound in kept:
        if other != NOT_NEGATIVE or bound.cost > _LARGEST_BOUND:
            continue
        difference = forms.add(((1, node), (-1, bound))).range
        if is_positive(difference) or (kind == NOT_NEGATIVE and is_not_negative(difference)):
            return True
    return False


_LARGEST_BOUND = 100.0
"""The largest form that another condition is looked for in."""
