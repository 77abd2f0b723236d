"""Rules of the losses, as PyTorch defines them: the mean over the elements."""

from __future__ import annotations

from gradcli.rules.helpers import length, log_shares, shares
from gradcli.rules.rulebook import RULES, Convention, Rule, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    # (xp, *operands) -> the losses of the elements; (xp, g, *operands) -> their cotangent for one operand
    Each = Callable[..., Any]

_P = [0.7, -1.3, 0.4]
_Y = [0.2, 0.9, -1.6]
_SHARES = [0.7, 0.1, 0.4]
_LABELS = [0.9, 0.2, 0.5]
_VECTORS = [(_P, _Y), (0.7, -0.4), ([_P, _Y], [0.3, -0.8, 0.1]), ([[0.7], [-1.3]], _Y)]


def _mean(xp: Any, x: Any) -> Any:
    return xp.div(xp.sum(x), float(length(xp, x, None)))


def _shared(xp: Any, cotangent: Any) -> Any:
    """The cotangents of elements of whose losses the mean is taken: each over how many there are."""
    return xp.div(cotangent, float(length(xp, cotangent, None)))


_EACH: dict[str, tuple[Each, Sequence[Each]]] = {}
"""Of each loss, what it takes the mean of."""


def _loss(name: str, parameters: str, each: Each, cotangents: Sequence[Each], **fields: Any) -> None:
    """Enter the mean of `each` in the rulebook."""
    _EACH[name] = each, cotangents

    def shared(cotangent: Each) -> Each:
        return lambda xp, g, out, *operands: _shared(xp, cotangent(xp, g, *operands))

    rule(
        name, parameters, value=lambda xp, *operands: _mean(xp, each(xp, *operands)),
        vjps=[shared(cotangent) for cotangent in cotangents], **fields,
    )


def reduced(name: str, reduction: str) -> Rule:
    """The loss `name` with the losses of the elements ("none"), or their sum, in the place of the mean."""
    mean = RULES[name]
    if reduction == "mean":
        return mean
    each, cotangents = _EACH[name]
    total = reduction == "sum"

    def of_each(cotangent: Each) -> Each:
        return lambda xp, g, out, *operands: cotangent(xp, g, *operands)

    return Rule(
        name, str(mean.signature), value=lambda xp, *o: xp.sum(each(xp, *o)) if total else each(xp, *o),
        vjps=[of_each(cotangent) for cotangent in cotangents],
        backward=mean.backward, summary=mean.summary,
    )


_loss(
    "mse", "p, y", lambda xp, p, y: (p - y) * (p - y),
    [lambda xp, g, p, y: g * (2.0 * (p - y)), lambda xp, g, p, y: g * (2.0 * (y - p))],
    backward="MseLossBackward0", summary="the mean squared error of predictions p",
    derivative="2*(p - y)/n; 2*(y - p)/n",
    domain="all p, y", example="mse(p, y) at p=[1, 2], y=[1, 4]", samples=_VECTORS,
)


def _mae_vjp(xp: Any, g: Any, p: Any, y: Any) -> Any:
    return _shared(xp, g * xp.sign(p - y))


rule(
    "mae", "p, y",
    value=lambda xp, p, y: _mean(xp, xp.abs(p - y)),
    vjps=[lambda xp, g, out, p, y: _mae_vjp(xp, g, p, y), lambda xp, g, out, p, y: -_mae_vjp(xp, g, p, y)],
    # PyTorch takes the mean of the absolute differences and calls the result so.
    backward="MeanBackward0", summary="the mean absolute error of predictions p",
    derivative="sign(p - y)/n; sign(y - p)/n", domain="p != y", example="mae(p, y) at p=[1, 2], y=[1.5, 4]",
    samples=_VECTORS,
    conventions=[Convention(
        lambda xp, p, y: xp.eq(p, y),
        "not differentiable where p = y: the subgradient 0 is used, as PyTorch does",
    )],
)


def _huber(xp: Any, p: Any, y: Any, delta: Any) -> Any:
    d = p - y
    size = xp.abs(d)
    return xp.where(xp.lt(size, delta), 0.5 * (d * d), delta * (size - 0.5 * delta))


def _huber_cotangent(xp: Any, g: Any, p: Any, y: Any, delta: Any) -> Any:
    d = p - y
    return g * xp.where(xp.lt(xp.abs(d), delta), d, delta * xp.sign(d))


def _huber_delta_cotangent(xp: Any, g: Any, p: Any, y: Any, delta: Any) -> Any:
    size = xp.abs(p - y)
    return g * xp.where(xp.lt(size, delta), 0.0, size - delta)


_loss(
    "huber", "p, y, delta=1", _huber,
    [
        _huber_cotangent,
        lambda xp, g, p, y, delta: -_huber_cotangent(xp, g, p, y, delta),
        _huber_delta_cotangent,
    ],
    backward="HuberLossBackward0",
    summary="squared error/2 up to delta, from there on a straight line; its mean",
    derivative="clamp(p - y, -delta, delta)/n; clamp(y - p, -delta, delta)/n; "
    "sum(relu(abs(p - y) - delta))/n",
    domain="delta > 0", example="huber(p, y) at p=[1, 2], y=[1.5, 4]",
    samples=[(_P, _Y, 1.0), (0.7, -0.4, 0.5), (_P, _Y, 3.0)],
    conventions=[Convention(
        lambda xp, p, y, delta: xp.eq(xp.abs(p - y), delta),
        "where a parabola meets a line: the second derivative is that of the line, 0, as in PyTorch",
        order=2,
    )],
)

