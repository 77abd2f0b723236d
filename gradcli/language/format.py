"""An expression as text, with as few parentheses as need be, for a person and for the parser."""

from __future__ import annotations

from gradcli.numbers.expression import Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# How tightly each form binds, as the ladder in the grammar has it.
_CONDITIONAL, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _POSTFIX, _ATOM = range(11)

_BINARY = {
    "or": (" or ", _OR, _OR, _AND),
    "and": (" and ", _AND, _AND, _NOT),
    "add": (" + ", _SUM, _SUM, _PRODUCT),
    "sub": (" - ", _SUM, _SUM, _PRODUCT),
    "mul": ("*", _PRODUCT, _PRODUCT, _SIGN),
    "div": ("/", _PRODUCT, _PRODUCT, _SIGN),
    "floordiv": ("//", _PRODUCT, _PRODUCT, _SIGN),
    "mod": (" % ", _PRODUCT, _PRODUCT, _POWER),
    "matmul": (" @ ", _PRODUCT, _PRODUCT, _SIGN),
    "pow": ("**", _POWER, _POSTFIX, _SIGN),
}
"""The sign of an operation, how tightly it binds, and how tightly its two operands must."""

_COMPARISONS = {"lt": " < ", "le": " <= ", "gt": " > ", "ge": " >= ", "eq": " == ", "ne": " != "}


def sign(operation: str) -> str | None:
    """The sign that a text has for an operation of two operands, by the name of its rule; None for none."""
    if operation in _BINARY:
        return _BINARY[operation][0].strip()
    return _COMPARISONS[operation].strip() if operation in _COMPARISONS else None


def format(expression: Expression) -> str:
    """The canonical text of an expression: `2*x*sin(x)**2`. Parsing it gives the same expression.

    What was computed and never parsed (a negative number, an operation without a sign of its own) is
    written as the text that has its value.
    """
    pieces: list[str] = []
    todo: list[Any] = [(expression, _CONDITIONAL)]
    while todo:
        item = todo.pop()
        if type(item) is str:
            pieces.append(item)
            continue
        node, least = item
        binds, parts = _laid_out(node)
        if binds < least:
            pieces.append("(")
            todo.append(")")
        todo.extend(reversed(parts))
    return "".join(pieces)


def _laid_out(node: Expression) -> tuple[int, list[Any]]:
    """How tightly a node binds, and its parts: texts, and operands with how tightly they must bind."""
    op, args = node.op, node.args
    if op == "number":
        return _number(node)
    if op == "name":
        return _ATOM, [node.value]
    if op in _BINARY and len(args) == 2:
        sign, binds, left, right = _BINARY[op]
        if op == "pow" and args[1].op == "neg" and args[1].args[0].op == "pow":
            right = _ATOM  # e**(-x**2): e**-x**2 is the same, but has two readings for a person
        return binds, [(args[0], left), sign, (args[1], right)]
    if op == "neg":
        return _SIGN, ["-", (args[0], _SIGN)]
    if op == "not":
        return _NOT, ["not ", (args[0], _NOT)]
    if op in _COMPARISONS:
        return _COMPARISON, [(args[0], _SUM), _COMPARISONS[op], (args[1], _SUM)]
    if op == "chain":
        parts: list[Any] = [(args[0], _SUM)]
        for comparison, operand in zip(node.value, args[1:], strict=True):
            parts += [_COMPARISONS[comparison], (operand, _SUM)]
        return _COMPARISON, parts
    if op == "if":
        condition, then, otherwise = args
        return _CONDITIONAL, [(then, _OR), " if ", (condition, _OR), " else ", (otherwise, _CONDITIONAL)]
    return _bracketed(node)


def _bracketed(node: Expression) -> tuple[int, list[Any]]:
    """Calls, arrays and what stands behind an operand."""
    op, args = node.op, node.args
    if op == "array":
        return _ATOM, ["[", *_list(args), "]"]
    if op == "index":
        return _ATOM, [(args[0], _ATOM), "[", *_list(args[1:]), "]"]
    if op == "slice":
        bounds = dict(zip(node.value, args, strict=True))
        parts: list[Any] = [(bounds["start"], _CONDITIONAL)] if "start" in bounds else []
        parts.append(":")
        parts += [(bounds["stop"], _CONDITIONAL)] if "stop" in bounds else []
        parts += [":", (bounds["step"], _CONDITIONAL)] if "step" in bounds else []
        return _CONDITIONAL, parts
    if op == "attribute":
        blank = " " if args[0].op == "number" else ""  # 2.T would be the number 2. and a name
        return _ATOM, [(args[0], _ATOM), f"{blank}.{node.value}"]
    return _ATOM, [f"{node.value if op == 'call' else op}(", *_list(args, node.keywords), ")"]


def _list(args: Any, keywords: Any = ()) -> list[Any]:
    parts: list[Any] = []
    for operand in args:
        parts += [", ", (operand, _CONDITIONAL)] if type(operand) is Expression else [f", {operand}"]
    for key, operand in keywords:
        parts.append(f", {key}=")
        parts.append((operand, _CONDITIONAL) if type(operand) is Expression else f"{operand}")
    if parts:
        parts[0] = parts[0].removeprefix(", ")
    return parts


def _number(node: Expression) -> tuple[int, list[Any]]:
    if node.text is not None:
        text = node.text.replace("_", "")
    else:
        text = repr(node.value)
        # Only a whole number's ".0" says nothing.
        text = text.removesuffix(".0")
    return _SIGN if text.startswith("-") else _ATOM, [text]
