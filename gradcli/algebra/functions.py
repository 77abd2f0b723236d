"""What is known of single functions: parity, values at numbers, comparisons and choices."""

from __future__ import annotations

from fractions import Fraction

from gradcli.algebra.nodes import FUNCTION, NAME, NUMBER, PRODUCT, SUM, Node, is_e
from gradcli.algebra.ranges import is_not_negative
from gradcli.numbers import expressions
from gradcli.numbers.constants import constant, exact_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Rational
    from gradcli.algebra.products import Collected

_ODD = frozenset(
    (
        *("sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "erf", "erfinv", "cbrt", "sign"),
        *("acsc", "acot", "acsch", "acoth"),
    )
)
_EVEN = frozenset(("cos", "cosh", "abs", "sinc"))

OPPOSITE = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt", "eq": "ne", "ne": "eq"}
"""The comparison that holds where this one does not."""

SWAPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}


def canonical(forms: Forms, name: str, operands: Sequence[Node]) -> Node | None:
    """The form that a function of these operands is plainly equal to; None where it stands for itself."""
    if name in OPPOSITE:
        return _comparison(forms, name, *operands)
    special = _SPECIAL.get(name)
    if special is not None:
        found = special(forms, *operands)
        if found is not None:
            return found
    if all(operand.kind == NUMBER for operand in operands):
        found = _value(forms, name, operands)
        if found is not None:
            return found
    if name == "sigmoid":
        return _complement(forms, operands[0])
    if len(operands) != 1 or not is_negative(operands[0]):
        return None
    x = operands[0]
    if name in _ODD:
        return forms.scaled(-1, forms.function(name, forms.negative(x)))
    if name in _EVEN:
        return forms.function(name, forms.negative(x))
    return None


def _complement(forms: Forms, x: Node) -> Node | None:
    """1 - sigmoid(-x) where there is sigmoid(-x), the way round that the reader has it: it keeps digits."""
    opposite = forms.known("sigmoid", forms.negative(x))
    return forms.add(((1, forms.one), (-1, opposite))) if opposite is not None else None


def is_negative(node: Node) -> bool:
    """Whether a form is written with a minus before all of it."""
    if node.kind == SUM:
        return all(coefficient < 0 for coefficient, _ in node.parts)
    return node.kind in (NUMBER, PRODUCT) and node.head < 0


def _value(forms: Forms, name: str, operands: Sequence[Node]) -> Node | None:
    """A function of numbers, where it is a number again."""
    function = getattr(expressions, name, None)
    numbers = [constant(Fraction(operand.head)) for operand in operands]
    if function is None or name == "polygamma" or None in numbers:
        return None
    value = exact_value(function(*numbers))
    return None if value is None else forms.number(value)


# --- single functions ---


def _log(forms: Forms, x: Node) -> Node | None:
    if x.kind == NAME and is_e(x):
        return forms.one
    if x.kind == PRODUCT and x.head == 1 and len(x.parts) == 1 and is_e(x.parts[0][0]):
        return forms.as_node(x.parts[0][1])
    return None


def _extreme(name: str, a: Node, b: Node) -> Node | None:
    if a is b:
        return a
    for one, other in ((a, b), (b, a)):
        bound = _infinity(one)
        if bound:
            return other if (bound < 0) == (name == "maximum") else one
    return None


def _infinity(node: Node) -> int:
    """1 for inf, -1 for -inf, 0 of all else."""
    if node.kind == NAME:
        return int(node.constant and node.head == "inf")
    if node.kind == PRODUCT and node.head == -1 and len(node.parts) == 1 and node.parts[0][1] == 1:
        return -_infinity(node.parts[0][0]) if node.parts[0][0].kind == NAME else 0
    return 0


def _comparison(forms: Forms, name: str, a: Node, b: Node) -> Node | None:
    if a.kind == NUMBER and b.kind == NUMBER:
        return _value(forms, name, (a, b))
    if a is b:
        return forms.number(int(name in ("le", "ge", "eq")))
    if a.constant and not b.constant:
        return forms.function(SWAPPED[name], b, a)
    bound = _infinity(b)
    if bound:
        return forms.number(int(name == "ne" or name in (("lt", "le") if bound > 0 else ("gt", "ge"))))
    # relu asks whether max(x, 0) <= 0.
    if name in ("le", "gt") and a.kind == FUNCTION and a.head == "maximum" and b in a.parts:
        other = a.parts[0] if a.parts[1] is b else a.parts[1]
        return forms.function(name, other, b)
    return None


