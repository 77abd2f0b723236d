"""What an explanation hands out: definitions, steps, sums over paths and results; plain data, no layout."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.evaluation.results import Note, Result
    from gradcli.numbers.expression import Expression

    Payload = Any

VARIABLE = "variable"
CONSTANT = "constant"
STEP = "step"


class Derivative:
    """A derivative as it is written: dL/dp; `direct` where only the mention of p in L itself is meant."""

    __slots__ = ("by", "direct", "of")

    def __init__(self, of: str, by: str, *, direct: bool = False) -> None:
        self.of = of
        self.by = by
        self.direct = direct

    def __str__(self) -> str:
        sign = "∂" if self.direct else "d"
        return f"{sign}{self.of}/{sign}{self.by}"

    def __repr__(self) -> str:
        return f"<Derivative {self}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Derivative) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


class Definition:
    """A name with its value: a variable, a constant, or a step, which has the formula it was computed by."""

    __slots__ = ("formula", "kind", "name", "value")

    def __init__(self, name: str, kind: str, formula: Expression | None, value: Payload) -> None:
        self.name = name
        self.kind = kind  # VARIABLE, CONSTANT or STEP
        self.formula = formula
        self.value = value

    def __repr__(self) -> str:
        return f"<Definition {self.name} = {self.value!r}>"


class Product:
    """What arrives along one step: the derivative so far times the local one.

    `factors` and `numbers` go together. Where it is `mixed`, a number is missing: `formula` gives the product
    instead, in terms of a name like "dL/dy", or `words` where there is no text for it. `axes` are those that
    are summed over because the input was repeated along them; None where there are none.
    """

    __slots__ = ("axes", "factors", "formula", "numbers", "value", "words")

    def __init__(
        self,
        factors: Sequence[Derivative],
        numbers: Sequence[Payload | None],
        value: Payload,
        *,
        formula: Expression | None = None,
        words: str = "",
        axes: tuple[int, ...] | None = None,
    ) -> None:
        self.factors = tuple(factors)
        self.numbers = tuple(numbers)
        self.value = value
        self.formula = formula
        self.words = words
        self.axes = axes

    @property
    def symbol(self) -> Derivative:
        """What it is a product for, or a part of it."""
        return Derivative(self.factors[0].of, self.factors[-1].by)

    @property
    def mixed(self) -> bool:
        """Whether it is no product of numbers, element by element."""
        return any(number is None for number in self.numbers)

    def __repr__(self) -> str:
        return f"<Product {' * '.join(map(str, self.factors))} = {self.value!r}>"


class Local:
    """The derivative of one step by one of its inputs: formula in the names, and number.

    `formula` is None where the language has no text for it; `words` says it then, and otherwise that the
    number is one of convention, which the formula may not give. `value` is None where it is no number for
    each element: the step mixes the elements of an array. `product` is what arrives at the input by it.
    """

    __slots__ = ("formula", "product", "symbol", "value", "words")

    def __init__(
        self,
        symbol: Derivative,
        formula: Expression | None,
        value: Payload | None,
        product: Product,
        words: str = "",
    ) -> None:
        self.symbol = symbol
        self.formula = formula
        self.value = value
        self.product = product
        self.words = words

    def __repr__(self) -> str:
        return f"<Local {self.symbol} = {self.value!r}>"


class Total:
    """The derivative of the result by one name: the sum of what arrives along every step that uses it."""

    __slots__ = ("products", "symbol", "value")

    def __init__(self, symbol: Derivative, products: Sequence[Product], value: Payload) -> None:
        self.symbol = symbol
        self.products = list(products)
        self.value = value

    @property
    def is_local(self) -> bool:
        """Whether it is the one local derivative and no more: nothing to multiply or to add."""
        first = self.products[0]
        return len(self.products) == 1 and first.factors == (self.symbol,) and first.axes is None

    def __repr__(self) -> str:
        return f"<Total {self.symbol} = {self.value!r}>"


class Step:
    """One operation on the way back: what it computes, the rule, its local derivatives, and what is then
    known."""

    __slots__ = ("formula", "locals", "name", "rule", "totals", "value")

    def __init__(
        self,
        name: str,
        formula: Expression,
        value: Payload,
        rule: str,
        locals: Sequence[Local],
        totals: Sequence[Total],
    ) -> None:
        self.name = name
        self.formula = formula
        self.value = value
        self.rule = rule
        self.locals = list(locals)
        self.totals = list(totals)  # of the inputs that no other step uses that is still to come

    def __repr__(self) -> str:
        return f"<Step {self.name}: {self.rule}>"


class Path:
    """One way from the result to a variable: the local derivatives along it and their numbers."""

    __slots__ = ("factors", "numbers")

    def __init__(self, factors: Sequence[Derivative], numbers: Sequence[Payload]) -> None:
        self.factors = tuple(factors)
        self.numbers = tuple(numbers)

    def __repr__(self) -> str:
        return f"<Path {' * '.join(map(str, self.factors))}>"


class Gradient:
    """The result for a variable: the gradient that `gradcli eval` gives, and the paths it is the sum of.

    `paths` is empty where they are more than a reader would follow, or no products of numbers; `count` is how
    many there are.
    """

    __slots__ = ("count", "paths", "symbol", "value")

    def __init__(self, symbol: Derivative, value: Payload, paths: Sequence[Path], count: int) -> None:
        self.symbol = symbol
        self.value = value
        self.paths = list(paths)
        self.count = count

    @property
    def is_local(self) -> bool:
        """Whether the one path is one local derivative: nothing to multiply."""
        return len(self.paths) == 1 and self.paths[0].factors == (self.symbol,)

    def __repr__(self) -> str:
        return f"<Gradient {self.symbol} = {self.value!r}>"


class Explanation:
    """A worked solution: everything by name and value, the steps back from the result, the gradients.

    `result` is what `gradcli eval` answers to the same text, with its notes; `output` is the name of what is
    differentiated, the sum of the result where that is an array.
    """

    __slots__ = ("definitions", "gradients", "notes", "output", "result", "steps")

    def __init__(
        self,
        result: Result,
        output: str,
        definitions: Sequence[Definition],
        steps: Sequence[Step],
        gradients: Sequence[Gradient],
        notes: Sequence[Note],
    ) -> None:
        self.result = result
        self.output = output
        self.definitions = list(definitions)  # variables in order of appearance, then steps as computed
        self.steps = list(steps)  # the last one first
        self.gradients = list(gradients)
        self.notes = list(notes)

    def __repr__(self) -> str:
        return f"<Explanation of {self.result.text!r}: {len(self.steps)} steps>"
