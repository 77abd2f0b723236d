"""A session whose answers are derivatives as formulas, with their values where there is a point."""

from __future__ import annotations

from gradcli.algebra import share
from gradcli.evaluation.derive import derive
from gradcli.evaluation.environment import CONSTANTS
from gradcli.evaluation.failures import failure
from gradcli.evaluation.options import Options
from gradcli.evaluation.results import Failure, Note, Result
from gradcli.evaluation.session import Session
from gradcli.evaluation.singles import taken_as_numbers
from gradcli.evaluation.statements import Source, execute
from gradcli.homework.derivation.derived import Derived, Formula, check_length, compute
from gradcli.language import statements as language
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.names import normal
from gradcli.language.reader import one_line
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Any

    from gradcli.evaluation.derive import Derivation
    from gradcli.evaluation.results import Payload
    from gradcli.language.statements import Evaluate, Statement


SINGLE = "in a formula every name is a single number; gradcli eval gives the gradients of arrays"


class Declared:
    """A binding or a definition, which every later expression is read behind."""

    __slots__ = ("source", "statement")

    def __init__(self, source: Source, statement: language.Bind | language.Define) -> None:
        self.source = source
        self.statement = statement

    @property
    def names(self) -> set[str]:
        """What it mentions."""
        return {part.value for part in postorder(self.right) if part.op in ("name", "call")}

    @property
    def right(self) -> Expression:
        """Its right side."""
        statement = self.statement
        return statement.body if isinstance(statement, language.Define) else statement.expression

    @property
    def text(self) -> str:
        """It as it was written, and what parts it from the next."""
        start, end = self.statement.span
        return f"{self.source.text[start:end]}; "


