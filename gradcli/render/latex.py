"""An expression as LaTeX, as a textbook sets it: the sibling of the language's own canonical text."""

from __future__ import annotations

from gradcli.numbers.expression import Expression
from gradcli.render import latex_symbols as symbols
from gradcli.render.latex_forms import (
    COMPARISON,
    FORMS,
    FREE,
    OR,
    ROW,
    SUM,
    TIMES,
    called,
    cases,
    generic,
    pow,
    row,
)
from gradcli.render.latex_functions import FUNCTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.render.latex_forms import Layout


def latex(expression: Expression) -> str:
    r"""An expression as LaTeX for a formula: `2 x \cos\left(x^{2}\right)`.

    A truth that is computed with stands in Iverson's brackets: `2 \left[x > 0\right]`.
    """
    pieces: list[str] = []
    todo: list[Any] = [(expression, FREE, True)]
    while todo:
        item = todo.pop()
        if type(item) is str:
            pieces.append(item)
            continue
        node, least, leading = item
        binds, parts = _laid_out(node, least)
        if binds < least or (not leading and parts[0] == "-"):
            opening, closing = _brackets(binds, least)
            pieces.append(opening)
            todo.append(closing)
            leading = True
        for part in reversed(parts):
            if type(part) is tuple and part[2] is None:
                part = (part[0], part[1], leading)
            todo.append(part)
    return _joined(pieces)


def _brackets(binds: int, least: int) -> tuple[str, str]:
    if OR <= binds <= COMPARISON and least >= SUM:
        return r"\left[", r"\right]"
    return r"\left(", r"\right)"


def _joined(pieces: list[str]) -> str:
    """The pieces as one text, factors side by side or with a dot between."""
    for i, piece in enumerate(pieces):
        if piece == TIMES:
            pieces[i] = r" \cdot " if _needs_dot(pieces[i - 1], *pieces[i + 1 : i + 3]) else " "
    return "".join(pieces)


def _needs_dot(before: str, behind: str, further: str = "") -> bool:
    """Whether two factors side by side would read as something else: 2 3, 2 ½, a word."""
    if behind[0].isdigit() or symbols.is_word(before):
        return True
    if before[-1].isdigit():
        return behind.startswith(r"\frac")
    return symbols.is_word(behind) or (behind == r"\left(" and further == "-")


def _laid_out(node: Expression, least: int) -> Layout:
    op = node.op
    if least == ROW:
        return ROW, row(node)
    if op == "call":
        return _call(node)
    if op in FORMS:
        return FORMS[op](node)
    if op in FUNCTIONS and len(node.args) in FUNCTIONS[op][0]:
        return FUNCTIONS[op][1](*node.args)
    return generic(node, op)


def _call(node: Expression) -> Layout:
    function, args = called(node)
    assert function is not None
    if not node.keywords:
        if function in FUNCTIONS and len(args) in FUNCTIONS[function][0]:
            return FUNCTIONS[function][1](*args)
        if function == "pow" and len(args) == 2:
            return pow(Expression("pow", args))
        if function == "where" and len(args) == 3:
            return cases(node)
    return generic(node, function)
