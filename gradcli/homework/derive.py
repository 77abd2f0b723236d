"""The derivative of a text as a formula: the engine's own backward pass, run on expressions, simplified."""

from __future__ import annotations

from gradcli.algebra import simplify
from gradcli.autograd.backward import cotangents
from gradcli.autograd.engine import apply
from gradcli.autograd.rulebook import RULES
from gradcli.autograd.tensor import wrap
from gradcli.evaluate.failures import failure, unknown_variable
from gradcli.evaluate.kinds import Symbolic
from gradcli.homework.symbolic import Program
from gradcli.language.names import normal
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

MOST_OPERATIONS = 300_000
"""How many operations a derivative may have for another one to be taken: they grow exponentially."""


class Partial:
    """The derivative of `order` with respect to `wrt`, as a formula."""

    __slots__ = ("formula", "order", "wrt")

    def __init__(self, wrt: str, order: int, formula: Expression) -> None:
        self.wrt = wrt
        self.order = order
        self.formula = formula

    def __repr__(self) -> str:
        return f"<Partial of order {self.order} by {self.wrt}>"


class Derivation:
    """What a text says, as read, and its partial derivatives.

    `variables` are the names that the last expression leaves open, in order of appearance; `notes` say where
    the formulas and the engine differ by convention.
    """

    __slots__ = ("expression", "notes", "partials", "text", "variables")

    def __init__(
        self,
        text: str,
        expression: Expression,
        variables: list[str],
        partials: list[Partial],
        notes: list[str],
    ) -> None:
        self.text = text
        self.expression = expression
        self.variables = variables
        self.partials = partials
        self.notes = notes

    def __repr__(self) -> str:
        return f"<Derivation of {self.text!r}>"


def derive(text: str, wrt: Sequence[str] = (), order: int = 1) -> Derivation:
    """The partial derivatives of the last expression of `text`, of all its variables or of those in `wrt`.

    Names have no value here: `x = 3` says only that x is a variable. Of an array the formula is an array.
    Raises Diagnostic where the text is wrong or has no expression, and for a name in `wrt` that is not in it.
    """
    if order < 0:
        raise failure("value", "the order of a derivative is 0 or more")
    wanted = [normal(variable) for variable in wrt]
    program = Program(text, wanted)
    expression, value = program.run()
    variables = program.mentioned
    for variable in wanted:
        if variable not in program.environment.variables:
            raise unknown_variable(variable, variables, "--wrt")
    decimals = writes_decimals(expression)
    partials = []
    notes: dict[str, None] = {}
    for variable, found in _derivatives(value, wanted or variables, order, decimals, notes):
        partials.append(Partial(variable, order, found))
    return Derivation(text, expression, variables, partials, list(notes))


def formula(expression: Expression, wrt: str, order: int = 1) -> Expression:
    """The derivative of an expression that was parsed; raises as `derive` does."""
    value = Program("", [wrt]).compute(expression)
    found = _derivatives(value, [wrt], order, writes_decimals(expression), {})
    return dict(found)[wrt]


def writes_decimals(expression: Expression) -> bool:
    """Whether a text has numbers such as 0.5 in it, so that its derivative is to have such numbers, too."""
    return any(
        part.op == "number" and part.value % 1.0 != 0.0 and "." in (part.text or "")
        for part in postorder(expression)
    )


def _derivatives(
    value: Any, wrt: Sequence[str], order: int, decimals: bool, notes: dict[str, None]
) -> list[tuple[str, Expression]]:
    """The derivatives of an expression, or of each element of an array of them."""
    if shape_of(value):
        return _of_array(value, wrt, order, decimals, notes)
    if order == 0:
        return [(variable, simplify(value, decimals=decimals)) for variable in wrt]
    first = _gradient(value, wrt, decimals)
    if order == 1:
        return list(first.items())
    found = []
    for variable, derivative in first.items():
        for _ in range(order - 1):
            derivative = _gradient(derivative, [variable], decimals)[variable]
        found.append((variable, derivative))
    return found


def _of_array(
    value: Any, wrt: Sequence[str], order: int, decimals: bool, notes: dict[str, None]
) -> list[tuple[str, Expression]]:
    rows = [dict(_derivatives(row, wrt, order, decimals, notes)) for row in value]
    return [(variable, Expression("array", tuple(row[variable] for row in rows))) for variable in wrt]


def _gradient(value: Expression, wrt: Sequence[str], decimals: bool) -> dict[str, Expression]:
    """The first derivatives of an expression that was computed, by one backward pass, simplified."""
    kind = Symbolic()
    operations = list(postorder(value))
    if len(operations) > MOST_OPERATIONS:
        raise failure("value", f"a derivative of more than {MOST_OPERATIONS:,} operations is not taken again")
    leaves = {variable: wrap(Expression("name", (), variable), True) for variable in wrt}
    tensors: dict[int, Any] = {}
    for node in operations:
        tensors[id(node)] = _replayed(node, tensors, leaves)
    root = tensors[id(value)]
    reached: dict[Any, Any] = {}
    if getattr(root, "requires_grad", False):
        _, reached = cotangents(root)
    given = {id(node) for node in operations}
    found = {}
    for variable, leaf in leaves.items():
        raw = kind.cast(reached.get(leaf, 0.0))
        generic = {id(node) for node in postorder(raw) if node.op in ("eq", "ne") and id(node) not in given}
        found[variable] = simplify(raw, decimals=decimals, generic=generic)
    return found


def _replayed(node: Expression, tensors: dict[int, Any], leaves: dict[str, Any]) -> Any:
    """An operation of a formula carried out again, on what its operands gave."""
    if node.op == "number" or (node.op == "name" and node.value not in leaves):
        return node.value if node.op == "number" and node.text is None else wrap(node)
    if node.op == "name":
        return leaves[node.value]
    operands = [tensors[id(part)] for part in node.args]
    if node.op == "polygamma":
        return apply(RULES["polygamma"], operands[1], n=int(node.args[0].value))
    if all(type(operand) is float for operand in operands) or not any(
        getattr(operand, "requires_grad", False) for operand in operands
    ):
        return wrap(node)
    return apply(RULES[node.op], *operands)
