"""From expressions to forms; what each operation asks of its operands is kept beside them."""

from __future__ import annotations

from gradcli.algebra import domains
from gradcli.algebra.functions import negated
from gradcli.algebra.nodes import NUMBER, PRODUCT, SUM, Node, is_whole
from gradcli.algebra.shapes import is_spread
from gradcli.numbers.expression import Expression, parts, postorder, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence

    from gradcli.algebra.domains import Condition
    from gradcli.algebra.forms import Forms
    from gradcli.algebra.nodes import Rational

CONSTANTS = frozenset(("pi", "π", "tau", "τ", "e", "inf", "∞", "nan"))
_SPELLED = {"π": "pi", "τ": "tau", "∞": "inf"}


class Reader:
    """Reads expressions, which may share parts, and keeps under what conditions their nodes have a value."""

    __slots__ = (
        "chosen",
        "clipped",
        "conditions",
        "forms",
        "generic",
        "inner",
        "read",
        "seen",
        "shared",
        "sharing",
        "ties",
        "variables",
    )

    def __init__(
        self,
        forms: Forms,
        roots: Sequence[Expression],
        generic: Container[int] = (),
        variables: Container[str] = (),
    ) -> None:
        self.forms = forms
        self.generic = generic
        self.variables = variables
        self.inner, self.shared = _uses(roots)
        self.sharing = _sharing(roots, generic)
        self.read: dict[int, Node] = {}
        self.seen: set[int] = set()
        self.chosen: set[Node] = set()  # conditions by which one of several is the largest or the smallest
        self.ties: set[tuple[Node, Node]] = set()
        self.conditions: dict[int, list[Condition]] = {}
        self.clipped: set[int] = set()  # logarithms that a maximum gives a value where they are -inf

    def form(self, root: Expression) -> Node:
        """The form of one of the roots."""
        for node in postorder(root, self.seen):
            if id(node) not in self.inner:
                form = self._form(node)
                self.read[id(node)] = self._grouped(form) if id(node) in self.shared else form
        return self.read[id(root)]

    def own(self, root: Expression) -> None:
        """Remember how what the reader has written is written, so that its parts stay recognizable."""
        forms = self.forms
        straight: set[Node] = set()
        forms.spread = is_spread(forms, self.form(root))
        for node in postorder(root):
            form = self.read.get(id(node))
            if form is None or form.kind not in (SUM, PRODUCT) or node is root:
                continue
            content, factors = forms.factors(form)
            if len(factors) != 1 or factors[0][0].kind != SUM or factors[0][1] != 1:
                continue
            forms.own.add(factors[0][0])
            (straight if content > 0 or node.op not in _SUMS else forms.turned).add(factors[0][0])
        forms.turned -= straight

    def _grouped(self, form: Node) -> Node:
        """A long sum or product as one part of what it is in: it may be in many."""
        most = _LONGEST.get(form.kind)
        if most is None or len(form.parts) <= most:
            return form
        return self.forms.group(form)

    def asked(self, root: Expression, *, choices: bool = True, branches: bool = False) -> list[Condition]:
        """The conditions under which an expression has a value.

        Those of what decides a choice come with `choices`, those of single branches only with `branches`.
        """
        found: list[Condition] = []
        seen: set[int] = set()
        todo = [root]
        while todo:
            node = todo.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            asked = self.conditions.get(id(node), ())
            if id(node) in self.clipped:
                asked = [condition for condition in asked if condition[0] != domains.NOT_ZERO]
            found += asked
            todo.extend(parts(node) if node.op != "where" or branches else node.args[:1] if choices else ())
        return list(dict.fromkeys(found))

    def choices(self, root: Expression) -> Iterator[tuple[Node, int, list[Condition], bool]]:
        """The branches of choices: what decides, which one, what it asks, whether it is a constant."""
        for node in postorder(root):
            if node.op == "where":
                for place in (1, 2):
                    branch = node.args[place]
                    constant = self.read[id(branch)].constant
                    yield self.read[id(node.args[0])], place, self.asked(branch), constant

    def impossible(self, root: Expression) -> list[Node]:
        """The conditions of choices under which an expression has no value whatever its names are."""
        found: list[Node] = []
        seen: set[int] = set()
        todo = [(root, self.forms.one)]
        while todo:
            node, path = todo.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            asked = self.conditions.get(id(node), ())
            if path is not self.forms.one and any(domains.is_impossible(condition) for condition in asked):
                found.append(path)
            elif node.op == "where":
                condition = self.read[id(node.args[0])]
                holds = (condition, negated(self.forms, condition))
                for branch, taken in zip(node.args[1:], holds, strict=True):
                    todo.append((branch, self.forms.function("logical_and", path, taken)))
            else:
                todo.extend((part, path) for part in parts(node))
        return list(dict.fromkeys(found))

    def _form(self, node: Expression) -> Node:
        op = node.op
        if op == "number":
            return self._number(node)
        if op == "name":
            text = node.value
            if text in CONSTANTS and text not in self.variables:
                return self.forms.name(_SPELLED.get(text, text), constant=True)
            return self.forms.name(text)
        if op in _SUMS:
            return self._sum(node)
        if op in _PRODUCTS:
            return self._product(node)
        op = _SYNTAX.get(op, op)
        operands = [self.read[id(part)] for part in parts(node)]
        if op in _FORMS_OF_SYNTAX:
            return self.forms.pattern(node, operands)
        if op in _COMPARISONS and id(node) not in self.generic and self._may_fail(node, operands):
            return self.forms.opaque(op, operands)
        if op in _COMPARISONS and id(node) in self.generic:
            return self._generic(op, *operands, shared=id(node) in self.sharing)
        if op == "maximum" and id(node) in self.generic:
            return operands[0]
        if op == "where" and id(node.args[0]) not in self.generic:
            self.forms.conditions.add(operands[0])
        if op in ("maximum", "minimum") and (operands[1], operands[0]) not in self.ties:
            self.ties.add((operands[0], operands[1]))
        if op == "maximum":
            self._clip(node, operands)
        made = _READ.get(op)
        found = made(self, *operands) if made else self.forms.function(op, *operands)
        asked = domains.asked(self.forms, op, operands)
        if asked:
            self.conditions[id(node)] = asked
        return found

    def _may_fail(self, node: Expression, operands: Sequence[Node]) -> bool:
        """Whether a comparison of a form with itself has no answer somewhere: log(x) <= log(x) below 0."""
        return operands[0] is operands[1] and bool(self.asked(node))

    def _clip(self, node: Expression, operands: Sequence[Node]) -> None:
        """Remember a logarithm that is not let below a bound: at 0 the larger of both has a value."""
        for part, other in zip(node.args, reversed(operands), strict=True):
            if part.op in _LOGARITHMS and other.constant and id(part) not in self.shared:
                self.clipped.add(id(part))

    def _number(self, node: Expression) -> Node:
        from gradcli.numbers.constants import exact_value

        value = exact_value(node)
        if value is None:
            text = "nan" if node.value != node.value else "inf"
            return self.forms.name(text, constant=True)
        return self.forms.number(value)

    def _sum(self, node: Expression) -> Node:
        """A chain of + and - at once."""
        terms: list[tuple[int, Expression]] = []
        todo = [(1, node)]
        while todo:
            sign, part = todo.pop()
            if part is not node and id(part) not in self.inner:
                terms.append((sign, part))
            elif part.op == "neg":
                todo.append((-sign, part.args[0]))
            else:
                todo.append((-sign if part.op == "sub" else sign, part.args[1]))
                todo.append((sign, part.args[0]))
        found = [(sign, self.read[id(part)]) for sign, part in terms]
        different = {form for _, form in found}
        if different <= self.chosen and len(different) == len(found):
            return self.forms.one  # that share a maximum, but for ties
        return self.forms.add(self._secants(found))

    def _secants(self, terms: list[tuple[int, Node]]) -> list[tuple[int, Node]]:
        """1 + tan(x)**2, which the rule of tan gives, as 1/cos(x)**2, and its kin."""
        one = self.forms.one
        for sign, term in list(terms):
            base, exponent = term.parts[0] if term.kind == PRODUCT else (term, 1)
            if base.head != "tan" or exponent not in (2, -2) or term.head != 1 or len(term.parts) != 1:
                continue
            if (sign, one) in terms:
                terms.remove((sign, one))
                terms.remove((sign, term))
                reciprocal = self.forms.function("cos" if exponent > 0 else "sin", *base.parts)
                terms.append((sign, self.forms.power(reciprocal, -2)))
        return terms

    def _product(self, node: Expression) -> Node:
        """A chain of * and / at once."""
        factors: list[tuple[Node, Rational]] = []
        todo = [(1, False, node)]
        asked: list[Condition] = []
        while todo:
            exponent, divides, part = todo.pop()
            if part is not node and id(part) not in self.inner:
                form = self.read[id(part)]
                if divides:
                    asked += domains.not_zero(self.forms, form)
                factors.append((form, exponent))
            else:
                below = part.op == "div"
                todo.append((exponent, divides, part.args[0]))
                todo.append((-exponent if below else exponent, divides or below, part.args[1]))
        if asked:
            self.conditions[id(node)] = asked
        return self.forms.multiply(factors)

    def _generic(self, op: str, a: Node, b: Node, *, shared: bool) -> Node:
        """A comparison that decides about a convention; `shared`: by which a tie is shared.

        Equality holds at single points, where nothing depends on it, and is taken as never holding. But two
        may be equal everywhere: the first of them is then the larger, and the smaller, of both.
        """
        forms = self.forms
        if op not in ("eq", "ne"):
            second = shared and op in ("lt", "gt") and (b, a) in self.ties
            return forms.function({"lt": "le", "gt": "ge"}[op] if second else op, a, b)
        if a is b:
            return forms.number(int(op == "eq"))
        for one, other in ((a, b), (b, a)):
            operands = _operands(one)
            if other in operands and one is not other:
                return self._chosen("g" if one.head == "maximum" else "l", other, operands)
        if (b, a) not in self.ties:
            self.ties.add((a, b))
        return forms.number(int(op == "ne"))

    def _chosen(self, op: str, one: Node, operands: list[Node]) -> Node:
        """Whether one of several is the first of the largest, or smallest."""
        forms = self.forms
        truth = forms.one
        place = operands.index(one)
        for i, other in enumerate(operands):
            if other is not one:
                condition = forms.function(op + ("t" if i < place else "e"), one, other)
                truth = forms.function("logical_and", truth, condition)
        self.chosen.add(truth)
        return truth


