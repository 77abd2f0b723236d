"""Rules of the functions that neural networks bend their numbers with."""

from __future__ import annotations

from gradcli.rules.helpers import is_rounded
from gradcli.rules.rulebook import Convention, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any



def _complement(xp: Any, out: Any, x: Any) -> Any:
    """1 - sigmoid(x), of floats PyTorch's 1 - out: log(1 - sigmoid(x)) divides by just that.

    Where x is large both have lost their digits, and the two roundings cancel. With more digits, and in
    formulas, it is sigmoid(-x), which loses none.
    """
    return 1.0 - out if is_rounded(x) else xp.sigmoid(-x)


rule(
    "sigmoid", "x", spellings=["σ"],
    value=lambda xp, x: xp.sigmoid(x),
    vjps=[lambda xp, g, out, x: g * _complement(xp, out, x) * out],
    backward="SigmoidBackward0", summary="1/(1 + exp(-x))", derivative="sigmoid(x)*(1 - sigmoid(x))",
    example="sigmoid(w*x + b) at w=0.5, x=2, b=-1",
)
rule(
    "logit", "x",
    # From the nearer end of the interval, where log(x/(1 - x)) would cancel around 1/2.
    value=lambda xp, x: xp.log(x) - xp.log1p(-x),
    vjps=[lambda xp, g, out, x: xp.where(
        xp.logical_and(xp.ge(x, 0.0), xp.le(x, 1.0)), xp.div(g, x * (1.0 - x)), xp.number("nan", x)
    )],
    backward="LogitBackward0", summary="the inverse of sigmoid, log(x/(1 - x))", derivative="1/(x*(1 - x))",
    domain="0 < x < 1", example="logit(x) at x=0.8", samples=[(0.7,), (0.2,), (0.95,)],
    conventions=[Convention(
        lambda xp, x: xp.logical_or(xp.lt(x, 0.0), xp.gt(x, 1.0)), "outside [0, 1] there is no value",
        valueless=True,
    )],
)
rule(
    "logsigmoid", "x",
    value=lambda xp, x: xp.logsigmoid(x),
    vjps=[lambda xp, g, out, x: g * xp.sigmoid(-x)],
    backward="LogSigmoidBackward0", summary="log(sigmoid(x)), without overflow", derivative="sigmoid(-x)",
    example="logsigmoid(x) at x=-2",
)
rule(
    "softplus", "x",
    # Exact everywhere: PyTorch's is the straight line x above 20, off by 2e-9 there.
    value=lambda xp, x: xp.softplus(x),
    vjps=[lambda xp, g, out, x: g * xp.sigmoid(x)],
    backward="SoftplusBackward0", summary="log(1 + exp(x)), without overflow", derivative="sigmoid(x)",
    example="softplus(x) at x=1",
)
rule(
    "relu", "x",
    value=lambda xp, x: xp.maximum(x, 0.0),
    # Not maximum's vjp, which would share the tie at 0: PyTorch's relu has the left derivative there.
    vjps=[lambda xp, g, out, x: xp.where(xp.le(out, 0.0), 0.0, g)],
    backward="ReluBackward0", summary="x where it is positive, else 0", derivative="where(x > 0, 1, 0)",
    domain="x != 0", example="relu(x) at x=[-1, 2]",
    conventions=[Convention(
        lambda xp, x: xp.eq(x, 0.0),
        "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left 0, right 1)",
    )],
)
rule(
    "leaky_relu", "x, slope=0.01",
    value=lambda xp, x, slope: xp.where(xp.gt(x, 0.0), x, slope * x),
    vjps=[
        lambda xp, g, out, x, slope: xp.where(xp.gt(x, 0.0), g, g * slope),
        lambda xp, g, out, x, slope: xp.where(xp.gt(x, 0.0), 0.0, g * x),
    ],
    backward="LeakyReluBackward0", summary="x where it is positive, else slope*x",
    derivative="where(x > 0, 1, slope); where(x > 0, 0, x)", domain="x != 0",
    example="leaky_relu(x) at x=[-1, 2]",
    conventions=[Convention(
        lambda xp, x, slope: xp.eq(x, 0.0),
        "not differentiable at 0: the left derivative, slope, is used, as PyTorch does (right 1)",
    )],
)


