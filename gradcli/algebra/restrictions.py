"""Where a formula holds, as a textbook says it beside the formula: for x != 0, for x > 7/5."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from gradcli.algebra import domains
from gradcli.algebra.functions import SWAPPED, negated, truth
from gradcli.algebra.nodes import FUNCTION, PRODUCT, SUM, Node, rational
from gradcli.numbers.expression import Expression, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gradcli.algebra.domains import Condition
    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Rational
    from gradcli.algebra.writing import Writer


class Restriction:
    """A condition that a formula needs and does not set itself.

    `condition` says it in the language, `guard` is 0 where it holds and without a value elsewhere. With a
    `path` it is asked only where that holds, as `guard` knows.
    """

    __slots__ = ("condition", "guard", "path")

    def __init__(self, condition: Expression, guard: Expression, path: Expression | None = None) -> None:
        self.condition = condition
        self.guard = guard
        self.path = path


class Closed:
    """Conditions that a form has lost, and the choice in which they are asked, if it is only there."""

    __slots__ = ("conditions", "path")

    def __init__(self, conditions: Iterable[Condition], path: Node | None = None) -> None:
        self.conditions = list(dict.fromkeys(conditions))
        self.path = path


def path_of(forms: Forms, condition: Node, place: int) -> Node:
    """What holds in branch 1, or 2, of a choice."""
    return truth(forms, condition) if place == 1 else negated(forms, truth(forms, condition))


def held_by(forms: Forms, path: Node) -> set[Condition]:
    """The conditions that hold wherever a path is taken."""
    found: set[Condition] = set()
    todo = [path]
    while todo:
        node = todo.pop()
        if node.kind != FUNCTION or len(node.parts) != 2:
            continue
        a, b = node.parts
        if node.head == "logical_and":
            todo += [a, b]
        elif node.head == "ne":
            found.update(domains.not_zero(forms, forms.add(((1, a), (-1, b)))))
        elif node.head in ("gt", "ge", "lt", "le"):
            larger = 1 if node.head in ("gt", "ge") else -1
            difference = forms.add(((larger, a), (-larger, b)))
            found.update(domains.not_negative(forms, difference))
            if node.head in ("gt", "lt"):
                found.update(domains.not_zero(forms, difference))
    return found


def written(writer: Writer, closed: Closed, known: Collection[Condition]) -> Iterator[Restriction]:
    """What was lost as restrictions; `known` are conditions of the function, by which x >= 0 is x > 0."""
    path = None if closed.path in (None, writer.forms.one) else writer.expression(closed.path)
    lost = closed.conditions
    for kind, node in known:
        implied = {bound for _, bound in domains.with_implied(writer.forms, [(kind, node)])[1:]}
        own = [condition for condition in lost if condition == (kind, node) or condition[1] in implied]
        if own and implied:
            strict = any(kind == domains.NOT_ZERO for kind, _ in own)
            yield _of_function(writer, kind, node, path, strict=strict)
            lost = [condition for condition in lost if condition not in own]
    regions = _regions(writer.forms, lost, known)
    nonzero = {node for kind, node in (*lost, *known) if kind == domains.NOT_ZERO}
    covered: set[Node] = set()
    for node in regions:
        bases = [base for base, _ in writer.forms.factors(node)[1]]
        strict = nonzero.issuperset(bases)
        covered.update(bases if strict else ())
        guard = _guard(Expression("sqrt", (writer.expression(node),)), below=strict)
        yield _restriction(_solved(writer, node, "gt" if strict else "ge"), guard, path)
    bounds = [(domains.NOT_NEGATIVE, node) for node in regions]
    for kind, node in lost:
        if kind == domains.NOT_ZERO and not (
            node in covered or domains.implied(writer.forms, (kind, node), bounds)
        ):
            guard = _guard(writer.expression(node), below=True)
            yield _restriction(_solved(writer, node, "ne"), guard, path)
        elif kind not in (domains.NOT_ZERO, domains.NOT_NEGATIVE):
            yield _of_function(writer, kind, node, path)


def _regions(forms: Forms, lost: Collection[Condition], known: Collection[Condition]) -> list[Node]:
    """What must not be negative, also of the function where its border alone was lost: x > 0 for x != 0."""
    borders = {node for kind, node in lost if kind == domains.NOT_ZERO}
    found = [node for kind, node in lost if kind == domains.NOT_NEGATIVE]
    for kind, node in known:
        if kind == domains.NOT_NEGATIVE and not borders.isdisjoint(b for b, _ in forms.factors(node)[1]):
            found.append(node)
    return [node for node in dict.fromkeys(found) if not _follows(forms, node, found)]


def _follows(forms: Forms, node: Node, others: Iterable[Node]) -> bool:
    """Whether what is not negative follows from that of others: x + 1 from x."""
    bounds = [(domains.NOT_NEGATIVE, other) for other in others if other is not node]
    return domains.implied(forms, (domains.NOT_NEGATIVE, node), bounds)


def _restriction(condition: Expression, guard: Expression, path: Expression | None) -> Restriction:
    guard = guard if path is None else Expression("where", (path, guard, number(0.0)))
    return Restriction(condition, guard, path)


def _guard(value: Expression, *, below: bool) -> Expression:
    """What is 0 where a value is finite and, `below` the line, not 0; and has no value elsewhere."""
    return Expression("div" if below else "mul", (number(0.0), value))


def _of_function(
    writer: Writer, function: str, node: Node, path: Expression | None, *, strict: bool = False
) -> Restriction:
    """Where a function has a value; `strict`: and is no border of that."""
    forms = writer.forms
    inside = writer.expression(node)
    guard = _guard(Expression(function, (inside,)), below=False)
    if function == "gamma":  # its poles
        whole = Expression("eq", (inside, Expression("floor", (inside,))))
        pole = Expression("and", (Expression("le", (inside, number(0.0))), whole))
        return _restriction(Expression("not", (pole,)), guard, path)
    if function == "acosh":
        difference = forms.add(((1, node), (-1, forms.one)))
        return _restriction(_solved(writer, difference, "gt" if strict else "ge"), guard, path)
    sign = "lt" if strict or function not in ("asin", "acos") else "le"
    factor, term, constant = _linear(forms, node)
    low, high = sorted(Fraction(bound - constant) / factor for bound in (-1, 1))
    ends = (writer.number(rational(low)), writer.expression(term), writer.number(rational(high)))
    return _restriction(Expression("chain", ends, (sign, sign)), guard, path)


def _linear(forms: Forms, node: Node) -> tuple[Rational, Node, Rational]:
    """A form as a number times one without, plus a number."""
    if node.kind == SUM and len(node.parts) == 2:
        for (factor, term), (constant, one) in (node.parts, node.parts[::-1]):
            if one is forms.one:
                return factor, term, constant
    factor, factors = forms.factors(node)
    return factor, forms.product(1, list(factors)), 0


def _solved(writer: Writer, node: Node, relation: str) -> Expression:
    """A form compared with 0, with what is simplest on either side: t != 1, x > 7/5, -1 < x < 1."""
    forms = writer.forms
    content, factors = forms.factors(node)
    relation = SWAPPED[relation] if content < 0 else relation
    rest = forms.product(1, list(factors))
    if rest.kind != SUM or len(rest.parts) != 2:
        return _compared(writer, rest, relation, forms.zero)
    (a, first), (b, second) = rest.parts
    factor, term, constant = _linear(forms, rest)
    if constant:
        relation = SWAPPED[relation] if factor < 0 else relation
        bound = forms.number(Fraction(-constant) / factor)
        return _between(writer, term, relation, bound) or _compared(writer, term, relation, bound)
    if a * b > 0:
        return _compared(writer, rest, relation, forms.zero)
    if a > 0:
        return _compared(writer, forms.scaled(a, first), relation, forms.scaled(-b, second))
    return _compared(writer, forms.scaled(b, second), relation, forms.scaled(-a, first))


def _compared(writer: Writer, a: Node, relation: str, b: Node) -> Expression:
    return Expression(relation, (writer.expression(a), writer.expression(b)))


def _between(writer: Writer, term: Node, relation: str, bound: Node) -> Expression | None:
    """x**2 < 4 as -2 < x < 2."""
    if relation not in ("lt", "le") or term.kind != PRODUCT or term.head != 1 or bound.head <= 0:
        return None
    if len(term.parts) != 1 or term.parts[0][1] != 2:
        return None
    root = _root(bound.head)
    if root is None:
        return None
    low, high = (writer.number(value) for value in (-root, root))
    return Expression("chain", (low, writer.expression(term.parts[0][0]), high), (relation, relation))


def _root(value: Rational) -> Rational | None:
    """The root of a rational number, where it is one."""
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    return rational(Fraction(above, below)) if Fraction(above, below) ** 2 == value else None
