"""What several pages of the rulebook need: axes put back, shares, products, which operands are numbers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Axis = int | tuple[int, ...] | None


def is_number(operand: Any) -> bool:
    """Whether an operand was given as a plain number and no tensor, which some backward names depend on."""
    return not hasattr(operand, "requires_grad")


def is_rounded(x: Any) -> bool:
    """Whether an operand is one of the machine's floats (float64, float32), or holds them."""
    payload = getattr(x, "_value", x)
    return type(payload) is float or getattr(getattr(payload, "dtype", None), "char", "") in ("d", "f")


def is_formula(x: Any) -> bool:
    """Whether an operand is an expression, of which digits are no matter, but its form is."""
    return hasattr(getattr(x, "_value", x), "keywords")


def axes_of(axis: Axis, rank: int) -> tuple[int, ...]:
    """The axes meant by `axis`, counted from the front; all of them for None, none of a scalar."""
    if axis is None:
        return tuple(range(rank))
    return tuple(a % rank for a in (axis if isinstance(axis, tuple) else (axis,))) if rank else ()


def length(xp: Any, x: Any, axis: Axis) -> int:
    """How many elements a reduction of `x` along `axis` takes together."""
    shape = xp.shape(x)
    n = 1
    for a in axes_of(axis, len(shape)):
        n *= shape[a]
    return n


def kept(xp: Any, reduced: Any, x: Any, axis: Axis) -> Any:
    """What a reduction of `x` gave, with the axes that it took away put back with length 1."""
    shape = xp.shape(x)
    axes = axes_of(axis, len(shape))
    return xp.reshape(reduced, tuple(1 if i in axes else n for i, n in enumerate(shape)))


def spread(xp: Any, reduced: Any, x: Any, axis: Axis) -> Any:
    """What a reduction of `x` gave, repeated to the shape of `x`: the vjp of a sum."""
    return xp.broadcast_to(kept(xp, reduced, x, axis), xp.shape(x))


def squared(x: Any) -> Any:
    """x*x."""
    return x * x


def shares(xp: Any, x: Any, axis: Axis) -> Any:
    """exp(x)/sum(exp(x)) along `axis`; the shift against overflow is a constant, on which nothing depends."""
    e = xp.exp(x - xp.peak(x, axis))
    return xp.div(e, _total(xp, e, axis))


def log_shares(xp: Any, x: Any, axis: Axis) -> Any:
    """The logarithm of `shares`."""
    shifted = x - xp.peak(x, axis)
    return shifted - xp.log(_total(xp, xp.exp(shifted), axis))


def _total(xp: Any, e: Any, axis: Axis) -> Any:
    """The sum of what the shares are of; nan where it is infinite, in which nothing has a share."""
    total = xp.sum(e, axis, True)
    return total + (total - total)


def excluded_products(xp: Any, x: Any, axis: Axis) -> Any:
    """For each element the product of the others along `axis`, undivided, so that zeros do no harm."""
    shape = xp.shape(x)
    axes = axes_of(axis, len(shape))
    if not axes or 0 in shape:
        return xp.ones_like(x)
    if len(axes) == len(shape):
        return xp.reshape(_excluded_products(xp, xp.reshape(x, (-1,)), 0), shape)
    if len(axes) == 1:
        return _excluded_products(xp, x, axes[0])
    # Several axes, but not all, as one behind the others.
    order = (*(i for i in range(len(shape)) if i not in axes), *axes)
    turned = xp.transpose(x, order)
    left = len(shape) - len(axes)
    flat = xp.reshape(turned, (*xp.shape(turned)[:left], -1))
    found = xp.reshape(_excluded_products(xp, flat, left), xp.shape(turned))
    return xp.transpose(found, tuple(order.index(i) for i in range(len(shape))))


def _excluded_products(xp: Any, x: Any, axis: int) -> Any:
    before = _running_products(xp, _shifted(xp, x, axis), axis)
    after = _running_products(xp, _shifted(xp, xp.flip(x, axis), axis), axis)
    return before * xp.flip(after, axis)


def _cut(xp: Any, x: Any, axis: int, start: int | None, stop: int | None) -> Any:
    return xp.getitem(x, (*(slice(None),) * axis, slice(start, stop)))


def _shifted(xp: Any, x: Any, axis: int) -> Any:
    """`x` one place later along `axis`, with a 1 in front."""
    return xp.concat([xp.ones_like(_cut(xp, x, axis, None, 1)), _cut(xp, x, axis, None, -1)], axis)


def _running_products(xp: Any, x: Any, axis: int) -> Any:
    """The products of each element with all before it, in log2(n) steps over the whole (Hillis, Steele)."""
    n = xp.shape(x)[axis]
    step = 1
    while step < n:
        later = _cut(xp, x, axis, step, None) * _cut(xp, x, axis, None, -step)
        x = xp.concat([_cut(xp, x, axis, None, step), later], axis)
        step *= 2
    return x


def running_products_vjp(xp: Any, g: Any, x: Any, axis: int) -> Any:
    """The vjp of the running products along `axis`, undivided, so that zeros do no harm.

    Of element k it is the product of those before it, times s(k) = g(k) + x(k + 1)*s(k + 1).
    """
    shape = xp.shape(x)
    if not shape or 0 in shape:
        return g
    axis %= len(shape)
    before = xp.cumprod(_shifted(xp, x, axis), axis)
    factors = _shifted(xp, xp.flip(x, axis), axis)
    return before * xp.flip(_recurrence(xp, xp.flip(g, axis), factors, axis), axis)


def _recurrence(xp: Any, terms: Any, factors: Any, axis: int) -> Any:
    """s with s(k) = terms(k) + factors(k)*s(k - 1), in log2(n) steps over the whole (Hillis, Steele)."""
    n = xp.shape(terms)[axis]
    step = 1
    while step < n:
        first, rest = (None, step), (step, None)
        steeper = _cut(xp, factors, axis, *rest)
        later = _cut(xp, terms, axis, *rest) + steeper * _cut(xp, terms, axis, None, -step)
        terms = xp.concat([_cut(xp, terms, axis, *first), later], axis)
        steeper = steeper * _cut(xp, factors, axis, None, -step)
        factors = xp.concat([_cut(xp, factors, axis, *first), steeper], axis)
        step *= 2
    return terms
