"""Steps as formulas in the names: what each computes, its local derivatives, and the rule that gives them."""

from __future__ import annotations

from gradcli.autograd.rulebook import NAMES
from gradcli.homework.explain_names import page
from gradcli.homework.explain_steps import inner
from gradcli.homework.explain_terms import derivative
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.parser import parse_expression
from gradcli.numbers import shape_of, size_of
from gradcli.numbers.expression import Expression, name, number, postorder, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.homework.explain_graph import Vertex
    from gradcli.homework.explain_steps import Steps

IN_OWN_VALUE = ("sigmoid", "tanh", "softmax", "log_softmax", "logsumexp", "norm", "std", "hypot", "inv")
"""Functions whose derivative is usually written with their value, as p*(1 - p)."""

ELEMENTWISE = frozenset(("operators", "power", "trigonometric", "elementwise", "activation", "special"))
"""Pages of the rulebook: what stands on them works on each element of an array alone."""

SIGNS = frozenset((
    "add", "sub", "mul", "div", "floordiv", "mod", "neg", "pow", "matmul",
    "lt", "le", "gt", "ge", "eq", "ne",
))  # fmt: skip
COTANGENT = "g"


class Formulas:
    """The formula of every vertex in the names of the steps.

    `names` has the names as expressions, of what has one; `of(vertex)` is the name, or the formula of a
    constant that has none; `written(head)` is the formula of a step.
    """

    __slots__ = ("heads", "names", "steps", "texts")

    def __init__(self, steps: Steps, names: Mapping[Vertex, str]) -> None:
        self.steps = steps
        self.texts = names
        self.heads = set(steps.heads)
        self.names: dict[Vertex, Expression] = {vertex: name(text) for vertex, text in names.items()}

    def of(self, vertex: Vertex) -> Expression:
        """A vertex as it stands in a formula."""
        return self._built(vertex, self.names)

    def written(self, vertex: Vertex) -> Expression:
        """What a step or a named constant is computed by."""
        return self._built(vertex, {v: text for v, text in self.names.items() if v is not vertex})

    def _built(self, root: Vertex, names: Mapping[Vertex, Expression]) -> Expression:
        made: dict[Vertex, Expression] = dict(names)
        stack = [root]
        while stack:
            vertex = stack[-1]
            if vertex in made:
                stack.pop()
                continue
            missing = [o for o in vertex.operands if o is not None and o not in made]
            if missing:
                stack += missing
                continue
            made[vertex] = _operation(vertex, [o and made[o] for o in vertex.operands])
        return made[root]


def _operation(vertex: Vertex, operands: Sequence[Expression | None]) -> Expression:
    """A vertex as an expression of its operands, in a form that the language can write."""
    rule = vertex.rule
    if rule is None:
        return _constant(vertex)
    given = tuple(operand for operand in operands if operand is not None)
    if rule.name in SIGNS:
        return Expression(rule.name, given)
    special = _SPECIAL.get(rule.name)
    if special is not None:
        return special(vertex, given)
    return _call(vertex, operands)


def _call(vertex: Vertex, operands: Sequence[Expression | None]) -> Expression:
    """A call, with the arguments that are not at their defaults."""
    rule = vertex.rule
    assert rule is not None
    defaults = dict(rule.operands)
    positional: list[Any] = []
    keywords: list[tuple[str, Any]] = []
    parameters = [parameter for parameter, _ in rule.operands]
    for position, (operand, source) in enumerate(zip(operands, vertex.operands, strict=True)):
        if rule.variadic:
            positional.append(operand)
        elif source is None or _is_default(source, defaults[parameters[position]]):
            continue
        elif len(positional) < position:  # one before it is left out
            keywords.append((parameters[position], operand))
        else:
            positional.append(operand)
    for parameter, default in rule.static:
        value = vertex.static.get(parameter, default)
        if value is not None and value != default and repr(value) != repr(default):
            keywords.append((parameter, _static(value)))
    return Expression("call", tuple(positional), vertex.spelling or rule.shown, None, None, tuple(keywords))


def _is_default(vertex: Vertex, default: Any) -> bool:
    return (
        vertex.rule is None and not vertex.given and vertex.written is None
        and type(vertex.value) is float and vertex.value == default
    )  # fmt: skip


