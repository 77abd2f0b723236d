"""A session whose answers are derivatives as formulas, with their values where there is a point."""

from __future__ import annotations

from gradcli.algebra import share
from gradcli.evaluate.environment import CONSTANTS
from gradcli.evaluate.failures import failure
from gradcli.evaluate.options import Options
from gradcli.evaluate.results import Failure, Note, Result
from gradcli.evaluate.session import Session, patience
from gradcli.evaluate.statements import Source, execute
from gradcli.homework.derive import derive, formula
from gradcli.language import statements as language
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.names import normal
from gradcli.language.parser import parse_each
from gradcli.language.reader import one_line
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, parts, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from gradcli.evaluate.results import Outcome, Payload
    from gradcli.homework.derive import Derivation
    from gradcli.language.reader import Chunk
    from gradcli.language.statements import Evaluate, Statement

HIGHEST_ORDER = 100
NEAR = 1e-6  # what two ways to compute a derivative may differ by, relatively and absolutely
TINY = 1e-12
LONGEST = 2_000_000
"""Operations and operands of a formula that is written out."""


class Formula:
    """One derivative: by which variables (`("x", "x")` for order 2), the formula, its value if it has one."""

    __slots__ = ("expression", "value", "wrt")

    def __init__(self, wrt: tuple[str, ...], expression: Expression) -> None:
        self.wrt = wrt
        self.expression = expression
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
    def statements(self) -> list[str]:
        """The definitions as statements of the language."""
        return [f"{name} = {format(expression)}" for name, expression in self.definitions]

    def __repr__(self) -> str:
        return f"<Derived {self.expression!r}>"


class Formulas(Session):
    """Differentiates expressions; what it binds and defines, the later ones see.

    Derivatives are by `wrt`, or by every variable; those of order 2 by every pair of variables, those of a
    higher order by one variable each. `expand` writes out what would else be named.
    """

    __slots__ = ("_broken", "_declared", "expand", "order", "wrt")

    def __init__(self, wrt: Iterable[str] = (), order: int = 1, *, expand: bool = False) -> None:
        super().__init__(Options(order=min(order, 2)))
        self.wrt = tuple(dict.fromkeys(map(normal, wrt)))
        self.order = order
        self.expand = expand
        self._declared: list[str] = []
        self._broken: set[str | None] = set()  # names whose definition is wrong

    def run(self, chunk: Chunk | str, line: int = 1) -> Iterator[Any]:
        """The derivatives of the expressions of a text; one that fails yields its Failure."""
        text = chunk if isinstance(chunk, str) else chunk.text
        line = line if isinstance(chunk, str) else chunk.line
        source = Source(self, text, line)
        statements = parse_each(text, functions=self.environment.callables)
        while True:
            with patience(text):
                statement = next(statements, None)
                if statement is None:
                    return
                outcomes = self._carried_out(source, statement)
            yield from outcomes

    def _carried_out(self, source: Source, statement: Statement | Diagnostic) -> list[Any]:
        try:
            if isinstance(statement, Diagnostic):
                raise statement
            if isinstance(statement, language.Evaluate):
                return [self._derived(source, statement)]
            return self._declare(source, statement)
        except Diagnostic as diagnostic:
            return [Failure(diagnostic, source.text, source.line)]

    def _declare(self, source: Source, statement: Statement) -> list[Outcome]:
        """Bind or define, for the formulas and, as far as there are values, for the numbers."""
        start, end = statement.span
        try:
            self._derive(source.text[start:end], start, behind="; 0")
        except Diagnostic:
            self._broken.add(getattr(statement, "name", None))
            raise
        self._broken.discard(getattr(statement, "name", None))
        self._declared.append(source.text[start:end])
        # What is computed from variables without a value has none either.
        return [outcome for outcome in execute(source, statement) if not isinstance(outcome, Failure)]

    def _derive(self, text: str, offset: int, behind: str = "", order: int = 0) -> Derivation:
        """The derivation of a text that begins `offset` characters into its chunk; raises Diagnostic."""
        before = "".join(f"{declared}; " for declared in self._declared)
        try:
            if behind or not self.wrt:
                return derive(before + text + behind, (), order)
            try:
                return derive(before + text, self.wrt, order)
            except Diagnostic as diagnostic:
                if diagnostic.labels:
                    raise
                return self._without_wrt(derive(before + text, (), order), diagnostic)
        except Diagnostic as diagnostic:
            moved = offset - len(before)
            labels = [
                ((start + moved, end + moved), words)
                for (start, end), words in diagnostic.labels
                if start >= len(before)
            ]
            raise Diagnostic(diagnostic.kind, diagnostic.message, labels, diagnostic.hint) from diagnostic

    def _without_wrt(self, derivation: Derivation, diagnostic: Diagnostic) -> Derivation:
        """The derivation of what has no variables, whatever it is by; raises Diagnostic for any other."""
        unknown = [name for name in self.wrt if name not in derivation.variables]
        if unknown and derivation.variables:
            are = "variable is" if len(derivation.variables) == 1 else "variables are"
            hint = f"the {are} {', '.join(derivation.variables)}"
            raise failure(
                "name", f"--wrt names {unknown[0]!r}, which is not in it", hint=hint
            ) from diagnostic
        if not unknown:
            raise diagnostic
        return derivation

    def _derived(self, source: Source, statement: Evaluate) -> Derived:
        start, end = statement.expression.span or statement.span
        written = source.text[start:end]
        self._check_names(statement.expression)
        derivation = self._derive(written, start, order=1 if self.order == 2 else self.order)
        found = self._formulas(derivation)
        definitions: list[tuple[str, Expression]] = []
        if not self.expand:
            definitions, shared = share([each.expression for each in found])
            found = [Formula(f.wrt, expression) for f, expression in zip(found, shared, strict=True)]
        _check_length([*(expression for _, expression in definitions), *(f.expression for f in found)])
        read = format(statement.expression) if statement.reinterpreted else one_line(written)
        text, line, offset = source.window(statement)
        notes = [Note(f"read as {read}")] if statement.reinterpreted else []
        notes += map(Note, derivation.notes)
        if not found:
            notes.append(Note("nothing in it varies, so that its derivative is 0"))
        derived = Derived(text, line, read, derivation.variables, found, definitions, notes)
        self._add_values(source, statement, derived, offset)
        return derived

    def _check_names(self, expression: Expression) -> None:
        """Raise Diagnostic for a name whose definition is wrong."""
        for part in postorder(expression) if self._broken else ():
            if part.op in ("name", "call") and part.value in self._broken:
                raise failure(
                    "name", f"{part.value!r} has no meaning", (part.span, "its definition is wrong")
                )

    def _formulas(self, derivation: Derivation) -> list[Formula]:
        """The derivatives asked for: of order 2 those by every pair of variables."""
        if self.order != 2:
            return [Formula((p.wrt,) * p.order, p.formula) for p in derivation.partials]
        return [
            Formula((first.wrt, second.wrt), formula(first.formula, second.wrt))
            for i, first in enumerate(derivation.partials)
            for second in derivation.partials[i:]
        ]

    # --- values ---

    def _add_values(self, source: Source, statement: Evaluate, derived: Derived, offset: int) -> None:
        """Compute the formulas where their variables have values; raises Diagnostic where some only have."""
        asked = bool(statement.bindings or self.environment.asked)
        outcomes = execute(source, statement)
        result = outcomes[0]
        needed = _variables(derived)
        point = self._point(source, statement)
        missing = needed - point.keys()
        if missing or not (point or asked):
            if asked and isinstance(result, Failure):
                raise result.diagnostic
            return
        if isinstance(result, Result):
            # A formula of an array is that of each element, and not of their sum.
            notes = [note for note in result.notes if note.span or "sum of its elements" not in note.text]
            derived.notes += [note.moved(offset) for note in notes]
            derived.at = {v.name: v.value for v in result.variables}
        else:
            derived.at = {name: point[name] for name in point if name in needed}
        if derived.at:
            _compute(derived, point, result if isinstance(result, Result) else None)

    def _point(self, source: Source, statement: Evaluate) -> Mapping[str, Payload]:
        """The variables that have values, with them."""
        point = {
            name: binding.tensor._value
            for name, binding in self.environment.variables.items()
            if binding.leaves is None
        }
        point.update((b.name, source.constant(b.expression)) for b in statement.bindings)
        return point


