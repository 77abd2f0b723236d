"""The rulebook: what a differentiation rule is, and the table that holds every one by name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    # value: (xp, *operands, **static) -> payload
    Value = Callable[..., Any]
    # vjp of one operand: (xp, g, out, *operands, **static) -> cotangent; None where no gradient flows
    Vjp = Callable[..., Any]


class CallError(TypeError):
    """A call that a rule's parameters do not allow: too few, too many or unknown arguments."""


class Convention:
    """A place where the derivative is a matter of choice: when the operands are there, and what to say of it."""

    __slots__ = ("says", "when")

    def __init__(self, when: Callable[..., Any], says: str) -> None:
        self.when = when  # (xp, *operands, **static) -> truth payload, elementwise
        self.says = says


class Rule:
    """One differentiable operation: its value, one vjp an operand, and what help and errors say of it.

    `value(xp, *operands, **static)` and `vjps[i](xp, g, out, *operands, **static)` are written against an
    abstract namespace `xp`, so that they serve every kind of number; they use `+ - *`, unary minus and
    functions of `xp` only. A vjp may return a cotangent of the broadcast shape: the engine sums it down.
    """

    __slots__ = (
        "backward",
        "conventions",
        "derivative",
        "domain",
        "example",
        "keyword_only",
        "linear",
        "name",
        "operands",
        "spellings",
        "static",
        "summary",
        "value",
        "variadic",
        "vjps",
    )

    def __init__(
        self,
        name: str,
        parameters: str,
        *,
        value: Value,
        vjps: Sequence[Vjp | None],
        backward: str,
        summary: str,
        derivative: str = "",
        domain: str = "all x",
        example: str = "",
        spellings: Sequence[str] = (),
        linear: bool = False,
        conventions: Sequence[Convention] = (),
    ) -> None:
        self.name = name
        self.value = value
        self.vjps = tuple(vjps)
        self.backward = backward
        self.summary = summary
        self.derivative = derivative
        self.domain = domain
        self.example = example
        self.spellings = tuple(spellings)
        self.linear = linear  # its vjps need no operand's value, only shapes
        self.conventions = tuple(conventions)
        operands, _, static = parameters.partition(";")
        self.variadic = operands.strip().startswith("*")
        self.operands = _parameters(operands)
        # Static parameters never get a gradient: axes, counts, indices.
        self.keyword_only = static.strip().startswith("*")
        self.static = _parameters(static.strip().removeprefix("*").lstrip(", "))

    def __repr__(self) -> str:
        return f"<Rule {self.name}({self.signature})>"

    @property
    def signature(self) -> str:
        """The parameters as a call would show them, `x, axis=None`."""
        shown = [name if default is REQUIRED else f"{name}={default:g}" if isinstance(default, float)
                 else f"{name}={default}" for name, default in (*self.operands, *self.static)]
        if self.variadic:
            shown[0] = f"*{shown[0]}"
        return ", ".join(shown)

    def bind(self, args: Sequence[Any], keywords: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Sort a call's arguments into operands and static ones, defaults filled in.

        Raises CallError, in the words of the caller, where they do not fit.
        """
        raise NotImplementedError


REQUIRED = object()
RULES: dict[str, Rule] = {}
"""Every rule by its own name, in the order of the rulebook's pages."""

NAMES: dict[str, Rule] = {}
"""Every spelling that the language knows as a function."""


def _parameters(text: str) -> tuple[tuple[str, Any], ...]:
    parameters: list[tuple[str, Any]] = []
    for part in filter(None, (p.strip().lstrip("*") for p in text.split(","))):
        name, equals, default = part.partition("=")
        parameters.append((name, _default(default) if equals else REQUIRED))
    return tuple(parameters)


def _default(text: str) -> Any:
    return None if text == "None" else int(text) if text.lstrip("-").isdigit() else float(text)


def rule(name: str, parameters: str, **fields: Any) -> Rule:
    """Enter a function of the language in the rulebook; see `Rule` for the fields."""
    entry = operator(name, parameters, **fields)
    for spelling in (name, *entry.spellings):
        if spelling in NAMES:
            raise ValueError(f"the rulebook has two functions called {spelling!r}")
        NAMES[spelling] = entry
    return entry


def operator(name: str, parameters: str, **fields: Any) -> Rule:
    """Enter an operation that the language writes with a sign, not with a name."""
    if name in RULES:
        raise ValueError(f"the rulebook has two rules called {name!r}")
    RULES[name] = entry = Rule(name, parameters, **fields)
    return entry
