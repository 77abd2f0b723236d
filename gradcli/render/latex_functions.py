"""How functions are laid out in LaTeX that are not written as a name before parentheses."""

from __future__ import annotations

from gradcli.numbers.expression import Expression
from gradcli.render.latex_forms import ATOM, CALL, MODULO, POWER, SUM, inside, signed, transpose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.render.latex_forms import Layout


def _between(opening: str, closing: str, binds: int = CALL) -> Callable[..., Layout]:
    return lambda x: (binds, [opening, inside(x), closing])


def _exponential(base: str) -> Callable[..., Layout]:
    return lambda x: (POWER, [f"{base}^{{", inside(x), "}"])


def _inv(x: Expression) -> Layout:
    return POWER, [(x, ATOM, True), "^{-1}"]


def _expm1(x: Expression) -> Layout:
    return SUM, ["e^{", inside(x), "} - 1"]


def _log1p(x: Expression) -> Layout:
    one = Expression("number", (), 1.0)
    return CALL, [r"\ln\left(", inside(Expression("add", (one, x))), r"\right)"]


def _log_base(x: Expression, base: Expression) -> Layout:
    return CALL, [r"\log_{", inside(base), r"}\left(", inside(x), r"\right)"]


def _hypot(x: Expression, y: Expression) -> Layout:
    two = Expression("number", (), 2.0)
    squares = Expression("add", (Expression("pow", (x, two)), Expression("pow", (y, two))))
    return CALL, [r"\sqrt{", inside(squares), "}"]


def _polygamma(n: Expression, x: Expression) -> Layout:
    return CALL, [r"\psi^{\left(", inside(n), r"\right)}\left(", inside(x), r"\right)"]


def _norm(x: Expression, p: Expression | None = None) -> Layout:
    index = [] if p is None else ["_{", inside(p), "}"]
    return ATOM, [r"\left\lVert ", inside(x), r"\right\rVert", *index]


def _diff(f: Expression, x: Expression, order: Expression | None = None) -> Layout:
    power = [] if order is None else ["^{", inside(order), "}"]
    below = [r"}{\mathrm{d}", (x, ATOM, True), *power, "} "]
    return MODULO, [r"\frac{\mathrm{d}", *power, *below, (f, POWER, False)]


def _of_operands(form: Callable[[Any], Layout]) -> Callable[..., Layout]:
    return lambda *operands: form(Expression("", operands))


FUNCTIONS: dict[str, tuple[tuple[int, ...], Callable[..., Layout]]] = {
    "abs": ((1,), _between(r"\left|", r"\right|", ATOM)),
    "floor": ((1,), _between(r"\left\lfloor ", r"\right\rfloor", ATOM)),
    "ceil": ((1,), _between(r"\left\lceil ", r"\right\rceil", ATOM)),
    "sqrt": ((1,), _between(r"\sqrt{", "}")),
    "cbrt": ((1,), _between(r"\sqrt[3]{", "}")),
    "exp": ((1,), _exponential("e")),
    "exp2": ((1,), _exponential("2")),
    "expm1": ((1,), _expm1),
    "log1p": ((1,), _log1p),
    "log_base": ((2,), _log_base),
    "hypot": ((2,), _hypot),
    "reciprocal": ((1,), _between(r"\frac{1}{", "}")),
    "lgamma": ((1,), _between(r"\ln\left|\Gamma\left(", r"\right)\right|")),
    "polygamma": ((2,), _polygamma),
    "norm": ((1, 2), _norm),
    "logdet": ((1,), _between(r"\ln\det\left(", r"\right)")),
    "det": ((1,), _between(r"\det\left(", r"\right)")),
    "inv": ((1,), _inv),
    "transpose": ((1,), transpose),
    "dot": ((2,), _of_operands(signed(r" \cdot "))),
    "cross": ((2,), _of_operands(signed(r" \times "))),
    "outer": ((2,), _of_operands(signed(r" \otimes "))),
    "diff": ((2, 3), _diff),
}
"""Functions that are not written as a name before parentheses: how many operands that is for, and how."""
