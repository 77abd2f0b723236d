"""The derivative of a text as a formula: the engine's own backward pass, run on expressions, simplified."""

from __future__ import annotations

from gradcli.algebra import simplify_derivatives
from gradcli.algebra.manner import Manner
from gradcli.algebra.restrictions import Restriction
from gradcli.engine.apply import apply
from gradcli.engine.backward import cotangents
from gradcli.engine.tensor import Tensor, wrap
from gradcli.evaluation.derivatives import check_order
from gradcli.evaluation.failures import failure, unknown_variable
from gradcli.evaluation.kinds import Symbolic
from gradcli.evaluation.symbolic import Program
from gradcli.language.format import format
from gradcli.language.names import normal
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, name, postorder
from gradcli.rules.loss import LEAST_VARIANCE
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    Formulas = dict[tuple[str, ...], "Partial"]  # by the variables that the derivatives were taken by

MOST_OPERATIONS = 300_000
"""How many operations a derivative may have for another one to be taken: they grow exponentially."""


class Partial:
    """A derivative as a formula; `by` are the variables that it was taken by, one after the other.

    `restrictions` say where it holds, as far as the formula itself does not: x/x is 1 for x != 0.
    """

    __slots__ = ("by", "formula", "restrictions")

    def __init__(
        self, by: tuple[str, ...], formula: Expression, restrictions: Sequence[Restriction] = ()
    ) -> None:
        self.by = by
        self.formula = formula
        self.restrictions = _distinct(restrictions)

    @property
    def wrt(self) -> str:
        """The variable that it was taken by first."""
        return self.by[0]

    @property
    def order(self) -> int:
        """How often a derivative was taken."""
        return len(self.by)

    def __repr__(self) -> str:
        return f"<Partial by {', '.join(self.by)}>"


    @property
    def where(self) -> str:
        """Where the formula holds, as a text: `x > 0 and y != 1`; empty for wherever it has a value."""
        return " and ".join(map(_said, self.restrictions))

    def like(self, manner: Manner) -> Partial:
        """The derivative in a manner of writing."""
        restrictions = [
            Restriction(manner.like(r.condition), r.guard, r.path and manner.like(r.path))
            for r in self.restrictions
        ]
        return Partial(self.by, manner.like(self.formula), restrictions)


def _distinct(restrictions: Iterable[Restriction]) -> list[Restriction]:
    return list({_said(restriction): restriction for restriction in restrictions}.values())


def _said(restriction: Restriction) -> str:
    said = format(restriction.condition)
    return said if restriction.path is None else f"{said} (where {format(restriction.path)})"


class Derivation:
    """What a text says, as read, and its partial derivatives.

    `variables` are the names that the last expression leaves open, in order of appearance; `notes` say where
    the formulas hold, and where they and the engine differ by convention. `singles` are names that a function
    of arrays is given as one number each.
    """

    __slots__ = ("expression", "notes", "partials", "singles", "text", "variables")

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
        self.singles: list[str] = []

    def __repr__(self) -> str:
        return f"<Derivation of {self.text!r}>"


def derive(
    text: str,
    wrt: Sequence[str] = (),
    order: int = 1,
    *,
    mixed: bool = False,
    bound: Iterable[str] = (),
) -> Derivation:
    """The partial derivatives of the last expression of `text`, by all its variables or by those in `wrt`.

    Each is by one variable, however often; with `mixed` those of higher orders are by every combination of
    variables. Names have no value here: `x = 3` says only that x is a variable. Of an array the formula is an
    array, and of order 0 it is the expression itself, simplified. `bound` are names that are variables though
    textbook functions are called so.
    Raises Diagnostic where the text is wrong or has no expression, and for a name in `wrt` that is not in it.
    """
    check_order(order)
    wanted = [normal(variable) for variable in wrt]
    program = Program(text, wanted, bound)
    expression, value = program.run()
    variables = program.mentioned
    for variable in wanted:
        # Of a constant the derivative is 0 by whatever name; beside other names it is likely misspelt.
        if variables and variable not in program.environment.variables:
            raise unknown_variable(variable, variables, "--wrt")
    work = _Work(program)
    found = work.derivatives(value, wanted or variables, order, mixed=mixed)
    manner = Manner(program.written)
    partials = [partial.like(manner) for partial in found.values()]
    derivation = Derivation(text, expression, variables, partials, [*_holding(partials), *work.notes])
    derivation.singles = [name for name in program.singles if name in program.environment.variables]
    return derivation


def _holding(partials: Sequence[Partial]) -> list[str]:
    """Notes on where the formulas hold: one for all, where it is the same."""
    if partials and len({partial.where for partial in partials}) == 1:
        return [f"for {partials[0].where}"] if partials[0].where else []
    return [f"by {', '.join(partial.by)}: for {partial.where}" for partial in partials if partial.where]


def formula(expression: Expression, wrt: str, order: int = 1, *, guarded: bool = False) -> Expression:
    """The derivative of an expression that was parsed; raises as `derive` does.

    With `guarded` it has no value where a note says that it does not hold: x/x has 0 + 0/x.
    """
    check_order(order)
    program = Program("", [wrt])
    value = program.compute(expression)
    partial = _Work(program).derivatives(value, [wrt], order)[(wrt,) * max(order, 1)]
    found = partial.formula
    for restriction in partial.restrictions if guarded else ():
        found = Expression("add", (found, restriction.guard))
    return found


