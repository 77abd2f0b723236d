"""The symbolic kind: expressions that fold constants and units as they are built.

Folding changes no value and no domain, names being finite: 0*x is 0 and x - x too, but 0*log(x), x/x and
log(x) - log(x) stay. Numbers are folded exactly, as fractions of the decimals that were written: 1/3 stays a
division, 0.1 + 0.2 is 0.3, and sin(2) stays sin(2).
"""

# ruff: noqa: I001 - imported names stand under the name that the namespace offers
from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gradcli.numbers import floats
from gradcli.numbers.constants import (
    CONSTANT_OPS, EXACT, alike, constant, exact_value, fold, is_decimal, is_number, is_total, pair,
    number as number, pi as pi,
)
from gradcli.numbers.expression import Expression, name, number as _number
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

    Operand = Expression | float


# --- arithmetic ---


def add(a: Operand, b: Operand) -> Expression:
    """a + b."""
    a, b = pair(a, b)
    folded = fold(a, b, lambda x, y: x + y)
    if folded is not None:
        return folded
    if is_number(a, 0.0) or is_number(b, 0.0):
        return b if is_number(a, 0.0) else a
    if b.op == "neg":
        return sub(a, b.args[0])
    if a.op == "neg":
        return sub(b, a.args[0])
    return mul(2.0, a) if alike(a, b) else Expression("add", (a, b))


def sub(a: Operand, b: Operand) -> Expression:
    """a - b."""
    a, b = pair(a, b)
    folded = fold(a, b, lambda x, y: x - y)
    if folded is not None:
        return folded
    if is_number(b, 0.0):
        return a
    if is_number(a, 0.0):
        return neg(b)
    if b.op == "neg":
        return add(a, b.args[0])
    return _number(0.0) if alike(a, b) and is_total(a) else Expression("sub", (a, b))


def neg(x: Operand) -> Expression:
    """-x."""
    x = number(x)
    if x.op == "neg":
        inner: Expression = x.args[0]
        return inner
    if x.op == "sub":
        return Expression("sub", (x.args[1], x.args[0]))
    return x if is_number(x, 0.0) else Expression("neg", (x,))


def mul(a: Operand, b: Operand) -> Expression:
    """a * b, its sign and its constant in front."""
    a, b = pair(a, b)
    folded = fold(a, b, lambda x, y: x * y)
    if folded is not None:
        return folded
    if (is_number(a, 0.0) and is_total(b)) or (is_number(b, 0.0) and is_total(a)):
        return _number(0.0)
    if is_number(a, 1.0) or is_number(b, 1.0):
        return b if is_number(a, 1.0) else a
    if a.op == "neg":
        return neg(mul(a.args[0], b))
    if b.op == "neg":
        return neg(mul(a, b.args[0]))
    return pow(a, 2.0) if alike(a, b) else _product(a, b)


def _product(a: Expression, b: Expression) -> Expression:
    """a*b where neither is 0, 1 or negative."""
    if exact_value(b) is not None:
        a, b = b, a
    if exact_value(a) is not None and b.op == "mul":
        folded = fold(a, b.args[0], lambda x, y: x * y)
        if folded is not None:
            return mul(folded, b.args[1])
    if exact_value(b) is None and b.op == "div" and is_number(b.args[0], 1.0):
        return div(a, b.args[1])
    if exact_value(a) is None and a.op == "div" and is_number(a.args[0], 1.0):
        return div(b, a.args[1])
    return Expression("mul", (a, b))


def div(a: Operand, b: Operand) -> Expression:
    """a / b."""
    a, b = pair(a, b)
    if not is_number(b, 0.0):
        folded = fold(a, b, lambda x, y: x / y)
        if folded is not None:
            return folded
        if is_number(b, 1.0) or (is_number(a, 0.0) and exact_value(b) is not None):
            return a
        if a.op == "neg":
            return neg(div(a.args[0], b))
        if b.op == "neg":
            return neg(div(a, b.args[0]))
        if a.op == "mul" and exact_value(b) is not None:
            ratio = fold(a.args[0], b, lambda x, y: x / y)
            if ratio is not None:
                return mul(ratio, a.args[1])
    return Expression("div", (a, b))


def pow(a: Operand, b: Operand) -> Expression:
    """a ** b."""
    a, b = pair(a, b)
    if is_number(b, 0.0) or is_number(a, 1.0):
        return _number(1.0)
    if is_number(b, 1.0):
        return a
    exponent = exact_value(b) if b.op in CONSTANT_OPS else None
    if exponent is not None and exponent.denominator == 1 and -64 <= exponent <= 64:
        base = exact_value(a)
        if base is not None and (base or exponent > 0):
            folded = constant(base ** int(exponent), is_decimal(a))
            if folded is not None:
                return folded
        inner = exact_value(a.args[1]) if a.op == "pow" else None
        if inner is not None and inner < 0 <= exponent * inner:
            inner = None  # 1/(1/x) has no value at 0
        power = constant(inner * exponent) if inner is not None and inner.denominator == 1 else None
        if power is not None:
            return pow(a.args[0], power)
    return Expression("pow", (a, b))


