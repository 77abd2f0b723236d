"""Formulas put in order: no factors of 1, plain numbers added up, long constants rounded."""

from __future__ import annotations

from gradcli.numbers.expression import Expression, number, postorder

LONGEST_NUMBER = 12
ROUNDED = 7
MOST_EXACT = 1e15
INFINITE = float("inf")


def tidied(root: Expression) -> Expression:
    """A formula without factors and divisors of 1, sums of plain numbers done, long constants rounded."""
    made: dict[int, Expression] = {}
    for part in postorder(root):
        args = tuple(made[id(arg)] for arg in part.args if isinstance(arg, Expression))
        if len(args) != len(part.args):
            made[id(part)] = part
            continue
        made[id(part)] = _tidy(part, args)
    return made[id(root)]


def _tidy(part: Expression, args: tuple[Expression, ...]) -> Expression:
    op = part.op
    if op == "number" and part.text is not None and len(part.text) > LONGEST_NUMBER:
        return number(part.value, f"{part.value:.{ROUNDED}g}")
    folded = _folded(op, args)
    if folded is not None:
        return folded
    if op == "mul":
        for one, other in (args, args[::-1]):
            if _is(one, 1.0) or _is(other, 0.0):
                return other
    elif _is_neutral(op, args):
        return args[0]
    elif op == "add" and _is(args[0], 0.0):
        return args[1]
    elif op == "and" and any(map(_always, args)):
        return args[0] if _always(args[1]) else args[1]
    elif op == "neg" and args[0].op == "neg":
        return args[0].args[0]  # type: ignore[no-any-return]
    if all(new is old for new, old in zip(args, part.args, strict=True)):
        return part
    return Expression(op, args, part.value, None, part.text, part.keywords)


def _is_neutral(op: str, args: tuple[Expression, ...]) -> bool:
    """Whether the second operand leaves the first as it is."""
    return (op in ("div", "pow") and _is(args[1], 1.0)) or (op in ("add", "sub") and _is(args[1], 0.0))


def _always(comparison: Expression) -> bool:
    """Whether it compares with an infinity that stands for no bound."""
    bounds = {"ge": -INFINITE, "le": INFINITE}
    return comparison.op in bounds and _is(comparison.args[1], bounds[comparison.op])


def _folded(op: str, args: tuple[Expression, ...]) -> Expression | None:
    """The sum, difference or product of two whole numbers."""
    if op not in ("add", "sub", "mul") or any(arg.op != "number" or arg.value % 1.0 for arg in args):
        return None
    a, b = (arg.value for arg in args)
    value = a + b if op == "add" else a - b if op == "sub" else a * b
    return number(value) if abs(value) < MOST_EXACT else None


def _is(expression: Expression, value: float) -> bool:
    return expression.op == "number" and expression.value == value