class Formulas(Session):
    """Differentiates expressions; what it binds and defines, the later ones see.

    Derivatives are by `wrt`, or by every variable; those of order 2 by every pair of variables, those of a
    higher order by one variable each. `expand` writes out what would else be named. Where there is nothing
    but a definition, its right side is differentiated.
    """

    __slots__ = ("_answered", "_broken", "_declared", "_unread", "expand", "order", "wrt")

    def __init__(self, wrt: Iterable[str] = (), order: int = 1, *, expand: bool = False) -> None:
        super().__init__(Options(order=min(order, 2)))
        self.wrt = tuple(dict.fromkeys(map(normal, wrt)))
        self.bound.maps.append(dict.fromkeys(self.wrt))
        self.order = order
        self.expand = expand
        self._declared: list[Declared] = []
        self._unread = False  # whether there are any that were not carried out yet
        self._broken: set[str] = set()  # names whose definition is wrong
        self._answered = False

    def run(self, text: str, line: int = 1) -> Iterator[Any]:
        """The derivatives of the expressions of a text; one that fails yields its Failure."""
        return self.carry_out(text, line)

    def met(self) -> tuple[Any, ...]:
        """What `finish` goes by, as another session with the same bindings takes it."""
        return *super().met(), self._answered

    def meet(self, met: tuple[Any, ...]) -> None:
        """Take what another session met as met here, too."""
        super().meet(met)
        self._answered = self._answered or met[-1]

    def finish(self) -> Iterator[Any]:
        """What only the end can tell: wrong definitions that nothing uses, values that nothing uses."""
        if not self._answered and self._declared:
            yield from self._right_side(self._declared[-1])
        elif self._unread:
            outcomes: list[Any] = []
            self._derive("0", 0, 0, outcomes)
            yield from outcomes
        yield from super().finish()

    def outcomes(self, source: Source, statement: Statement | Diagnostic) -> list[Any]:
        """Differentiate a statement, or keep it for those that follow."""
        outcomes: list[Any] = []
        try:
            if isinstance(statement, Diagnostic):
                raise statement
            if isinstance(statement, language.Bind | language.Define):
                self.changed = True
                self._declare(Declared(source, statement))
                # What is computed from variables without a value has none either.
                return [o for o in execute(source, statement) if not isinstance(o, Failure)]
            self._answered = True
            if not isinstance(statement, language.Evaluate):
                raise failure(
                    "call",
                    "a formula is made of expressions, bindings and functions",
                    (statement.span, "leave this away"),
                )
            outcomes.append(self._derived(source, statement, outcomes))
        except Diagnostic as diagnostic:
            outcomes.append(Failure(diagnostic, source.text, source.line))
        return outcomes

    def _declare(self, declared: Declared) -> None:
        """Read all that follows behind a definition; one by a name without a meaning has none either."""
        name = declared.statement.name
        if self._broken.isdisjoint(declared.names):
            self._broken.discard(name)
            self._declared.append(declared)
            self._unread = True
        else:
            self._broken.add(name)

    def _right_side(self, declared: Declared) -> list[Any]:
        """The derivatives of what a definition stands for."""
        source, (start, end) = declared.source, declared.statement.span
        name = declared.statement.name
        before = {*CONSTANTS, *(other.statement.name for other in self._declared[:-1])}
        if isinstance(declared.statement, language.Bind) and name in before:
            self._declared.pop()  # on the right the name is still what it was before
        outcomes = self.outcomes(source, language.Evaluate(declared.right, (), (start, end)))
        for outcome in outcomes:
            if isinstance(outcome, Derived):
                note = Note(f"taken as the right side of {one_line(source.text[start:end])}")
                outcome.notes.insert(0, note)
        # A wrong definition is wrong as an expression, too.
        return outcomes[:1] if isinstance(outcomes[0], Failure) else outcomes

    def _derive(
        self, text: str, offset: int, order: int, outcomes: list[Any], valued: Collection[str] = ()
    ) -> Derivation:
        """The derivation of a text that begins `offset` characters into its chunk; raises Diagnostic.

        A wrong definition before it becomes a Failure among the outcomes, and is left out from then on.
        """
        # The names of constants that have values are variables.
        opened = "".join(f"{name} = 0; " for name in CONSTANTS if name in valued)
        while True:
            before = opened + "".join(declared.text for declared in self._declared)
            try:
                derivation = self._by_wrt(before + text, order, [*self.bound, *valued])
            except Diagnostic as diagnostic:
                if not self._blamed(diagnostic, len(opened), len(before), outcomes):
                    raise _moved(diagnostic, offset - len(before)) from diagnostic
            else:
                self._unread = False
                return derivation

    def _by_wrt(self, text: str, order: int, bound: Collection[str]) -> Derivation:
        """The derivation of a text, by what was asked; of what has no variables it is empty."""
        try:
            wrt = self.wrt if text != "0" else ()
            return derive(text, wrt, order, mixed=self.order == 2, bound=bound)
        except Diagnostic as diagnostic:
            if diagnostic.labels or not self.wrt:
                raise
            derivation = derive(text, (), order, bound=bound)
            unknown = [name for name in self.wrt if name not in derivation.variables]
            if not derivation.variables:
                return derivation
            are = "variable is" if len(derivation.variables) == 1 else "variables are"
            hint = f"the {are} {', '.join(derivation.variables)}"
            message = f"--wrt names {unknown[0]!r}, which is not in it" if unknown else diagnostic.message
            raise failure("name", message, hint=hint) from diagnostic

    def _blamed(self, diagnostic: Diagnostic, start: int, behind: int, outcomes: list[Any]) -> bool:
        """Whether a definition is what is wrong; it is reported and taken back."""
        if diagnostic.span is None or diagnostic.span[0] >= behind:
            return False
        for i, declared in enumerate(self._declared):
            end = start + len(declared.text)
            if diagnostic.span[0] < end:
                moved = _moved(diagnostic, declared.statement.span[0] - start)
                outcomes.append(Failure(moved, declared.source.text, declared.source.line))
                self._broken.add(declared.statement.name)
                later = self._declared[i + 1 :]
                del self._declared[i:]
                for other in later:
                    self._declare(other)
                return True
            start = end
        return False

    def _derived(self, source: Source, statement: Evaluate, outcomes: list[Any]) -> Derived:
        start, end = statement.expression.span or statement.span
        written = source.text[start:end]
        valued = {*self.environment.asked, *(binding.name for binding in statement.bindings)}
        derivation = self._derive(written, start, self.order, outcomes, valued)
        self._check_names(statement.expression)
        found = [Formula(p.by, p.formula, p.restrictions) for p in derivation.partials]
        definitions: list[tuple[str, Expression]] = []
        if not self.expand:
            definitions, shared = share([each.expression for each in found])
            found = [Formula(f.wrt, e, f.restrictions) for f, e in zip(found, shared, strict=True)]
        read = format(statement.expression) if statement.reinterpreted else one_line(written)
        text, line, offset = source.window(statement)
        notes = [Note(f"read as {read}")] if statement.reinterpreted else []
        notes += map(Note, derivation.notes)
        notes += _run_together(derivation.variables)
        notes += _capital_e(statement.expression, derivation.variables)
        if not derivation.variables:
            notes.append(Note("nothing in it varies, so that its derivative is 0"))
        derived = Derived(text, line, read, derivation.variables, found, definitions, notes)
        check_length(derived, expanded=self.expand)
        self._add_values(source, statement, derived, offset)
        singles = [name for name in derivation.singles if not _is_array(derived, name)]
        derived.notes += map(Note, taken_as_numbers(singles))
        return derived

    def _check_names(self, expression: Expression) -> None:
        """Raise Diagnostic for a name whose definition is wrong."""
        for part in postorder(expression) if self._broken else ():
            if part.op in ("name", "call") and part.value in self._broken:
                label = (part.span, "its definition is wrong")
                raise failure("name", f"{part.value!r} has no meaning", label)

    # --- values ---

    def _add_values(self, source: Source, statement: Evaluate, derived: Derived, offset: int) -> None:
        """Compute the formulas where their variables have values; raises Diagnostic where some only have."""
        asked = bool(statement.bindings or self.environment.asked)
        result = execute(source, statement)[0]
        point = self._point(source, statement)
        if isinstance(result, Result):
            # A formula of an array is that of each element, and not of their sum.
            notes = [note for note in result.notes if note.span or "sum of its elements" not in note.text]
            # What the value loses is not shown; of what a formula loses another note tells.
            notes = [note for note in notes if result.lost is None or note.text != result.lost.note.text]
            at = {v.name: point.get(v.name, v.value) for v in result.variables}
        else:
            notes, at = [], {name: point[name] for name in derived.variables if name in point}
        if at and not derived.open - point.keys():
            derived.at = at
            derived.notes += [note.moved(offset) for note in notes]
            compute(derived, point, result if isinstance(result, Result) else None)
        elif asked and isinstance(result, Failure):
            raise result.diagnostic

    def _point(self, source: Source, statement: Evaluate) -> Mapping[str, Payload]:
        """The variables that have values, with them."""
        point = {
            name: binding.tensor._value
            for name, binding in self.environment.variables.items()
            if binding.leaves is None
        }
        point.update((b.name, source.constant(b.expression)) for b in statement.bindings)
        return point


