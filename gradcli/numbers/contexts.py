"""The working precision of mpmath's numbers, and the bounds of their exponents.

The precision is that of a number's own context (`number.context`, a `mpmath.MPContext` for each): there is
no global one, and operands of two contexts are computed in the first one's. Floats and integers among the
operands are taken exactly; at least one operand must be an mpf.

Exponents have no bound in mpmath, and an exponential tower would fill the memory with digits. Here a number
of more than 2**EXPONENT_BITS binary digits before the point counts as infinite, one as small as zero; and the
phase of a sine's argument beyond 2**PHASE_BITS is given up as nan. There is no negative zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mpmath.ctx_mp import MPContext

if TYPE_CHECKING:
    from collections.abc import Callable

    Mpf = Any  # mpmath has no types

EXPONENT_BITS = 64
PHASE_BITS = 2**16
LARGEST_EXPONENT = 2.0**EXPONENT_BITS


def context(digits: int) -> MPContext:
    """A context that computes with so many decimal digits."""
    made = MPContext()
    made.dps = digits
    return made


def context_of(*operands: Any) -> MPContext:
    """The context of the first mpf among these; raises TypeError where there is none."""
    for x in operands:
        if isinstance(x, MPContext):
            return x
        if hasattr(x, "_mpf_"):
            return x.context
    raise TypeError("a float alone has no precision to compute with; one operand must be an mpf")


def number(value: Any, like: Any) -> Mpf:
    """The number, or the decimal that a text writes, in the context of `like` (or in that context itself).

    A text is rounded once, to the working precision: "0.1" is no float's 0.1. Raises ValueError for another.
    """
    ctx = context_of(like, value)
    if isinstance(value, str):
        made = ctx.mpf(value.replace("_", ""))
        return made if abs_exponent(made) < LARGEST_EXPONENT else _beyond(ctx, made)
    if hasattr(value, "_mpf_"):
        return value if value.context is ctx else ctx.make_mpf(value._mpf_)
    return ctx.mpf(value if isinstance(value, (int, float)) else float(value))


def pi(like: Any) -> Mpf:
    """The ratio of a circle's circumference to its diameter, to the working precision."""
    return +context_of(like).pi


def abs_exponent(x: Mpf) -> int:
    """How far from 0 the binary exponent of x is; 0 for zero, infinities and nan."""
    _, man, exp, size = x._mpf_
    return abs(exp + size) if man else 0



def _beyond(ctx: MPContext, x: Mpf) -> Mpf:
    """What stands for a number out of range: infinity, or zero."""
    large = x._mpf_[2] > 0
    return (ctx.inf if x > 0 else ctx.ninf) if large else ctx.zero


def of_one(compute: Callable[[MPContext, Mpf], Mpf]) -> Callable[[Mpf], Mpf]:
    """A function of one number from `compute(context, x)`, which never sees a nan."""

    def function(x: Mpf) -> Mpf:
        ctx = x.context if hasattr(x, "_mpf_") else context_of(x)
        return ctx.nan if x != x else compute(ctx, x)

    function.__name__ = function.__qualname__ = compute.__name__
    function.__doc__ = compute.__doc__
    return function


def of_two(compute: Callable[[MPContext, Mpf, Mpf], Mpf]) -> Callable[[Mpf, Mpf], Mpf]:
    """A function of two numbers from `compute(context, a, b)`, both mpf."""

    def function(a: Mpf, b: Mpf) -> Mpf:
        ctx = context_of(a, b)
        return compute(ctx, number(a, ctx), number(b, ctx))

    function.__name__ = function.__qualname__ = compute.__name__
    function.__doc__ = compute.__doc__
    return function


def of_truth(holds: Callable[..., Any]) -> Callable[..., Mpf]:
    """A function whose answer of yes or no is 1 or 0 in its operands' context."""

    def truth(*operands: Mpf) -> Mpf:
        ctx = context_of(*operands)
        return ctx.one if holds(*operands) else ctx.zero

    return truth
