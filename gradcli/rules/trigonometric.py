"""Rules of the circular and hyperbolic functions and their inverses."""

from __future__ import annotations

from gradcli.rules.helpers import is_formula, is_rounded, squared
from gradcli.rules.rulebook import Convention, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

rule(
    "sin", "x", spellings=["sen"], textbook=True,
    value=lambda xp, x: xp.sin(x),
    vjps=[lambda xp, g, out, x: g * xp.cos(x)],
    backward="SinBackward0", summary="the sine, x in radians", derivative="cos(x)",
    example="sin(x**2) at x=4",
)
rule(
    "cos", "x", textbook=True,
    value=lambda xp, x: xp.cos(x),
    vjps=[lambda xp, g, out, x: -g * xp.sin(x)],
    backward="CosBackward0", summary="the cosine, x in radians", derivative="-sin(x)",
    example="cos(2x) at x=1",
)
rule(
    "tan", "x", spellings=["tg"], textbook=True,
    value=lambda xp, x: xp.tan(x),
    vjps=[lambda xp, g, out, x: g * (1.0 + out * out)],
    backward="TanBackward0", summary="the tangent, x in radians", derivative="1 + tan(x)**2",
    domain="x not an odd multiple of pi/2", example="tan(x) at x=pi/4",
)
# PyTorch has none of the three reciprocals; their names follow its pattern.
rule(
    "sec", "x", textbook=True,
    value=lambda xp, x: xp.div(1.0, xp.cos(x)),
    vjps=[lambda xp, g, out, x: g * (out * xp.tan(x))],
    backward="SecBackward0", summary="the secant, 1/cos(x)", derivative="sec(x)*tan(x)",
    domain="x not an odd multiple of pi/2", example="sec(x) at x=1",
)
rule(
    "csc", "x", spellings=["cosec"], textbook=True,
    value=lambda xp, x: xp.div(1.0, xp.sin(x)),
    vjps=[lambda xp, g, out, x: -g * xp.div(out, xp.tan(x))],
    backward="CscBackward0", summary="the cosecant, 1/sin(x)", derivative="-csc(x)*cot(x)",
    domain="x not a multiple of pi", example="csc(x) at x=1",
)
rule(
    "cot", "x", spellings=["ctg"], textbook=True,
    value=lambda xp, x: xp.div(1.0, xp.tan(x)),
    vjps=[lambda xp, g, out, x: -g * (1.0 + out * out)],
    backward="CotBackward0", summary="the cotangent, 1/tan(x)", derivative="-csc(x)**2",
    domain="x not a multiple of pi", example="cot(x) at x=1",
)

_OUTSIDE = Convention(
    lambda xp, x: xp.gt(xp.abs(x), 1.0), "outside [-1, 1] there is no value: the gradient has no meaning",
    valueless=True,
)
rule(
    "asin", "x", spellings=["arcsin"], textbook=True,
    value=lambda xp, x: xp.asin(x),
    vjps=[lambda xp, g, out, x: xp.div(g, xp.sqrt(1.0 - x * x))],
    backward="AsinBackward0", summary="the arc sine, in radians", derivative="1/sqrt(1 - x**2)",
    domain="-1 <= x <= 1", example="asin(x) at x=0.5", samples=[(0.7,), (-0.3,), (0.05,)],
    conventions=[
        Convention(lambda xp, x: xp.eq(xp.abs(x), 1.0), "one-sided: the derivative tends to inf at -1 and 1"),
        _OUTSIDE,
    ],
)
rule(
    "acos", "x", spellings=["arccos"], textbook=True,
    value=lambda xp, x: xp.acos(x),
    vjps=[lambda xp, g, out, x: xp.div(-g, xp.sqrt(1.0 - x * x))],
    backward="AcosBackward0", summary="the arc cosine, in radians", derivative="-1/sqrt(1 - x**2)",
    domain="-1 <= x <= 1", example="acos(x) at x=0.5", samples=[(0.7,), (-0.3,), (0.05,)],
    conventions=[
        Convention(lambda xp, x: xp.eq(xp.abs(x), 1.0), "one-sided: the derivative is -inf at -1 and 1"),
        _OUTSIDE,
    ],
)
rule(
    "atan", "x", spellings=["arctan", "arctg"], textbook=True,
    value=lambda xp, x: xp.atan(x),
    vjps=[lambda xp, g, out, x: xp.div(g, x * x + 1.0)],
    backward="AtanBackward0", summary="the arc tangent, in radians", derivative="1/(x**2 + 1)",
    example="atan(x) at x=2",
)