_LOGARITHMS = frozenset(("log", "log2", "log10", "log1p"))
_COMPARISONS = frozenset(("lt", "le", "gt", "ge", "eq", "ne"))
_SYNTAX = {"and": "logical_and", "or": "logical_or", "not": "logical_not", "if": "where"}
_FORMS_OF_SYNTAX = frozenset(("call", "array", "index", "slice", "attribute", "chain", "matmul"))
_SUMS = frozenset(("add", "sub", "neg"))
_PRODUCTS = frozenset(("mul", "div"))


_LONGEST = {PRODUCT: 16, SUM: 64}
"""How many parts a sum or a product may have and yet become part of others that it stands in."""


def _uses(roots: Sequence[Expression]) -> tuple[set[int], set[int]]:
    """The nodes that are part of one longer sum or product alone, and those that stand in several nodes."""
    users: dict[int, int] = {id(root): 2 for root in roots}
    candidates: set[int] = set()
    seen: set[int] = set()
    for root in roots:
        for node in postorder(root, seen):
            family = _SUMS if node.op in _SUMS else _PRODUCTS if node.op in _PRODUCTS else ()
            for part in parts(node):
                users[id(part)] = users.get(id(part), 0) + 1
                if part.op in family:
                    candidates.add(id(part))
    inner = {part for part in candidates if users[part] == 1}
    shared = {part for part, count in users.items() if count > 1}
    return inner, shared.difference(map(id, roots))