def _below(xp: Any, x: Any) -> Any:
    """x where it is below 0, so that no other exponential overflows; flat at 0, as PyTorch's elu."""
    return xp.where(xp.ge(x, 0.0), 0.0, x)


rule(
    "elu", "x, alpha=1",
    value=lambda xp, x, alpha: xp.where(xp.gt(x, 0.0), x, alpha * xp.expm1(_below(xp, x))),
    vjps=[
        lambda xp, g, out, x, alpha: xp.where(xp.gt(x, 0.0), g, g * (alpha * xp.exp(_below(xp, x)))),
        lambda xp, g, out, x, alpha: xp.where(xp.gt(x, 0.0), 0.0, g * xp.expm1(_below(xp, x))),
    ],
    backward="EluBackward0", summary="x where it is positive, else alpha*(exp(x) - 1)",
    derivative="where(x > 0, 1, alpha*exp(x)); where(x > 0, 0, expm1(x))", domain="x != 0, if alpha != 1",
    example="elu(x) at x=[-1, 2]",
    conventions=[Convention(
        lambda xp, x, alpha: xp.logical_and(xp.eq(x, 0.0), xp.ne(alpha, 1.0)),
        "not differentiable at 0: the left derivative, alpha, is used, as PyTorch does (right 1)",
    )],
)

# Klambauer et al., Self-Normalizing Neural Networks (2017), with the digits of PyTorch.
_ALPHA = "1.6732632423543772848170429916717"
_SCALE = "1.0507009873554804934193349852946"


def _selu_slope(xp: Any, x: Any) -> Any:
    return xp.number(_SCALE, x) * xp.number(_ALPHA, x)


rule(
    "selu", "x",
    value=lambda xp, x: xp.where(
        xp.gt(x, 0.0), xp.number(_SCALE, x) * x, _selu_slope(xp, x) * xp.expm1(_below(xp, x))
    ),
    vjps=[lambda xp, g, out, x: xp.where(
        xp.gt(x, 0.0), g * xp.number(_SCALE, x), g * (_selu_slope(xp, x) * xp.exp(_below(xp, x)))
    )],
    backward="EluBackward0",
    summary="elu with the constants that keep mean 0 and variance 1: scale 1.0507..., "
    "alpha 1.6733...",
    derivative=f"where(x > 0, {_SCALE}, {_SCALE}*{_ALPHA}*exp(x))", domain="x != 0",
    example="selu(x) at x=[-1, 2]",
    conventions=[Convention(
        lambda xp, x: xp.eq(x, 0.0),
        "not differentiable at 0: the left derivative, 1.7581, is used, as PyTorch does (right 1.0507)",
    )],
)


def _normal_cdf(xp: Any, x: Any) -> Any:
    # erfc(-x) and not 1 + erf(x), which has no digit left in the left tail.
    return 0.5 * xp.erfc(xp.div(-x, xp.sqrt(xp.number(2.0, x))))


def _normal_density(xp: Any, x: Any) -> Any:
    return xp.div(xp.exp(-0.5 * (x * x)), xp.sqrt(2.0 * xp.pi(x)))


rule(
    "gelu", "x",
    value=lambda xp, x: x * _normal_cdf(xp, x),
    vjps=[lambda xp, g, out, x: g * (_normal_cdf(xp, x) + x * _normal_density(xp, x))],
    backward="GeluBackward0",
    summary="x*(1 + erf(x/sqrt(2)))/2, x times the normal distribution's share below it",
    derivative="erfc(-x/sqrt(2))/2 + x*exp(-x**2/2)/sqrt(2*pi)", example="gelu(x) at x=1",
)
rule(
    "silu", "x", spellings=["swish"],
    value=lambda xp, x: x * xp.sigmoid(x),
    vjps=[lambda xp, g, out, x: g * (xp.sigmoid(x) * (1.0 + x * xp.sigmoid(-x)))],
    backward="SiluBackward0", summary="x*sigmoid(x)", derivative="sigmoid(x)*(1 + x*(1 - sigmoid(x)))",
    example="silu(x) at x=1",
)
