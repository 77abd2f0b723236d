"""The derivatives of one expression as formulas, and what they are worth at a point."""

from __future__ import annotations

from gradcli.evaluation.environment import CONSTANTS
from gradcli.evaluation.failures import failure
from gradcli.evaluation.results import Failure, Note, Result
from gradcli.evaluation.session import Session
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.numbers import is_finite, shape_of
from gradcli.numbers.expression import Expression, parts, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.algebra.restrictions import Restriction
    from gradcli.evaluation.results import Outcome, Payload

NEAR = 1e-6  # what two ways to compute a derivative may differ by, relatively and absolutely
TINY = 1e-12
LONGEST = 2_000_000
"""Operations and operands of a formula that is written out."""


class Formula:
    """One derivative: by which variables (`("x", "x")` for order 2), the formula, its value if it has one.

    `restrictions` say where it holds, as far as it does not itself: x/x is 1 for x != 0.
    """

    __slots__ = ("expression", "restrictions", "value", "wrt")

    def __init__(
        self, wrt: tuple[str, ...], expression: Expression, restrictions: Sequence[Restriction] = ()
    ) -> None:
        self.wrt = wrt
        self.expression = expression
        self.restrictions = restrictions
        self.value: Payload | None = None

    @property
    def text(self) -> str:
        """The formula in the language."""
        return format(self.expression)

    def __repr__(self) -> str:
        return f"<Formula by {', '.join(self.wrt)}>"


class Derived:
    """The derivatives of one expression.

    `definitions` name what several places of the formulas share, each by those before it. `at` holds the
    variables' values where they have any.
    """

    __slots__ = ("at", "definitions", "expression", "formulas", "line", "notes", "text", "variables")

    def __init__(
        self,
        text: str,
        line: int,
        expression: str,
        variables: list[str],
        formulas: list[Formula],
        definitions: list[tuple[str, Expression]],
        notes: list[Note],
    ) -> None:
        self.text = text  # what the spans of the notes point into; it begins at line `line`
        self.line = line
        self.expression = expression  # in the form in which it was read
        self.variables = variables  # in order of appearance
        self.formulas = formulas
        self.definitions = definitions
        self.notes = notes
        self.at: dict[str, Payload] = {}

    @property
    def expressions(self) -> list[Expression]:
        """Every formula, those that are named first."""
        return [*(expression for _, expression in self.definitions), *(f.expression for f in self.formulas)]

    @property
    def open(self) -> set[str]:
        """The names that the formulas leave open; a constant's is one where it is a variable of them."""
        named = {name for name, _ in self.definitions}
        nodes = (node for expression in self.expressions for node in postorder(expression))
        names = {node.value for node in nodes if node.op == "name"}
        return names - named - (CONSTANTS.keys() - set(self.variables))

    @property
    def statements(self) -> list[str]:
        """The definitions as statements of the language."""
        return [f"{name} = {format(expression)}" for name, expression in self.definitions]

    def __repr__(self) -> str:
        return f"<Derived {self.expression!r}>"


def compute(derived: Derived, point: Mapping[str, Payload], result: Result | None) -> None:
    """The values of the formulas as they are printed, held against the engine's own gradients."""
    session = Session()
    for name in derived.open | (point.keys() & set(derived.variables)):
        session.set(name, point[name])
    for statement in derived.statements:
        for outcome in session.run(statement):
            _checked(outcome)
    given: list[str] = []
    lost: list[Note] = []
    for each in derived.formulas:
        for outcome in session.run(each.text):
            found = _checked(outcome)
            each.value = found.value
            lost += _lost(each, found)
        if result is not None and not is_finite(result.value) and not _holds(session, each):
            each.value = float("nan")
        truth = _gradient(result, each)
        if truth is None or _agrees(each, truth):
            continue
        if result is not None and result.lost is None:  # what eval gives has its digits
            given.append(f"{float(truth):.10g} for the derivative by {', '.join(each.wrt)}")
    derived.notes = _notes_at_point(derived.notes, given) + lost


