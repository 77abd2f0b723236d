"""A session: statements carried out in order, what one binds, the later ones see."""

from __future__ import annotations

from collections import ChainMap

from gradcli.engine.apply import tick
from gradcli.engine.tensor import wrap
from gradcli.evaluation.environment import Binding, Environment
from gradcli.evaluation.failures import failure, unknown_variable
from gradcli.evaluation.kinds import kind_of
from gradcli.evaluation.options import Options
from gradcli.evaluation.results import Failure, Remark, unused
from gradcli.evaluation.statements import Source, execute
from gradcli.evaluation.vanishing import within
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.names import normal
from gradcli.language.parser import parse, parse_each, parse_expression
from gradcli.language.statements import Evaluate, Print

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gradcli.evaluation.repeats import Repeats
    from gradcli.evaluation.results import Outcome, Result
    from gradcli.language.statements import Statement

LONG = 4096
"""Texts of so many characters make graphs so large that collecting garbage costs more than it frees."""


class Session:
    """Carries out statements; holds the variables and functions that they bind, and nothing else of them.

    `set` binds a variable beside the text, over the text's own binding of it; `run` carries out a text and
    hands out its outcomes one by one; `finish` says what only the end can tell. A session of another kind
    makes other `outcomes` of a statement.
    """

    __slots__ = ("_begun", "_repeats", "_vector", "bound", "changed", "environment", "kind", "options")

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.kind = kind_of(self.options)
        self.environment = Environment()
        # The names that are variables, also where they are those of textbook functions.
        named: dict[str, Any] = dict.fromkeys((*self.options.wrt, *self.options.const))
        self.bound = ChainMap(self.environment.variables, named)
        self._vector: Any = None
        self.changed = False  # whether a statement was carried out that later ones may depend on
        self._begun = False  # whether a text was carried out
        self._repeats: Repeats | None = None

    def set(self, name: str, value: Any) -> None:
        """Bind `name` to a number, nested lists, an array, or the text of a constant expression.

        Raises Diagnostic, with spans into `NAME=VALUE`, for what is no name or no value.
        """
        text = f"{name}={value if isinstance(value, str) else 0}"
        name = normal(name)
        statements = parse(text, functions=self.environment.callables)
        source = Source(self, text, 1)
        expression = source.given(name, statements)
        payload = source.constant(expression)
        origin = source.origin(expression)
        remarks = within(name, source.vanished(expression))
        if not isinstance(value, str):
            try:
                payload = self.kind.payload(value)
            except (OverflowError, TypeError, ValueError) as error:
                raise failure(
                    "value", f"value of {name}: {value!r} is not a number or list of numbers"
                ) from error
            origin = None
        binding = Binding(name, self.leaf(name, payload), 0, asked=True)
        binding.origin = origin
        binding.remarks = remarks
        self.environment.set(binding)

    def leaf(self, name: str, payload: Any, *, const: bool = False) -> Any:
        """A tensor that no operation made, which wants a gradient unless it is constant."""
        wants = not const and name not in self.options.const
        tensor = wrap(self.kind.cast(payload), wants)
        if wants:
            tensor._since = tick()
        return tensor

    def vector(self) -> Any:
        """The payload of the vector for backward passes; raises Diagnostic, with spans into its text."""
        if self._vector is None:
            given = self.options.grad_output
            if isinstance(given, str):
                expression = parse_expression(
                    given, functions=self.environment.callables, bound=self.bound
                )
                given = self.kind.cast(Source(self, given, 1).constant(expression))
            else:
                given = self.kind.payload(given)
            self._vector = given
        return self._vector

    def run(self, text: str, line: int = 1) -> Iterator[Any]:
        """Carry out the statements of a text; one that fails gives its Failure, and the rest goes on."""
        repeated = self._repeated(text, line)
        return self.carry_out(text, line) if repeated is None else iter((repeated,))

    def carry_out(self, text: str, line: int) -> Iterator[Any]:
        """The outcomes of the statements of a text, each of which is read and carried out in its turn."""
        source = self.source(text, line)
        statements = self._statements(text)
        while True:
            with patience(text):
                statement = next(statements, None)
                if statement is None:
                    return
                outcomes = self.outcomes(source, statement)
            yield from outcomes

    def source(self, text: str, line: int) -> Source:
        """What the statements of a text are carried out with."""
        return Source(self, text, line)

    def outcomes(self, source: Source, statement: Statement | Diagnostic) -> list[Any]:
        """Carry out one statement, or say what kept it from being read."""
        if isinstance(statement, Diagnostic):
            return [Failure(statement, source.text, source.line)]
        found = execute(source, statement)
        if self._repeats is not None and isinstance(statement, Evaluate):
            self._repeats.remember(source.text, statement)
        self.changed = self.changed or not isinstance(statement, Evaluate | Print)
        return found

    def _statements(self, text: str) -> Iterator[Statement | Diagnostic]:
        """The statements of a text, each read when it is asked for."""
        known = None if self._repeats is None else self._repeats.statement(text)
        if known is not None:
            return iter([known])
        return parse_each(text, functions=self.environment.callables, bound=self.bound)

    def _repeated(self, text: str, line: int) -> Result | None:
        """The answer to a line like earlier ones; None to one that is not, and to the first of a session."""
        if self._repeats is None:
            if not self._begun:  # the one line of most sessions need not wait for what the second one needs
                self._begun = True
                return None
            from gradcli.evaluation.repeats import Repeats

            self._repeats = Repeats(self)
        return self._repeats.answer(text, line)

    def met(self) -> tuple[Any, ...]:
        """What `finish` goes by, as another session with the same bindings takes it."""
        environment = self.environment
        used = [name for name, binding in environment.asked.items() if binding.used]
        return environment.seen if self.options.const else set(), used

    def meet(self, met: tuple[Any, ...]) -> None:
        """Take what another session met as met here, too."""
        seen, used, *_ = met
        self.environment.seen |= seen
        for name in used:
            self.environment.asked[name].used = True

    def finish(self) -> Iterator[Outcome]:
        """What only the end can tell: names that were given and not used."""
        known = self.environment.seen
        for name in sorted(self.options.const - known):
            yield Failure(unknown_variable(name, known, "--const"), "", 0)
        for binding in self.environment.asked.values():
            if not binding.used:
                yield Remark("", [unused(binding.name)], 0)


class patience:  # noqa: N801  reads as a statement
    """Collects no garbage while a long text is worked on: what it makes has no cycles."""

    __slots__ = ("pause",)

    def __init__(self, text: str) -> None:
        self.pause = len(text) > LONG

    def __enter__(self) -> None:
        if self.pause:
            import gc

            self.pause = gc.isenabled()
            gc.disable()

    def __exit__(self, *exception: object) -> None:
        if self.pause:
            import gc

            gc.enable()
