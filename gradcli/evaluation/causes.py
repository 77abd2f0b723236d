"""Why an operation gave nan or inf: a reason in a person's words, from the rule's name and its operands."""

from __future__ import annotations

from gradcli.numbers import is_finite, namespace_of, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

INF = float("inf")


def cause(rule: str, operands: Sequence[Any], out: Any) -> str:
    """Why `rule` of these scalars is `out`, which is nan or infinite; "" where nothing is known."""
    numbers = [float(operand) for operand in operands]
    if any(n != n for n in numbers):
        return ""
    reason = _REASONS.get(rule)
    known = reason(*numbers) if reason and _fits(reason, numbers) else ""
    if known:
        return known
    if abs(float(out)) == INF and all(abs(n) != INF for n in numbers) and rule in _GROWING:
        return "overflow, beyond the largest number"
    return ""


def _fits(reason: Callable[..., str], numbers: list[float]) -> bool:
    return bool(reason.__code__.co_argcount == len(numbers))


def cause_of_whole(rule: str, operands: Sequence[Any], out: Any, static: dict[str, Any]) -> str:
    """The same for rules that take arrays as a whole; "" where nothing is known."""
    sizes = [size_of(operand) for operand in operands]
    if sizes and sizes[0] == 0:
        return f"the {rule} of no elements"
    if rule in ("var", "std") and all(map(is_finite, operands)):
        few = static.get("correction", 1)
        if out != out or (static.get("axis") is None and sizes[0] <= few):
            return f"{rule} of too few elements: it needs more than {few:g}"
    if rule == "bce" and not _probable(operands[0]):
        return "a p of bce that is no probability, from 0 to 1"
    if any(not is_finite(operand) for operand in operands):
        return "an operand that is infinite"
    return ""


def _probable(p: Any) -> bool:
    xp = namespace_of(p)
    return bool(xp.amin(p) >= 0 and xp.amax(p) <= 1)


def _division(a: float, b: float) -> str:
    if b == 0:
        return "0/0" if a == 0 else "division by zero"
    return "inf/inf" if abs(a) == abs(b) == INF else ""


def _power(a: float, b: float) -> str:
    if a == 0 and b < 0:
        return "zero to a negative power, a division by zero"
    if a < 0 and b != b // 1:
        root = "; cbrt is the real cube root" if abs(b * 3 - 1) < 1e-9 else ""
        return "a negative number to a fractional power" + root
    return ""


def _logarithm(x: float) -> str:
    return "the logarithm of zero" if x == 0 else "the logarithm of a negative number" if x < 0 else ""


def _logarithm1p(x: float) -> str:
    return _logarithm(1 + x)


def _root(x: float) -> str:
    return "the square root of a negative number" if x < 0 else ""


def _outside(low: float, high: float, name: str) -> Callable[[float], str]:
    interval = f"{low:g} to {high:g}" if high != INF else f"{low:g} upwards"

    def reason(x: float) -> str:
        return f"{name} outside its domain, {interval}" if not low <= x <= high else f"a pole of {name}"

    return reason


def _within(low: float, high: float, name: str) -> Callable[[float], str]:
    """The reason of a function that has no value between two bounds."""

    def reason(x: float) -> str:
        if low < x < high:
            return f"{name} between {low:g} and {high:g}, where it has no value"
        return f"a pole of {name}" if x in (low, high) else ""

    return reason


def _logarithm_to_base(x: float, b: float) -> str:
    return _logarithm(x) or _logarithm(b) or ("a logarithm to base 1" if b == 1 else "")


def _pole_of_either(name: str) -> Callable[[float, float], str]:
    pole = _pole(name)
    return lambda a, b: pole(a) or pole(b)


def _pole(name: str) -> Callable[[float], str]:
    return lambda x: f"a pole of {name}" if x <= 0 and x == x // 1 else ""


def _pole_at_zero(name: str) -> Callable[[float], str]:
    return lambda x: f"a pole of {name}" if x == 0 else ""


def _remainder(a: float, b: float) -> str:
    if b == 0:
        return "the remainder of a division by zero"
    return "the remainder of infinity" if abs(a) == INF else ""


_REASONS: dict[str, Callable[..., str]] = {
    "div": _division,
    "floordiv": _division,
    "mod": _remainder,
    "pow": _power,
    "mul": lambda a, b: "0·inf" if 0 in (a, b) else "",
    "add": lambda a, b: "inf − inf" if INF in (abs(a), abs(b)) else "",
    "sub": lambda a, b: "inf − inf" if INF in (abs(a), abs(b)) else "",
    "log": _logarithm,
    "log2": _logarithm,
    "log10": _logarithm,
    "log1p": _logarithm1p,
    "sqrt": _root,
    "asin": _outside(-1, 1, "asin"),
    "acos": _outside(-1, 1, "acos"),
    "acosh": _outside(1, INF, "acosh"),
    "atanh": _outside(-1, 1, "atanh"),
    "asec": _within(-1, 1, "asec"),
    "acsc": _within(-1, 1, "acsc"),
    "acoth": _within(-1, 1, "acoth"),
    "asech": _outside(0, 1, "asech"),
    "acsch": _pole_at_zero("acsch"),
    "xlogy": lambda _, y: _logarithm(y),
    "fmod": _remainder,
    "erfinv": _outside(-1, 1, "erfinv"),
    "logit": _outside(0, 1, "logit"),
    "gamma": _pole("gamma"),
    "lgamma": _pole("lgamma"),
    "digamma": _pole("digamma"),
    "polygamma": _pole("polygamma"),
    "beta": _pole_of_either("beta"),
    "log_base": _logarithm_to_base,
    "sin": lambda x: "the sine of infinity" if abs(x) == INF else "",
    "cos": lambda x: "the cosine of infinity" if abs(x) == INF else "",
    "tan": lambda x: "the tangent of infinity" if abs(x) == INF else "",
    "csc": _pole_at_zero("csc"),
    "cot": _pole_at_zero("cot"),
    "csch": _pole_at_zero("csch"),
    "coth": _pole_at_zero("coth"),
}

# Of finite numbers these are infinite only where the result is too large for the kind of number.
_GROWING = frozenset(
    (
        "add",
        "sub",
        "mul",
        "div",
        "pow",
        "exp",
        "exp2",
        "expm1",
        "sinh",
        "cosh",
        "gamma",
        "lgamma",
        "sum",
        "prod",
        "cumsum",
        "cumprod",
        "logdet",
        "norm",
        "dot",
        "matmul",
        "hypot",
        "mse",
    )
)