class _Work:
    """What the derivatives of one text have in common."""

    __slots__ = ("notes", "program")

    def __init__(self, program: Program) -> None:
        self.program = program
        self.notes: dict[str, None] = {}

    def derivatives(self, value: Tensor, wrt: Sequence[str], order: int, *, mixed: bool = False) -> Formulas:
        """The derivatives of an expression, or of each element of an array of them."""
        shape = shape_of(value._value)
        if not shape:
            return self._of_scalar(value, wrt, order, mixed=mixed)
        elements = [apply(RULES["getitem"], value, index=row) for row in range(shape[0])]
        rows = [self.derivatives(element, wrt, order, mixed=mixed) for element in elements]
        return {by: _array([row[by] for row in rows]) for by in rows[0]} if rows else {}

    def _of_scalar(self, value: Tensor, wrt: Sequence[str], order: int, *, mixed: bool) -> Formulas:
        if not order:
            (simple,) = self._simplified([value._value], value._value, [("",)])
            return {(x,): Partial((x,), simple.formula, simple.restrictions) for x in wrt}
        bindings = self.program.environment.variables
        leaves = [bindings[variable].tensor if variable in bindings else None for variable in wrt]
        found = self._first(value, leaves, [(x,) for x in wrt])
        for _ in range(order - 1):
            again = []
            for partial in found:
                last = wrt[wrt.index(partial.by[-1]) :] if mixed else partial.by[-1:]
                again += self._again(partial, last)
            found = again
        return {partial.by: partial for partial in found}

    def _again(self, partial: Partial, wrt: Sequence[str]) -> list[Partial]:
        """The derivatives of a formula, which hold where it does."""
        leaves = {variable: wrap(name(variable), True) for variable in wrt}
        value = _replayed(partial.formula, leaves)
        found = self._first(value, [*leaves.values()], [(*partial.by, x) for x in wrt])
        return [
            Partial(further.by, further.formula, [*partial.restrictions, *further.restrictions])
            for further in found
        ]

    def _first(
        self, value: Tensor, leaves: Sequence[Tensor | None], by: Sequence[tuple[str, ...]]
    ) -> list[Partial]:
        """The derivatives with respect to leaves, by one backward pass, simplified."""
        reached: dict[Any, Any] = cotangents(value)[1] if value.requires_grad else {}
        raw = [Symbolic().cast(reached.get(leaf, 0.0)) for leaf in leaves]
        return self._simplified(raw, value._value, by)

    def _simplified(
        self, raw: list[Expression], of: Expression, by: Sequence[tuple[str, ...]]
    ) -> list[Partial]:
        seen: set[int] = set()
        for root in (of, *self.program.decided):
            for _ in postorder(root, seen):
                pass
        # What the backward pass itself has compared guards points at which rules have conventions.
        generic = {id(n) for root in raw for n in postorder(root, seen) if _is_guard(n)}
        if generic:
            self._note_conventions()
        found = simplify_derivatives(
            raw,
            of,
            [names[-1] for names in by],
            decimals=self.program.decimals,
            generic=generic,
            variables=self.program.open,
            functions=[rule.name for rule in self.program.rules],
        )
        return [
            Partial(names, simple.formula, simple.restrictions)
            for names, simple in zip(by, found, strict=True)
        ]

    def _note_conventions(self) -> None:
        """Say where the engine does not follow the formula."""
        for rule in self.program.rules:
            place = _LEFT_OUT.get(rule.name)
            if place is not None:
                says = rule.conventions[place].says
                self.notes[f"the formula leaves a convention of {rule.shown} out: {says}"] = None


_LEFT_OUT = {
    "pow": 2, "atan2": 0, "norm": 0, "std": 0, "bce": 0, "maximum": 0, "minimum": 0, "max": 0, "min": 0,
    "xlogy": 1,
}  # fmt: skip
"""The convention of a rule that its vjps decide by comparisons which a formula goes without."""


def _array(elements: Sequence[Partial]) -> Partial:
    """The derivatives of the elements of an array as one."""
    formula = Expression("array", tuple(element.formula for element in elements))
    return Partial(elements[0].by, formula, [r for element in elements for r in element.restrictions])


def _is_guard(node: Expression) -> bool:
    if node.op == "maximum":
        return bool(node.args[1].value == LEAST_VARIANCE)
    return node.op in ("lt", "le", "gt", "ge", "eq", "ne")


def _replayed(formula: Expression, leaves: Mapping[str, Tensor]) -> Tensor:
    """A formula carried out again, its variables being `leaves`."""
    tensors: dict[int, Any] = {}
    for count, node in enumerate(postorder(formula)):
        if count == MOST_OPERATIONS:
            raise failure(
                "value", f"a derivative of more than {MOST_OPERATIONS:,} operations is not taken again"
            )
        tensors[id(node)] = _operation(node, [tensors.get(id(part)) for part in node.args], leaves)
    value = tensors[id(formula)]
    return value if isinstance(value, Tensor) else wrap(Symbolic().cast(value))


def _operation(node: Expression, operands: list[Any], leaves: Mapping[str, Tensor]) -> Any:
    """An operation on what its operands gave: a tensor, a float or, of an array, a list."""
    if node.op == "number":
        return Symbolic().literal(node)
    if node.op == "name":
        return leaves[node.value] if node.value in leaves else wrap(node)
    if node.op == "array":
        return operands
    if node.op == "call":  # writing makes one for what has no sign and no name of its own
        return apply(RULES["logaddexp"], *operands[0])
    if not any(isinstance(operand, Tensor) and operand.requires_grad for operand in operands):
        return wrap(node)
    if node.op == "polygamma":
        return apply(RULES["polygamma"], operands[1], n=int(operands[0]))
    return apply(RULES[_RULES.get(node.op, node.op)], *operands)


_RULES = {"and": "logical_and", "or": "logical_or", "not": "logical_not"}