def _and(forms: Forms, a: Node, b: Node) -> Node | None:
    for one, other in ((a, b), (b, a)):
        if one.kind == NUMBER:
            return truth(forms, other) if one.head else one
        if one.head in OPPOSITE and one.kind == FUNCTION:
            decided = _decided(forms, one, holds=True).get(other)
            if decided is not None:
                return one if decided is forms.one else forms.zero
    return truth(forms, a) if a is b else None


def _or(forms: Forms, a: Node, b: Node) -> Node | None:
    for one, other in ((a, b), (b, a)):
        if one.kind == NUMBER:
            return forms.one if one.head else truth(forms, other)
    return truth(forms, a) if a is b else None


def truth(forms: Forms, node: Node) -> Node:
    """Whether a form is not 0, as a form that is 1 or 0."""
    return node if _is_truth(node) else forms.function("ne", node, forms.zero)


def negated(forms: Forms, condition: Node) -> Node:
    """The condition that holds where this one does not."""
    if condition.kind == FUNCTION and condition.head in OPPOSITE:
        return forms.function(OPPOSITE[condition.head], *condition.parts)
    return forms.function("logical_not", condition)


def _not(forms: Forms, a: Node) -> Node | None:
    if a.kind == NUMBER:
        return forms.number(int(not a.head))
    if a.kind == FUNCTION and a.head in OPPOSITE:
        return negated(forms, a)
    return truth(forms, a.parts[0]) if a.kind == FUNCTION and a.head == "logical_not" else None


def _where(forms: Forms, condition: Node, a: Node, b: Node) -> Node | None:
    if condition.kind == NUMBER:
        return a if condition.head else b
    a, b = assuming(forms, condition, a, holds=True), assuming(forms, condition, b, holds=False)
    if a is b:
        return a
    if a.head == "where" and a.kind == FUNCTION and a.parts[2] is b:
        return forms.function("where", forms.function("logical_and", condition, a.parts[0]), a.parts[1], b)
    if _are_choices(a, b) and a.parts[0] is b.parts[0] and a.parts[2] is b.parts[2] is forms.zero:
        inner = forms.function("where", condition, a.parts[1], b.parts[1])
        return forms.function("where", a.parts[0], inner, forms.zero)
    flip = condition.head in OPPOSITE and condition not in forms.conditions
    if condition.head in ("gt", "ge", "lt", "le") and condition.parts in ((b, a), (a, b) if flip else ()):
        larger = (condition.head in ("gt", "ge")) == (condition.parts == (a, b))
        return forms.function("maximum" if larger else "minimum", *condition.parts)
    if a is forms.zero and flip:
        return forms.function("where", negated(forms, condition), b, a)
    return forms.opaque("where", (condition, a, b))


def _are_choices(*nodes: Node) -> bool:
    return all(node.kind == FUNCTION and node.head == "where" for node in nodes)


def assuming(forms: Forms, condition: Node, node: Node, *, holds: bool) -> Node:
    """A branch, where the condition of the choice is known."""
    if node.kind == NUMBER or node.cost > _LARGEST_BRANCH:
        return node
    known = {condition: forms.number(int(holds))} if _is_truth(condition) else {}
    if condition.kind == FUNCTION and condition.head in OPPOSITE:
        known.update(_decided(forms, condition, holds=holds))
    if condition.head in ("lt", "le", "gt", "ge"):
        x, bound = condition.parts
        lower = holds == (condition.head in ("lt", "le"))
        for name in ("minimum", "maximum"):
            value = x if lower == (name == "minimum") else bound
            known[forms.opaque(name, (x, bound))] = known[forms.opaque(name, (bound, x))] = value
    return forms.replaced(node, known)


def _is_truth(condition: Node) -> bool:
    """Whether a condition is 1 where it holds: x, too, decides a choice."""
    return condition.kind == FUNCTION and (condition.head in OPPOSITE or condition.head in _LOGICAL)


_LOGICAL = frozenset(("logical_and", "logical_or", "logical_not"))


def _decided(forms: Forms, condition: Node, *, holds: bool) -> dict[Node, Node]:
    """The comparisons of the same operands that a comparison decides.

    Where one does not hold that was written, its opposite need not hold: an operand may have no value.
    """
    op, (a, b) = condition.head, condition.parts
    if not holds:
        refuted = _IMPLIED_BY[op]
        proven = _IMPLIES[OPPOSITE[op]] if condition not in forms.conditions else ()
    else:
        proven, refuted = _IMPLIES[op], [other for other in OPPOSITE if OPPOSITE[other] in _IMPLIES[op]]
    known: dict[Node, Node] = {}
    for truth, names in ((forms.one, proven), (forms.zero, refuted)):
        for name in names:
            known[forms.opaque(name, (a, b))] = known[forms.opaque(SWAPPED[name], (b, a))] = truth
    return known