def floordiv(a: Operand, b: Operand) -> Expression:
    """floor(a / b)."""
    a, b = pair(a, b)
    folded = None if is_number(b, 0.0) else fold(a, b, lambda x, y: Fraction(x // y))
    return folded or Expression("floordiv", (a, b))


def mod(a: Operand, b: Operand) -> Expression:
    """a - b*floor(a/b)."""
    a, b = pair(a, b)
    folded = None if is_number(b, 0.0) else fold(a, b, lambda x, y: x % y)
    return folded or Expression("mod", (a, b))


def fmod(a: Operand, b: Operand) -> Expression:
    """a - b*trunc(a/b)."""
    a, b = pair(a, b)
    folded = None if is_number(b, 0.0) else fold(a, b, lambda x, y: x - y * (x / y).__trunc__())
    return folded or Expression("fmod", (a, b))


# --- functions ---

_AT = {
    "sin": {0: 0}, "cos": {0: 1}, "tan": {0: 0}, "asin": {0: 0}, "acos": {1: 0}, "atan": {0: 0},
    "asec": {1: 0}, "asech": {1: 0}, "sinc": {0: 1},
    "sinh": {0: 0}, "cosh": {0: 1}, "tanh": {0: 0}, "asinh": {0: 0}, "acosh": {1: 0}, "atanh": {0: 0},
    "exp": {0: 1}, "expm1": {0: 0}, "log": {1: 0}, "log1p": {0: 0}, "sech": {0: 1},
    "erf": {0: 0}, "erfc": {0: 1}, "erfinv": {0: 0}, "lgamma": {1: 0, 2: 0},
}
"""Where functions of integers are integers, beside the ones whose inverse is checked."""

_INVERSE: dict[str, Callable[[int], int]] = {
    "sqrt": lambda y: y**2, "cbrt": lambda y: y**3, "log2": lambda y: 2**y, "log10": lambda y: 10**y,
}

_ROUNDED: dict[str, Callable[[Fraction], Any]] = {
    "abs": lambda x: -x if x < 0 else x, "sign": lambda x: (x > 0) - (x < 0),
    "floor": lambda x: x.__floor__(), "ceil": lambda x: x.__ceil__(),
    "round": lambda x: x.__round__(), "trunc": lambda x: x.__trunc__(),
}


def _value_at(op: str, x: Fraction) -> Fraction | None:
    """The function at x where that is a fraction again, otherwise None."""
    if op in _ROUNDED:
        return Fraction(_ROUNDED[op](x))
    if x.denominator != 1:
        return None
    n = int(x)
    if op in _INVERSE and 0 < n < EXACT:
        root = int(floats.round(getattr(floats, op)(float(n))))
        return Fraction(root) if _INVERSE[op](root) == n else None
    if op == "sqrt" and n == 0:
        return x
    if (op == "exp2" and 0 <= n < 53) or (op == "gamma" and 0 < n < 19):
        return Fraction(int(getattr(floats, op)(float(n))))
    value = _AT.get(op, {}).get(n)
    return None if value is None else Fraction(value)


def _function(op: str) -> Callable[[Operand], Expression]:
    """The function of one operand that makes nodes of `op`, with its value where that is known exactly."""

    def function(x: Operand) -> Expression:
        x = number(x)
        argument = exact_value(x) if x.op in CONSTANT_OPS else None
        value = None if argument is None else _value_at(op, argument)
        made = None if value is None else constant(value, is_decimal(x))
        return made or Expression(op, (x,))

    function.__name__ = function.__qualname__ = op
    function.__doc__ = f"The expression {op}(x), or its value where that is exact."
    return function


abs = _function("abs")
sign = _function("sign")
sqrt = _function("sqrt")
cbrt = _function("cbrt")
exp = _function("exp")
exp2 = _function("exp2")
expm1 = _function("expm1")
log = _function("log")
log2 = _function("log2")
log10 = _function("log10")
log1p = _function("log1p")
sin = _function("sin")
cos = _function("cos")
tan = _function("tan")
asin = _function("asin")
acos = _function("acos")
atan = _function("atan")
sinh = _function("sinh")
cosh = _function("cosh")
tanh = _function("tanh")
asinh = _function("asinh")
acosh = _function("acosh")
atanh = _function("atanh")
asec = _function("asec")
acsc = _function("acsc")
acot = _function("acot")
asech = _function("asech")
acsch = _function("acsch")
acoth = _function("acoth")
sech = _function("sech")
erf = _function("erf")
erfc = _function("erfc")
erfinv = _function("erfinv")
lgamma = _function("lgamma")
digamma = _function("digamma")
gamma = _function("gamma")
floor = _function("floor")
ceil = _function("ceil")
round = _function("round")
trunc = _function("trunc")
sinc = _function("sinc")
sigmoid = _function("sigmoid")
softplus = _function("softplus")
logsigmoid = _function("logsigmoid")


def atan2(y: Operand, x: Operand) -> Expression:
    """The angle of the point (x, y)."""
    return Expression("atan2", (number(y), number(x)))


def hypot(x: Operand, y: Operand) -> Expression:
    """sqrt(x**2 + y**2)."""
    return Expression("hypot", (number(x), number(y)))


def polygamma(n: int, x: Operand) -> Expression:
    """The n-th derivative of digamma; raises RuntimeError for a negative n."""
    from gradcli.numbers import special

    n = special.order(n)
    return Expression("polygamma", (_number(float(n)), number(x))) if n else digamma(x)


def spherical(n: int, x: Operand) -> Expression:
    """j_n(z)/z**n at z = pi*x, by sinc and the cosine; the spherical Bessel function of n = 0 is sinc."""
    x = number(x)
    last, before = sinc(x), cos(mul(pi(x), x))
    square = pow(mul(pi(x), x), 2.0)
    at_0 = Fraction(1)
    for k in range(n):
        at_0 /= 2 * k + 3
        limit = constant(at_0) or _number(float(at_0))
        further = div(sub(mul(2.0 * k + 1.0, last), before), square)
        before, last = last, where(eq(x, 0.0), limit, further)
    return last


def xlogy(x: Operand, y: Operand) -> Expression:
    """x*log(y), but 0 for x = 0 whatever y is."""
    x, y = pair(x, y)
    if is_number(x, 0.0) and is_total(y):
        return x
    if exact_value(x) or (exact_value(y) or 0) > 0:
        return mul(x, log(y))
    return Expression("xlogy", (x, y))


def maximum(a: Operand, b: Operand) -> Expression:
    """The larger of two."""
    a, b = pair(a, b)
    return fold(a, b, max) or (a if alike(a, b) else Expression("maximum", (a, b)))


def minimum(a: Operand, b: Operand) -> Expression:
    """The smaller of two."""
    a, b = pair(a, b)
    return fold(a, b, min) or (a if alike(a, b) else Expression("minimum", (a, b)))


def logaddexp(a: Operand, b: Operand) -> Expression:
    """log(e**a + e**b)."""
    return Expression("logaddexp", (number(a), number(b)))


def beta(a: Operand, b: Operand) -> Expression:
    """gamma(a)*gamma(b)/gamma(a + b)."""
    return Expression("beta", (number(a), number(b)))


# --- truth ---


def _comparison(
    op: str, holds: Callable[[Fraction, Fraction], bool]
) -> Callable[[Operand, Operand], Expression]:
    """The comparison that makes nodes of `op`, with its truth where both are numbers."""

    def compare(a: Operand, b: Operand) -> Expression:
        a, b = pair(a, b)
        return fold(a, b, lambda x, y: Fraction(holds(x, y))) or Expression(op, (a, b))

    compare.__name__ = compare.__qualname__ = op
    return compare


lt = _comparison("lt", lambda a, b: a < b)
le = _comparison("le", lambda a, b: a <= b)
gt = _comparison("gt", lambda a, b: a > b)
ge = _comparison("ge", lambda a, b: a >= b)
eq = _comparison("eq", lambda a, b: a == b)
ne = _comparison("ne", lambda a, b: a != b)


def isnan(x: Operand) -> Expression:
    """x != x."""
    x = number(x)
    return ne(x, x)


def isinf(x: Operand) -> Expression:
    """|x| == inf."""
    return _number(0.0) if exact_value(number(x)) is not None else eq(abs(x), name("inf"))


def isfinite(x: Operand) -> Expression:
    """|x| < inf."""
    return _number(1.0) if exact_value(number(x)) is not None else lt(abs(x), name("inf"))


def _truth(x: Expression) -> bool | None:
    """Whether a constant is not 0; None of what is no constant."""
    value = exact_value(x)
    return None if value is None else value != 0


def logical_and(a: Operand, b: Operand) -> Expression:
    """1 where neither is 0, else 0."""
    a, b = pair(a, b)
    if _truth(a) is False or _truth(b) is False:
        return _number(0.0)
    if _truth(a) and _truth(b):
        return _number(1.0)
    return Expression("logical_and", (a, b))


def logical_or(a: Operand, b: Operand) -> Expression:
    """1 where one is not 0, else 0."""
    a, b = pair(a, b)
    if _truth(a) or _truth(b):
        return _number(1.0)
    if _truth(a) is False and _truth(b) is False:
        return _number(0.0)
    return Expression("logical_or", (a, b))


def logical_not(x: Operand) -> Expression:
    """1 where x is 0, else 0."""
    x = number(x)
    truth = _truth(x)
    return Expression("logical_not", (x,)) if truth is None else _number(float(not truth))


def where(c: Operand, a: Operand, b: Operand) -> Expression:
    """a where c is not 0, else b."""
    c, a, b = number(c), number(a), number(b)
    truth = _truth(c)
    if truth is not None:
        return a if truth else b
    return a if alike(a, b) else Expression("where", (c, a, b))
