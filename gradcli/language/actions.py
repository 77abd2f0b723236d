"""What the parser makes of each alternative of an expression, the moment it has been read.

Each action takes the reading and the alternative's parts: nodes, lists of nodes, and the tokens as matches.
"""

from __future__ import annotations

from gradcli.language.names import checked_name
from gradcli.numbers.expression import Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from re import Match
    from typing import Any

    from gradcli.language.names import Functions
    from gradcli.numbers.expression import Span

    Parts = list[Any]
    Action = Callable[["Reading", Parts], Any]

_COMPARISONS = {
    "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne", "≤": "le", "≥": "ge", "≠": "ne",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹ⁿⁱ", "+-0123456789ni")
_FRACTIONS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}


class Reading:
    """What the actions know of the text while one statement of it is read."""

    __slots__ = ("defined", "functions", "nested", "reinterpreted", "text")

    def __init__(self, text: str, functions: Functions, defined: Container[str]) -> None:
        self.text = text
        self.functions = functions
        self.defined = defined  # further functions, by the text
        self.nested = -1  # where the argument of a function's function ends: ln sin x
        self.reinterpreted: int | None = None  # where something was first read in another form than written

    def reinterpret(self, place: int) -> None:
        """Note that what stands there is read in another form than it is written."""
        if self.reinterpreted is None:
            self.reinterpreted = place


def span_of(node: Expression) -> Span:
    """The place of a node that was parsed, and so has one."""
    assert node.span is not None
    return node.span


def widened(node: Expression, start: int, end: int) -> Expression:
    """The node as it stands in its parentheses."""
    return Expression(node.op, node.args, node.value, (start, end), node.text, node.keywords)


# --------------------------------------------------------------------------------------------------
# Operators
# --------------------------------------------------------------------------------------------------


def _binary(op: str) -> Action:
    def action(_: Reading, c: Parts) -> Expression:
        left, _sign, right = c
        return Expression(op, (left, right), None, (left.span[0], right.span[1]))

    return action


def _add(reading: Reading, c: Parts) -> Expression:
    left, sign, right = c
    if right.op == "neg" and right.span[0] == sign.end() and left.op == right.args[0].op == "number":
        reading.reinterpret(left.span[0])  # in a laboratory, 2.0+-0.1 is no sum
    return Expression("add", (left, right), None, (left.span[0], right.span[1]))


def _mod(reading: Reading, c: Parts) -> Expression:
    if c[1].group() != "%":
        reading.reinterpret(c[0].span[0])
    elif c[2].value == "of" and c[0].span[1] == c[1].start():
        from gradcli.language.slips import per_cent_of

        raise per_cent_of(reading.text, (c[0].span[0], c[2].span[1]))
    return Expression("mod", (c[0], c[2]), None, (c[0].span[0], c[2].span[1]))


def juxtapose(reading: Reading, c: Parts) -> Expression:
    """Two operands side by side as a product."""
    left, right = c
    reading.reinterpret(left.span[0])
    return Expression("mul", (left, right), None, (left.span[0], right.span[1]))


def _behind_open(action: Action) -> Action:
    """The action where the left operand ends in a textbook function's argument, and a function follows."""

    def checked(reading: Reading, c: Parts) -> Expression:
        if reading.nested == c[0].span[1]:
            from gradcli.language.textbook import two_ends

            raise two_ends(c)
        return action(reading, c)  # type: ignore[no-any-return]

    return checked


def _prefix(op: str) -> Action:
    def action(_: Reading, c: Parts) -> Expression:
        sign, operand = c
        return Expression(op, (operand,), None, (sign.start(), operand.span[1]))

    return action


def _pos(_: Reading, c: Parts) -> Expression:
    sign, operand = c
    return widened(operand, sign.start(), operand.span[1])


def _superscript(reading: Reading, c: Parts) -> Expression:
    base, match = c
    exponent = exponent_of(reading, match)
    return Expression("pow", (base, exponent), None, (base.span[0], match.end()))


def exponent_of(reading: Reading, match: Match[str]) -> Expression:
    """What a superscript stands for."""
    span = match.span()
    reading.reinterpret(span[0])
    written = match.group().translate(_SUPERSCRIPTS)
    digits = written.lstrip("+-")
    if digits.isdigit():
        power = Expression("number", (), float(digits), span, digits)
    else:
        power = Expression("name", (), digits, span)
    return Expression("neg", (power,), None, span) if written[0] == "-" else power


def _one_comparison(_: Reading, c: Parts) -> Parts:
    return [[c[0], c[2]], [_COMPARISONS[c[1].group()]]]


def _more_comparisons(_: Reading, c: Parts) -> Parts:
    operands, comparisons = c[0]
    operands.append(c[2])
    comparisons.append(_COMPARISONS[c[1].group()])
    return c[0]  # type: ignore[no-any-return]


def _compare(_: Reading, c: Parts) -> Expression:
    operands, comparisons = c[0]
    span = (operands[0].span[0], operands[-1].span[1])
    if len(comparisons) == 1:
        return Expression(comparisons[0], tuple(operands), None, span)
    return Expression("chain", tuple(operands), tuple(comparisons), span)


def _conditional(_: Reading, c: Parts) -> Expression:
    then, _if, condition, _else, otherwise = c
    return Expression("if", (condition, then, otherwise), None, (then.span[0], otherwise.span[1]))


# --------------------------------------------------------------------------------------------------
# Operands
# --------------------------------------------------------------------------------------------------


