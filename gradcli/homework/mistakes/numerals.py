"""Constants: those of a tape, and how a number is said in a sentence."""

from __future__ import annotations

from fractions import Fraction

from gradcli.homework.tape import Slot
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.homework.tape import Tape

    Number = Any

_LARGEST = 1000
"""How large a denominator may be for a number to be a fraction."""


def constants_of(tape: Tape) -> list[Number]:
    """The single numbers that a tape has as operands, each once."""
    found: dict[str, Number] = {}
    for step in tape.steps:
        for operand in step.operands:
            if type(operand) is not Slot and not shape_of(operand) and operand == operand:
                found.setdefault(repr(operand), operand)
    return list(found.values())


def as_fraction(number: Number) -> Fraction | None:
    """The number as a fraction with a small denominator, if it is one to many digits."""
    guess = Fraction(float(number)).limit_denominator(_LARGEST)
    if abs(number * guess.denominator - guess.numerator) <= 1e-20 * abs(number):
        return guess
    return None


def fraction(number: Number) -> str:
    """A number in a sentence: `3`, `1/3`, or about six digits."""
    if abs(float(number)) < 1e12:
        exact = as_fraction(number)
        if exact is not None:
            return str(exact)
    return f"{float(number):.6g}"
