"""Rules of what the language writes with a sign: arithmetic, comparisons, and, or, not."""

from __future__ import annotations

from gradcli.rules.helpers import is_number
from gradcli.rules.rulebook import Convention, operator, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

operator(
    "add", "a, b", written="a + b",
    value=lambda xp, a, b: a + b,
    vjps=[lambda xp, g, out, a, b: g, lambda xp, g, out, a, b: g],
    backward="AddBackward0", summary="the sum", derivative="1; 1", domain="all a, b",
    example="x + y at x=1, y=2", linear=True,
)
operator(
    "sub", "a, b", written="a - b",
    value=lambda xp, a, b: a - b,
    vjps=[lambda xp, g, out, a, b: g, lambda xp, g, out, a, b: -g],
    backward="SubBackward0", summary="the difference", derivative="1; -1", domain="all a, b",
    example="x - y at x=1, y=2", linear=True,
    # PyTorch has 2 - x computed by rsub of the tensor.
    variant=lambda operands, static: "RsubBackward1" if is_number(operands[0]) else "SubBackward0",
)
operator(
    "mul", "a, b", written="a * b",
    value=lambda xp, a, b: a * b,
    vjps=[lambda xp, g, out, a, b: g * b, lambda xp, g, out, a, b: g * a],
    backward="MulBackward0", summary="the product", derivative="b; a", domain="all a, b",
    example="x*y at x=2, y=3",
)
operator(
    "div", "a, b", written="a / b",
    value=lambda xp, a, b: xp.div(a, b),
    # (a/b)/b and not a/b**2, whose square overflows before the quotient does.
    vjps=[
        lambda xp, g, out, a, b: xp.div(g, b),
        lambda xp, g, out, a, b: -g * xp.div(xp.div(a, b), b),
    ],
    backward="DivBackward0", summary="the quotient", derivative="1/b; -a/b**2", domain="b != 0",
    example="x/y at x=1, y=4",
)
operator(
    "reciprocal", "x", written="",
    value=lambda xp, x: xp.div(1.0, x),
    vjps=[lambda xp, g, out, x: -g * (out * out)],
    backward="ReciprocalBackward0", summary="1/x", derivative="-1/x**2", domain="x != 0",
    example="x**-1 at x=4",
)
operator(
    "floordiv", "a, b", written="a // b",
    value=lambda xp, a, b: xp.floordiv(a, b),
    vjps=[lambda xp, g, out, a, b: xp.zeros_like(out), lambda xp, g, out, a, b: xp.zeros_like(out)],
    # PyTorch has no derivative of it; the name follows its pattern.
    backward="FloorDivideBackward0", summary="the quotient rounded down", derivative="0; 0", domain="b != 0",
    example="x // y at x=7, y=2", samples=[(0.7, -1.3), (2.4, 0.7), (-1.3, 0.4)],
    conventions=[Convention(
        lambda xp, a, b: xp.eq(xp.mod(a, b), 0.0),
        "a jump: the quotient is whole here, the derivative beside it, 0, is used",
    )],
)
operator(
    "mod", "a, b", written="a % b",
    value=lambda xp, a, b: xp.mod(a, b),
    vjps=[lambda xp, g, out, a, b: g, lambda xp, g, out, a, b: -g * xp.floordiv(a, b)],
    backward="RemainderBackward1", summary="the remainder, with the sign of b", derivative="1; -floor(a/b)",
    domain="b != 0", example="x % y at x=7.5, y=2", samples=[(0.7, -1.3), (2.4, 0.7), (-1.3, 0.4)],
    variant=lambda operands, static: f"RemainderBackward{0 if is_number(operands[1]) else 1}",
    conventions=[Convention(
        lambda xp, a, b: xp.eq(xp.mod(a, b), 0.0),
        "a jump: the quotient is whole here, the derivative to its right is used, as PyTorch does",
    )],
)
operator(
    "neg", "x", written="-x",
    value=lambda xp, x: -x,
    vjps=[lambda xp, g, out, x: -g],
    backward="NegBackward0", summary="the negative", derivative="-1", example="-x at x=3", linear=True,
)


def _power_backward(operands: Sequence[Any], _: Any) -> str:
    if is_number(operands[1]):
        return "PowBackward0"
    return "PowBackward2" if is_number(operands[0]) else "PowBackward1"


