"""Rules of the error functions and of the gamma function and its kin."""

from __future__ import annotations

from gradcli.rules.helpers import squared
from gradcli.rules.rulebook import Convention, operator, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_POSITIVE = [(0.7,), (1.3,), (4.2,)]
_POLE = Convention(
    lambda xp, x: xp.logical_and(xp.le(x, 0.0), xp.eq(x, xp.floor(x))),
    "a pole: no derivative at 0 and the negative whole numbers",
)


def _bell(xp: Any, x: Any) -> Any:
    """The derivative of erf, 2*exp(-x**2)/sqrt(pi)."""
    return xp.div(2.0 * xp.exp(-(x * x)), xp.sqrt(xp.pi(x)))


rule(
    "erf", "x",
    value=lambda xp, x: xp.erf(x),
    vjps=[lambda xp, g, out, x: g * _bell(xp, x)],
    backward="ErfBackward0", summary="the error function", derivative="2*exp(-x**2)/sqrt(pi)",
    example="erf(x) at x=0.5",
)
rule(
    "erfc", "x",
    value=lambda xp, x: xp.erfc(x),
    vjps=[lambda xp, g, out, x: -g * _bell(xp, x)],
    backward="ErfcBackward0", summary="1 - erf(x), exact where x is large",
    derivative="-2*exp(-x**2)/sqrt(pi)",
    example="erfc(x) at x=3",
)
rule(
    "erfinv", "x",
    value=lambda xp, x: xp.erfinv(x),
    vjps=[lambda xp, g, out, x: g * xp.div(xp.sqrt(xp.pi(x)) * xp.exp(out * out), 2.0)],
    backward="ErfinvBackward0", summary="the inverse of erf", derivative="sqrt(pi)*exp(erfinv(x)**2)/2",
    domain="-1 < x < 1", example="erfinv(x) at x=0.5", samples=[(0.7,), (-0.3,), (0.05,)],
    conventions=[Convention(
        lambda xp, x: xp.gt(xp.abs(x), 1.0), "outside [-1, 1] there is no value: the gradient has no meaning",
        valueless=True,
    )],
)
rule(
    "lgamma", "x",
    value=lambda xp, x: xp.lgamma(x),
    vjps=[lambda xp, g, out, x: g * xp.digamma(x)],
    backward="LgammaBackward0", summary="log of the absolute value of gamma(x)", derivative="digamma(x)",
    domain="x not 0, -1, -2, ...", example="lgamma(x) at x=4.5", samples=[*_POSITIVE, (-1.4,)],
    conventions=[_POLE],
)
rule(
    "digamma", "x",
    value=lambda xp, x: xp.digamma(x),
    # Exact: PyTorch's trigamma is off by up to 5e-10.
    vjps=[lambda xp, g, out, x: g * xp.polygamma(1, x)],
    backward="DigammaBackward0", summary="the derivative of lgamma", derivative="polygamma(1, x)",
    domain="x not 0, -1, -2, ...", example="digamma(x) at x=4.5", samples=[*_POSITIVE, (-1.4,)],
    conventions=[_POLE],
)
rule(
    "polygamma", "x; n", order=("n", "x"),
    value=lambda xp, x, n: xp.polygamma(n, x),
    vjps=[lambda xp, g, out, x, n: g * xp.polygamma(n + 1, x)],
    backward="PolygammaBackward0", summary="the n-th derivative of digamma, n a whole number",
    derivative="polygamma(n + 1, x)", domain="x not 0, -1, -2, ...", example="polygamma(1, x) at x=4.5",
    samples=[((0.7,), {"n": 1}), ((1.3,), {"n": 2}), ((4.2,), {"n": 0})],
    conventions=[Convention(lambda xp, x, n: _POLE.when(xp, x), _POLE.says)],
)
rule(
    "gamma", "x",
    value=lambda xp, x: xp.gamma(x),
    vjps=[lambda xp, g, out, x: g * (out * xp.digamma(x))],
    # PyTorch has neither gamma nor beta; the names follow its pattern.
    backward="GammaBackward0", summary="the gamma function: gamma(n) is the factorial of n - 1",
    derivative="gamma(x)*digamma(x)", domain="x not 0, -1, -2, ...", example="gamma(x) at x=4.5",
    samples=[*_POSITIVE, (-1.4,)], conventions=[_POLE],
)
rule(
    "beta", "a, b",
    value=lambda xp, a, b: xp.beta(a, b),
    vjps=[
        lambda xp, g, out, a, b: g * (out * (xp.digamma(a) - xp.digamma(a + b))),
        lambda xp, g, out, a, b: g * (out * (xp.digamma(b) - xp.digamma(a + b))),
    ],
    backward="BetaBackward0", summary="the beta function, gamma(a)*gamma(b)/gamma(a + b)",
    derivative="beta(a, b)*(digamma(a) - digamma(a + b)); beta(a, b)*(digamma(b) - digamma(a + b))",
    domain="a > 0, b > 0", example="beta(a, b) at a=2, b=3", samples=[(0.7, 1.3), (2.5, 0.4), (4.2, 3.1)],
)


def _spherical_slope(xp: Any, n: int, x: Any) -> Any:
    """The derivative of the one of n - 1; 0 and not -0 at 0."""
    return 0.0 - squared(xp.pi(x)) * x * xp.spherical(n, x)


rule(
    "sinc", "x",
    value=lambda xp, x: xp.spherical(0, x),
    vjps=[lambda xp, g, out, x: g * _spherical_slope(xp, 1, x)],
    backward="SincBackward0", summary="sin(pi*x)/(pi*x), and 1 at 0",
    derivative="(cos(pi*x) - sinc(x))/x", example="sinc(x) at x=0.5",
)
# Its derivative is right at 0, too, where a quotient would be 0/0 and close to 0 a difference of equals.
operator(
    "spherical", "x; n", order=("n", "x"), written="",
    value=lambda xp, x, n: xp.spherical(n, x),
    vjps=[lambda xp, g, out, x, n: g * _spherical_slope(xp, n + 1, x)],
    backward="SphericalBackward0",
    summary="j(z)/z**n at z = pi*x, j the spherical Bessel function of order n",
    derivative="(cos(pi*x) - sinc(x))/x",  # of n = 0
    example="sinc(x) at x=0.5",
    samples=[((0.4,), {"n": 0}), ((0.7,), {"n": 1}), ((-1.3,), {"n": 2}), ((0.2,), {"n": 3})],
)
