"""Lines of one kind, `EXPR at NAME=NUMBER, ...`, answered by what was learnt from earlier ones like them."""

from __future__ import annotations

from gradcli.engine.grad_mode import is_grad_enabled
from gradcli.evaluation.environment import CONSTANTS
from gradcli.evaluation.readings import Reworded, read_bindings, read_program
from gradcli.evaluation.results import Result, Variable
from gradcli.evaluation.straight import Unfit, program_of
from gradcli.evaluation.vanishing import vanishes
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.parser import parse
from gradcli.language.skeletons import GAP, Memory, Recent, split
from gradcli.language.statements import Evaluate
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcli.evaluation.options import Options
    from gradcli.evaluation.results import Graph
    from gradcli.evaluation.session import Session
    from gradcli.evaluation.straight import Program

LONGEST = 1000
"""Characters of a line that is worth remembering: so what is remembered stays small, too."""

_AT = " at "


class Head:
    """What stands before the `at`: its program; where no other text shares it, its heading."""

    __slots__ = ("heading", "program", "shared")

    def __init__(self, program: Program, *, shared: bool, heading: str | None = None) -> None:
        self.program = program
        self.shared = shared  # with all texts that differ in their numbers alone
        self.heading = heading  # None: that is the text itself


class Tail:
    """What stands behind the `at`: the names, and the program that computes their values."""

    __slots__ = ("direct", "names", "program", "shared")

    def __init__(self, program: Program, names: tuple[str, ...], *, shared: bool) -> None:
        self.names = names
        self.program = program
        self.shared = shared
        # Whether the values are just the numbers in the text.
        self.direct = shared and program.roots == program.literals and not program.steps


class _Unfit:
    """What stands for a text that is for the machine."""


_UNFIT = _Unfit()


class Repeated(Result):
    """The answer to a line whose operations are known; the machine makes its graph, if it is asked for."""

    __slots__ = ("_heading", "_options")

    def __init__(  # all that the other one sets, without what only the machine's answers need
        self, text: str, line: int, heading: str, value: float, variables: list[Variable], options: Options
    ) -> None:
        self.text = text
        self.line = line
        self.value = value
        self.dtype = "float64"
        self.variables = variables
        self.notes = []
        self.finite = True
        self.second = self.second_verified = None
        self.lost = None
        self.verified = False
        self._heading = heading
        self._options = options

    @property
    def expression(self) -> str:
        """The expression in the form in which it was read."""
        return self._heading

    @property
    def agrees(self) -> bool:
        """Whether verifying found no gradient to be wrong: none was verified."""
        return True

    def graph(self) -> Graph:
        """The backward graph."""
        from gradcli.evaluation.session import Session

        (outcome,) = Session(self._options).run(self.text, self.line)
        assert isinstance(outcome, Result)
        return outcome.graph()


def suits(options: Options) -> bool:
    """Whether lines under these options may be answered so: plain floats, and nothing but gradients asked."""
    return (
        options.dtype == "float64"
        and options.precision is options.grad_output is None
        and options.order == 1
        and not (options.wrt or options.const or options.verify)
    )


