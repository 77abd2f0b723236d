"""The payloads of operands, brought to the one element type that PyTorch would compute in."""

from __future__ import annotations

from gradcli.engine.dtypes import DEFAULT, REAL, bool_, cast, dtype_of, is_array, number_dtype, promoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.engine.dtypes import dtype
    from gradcli.rules.rulebook import Rule

    Payload = Any

KEEPS_WHOLE = frozenset(
    {
        "add",
        "sub",
        "mul",
        "neg",
        "pow",
        "floordiv",
        "mod",
        "fmod",
        "matmul",
        "dot",
        "abs",
        "sign",
        "floor",
        "ceil",
        "round",
        "trunc",
        "relu",
        "maximum",
        "minimum",
        "where",
        "clamp",
        "sum",
        "prod",
        "max",
        "min",
        "cumsum",
        "cumprod",
        "reshape",
        "transpose",
        "getitem",
        "index",
        "concat",
        "stack",
        "trace",
        "outer",
        "cross",
        "diag",
        "clone",
        "detach",
        "amax",
        "amin",
        "broadcast_to",
        "flip",
        "scatter",
        "Unbind",
        "Max",
        "Min",
        "IndexSelect",
        "Gather",
        "Sort",
        "Topk",
        "Diagonal",
        "squeeze",
        "unsqueeze",
        "T",
        "Transpose",
    }
)
"""Rules that give whole numbers for whole numbers; the others give reals of the default type."""


def payloads_of(rule: Rule, operands: Sequence[Any]) -> list[Payload]:
    """The operands' payloads in the type of the operation; Python numbers become floats or arrays of it."""
    values: list[Payload] = []
    plain = True  # neither float32 nor whole numbers anywhere: nothing to convert
    for operand in operands:
        value = getattr(operand, "_value", operand)
        values.append(value)
        plain = plain and (type(value) is float or (is_array(value) and value.dtype.char == "d"))
    if plain:
        return values
    like = next((p for p in map(_precise, values) if p is not None), None)
    return _converted(rule, operands, values) if like is None else _exact(values, like)


def _precise(value: Payload) -> Payload:
    """The mpf that a payload is or begins with; None of every other kind."""
    if is_array(value) and value.dtype == object and value.size:
        value = value.flat[0]
    return value if hasattr(value, "_mpf_") else None


def _exact(values: list[Payload], like: Payload) -> list[Payload]:
    """The payloads with Python's numbers as the decimals that they are written as, in the digits of `like`.

    As floats beside an mpf they would have a float's digits in every function: log(2.0) in that of 2.0**x.
    """
    from gradcli.numbers import precise

    return [precise.number(repr(v), like) if isinstance(v, (int, float)) else v for v in values]


def _converted(rule: Rule, operands: Sequence[Any], values: list[Payload]) -> list[Payload]:
    kind = operation_dtype(operands, values)
    if kind.rank < REAL and rule.name not in KEEPS_WHOLE:
        kind = DEFAULT.dtype
    if rule.name == "where":
        # The condition is no operand of the arithmetic; it only has to be of the same kind of number.
        kind = operation_dtype(operands[1:], values[1:])
    converted = [
        v if v is None or (i == 0 and rule.name == "where" and is_array(v)) else cast(v, kind)
        for i, v in enumerate(values)
    ]
    return list(map(_truth, converted)) if kind is bool_ else converted


def _truth(value: Payload) -> Payload:
    """A bool as NumPy's, whose sum is one too."""
    if type(value) is not bool:
        return value
    import numpy

    return numpy.asarray(value)


def operation_dtype(operands: Sequence[Any], values: Sequence[Payload]) -> dtype:
    """The element type in which PyTorch computes an operation on these operands."""
    arrays: list[dtype] = []
    scalars: list[dtype] = []
    numbers: list[dtype] = []
    for operand, value in zip(operands, values, strict=True):
        if value is None:
            continue
        if operand is value:
            numbers.append(number_dtype(value) if isinstance(value, (int, float)) else dtype_of(value))
        elif is_array(value) and value.ndim:
            arrays.append(dtype_of(value))
        else:
            scalars.append(dtype_of(value))
    return promoted(arrays, scalars, numbers)
