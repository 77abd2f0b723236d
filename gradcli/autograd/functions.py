"""The functions of torch and the methods of Tensor that work on each element, and matrix products."""

from __future__ import annotations

from gradcli.engine import extras, operators
from gradcli.engine.apply import MISSING, apply, unary
from gradcli.engine.dtypes import REAL, WHOLE, bool_, cast, dtype_of, int64, is_array, settle
from gradcli.engine.extras import CLONE
from gradcli.engine.operators import compare, operand_of
from gradcli.engine.tensor import Tensor, wrap
from gradcli.numbers import namespace_of
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.rules.rulebook import Rule

TORCH: dict[str, Any] = {}
"""Every function of torch that these modules define, by name."""


def function(
    compute: Callable[..., Any], name: str | None = None, also_method: bool = True
) -> Callable[..., Any]:
    """Make `compute` a function of the module, and a method of Tensor."""
    name = name or compute.__name__
    TORCH[name] = compute
    if also_method:
        setattr(Tensor, name, compute)
    return compute


def expect_tensor(input: Any, name: str) -> None:
    """Raise PyTorch's TypeError where a function of tensors is given something else."""
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")


def _of_one(name: str, rule_name: str | None = None) -> None:
    rule = RULES[rule_name or name]

    def general(input: Any) -> Tensor:
        if input is MISSING:
            raise TypeError(f'{name}() missing 1 required positional arguments: "input"')
        expect_tensor(input, name)
        if input.dtype.rank < REAL:
            return _of_whole_numbers(name, rule, input)
        return apply(rule, input)

    operation = unary(rule, general)
    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = rule.summary
    function(operation, name)


def _of_whole_numbers(name: str, rule: Rule, input: Tensor) -> Tensor:
    from gradcli.autograd.refusals import expect_kernel

    expect_kernel(name, input)
    if name == "relu":
        return clamp(input, 0)  # type: ignore[no-any-return]
    return apply(CLONE, input) if name in STAY_WHOLE or (name, input.dtype) == ("sign", bool_) else (
        apply(rule, input)
    )


STAY_WHOLE = frozenset(("floor", "ceil", "trunc", "fix", "round"))
"""Functions that give a whole number back as it is."""

for _name in (
    "abs",
    "sign",
    "sqrt",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "erf",
    "erfc",
    "erfinv",
    "lgamma",
    "digamma",
    "sinc",
    "floor",
    "ceil",
    "trunc",
    "sigmoid",
    "relu",
    "selu",
    "logit",
    "reciprocal",
):
    _of_one(_name)
for _name, _rule in {
    "absolute": "abs",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "deg2rad": "radians",
    "rad2deg": "degrees",
    "fix": "trunc",
}.items():
    _of_one(_name, _rule)
function(lambda input: apply(extras.SGN, input), "sgn")
function(lambda input: input.detach(), "detach", also_method=False)
setattr(Tensor, "__abs__", TORCH["abs"])  # noqa: B010


@function
def neg(input: Tensor) -> Tensor:
    """The negative."""
    expect_tensor(input, "neg")
    return -input


@function
def square(input: Tensor) -> Tensor:
    """The square."""
    return operators.pow(input, 2)  # type: ignore[no-any-return]


@function
def rsqrt(input: Tensor) -> Tensor:
    """1/sqrt(x)."""
    return apply(extras.RSQRT, input)


@function
def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest whole number, a half to the even one; or to so many decimals."""
    expect_tensor(input, "round")
    if input.dtype.rank < REAL:
        return _of_whole_numbers("round", RULES["round"], input)
    if decimals == 0:
        return apply(RULES["round"], input)
    factor = 10.0**decimals
    return apply(RULES["round"], input * factor) / factor


@function
def clone(input: Tensor) -> Tensor:
    """A copy through which gradients flow."""
    return apply(CLONE, input)


# --- of two ---


def _scaled(name: str) -> None:
    plain: Callable[[Any, Any], Any] = getattr(operators, name)

    def operation(input: Any, other: Any, *, alpha: Any = 1) -> Any:
        return _checked(name, input, other, plain(input, other if alpha == 1 else _times(other, alpha)))

    operation.__doc__ = f"`input {'+' if name == 'add' else '-'} alpha*other`."
    function(operation, name)


def _times(other: Any, alpha: Any) -> Any:
    if not isinstance(other, Tensor):
        return other * alpha
    return wrap(other._value * alpha) if not other.requires_grad else other * alpha


def _checked(name: str, input: Any, other: Any, out: Any) -> Any:
    """`out`; raises PyTorch's TypeError where an operand was no number."""
    if out is NotImplemented:
        at, bad = ("input", input) if operand_of(input) is NotImplemented else ("other", other)
        raise TypeError(
            f"{name}(): argument '{at}' (position {1 if at == 'input' else 2}) must be Tensor, not "
            f"{type(bad).__name__}"
        )
    return out


def _of_two(name: str, plain: Callable[[Any, Any], Any], *aliases: str) -> None:
    def operation(input: Any, other: Any) -> Any:
        return _checked(name, input, other, plain(input, other))

    operation.__name__ = name
    for alias in (name, *aliases):
        function(operation, alias)


def _by_rule(name: str) -> Callable[[Any, Any], Any]:
    rule = RULES[name]
    return lambda a, b: apply(rule, a, b)