_IMPLIES = {
    "lt": ("lt", "le", "ne"),
    "le": ("le",),
    "gt": ("gt", "ge", "ne"),
    "ge": ("ge",),
    "eq": ("eq", "le", "ge"),
    "ne": ("ne",),
}
_IMPLIED_BY = {name: [other for other, implied in _IMPLIES.items() if name in implied] for name in _IMPLIES}

_LARGEST_BRANCH = 300.0
"""The largest branch of a choice that is looked through for what its condition decides."""


def _abs(forms: Forms, x: Node) -> Node | None:
    if is_not_negative(x.range):
        return x
    content, rest = _without_content(forms, x)
    return forms.scaled(abs(content), forms.function("abs", rest)) if content != 1 else None


def _sign(forms: Forms, x: Node) -> Node | None:
    content, rest = _without_content(forms, x)
    return forms.scaled(1 if content > 0 else -1, forms.function("sign", rest)) if content != 1 else None


def _without_content(forms: Forms, x: Node) -> tuple[Rational, Node]:
    """A form as a number times what is left."""
    if x.kind == SUM:
        return forms.primitive(x)
    return (x.head, forms.product(1, list(x.parts))) if x.kind == PRODUCT else (1, x)


_SPECIAL: dict[str, Callable[..., Node | None]] = {
    "abs": _abs,
    "sign": _sign,
    "log": _log,
    "maximum": lambda _, a, b: _extreme("maximum", a, b),
    "minimum": lambda _, a, b: _extreme("minimum", a, b),
    "logical_and": _and,
    "logical_or": _or,
    "logical_not": _not,
    "where": _where,
}


# --- sums and products of choices ---


def merged_choices(forms: Forms, collected: dict[Node, Rational]) -> dict[Node, Rational]:
    """Sums of choices under one condition as one choice of sums."""
    for _ in range(_MOST_ROUNDS):
        groups = [members for members in _grouped(forms, collected).items() if len(members[1]) > 1]
        if not groups:
            break
        out = dict(collected)
        for condition, members in groups:
            for choice, _, _ in members:
                out[choice] -= collected[choice]  # and not all of it: another group may have come to it
            pairs = [(collected[choice], a, b) for choice, a, b in members]
            then, otherwise = (forms.add((c, pair[i]) for c, *pair in pairs) for i in (0, 1))
            for coefficient, term in forms.terms(forms.function("where", condition, then, otherwise)):
                out[term] = out.get(term, 0) + coefficient
        collected = {term: coefficient for term, coefficient in out.items() if coefficient}
    return collected


_MOST_ROUNDS = 8
"""What is merged may have to be merged with others; two rounds have been seen."""


def _grouped(forms: Forms, terms: Iterable[Node]) -> dict[Node, list[tuple[Node, Node, Node]]]:
    """The choices among terms with their branches, by conditions that hold or do not hold."""
    groups: dict[Node, list[tuple[Node, Node, Node]]] = {}
    for choice in terms:
        if choice.kind != FUNCTION or choice.head != "where":
            continue
        condition, a, b = choice.parts
        opposite = negated(forms, condition)
        if opposite in groups or (opposite in forms.conditions and condition not in forms.conditions):
            condition, a, b = opposite, b, a
        groups.setdefault(condition, []).append((choice, a, b))
    return groups


def into_choice(product: Collected) -> Node | None:
    """A product with a choice that is 0 in one branch as a choice of products."""
    forms = product.forms
    for base, exponent in product.powers.items():
        if exponent != 1 or base.head != "where" or base.kind != FUNCTION:
            continue
        condition, a, b = base.parts
        if a is not forms.zero and b is not forms.zero:
            continue
        others = [item for item in product.powers.items() if item[0] is not base]
        if not others and product.coefficient == 1:
            return base
        holds = b is forms.zero
        inner = [(assuming(forms, condition, other, holds=holds), e) for other, e in others]
        branch = forms.multiply([(forms.number(product.coefficient), 1), (a if holds else b, 1), *inner])
        pair = (branch, forms.zero) if holds else (forms.zero, branch)
        return forms.function("where", condition, *pair)
    return None
