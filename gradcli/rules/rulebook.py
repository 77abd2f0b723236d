"""The rulebook: what a differentiation rule is, the table of all of them by name, and what a call means."""

from __future__ import annotations

from gradcli.rules.calls import REQUIRED, CallError, ValueRefused, signature_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from gradcli.rules.calls import Parameters, Signature

    # value: (xp, *operands, **static) -> payload
    Value = Callable[..., Any]
    # vjp of one operand: (xp, g, out, *operands, **static) -> cotangent; None where no gradient flows
    Vjp = Callable[..., Any]
    Keywords = Mapping[str, Any] | Iterable[tuple[str, Any]]

__all__ = [
    "NAMES", "NO_NODE", "REQUIRED", "RULES", "CallError", "Convention", "Rule", "ValueRefused", "call",
    "operator", "rule",
]

NO_NODE = "none"
"""The backward name of what carries no gradient and so makes no node."""


class Convention:
    """A place where the derivative is a matter of choice: when operands are there, and what to say of it."""

    __slots__ = ("order", "says", "valueless", "when")

    def __init__(
        self, when: Callable[..., Any], says: str, *, order: int = 1, valueless: bool = False
    ) -> None:
        self.when = when  # (xp, *operands, **static) -> 1 or 0, elementwise
        self.says = says
        self.order = order  # of the first derivative that it is about
        self.valueless = valueless  # whether the value is nan there


class Together:
    """The vjps of a rule of any number of operands, as one, which takes time linear in their number."""

    __slots__ = ("vjp",)

    def __init__(self, vjp: Vjp) -> None:
        self.vjp = vjp  # (positions, xp, g, out, *operands, **static) -> a cotangent for each position


class Rule:
    """One differentiable operation: its value, one vjp an operand, and what help and errors say of it.

    `value(xp, *operands, **static)` and `vjps[i](xp, g, out, *operands, **static)` are written against an
    abstract namespace `xp`, so that they serve every kind of number; they use `+ - *`, unary minus and
    functions of `xp` only. A vjp may return a cotangent of the broadcast shape: the engine sums it down.

    `parameters` reads `operands; static`, as `"x; axis=None, keepdim=0"`: operands may get a gradient, static
    ones (axes, counts, indices) never do; after a `*` they go by name only. `"*xs"` takes any number of
    operands, `"; *shape"` any number of sizes.
    `order` lists the parameters as a call gives them, where that is not operands first.

    `backward` is PyTorch's name of the backward node. Where it depends on the operands, `variant(operands,
    static)` gives it, from the operands as they were given: what has a `requires_grad` is a tensor, all else
    a plain number.

    `derivative` is one formula an operand in the language's own syntax, separated by "; ": by what the
    cotangent `g` is multiplied, or, where it mentions `g`, the whole vjp; `n` is how many elements a vector
    has, or rows a matrix. It is that of the plain call, with static parameters left at their defaults.

    `overloads` names the rules that a call is for when its arguments do not fit this one (`log(x, b)`); a
    rule that `folds` takes two operands or more, the third with the result of the first two. One of the
    `textbook` may stand before its argument without parentheses, in every spelling: `sin 2x`. `samples` are
    operands at which to check the rule, alone or with static parameters: `([1.0, 2.0],), {"axis": 0}`.
    """

    __slots__ = (
        "_parameters",
        "_written",
        "backward",
        "conventions",
        "derivative",
        "domain",
        "example",
        "folds",
        "linear",
        "name",
        "overloads",
        "samples",
        "shown",
        "spellings",
        "summary",
        "textbook",
        "value",
        "variant",
        "vjps",
    )

    def __init__(
        self,
        name: str,
        parameters: str,
        *,
        value: Value,
        vjps: Sequence[Vjp | None] | Together = (),
        backward: str = NO_NODE,
        summary: str,
        derivative: str = "",
        domain: str = "all x",
        example: str = "",
        spellings: Sequence[str] = (),
        linear: bool = False,
        conventions: Sequence[Convention] = (),
        variant: Callable[[Sequence[Any], Mapping[str, Any]], str] | None = None,
        order: Sequence[str] | None = None,
        overloads: Sequence[str] = (),
        folds: bool = False,
        textbook: bool = False,
        shown: str | None = None,
        written: str | None = None,
        samples: Sequence[Any] = (),
    ) -> None:
        self.name = name
        self.value = value
        self.vjps: Any = vjps if isinstance(vjps, Together) else tuple(vjps)
        self.backward = backward
        self.variant = variant
        self.summary = summary
        self.derivative = derivative
        self.domain = domain
        self.example = example
        self.spellings = tuple(spellings)
        self.linear = linear  # its vjps need no operand's value, only shapes
        self.conventions = tuple(conventions)
        self.overloads = tuple(overloads)
        self.folds = folds
        self.textbook = textbook
        self.shown = shown or name  # as errors call it
        self._written = written
        self.samples = tuple(samples)
        # Read when first asked for: a one-liner calls three rules of a hundred.
        self._parameters: Signature | tuple[str, Sequence[str] | None, bool] = (parameters, order, folds)

    def __repr__(self) -> str:
        return f"<Rule {self.name}({self.signature})>"

    @property
    def call(self) -> Signature:
        """What a call of it looks like."""
        if isinstance(self._parameters, tuple):
            self._parameters = signature_of(*self._parameters)
        return self._parameters

    @property
    def page(self) -> str:
        """The page of the rulebook on which it stands: the module that wrote its value."""
        return str(self.value.__module__.rpartition(".")[2])

    @property
    def operands(self) -> Parameters:
        """Names and defaults of what may get a gradient."""
        return self.call.operands

    @property
    def static(self) -> Parameters:
        """Names and defaults of what never gets a gradient."""
        return self.call.static

    @property
    def variadic(self) -> bool:
        """Whether it takes any number of operands."""
        return self.call.variadic

    @property
    def signature(self) -> str:
        """The parameters as a call would show them, `x, axis=None`."""
        return str(self.call)

    @property
    def written(self) -> str:
        """How a text of the language writes it, `sum(x, axis=None)` or `a + b`; "" where none can."""
        return f"{self.shown}({self.signature})" if self._written is None else self._written

    @property
    def differentiable(self) -> bool:
        """Whether a gradient may flow to any of its operands."""
        return isinstance(self.vjps, Together) or any(vjp is not None for vjp in self.vjps)

    def has_vjp(self, position: int) -> bool:
        """Whether a gradient may flow to the operand at `position`."""
        return isinstance(self.vjps, Together) or self.vjps[position] is not None

    def cotangents(
        self,
        positions: Sequence[int],
        xp: Any,
        g: Any,
        out: Any,
        operands: Sequence[Any],
        static: Mapping[str, Any],
    ) -> Iterator[tuple[int, Any]]:
        """What the cotangent `g` of the result `out` becomes for the operands at `positions`.

        Those to which no gradient flows are left out; the shapes may still be those of broadcasting.
        """
        vjps = self.vjps
        if isinstance(vjps, Together):
            yield from zip(positions, vjps.vjp(positions, xp, g, out, *operands, **static), strict=True)
            return
        for position in positions:
            vjp = vjps[position]
            part = None if vjp is None else vjp(xp, g, out, *operands, **static)
            if part is not None:
                yield position, part

    def node_name(self, operands: Sequence[Any], static: Mapping[str, Any]) -> str:
        """PyTorch's name of the backward node for these operands."""
        return self.backward if self.variant is None else self.variant(operands, static)

    def overload(self, args: Sequence[Any], keywords: Keywords) -> Rule:
        """The rule that a call with these arguments is for: this one or the first overload that they fit."""
        if not self.overloads or self.call.fits(len(args), keywords):
            return self
        for name in self.overloads:
            if RULES[name].call.fits(len(args), keywords):
                return RULES[name]
        return self

    def bind(self, args: Sequence[Any], keywords: Keywords) -> tuple[list[Any], dict[str, Any]]:
        """Sort a call's arguments into operands and static ones, defaults filled in.

        Raises CallError where they do not fit the parameters, ValueRefused where a static one is no whole
        number but should be, both in the words of the caller.
        """
        others = [RULES[name].call for name in self.overloads]
        return self.call.bind(self.shown, args, keywords, others)


