"""Rules that take the elements of an array together: of all, or along an axis."""

from __future__ import annotations

from gradcli.rules.helpers import (
    axes_of,
    excluded_products,
    kept,
    length,
    log_shares,
    running_products_vjp,
    shares,
    spread,
)
from gradcli.rules.rulebook import Convention, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Axis = int | tuple[int, ...] | None

_INF = float("inf")
_VECTOR = [0.7, -1.3, 0.4]
_MATRIX = [[0.7, -1.3, 0.4], [1.6, 0.9, -0.2]]
# Operands at which to check a reduction, with the static parameters it is to have there.
_ANY = [
    (_VECTOR,), (_MATRIX,), ((_MATRIX,), {"axis": 0}), ((_MATRIX,), {"axis": -1, "keepdim": 1}),
    ((_MATRIX,), {"axis": (0, 1)}),
]
_ONE_AXIS = [(_VECTOR,), (_MATRIX,), ((_MATRIX,), {"axis": 0})]


def _both(name: str) -> Any:
    """PyTorch has one backward node for a reduction of everything, another for one along an axis."""
    return lambda operands, static: f"{name}Backward{0 if static.get('axis') is None else 1}"


rule(
    "sum", "x; axis=None, keepdim=0",
    value=lambda xp, x, axis, keepdim: xp.sum(x, axis, keepdim),
    vjps=[lambda xp, g, out, x, axis, keepdim: spread(xp, g, x, axis)],
    backward="SumBackward0", variant=_both("Sum"), summary="the sum of the elements",
    derivative="1", example="sum(x**2) at x=[1, 2, 3]", linear=True, samples=_ANY,
)
rule(
    "mean", "x; axis=None, keepdim=0",
    value=lambda xp, x, axis, keepdim: xp.div(xp.sum(x, axis, keepdim), float(length(xp, x, axis))),
    vjps=[lambda xp, g, out, x, axis, keepdim: spread(xp, xp.div(g, float(length(xp, x, axis))), x, axis)],
    backward="MeanBackward0", variant=_both("Mean"), summary="the arithmetic mean",
    derivative="1/n", example="mean(x**2) at x=[1, 2, 3]", linear=True, samples=_ANY,
)
rule(
    "prod", "x; axis=None, keepdim=0",
    value=lambda xp, x, axis, keepdim: xp.prod(x, axis, keepdim),
    # The product of the others and not out/x, which has no answer where an element is 0.
    vjps=[lambda xp, g, out, x, axis, keepdim: spread(xp, g, x, axis) * excluded_products(xp, x, axis)],
    backward="ProdBackward0", variant=_both("Prod"), summary="the product of the elements",
    derivative="prod(x)/x", example="prod(x) at x=[2, 3, 4]",
    samples=[
        *_ONE_AXIS, ([0.7, 0.0, 0.4],), ((_MATRIX,), {"axis": (0, 1)}), (([_MATRIX],), {"axis": (0, 2)}),
    ],
)


def _mean(xp: Any, x: Any, axis: Axis) -> Any:
    return xp.div(xp.sum(x, axis, True), float(length(xp, x, axis)))


def _variance(xp: Any, x: Any, axis: Axis, keepdim: int, correction: float) -> Any:
    # In two passes: the mean of the squares minus the square of the mean cancels.
    d = x - _mean(xp, x, axis)
    return xp.div(xp.sum(d * d, axis, keepdim), _degrees(xp, x, axis, correction))


def _degrees(xp: Any, x: Any, axis: Axis, correction: float) -> float:
    """The degrees of freedom, n - correction; nan divided by less than 0 of them, as PyTorch says."""
    return float(max(length(xp, x, axis) - correction, 0.0))


def _variance_vjp(xp: Any, g: Any, x: Any, axis: Axis, correction: float) -> Any:
    return xp.div(2.0 * kept(xp, g, x, axis), _degrees(xp, x, axis, correction)) * (x - _mean(xp, x, axis))


