"""Explanations as Markdown with formulas in LaTeX, for a notebook or to be handed in."""

from __future__ import annotations

from gradcli.homework.explanation.results import CONSTANT, Derivative
from gradcli.numbers.expression import name
from gradcli.render import latex_symbols, numbers
from gradcli.render.diagnostics import note_text
from gradcli.render.explain import DIGITS, MOST_INLINE, added, unsigned
from gradcli.render.latex import latex
from gradcli.render.layout import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.homework.explanation.results import Explanation, Gradient, Local, Path, Product, Step, Total
    from gradcli.numbers.expression import Expression

BAR = r"\vert "
MOST_ELEMENTS = 100
"""Of an array that is written out."""


def text(explanation: Explanation, digits: int | None = None) -> str:
    """The whole solution."""
    writer = _Writer(explanation, DIGITS if digits is None else digits)
    blocks = [writer.title()]
    if explanation.steps:
        blocks += ["### Forward", writer.forward(), "### Backward", *map(writer.step, explanation.steps)]
        blocks += ["### Result", *map(writer.gradient, explanation.gradients)]
    result = explanation.result
    blocks += [f"> **Note:** {_plain(note_text(note, result.text))}" for note in explanation.notes]
    return "\n\n".join(blocks) + "\n"


class _Writer:
    """One solution while it is written."""

    def __init__(self, explanation: Explanation, digits: int) -> None:
        self.explanation = explanation
        self.digits = digits

    def title(self) -> str:
        """The expression, as code: it is the user's text."""
        result = self.explanation.result
        return f"## `{escape(result.expression).replace('`', chr(39))}` $= {self.number(result.value)}$"

    def forward(self) -> str:
        """A table of names, formulas and values."""
        rows = ["| | formula | value |", "|---|---|---|"]
        for d in self.explanation.definitions:
            formula = "" if d.formula is None else f"${latex(d.formula)}$"
            if d.kind == CONSTANT:
                formula = f"{formula} (constant)".lstrip()
            cells = [f"${latex(name(d.name))}$", formula, f"${self.number(d.value)}$"]
            # A bar would end the cell.
            rows.append(f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |".replace("|  |", "| |"))
        return "\n".join(rows)

    def step(self, step: Step) -> str:
        """A step: what it computes, the rule, local derivatives, and what is then known."""
        lines = [f"**${latex(name(step.name))} = {latex(step.formula)}$** ({step.rule})", ""]
        for local in step.locals:
            if local.value is None:
                if not any(total.products == [local.product] for total in step.totals):
                    sides = [fraction(local.product.symbol), self.product(local.product)]
                    sides.append(self.number(local.product.value))
                    lines.append(f"- by ${latex(name(step.name))}$: ${' = '.join(sides)}$")
            else:
                words = f" {local.words}" if local.formula is not None and local.words else ""
                lines.append(f"- ${self.local(local, step)}${words}")
        lines += [f"- ${line}$" for total in step.totals if (line := self.total(total))]
        return "\n".join(lines)

    def local(self, local: Local, step: Step) -> str:
        """Formula and number of a local derivative."""
        sides = [fraction(local.symbol)]
        if local.formula is None:
            sides.append(_text(local.words))
        else:
            sides.append(self.formula(local.formula, step.name))
        if (value := self.number(local.value)) != sides[-1]:
            sides.append(value)
        return " = ".join(sides)

    def total(self, total: Total) -> str:
        """The product along the way and the sum; "" where it is said already."""
        if total.is_local:
            return ""
        sides = [fraction(total.symbol), " + ".join(map(self.product, total.products))]
        inner = [self.product_of_numbers(product) for product in total.products]
        if all(inner) and any(len(product.factors) > 1 for product in total.products):
            sides.append(added([part for part in inner if part]))
        if len(total.products) > 1 and all(self.inline(product.value) for product in total.products):
            sides.append(added([self.inline(product.value) or "" for product in total.products]))
        sides.append(self.number(total.value))
        return " = ".join(sides)

    def product(self, product: Product) -> str:
        """A product in symbols, or the formula for it."""
        if product.mixed and product.formula is None:
            return _text(product.words)
        if product.formula is not None and product.mixed:
            return self.formula(product.formula, product.factors[0].by)
        shown = _times(product.numbers).join(map(fraction, product.factors))
        return shown if product.axes is None else rf"\sum {shown}"

    def product_of_numbers(self, product: Product) -> str | None:
        """A product in numbers; None where there is none to be written."""
        if product.axes is not None or product.mixed:
            return None
        return self.multiplied(product.numbers)

    def multiplied(self, values: Sequence[Any]) -> str | None:
        """Numbers as factors; None where arrays are too long for it."""
        parts = [self.inline(value) for value in values]
        if not all(parts):
            return None
        shown = [part or "" for part in parts]
        return _times(values).join(
            rf"\left({part}\right)" if i and part.startswith("-") else part for i, part in enumerate(shown)
        )

    def gradient(self, gradient: Gradient) -> str:
        """A result as a displayed formula."""
        sides = [fraction(gradient.symbol)]
        if gradient.paths and not gradient.is_local:
            sides.append(" + ".join(map(self.path, gradient.paths)))
            products = [self.multiplied(path.numbers) for path in gradient.paths]
            if all(products):
                sides.append(added([product for product in products if product]))
        sides.append(self.number(gradient.value))
        return f"$${' = '.join(sides)}$$"

    def path(self, path: Path) -> str:
        """The derivatives along a path."""
        return _times(path.numbers).join(map(fraction, path.factors))

    def formula(self, formula: Expression, step: str) -> str:
        """A formula, in which the derivative so far may stand as a name."""
        so_far = Derivative(self.explanation.output, step)
        shown = latex(formula).replace(latex(name(f"({so_far})")), rf"\left({fraction(so_far)}\right)")
        return shown.replace(latex(name(str(so_far))), fraction(so_far))

    def inline(self, value: Any) -> str | None:
        """A payload as a factor; None for a matrix and a long array."""
        shape = numbers.shape_of(value)
        return None if len(shape) > 1 or (shape and shape[0] > MOST_INLINE) else self.number(value)

    def number(self, value: Any) -> str:
        """A payload in LaTeX."""
        value = unsigned(value)
        shape = numbers.shape_of(value)
        if not shape:
            return _number(numbers.scalar(value, self.digits))
        size = 1
        for length in shape:
            size *= length
        if len(shape) > 2 or not size or size > MOST_ELEMENTS:
            return rf"\text{{an array of shape {shape}}}"
        rows = value.tolist() if len(shape) == 2 else [value.tolist()]
        body = r" \\ ".join(
            " & ".join(_number(numbers.scalar(element, self.digits)) for element in row) for row in rows
        )
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def fraction(symbol: Derivative) -> str:
    r"""A derivative as a fraction: `\frac{dL}{dp}`."""
    d = r"\partial " if symbol.direct else "d"
    return rf"\frac{{{d}{latex(name(symbol.of))}}}{{{d}{latex(name(symbol.by))}}}"


def _number(text: str) -> str:
    r"""A number's text with its exponent as one: `1.5 \cdot 10^{-8}`."""
    if text.lstrip("-") == "inf":
        return text.replace("inf", r"\infty")
    if text == "nan":
        return r"\text{nan}"
    mantissa, e, exponent = text.partition("e")
    if not e:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return mantissa.replace("1", power) if mantissa in ("1", "-1") else rf"{mantissa} \cdot {power}"


def _times(values: Sequence[Any]) -> str:
    """The sign of a product: that of arrays is one element by element."""
    arrays = sum(bool(numbers.shape_of(value)) for value in values)
    return r" \odot " if arrays > 1 else r" \cdot "


def _text(words: str) -> str:
    """Words within a formula."""
    return rf"\text{{{latex_symbols.escape(words)}}}"


def _plain(text: str) -> str:
    """A text of ours, in which the user's words must not become markup."""
    return "".join(f"\\{c}" if c in "\\`*_<>#$|[]" else c for c in escape(text))
