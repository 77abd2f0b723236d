"""A calculation as a worked solution: definitions, the steps back, where paths meet, and the gradients."""

from __future__ import annotations

from gradcli.algebra.manner import Manner
from gradcli.evaluation.results import Note
from gradcli.homework.explanation.arrays import words_of
from gradcli.homework.explanation.formulas import Step, local
from gradcli.homework.explanation.names import named
from gradcli.homework.explanation.numbers import (
    added,
    agree,
    by_convention,
    locals_of,
    ones,
    pulled,
    repeated_axes,
)
from gradcli.homework.explanation.results import (
    CONSTANT,
    STEP,
    VARIABLE,
    Definition,
    Derivative,
    Explanation,
    Gradient,
    Local,
    Path,
    Product,
    Total,
)
from gradcli.homework.explanation.results import Step as WrittenStep
from gradcli.homework.explanation.rules import rule_of
from gradcli.homework.explanation.steps import Steps
from gradcli.homework.explanation.tidy import tidied
from gradcli.homework.explanation.written import Formulas
from gradcli.numbers import is_finite, shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation.results import Result
    from gradcli.homework.explanation.graph import Graph, Vertex
    from gradcli.numbers.expression import Expression

    Payload = Any

MOST_PATHS = 4
"""More ways from the result to a variable than these are counted, not written out."""


BY_CONVENTION = "by convention"
APART = (
    "the gradient of {} is that of gradcli eval; the steps, in which a part that stands in the text more "
    "than once is one, come to another number"
)


def solution(graph: Graph, summed: Vertex | None, result: Result) -> Explanation:
    """The worked solution of a result; `summed` is the root that adds up a result that is an array."""
    return _Writer(graph, summed, result).explanation()


