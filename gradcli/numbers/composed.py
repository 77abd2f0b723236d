"""Functions of single numbers that are made of those of their kind, so that every kind has them alike."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.numbers.namespace import Namespace, Payload


def _kind(*payloads: Payload) -> Namespace:
    from gradcli.numbers import namespace_of

    return namespace_of(*payloads)


# --- inverses: of 1/x nothing would be left close to 1, so the sides of the triangle are taken instead ---


def _beside_hypotenuse(xp: Namespace, x: Payload) -> Payload:
    """sqrt(x**2 - 1), the side that is opposite the angle asec(x); nan where |x| < 1."""
    size = xp.abs(x)
    return xp.sqrt(size - 1.0) * xp.sqrt(size + 1.0)


def asec(x: Payload) -> Payload:
    """acos(1/x), from 0 to pi; nan where |x| < 1."""
    xp = _kind(x)
    return xp.atan2(_beside_hypotenuse(xp, x), xp.sign(x))


def acsc(x: Payload) -> Payload:
    """asin(1/x), from -pi/2 to pi/2; nan where |x| < 1."""
    xp = _kind(x)
    return xp.atan2(xp.sign(x), _beside_hypotenuse(xp, x))


def acot(x: Payload) -> Payload:
    """atan(1/x), from -pi/2 to pi/2; at 0 pi/2 with the sign of x."""
    xp = _kind(x)
    return xp.atan(xp.div(1.0, x))


def asech(x: Payload) -> Payload:
    """acosh(1/x); inf at 0, nan below 0 and above 1."""
    xp = _kind(x)
    return xp.log1p(xp.sqrt(1.0 - x) * xp.sqrt(1.0 + x)) - xp.log(x)


def acsch(x: Payload) -> Payload:
    """asinh(1/x); infinite at 0, with the sign of x."""
    xp = _kind(x)
    return xp.asinh(xp.div(1.0, x))


def acoth(x: Payload) -> Payload:
    """atanh(1/x); infinite at -1 and 1, nan between them."""
    xp = _kind(x)
    return 0.5 * xp.sign(x) * xp.log1p(xp.div(2.0, xp.abs(x) - 1.0))


# --- others ---


def xlogy(x: Payload, y: Payload) -> Payload:
    """x*log(y), but 0 for x = 0 whatever y is; nan where y is nan."""
    xp = _kind(x, y)
    return xp.where(xp.logical_and(xp.eq(x, 0.0), xp.eq(y, y)), 0.0, x * xp.log(y))


def spherical(n: int, x: Payload) -> Payload:
    """j_n(z)/z**n at z = pi*x, where j_n is the spherical Bessel function; of n = 0 that is sinc.

    Its derivative in z is -z times the one of n + 1 (DLMF 10.51.3), so that sinc has all of them at 0, too.
    """
    xp = _kind(x)
    z = xp.pi(x) * x
    if n == 0:
        at_0 = xp.eq(z, 0.0)
        return xp.where(at_0, 1.0, xp.div(xp.sin(z), xp.where(at_0, 1.0, z)))
    near = xp.lt(xp.abs(z), n + 1.0)
    far = xp.where(near, n + 1.0, z)
    return xp.where(near, _series(xp, n, xp.where(near, z, 0.0)), _upward(xp, n, far))


def _series(xp: Namespace, n: int, z: Payload) -> Payload:
    """j_n(z)/z**n by its powers of z, DLMF 10.53.1, where |z| < n + 1."""
    half_square = -0.5 * z * z
    term = total = xp.div(xp.number(1.0, z), float(_odd_factorial(n)))
    rest = bound = (n + 1) ** 2 / 2
    k = 1
    while rest > _least_term(z):
        term = xp.div(term * half_square, float(k * (2 * n + 2 * k + 1)))
        total = total + term
        k += 1
        rest *= bound / (k * (2 * n + 2 * k + 1))
    return total


def _odd_factorial(n: int) -> int:
    """1*3*5*...*(2n + 1)."""
    product = 1
    for odd in range(3, 2 * n + 2, 2):
        product *= odd
    return product


def _least_term(z: Payload) -> float:
    """What is nothing beside 1 in the digits of z."""
    context = getattr(z, "context", None)
    return 2.0**-60 if context is None else 2.0 ** -min(context.prec + 10, 1000)


def _upward(xp: Namespace, n: int, z: Payload) -> Payload:
    """j_n(z)/z**n by its recurrence from 0 and 1, DLMF 10.51.1, which loses nothing where |z| >= n."""
    square = z * z
    before = xp.div(xp.sin(z), z)
    last = xp.div(before - xp.cos(z), square)
    for k in range(1, n):
        before, last = last, xp.div((2.0 * k + 1.0) * last - before, square)
    return last
