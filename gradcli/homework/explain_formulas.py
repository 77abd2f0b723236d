"""Steps as formulas in the names: what each computes, its local derivatives, and the rule that gives them."""

from __future__ import annotations

from gradcli.autograd.rulebook import NAMES
from gradcli.homework.explain_arrays import COTANGENT, static, subscripts, text_of
from gradcli.homework.explain_names import page
from gradcli.homework.explain_steps import inner
from gradcli.homework.explain_terms import derivative
from gradcli.language.parser import parse_expression
from gradcli.numbers import shape_of, size_of
from gradcli.numbers.expression import Expression, name, number, postorder, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.autograd.rulebook import Rule
    from gradcli.homework.explain_graph import Vertex
    from gradcli.homework.explain_steps import Steps

IN_OWN_VALUE = ("sigmoid", "tanh", "softmax", "log_softmax", "logsumexp", "norm", "std", "hypot", "inv")
"""Functions whose derivative is usually written with their value, as p*(1 - p)."""

ELEMENTWISE = frozenset(("operators", "power", "trigonometric", "elementwise", "activation", "special"))
"""Pages of the rulebook: what stands on them works on each element of an array alone."""

OWN = "its own value"  # no name that a rule's parameter could have
LONGEST_NUMBER = 12
ROUNDED = 7
MOST_EXACT = 1e15
INFINITE = float("inf")

SIGNS = frozenset((
    "add", "sub", "mul", "div", "floordiv", "mod", "neg", "pow", "matmul",
    "lt", "le", "gt", "ge", "eq", "ne",
))  # fmt: skip


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
        names = {v: text for v, text in self.names.items() if v is not vertex}
        return self._built(vertex, names)

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
    """A call, with the arguments that are not at their defaults, in the order in which a text gives them."""
    rule = vertex.rule
    assert rule is not None
    named = vertex.spelling or rule.shown
    keywords = {key: static(value) for key, value in _changed(vertex).items()}
    if rule.variadic:
        return Expression("call", tuple(operands), named, keywords=tuple(keywords.items()))
    given = keywords | {
        parameter: operand
        for (parameter, default), operand, source in zip(
            rule.operands, operands, vertex.operands, strict=False
        )
        if operand is not None and source is not None and not _is_default(source, default)
    }
    positional: list[Expression] = []
    by_position = {parameter for parameter, _ in rule.operands}
    for parameter in rule.call.names:
        if parameter not in given or not by_position.intersection(given):
            break  # what comes behind one that is left out goes by its name, and so do static ones at the end
        positional.append(given.pop(parameter))
    return Expression("call", tuple(positional), named, keywords=tuple(given.items()))


def _changed(vertex: Vertex) -> dict[str, Any]:
    """The static parameters that are not at their defaults."""
    assert vertex.rule is not None
    defaults = dict(vertex.rule.static)
    return {
        key: value
        for key, value in vertex.static.items()
        if value is not None and not _equal(value, defaults.get(key))
    }


def _equal(value: Any, default: Any) -> bool:
    numbers = isinstance(value, int | float) and isinstance(default, int | float)
    return bool(value == default) if numbers else repr(value) == repr(default)


def _is_default(vertex: Vertex, default: Any) -> bool:
    return (
        vertex.rule is None and not vertex.given and vertex.written is None
        and type(vertex.value) is float and vertex.value == default
    )  # fmt: skip


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
    return Expression("index", (operands[0], *subscripts(vertex.static.get("index"))))


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


def _reshaped(vertex: Vertex, operands: tuple[Expression, ...]) -> Expression:
    shape = vertex.static.get("shape", ())
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    return Expression("call", (*operands, *map(static, sizes)), "reshape")


