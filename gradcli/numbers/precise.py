"""mpmath's numbers under a working precision, with IEEE-754's answers where mpmath raises or turns complex.

Of which context they are, and how large they may be, says `contexts`.
"""

# ruff: noqa: I001 - imported names stand under the name that the namespace offers
from __future__ import annotations

from operator import add as add, mul as mul, neg as neg, sub as sub
from typing import TYPE_CHECKING, Any

from mpmath import libmp

from gradcli.numbers.composed import (
    acot as acot, acoth as acoth, acsc as acsc, acsch as acsch, asec as asec, asech as asech,
    spherical as spherical, xlogy as xlogy,
)
from gradcli.numbers.contexts import (
    EXPONENT_BITS, LARGEST_EXPONENT, PHASE_BITS, abs_exponent, of_one, of_truth, of_two,
    context as context, context_of as context_of, number as number, pi as pi,
)
from gradcli.numbers.scalars import (
    amax as amax, amin as amin, arange as arange, broadcast_to as broadcast_to, concat as concat,
    cumprod as cumprod, cumsum as cumsum, det as det, diag as diag, eye as eye, flip as flip,
    full as full, getitem as getitem, inv as inv, linspace as linspace, logdet as logdet,
    matmul as matmul, ones as ones,
    ones_like as ones_like, outer as outer, peak as peak, prod as prod, reshape as reshape,
    scale as scale, scatter as scatter, shape as shape, solve as solve, stack as stack, sum as sum,
    transpose as transpose, zeros as zeros, zeros_like as zeros_like,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mpmath.ctx_mp import MPContext

    Mpf = Any  # mpmath has no types

_INF = float("inf")


# --- arithmetic ---


@of_two
def div(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:
    """a/b; x/0 is inf with the sign of x, 0/0 is nan."""
    if b:
        return a / b
    return ctx.nan if a != a or not a else ctx.inf if a > 0 else ctx.ninf


@of_two
def floordiv(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:
    """floor(a/b), of the exact quotient; x//0 is x/0."""
    if not b:
        return div(a, b)
    remainder = mod(a, b)
    if remainder != remainder:
        return remainder
    if ctx.isinf(b):
        return ctx.zero if remainder == a else ctx.mpf(-1)
    return ctx.nint((a - remainder) / b)


@of_two
def mod(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:
    """a - b*floor(a/b), with the sign of b, exact before it is rounded; nan for b = 0."""
    r = _remainder(ctx, a, b)
    return r + b if r and (r < 0) != (b < 0) else r


@of_two
def fmod(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:
    """a - b*trunc(a/b), with the sign of a, exact before it is rounded; nan for b = 0."""
    return _remainder(ctx, a, b)


def _remainder(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:
    """The rest of a/b with the sign of a, in integers: mpmath shifts a by all the bits that lie between."""
    if not b or a != a or b != b or ctx.isinf(a):
        return ctx.nan
    if ctx.isinf(b) or ctx.fabs(a) < ctx.fabs(b):
        return a
    negative, man_a, exp_a, _ = a._mpf_
    _, man_b, exp_b, _ = b._mpf_
    if exp_a >= exp_b:
        man, exp = man_a * pow_mod(2, exp_a - exp_b, man_b) % man_b, exp_b
    else:
        man, exp = man_a % (man_b << (exp_b - exp_a)), exp_a
    return ctx.make_mpf(libmp.from_man_exp(-man if negative else man, exp, ctx.prec, "n"))


pow_mod = pow


@of_two
def pow(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:
    """a**b with the special cases of C's pow, except that zero has no sign."""
    if not b or a == 1:
        return ctx.one
    if a != a or b != b:
        return ctx.nan
    integer = b._mpf_[2] >= 0 or ctx.isinf(b)
    if a < 0 and not integer:
        return ctx.nan
    magnitude = _pow_of_positive(ctx, ctx.fabs(a), b)
    odd = b._mpf_[2] == 0 and b._mpf_[1] & 1
    return -magnitude if a < 0 and odd else magnitude


def _pow_of_positive(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:
    if not a or ctx.isinf(a):
        return ctx.inf if bool(a) == (b > 0) else ctx.zero
    if a == 1:
        return ctx.one
    if ctx.isinf(b):
        return ctx.inf if (a > 1) == (b > 0) else ctx.zero
    if b._mpf_[2] >= 0 and ctx.fabs(b) < 1024 and abs_exponent(a) * ctx.fabs(b) < LARGEST_EXPONENT:
        return ctx.make_mpf(libmp.mpf_pow_int(a._mpf_, int(b), ctx.prec, "n"))
    if ctx.fabs(b * ctx.log(a)) > LARGEST_EXPONENT:
        return ctx.inf if (a > 1) == (b > 0) else ctx.zero
    # exp(b*log(a)) loses as many bits as the exponent has before its point.
    log = libmp.mpf_log(a._mpf_, ctx.prec + EXPONENT_BITS + 10, "n")
    return ctx.make_mpf(libmp.mpf_exp(libmp.mpf_mul(b._mpf_, log), ctx.prec, "n"))


# --- elementwise ---


@of_one
def abs(ctx: MPContext, x: Mpf) -> Mpf:
    """|x|."""
    return ctx.fabs(x)


def sign(x: Mpf) -> Mpf:
    """-1, 0 or 1; 0 at nan, as PyTorch has it."""
    return x.context.mpf((x > 0) - (x < 0))


@of_one
def sqrt(ctx: MPContext, x: Mpf) -> Mpf:
    """The square root; nan below 0."""
    return ctx.nan if x < 0 else ctx.sqrt(x)


@of_one
def cbrt(ctx: MPContext, x: Mpf) -> Mpf:
    """The real cube root."""
    return -ctx.cbrt(-x) if x < 0 else ctx.cbrt(x)


def _exponential(name: str, at_minus_inf: int | None) -> Callable[[Mpf], Mpf]:
    """exp and what grows like it, cut off where the result would be out of range."""

    def compute(ctx: MPContext, x: Mpf) -> Mpf:
        if ctx.fabs(x) < LARGEST_EXPONENT:
            return getattr(ctx, name)(x)
        if x > 0:
            return ctx.inf
        return ctx.ninf if at_minus_inf is None else ctx.inf if at_minus_inf > 0 and name == "cosh" else (
            ctx.mpf(at_minus_inf))

    return of_one(compute)


exp = _exponential("exp", 0)
expm1 = _exponential("expm1", -1)
sinh = _exponential("sinh", None)
cosh = _exponential("cosh", 1)


def exp2(x: Mpf) -> Mpf:
    """2**x."""
    return pow(2, x)


def _logarithm(base: int | None) -> Callable[[Mpf], Mpf]:
    """The logarithm to a base, e where none is given; -inf at 0, nan below."""

    def compute(ctx: MPContext, x: Mpf) -> Mpf:
        if x <= 0:
            return ctx.nan if x else ctx.ninf
        if base is None or ctx.isinf(x):
            return ctx.log(x)
        # With bits to spare, so that the logarithm of a power of the base is a whole number.
        spare = ctx.prec + 20
        log, of_base = libmp.mpf_log(x._mpf_, spare, "n"), libmp.mpf_log(libmp.from_int(base), spare, "n")
        return ctx.make_mpf(libmp.mpf_div(log, of_base, ctx.prec, "n"))

    return of_one(compute)


log = _logarithm(None)
log2 = _logarithm(2)
log10 = _logarithm(10)


@of_one
def log1p(ctx: MPContext, x: Mpf) -> Mpf:
    """log(1 + x), right near 0; -inf at -1, nan below."""
    return ctx.nan if x < -1 else ctx.ninf if x == -1 else ctx.log1p(x)


def _periodic(name: str) -> Callable[[Mpf], Mpf]:
    """A function of an angle; nan at infinity, and beyond the largest argument whose phase is computed."""

    def compute(ctx: MPContext, x: Mpf) -> Mpf:
        return ctx.nan if ctx.isinf(x) or x._mpf_[2] > PHASE_BITS else getattr(ctx, name)(x)

    return of_one(compute)


sin = _periodic("sin")
cos = _periodic("cos")
tan = _periodic("tan")


def _within(name: str, low: float, high: float) -> Callable[[Mpf], Mpf]:
    """A function that is real between two bounds; nan beyond."""
    return of_one(lambda ctx, x: getattr(ctx, name)(x) if low <= x <= high else ctx.nan)


asin = _within("asin", -1, 1)
acos = _within("acos", -1, 1)
atan = _within("atan", -_INF, _INF)
asinh = _within("asinh", -_INF, _INF)
acosh = _within("acosh", 1, _INF)
erfinv = _within("erfinv", -1, 1)


@of_one
def tanh(ctx: MPContext, x: Mpf) -> Mpf:
    """The hyperbolic tangent."""
    return ctx.tanh(x) if ctx.fabs(x) < 2.0**32 else sign(x)


@of_one
def atanh(ctx: MPContext, x: Mpf) -> Mpf:
    """The inverse of tanh; infinite at -1 and 1, nan beyond."""
    if x in (-1, 1):
        return x * ctx.inf
    return ctx.atanh(x) if -1 < x < 1 else ctx.nan


@of_two
def atan2(ctx: MPContext, y: Mpf, x: Mpf) -> Mpf:
    """The angle of the point (x, y)."""
    return ctx.nan if x != x or y != y else ctx.atan2(y, x)


@of_two
def hypot(ctx: MPContext, x: Mpf, y: Mpf) -> Mpf:
    """sqrt(x**2 + y**2); inf where either is infinite, even beside a nan."""
    return ctx.inf if ctx.isinf(x) or ctx.isinf(y) else ctx.hypot(x, y)


@of_one
def sech(ctx: MPContext, x: Mpf) -> Mpf:
    """1/cosh(x)."""
    return ctx.one / cosh(x)


@of_one
def erf(ctx: MPContext, x: Mpf) -> Mpf:
    """The error function."""
    return ctx.erf(x) if ctx.fabs(x) < 2.0**32 else sign(x)


@of_one
def erfc(ctx: MPContext, x: Mpf) -> Mpf:
    """1 - erf(x), right where erf is close to 1."""
    return ctx.erfc(x) if ctx.fabs(x) < 2.0**32 else 1 - sign(x)


@of_one
def gamma(ctx: MPContext, x: Mpf) -> Mpf:
    """The gamma function; inf at 0, nan at negative integers and -inf."""
    if not x:
        return ctx.inf
    if x < 0 and (ctx.isinf(x) or ctx.isint(x)):
        return ctx.nan
    if ctx.fabs(x) > 2.0**57:
        return ctx.inf if x > 0 else ctx.zero
    return ctx.gamma(x)


@of_two
def beta(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:
    """gamma(a)*gamma(b)/gamma(a + b)."""
    return ctx.beta(a, b)


@of_one
def lgamma(ctx: MPContext, x: Mpf) -> Mpf:
    """log|gamma(x)|; inf at its poles and at both infinities."""
    if ctx.isinf(x) or (x <= 0 and ctx.isint(x)):
        return ctx.inf
    return ctx.re(ctx.loggamma(x))


@of_one
def digamma(ctx: MPContext, x: Mpf) -> Mpf:
    """The derivative of lgamma; -inf at 0, nan at negative integers and -inf."""
    if not x:
        return ctx.ninf
    return ctx.nan if x < 0 and (ctx.isinf(x) or ctx.isint(x)) else ctx.psi(0, x)


def polygamma(n: int, x: Mpf) -> Mpf:
    """The n-th derivative of digamma; raises RuntimeError for a negative n."""
    from gradcli.numbers import special

    n = special.order(n)
    ctx = context_of(x)
    if n == 0:
        return digamma(x)
    if x != x or x == ctx.ninf:
        return ctx.nan
    if x <= 0 and ctx.isint(x):
        return ctx.inf if n % 2 else ctx.ninf
    if x > 0:
        return ctx.psi(n, x)
    with ctx.workprec(2 * ctx.prec):  # the terms cancel near the zeros
        cotangent = ctx.cot(ctx.pi * (x - ctx.nint(x)))
        slope = ctx.zero
        for coefficient in reversed(special.cotangent_derivative(n)):
            slope = slope * cotangent + coefficient
        value = (-1) ** n * ctx.psi(n, 1 - x) - ctx.pi ** (n + 1) * slope
    return +value


def _rounding(name: str) -> Callable[[Mpf], Mpf]:
    """A way of rounding to an integer; infinities and nan stay."""
    return of_one(lambda ctx, x: x if ctx.isinf(x) else getattr(ctx, name)(x))


floor = _rounding("floor")
ceil = _rounding("ceil")
round = _rounding("nint")


def trunc(x: Mpf) -> Mpf:
    """The integer part; infinities and nan stay."""
    return ceil(x) if x < 0 else floor(x)


@of_two
def maximum(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:  # noqa: ARG001
    """The larger of two; nan where either is."""
    return a if a >= b or a != a else b


@of_two
def minimum(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:  # noqa: ARG001
    """The smaller of two; nan where either is."""
    return a if a <= b or a != a else b


# --- stable forms ---


@of_one
def sigmoid(ctx: MPContext, x: Mpf) -> Mpf:
    """1/(1 + e**-x)."""
    return ctx.one / (1 + exp(-x))


@of_one
def softplus(ctx: MPContext, x: Mpf) -> Mpf:  # noqa: ARG001
    """log(1 + e**x)."""
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))


@of_one
def logsigmoid(ctx: MPContext, x: Mpf) -> Mpf:  # noqa: ARG001
    """log(sigmoid(x)), that is -softplus(-x)."""
    return -softplus(-x)


@of_two
def logaddexp(ctx: MPContext, a: Mpf, b: Mpf) -> Mpf:
    """log(e**a + e**b), whatever the size of a and b."""
    if a == b:
        return a + ctx.ln2  # the infinities, too, whose difference would be nan
    return a + log1p(exp(b - a)) if a > b else b + log1p(exp(a - b))


# --- truth ---

lt = of_truth(lambda a, b: a < b)
le = of_truth(lambda a, b: a <= b)
gt = of_truth(lambda a, b: a > b)
ge = of_truth(lambda a, b: a >= b)
eq = of_truth(lambda a, b: a == b)
ne = of_truth(lambda a, b: a != b)
isnan = of_truth(lambda x: x != x)
isinf = of_truth(lambda x: x in (_INF, -_INF))
isfinite = of_truth(lambda x: x - x == 0)
logical_and = of_truth(lambda a, b: a and b)
logical_or = of_truth(lambda a, b: a or b)
logical_not = of_truth(lambda x: not x)


def where(c: Mpf, a: Mpf, b: Mpf) -> Mpf:
    """a where c is not 0 (nan is not), else b."""
    ctx = context_of(a, b, c)
    return number(a if c else b, ctx)