class Repeats:
    """What is known of the lines of a session; answers those that need nothing of the session."""

    __slots__ = ("_expressions", "_functions", "_heads", "_suits", "_tails", "session")

    def __init__(self, session: Session) -> None:
        self.session = session
        self._suits = suits(session.options)
        self._heads = Memory()
        self._tails = Memory()
        self._expressions = Recent()
        self._functions = 0  # how many the user had defined when the texts were read

    def answer(self, text: str, line: int) -> Result | None:
        """The answer to a line; None where it takes the machine to find it, or to say what is wrong."""
        head, at, tail = text.partition(_AT)
        if not (at and self._suits and is_grad_enabled() and _is_plain(text)):
            return None
        if len(self.session.environment.functions) != self._functions:
            self._forget()
        formula, literals = self._known(self._heads, head, self._read_head)
        if formula is _UNFIT:
            return None
        bindings, numbers = self._known(self._tails, tail, self._read_tail)
        if bindings is _UNFIT or not self._stands_alone(formula.program, bindings):
            return None
        program = formula.program
        given = _given(bindings, numbers, program.names)
        slots = None if given is None else program.values(literals, given)
        gradients = None if slots is None else program.gradients(slots)
        if slots is None or given is None or gradients is None:
            return None
        value = slots[program.roots[0]]
        for number in (value, *gradients):
            if type(number) is not float or number - number != 0.0:
                return None
        self.session.environment.seen.update(program.names)
        heading = head.strip() if formula.heading is None else formula.heading
        variables = [*map(Variable, program.names, given, gradients)]
        return Repeated(text, line, heading, value, variables, self.session.options)

    def statement(self, text: str) -> Evaluate | None:
        """A line whose expression was read before, as a statement for the machine; None for another."""
        head, _, tail = text.partition(_AT)
        if len(self.session.environment.functions) != self._functions:
            self._forget()
        known = self._expressions.get(head) if _is_plain(text) else None
        if known is None:
            return None
        expression, reinterpreted = known
        try:
            bound = self._statement(f"{'0':{len(head)}}{_AT}{tail}")  # so that all stands where it stands
        except (Diagnostic, Unfit):
            return None
        if not self._calls_alike(bound):
            return None
        return Evaluate(expression, bound.bindings, (expression.span[0], bound.span[1]), reinterpreted)

    def remember(self, text: str, statement: Evaluate) -> None:
        """Keep the expression of a line, `EXPR at ...`, that was read for the machine."""
        head, at, _ = text.partition(_AT)
        if at and statement.bindings and _is_plain(text) and self._calls_alike(statement):
            self._expressions.keep(head, (statement.expression, statement.reinterpreted))

    def _calls_alike(self, statement: Evaluate) -> bool:
        """Whether a statement is read as it would be if no textbook function's name had a value."""
        names = {binding.name for binding in statement.bindings}
        return all(name not in names and name not in self.session.bound for name in NAMES.textbook)

    def _forget(self) -> None:
        """Forget what was read when the names of fewer functions were known."""
        self._functions = len(self.session.environment.functions)
        self._heads.clear()
        self._tails.clear()
        self._expressions.clear()

    def _stands_alone(self, program: Program, bindings: Tail) -> bool:
        """Whether a line means the same in a session in which nothing is bound or defined."""
        variables, functions = self.session.environment.variables, self.session.environment.functions
        if not (variables or functions):
            return True
        if variables:
            for name in bindings.names:
                hidden = variables.get(name)
                if hidden is not None and hidden.const:
                    return False
        return all(
            called.isdisjoint(names)
            for names in (variables, functions)
            if names
            for called in (program.called, bindings.program.called)
        )

    def _known(
        self, memory: Memory, text: str, read: Callable[[str, str, list[float]], Head | Tail]
    ) -> tuple[Any, Sequence[float]]:
        """What is known of a text and the numbers to run it with; read now if it is new."""
        skeleton, written = split(text)
        numbers = [*map(float, written)]
        if 0.0 in numbers and any(map(vanishes, numbers, written)):
            return _UNFIT, ()
        known = memory.get(skeleton, text)
        if known is None:
            try:
                known = read(text, skeleton, numbers)
            except (Diagnostic, Unfit):
                memory.share(skeleton, _UNFIT)
                return _UNFIT, ()
            if known.shared:
                memory.share(skeleton, known)
            else:
                memory.keep(skeleton, text, known)
        return known, numbers if known is _UNFIT or known.shared else ()

    def _read_head(self, text: str, skeleton: str, numbers: list[float]) -> Head:
        callables = self.session.environment.callables
        heading = None
        try:
            program, shared = read_program(text, skeleton, numbers, callables)
        except Reworded:
            statement = self._statement(text)
            expression = statement.expression
            start, end = expression.span or (0, 0)
            if statement.bindings or text[start:end] != text.strip():
                raise Unfit from None
            program, shared = program_of([expression]), False
            heading = format(expression)
        if not program.names:
            raise Unfit
        return Head(program, shared=shared, heading=heading)

    def _read_tail(self, text: str, skeleton: str, numbers: list[float]) -> Tail:
        callables = self.session.environment.callables
        try:
            names, program, shared = read_bindings(text, skeleton, numbers, callables)
        except Reworded:
            bindings = self._statement(f"0{_AT}{text}").bindings
            names = tuple([binding.name for binding in bindings])
            program, shared = program_of([binding.expression for binding in bindings]), False
        if program.names or len({*names}) < len(names) or not CONSTANTS.keys().isdisjoint(names):
            raise Unfit
        return Tail(program, names, shared=shared)

    def _statement(self, text: str) -> Evaluate:
        """The one statement that a text is. Raises Unfit where it is another, Diagnostic where it is none."""
        statements = parse(
            text, functions=self.session.environment.callables, bound=self.session.bound
        )
        if len(statements) != 1 or not isinstance(statements[0], Evaluate):
            raise Unfit
        return statements[0]


def _is_plain(text: str) -> bool:
    """Whether a text is a line of one statement at most, and short enough to be remembered."""
    return len(text) <= LONGEST and not ("#" in text or ";" in text or "\n" in text or GAP in text)


def _given(bindings: Tail, numbers: Sequence[float], names: tuple[str, ...]) -> Sequence[float] | None:
    """The values of the variables in the order of `names`; None where others are bound."""
    values = numbers
    if not bindings.direct:
        slots = bindings.program.values(numbers)
        if slots is None:
            return None
        values = [slots[root] for root in bindings.program.roots]
    if names == bindings.names:
        return values
    if len(names) != len(bindings.names):
        return None
    by_name = dict(zip(bindings.names, values, strict=True))
    try:
        return [by_name[name] for name in names]
    except KeyError:
        return None