_LEAST_LOG = -100.0  # PyTorch's bound, which keeps the loss of a certain error finite
# PyTorch keeps its 1e-12 as a float32, and so has 1000000003995.8 for 1/(p*(1 - p)) at the ends.
LEAST_VARIANCE = 9.999999960041972e-13


def _bce_each(xp: Any, p: Any, y: Any) -> Any:
    hit = xp.maximum(xp.log(p), _LEAST_LOG)
    miss = xp.maximum(xp.log1p(-p), _LEAST_LOG)
    return (y - 1.0) * miss - y * hit


def _bce_cotangent(xp: Any, g: Any, p: Any, y: Any) -> Any:
    return xp.div(g * (p - y), xp.maximum((1.0 - p) * p, LEAST_VARIANCE))


def _of_targets(xp: Any, g: Any, each: Any, p: Any, y: Any) -> Any:
    """The cotangent of targets y where `each`, of the shape of p, is their derivative."""
    return g * xp.broadcast_to(each, xp.shape(p - y))


_loss(
    "bce", "p, y", _bce_each,
    [_bce_cotangent, lambda xp, g, p, y: _of_targets(xp, g, xp.log1p(-p) - xp.log(p), p, y)],
    backward="BinaryCrossEntropyBackward0",
    summary="the binary cross-entropy of probabilities p, its logarithms not "
    "below -100; bce_with_logits is exact where p is near 0 or 1",
    derivative="(p - y)/(n*p*(1 - p)); (log1p(-p) - log(p))/n", domain="0 < p < 1, 0 <= y <= 1",
    example="bce(p, y) at p=[0.9, 0.2], y=[1, 0]",
    samples=[(_SHARES, _LABELS), (0.3, 1.0), ([_SHARES, _LABELS], _LABELS), ([[0.7], [0.1]], _LABELS)],
    conventions=[
        Convention(
            lambda xp, p, y: xp.logical_or(xp.eq(p, 0.0), xp.eq(p, 1.0)),
            "p is 0 or 1 here: log is cut off at -100 and p*(1 - p) at 1e-12, as in PyTorch; "
            "try bce_with_logits of what p is the sigmoid of",
        ),
        Convention(
            lambda xp, p, y: xp.logical_or(xp.lt(p, 0.0), xp.gt(p, 1.0)),
            "a probability lies between 0 and 1: the gradient has no meaning",
        ),
    ],
)
_loss(
    "bce_with_logits", "z, y", lambda xp, z, y: (1.0 - y) * z - xp.logsigmoid(z),
    # sigmoid(z) - y, without the cancellation where z is large and y is 1.
    [
        lambda xp, g, z, y: g * ((1.0 - y) * xp.sigmoid(z) - y * xp.sigmoid(-z)),
        lambda xp, g, z, y: _of_targets(xp, g, -z, z, y),
    ],
    backward="BinaryCrossEntropyWithLogitsBackward0",
    summary="the binary cross-entropy of sigmoid(z), without overflow",
    derivative="(sigmoid(z) - y)/n; -z/n", domain="0 <= y <= 1",
    example="bce_with_logits(w*x, y) at w=0.5, x=2, y=1",
    samples=[(_P, _LABELS), (0.7, 1.0), ([_P, _Y], _LABELS), ([[0.7], [-1.3]], _LABELS)],
)


def _targets(xp: Any, z: Any, k: Any) -> Any:
    """1 at the class of each sample, 0 elsewhere, in the shape of `z`; raises ShapeError, IndexError."""
    shape, classes = xp.shape(z), xp.shape(k)
    if shape[:-1] != classes or len(shape) not in (1, 2):
        from gradcli.numbers.errors import ShapeError

        raise ShapeError(
            f"cross_entropy needs one class for each row of logits, not logits of shape {list(shape)} "
            f"and classes of shape {list(classes)}", shape, classes,
        )
    n = shape[-1]
    wrong = xp.logical_or(xp.logical_or(xp.lt(k, 0.0), xp.ge(k, float(n))), xp.ne(k, xp.floor(k)))
    if xp.sum(wrong):
        raise IndexError(f"a class of cross_entropy is a whole number from 0 to {n - 1}")
    return xp.eq(xp.reshape(k, (*classes, 1)), xp.arange(0.0, float(n), 1.0))


def _cross_entropy(xp: Any, z: Any, k: Any) -> Any:
    targets = _targets(xp, z, k)
    logs = log_shares(xp, z, -1)
    return xp.div(-xp.sum(xp.where(targets, logs, 0.0)), float(length(xp, k, None)))


def _cross_entropy_vjp(xp: Any, g: Any, out: Any, z: Any, k: Any) -> Any:
    share = shares(xp, z, -1)
    return xp.div(g * xp.where(_targets(xp, z, k), share - 1.0, share), float(length(xp, k, None)))


rule(
    "cross_entropy", "z, k",
    value=_cross_entropy,
    vjps=[_cross_entropy_vjp, None],
    # PyTorch takes the negative log-likelihood of log_softmax(z) and calls the result so.
    backward="NllLossBackward0", summary="-log(softmax(z)[k]) of logits z and the class k, counted from 0; "
    "the mean over the rows of a batch",
    derivative="softmax(z) - where(arange(n) == k, 1, 0); 0",
    domain="k a whole number below the number of logits",
    example="cross_entropy(z, 0) at z=[2, 1, 0]", samples=[(_P, 1.0), ([_P, _Y], [2.0, 0.0])],
)