_scaled("add")
_scaled("sub")
function(TORCH["sub"], "subtract")
_of_two("mul", operators.mul, "multiply")
_of_two("floor_divide", operators.floordiv)
_of_two("remainder", operators.mod)


def _of_two_tensors(name: str) -> None:
    rule = RULES[name]

    def operation(input: Tensor, other: Tensor) -> Tensor:
        if not (isinstance(input, Tensor) and isinstance(other, Tensor)):
            from gradcli.autograd.refusals import expect_tensors

            expect_tensors(name, input=input, other=other)
        return apply(rule, input, other)

    operation.__name__ = name
    operation.__doc__ = rule.summary
    function(operation, name)


for _name in ("maximum", "minimum", "atan2", "hypot", "outer", "logaddexp"):
    _of_two_tensors(_name)
function(TORCH["outer"], "ger")


for _sign in ("lt", "le", "gt", "ge", "eq", "ne"):
    function(lambda input, other, _sign=_sign: compare(_sign, input, other), _sign)


@function
def xlogy(input: Any, other: Any) -> Tensor:
    """`input*log(other)`, and 0 where `input` is 0; either may be a number."""
    if not isinstance(input, Tensor):
        expect_tensor(other, "xlogy")
    return apply(RULES["xlogy"], input, other)


@function
def fmod(input: Tensor, other: Any) -> Tensor:
    """The remainder of `input/other` rounded towards 0, with the sign of `input`."""
    expect_tensor(input, "fmod")
    if operand_of(other) is NotImplemented:
        raise TypeError(
            f"fmod(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}"
        )
    operators.no_whole_zero(input, other)
    return apply(RULES["fmod"], input, other)


@function
def pow(input: Any, exponent: Any) -> Any:
    """`input ** exponent`; either may be a number."""
    return _checked("pow", input, exponent, operators.pow(input, exponent))


@function
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """`input / other`, rounded to whole numbers where `rounding_mode` is "floor" or "trunc"."""
    if rounding_mode is not None:
        out = apply(extras.DIV_ROUNDED, input, other, mode=rounding_mode)
        operands = [getattr(operand, "_value", operand) for operand in (input, other)]
        return wrap(cast(out._value, int64)) if all(_kind(v) < REAL for v in operands) else out
    return _checked("div", input, other, operators.div(input, other))


function(div, "divide")
function(div, "true_divide")


@function
def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """`input` where `condition` holds, else `other`; with the condition alone, the indices at which it
    holds."""
    if input is None or other is None:
        import numpy

        return tuple(wrap(settle(i)) for i in numpy.nonzero(condition._value))
    if condition.dtype is not bool_:
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{condition.dtype.title}"
        )
    return apply(RULES["where"], condition, input, other)


setattr(Tensor, "where", lambda self, condition, other: where(condition, self, other))  # noqa: B010


@function
def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """`input` with what is below `min` raised to it and what is above `max` lowered to it."""
    expect_tensor(input, "clamp")
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    bounds = [getattr(bound, "_value", bound) for bound in (min, max)]
    if input.dtype.rank < REAL and all(b is None or _kind(b) < REAL for b in bounds):
        import numpy

        return wrap(settle(numpy.clip(input._value, *bounds)))
    return apply(
        RULES["clamp"], input, float("-inf") if min is None else min, float("inf") if max is None else max
    )


def _kind(payload: Any) -> int:
    return WHOLE if type(payload) is int else dtype_of(payload).rank


function(clamp, "clip")
function(lambda input, min: apply(extras.CLAMP_MIN, input, min), "clamp_min")
function(lambda input, max: apply(extras.CLAMP_MAX, input, max), "clamp_max")


@function
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """`input` with `value` where `mask` holds."""
    rule = extras.MASKED_FILL_TENSOR if isinstance(value, Tensor) else extras.MASKED_FILL
    value = value.to(input.dtype) if isinstance(value, Tensor) else wrap(cast(value, input.dtype))
    return apply(rule, mask, input, value)


@function
def polygamma(n: int, input: Tensor) -> Tensor:
    """The n-th derivative of digamma."""
    rule = RULES["polygamma"]
    operands, static = rule.bind([n, input], {})
    return apply(rule, *operands, **static)


# --- truth ---


def _test(name: str) -> None:
    def operation(input: Tensor) -> Tensor:
        value = input._value
        if is_array(value) and value.dtype.name in ("int64", "bool"):
            value = value.astype("float64")
        return wrap(_as_bool(getattr(namespace_of(value), name)(value)))

    operation.__name__ = name
    function(operation, name)


def _as_bool(value: Any) -> Any:
    return settle(value.astype("bool")) if is_array(value) else bool_is(value)


def bool_is(value: Any) -> bool:
    """Whether a payload of one number is not zero."""
    return value != 0  # type: ignore[no-any-return]


for _name in ("isnan", "isinf", "isfinite"):
    _test(_name)


@function
def logical_not(input: Tensor) -> Tensor:
    """Whether each element is zero."""
    return compare("eq", input, 0)  # type: ignore[no-any-return]


@function
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and the same elements."""
    return input.shape == other.shape and bool(compare("eq", input, other).all())


@function
def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether all elements are as near as `atol + rtol*abs(other)`."""
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{input.dtype.title} did not match {other.dtype.title}")
    import numpy

    return bool(numpy.allclose(input._value, other._value, rtol=rtol, atol=atol, equal_nan=equal_nan))