rule(
    "var", "x; axis=None, keepdim=0, correction=1",
    value=lambda xp, x, axis, keepdim, correction: _variance(xp, x, axis, keepdim, correction),
    vjps=[lambda xp, g, out, x, axis, keepdim, correction: _variance_vjp(xp, g, x, axis, correction)],
    backward="VarBackward0", summary="the variance: squared distances from the mean over n - correction",
    derivative="2*(x - mean(x))/(n - correction)", domain="more than one element",
    example="var(x) at x=[1, 2, 4]",
    samples=_ANY,
)
rule(
    "std", "x; axis=None, keepdim=0, correction=1",
    value=lambda xp, x, axis, keepdim, correction: xp.sqrt(_variance(xp, x, axis, keepdim, correction)),
    vjps=[lambda xp, g, out, x, axis, keepdim, correction: _variance_vjp(
        xp, xp.where(xp.eq(out, 0.0), 0.0, xp.div(g, 2.0 * out)), x, axis, correction
    )],
    backward="StdBackward0", summary="the standard deviation, the square root of the variance",
    derivative="(x - mean(x))/((n - correction)*std(x))", domain="more than one element, not all equal",
    example="std(x) at x=[1, 2, 4]", samples=_ANY,
    conventions=[Convention(
        lambda xp, x, axis, keepdim, correction: xp.eq(_variance(xp, x, axis, True, correction), 0.0),
        "not differentiable where all elements are equal: the subgradient 0 is used, as PyTorch does",
    )],
)


def _logsumexp(xp: Any, x: Any, axis: Axis, keepdim: int) -> Any:
    peak = xp.peak(x, axis)
    total = xp.log(xp.sum(xp.exp(x - peak), axis, True)) + peak
    return total if keepdim else _dropped(xp, total, axis)


def _dropped(xp: Any, x: Any, axis: Axis) -> Any:
    """`x` without its axes of length 1 that a reduction kept."""
    shape = xp.shape(x)
    axes = axes_of(axis, len(shape))
    return xp.reshape(x, tuple(n for i, n in enumerate(shape) if i not in axes))


rule(
    "logsumexp", "x; axis=None, keepdim=0",
    value=lambda xp, x, axis, keepdim: _logsumexp(xp, x, axis, keepdim),
    vjps=[lambda xp, g, out, x, axis, keepdim: kept(xp, g, x, axis) * xp.exp(x - kept(xp, out, x, axis))],
    backward="LogsumexpBackward0", summary="log(sum(exp(x))), without overflow",
    derivative="exp(x - logsumexp(x))",
    example="logsumexp(x) at x=[1000, 1000]", samples=_ANY,
)


TIE = "a tie: the gradient is shared equally"


def _extreme(name: str, word: str, of_two: str) -> None:
    function = f"a{name}"  # the namespaces' name, and that of PyTorch's reduction that shares ties
    whole, along = f"{name.capitalize()}Backward1", f"{function.capitalize()}Backward0"

    def mask(xp: Any, out: Any, x: Any, axis: Axis) -> Any:
        # Of an array with a nan, which is its extreme then, the nans.
        return xp.logical_or(xp.eq(x, kept(xp, out, x, axis)), xp.isnan(x))

    def vjp(xp: Any, g: Any, out: Any, x: Any, axis: Axis, keepdim: int) -> Any:
        chosen = mask(xp, out, x, axis)
        return xp.where(chosen, xp.div(kept(xp, g, x, axis), xp.sum(chosen, axis, True)), 0.0)

    def tied(xp: Any, x: Any, axis: Axis, keepdim: int) -> Any:
        return xp.gt(xp.sum(mask(xp, getattr(xp, function)(x, axis, True), x, axis), axis, True), 1.0)

    rule(
        name, "x; *, axis=None, keepdim=0", overloads=[of_two],
        value=lambda xp, x, axis, keepdim: getattr(xp, function)(x, axis, keepdim),
        vjps=[vjp],
        backward=whole,
        variant=lambda operands, static: whole if static.get("axis") is None else along,
        summary=f"the {word} element; {name}(a, b, ...) of two or more is {of_two}",
        derivative=f"where(x == {name}(x), 1, 0)", domain=f"one {word} element",
        example=f"{name}(x) at x=[3, 1, 2]",
        samples=_ANY,
        conventions=[Convention(tied, TIE)],
    )


_extreme("max", "largest", "maximum")
_extreme("min", "smallest", "minimum")


def _norm_vjp(xp: Any, g: Any, out: Any, x: Any, p: float, axis: Axis, keepdim: int) -> Any:
    g, out = kept(xp, g, x, axis), kept(xp, out, x, axis)
    if p == 0.0:
        return xp.zeros_like(x)
    if p == 1.0:
        return g * xp.sign(x)
    if p in (_INF, -_INF):
        chosen = xp.eq(xp.abs(x), out)
        return xp.where(chosen, xp.div(g, xp.sum(chosen, axis, True)), 0.0) * xp.sign(x)
    # 0 where the norm is, the least of the subgradients, as PyTorch has it: 0/0 otherwise.
    zero = xp.eq(out, 0.0)
    if p == 2.0:
        return g * xp.where(zero, 0.0, xp.div(x, out))  # not where(zero, 0.0, g*...): of a nan, a nan
    flat = xp.logical_or(zero, xp.eq(x, 0.0)) if p < 2.0 else zero
    return xp.where(flat, 0.0, g * (xp.sign(x) * xp.pow(xp.div(xp.abs(x), out), p - 1.0)))


