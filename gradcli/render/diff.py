"""Derivatives as formulas: the page, LaTeX, and JSON, one object an expression.

The keys of the JSON are `expression` (in the form in which it was read), `line`, `file` where it came from
one, `derivatives` (each with `wrt`, `order`, `formula`, `latex`, and `value`, null without a point),
`definitions` (what the formulas share, each by those before it: `name`, `formula`, `latex`), `at` (the point)
and `notes`.
"""

from __future__ import annotations

from gradcli.language.format import format
from gradcli.numbers.expression import Expression
from gradcli.render import latex_symbols as symbols
from gradcli.render import numbers, page
from gradcli.render.diagnostics import note_text
from gradcli.render.json import Json, array, number
from gradcli.render.latex import latex
from gradcli.render.layout import GRADIENT, HEADER, NAME, PLAIN, VALUE, cells, escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gradcli.homework.derivation.derived import Derived, Formula
    from gradcli.render.layout import Line

INDENT = 4  # of the lines on which a formula goes on
LEAST_ROOM = 20
MOST_ELEMENTS = 6  # of an array that is shown in the point
EXACT = 17
"""Digits of a float in JSON."""


class Style:
    """How a page is to look: digits of the values, and the width at which formulas wrap, None for never."""

    __slots__ = ("digits", "latex", "width")

    def __init__(self, *, digits: int | None = None, width: int | None = None, latex: bool = False) -> None:
        self.digits = numbers.DIGITS if digits is None else digits
        self.width = width
        self.latex = latex


def derived(derived: Derived, style: Style) -> list[Line]:
    """Definitions, then the formulas, each named where there are several, then their values."""
    if style.latex:
        return _latex(derived, style)
    lines: list[Line] = []
    for name, expression in derived.definitions:
        lines += _wrapped(f"{name} = ", format(expression), style.width)
    alone = len(derived.formulas) == 1
    for formula in derived.formulas:
        lines += _wrapped("" if alone else f"{heading(formula)} = ", formula.text, style.width)
    if not derived.formulas:
        lines.append([("0", GRADIENT)])
    if derived.at:
        lines += [[], _point(derived, style)]
        for formula in derived.formulas:
            lines += _value(heading(formula), formula.value, style)
    return lines


def heading(formula: Formula) -> str:
    """What a derivative is called: `df/dx`, `d2f/dxdy`, `d3f/dx3`."""
    order = len(formula.wrt)
    if order == 1:
        return f"df/d{formula.wrt[0]}"
    if len(set(formula.wrt)) == 1:
        return f"d{order}f/d{formula.wrt[0]}{order}"
    return f"d{order}f/" + "".join(f"d{name}" for name in formula.wrt)


def _wrapped(before: str, text: str, width: int | None) -> list[Line]:
    """A formula behind its name; on a page, what goes on on the next line ends as the language has it."""
    before, text = escape(before), escape(text)
    first: Line = [(before, NAME)] if before else []
    if width is None or cells(before) + cells(text) <= width:
        return [[*first, (text, GRADIENT)]]
    rows: list[str] = []
    row, room = "", max(width - cells(before) - 2, LEAST_ROOM)
    for word in _words(text, room):
        if row and cells(row) + 1 + cells(word) > room:
            rows.append(row)
            row, room = "", max(width - INDENT - 2, LEAST_ROOM)
        row = f"{row} {word}" if row else word
    rows.append(row)
    lines: list[Line] = []
    for i, row in enumerate(rows):
        line: Line = list(first) if i == 0 else [(" " * INDENT, PLAIN)]
        line.append((row, GRADIENT))
        if i < len(rows) - 1:
            line.append((" \\", PLAIN))
        lines.append(line)
    return lines


def _words(text: str, room: int) -> Iterator[str]:
    """The pieces between which a line may end: terms with signs, or the parts of one that is too long."""
    for term in _terms(text, nested=False):
        if cells(term) <= room:
            yield term
        else:
            yield from _terms(term, nested=True)


def _terms(text: str, *, nested: bool) -> Iterator[str]:
    """A text parted at its blanks, or at those outside of brackets only; a sign begins the next part."""
    part, depth = "", 0
    for word in text.split(" "):
        depth += sum(word.count(c) for c in "([") - sum(word.count(c) for c in ")]")
        part = f"{part} {word}" if part else word
        if word not in ("+", "-") and (nested or not depth):
            yield part
            part = ""
    if part:
        yield part


