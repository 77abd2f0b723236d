"""How each form of the syntax is laid out in LaTeX: how tightly it binds, and its parts."""

from __future__ import annotations

from gradcli.numbers.expression import Expression
from gradcli.render import latex_symbols as symbols
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    # Texts, and operands: the expression, how tightly it must bind, and whether a minus may stand before it;
    # None where that depends on what it is part of.
    Operand = tuple[Expression, int, bool | None]
    Parts = list[Any]
    Layout = tuple[int, Parts]

# How tightly each form binds. What stands between braces or brackets needs no binding at all.
ROW, FREE, OR, AND, NOT, COMPARISON, TRUTH = range(-1, 6)
SUM, MODULO, PRODUCT, MATMUL, POWER, CALL, ATOM = range(6, 13)

TIMES = "\0"
"""Between two factors: what stands at both sides of it decides whether they need a dot."""

_LONGEST_SEARCH = 64
"""So many factors are looked through for a minus; in a longer product it stays where it is."""

_COMPARISONS = {"lt": " < ", "le": r" \le ", "gt": " > ", "ge": r" \ge ", "eq": " = ", "ne": r" \ne "}


def inside(node: Expression) -> Operand:
    """An operand between brackets."""
    return node, FREE, True


def listed(operands: Sequence[Any], keywords: Sequence[tuple[str, Any]] = ()) -> Parts:
    """Operands between commas; what is no expression is a setting that was computed with."""
    parts: Parts = []
    for operand in operands:
        parts += [", ", inside(operand) if type(operand) is Expression else symbols.escape(f"{operand}")]
    for key, operand in keywords:
        parts.append(f", \\mathrm{{{symbols.escape(key)}}} = ")
        parts.append(inside(operand) if type(operand) is Expression else symbols.escape(f"{operand}"))
    if parts:
        parts[0] = parts[0].removeprefix(", ")
    return parts


def _number(node: Expression) -> Layout:
    text = node.text if node.text is not None else repr(node.value).removesuffix(".0")
    if text.lstrip("-") in ("inf", "nan"):
        size, binds = symbols.name(text.lstrip("-")), ATOM
    else:
        size, exponent = symbols.number(text.lstrip("-"))
        binds = ATOM
        if exponent:
            binds = PRODUCT if size else POWER
            size = f"{size} \\cdot 10^{{{exponent}}}" if size else f"10^{{{exponent}}}"
    return (PRODUCT, ["-", size]) if text.startswith("-") else (binds, [size])


def _name(node: Expression) -> Layout:
    return ATOM, [symbols.name(node.value)]


def _add(node: Expression) -> Layout:
    left, right = node.args
    positive = without_minus(right)
    if positive is not None:
        return SUM, [(left, SUM, None), " - ", (positive, MODULO, False)]
    return SUM, [(left, SUM, None), " + ", (right, SUM, False)]


def _sub(node: Expression) -> Layout:
    left, right = node.args
    return SUM, [(left, SUM, None), " - ", (right, MODULO, False)]


def _mul(node: Expression) -> Layout:
    left, right = node.args
    return PRODUCT, [(left, PRODUCT, None), TIMES, (right, PRODUCT, False)]


def without_minus(node: Expression) -> Expression | None:
    """What a product or quotient that begins with a minus is the negative of; None for any other."""
    above: list[Expression] = []
    while node.op in ("mul", "div") and len(above) < _LONGEST_SEARCH:
        above.append(node)
        node = node.args[0]
    if node.op == "number" and node.text is None and node.value < 0:
        node = Expression("number", (), -node.value)
    elif node.op == "neg":
        node = node.args[0]
    else:
        return None
    for product in reversed(above):
        node = Expression(product.op, (node, product.args[1]))
    return node


def _matmul(node: Expression) -> Layout:
    left, right = node.args
    return MATMUL, [(left, MATMUL, None), TIMES, (right, MATMUL, False)]


def div(node: Expression) -> Layout:
    """A fraction; a minus that its numerator begins with stands before it."""
    over, under = node.args
    positive = without_minus(over)
    fraction: Parts = [r"\frac{", inside(positive or over), "}{", inside(under), "}"]
    return (POWER, fraction) if positive is None else (PRODUCT, ["-", *fraction])


def _floordiv(node: Expression) -> Layout:
    return ATOM, [r"\left\lfloor ", inside(Expression("div", node.args)), r"\right\rfloor"]


def signed(sign: str) -> Callable[[Any], Layout]:
    """An operation of two operands that are no products: its sign is as weak as it looks."""
    return lambda node: (MODULO, [(node.args[0], POWER, None), sign, (node.args[1], POWER, False)])


def _neg(node: Expression) -> Layout:
    return PRODUCT, ["-", (node.args[0], PRODUCT, False)]