def _compute(derived: Derived, point: Mapping[str, Payload], result: Result | None) -> None:
    """The values of the formulas as they are printed, held against the engine's own gradients."""
    session = Session()
    for name in _variables(derived):
        session.set(name, point[name])
    for statement in derived.statements:
        for outcome in session.run(statement):
            _checked(outcome)
    for each in derived.formulas:
        value = None
        for outcome in session.run(each.text):
            value = _checked(outcome).value
        each.value = value
        truth = _gradient(result, each)
        if truth is not None and not _close(value, truth):
            if shape_of(truth) or shape_of(value):
                raise failure(
                    "shape",
                    f"the formula by {', '.join(each.wrt)} is for single numbers, not for arrays",
                    hint="gradcli eval gives the gradient of arrays",
                )
            says = f"by {', '.join(each.wrt)} gradcli eval gives {float(truth):.10g} here"
            derived.notes.append(Note(says))


def _checked(outcome: Outcome) -> Result:
    """The result of a formula; raises Diagnostic for the one that is none."""
    if isinstance(outcome, Failure):
        raise Diagnostic(outcome.diagnostic.kind, outcome.diagnostic.message, (), outcome.diagnostic.hint)
    assert isinstance(outcome, Result)
    return outcome


def _gradient(result: Result | None, formula: Formula) -> Payload | None:
    """What the engine gives for a formula."""
    if result is None or (shape_of(result.value) and formula.expression.op == "array"):
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


def _variables(derived: Derived) -> set[str]:
    """The names that the formulas leave open."""
    defined = {name for name, _ in derived.definitions}
    names = {
        part.value
        for expression in _expressions(derived)
        for part in postorder(expression)
        if part.op == "name"
    }
    return names - defined - {name for name in CONSTANTS if not any(name in f.wrt for f in derived.formulas)}


def _expressions(derived: Derived) -> list[Expression]:
    return [*(e for _, e in derived.definitions), *(formula.expression for formula in derived.formulas)]


def _check_length(expressions: Sequence[Expression]) -> None:
    """Raise Diagnostic for formulas too long to write out: what is shared is written wherever it is used."""
    total = 0
    for expression in expressions:
        sizes: dict[int, int] = {}
        for node in postorder(expression):
            sizes[id(node)] = 1 + sum(sizes[id(part)] for part in parts(node))
        total += sizes[id(expression)]
    if total > LONGEST:
        size = f"{total:,}" if total < 10**12 else "more than a million million"
        raise failure(
            "value",
            f"written out, the derivative has {size} operations",
            hint="without --expand what repeats is named",
        )