def _sharing(roots: Sequence[Expression], generic: Container[int]) -> set[int]:
    """The comparisons of what is known to differ: c in where(a == b, ..., where(c, ..., ...))."""
    found: set[int] = set()
    seen: set[int] = set()
    for root in roots:
        for node in postorder(root, seen):
            if node.op == "where" and node.args[0].op == "eq" and node.args[2].op == "where":
                decides = node.args[2].args[0]
                pairs = zip(decides.args, node.args[0].args, strict=False)
                if id(decides) in generic and all(a is b or same(a, b) for a, b in pairs):
                    found.add(id(decides))
    return found


def _operands(extreme: Node) -> list[Node]:
    """What a maximum or a minimum of several is taken of; none of all else."""
    if extreme.head not in ("maximum", "minimum"):
        return []
    found, todo = [], [extreme]
    while todo:
        node = todo.pop()
        if node.head == extreme.head:
            todo.extend(reversed(node.parts))
        else:
            found.append(node)
    return found


def _pow(reader: Reader, base: Node, exponent: Node) -> Node:
    forms = reader.forms
    numbers = exponent.kind == NUMBER and base.kind == NUMBER
    if numbers and (exponent.head < 0 if base.head == 0 else base.head < 0 and not is_whole(exponent.head)):
        return forms.opaque("pow", (base, exponent))  # without a value
    return forms.power(base, forms.exponent(exponent))


def _root(reader: Reader, x: Node) -> Node:
    from fractions import Fraction

    if x.kind == NUMBER and x.head < 0:
        return reader.forms.opaque("sqrt", (x,))
    return reader.forms.power(x, Fraction(1, 2))


def _exp(reader: Reader, x: Node) -> Node:
    return reader.forms.power(reader.forms.name("e", constant=True), reader.forms.exponent(x))


def _log1p(reader: Reader, x: Node) -> Node:
    """log(1 + x), if the reader has not called it otherwise."""
    forms = reader.forms
    if not forms.named or "log1p" in forms.named:
        return forms.function("log1p", x)
    return forms.function("log", forms.add(((1, forms.one), (1, x))))


def _hypot(reader: Reader, x: Node, y: Node) -> Node:
    from fractions import Fraction

    forms = reader.forms
    squares = forms.add(((1, forms.power(x, 2)), (1, forms.power(y, 2))))
    return forms.power(squares, Fraction(1, 2))


def _reciprocal(name: str) -> Callable[[Reader, Node], Node]:
    return lambda reader, x: reader.forms.power(reader.forms.function(name, x), -1)


_READ: dict[str, Callable[..., Node]] = {
    "pow": _pow,
    "sqrt": _root,
    "exp": _exp,
    "exp2": lambda reader, x: reader.forms.power(reader.forms.number(2), reader.forms.exponent(x)),
    "hypot": _hypot,
    "log1p": _log1p,
    "sech": _reciprocal("cosh"),
    "sec": _reciprocal("cos"),
    "csc": _reciprocal("sin"),
    "cot": _reciprocal("tan"),
    "csch": _reciprocal("sinh"),
    "coth": _reciprocal("tanh"),
    "reciprocal": lambda reader, x: reader.forms.power(x, -1),
}