_SPECIAL = {
    "reshape": _reshaped,
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
        self.inputs = _inputs(head, heads)
        self.elementwise = all(page(o.rule) in ELEMENTWISE for o in self.operations if o.rule is not None)


def _inputs(head: Vertex, heads: set[Vertex]) -> list[Vertex]:
    """The variables and other steps that a step takes, in the order of its formula."""
    found: dict[Vertex, None] = {}
    stack = [head]
    while stack:
        vertex = stack.pop()
        if vertex is not head and (vertex.rule is None or vertex in heads):
            found[vertex] = None
            continue
        assert vertex.rule is not None
        stack += [
            operand
            for position, operand in reversed([*enumerate(vertex.operands)])
            if operand is not None and operand.active and vertex.rule.has_vjp(position)
        ]
    return list(found)


def local(step: Step, input: Vertex, formulas: Formulas, so_far: str) -> tuple[Expression | None, bool]:
    """The derivative of a step by an input, and whether it is the whole product with the derivative `so_far`.

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
        text = _text(step, position)
        if text is None:
            return None, False
        formula = parse_expression(text, functions=NAMES)
        of_product = of_product or any(p.op == "name" and p.value == COTANGENT for p in postorder(formula))
        part = _of_rule(step, formula, formulas, so_far)
        found = part if found is None else _twice(found, part)
    return (None if found is None else tidied(found)), of_product


def _twice(first: Expression, second: Expression) -> Expression:
    """The sum for an input that is two operands: x @ x."""
    if same(first, second):
        return Expression("mul", (number(2.0), first))
    return Expression("add", (first, second))


def _of_rule(step: Step, expression: Expression, formulas: Formulas, so_far: str) -> Expression:
    """A formula of the rulebook with the operands' names put in, and `so_far` for the cotangent."""
    head = step.head
    rule = head.rule
    assert rule is not None
    parameters = [parameter for parameter, _ in rule.operands]
    meaning = {
        parameter: formulas.of(operand)
        for parameter, operand in zip(parameters, head.operands, strict=False)
        if operand is not None
    }
    meaning |= {key: static(value) for key, value in head.static.items() if value is not None}
    for parameter, default in rule.operands:
        if parameter not in meaning and isinstance(default, (int, float)):
            meaning[parameter] = number(float(default))
    meaning |= _sizes(head)
    one = not shape_of(head.value) and not step.elementwise
    # An index or a .T behind dL/dy would seem to belong to y.
    held = f"({so_far})" if rule.name in ("transpose", "stack", "concat") else so_far
    meaning[COTANGENT] = number(1.0) if one else name(held)
    if rule.name in IN_OWN_VALUE:
        expression = _in_own_value(expression, rule)
        meaning[OWN] = formulas.of(head)
    return substituted(expression, meaning)


def _text(step: Step, position: int) -> str | None:
    """The text of the derivative by an operand; None where the rulebook's is not that of this call."""
    head = step.head
    rule = head.rule
    assert rule is not None
    special = text_of(head, position)
    if special is not None:
        return special
    parts = [part.strip() for part in rule.derivative.split(";")]
    text = parts[position] if len(parts) > 1 and position < len(parts) else parts[0]
    if step.elementwise or rule.name in _OF_ARRAYS:
        return text
    shape = shape_of(head.operands[0].value) if head.operands[0] is not None else ()
    if rule.name == "transpose":
        return text if head.static.get("axes") is None else None
    if rule.name in ("softmax", "log_softmax", "cumsum", "cross_entropy"):
        return text if len(shape) == 1 else None
    # The formulas of reductions are those of one number made of all.
    return text if not shape_of(head.value) and rule.name not in ("getitem", "matmul", "dot") else None


_OF_ARRAYS = frozenset(("det", "inv", "trace", "outer", "cross", "diag", "solve", "full", "linspace"))


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


def _in_own_value(root: Expression, rule: Rule) -> Expression:
    """A formula of the rulebook with OWN for the call itself, as for p in p*(1 - p)."""
    first = rule.operands[0][0]
    made: dict[int, Expression] = {}
    for part in postorder(root):
        call = part.op == "call" and part.value == rule.name and part.args[0].op == "name"
        if call and part.args[0].value == first:
            made[id(part)] = name(OWN)
        else:
            made[id(part)] = _with(part, made)
    return made[id(root)]


def substituted(root: Expression, meaning: Mapping[str, Expression]) -> Expression:
    """An expression with others for its names."""
    made: dict[int, Expression] = {}
    for part in postorder(root):
        made[id(part)] = meaning.get(part.value, part) if part.op == "name" else _with(part, made)
    return made[id(root)]


def _with(part: Expression, made: Mapping[int, Expression]) -> Expression:
    """A node with what was made of its operands."""
    if not part.args:
        return part
    args = tuple(made[id(arg)] for arg in part.args)
    keywords = tuple((key, made[id(arg)]) for key, arg in part.keywords)
    return Expression(part.op, args, part.value, None, part.text, keywords)


def tidied(root: Expression) -> Expression:
    """A formula without factors and divisors of 1, sums of plain numbers done, long constants rounded."""
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
    if op == "number" and part.text is not None and len(part.text) > LONGEST_NUMBER:
        return number(part.value, f"{part.value:.{ROUNDED}g}")
    folded = _folded(op, args)
    if folded is not None:
        return folded
    if op == "mul":
        for one, other in (args, args[::-1]):
            if _is(one, 1.0) or _is(other, 0.0):
                return other
    elif _is_neutral(op, args):
        return args[0]
    elif op == "add" and _is(args[0], 0.0):
        return args[1]
    elif op == "and" and any(map(_always, args)):
        return args[0] if _always(args[1]) else args[1]
    elif op == "neg" and args[0].op == "neg":
        return args[0].args[0]  # type: ignore[no-any-return]
    if all(new is old for new, old in zip(args, part.args, strict=True)):
        return part
    return Expression(op, args, part.value, None, part.text, part.keywords)


def _is_neutral(op: str, args: tuple[Expression, ...]) -> bool:
    """Whether the second operand leaves the first as it is."""
    return (op in ("div", "pow") and _is(args[1], 1.0)) or (op in ("add", "sub") and _is(args[1], 0.0))


def _always(comparison: Expression) -> bool:
    """Whether it compares with an infinity that stands for no bound."""
    bounds = {"ge": -INFINITE, "le": INFINITE}
    return comparison.op in bounds and _is(comparison.args[1], bounds[comparison.op])


def _folded(op: str, args: tuple[Expression, ...]) -> Expression | None:
    """The sum, difference or product of two whole numbers."""
    if op not in ("add", "sub", "mul") or any(arg.op != "number" or arg.value % 1.0 for arg in args):
        return None
    a, b = (arg.value for arg in args)
    value = a + b if op == "add" else a - b if op == "sub" else a * b
    return number(value) if abs(value) < MOST_EXACT else None


def _is(expression: Expression, value: float) -> bool:
    return expression.op == "number" and expression.value == value