def pow(node: Expression) -> Layout:
    """A power; that of a trigonometric function or a logarithm stands at its name."""
    base, exponent = node.args
    function, args = called(base)
    negative = exponent.op == "number" and _number(exponent)[1][0] == "-"
    if (
        function in symbols.RAISED
        and len(args) == 1
        and not base.keywords
        and exponent.op in ("name", "number")
        and not negative  # which would look like the inverse function
    ):
        raised = [symbols.function(function), "^{", inside(exponent), "}"]
        return POWER, [*raised, r"\left(", inside(args[0]), r"\right)"]
    return POWER, [(base, ATOM, True), "^{", inside(exponent), "}"]


def _comparison(node: Expression) -> Layout:
    comparisons = node.value if node.op == "chain" else (node.op,)
    parts: Parts = [(node.args[0], SUM, None)]
    for comparison, operand in zip(comparisons, node.args[1:], strict=True):
        parts += [_COMPARISONS[comparison], (operand, SUM, True)]
    return COMPARISON, parts


def _logical(sign: str, binds: int) -> Callable[[Any], Layout]:
    return lambda node: (binds, [(node.args[0], binds, None), sign, (node.args[1], binds + 1, True)])


def _not(node: Expression) -> Layout:
    return NOT, [r"\lnot ", (node.args[0], TRUTH, False)]


def cases(node: Expression) -> Layout:
    """What depends on a condition."""
    return FREE, [r"\begin{cases} ", (node, ROW, True), r" \end{cases}"]


def row(node: Expression) -> Parts:
    """The rows of one condition; another one as the last case has its own in the same table."""
    function, args = called(node)
    if node.op == "if" or (function == "where" and len(args) == 3 and not node.keywords):
        condition, then, otherwise = args
        return [inside(then), r" & \text{if } ", inside(condition), r" \\ ", (otherwise, ROW, True)]
    return [inside(node), r" & \text{otherwise}"]


def _array(node: Expression) -> Layout:
    """A matrix; a vector is one row of it, and arrays of more axes are matrices of matrices."""
    rows = node.args if node.args and all(part.op == "array" for part in node.args) else (node,)
    parts: Parts = []
    for line in rows:
        cells = [part for cell in line.args for part in (" & ", inside(cell))]
        parts += [r" \\ ", *cells[1:]]
    return ATOM, [r"\begin{bmatrix} ", *parts[1:], r" \end{bmatrix}"]


def _index(node: Expression) -> Layout:
    base, *subscripts = node.args
    sliced = any(type(part) is not Expression or part.op == "slice" for part in subscripts)
    if base.op == "name" and not sliced and not symbols.is_subscripted(base.value):
        return ATOM, [inside(base), "_{", *listed(subscripts), "}"]
    return ATOM, [(base, CALL, True), r"\left[", *listed(subscripts), r"\right]"]


def _slice(node: Expression) -> Layout:
    bounds = dict(zip(node.value, node.args, strict=True))
    parts: Parts = [inside(bounds["start"])] if "start" in bounds else []
    parts.append(":")
    parts += [inside(bounds["stop"])] if "stop" in bounds else []
    parts += [":", inside(bounds["step"])] if "step" in bounds else []
    return ATOM, parts


def _attribute(node: Expression) -> Layout:
    if node.value == "T":
        return transpose(node.args[0])
    return ATOM, [(node.args[0], ATOM, True), f".\\mathrm{{{symbols.escape(node.value)}}}"]


def transpose(x: Expression) -> Layout:
    """A matrix with a small T."""
    return POWER, [(x, ATOM, True), r"^{\mathsf{T}}"]


def called(node: Expression) -> tuple[str | None, tuple[Any, ...]]:
    """The rule that a node calls, whichever way it is written, and the operands; None for what is no call."""
    if node.op != "call":
        return (None if node.op in FORMS and node.op != "where" else node.op), node.args
    rule = NAMES.get(node.value)
    return (node.value if rule is None else rule.overload(node.args, node.keywords).name), node.args


def generic(node: Expression, function: str) -> Layout:
    """A name before parentheses."""
    return CALL, [symbols.function(function), r"\left(", *listed(node.args, node.keywords), r"\right)"]


FORMS: dict[str, Callable[[Expression], Layout]] = {
    "number": _number,
    "name": _name,
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "matmul": _matmul,
    "div": div,
    "floordiv": _floordiv,
    "mod": signed(r" \bmod "),
    "neg": _neg,
    "pow": pow,
    **dict.fromkeys((*_COMPARISONS, "chain"), _comparison),
    **dict.fromkeys(("and", "logical_and"), _logical(r" \land ", AND)),
    **dict.fromkeys(("or", "logical_or"), _logical(r" \lor ", OR)),
    **dict.fromkeys(("not", "logical_not"), _not),
    **dict.fromkeys(("if", "where"), cases),
    "array": _array,
    "index": _index,
    "slice": _slice,
    "attribute": _attribute,
}
