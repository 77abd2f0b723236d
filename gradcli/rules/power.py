"""Rules of roots, exponentials and logarithms."""

from __future__ import annotations

from gradcli.rules.helpers import is_number
from gradcli.rules.rulebook import Convention, operator, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_POSITIVE = [(0.7,), (1.3,), (4.2,)]
_NO_LOGARITHM = Convention(
    lambda xp, x: xp.lt(x, 0.0), "below 0 there is no value: the gradient has no meaning", valueless=True
)


def _second(operands: Sequence[Any]) -> int:
    """By which number PyTorch calls a backward node whose second operand may be a plain number."""
    return 2 if is_number(operands[1]) else 0


rule(
    "sqrt", "x", textbook=True,
    value=lambda xp, x: xp.sqrt(x),
    vjps=[lambda xp, g, out, x: xp.div(g, 2.0 * out)],
    backward="SqrtBackward0", summary="the square root", derivative="1/(2*sqrt(x))", domain="x >= 0",
    example="sqrt(x) at x=2", samples=_POSITIVE,
    conventions=[
        Convention(lambda xp, x: xp.eq(x, 0.0), "one-sided: the derivative tends to inf as x falls to 0"),
        Convention(lambda xp, x: xp.lt(x, 0.0), "a negative number has no real square root", valueless=True),
    ],
)
rule(
    "cbrt", "x", textbook=True,
    value=lambda xp, x: xp.cbrt(x),
    vjps=[lambda xp, g, out, x: xp.div(g, 3.0 * (out * out))],
    # PyTorch has none; the name follows its pattern.
    backward="CbrtBackward0", summary="the cube root, also of negative numbers",
    derivative="1/(3*cbrt(x)**2)",
    example="cbrt(x) at x=-8", samples=[(0.7,), (-1.3,), (4.2,)],
    conventions=[
        Convention(lambda xp, x: xp.eq(x, 0.0), "the tangent is vertical: the derivative tends to inf at 0"),
    ],
)
rule(
    "exp", "x", textbook=True,
    value=lambda xp, x: xp.exp(x),
    vjps=[lambda xp, g, out, x: g * out],
    backward="ExpBackward0", summary="e to the power x", derivative="exp(x)", example="exp(-x**2) at x=1",
)
rule(
    "exp2", "x",
    value=lambda xp, x: xp.exp2(x),
    vjps=[lambda xp, g, out, x: g * (out * xp.log(xp.number(2.0, x)))],
    backward="Exp2Backward0", summary="2 to the power x", derivative="exp2(x)*log(2)",
    example="exp2(x) at x=3",
)
rule(
    "expm1", "x",
    value=lambda xp, x: xp.expm1(x),
    # exp(x) and not out + 1, which has lost its digits where x is far below 0.
    vjps=[lambda xp, g, out, x: g * xp.exp(x)],
    backward="Expm1Backward0", summary="exp(x) - 1, exact near 0", derivative="exp(x)",
    example="expm1(x) at x=1e-8",
)
rule(
    "log", "x", spellings=["ln"], overloads=["log_base"], textbook=True,
    value=lambda xp, x: xp.log(x),
    vjps=[lambda xp, g, out, x: xp.div(g, x)],
    backward="LogBackward0", summary="the natural logarithm; log(x, b) is the one to base b",
    derivative="1/x",
    domain="x > 0", example="log(x) at x=2", samples=_POSITIVE, conventions=[_NO_LOGARITHM],
)
operator(
    "log_base", "x, b", shown="log",
    value=lambda xp, x, b: xp.div(xp.log(x), xp.log(b)),
    vjps=[
        lambda xp, g, out, x, b: xp.div(g, x * xp.log(b)),
        lambda xp, g, out, x, b: -g * xp.div(out, b * xp.log(b)),
    ],
    # PyTorch divides two logarithms and calls the result so.
    backward="DivBackward0", summary="the logarithm to base b",
    derivative="1/(x*log(b)); -log(x)/(b*log(b)**2)", domain="x > 0, b > 0, b != 1",
    example="log(x, 3) at x=2",
    samples=[(0.7, 3.0), (2.5, 0.4), (4.2, 10.0)],
    conventions=[Convention(
        lambda xp, x, b: xp.logical_or(xp.lt(x, 0.0), xp.lt(b, 0.0)),
        "below 0 there is no logarithm: the gradient has no meaning",
        valueless=True,
    )],
)
rule(
    "log2", "x", textbook=True,
    value=lambda xp, x: xp.log2(x),
    vjps=[lambda xp, g, out, x: xp.div(g, x * xp.log(xp.number(2.0, x)))],
    backward="Log2Backward0", summary="the logarithm to base 2", derivative="1/(x*log(2))", domain="x > 0",
    example="log2(x) at x=8", samples=_POSITIVE, conventions=[_NO_LOGARITHM],
)
rule(
    "log10", "x", spellings=["lg"], textbook=True,
    value=lambda xp, x: xp.log10(x),
    vjps=[lambda xp, g, out, x: xp.div(g, x * xp.log(xp.number(10.0, x)))],
    backward="Log10Backward0", summary="the logarithm to base 10", derivative="1/(x*log(10))", domain="x > 0",
    example="log10(x) at x=1000", samples=_POSITIVE, conventions=[_NO_LOGARITHM],
)
rule(
    "log1p", "x",
    value=lambda xp, x: xp.log1p(x),
    vjps=[lambda xp, g, out, x: xp.div(g, x + 1.0)],
    backward="Log1PBackward0", summary="log(1 + x), exact near 0", derivative="1/(1 + x)", domain="x > -1",
    example="log1p(x) at x=1e-8", samples=[(0.7,), (-0.6,), (4.2,)],
    conventions=[
        Convention(
            lambda xp, x: xp.lt(x, -1.0), "below -1 there is no value: the gradient has no meaning",
            valueless=True,
        ),
    ],
)
operator(
    "logaddexp", "a, b", written="",
    value=lambda xp, a, b: xp.logaddexp(a, b),
    vjps=[lambda xp, g, out, a, b: g * xp.sigmoid(a - b), lambda xp, g, out, a, b: g * xp.sigmoid(b - a)],
    backward="LogaddexpBackward0", summary="log(exp(a) + exp(b))",
    derivative="sigmoid(a - b); sigmoid(b - a)",
    domain="all a, b", example="logsumexp([a, b]) at a=1, b=2",
)
rule(
    "xlogy", "x, y",
    value=lambda xp, x, y: xp.xlogy(x, y),
    vjps=[
        lambda xp, g, out, x, y: xp.where(
            xp.logical_and(xp.eq(x, 0.0), xp.le(y, 0.0)), 0.0, g * xp.log(y)
        ),
        lambda xp, g, out, x, y: g * xp.div(x, y),
    ],
    backward="XlogyBackward0",
    variant=lambda operands, static: f"XlogyBackward{1 if is_number(operands[0]) else _second(operands)}",
    summary="x*log(y), and 0 where x is 0", derivative="log(y); x/y", domain="y > 0, or x = 0",
    example="xlogy(x, y) at x=1, y=2", samples=[(0.7, 3.0), (-2.5, 0.4), (4.2, 10.0)],
    conventions=[
        Convention(
            lambda xp, x, y: xp.logical_and(xp.ne(x, 0.0), xp.lt(y, 0.0)),
            "below 0 there is no logarithm: the gradient has no meaning",
        ),
        Convention(
            lambda xp, x, y: xp.logical_and(xp.eq(x, 0.0), xp.le(y, 0.0)),
            "xlogy(0, y) is 0 where y has no logarithm: the derivative in x, which is none, is taken as 0, "
            "as PyTorch does",
        ),
    ],
)
rule(
    "hypot", "x, y",
    value=lambda xp, x, y: xp.hypot(x, y),
    vjps=[lambda xp, g, out, x, y: g * xp.div(x, out), lambda xp, g, out, x, y: g * xp.div(y, out)],
    backward="HypotBackward0", summary="sqrt(x**2 + y**2), without overflow of the squares",
    derivative="x/hypot(x, y); y/hypot(x, y)", domain="(x, y) != (0, 0)", example="hypot(x, y) at x=3, y=4",
    conventions=[Convention(
        lambda xp, x, y: xp.logical_and(xp.eq(x, 0.0), xp.eq(y, 0.0)),
        "the tip of a cone: not differentiable at the origin, nan as in PyTorch (norm([x, y]) gives 0 there)",
    )],
)