def _norm(xp: Any, x: Any, p: float, axis: Axis, keepdim: int) -> Any:
    size = xp.abs(x)
    if p == 0.0:
        return xp.sum(xp.ne(x, 0.0), axis, keepdim)
    if p == 1.0:
        return xp.sum(size, axis, keepdim)
    if p in (_INF, -_INF):
        return (xp.amax if p > 0.0 else xp.amin)(size, axis, keepdim)
    scale = xp.scale(x, axis)  # a power of two, so that nothing is rounded, and no square overflows
    y = xp.div(x, scale)
    total = xp.sum(y * y, axis, True) if p == 2.0 else xp.sum(xp.pow(xp.abs(y), p), axis, True)
    root = scale * (xp.sqrt(total) if p == 2.0 else xp.pow(total, xp.div(xp.number(1.0, x), p)))
    return root if keepdim else _dropped(xp, root, axis)


def _tied_norm(xp: Any, x: Any, p: float, axis: Axis, keepdim: int) -> Any:
    if p not in (_INF, -_INF):
        return xp.zeros_like(x)
    size, extreme = xp.abs(x), _norm(xp, x, p, axis, True)
    tied = xp.gt(xp.sum(xp.eq(size, extreme), axis, True), 1.0)
    return xp.logical_and(tied, xp.ne(extreme, 0.0))


rule(
    "norm", "x; p=2.0, axis=None, keepdim=0",
    value=_norm,
    vjps=[_norm_vjp],
    backward="LinalgVectorNormBackward0", summary="the length of a vector, sum(abs(x)**p)**(1/p)",
    derivative="sign(x)*(abs(x)/norm(x, p))**(p - 1)", domain="x not all 0", example="norm(x) at x=[3, 4]",
    samples=[*_ANY, *(((_VECTOR,), {"p": p}) for p in (1.0, 1.5, 3.0, _INF, -_INF))],
    conventions=[
        Convention(
            lambda xp, x, p, axis, keepdim: xp.eq(xp.amax(xp.abs(x), axis, True), 0.0),
            "the tip of a cone: not differentiable at 0, the subgradient 0 is used, as PyTorch does",
        ),
        Convention(_tied_norm, TIE),
    ],
)


rule(
    "softmax", "x; axis=-1",
    value=lambda xp, x, axis: shares(xp, x, axis),
    vjps=[lambda xp, g, out, x, axis: out * (g - xp.sum(g * out, axis, True))],
    backward="SoftmaxBackward0", summary="exp(x)/sum(exp(x)), without overflow",
    derivative="softmax(x)*(g - sum(g*softmax(x)))", example="softmax(x) at x=[1, 2, 3]", samples=_ONE_AXIS,
)
rule(
    "log_softmax", "x; axis=-1",
    value=lambda xp, x, axis: log_shares(xp, x, axis),
    vjps=[lambda xp, g, out, x, axis: g - xp.exp(out) * xp.sum(g, axis, True)],
    backward="LogSoftmaxBackward0", summary="log(softmax(x)), without overflow",
    derivative="g - softmax(x)*sum(g)",
    example="log_softmax(x) at x=[1, 2, 3]", samples=_ONE_AXIS,
)


rule(
    "cumsum", "x; axis=-1",
    value=lambda xp, x, axis: xp.cumsum(x, axis),
    vjps=[lambda xp, g, out, x, axis: xp.flip(xp.cumsum(xp.flip(g, axis), axis), axis)],
    backward="CumsumBackward0", summary="the running sums", derivative="sum(g) - cumsum(g) + g",
    example="cumsum(x) at x=[1, 2, 3]",
    linear=True, samples=_ONE_AXIS,
)
rule(
    "cumprod", "x; axis=-1",
    value=lambda xp, x, axis: xp.cumprod(x, axis),
    vjps=[lambda xp, g, out, x, axis: running_products_vjp(xp, g, x, axis)],
    backward="CumprodBackward0", summary="the running products",
    derivative="(sum(g*cumprod(x)) - cumsum(g*cumprod(x)) + g*cumprod(x))/x",
    example="cumprod(x) at x=[1, 2, 3]",
    samples=[*_ONE_AXIS, ([0.7, 0.0, 0.4, 0.0, 1.6],), ([0.0, 2.0, 3.0],), (0.7,)],
)
