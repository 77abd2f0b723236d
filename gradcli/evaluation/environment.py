"""What names mean: leaves, intermediates, constants of nature, and the functions a user defined."""

from __future__ import annotations

from gradcli.numbers.expression import postorder
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gradcli.evaluation.replay import History
    from gradcli.evaluation.results import Note
    from gradcli.numbers.expression import Expression

CONSTANTS = {
    "pi": 3.141592653589793,
    "π": 3.141592653589793,
    "tau": 6.283185307179586,
    "τ": 6.283185307179586,
    "e": 2.718281828459045,
    "inf": float("inf"),
    "∞": float("inf"),
    "nan": float("nan"),
}
"""The constants of the language as float64; under a precision `kinds` computes every digit of them."""


class Origin:
    """What a name was computed from: an expression, its text, and what the names in it meant then."""

    __slots__ = ("expression", "functions", "text", "variables")

    def __init__(
        self,
        expression: Expression,
        text: str,
        variables: Mapping[str, Binding],
        functions: dict[str, Function],
    ) -> None:
        self.expression = expression
        self.text = text
        self.variables = variables
        self.functions = functions


class Binding:
    """A name with its tensor: a leaf, or an intermediate, which knows the `leaves` below it.

    Compared by identity: binding a name anew makes another, and what was computed before keeps the earlier.
    """

    __slots__ = (
        "asked", "const", "conventions", "history", "leaves", "line", "name", "notes", "origin", "remarks",
        "tensor", "used",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        tensor: Any,
        line: int,
        leaves: tuple[Binding, ...] | None = None,
        *,
        asked: bool = False,
    ) -> None:
        self.name = name
        self.tensor = tensor
        self.line = line
        self.leaves = leaves
        self.asked = asked  # by the caller, beside the text: it stands over what the text binds
        self.const = False
        self.used = False
        self.notes: tuple[Note, ...] = ()  # why an intermediate is nan or inf
        self.remarks: tuple[Note, ...] = ()  # what is to be said wherever it is mentioned
        self.history: History | None = None  # of an intermediate, where gradients are to be verified
        self.conventions: tuple[Any, ...] = ()  # operations below it that stand at a point of convention
        self.origin: Origin | None = None  # of an intermediate, and of a leaf that is a decimal

    def __repr__(self) -> str:
        return f"<Binding {self.name}>"


class Function:
    """A function of the user: its parameters, its body, and the text that the body's spans point into."""

    __slots__ = ("body", "calls", "line", "name", "parameters", "text")

    def __init__(
        self, name: str, parameters: tuple[str, ...], body: Expression, text: str, line: int
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.body = body
        self.text = text
        self.line = line
        # What the body calls, by name, each with one place where it does.
        self.calls = {part.value: part for part in postorder(body) if part.op == "call"}


class Environment:
    """The names of a session: variables, functions, and which variables the caller set beside the text."""

    __slots__ = ("asked", "callables", "called", "functions", "seen", "variables")

    def __init__(self) -> None:
        self.variables: dict[str, Binding] = {}
        self.functions: dict[str, Function] = {}
        self.asked: dict[str, Binding] = {}
        self.seen: set[str] = set()
        self.callables = Callables(self)
        self.called: set[str] = set()  # what the bodies of functions call, or did before they were replaced

    def define(self, function: Function) -> None:
        """Define a function from now on; raises Diagnostic where it would call itself."""
        check_recursion(function, self)
        if function.name in self.callables:  # what was computed by the earlier one keeps that
            self.functions = dict(self.functions)
        self.functions[function.name] = function
        self.called.update(function.calls)

    def origin(self, expression: Expression, text: str, mentioned: Iterable[Binding] = ()) -> Origin:
        """What an expression means now, which mentions these variables."""
        names = [binding.name for binding in mentioned]
        return Origin(expression, text, {name: self.variables[name] for name in names}, self.functions)

    def set(self, binding: Binding) -> None:
        """Bind a name from now on."""
        self.seen.add(binding.name)
        self.variables[binding.name] = binding
        if binding.asked:
            self.asked[binding.name] = binding


class Callables:
    """The names that may stand before a parenthesis as functions: the rulebook's and the user's."""

    __slots__ = ("_environment",)

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    @property
    def textbook(self) -> frozenset[str]:
        """Those that need no parentheses, where their names have no value."""
        return NAMES.textbook

    def __contains__(self, name: object) -> bool:
        return name in NAMES or name in self._environment.functions

    def __iter__(self) -> Iterator[str]:
        yield from NAMES
        yield from self._environment.functions

    def __len__(self) -> int:
        return sum(1 for _ in self)


def check_recursion(function: Function, environment: Environment) -> None:
    """Raise Diagnostic where a function calls itself, directly or by way of others."""
    from gradcli.evaluation.failures import failure

    name, functions = function.name, environment.functions
    if name not in function.calls and name not in environment.called:
        return
    for first, call in function.calls.items():
        way = [first]
        met = {first}
        for step in way:  # grows while it is walked
            if step == name:
                by = "" if first == name else f" by way of {first}()"
                raise failure(
                    "call", f"{name}() calls itself{by}, and would never end", (call.span, "recursion")
                )
            further = functions[step].calls.keys() - met if step in functions else ()
            met.update(further)
            way += further
