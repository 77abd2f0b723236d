"""Local derivatives as formulas: the rulebook's, with the names of the steps put in."""

from __future__ import annotations

from gradcli.homework.explanation.arrays import COTANGENT, static, text_of, text_of_summand
from gradcli.homework.explanation.steps import inner
from gradcli.homework.explanation.terms import derivative
from gradcli.homework.explanation.tidy import tidied
from gradcli.language.format import format
from gradcli.language.parser import parse_expression
from gradcli.numbers import shape_of, size_of
from gradcli.numbers.expression import Expression, name, number, postorder, same
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.homework.explanation.graph import Vertex
    from gradcli.homework.explanation.written import Formulas
    from gradcli.rules.rulebook import Rule

IN_OWN_VALUE = ("sigmoid", "tanh", "softmax", "log_softmax", "logsumexp", "norm", "std", "hypot", "inv")
"""Functions whose derivative is usually written with their value, as p*(1 - p)."""

ELEMENTWISE = frozenset(("operators", "power", "trigonometric", "elementwise", "activation", "special"))
"""Pages of the rulebook: what stands on them works on each element of an array alone."""

OWN = "its own value"  # no name that a rule's parameter could have


class Step:
    """A head with what a formula of its derivative needs: its operations and its inputs."""

    __slots__ = ("elementwise", "head", "inputs", "operations")

    def __init__(self, head: Vertex, heads: set[Vertex]) -> None:
        self.head = head
        self.operations = inner(head, heads)
        self.inputs = _inputs(head, heads)
        self.elementwise = all(o.rule.page in ELEMENTWISE for o in self.operations if o.rule is not None)


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
    if step.head in formulas.steps.affine:
        return _affine(step, input, formulas, so_far), bool(shape_of(step.head.value))
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
    if found is None:
        return None, of_product
    found = tidied(found)
    return (_shortest(found, formulas) if step.elementwise and not of_product else found), of_product


def _shortest(formula: Expression, formulas: Formulas) -> Expression:
    """A formula of the rulebook, simplified where that makes it shorter, as for x**x."""
    from gradcli.algebra.simplify import simplify

    simple = simplify(formula, variables=frozenset(formulas.texts.values()))
    return simple if len(format(simple)) < len(format(formula)) else formula


def _affine(step: Step, input: Vertex, formulas: Formulas, so_far: str) -> Expression:
    """What flows back to an operand of X @ W + b."""
    head = step.head
    product = formulas.steps.affine[head]
    meaning = {COTANGENT: name(so_far) if shape_of(head.value) else number(1.0)}
    for parameter, operand in zip("ab", product.operands, strict=True):
        if operand is not None:
            meaning[parameter] = formulas.of(operand)
    parts: list[Expression] = []
    for place, summand in enumerate(head.operands):
        texts = [text_of_summand(summand, head)] if summand is input else []
        if summand is product:
            texts += [text_of(product, i) or COTANGENT for i, o in enumerate(product.operands) if o is input]
        for text in texts:
            part = substituted(parse_expression(text, functions=NAMES), meaning)
            parts.append(Expression("neg", (part,)) if place and _is_difference(head) else part)
    total = parts[0]
    for part in parts[1:]:
        total = _twice(total, part)
    return tidied(total)


def _is_difference(vertex: Vertex) -> bool:
    return vertex.rule is not None and vertex.rule.name == "sub"


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
    if rule.name == "pow" and position == 1 and _is_e(head.operands[0]):
        text = text.removesuffix("*log(x)")  # which is 1
    if step.elementwise or rule.name in _OF_ARRAYS:
        return text
    shape = shape_of(head.operands[0].value) if head.operands[0] is not None else ()
    if rule.name == "transpose":
        return text if head.static.get("axes") is None else None
    if rule.name in ("softmax", "log_softmax", "cumsum", "cross_entropy"):
        return text if len(shape) == 1 else None
    # The formulas of reductions are those of one number made of all.
    return text if not shape_of(head.value) and rule.name not in ("getitem", "matmul", "dot") else None


def _is_e(vertex: Vertex | None) -> bool:
    """Whether the text has the constant e there."""
    written = None if vertex is None else vertex.written
    return written is not None and written.op == "name" and written.value == "e"


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