def _is_array(derived: Derived, name: str) -> bool:
    return name in derived.at and shape_of(derived.at[name]) != ()


def _capital_e(expression: Expression, variables: list[str]) -> list[Note]:
    """A note on powers of a variable E."""
    powers = (part for part in postorder(expression) if part.op == "pow") if "E" in variables else ()
    if any(part.args[0].op == "name" and part.args[0].value == "E" for part in powers):
        return [Note("E is a variable; Euler's number is e")]
    return []


def _run_together(variables: list[str]) -> list[Note]:
    """Notes on names that may be meant as products: `ax` where there is `cx` or x."""
    short = [name for name in variables if len(name) < 4 and name.isascii() and name.isalpha()]
    return [
        Note(f"{name} is read as one variable; the product is {'*'.join(name)}")
        for name in short
        if len(name) > 1 and any(set(name) & set(other) for other in short if other != name)
    ]


def _moved(diagnostic: Diagnostic, by: int) -> Diagnostic:
    """The same diagnostic about a text that begins elsewhere; places before it are left out."""
    labels = [((start + by, end + by), words) for (start, end), words in diagnostic.labels if start + by >= 0]
    hint = diagnostic.hint if diagnostic.kind != "shape" else SINGLE
    return Diagnostic(diagnostic.kind, diagnostic.message, labels, hint)