def _number(_: Reading, c: Parts) -> Expression:
    match = c[0]
    text = match.group()
    return Expression("number", (), float(text), match.span(), text)


def _fraction(reading: Reading, c: Parts) -> Expression:
    # A quotient, for with more digits than a float has, a third must still be one.
    span = c[0].span()
    reading.reinterpret(span[0])
    over, under = (Expression("number", (), float(n), span, str(n)) for n in _FRACTIONS[c[0].group()])
    return Expression("div", (over, under), None, span)


def _name(_: Reading, c: Parts) -> Expression:
    return Expression("name", (), checked_name(c[0]), c[0].span())


def _called(_: Reading, c: Parts) -> Expression:
    name = checked_name(c[0])
    return Expression("name", (), name, c[0].span(), f"{name}(")


def _group(_: Reading, c: Parts) -> Expression:
    return widened(c[1], c[0].start(), c[2].end())


def braces(reading: Reading, c: Parts) -> Expression:
    """`{x+1}` as the parentheses that it stands for; raises Diagnostic for `x_{1}`."""
    reading.reinterpret(c[0].start())
    start, end = c[0].start(), c[2].end()
    if start and reading.text[start - 1] == "_":
        from gradcli.language.mistakes import index_in_braces

        raise index_in_braces(reading.text, (start, end))
    return widened(c[1], start, end)


def _square(reading: Reading, c: Parts) -> Expression:
    from gradcli.language.mistakes import number_in_brackets

    inside = c[1]
    if (inside.args[0] if inside.op == "neg" else inside).op == "number":
        factor = reading.text[c[0].end() : c[2].start()].strip()
        raise number_in_brackets(reading.text, (c[0].start(), c[2].end()), factor)
    reading.reinterpret(c[0].start())
    return widened(inside, c[0].start(), c[2].end())


def _bars(reading: Reading, c: Parts) -> Expression:
    reading.reinterpret(c[0].start())
    return Expression("call", (c[1],), "abs", (c[0].start(), c[2].end()))


def _root(reading: Reading, c: Parts) -> Expression:
    reading.reinterpret(c[0].start())
    return Expression("call", (c[1],), "sqrt", (c[0].start(), c[1].span[1]))


def _array(_: Reading, c: Parts) -> Expression:
    return Expression("array", tuple(c[1]), None, (c[0].start(), c[-1].end()))


def _array_empty(_: Reading, c: Parts) -> Expression:
    return Expression("array", (), None, (c[0].start(), c[1].end()))


def _index(_: Reading, c: Parts) -> Expression:
    return Expression("index", (c[0], *c[2]), None, (c[0].span[0], c[3].end()))


def _slice(_: Reading, c: Parts) -> Expression:
    bounds = dict(zip(("start", "stop", "step"), c[::2], strict=False))
    there = {which: bound for which, bound in bounds.items() if bound is not None}
    start = c[0].span[0] if c[0] is not None else c[1].start()
    end = c[-1].span[1] if c[-1] is not None else c[-2].end()
    return Expression("slice", tuple(there.values()), tuple(there), (start, end))


def _transpose(_: Reading, c: Parts) -> Expression:
    return Expression("attribute", (c[0],), "T", (c[0].span[0], c[1].end()))


# --------------------------------------------------------------------------------------------------
# Lists
# --------------------------------------------------------------------------------------------------


def _one_item(_: Reading, c: Parts) -> Parts:
    return c


def _more_items(_: Reading, c: Parts) -> Parts:
    c[0].append(c[2])
    return c[0]  # type: ignore[no-any-return]


def _one_more(_: Reading, c: Parts) -> Parts:
    c[0].append(c[1])
    return c[0]  # type: ignore[no-any-return]


def _amount_of(_: Reading, c: Parts) -> Parts:
    return [c[0], *c[1]]


def _one_keyword(_: Reading, c: Parts) -> Parts:
    return [(c[0], c[2])]


def _more_keywords(_: Reading, c: Parts) -> Parts:
    c[0].append((c[2], c[4]))
    return c[0]  # type: ignore[no-any-return]


ACTIONS: dict[str, Action] = {
    **{op: _binary(op) for op in ("sub", "mul", "div", "floordiv", "matmul", "pow")},
    "add": _add,
    "mod": _mod,
    "mul_open": _behind_open(_binary("mul")),
    "div_open": _behind_open(_binary("div")),
    "juxtapose_open": _behind_open(juxtapose),
    "conjunction": _binary("and"),
    "disjunction": _binary("or"),
    "negation": _prefix("not"),
    "neg": _prefix("neg"),
    "pos": _pos,
    "juxtapose": juxtapose,
    "superscript": _superscript,
    "one_comparison": _one_comparison,
    "more_comparisons": _more_comparisons,
    "compare": _compare,
    "conditional": _conditional,
    "number": _number,
    "fraction": _fraction,
    "name": _name,
    "called": _called,
    "group": _group,
    "braces": braces,
    "square": _square,
    "bars": _bars,
    "root": _root,
    "array": _array,
    "array_empty": _array_empty,
    "index": _index,
    "slice": _slice,
    "no_bound": lambda *_: None,
    "transpose": _transpose,
    "amount_of": _amount_of,
    "side_by_side": _one_item,
    "one_more": _one_more,
    "one_item": _one_item,
    "more_items": _more_items,
    "one_keyword": _one_keyword,
    "more_keywords": _more_keywords,
}
"""The actions of expressions, by the names that the grammar gives its alternatives."""
