"""Whether derivative and claim are the same number at a point, with as many digits as it takes to tell."""

from __future__ import annotations

from gradcli.homework.regions import finite
from gradcli.homework.written import DIGITS, decimal
from gradcli.numbers import precise, shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gradcli.homework.written import Written

    Number = Any

MORE_DIGITS = (150, 500, 1500)
"""How many digits are tried, one after the other, where two numbers seem to differ."""

SAME = 1e-30
"""A relative difference that is none."""

AGREE = "agree"
DIFFER = "differ"
NO_CLAIM = "no claim"
NO_TRUTH = "no truth"
UNSTABLE = "unstable"


class Compared:
    """A point with what came out there: `status`, and the values where both sides have one."""

    __slots__ = ("at", "claimed", "difference", "draw", "proven", "status", "true", "value", "x")

    def __init__(self, at: Mapping[str, Number], x: float, draw: int) -> None:
        self.at = at
        self.x = x
        self.draw = draw
        self.status = NO_TRUTH
        self.value: Number = None
        self.true: Number = None
        self.claimed: Number = None
        self.difference = 0.0  # relative to the larger of the two
        self.proven = True  # whether a difference was shown to be none of rounding

    @property
    def usable(self) -> bool:
        """Whether both sides have a value that can be trusted."""
        return self.status in (AGREE, DIFFER)

    def __repr__(self) -> str:
        return f"<Compared at {self.x} in draw {self.draw}: {self.status}>"


def difference(true: Number, claimed: Number) -> float:
    """How far two numbers are apart, relative to the larger one; of arrays the most, element by element."""
    if shape_of(true) or shape_of(claimed):
        import numpy

        pairs = zip(*(array.flat for array in numpy.broadcast_arrays(true, claimed)), strict=True)
        return max((difference(t, c) for t, c in pairs), default=0.0)
    if true == claimed:
        return 0.0
    return float(abs(true - claimed) / max(abs(true), abs(claimed)))


def settle(compared: Compared, f: Written, claim: Written, wrt: str) -> None:
    """Find out whether a difference is one, with more digits; changes the status where it is none."""
    compared.proven = True
    if compared.status == NO_CLAIM:
        _look_again(compared, claim)
        return
    if compared.status != DIFFER or trusted(compared, DIGITS, f, claim):
        return
    before = (compared.true, compared.claimed)
    for digits in MORE_DIGITS:
        context = decimal(digits).context
        at = {name: precise.number(value, context) for name, value in compared.at.items()}
        value, true = f.tape(digits).derivative(at, wrt)
        claimed = claim.tape(digits).value(at)
        if not (finite(value) and finite(true) and finite(claimed)):
            compared.status = UNSTABLE
            return
        apart = difference(true, claimed)
        if apart <= SAME:
            compared.status, compared.true, compared.claimed = AGREE, true, claimed
            return
        moved = max(_distance(true, before[0]), _distance(claimed, before[1]))
        compared.true, compared.claimed, compared.difference = true, claimed, apart
        if _distance(true, claimed) > 1e3 * moved and trusted(compared, digits, f, claim):
            return
        before = (true, claimed)
    compared.status = UNSTABLE


def _look_again(compared: Compared, claim: Written) -> None:
    """Whether the claim has a value after all, with more digits: 1/(a - b) where a and b round alike."""
    digits = MORE_DIGITS[1]
    at = {name: precise.number(value, decimal(digits).context) for name, value in compared.at.items()}
    if finite(claim.tape(digits).value(at)):
        compared.status = UNSTABLE


def trusted(compared: Compared, digits: int, f: Written, claim: Written) -> bool:
    """Whether two numbers are farther apart than rounding could bring them, by the sizes of what they came from.

    A sum of numbers up to 10**m is off by 10**(m - digits), and a quotient by a small number makes more of it.
    """
    gap = _distance(compared.true, compared.claimed)
    if not gap:
        return False
    context = decimal(digits).context
    at = {name: precise.number(value, context) for name, value in compared.at.items()}
    largest = 0.0
    for tape in (f.tape(digits), claim.tape(digits)):
        largest = max(largest, *(_size(value) for value in _numbers(tape.values(at))), 0.0)
    return digits - 15 > largest - float(context.log10(gap))


def _numbers(values: list[Any]) -> Iterator[Number]:
    for value in values:
        if shape_of(value):
            yield from value.flat
        else:
            yield value


def _size(value: Number) -> float:
    """How many digits a number is away from 1, either way."""
    mantissa = getattr(value, "_mpf_", (0, 0, 0, 0))
    return abs(mantissa[2] + mantissa[3]) * 0.30103 if mantissa[1] else 0.0


def _distance(a: Number, b: Number) -> Number:
    if shape_of(a) or shape_of(b):
        import numpy

        return max((abs(x - y) for x, y in zip(*(v.flat for v in numpy.broadcast_arrays(a, b)), strict=True)))
    return abs(a - b)