def _lost(formula: Formula, found: Result) -> list[Note]:
    """A note on a formula whose value has lost digits that show."""
    losses = found.lost
    if losses is None or losses.value is None:
        return []
    from gradcli.evaluation.cancellation import WAY_OUT

    of = f"in the formula of the derivative by {', '.join(formula.wrt)}"
    return [Note(f"{losses.extent} {of}: it {losses.value.words}; {WAY_OUT}")]


def _holds(session: Session, formula: Formula) -> bool:
    """Whether a formula holds at the point of a session, where the function itself has no value."""
    for restriction in formula.restrictions:
        for outcome in session.run(format(restriction.guard)):
            if not is_finite(_checked(outcome).value):
                return False
    return True


def _notes_at_point(notes: list[Note], given: list[str]) -> list[Note]:
    """The notes where values are shown: each convention once, with what the engine gives by it."""
    met = [note for note in notes if note.span and any(_announces(other, note) for other in notes)]
    kept = [note for note in notes if not any(_announces(note, other) for other in met)]
    if not given:
        return kept
    text = f"gradcli eval gives {' and '.join(given)} here"
    if len(met) != 1:
        return [*kept, Note(text)]
    return [Note(f"{note.text}; {text}", note.span) if note is met[0] else note for note in kept]


def _announces(note: Note, other: Note) -> bool:
    """Whether a note on all of a formula says of any point what another one says of this one."""
    return note.span is None and other.span is not None and note.text.endswith(f": {other.text}")


def _agrees(formula: Formula, truth: Payload) -> bool:
    """Whether the value of a formula is the engine's; raises Diagnostic where arrays make another of it."""
    if shape_of(truth) and not shape_of(formula.value):
        import numpy

        formula.value = numpy.full_like(truth, formula.value)
    close = _close(formula.value, truth)
    if not close and (shape_of(truth) or shape_of(formula.value)):
        raise failure(
            "shape",
            f"the formula by {', '.join(formula.wrt)} is for single numbers, not for arrays",
            hint="gradcli eval gives the gradient of arrays",
        )
    return close


def _checked(outcome: Outcome) -> Result:
    """The result of a formula; raises Diagnostic for the one that is none."""
    if isinstance(outcome, Failure):
        raise Diagnostic(outcome.diagnostic.kind, outcome.diagnostic.message, (), outcome.diagnostic.hint)
    assert isinstance(outcome, Result)
    return outcome


def _gradient(result: Result | None, formula: Formula) -> Payload | None:
    """What the engine gives for a formula."""
    if result is None or not is_finite(result.value):
        return None
    if shape_of(result.value) and formula.expression.op == "array":
        return None
    if len(formula.wrt) == 1:
        return result.gradients.get(formula.wrt[0])
    if len(formula.wrt) == 2 and result.second is not None:
        return result.second.get((formula.wrt[0], formula.wrt[1]))
    return None


def _close(a: Payload, b: Payload) -> bool:
    if shape_of(a) or shape_of(b):
        import numpy

        near = shape_of(a) == shape_of(b) and numpy.allclose(a, b, NEAR, TINY, equal_nan=True)
        return bool(near)
    first, second = float(a), float(b)
    if first == second or (first != first and second != second):
        return True
    return abs(first - second) <= NEAR * max(abs(first), abs(second)) + TINY


def check_length(derived: Derived, *, expanded: bool) -> None:
    """Raise Diagnostic for formulas too long to write out: what is shared is written wherever it is used."""
    total = 0
    for expression in derived.expressions:
        sizes: dict[int, int] = {}
        for node in postorder(expression):
            sizes[id(node)] = 1 + sum(sizes[id(part)] for part in parts(node))
        total += sizes[id(expression)]
    if total > LONGEST:
        size = f"{total:,}" if total < 10**12 else "more than a million million"
        raise failure(
            "value",
            f"written out, the derivative has {size} operations",
            hint="without --expand what repeats is named" if expanded else None,
        )
