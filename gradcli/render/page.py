"""The page of a result: heading, table of variables, second derivatives and tree, as styled lines."""

from __future__ import annotations

from gradcli.evaluation.verification import YES
from gradcli.render import numbers, tree
from gradcli.render.layout import (
    GRADIENT,
    HEADER,
    NAME,
    NOTE,
    PLAIN,
    VALUE,
    cells,
    clip,
    escape,
    name,
    table,
    text_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation.results import Printed, Result, Variable
    from gradcli.evaluation.verification import Verification
    from gradcli.render.layout import Line
    from gradcli.render.numbers import Shown

LONGEST_EXPRESSION = 400
LEAST_ROOM = 12
STACKED = 12  # columns before a number that stands under its variable's name
UNBOUNDED = 1 << 30
SLOPE_DIGITS = 6  # of the two sides of a kink, which are known less well
FLOAT32_DIGITS = 7  # what a float32 holds; more would show the rounding to it


class Style:
    """How a page is to look: digits (None for the default), depth of the tree, width, what to draw with."""

    __slots__ = ("depth", "digits", "tree", "unicode", "width")

    def __init__(
        self,
        *,
        width: int,
        digits: int | None = None,
        depth: int | None = None,
        tree: bool = True,
        unicode: bool = True,
    ) -> None:
        self.width = width
        self.digits = digits
        self.depth = depth
        self.tree = tree
        self.unicode = unicode

    def digits_of(self, dtype: str) -> int:
        """The digits asked; or else 10, all of those computed with under a precision, 7 for float32."""
        if self.digits is not None:
            return self.digits
        if dtype.startswith("decimal"):
            return int(dtype.removeprefix("decimal"))
        return FLOAT32_DIGITS if dtype == "float32" else numbers.DIGITS


def result(result: Result, style: Style) -> list[Line]:
    """Everything on a result but its notes."""
    digits = style.digits_of(result.dtype)
    lines = _heading(result, digits, style.width)
    if result.variables:
        lines += [[], *_variables(result, digits, style.width)]
    if result.second:
        lines += [[], *_second(result, digits, style.width)]
    if style.tree:
        graph = result.graph()
        if len(graph.nodes) > 1:
            tree_digits = numbers.TREE_DIGITS if style.digits is None else style.digits
            guides = tree.UNICODE if style.unicode else tree.ASCII
            lines.append([])
            lines += tree.draw(graph, digits=tree_digits, depth=style.depth, width=style.width, guides=guides)
    return lines


def printed(printed: Printed) -> list[Line]:
    """What a print statement shows: PyTorch's text, as it is."""
    return [[(escape(line), PLAIN)] for line in printed.text.split("\n")]


def _heading(result: Result, digits: int, width: int) -> list[Line]:
    expression, cut = result.expression, 0
    if len(expression) > LONGEST_EXPRESSION:
        kept = LONGEST_EXPRESSION // 2
        cut = len(expression) - 2 * kept
        expression = f"{expression[:kept]} … {expression[-kept:]}"
    expression = escape(expression)
    shown = numbers.show(result.value, digits, width)
    beside = len(shown.lines) == 1 and cells(expression) + len(shown.lines[0]) + 3 <= width
    if beside or not result.shape:
        lines: list[Line] = [[(expression, HEADER), (" = ", PLAIN), (shown.lines[0], VALUE)]]
    else:
        lines = [[(expression, HEADER), (" =", PLAIN)], *([(text, VALUE)] for text in shown.lines)]
    if cut:
        lines.append([(f"… {cut} characters of the expression hidden; --json gives all", NOTE)])
    return lines + hidden("", shown)


def hidden(what: str, *parts: Shown) -> list[Line]:
    """The line that says how many elements of an array are not shown, where there are any."""
    hidden, size = max((part.hidden, part.size) for part in parts)
    if not hidden:
        return []
    return [[(f"… {what}{hidden} of {size} elements hidden; --json gives all", NOTE)]]


def _variables(result: Result, digits: int, width: int) -> list[Line]:
    """The table; or, where that would be wider than the page, each variable's numbers below its name."""
    variables = result.variables
    names = [name(variable.name) for variable in variables]
    columns = _columns(result, digits, UNBOUNDED)
    rows = [([n], *(shown.lines for shown in row)) for n, *row in _rows_of(names, columns)]
    header = ("variable", *(column.label for column in columns))
    lines = table(header, rows, (NAME, *(column.style for column in columns)))
    if any(cells(text_of(line)) > width for line in lines):
        columns = _columns(result, digits, max(width - STACKED, LEAST_ROOM))
        labels = [(column.label, column.style) for column in columns]
        lines = [line for n, *row in _rows_of(names, columns) for line in _stacked(n, labels, row)]
    for n, *row in _rows_of(names, columns):
        lines += hidden(f"{n}: ", *row)
    return lines + _methods(variables, width)


def _methods(variables: list[Variable], width: int) -> list[Line]:
    """How the numeric derivatives were found, a line for each way, or one for all."""
    by: dict[str, list[str]] = {}
    for variable in variables:
        if variable.verification is not None:
            by.setdefault(variable.verification.method, []).append(name(variable.name))
    if not by:
        return []
    if len(by) == 1:
        return [[(f"numeric by {next(iter(by))}", HEADER)]]
    lines = []
    for method, names in by.items():
        room = max(width - len(f"numeric  by {method}"), LEAST_ROOM)
        lines.append(f"numeric {clip(', '.join(names), room)} by {method}")
    return [[(line, HEADER)] for line in lines]


class _Column:
    """A column of the table: its header, its style, a cell for every variable."""

    __slots__ = ("cells", "label", "style")

    def __init__(self, label: str, style: str, cells: list[Shown]) -> None:
        self.label = label
        self.style = style
        self.cells = cells


def _columns(result: Result, digits: int, room: int) -> list[_Column]:
    variables = result.variables
    columns = [
        _Column("value", VALUE, [numbers.show(variable.value, digits, room) for variable in variables]),
        _Column("gradient", GRADIENT, [numbers.show(v.gradient, digits, room) for v in variables]),
    ]
    if result.verified:
        found = [variable.verification for variable in variables]
        words = [numbers.MISSING if v is None else v.word for v in found]
        columns.append(_Column("numeric", GRADIENT, [_numeric(v, digits, room) for v in found]))
        columns.append(_Column("agrees", NOTE, [numbers.Shown([word]) for word in words]))
    return columns


def _numeric(found: Verification | None, digits: int, room: int) -> Shown:
    """The numeric derivative; of a number at a kink the slopes of both sides."""
    if found is None:
        return numbers.Shown([numbers.MISSING])
    if found.numeric is None and found.worst is not None and found.word == "kink":
        left, right = (numbers.scalar(slope, SLOPE_DIGITS) for slope in found.worst.sides or (None, None))
        return numbers.Shown([f"{left} | {right}"])
    return numbers.show(found.numeric, digits, room)


def _rows_of(names: list[str], columns: list[_Column]) -> list[tuple[Any, ...]]:
    return list(zip(names, *(column.cells for column in columns), strict=True))


def _stacked(name_shown: str, labels: list[tuple[str, str]], row: list[Shown]) -> list[Line]:
    """A variable's numbers below its name, for a page too narrow for the table."""
    lines: list[Line] = [[(name_shown, NAME)]]
    for (label, style), shown in zip(labels, row, strict=True):
        block = shown.lines
        rows = [label] + [""] * (len(block) - 1)
        lines += [[(f"  {text:8}  ", HEADER), (part, style)] for text, part in zip(rows, block, strict=True)]
    return lines


def _second(result: Result, digits: int, width: int) -> list[Line]:
    """Second derivatives, and below them the numeric ones where they were verified."""
    second = result.second or {}
    shown = {pair: numbers.show(block, digits, width) for pair, block in second.items()}
    names = [v.name for v in result.variables if (v.name, v.name) in second]
    square = not any(numbers.shape_of(block) for block in second.values())
    lines = _blocks("hessian", shown, names, square=square)
    found = result.second_verified
    if found:
        beside = {pair: _numeric(verification, digits, width) for pair, verification in found.items()}
        lines += [[], *_blocks("numeric", beside, names, square=square), _agreement(found, width)]
    return lines


def _blocks(title: str, shown: dict[tuple[str, str], Shown], names: list[str], *, square: bool) -> list[Line]:
    """The blocks of all pairs: a square where all are scalars, else one below the other."""
    if square:
        rows = [([name(row)], *(shown[row, column].lines for column in names)) for row in names]
        return table((title, *map(name, names)), rows, (NAME, *[GRADIENT] * len(names)))
    lines: list[Line] = []
    for row in names:
        for column in names:
            block = shown[row, column]
            lines.append([(f"{title} {name(row)}, {name(column)}", HEADER)])
            lines += [*([(text, GRADIENT)] for text in block.lines), *hidden("", block)]
    return lines


def _agreement(found: dict[tuple[str, str], Verification], width: int) -> Line:
    """Whether the numeric second derivatives agree: a word for all, or which pairs have another one."""
    by: dict[str, list[str]] = {}
    for (row, column), verification in found.items():
        by.setdefault(verification.word, []).append(f"{name(row)}, {name(column)}")
    others = [f"{word} ({'; '.join(pairs)})" for word, pairs in by.items() if word != YES]
    words = ", ".join([*others, f"else {YES}"] if YES in by else others) if len(by) > 1 else next(iter(by))
    begin = f"numeric by {next(iter(found.values())).method}, agrees: "
    return [(begin + clip(words, max(width - len(begin), LEAST_ROOM)), HEADER)]