_INSIDE = Convention(
    lambda xp, x: xp.lt(xp.abs(x), 1.0), "between -1 and 1 there is no value: the gradient has no meaning",
    valueless=True,
)


def _infinite_slope(says: str) -> Convention:
    return Convention(lambda xp, x: xp.eq(xp.abs(x), 1.0), f"one-sided: the derivative {says} at -1 and 1")


def _root_above(xp: Any, x: Any) -> Any:
    """|x|*sqrt(x**2 - 1), without the loss of digits of the square close to 1."""
    size = xp.abs(x)
    if is_formula(x):
        return size * xp.sqrt(x * x - 1.0)
    scale = xp.scale(1.0 + size, ())
    y, one = xp.div(size, scale), xp.div(xp.number(1.0, x), scale)
    return size * (scale * xp.sqrt((y - one) * (y + one)))


# PyTorch has none of the inverses of the reciprocals; their names follow its pattern.
rule(
    "asec", "x", spellings=["arcsec"], textbook=True,
    value=lambda xp, x: xp.asec(x),
    vjps=[lambda xp, g, out, x: xp.div(g, _root_above(xp, x))],
    backward="AsecBackward0", summary="the arc secant, acos(1/x), from 0 to pi",
    derivative="1/(abs(x)*sqrt(x**2 - 1))",
    domain="x <= -1 or x >= 1", example="asec(x) at x=2", samples=[(1.7,), (-2.3,), (5.1,)],
    conventions=[
        _infinite_slope("tends to inf"),
        _INSIDE,
        Convention(
            lambda xp, x: xp.lt(x, -1.0),
            "asec(x) is acos(1/x), from 0 to pi; where it is taken from pi to 3*pi/2 for x below 0, "
            "its derivative is 1/(x*sqrt(x**2 - 1)), which has the other sign",
        ),
    ],
)
rule(
    "acsc", "x", spellings=["arccsc", "acosec", "arccosec"], textbook=True,
    value=lambda xp, x: xp.acsc(x),
    vjps=[lambda xp, g, out, x: xp.div(-g, _root_above(xp, x))],
    backward="AcscBackward0", summary="the arc cosecant, asin(1/x), from -pi/2 to pi/2",
    derivative="-1/(abs(x)*sqrt(x**2 - 1))",
    domain="x <= -1 or x >= 1", example="acsc(x) at x=2", samples=[(1.7,), (-2.3,), (5.1,)],
    conventions=[
        _infinite_slope("tends to -inf"),
        _INSIDE,
        Convention(
            lambda xp, x: xp.lt(x, -1.0),
            "acsc(x) is asin(1/x), from -pi/2 to pi/2; where it is taken from pi to 3*pi/2 for x below 0, "
            "its derivative is -1/(x*sqrt(x**2 - 1)), which has the other sign",
        ),
    ],
)
rule(
    "acot", "x", spellings=["arccot", "arcctg"], textbook=True,
    value=lambda xp, x: xp.acot(x),
    vjps=[lambda xp, g, out, x: xp.div(-g, x * x + 1.0)],
    backward="AcotBackward0", summary="the arc cotangent, atan(1/x), from -pi/2 to pi/2",
    derivative="-1/(x**2 + 1)", domain="x != 0", example="acot(x) at x=2", samples=[(0.7,), (-1.3,), (4.2,)],
    conventions=[
        Convention(
            lambda xp, x: xp.eq(x, 0.0),
            "a jump at 0, from -pi/2 to pi/2: acot(x) is atan(1/x), the derivative beside it is used",
        ),
        Convention(
            lambda xp, x: xp.lt(x, 0.0),
            "acot(x) is atan(1/x), from -pi/2 to pi/2; where it is taken from 0 to pi, it is larger by pi "
            "for x below 0, and its derivative the same",
        ),
    ],
)


def _across(xp: Any, a: Any, b: Any) -> Any:
    """a/(a**2 + b**2), without overflow or underflow of the squares; 0 at the origin, as PyTorch has it."""
    r = xp.hypot(a, b)
    zero = xp.eq(r, 0.0)
    r = xp.where(zero, 1.0, r)
    return xp.div(xp.div(a, r), r)