def _static(value: Any) -> Expression:
    if isinstance(value, (tuple, list)):
        return Expression("array", tuple(_static(part) for part in value))
    if isinstance(value, slice):
        parts = [(key, getattr(value, key)) for key in ("start", "stop", "step")]
        there = [(key, part) for key, part in parts if part is not None]
        return Expression("slice", tuple(_static(part) for _, part in there), tuple(key for key, _ in there))
    try:
        return number(float(value))
    except (TypeError, ValueError):
        return name(str(value))


def _constant(vertex: Vertex) -> Expression:
    if vertex.written is not None:
        return vertex.written
    value = vertex.value
    if not shape_of(value):
        return number(float(value))
    return _array(value.tolist())


def _array(value: Any) -> Expression:
    """Nested lists as an array, as deep as it has axes."""
    if isinstance(value, list):
        return Expression("array", tuple(_array(part) for part in value))
    return number(float(value))


def _index(vertex: Vertex, operands: tuple[Expression, ...]) -> Expression:
    index = vertex.static.get("index")
    subscripts = index if isinstance(index, tuple) else (index,)
    return Expression("index", (operands[0], *map(_static, subscripts)))


def _transposed(vertex: Vertex, operands: tuple[Expression, ...]) -> Expression:
    if vertex.static.get("axes") is not None:
        return _call(vertex, operands)
    return Expression("attribute", operands, "T")


def _stacked(vertex: Vertex, operands: tuple[Expression, ...]) -> Expression:
    return Expression("array", operands) if not vertex.static.get("axis") else _call(vertex, operands)


def _reciprocal(_: Vertex, operands: tuple[Expression, ...]) -> Expression:
    return Expression("div", (number(1.0), operands[0]))


def _logical(word: str) -> Any:
    return lambda _, operands: Expression(word, operands)


_SPECIAL = {
    "getitem": _index, "transpose": _transposed, "stack": _stacked, "reciprocal": _reciprocal,
    "logical_and": _logical("and"), "logical_or": _logical("or"), "logical_not": _logical("not"),
}  # fmt: skip


# --- derivatives ---


class Step:
    """A head with what a formula of its derivative needs: its operations and its inputs."""

    __slots__ = ("elementwise", "head", "inputs", "operations")

    def __init__(self, head: Vertex, heads: set[Vertex]) -> None:
        self.head = head
        self.operations = inner(head, heads)
        found: dict[Vertex, None] = {}
        for operation in self.operations:
            for position, operand in enumerate(operation.operands):
                if operand is None or not operand.active or not operation.rule.has_vjp(position):  # type: ignore[union-attr]
                    continue
                if operand.rule is None or operand in heads:
                    found[operand] = None
        self.inputs = list(found)
        self.elementwise = all(page(o.rule) in ELEMENTWISE for o in self.operations if o.rule is not None)


def local(step: Step, input: Vertex, formulas: Formulas) -> tuple[Expression | None, bool]:
    """The derivative of a step by an input, and whether the formula is that of the whole product with g.

    None where the language has no text for it.
    """
    terms = formulas.steps.terms.get(step.head)
    if terms is not None:
        return tidied(derivative(terms, input, formulas.of)), False
    found: Expression | None = None
    of_product = False
    for position, operand in enumerate(step.head.operands):
        if operand is not input:
            continue
        part = _of_rule(step, position, formulas)
        if part is None:
            return None, False
        of_product = of_product or any(p.op == "name" and p.value == COTANGENT for p in postorder(part))
        found = part if found is None else Expression("add", (found, part))
    return (None if found is None else tidied(found)), of_product


def _of_rule(step: Step, position: int, formulas: Formulas) -> Expression | None:
    """The rulebook's formula for an operand, with the operands' names put in."""
    head = step.head
    rule = head.rule
    assert rule is not None
    text = _text(step, position)
    if text is None:
        return None
    try:
        expression = parse_expression(text, functions=NAMES)
    except Diagnostic:
        return None
    parameters = [parameter for parameter, _ in rule.operands]
    meaning = {
        parameter: formulas.of(operand)
        for parameter, operand in zip(parameters, head.operands, strict=False)
        if operand is not None
    }
    meaning |= {key: _static(value) for key, value in head.static.items() if value is not None}
    for parameter, default in rule.operands:
        if parameter not in meaning and isinstance(default, (int, float)):
            meaning[parameter] = number(float(default))
    meaning |= _sizes(head)
    if not shape_of(head.value) and not step.elementwise:
        meaning[COTANGENT] = number(1.0)
    own = (formulas.written(head), formulas.of(head)) if rule.name in IN_OWN_VALUE else None
    return substituted(expression, meaning, own)