class _Writer:
    """One solution while it is written."""

    def __init__(self, graph: Graph, summed: Vertex | None, result: Result) -> None:
        self.graph = graph
        self.result = result
        self.steps = Steps(graph)
        self.texts = named(self.steps, summed)
        self.formulas = Formulas(self.steps, self.texts)
        heads = set(self.steps.heads)
        self.parts = {head: Step(head, heads) for head in self.steps.heads if head.active and head.rule}
        self.output = self.texts.get(graph.root, "")
        self.users = self._users()
        self.below = self._below()
        self.manner = Manner(self.formulas.written(head) for head in self.steps.heads if head.rule)
        self.arrived: dict[Vertex, list[Product]] = {}  # the way by the step computed first comes first
        self.totals: dict[Vertex, Payload] = {}
        self.apart: list[str] = []  # variables whose gradient the steps do not add up to
        self.numbers: dict[tuple[Vertex, Vertex], Payload | None] = {}

    def _users(self) -> dict[Vertex, list[Vertex]]:
        """The steps that use each variable and each step."""
        users: dict[Vertex, list[Vertex]] = {}
        for head, step in self.parts.items():
            for input in step.inputs:
                users.setdefault(input, []).append(head)
        return users

    def _below(self) -> dict[Vertex, set[Vertex]]:
        """What each step depends on."""
        below: dict[Vertex, set[Vertex]] = {}
        for head, step in self.parts.items():
            below[head] = set(step.inputs).union(*(below.get(input, ()) for input in step.inputs))
        return below

    def explanation(self) -> Explanation:
        """Everything, in the order in which it is read."""
        root = self.graph.root
        written = []
        if root in self.parts:
            self.totals[root] = ones(root.value)
            written = [self._step(self.parts[head]) for head in reversed(self.parts)]
        return Explanation(
            self.result, self.output, self._definitions(), written, self._gradients(), self._notes()
        )

    # --- forward ---

    def _definitions(self) -> list[Definition]:
        known = {id(vertex): vertex for vertex in self.graph.vertices}
        ends = [v for v in known.values() if v.is_variable]
        order = {variable.name: i for i, variable in enumerate(self.result.variables)}
        ends.sort(key=lambda v: order.get(v.given, len(order)))
        found = [
            Definition(self.texts[v], VARIABLE if v.active else CONSTANT, None, v.value) for v in ends
        ]
        for vertex in self.graph.vertices:
            if vertex.rule is not None and vertex in self.texts:
                kind = STEP if vertex.active else CONSTANT
                formula = tidied(self.formulas.written(vertex))
                found.append(Definition(self.texts[vertex], kind, formula, vertex.value))
            elif vertex in self.steps.constants:
                found.append(Definition(self.texts[vertex], CONSTANT, None, vertex.value))
        return found

    # --- backward ---

    def _step(self, step: Step) -> WrittenStep:
        head = step.head
        g = self.totals[head]
        numbers = locals_of(step)
        arriving = pulled(step, g)
        locals: list[Local] = []
        convention = by_convention(step)
        for input in step.inputs:
            self.numbers[head, input] = value = numbers[input]
            formula, words = self._formula(step, input, mixed=value is None)
            if formula is not None and convention and is_finite(head.value):
                words = BY_CONVENTION
            product = self._product(step, input, arriving[input], formula, words)
            locals.append(Local(product.factors[-1], formula, value, product, words))
            self._arrive(input, product)
        totals = [self._total(input) for input in step.inputs if self.users[input][0] is head]
        return WrittenStep(
            self.texts[head], tidied(self.formulas.written(head)), head.value, rule_of(step, self.steps),
            locals, totals,
        )  # fmt: skip

    def _formula(self, step: Step, input: Vertex, *, mixed: bool) -> tuple[Expression | None, str]:
        """The formula of a local derivative, or words for it; `mixed`: that of what arrives by it."""
        so_far = str(Derivative(self.output, self.texts[step.head]))
        formula, of_product = local(step, input, self.formulas, so_far)
        if formula is not None and (of_product or not mixed):
            return self.manner.like(formula), ""
        return None, words_of(step.head, step.head.operands.index(input), so_far)

    def _symbol(self, step: Step, input: Vertex) -> Derivative:
        """d where the input has this one way to the step, ∂ where it is in another input, too."""
        others = (other for other in step.inputs if other is not input)
        direct = any(input in self.below.get(other, ()) for other in others)
        return Derivative(self.texts[step.head], self.texts[input], direct=direct)

    def _product(
        self, step: Step, input: Vertex, arriving: Payload, formula: Expression | None, words: str
    ) -> Product:
        """What arrives at an input by a step; for the result itself that is the local derivative alone."""
        head = step.head
        value = self.numbers[head, input]
        factors, numbers = [self._symbol(step, input)], [value]
        if head is not self.graph.root:
            factors.insert(0, Derivative(self.output, self.texts[head]))
            numbers.insert(0, self.totals[head])
        axes = repeated_axes(input.value, head.value) if step.elementwise else None
        mixed = formula if value is None else None
        return Product(factors, numbers, arriving, formula=mixed, words=words, axes=axes)

    def _arrive(self, input: Vertex, product: Product) -> None:
        # Steps come latest first; the result's own mention stays in front, as in a total derivative.
        products = self.arrived.setdefault(input, [])
        products.insert(1 if products and len(products[0].factors) == 1 else 0, product)
        before = self.totals.get(input)
        self.totals[input] = product.value if before is None else added(before, product.value)

    def _total(self, input: Vertex) -> Total:
        symbol = Derivative(self.output, self.texts[input])
        return Total(symbol, self.arrived[input], self.totals[input])

    # --- results ---

    def _gradients(self) -> list[Gradient]:
        found = []
        by_name = {v.given: v for v in self.graph.vertices if v.is_variable and v.active}
        by_name |= {text: v for v, text in self.texts.items() if v.given and v.active}
        for variable in self.result.variables:
            vertex = by_name.get(variable.name)
            if variable.gradient is None:
                continue
            symbol = Derivative(self.output or variable.name, variable.name)
            paths, count = self._paths(vertex) if vertex is not None else ([], 0)
            found.append(Gradient(symbol, variable.gradient, paths, count))
            if vertex in self.totals and not agree(self.totals[vertex], variable.gradient):
                self.apart.append(variable.name)
        return found

    def _paths(self, vertex: Vertex) -> tuple[list[Path], int]:
        """What a variable's gradient is the sum of, one product for each step that uses it, and how many.

        No products where they are more than a reader would follow, or not of numbers.
        """
        users = sorted(self.users.get(vertex, ()), key=lambda user: user is not self.graph.root)
        if len(users) > MOST_PATHS:
            return [], len(users)
        paths = [self._path(user, vertex) for user in users]
        return ([] if None in paths else [path for path in paths if path]), len(users)

    def _path(self, user: Vertex, vertex: Vertex) -> Path | None:
        """The way up through one user: to the result, or to a place where several ways meet, whose
        derivative is known."""
        edges = [(user, vertex)]
        while user is not self.graph.root and len(self.users[user]) == 1:
            user, below = self.users[user][0], user
            edges.insert(0, (user, below))
        if any(self._mixed(edge) for edge in edges):
            return None
        factors = [self._symbol(self.parts[head], input) for head, input in edges]
        numbers = [self.numbers[edge] for edge in edges]
        if user is not self.graph.root:
            factors.insert(0, Derivative(self.output, self.texts[user]))
            numbers.insert(0, self.totals[user])
        return Path(factors, numbers)

    def _mixed(self, edge: tuple[Vertex, Vertex]) -> bool:
        """Whether a local derivative is no number for each element of the input, to be multiplied by."""
        value = self.numbers[edge]
        return value is None or shape_of(value) != shape_of(edge[1].value)

    def _notes(self) -> list[Note]:
        notes = list(self.result.notes)
        notes += [Note(APART.format(name)) for name in self.apart]
        if not self.parts:
            root = self.graph.root
            text = "the result is the variable itself: its derivative is 1" if root.active else (
                "no variable that wants a gradient is in it: there is nothing to differentiate"
            )
            notes.append(Note(text))
        return notes
