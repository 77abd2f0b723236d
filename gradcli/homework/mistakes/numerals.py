"""Constants: those of a tape, and how a number is said in a sentence."""

from __future__ import annotations

import re
from fractions import Fraction

from gradcli.evaluation.environment import CONSTANTS
from gradcli.evaluation.kinds import Decimal
from gradcli.evaluation.tape import Slot, record
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, name, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation.tape import Tape

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


_DIGITS = 50
_LETTER = "constant"
_MOST_PARTS = 2


def slopes(constant: Expression) -> list[Number]:
    """The derivatives of a constant in its parts: of pi**2 in pi, of log(3) in 3; none of a plain number.

    The constants of nature are tried, the numbers only where there are none; two parts at most.
    """
    kind = Decimal(_DIGITS)
    parts = list(postorder(constant))
    if len(parts) < 2 or any(part.op == "name" and part.value not in CONSTANTS for part in parts):
        return []
    names = {part.value: part for part in parts if part.op == "name"}
    leaves = list(names.values()) or [part for part in parts if part.op == "number"]
    found = []
    for leaf in leaves[:_MOST_PARTS]:
        opened = replaced(constant, leaf, name(_LETTER))
        value = kind.constant(leaf.value)._value if leaf.op == "name" else kind.payload(leaf.value)
        try:
            _, slope = record("", opened, kind).derivative({_LETTER: value}, _LETTER)
        except (ArithmeticError, ValueError, TypeError):
            continue
        found.append(slope)
    return found


def replaced(expression: Expression, old: Expression, new: Expression) -> Expression:
    """An expression with another in the place of a leaf; of a name wherever it stands."""
    made: dict[int, Expression] = {}
    for part in postorder(expression):
        if part is old or (part.op == old.op == "name" and part.value == old.value):
            made[id(part)] = new
            continue
        args = tuple(made.get(id(arg), arg) for arg in part.args)
        keywords = tuple((key, made.get(id(arg), arg)) for key, arg in part.keywords)
        made[id(part)] = Expression(part.op, args, part.value, part.span, part.text, keywords)
    return made[id(expression)]


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
    return re.sub(r"e([+-])0*", r"e\1", f"{float(number):.6g}").replace("e+", "e")