def _text(step: Step, position: int) -> str | None:
    """The text of the derivative by an operand; None where the rulebook's is not that of this call."""
    head = step.head
    rule = head.rule
    assert rule is not None
    parts = [part.strip() for part in rule.derivative.split(";")]
    text = parts[position] if len(parts) > 1 and position < len(parts) else parts[0]
    shapes = [shape_of(operand.value) for operand in head.operands if operand is not None]
    if rule.name in ("matmul", "dot"):
        ranks = tuple(map(len, shapes))
        return _MATRICES[position].get(ranks)
    if step.elementwise or rule.name in ("softmax", "log_softmax", "cumsum"):
        plain = all(
            value == dict(rule.static).get(key) or repr(value) == repr(dict(rule.static).get(key))
            for key, value in head.static.items()
        )
        return text if plain and (step.elementwise or len(shapes[0]) == 1) else None
    if rule.name in _OF_MATRICES or (rule.name == "transpose" and head.static.get("axes") is None):
        return text
    if shape_of(head.value) or rule.name == "getitem":
        return None
    return text if rule.name != "cross_entropy" or len(shapes[0]) == 1 else None


_OF_MATRICES = frozenset(("det", "inv", "trace", "outer", "cross", "diag", "solve"))
_MATRICES: tuple[dict[tuple[int, ...], str], ...] = (
    {(1, 1): "g*b", (2, 2): "g @ b.T", (2, 1): "outer(g, b)", (1, 2): "b @ g"},
    {(1, 1): "g*a", (2, 2): "a.T @ g", (2, 1): "a.T @ g", (1, 2): "outer(a, g)"},
)


def _sizes(head: Vertex) -> dict[str, Expression]:
    """What n means in a formula of the rulebook: how many elements there are, or rows."""
    value = head.operands[0].value if head.operands and head.operands[0] is not None else 1.0
    shape = shape_of(value)
    rule = head.rule
    assert rule is not None
    if rule.name == "polygamma":  # its n is an operand
        return {}
    count = shape[0] if rule.name in ("trace", "det", "cross_entropy") and shape else size_of(value)
    return {"n": number(float(count))}


def substituted(
    root: Expression, meaning: Mapping[str, Expression], own: tuple[Expression, Expression] | None = None
) -> Expression:
    """An expression with others for its names; `own` is a part and what is written for it."""
    made: dict[int, Expression] = {}
    for part in postorder(root):
        if part.op == "name":
            made[id(part)] = meaning.get(part.value, part)
            continue
        args = tuple(made[id(arg)] for arg in part.args)
        keywords = tuple((key, made[id(arg)]) for key, arg in part.keywords)
        new = Expression(part.op, args, part.value, None, part.text, keywords) if part.args else part
        made[id(part)] = own[1] if own is not None and same(new, own[0]) else new
    return made[id(root)]


def tidied(root: Expression) -> Expression:
    """A formula without factors and divisors of 1 and without signs that cancel."""
    made: dict[int, Expression] = {}
    for part in postorder(root):
        args = tuple(made[id(arg)] for arg in part.args if isinstance(arg, Expression))
        if len(args) != len(part.args):
            made[id(part)] = part
            continue
        made[id(part)] = _tidy(part, args)
    return made[id(root)]


def _tidy(part: Expression, args: tuple[Expression, ...]) -> Expression:
    op = part.op
    if op == "mul":
        for one, other in (args, args[::-1]):
            if _is(one, 1.0):
                return other
    elif op in ("div", "pow") and _is(args[1], 1.0):
        return args[0]
    elif op in ("add", "sub") and _is(args[1], 0.0):
        return args[0]
    elif op == "add" and _is(args[0], 0.0):
        return args[1]
    elif op == "neg" and args[0].op == "neg":
        return args[0].args[0]  # type: ignore[no-any-return]
    if all(new is old for new, old in zip(args, part.args, strict=True)):
        return part
    return Expression(op, args, part.value, None, part.text, part.keywords)


def _is(expression: Expression, value: float) -> bool:
    return expression.op == "number" and expression.value == value
