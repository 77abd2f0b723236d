"""The page of an explanation: values forward, steps back with rule and numbers, results."""

from __future__ import annotations

from gradcli.homework.explanation.results import CONSTANT
from gradcli.language.format import format
from gradcli.render import numbers
from gradcli.render.equations import EQUALS, Equation, Side, laid_out
from gradcli.render.layout import (
    GRADIENT,
    HEADER,
    HINT,
    NAME,
    NOTE,
    PLAIN,
    VALUE,
    cells,
    escape,
    name,
    text_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.homework.explanation.results import (
        Definition,
        Derivative,
        Explanation,
        Gradient,
        Local,
        Path,
        Product,
        Step,
        Total,
    )
    from gradcli.render.layout import Line

DIGITS = 7
INDENT = 2
RULE_GAP = "   "
HELD = "   constant"
MOST_APART = 24  # columns that the word may be moved to, so that it stands below that of others
LEAST_NUMBER = 16  # columns that a number may take
LONGEST_HEADING = 400
MOST_INLINE = 6
"""Elements of an array that may stand within a product."""


class Style:
    """How a page is to look: width, significant digits, whether characters beyond ASCII may be used."""

    __slots__ = ("digits", "unicode", "width")

    def __init__(self, *, width: int, digits: int | None = None, unicode: bool = True) -> None:
        self.width = width
        self.digits = DIGITS if digits is None else digits
        self.unicode = unicode


def page(explanation: Explanation, style: Style) -> list[Line]:
    """Everything on an explanation but its notes."""
    writer = _Page(style)
    lines = writer.heading(explanation)
    if explanation.steps:
        lines += [[], [("forward", HEADER)], *writer.definitions(explanation.definitions)]
        lines += [[], [("backward", HEADER)], *writer.steps(explanation.steps)]
        lines += [[], [("result", HEADER)], *writer.results(explanation.gradients)]
    if writer.hidden:
        elements = "1 element of an array" if writer.hidden == 1 else f"{writer.hidden:,} elements of arrays"
        lines += [[], [(f"… {elements} hidden; --json gives all", NOTE)]]
    return lines


class _Page:
    """One page while it is written."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.hidden = 0

    # --- parts ---

    def heading(self, explanation: Explanation) -> list[Line]:
        """The expression, its value and where."""
        text = escape(explanation.result.expression)
        if len(text) > LONGEST_HEADING:
            text = f"{text[: LONGEST_HEADING // 2]} … {text[-LONGEST_HEADING // 2 :]}"
        equation = Equation([Side(text, HEADER), self.number(explanation.result.value)])
        return self.set(equation, 0)

    def definitions(self, definitions: Sequence[Definition]) -> list[Line]:
        """Names with their formulas and values, the values of steps below one another."""
        lines: list[Line] = []
        held: list[Line] = []
        room = self.style.width - INDENT - LEAST_NUMBER
        fits = [length for d in definitions if d.formula is not None and (length := cells(_head(d))) <= room]
        for d in definitions:
            sides = [Side(name(d.name), NAME)]
            if d.formula is not None:
                sides.append(Side(format(d.formula)))
            sides.append(self.number(d.value, before=d.name))
            column = max(fits, default=0) if d.formula is not None else 0
            set = self.set(Equation(sides, column=column), INDENT)
            if d.kind == CONSTANT and cells(text_of(set[0]) + HELD) <= self.style.width:
                held.append(set[0])
            lines += set
        margin = self.style.width - cells(HELD)
        column = max((length for line in held if (length := cells(text_of(line))) <= MOST_APART), default=0)
        for line in held:
            gap = max(min(column, margin) - cells(text_of(line)), 0)
            line.append((" " * gap + HELD, HINT))
        return lines

    def steps(self, steps: Sequence[Step]) -> list[Line]:
        """The steps, each under what it computes and the rule, which stands at the right if it can."""
        lines: list[Line] = []
        room = self.style.width - INDENT - len(RULE_GAP)
        rules = max(cells(step.rule) for step in steps)
        column = max((length for step in steps if (length := cells(_head(step))) + rules <= room), default=0)
        for step in steps:
            head = _head(step)
            gap = " " * max(column - cells(head), 0) + RULE_GAP
            if INDENT + cells(head + gap + step.rule) <= self.style.width:
                lines.append([(" " * INDENT, PLAIN), (head, HEADER), (gap, PLAIN), (step.rule, HINT)])
            else:
                sides = [Side(name(step.name), HEADER), Side(format(step.formula), HEADER)]
                lines += self.set(Equation(sides), INDENT)
                lines.append([(" " * 2 * INDENT, PLAIN), (step.rule, HINT)])
            for local in step.locals:
                if local.value is None:
                    lines += self.arriving(local, step)
                else:
                    set = self.set(self.local(local), 2 * INDENT)
                    if local.formula is not None and local.words:
                        if cells(text_of(set[-1])) + cells(local.words) >= self.style.width:
                            set.append([(" " * 2 * INDENT, PLAIN)])
                        set[-1].append((f" {local.words}", HINT))
                    lines += set
            for total in step.totals:
                lines += self.total(total)
        return lines

    def local(self, local: Local) -> Equation:
        """`dp/dz = p*(1 - p) = 0.0012`."""
        symbol = self.symbol(local.symbol)
        shown = self.number(local.value, before=symbol)
        if local.formula is None:
            return Equation([Side(symbol, NAME), Side(local.words, HINT), shown])
        formula = Side(format(local.formula))
        # A derivative of 1 is not 1 = 1, and where it is 1 for every element of a matrix that is said so.
        said = formula.text == shown.text or (local.formula.op == "number" and shown.block)
        sides = [formula] if said else [formula, shown]
        return Equation([Side(symbol, NAME), *sides])

    def arriving(self, local: Local, step: Step) -> list[Line]:
        """What arrives by a step that mixes the elements of an array, where the sum of all that does
        stands elsewhere: `dS/dx by u = A.T @ dS/du`."""
        if any(total.products == [local.product] for total in step.totals):
            return []
        by = f"{self.symbol(local.product.symbol)} by {name(step.name)}"
        number = self.number(local.product.value, before=by)
        return self.set(Equation([Side(by, NAME), Side(self.product(local.product)), number]), 2 * INDENT)

    def total(self, total: Total) -> list[Line]:
        """The product along the way, and the sum where several arrive; nothing where it is said already."""
        if total.is_local:
            return []
        sides = [
            Side(self.symbol(total.symbol), NAME),
            Side(" + ".join(self.product(product) for product in total.products)),
        ]
        products = [self.product_of_numbers(product) for product in total.products]
        if all(products) and any(len(product.factors) > 1 for product in total.products):
            sides.append(Side(added([text for text in products if text])))
        if len(total.products) > 1:
            values = [self.inline(product.value) for product in total.products]
            if all(values):
                sides.append(Side(added([value for value in values if value])))
        sides.append(self.number(total.value, GRADIENT, before=self.symbol(total.symbol)))
        return self.set(Equation(sides), 2 * INDENT)

    def product(self, product: Product) -> str:
        """`dL/dp * dp/dz`, in the symbols; the formula where there is no such product."""
        if product.mixed:
            return product.words if product.formula is None else format(product.formula)
        text = " * ".join(map(self.symbol, product.factors))
        return text if product.axes is None else f"sum({text}{_axes(product)})"

    def product_of_numbers(self, product: Product) -> str | None:
        """`814.4 * 0.0012`; None where arrays are too long for it."""
        if product.axes is not None or product.mixed:
            return None
        parts = [self.inline(number) for number in product.numbers]
        return _multiplied(parts) if all(parts) else None

    def results(self, gradients: Sequence[Gradient]) -> list[Line]:
        """Each gradient as the product along its path, or the sum over its paths."""
        lines: list[Line] = []
        for gradient in gradients:
            sides = [Side(self.symbol(gradient.symbol), NAME)]
            if gradient.paths and not gradient.is_local:
                sides.append(Side(" + ".join(self.path(path) for path in gradient.paths)))
                products = [self.path_of_numbers(path) for path in gradient.paths]
                if all(products):
                    sides.append(Side(added([product for product in products if product])))
            sides.append(self.number(gradient.value, GRADIENT, before=self.symbol(gradient.symbol)))
            lines += self.set(Equation(sides), INDENT)
            if not gradient.paths and gradient.count > 1:
                lines.append([(" " * 2 * INDENT + f"the sum of {gradient.count:,} products above", HINT)])
        return lines

    def path(self, path: Path) -> str:
        """The derivatives along a path."""
        return " * ".join(map(self.symbol, path.factors))

    def path_of_numbers(self, path: Path) -> str | None:
        """Their numbers; None where arrays are too long for it."""
        parts = [self.inline(number) for number in path.numbers]
        return _multiplied(parts) if all(parts) else None

    # --- pieces ---

    def symbol(self, symbol: Derivative) -> str:
        """A derivative as text; where ∂ cannot be written, in words what it means."""
        if self.style.unicode or not symbol.direct:
            return str(symbol)
        return f"d{symbol.of}/d{symbol.by}(direct)"

    def number(self, value: Any, style: str = VALUE, *, before: str = "") -> Side:
        """A payload as the side of an equation that begins with `before`, a block of lines for a matrix."""
        room = self.style.width - 2 * INDENT - cells(before) - len(EQUALS)
        shown = numbers.show(unsigned(value), self.style.digits, max(room, LEAST_NUMBER))
        self.hidden = max(self.hidden, shown.hidden)
        return Side("", style, block=shown.lines) if len(shown.lines) > 1 else Side(shown.lines[0], style)

    def inline(self, value: Any) -> str | None:
        """A payload within a line; None for a matrix and a long array."""
        shape = numbers.shape_of(value)
        if len(shape) > 1 or (shape and shape[0] > MOST_INLINE):
            return None
        return numbers.show(unsigned(value), self.style.digits, self.style.width).lines[0]

    def set(self, equation: Equation, indent: int) -> list[Line]:
        """An equation as lines of the page."""
        return laid_out(equation, indent, self.style.width)


def unsigned(value: Any) -> Any:
    """A payload without zeros below zero: what a step computes with -0 says nothing more by it."""
    return value + 0.0


def _head(definition: Definition | Step) -> str:
    """`p = sigmoid(z)`."""
    assert definition.formula is not None
    return f"{name(definition.name)} = {format(definition.formula)}"


def _multiplied(parts: Sequence[str | None]) -> str:
    """Numbers as factors: a negative one behind a sign needs parentheses."""
    texts = [part or "" for part in parts]
    return " * ".join(f"({part})" if i and part.startswith("-") else part for i, part in enumerate(texts))


def added(parts: Sequence[str]) -> str:
    """Numbers and products joined by plus, or by minus where one is negative."""
    text = parts[0]
    for part in parts[1:]:
        text += f" - {part[1:]}" if part.startswith("-") else f" + {part}"
    return text


def _axes(product: Product) -> str:
    """Along which axes the copies of what was repeated in the step are summed; "" for all."""
    if not numbers.shape_of(product.value) or product.axes is None:
        return ""
    axes = product.axes
    return f", axis={axes[0] if len(axes) == 1 else list(axes)}"