rule(
    "atan2", "y, x",
    value=lambda xp, y, x: xp.atan2(y, x),
    vjps=[
        lambda xp, g, out, y, x: g * _across(xp, x, y),
        lambda xp, g, out, y, x: g * _across(xp, -y, x),
    ],
    backward="Atan2Backward0", summary="the angle of the point (x, y), from -pi to pi",
    derivative="x/(x**2 + y**2); -y/(x**2 + y**2)", domain="(x, y) != (0, 0)",
    example="atan2(y, x) at y=1, x=2",
    conventions=[
        Convention(
            lambda xp, y, x: xp.logical_and(xp.eq(y, 0.0), xp.eq(x, 0.0)),
            "no angle at the origin: value and gradient 0 by convention, as in PyTorch",
        ),
    ],
)
rule(
    "sinh", "x", spellings=["sh"], textbook=True,
    value=lambda xp, x: xp.sinh(x),
    vjps=[lambda xp, g, out, x: g * xp.cosh(x)],
    backward="SinhBackward0", summary="the hyperbolic sine", derivative="cosh(x)", example="sinh(x) at x=1",
)
rule(
    "cosh", "x", spellings=["ch"], textbook=True,
    value=lambda xp, x: xp.cosh(x),
    vjps=[lambda xp, g, out, x: g * xp.sinh(x)],
    backward="CoshBackward0", summary="the hyperbolic cosine", derivative="sinh(x)", example="cosh(x) at x=1",
)
rule(
    "tanh", "x", spellings=["th"], textbook=True,
    value=lambda xp, x: xp.tanh(x),
    # 1 - tanh**2 has no digit left above x = 19, but of floats it is PyTorch's: what divides by it cancels.
    vjps=[lambda xp, g, out, x: g * (1.0 - out * out if is_rounded(x) else squared(xp.sech(x)))],
    backward="TanhBackward0", summary="the hyperbolic tangent", derivative="1 - tanh(x)**2",
    example="tanh(x) at x=1",
)
# PyTorch has none of the three reciprocals; their names follow its pattern.
rule(
    "sech", "x", textbook=True,
    value=lambda xp, x: xp.sech(x),
    vjps=[lambda xp, g, out, x: -g * (out * xp.tanh(x))],
    backward="SechBackward0", summary="the hyperbolic secant, 1/cosh(x)", derivative="-sech(x)*tanh(x)",
    example="sech(x) at x=1",
)
# By sech and tanh, of which neither overflows, where 1/sinh**2 would be 0*inf in a second derivative.
rule(
    "csch", "x", spellings=["cosech"], textbook=True,
    value=lambda xp, x: xp.div(1.0, xp.sinh(x)),
    vjps=[lambda xp, g, out, x: -g * xp.div(out, xp.tanh(x))],
    backward="CschBackward0", summary="the hyperbolic cosecant, 1/sinh(x)", derivative="-csch(x)*coth(x)",
    domain="x != 0", example="csch(x) at x=1",
)
rule(
    "coth", "x", spellings=["cth"], textbook=True,
    value=lambda xp, x: xp.div(1.0, xp.tanh(x)),
    vjps=[lambda xp, g, out, x: -g * squared(xp.div(xp.sech(x), xp.tanh(x)))],
    backward="CothBackward0", summary="the hyperbolic cotangent, 1/tanh(x)", derivative="-csch(x)**2",
    domain="x != 0", example="coth(x) at x=1",
)


def _root_beside(xp: Any, x: Any, one: float) -> Any:
    """sqrt(x**2 + one) for a `one` of 1 or -1, of every finite x: of a large one the square overflows."""
    # A power of two for each element, not below 1: by it nothing is rounded that would not be anyway.
    scale = xp.scale(1.0 + xp.abs(x), ())
    y = xp.div(x, scale)
    return scale * xp.sqrt(y * y + xp.div(xp.div(xp.number(one, x), scale), scale))


