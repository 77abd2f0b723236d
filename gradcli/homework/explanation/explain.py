"""`explain`: an evaluation as a worked solution, each step with its rule and its numbers."""

from __future__ import annotations

from contextlib import nullcontext

from gradcli.engine.grad_mode import no_grad
from gradcli.evaluation.answers import asked as asked_by
from gradcli.evaluation.options import Options
from gradcli.evaluation.program import last_of
from gradcli.evaluation.recording import key_of
from gradcli.evaluation.results import Failure, Note, Result
from gradcli.evaluation.session import Session
from gradcli.evaluation.statements import execute
from gradcli.homework.explanation.choices import notes_on
from gradcli.homework.explanation.graph import Vertex, build
from gradcli.homework.explanation.record import Record, Watched
from gradcli.homework.explanation.results import Explanation
from gradcli.homework.explanation.solution import solution
from gradcli.language import statements as language
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers import shape_of
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gradcli.evaluation.results import Outcome
    from gradcli.evaluation.statements import Source
    from gradcli.homework.explanation.graph import Graph
    from gradcli.homework.explanation.record import Recorder
    from gradcli.language.statements import Statement

MOST_STEPS = 500
"""Longer explanations nobody reads; the gradients themselves are `gradcli eval`'s."""


def explain(
    text: str,
    bindings: Mapping[str, Any] | None = None,
    *,
    wrt: Iterable[str] = (),
    const: Iterable[str] = (),
) -> Explanation:
    """The last expression of `text`, a program of the language, as a worked solution.

    Bindings and options are those of `gradcli.evaluation.evaluate`. Raises Diagnostic for the first statement
    that is wrong, where there is no expression, and for more than MOST_STEPS operations.

        >>> [str(g.symbol) for g in explain("sin(x**2)", {"x": 4}).gradients]
        ['dy/dx']
    """
    session = Explainer(Options(wrt=wrt, const=const))
    for name, value in (bindings or {}).items():
        session.set(name, value)
    found: Explanation = last_of(
        session, session.run(text), Explanation, "there is no expression to explain"
    )
    return found


class Explainer(Session):
    """A session whose results are explained."""

    __slots__ = ("record",)

    def __init__(self, options: Options | None = None) -> None:
        super().__init__(options)
        self.record = Record()

    def run(self, text: str, line: int = 1) -> Iterator[Outcome | Explanation]:
        """Carry out the statements of a text; the outcomes have explanations in the place of results."""
        return self.carry_out(text, line)

    def source(self, text: str, line: int) -> Watched:
        """What keeps the operations of every statement."""
        return Watched(self, text, line)

    def outcomes(self, source: Source, statement: Statement | Diagnostic) -> list[Outcome | Explanation]:
        """The outcomes of a statement, and of those within it."""
        assert isinstance(source, Watched)
        if isinstance(statement, Diagnostic):
            return [Failure(statement, source.text, source.line)]
        found: list[Outcome | Explanation] = []
        for inner, recording in _flat(statement):
            with nullcontext() if recording else no_grad():
                found += self._one(source, inner)
        return found

    def _one(self, source: Watched, statement: Statement) -> Iterator[Outcome | Explanation]:
        source.machines.clear()
        outcomes = execute(source, statement)
        machines = {id(machine.root): machine for machine in reversed(source.machines)}
        for machine in source.machines:
            if hasattr(machine, "outcome"):
                self.record.add(machine)
        if isinstance(statement, language.Bind):
            binding = self.environment.variables.get(statement.name)
            if binding is not None:
                self.record.name(binding)
                met = [machine for machine in source.machines if machine.root is statement.expression]
                self.record.choices[statement.name] = [note for machine in met for note in notes_on(machine)]
        for outcome in outcomes:
            if isinstance(outcome, Result) and isinstance(statement, language.Evaluate):
                try:
                    yield self._explanation(source, statement, outcome, machines[id(statement.expression)])
                except Diagnostic as diagnostic:
                    yield Failure(diagnostic, source.text, source.line)
            else:
                yield outcome

    def _explanation(
        self, source: Watched, statement: language.Evaluate, result: Result, machine: Recorder
    ) -> Explanation:
        """A result with the steps that lead to it. Raises Diagnostic where they are too many."""
        bindings = asked_by(source, machine, statement)
        reached = {
            key_of(binding.tensor)
            for binding, variable in zip(bindings, result.variables, strict=True)
            if variable.gradient is not None
        }
        graph = build(machine.outcome, self.record, reached)
        count = sum(vertex.active and vertex.rule is not None for vertex in graph.vertices)
        if count > MOST_STEPS:
            raise Diagnostic(
                "value",
                f"this has {count:,} operations; explain goes through {MOST_STEPS} at most",
                [(statement.expression.span, "too long to explain")] if statement.expression.span else [],
                hint="gradcli eval gives the gradients all the same",
            )
        summed = _summed(graph)
        explanation = solution(graph, summed, result)
        explanation.notes[:0] = notes_on(machine)
        for vertex in graph.vertices:
            for note in self.record.choices.get(vertex.given, ()):
                explanation.notes.append(Note(f"{vertex.given}: {note.text}"))
        return explanation


def _flat(statement: Statement) -> Iterator[tuple[Statement, bool]]:
    """A statement, or all within a no_grad block, each with whether operations are recorded."""
    stack = [(statement, True)]
    while stack:
        part, recording = stack.pop()
        if isinstance(part, language.NoGrad):
            stack += [(inner, False) for inner in reversed(part.statements)]
        else:
            yield part, recording


def _summed(graph: Graph) -> Vertex | None:
    """The sum of a result that is an array, as a new root: what the gradient is of."""
    root = graph.root
    if not shape_of(root.value) or not root.active:
        return None
    from gradcli.numbers import namespace_of

    rule = RULES["sum"]
    operands, static = rule.bind([root.value], ())
    total = Vertex(
        float(rule.value(namespace_of(root.value), *operands, **static)),
        rule=rule, operands=[root], static=static, active=True,
    )  # fmt: skip
    root.users.add(total)
    graph.vertices.append(total)
    graph.root = total
    return total
