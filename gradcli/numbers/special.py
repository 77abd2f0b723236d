"""Special functions of floats and float arrays that need more than `math` and `scipy.special` give."""

from __future__ import annotations

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# 1 - Euler's gamma, then (-1)^k (zeta(k) - 1)/k for k = 2, 3, ...: DLMF 5.7.3, which converges as 4^-k here.
_LGAMMA_AT_2 = (
    0.42278433509846713, 0.3224670334241132, -0.0673523010531981, 0.020580808427784546,
    -0.007385551028673986, 0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425,
    -0.00022315475845357939, 9.945751278180853e-05, -4.492623673813314e-05, 2.050721277567069e-05,
    -9.439488275268397e-06, 4.374866789907488e-06, -2.039215753801366e-06, 9.55141213040742e-07,
    -4.492469198764566e-07, 2.1207184805554665e-07, -1.0043224823968099e-07, 4.7698101693639804e-08,
    -2.2711094608943164e-08, 1.0838659214896955e-08, -5.183475041970047e-09, 2.4836745438024785e-09,
    -1.1921401405860912e-09, 5.731367241678862e-10, -2.7595228851242334e-10, 1.330476437424449e-10,
)


def lgamma_of_float(x: float) -> float:
    """log|gamma(x)|; inf at its poles and at both infinities."""
    # math.lgamma is right to an absolute 1e-16 only, which says nothing close to the zeros at 1 and 2.
    if 0.5 < x < 2.5:
        near = _lgamma_near_1(x - 1.0, math.log1p(x - 1.0)) if x < 1.5 else _lgamma_near_2(x - 2.0)
        return float(near)
    if -math.inf < x < 0.0:
        # Four times closer than math.lgamma, and the gradient needs SciPy anyway.
        from scipy.special import gammaln

        return float(gammaln(x))
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return math.inf


def lgamma(x: Any) -> Any:
    """The same of an array, in its dtype."""
    import numpy as np
    from scipy.special import gammaln

    y = np.where(np.isinf(x), np.inf, gammaln(x))
    near_1, near_2 = (x > 0.5) & (x < 1.5), (x >= 1.5) & (x < 2.5)
    if np.any(near_1 | near_2):
        d = np.where(near_1, x - 1, 0)
        y = np.where(near_1, _lgamma_near_1(d, np.log1p(d)), y)
        y = np.where(near_2, _lgamma_near_2(np.where(near_2, x - 2, 0)), y)
    return y


def _lgamma_near_1(d: Any, log1p_of_d: Any) -> Any:
    """lgamma(1 + d), by its recurrence."""
    return _lgamma_near_2(d) - log1p_of_d


def _lgamma_near_2(d: Any) -> Any:
    """lgamma(2 + d)."""
    series: Any = 0.0
    for coefficient in reversed(_LGAMMA_AT_2):
        series = series * d + coefficient
    return series * d


# B(2k)/(2k), the highest k first, of DLMF 5.11.2.
_DIGAMMA_AT_INFINITY = (1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12)


def digamma_of_float(x: float) -> float:
    """The derivative of lgamma; -inf at 0, inf at -0.0, nan at negative integers and -inf.

    As PyTorch computes it, to the last digit: by its recurrence up to 10, the asymptotic series from there,
    and reflection below 0. Around its zero at 1.46 that loses digits, and SciPy's does not.
    """
    if x == 0.0 or x != x or x in (math.inf, -math.inf):
        return math.copysign(math.inf, -x) if x == 0.0 else math.nan if x < 0.0 else x
    if x < 0.0:
        part = math.modf(x)[0]
        return digamma_of_float(1.0 - x) - math.pi / math.tan(math.pi * part) if part else math.nan
    if 1.0 <= x <= 2.0:
        from scipy.special import psi

        return float(psi(x))
    steps = 0.0
    while x < 10.0:
        steps -= 1.0 / x
        x += 1.0
    z = 1.0 / (x * x) if x < 1e17 else 0.0
    series = 0.0
    for coefficient in _DIGAMMA_AT_INFINITY:
        series = series * z + coefficient
    return steps + math.log(x) - 0.5 / x - series * z


def digamma(x: Any) -> Any:
    """The derivative of lgamma; -inf at 0, inf at -0.0, nan at negative integers and -inf."""
    from scipy.special import psi

    return psi(x)


def order(n: float) -> int:
    """polygamma's n as an integer; raises RuntimeError, as PyTorch does, where it is negative."""
    if n < 0 or n != int(n):
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return int(n)


def polygamma(n: float, x: Any) -> Any:
    """The n-th derivative of digamma; raises RuntimeError for a negative n.

    Below 0 by reflection, DLMF 5.15.6: SciPy's sum walks from x to 9 in steps of 1. At the poles inf for odd
    n, -inf for even n, as PyTorch has it; nan at -inf.
    """
    import numpy as np
    from scipy import special

    n = order(n)
    if n == 0:
        return special.psi(x)
    x = np.asarray(x)
    below = x < 0
    y = _polygamma_above(n, np.where(below, 1 - x, x))
    if below.any():
        y = np.where(below, (-1) ** n * y - math.pi * _cotangent_at(n, x), y)
    return y.astype(x.dtype) if x.dtype == np.float32 else y


def _polygamma_above(n: int, x: Any) -> Any:
    """(-1)^(n+1) n! zeta(n + 1, x) for x >= 0, DLMF 5.15.1."""
    from scipy import special

    return (-1) ** (n + 1) * special.gamma(n + 1.0) * special.zeta(n + 1.0, x)


def cotangent_derivative(n: int) -> list[int]:
    """pi^-n times the n-th derivative of cot(pi x), as a polynomial in cot(pi x), its constant first.

    Since cot' = -(1 + cot^2), each derivative multiplies by that.
    """
    polynomial = [0, 1]
    for _ in range(n):
        slope = [i * c for i, c in enumerate(polynomial)][1:]
        polynomial = [-a - b for a, b in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    return polynomial


def _cotangent_at(n: int, x: Any) -> Any:
    """The n-th derivative of cot(pi x), x < 0, reduced exactly; signed at the poles for polygamma."""
    import numpy as np

    r = np.where(np.isfinite(x), x - np.round(x), np.nan)
    cotangent = np.cos(math.pi * r) / np.sin(math.pi * r)
    value = 0.0 * r
    for coefficient in reversed(cotangent_derivative(n)):
        value = value * cotangent + float(coefficient)
    return np.where(r == 0, np.inf if n % 2 == 0 else -np.inf, math.pi**n * value)