rule(
    "asinh", "x", spellings=["arcsinh", "arsinh"], textbook=True,
    value=lambda xp, x: xp.asinh(x),
    vjps=[lambda xp, g, out, x: xp.div(g, _root_beside(xp, x, 1.0))],
    backward="AsinhBackward0", summary="the inverse of sinh", derivative="1/sqrt(x**2 + 1)",
    example="asinh(x) at x=1",
)
rule(
    "acosh", "x", spellings=["arccosh", "arcosh"], textbook=True,
    value=lambda xp, x: xp.acosh(x),
    vjps=[lambda xp, g, out, x: xp.div(g, _root_beside(xp, x, -1.0))],
    backward="AcoshBackward0", summary="the inverse of cosh, not negative", derivative="1/sqrt(x**2 - 1)",
    domain="x >= 1", example="acosh(x) at x=2", samples=[(1.7,), (2.3,), (5.1,)],
    conventions=[
        Convention(lambda xp, x: xp.eq(x, 1.0), "one-sided: the derivative tends to inf as x falls to 1"),
        Convention(
            lambda xp, x: xp.lt(x, 1.0), "below 1 there is no value: the gradient has no meaning",
            valueless=True,
        ),
    ],
)
rule(
    "atanh", "x", spellings=["arctanh", "artanh"], textbook=True,
    value=lambda xp, x: xp.atanh(x),
    vjps=[lambda xp, g, out, x: xp.div(g, 1.0 - x * x)],
    backward="AtanhBackward0", summary="the inverse of tanh", derivative="1/(1 - x**2)", domain="-1 < x < 1",
    example="atanh(x) at x=0.5", samples=[(0.7,), (-0.3,), (0.05,)],
    conventions=[_OUTSIDE],
)
rule(
    "asech", "x", spellings=["arcsech", "arsech"], textbook=True,
    value=lambda xp, x: xp.asech(x),
    vjps=[lambda xp, g, out, x: xp.div(-g, x * xp.sqrt(1.0 - x * x))],
    backward="AsechBackward0", summary="the inverse of sech, acosh(1/x), not negative",
    derivative="-1/(x*sqrt(1 - x**2))", domain="0 < x <= 1", example="asech(x) at x=0.5",
    samples=[(0.7,), (0.3,), (0.05,)],
    conventions=[
        Convention(lambda xp, x: xp.eq(x, 1.0), "one-sided: the derivative tends to -inf as x rises to 1"),
        Convention(
            lambda xp, x: xp.logical_or(xp.lt(x, 0.0), xp.gt(x, 1.0)),
            "below 0 and above 1 there is no value: the gradient has no meaning",
            valueless=True,
        ),
    ],
)
rule(
    "acsch", "x", spellings=["arccsch", "arcsch"], textbook=True,
    value=lambda xp, x: xp.acsch(x),
    vjps=[lambda xp, g, out, x: xp.div(-g, xp.abs(x) * _root_beside(xp, x, 1.0))],
    backward="AcschBackward0", summary="the inverse of csch, asinh(1/x)",
    derivative="-1/(abs(x)*sqrt(x**2 + 1))", domain="x != 0", example="acsch(x) at x=1",
    samples=[(0.7,), (-1.3,), (4.2,)],
)
rule(
    "acoth", "x", spellings=["arccoth", "arcoth"], textbook=True,
    value=lambda xp, x: xp.acoth(x),
    vjps=[lambda xp, g, out, x: xp.div(g, (1.0 - x) * (1.0 + x))],
    backward="AcothBackward0", summary="the inverse of coth, atanh(1/x)", derivative="1/(1 - x**2)",
    domain="x < -1 or x > 1", example="acoth(x) at x=2", samples=[(1.7,), (-2.3,), (5.1,)],
    conventions=[_INSIDE],
)
rule(
    "radians", "x",
    value=lambda xp, x: xp.div(x * xp.pi(x), 180.0),
    vjps=[lambda xp, g, out, x: xp.div(g * xp.pi(x), 180.0)],
    backward="Deg2RadBackward0", summary="degrees to radians", derivative="pi/180",
    example="sin(radians(x)) at x=30",
    linear=True,
)
rule(
    "degrees", "x",
    value=lambda xp, x: xp.div(x * 180.0, xp.pi(x)),
    vjps=[lambda xp, g, out, x: xp.div(g * 180.0, xp.pi(x))],
    backward="Rad2DegBackward0", summary="radians to degrees", derivative="180/pi",
    example="degrees(x) at x=pi",
    linear=True,
)