def _point(derived: Derived, style: Style) -> Line:
    values = {name: numbers.inline(value, style.digits, MOST_ELEMENTS) for name, value in derived.at.items()}
    point = ", ".join(f"{escape(name)}={value}" for name, value in values.items())
    return [(f"at {point}", HEADER)]


def _value(name: str, value: Any, style: Style) -> list[Line]:
    shown = numbers.show(value, style.digits, style.width or 80)
    if len(shown.lines) == 1:
        lines: list[Line] = [[(f"{escape(name)} = ", NAME), (shown.lines[0], VALUE)]]
    else:
        lines = [[(f"{escape(name)} =", NAME)], *([(text, VALUE)] for text in shown.lines)]
    return lines + page.hidden("", shown)


# --- LaTeX ---


def _latex(derived: Derived, style: Style) -> list[Line]:
    rows = [f"{symbols.name(name)} = {latex(expression)}" for name, expression in derived.definitions]
    names = [latex_heading(formula, partial=len(derived.variables) > 1) for formula in derived.formulas]
    alone = len(derived.formulas) == 1
    rows += [
        ("" if alone else f"{name} = ") + latex(formula.expression)
        for name, formula in zip(names, derived.formulas, strict=True)
    ]
    if not derived.formulas:
        rows.append("0")
    if derived.at:
        point = r",\ ".join(f"{symbols.name(n)} = {_number(v, style)}" for n, v in derived.at.items())
        rows += [
            f"\\left.{name}\\right|_{{{point}}} = {_number(formula.value, style)}"
            for name, formula in zip(names, derived.formulas, strict=True)
        ]
    return [[(escape(row), GRADIENT)] for row in rows]


def latex_heading(formula: Formula, *, partial: bool) -> str:
    r"""What a derivative is called in LaTeX: `\frac{\partial^{2} f}{\partial x \partial y}`."""
    d = r"\partial" if partial else r"\mathrm{d}"
    order = len(formula.wrt)
    power = f"^{{{order}}}" if order > 1 else ""
    if len(set(formula.wrt)) == 1:
        below = f"{d} {symbols.name(formula.wrt[0])}{power}"
    else:
        below = " ".join(f"{d} {symbols.name(name)}" for name in formula.wrt)
    return f"\\frac{{{d}{power} f}}{{{below}}}"


def _number(value: Any, style: Style) -> str:
    """A value, with the digits of the page, as LaTeX."""
    return latex(_written(value, style.digits))


def _written(value: Any, digits: int) -> Expression:
    """A payload as an expression; its arrays are as deep as it has axes."""
    if numbers.shape_of(value):
        return Expression("array", tuple(_written(part, digits) for part in value))
    return Expression("number", (), value, None, numbers.scalar(value, digits))


# --- JSON ---


class DerivedJson(Json):
    """The lines of derivatives, and of what failed among them."""

    __slots__ = ()

    def derived(self, derived: Derived) -> str:
        """The line of the derivatives of one expression."""
        fields = {"expression": self._text(derived.expression)} | self._place(derived.line)
        fields["derivatives"] = array(self._derivative(formula) for formula in derived.formulas)
        fields["definitions"] = array(
            self._object({"name": self._text(name), **self._formula(expression)}.items())
            for name, expression in derived.definitions
        )
        fields["at"] = self._object((name, number(value, EXACT)) for name, value in derived.at.items())
        fields["notes"] = array(self._text(note_text(note, derived.text)) for note in derived.notes)
        return self._object(fields.items()) + "\n"

    def _derivative(self, formula: Formula) -> str:
        fields = {
            "wrt": self._text(formula.wrt[0] if len(set(formula.wrt)) == 1 else ",".join(formula.wrt)),
            "order": str(len(formula.wrt)),
            **self._formula(formula.expression),
            "value": number(formula.value, EXACT),
        }
        return self._object(fields.items())

    def _formula(self, expression: Expression) -> dict[str, str]:
        return {"formula": self._text(format(expression)), "latex": self._text(latex(expression))}