RULES: dict[str, Rule] = {}
"""Every rule by its own name, in the order of the rulebook's pages."""

class Names(dict[str, Rule]):
    """Rules by the names that call them; `textbook` are those that need no parentheses."""

    __slots__ = ("textbook",)

    def __init__(self) -> None:
        super().__init__()
        self.textbook: frozenset[str] = frozenset()


NAMES = Names()
"""Every spelling that the language knows as a function."""


def call(apply: Callable[..., Any], function: Rule, args: Sequence[Any], keywords: Keywords = ()) -> Any:
    """What `function(*args, **keywords)` means, by `apply(rule, *operands, **static)`.

    Chooses among the overloads, binds, folds three operands or more of a rule of two, and takes the rows of a
    single array for the operands of a rule that takes any number (`concat([u, v])`). Raises as `Rule.bind`.
    """
    rule = function.overload(args, keywords)
    operands, static = rule.bind(args, keywords)
    if rule.folds:
        result = operands[0]
        for operand in operands[1:]:
            result = apply(rule, result, operand, **static)
        return result
    if rule.variadic and len(operands) == 1 and hasattr(operands[0], "shape") and len(operands[0].shape):
        rows = range(operands[0].shape[0])
        operands = [apply(RULES["getitem"], operands[0], index=row) for row in rows]
    return apply(rule, *operands, **static)


def rule(name: str, parameters: str, **fields: Any) -> Rule:
    """Enter a function of the language in the rulebook; see `Rule` for the fields."""
    entry = operator(name, parameters, **fields)
    spellings = (name, *entry.spellings)
    for spelling in spellings:
        if spelling in NAMES:
            raise ValueError(f"the rulebook has two functions called {spelling!r}")
        NAMES[spelling] = entry
    if entry.textbook:
        NAMES.textbook = NAMES.textbook.union(spellings)
    return entry


def operator(name: str, parameters: str, **fields: Any) -> Rule:
    """Enter an operation that the language writes with a sign, or not at all, and not with a name."""
    if name in RULES:
        raise ValueError(f"the rulebook has two rules called {name!r}")
    RULES[name] = entry = Rule(name, parameters, **fields)
    return entry