def _power_vjp(xp: Any, g: Any, x: Any, y: Any) -> Any:
    if isinstance(y, float | int):  # decided here: no where() for a second derivative to go through
        return g * (y * xp.pow(x, y - 1.0)) if y != 0 else xp.zeros_like(x)
    return xp.where(xp.eq(y, 0.0), 0.0, g * (y * xp.pow(x, y - 1.0)))


rule(
    "pow", "x, y",
    value=lambda xp, x, y: xp.pow(x, y),
    # Each where() keeps a 0*inf out of the gradient, as PyTorch's do: x**0 is flat in x, 0**y in y > 0.
    vjps=[
        lambda xp, g, out, x, y: _power_vjp(xp, g, x, y),
        lambda xp, g, out, x, y: xp.where(
            xp.logical_and(xp.eq(x, 0.0), xp.ge(y, 0.0)), 0.0, g * (out * xp.log(x))
        ),
    ],
    backward="PowBackward0", variant=_power_backward, summary="x to the power y",
    derivative="y*x**(y - 1); x**y*log(x)", domain="x > 0, or y a whole number", example="x**3 at x=2",
    samples=[(0.7, 1.3), (2.5, -1.7), (1.6, 2.0), (-1.3, 3.0)],
    conventions=[
        Convention(
            lambda xp, x, y: xp.logical_and(xp.lt(x, 0.0), xp.ne(y, xp.round(y))),
            "a negative number to a broken power is not real; for an odd root of it use cbrt(x)",
            valueless=True,
        ),
        Convention(
            lambda xp, x, y: xp.logical_and(
                xp.eq(x, 0.0), xp.logical_and(xp.lt(xp.abs(y - 0.5), 0.5), xp.ne(y, 0.0))
            ),
            "one-sided: the derivative in x tends to inf as x falls to 0",
        ),
        Convention(
            lambda xp, x, y: xp.logical_and(xp.eq(x, 0.0), xp.eq(y, 0.0)),
            "0**0 is 1 and its gradient 0 by convention, as in PyTorch",
        ),
    ],
)

_TRUTHS = [
    ("lt", "less than"), ("le", "less or equal"), ("gt", "greater than"), ("ge", "greater or equal"),
    ("eq", "equal"), ("ne", "different"),
]
_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def _truth(name: str, summary: str) -> None:
    operator(
        name, "a, b", written=f"a {_SIGNS[name]} b",
        value=lambda xp, a, b: getattr(xp, name)(a, b),
        vjps=[None, None],
        summary=f"1 where a is {summary} b, else 0; carries no gradient", derivative="0; 0",
        domain="all a, b",
        example=f"x {_SIGNS[name]} y at x=1, y=2",
    )


for _name, _summary in _TRUTHS:
    _truth(_name, _summary)

operator(
    "logical_and", "a, b", written="a and b",
    value=lambda xp, a, b: xp.logical_and(a, b),
    vjps=[None, None],
    summary="1 where neither is 0, else 0; carries no gradient", derivative="0; 0", domain="all a, b",
    example="x > 0 and x < 1 at x=0.5",
)
operator(
    "logical_or", "a, b", written="a or b",
    value=lambda xp, a, b: xp.logical_or(a, b),
    vjps=[None, None],
    summary="1 where one is not 0, else 0; carries no gradient", derivative="0; 0", domain="all a, b",
    example="x < 0 or x > 1 at x=0.5",
)
operator(
    "logical_not", "x", written="not x",
    value=lambda xp, x: xp.logical_not(x),
    vjps=[None],
    summary="1 where x is 0, else 0; carries no gradient", derivative="0", example="not x > 0 at x=0.5",
)
rule(
    "where", "c, a, b",
    value=lambda xp, c, a, b: xp.where(c, a, b),
    vjps=[
        None,
        lambda xp, g, out, c, a, b: xp.where(c, g, 0.0),
        lambda xp, g, out, c, a, b: xp.where(c, 0.0, g),
    ],
    backward="WhereBackward0", summary="a where c is not 0, else b; `a if c else b` of an array is the same",
    derivative="0; where(c, 1, 0); where(c, 0, 1)", domain="all c, a, b",
    example="where(x > 0, x, x/10) at x=[-1, 2]",
    samples=[(1.0, 0.7, -0.4), (0.0, 0.7, -0.4)],
)
