"""Whether derivative and claim are the same number at a point, with as many digits as it takes to tell."""

from __future__ import annotations

from math import log10

from gradcli.evaluation.tape import Slot
from gradcli.homework.checking.regions import finite
from gradcli.homework.checking.written import DIGITS, decimal
from gradcli.numbers import precise, shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from gradcli.homework.checking.written import Written

    Number = Any

MORE_DIGITS = (150, 500, 1500)
"""How many digits are tried, one after the other, where two numbers seem to differ."""

_SPARE = 15  # digits
MODERATE = 12
"""Digits before the point, or zeros behind it, of numbers that are taken at their word."""

_VANISHING = 1e-60  # what a number shrinks by with the next more digits, that should be 0

SAME = 1e-30
"""A relative difference that is none."""

_POWER = 12  # of SAME: what is no difference with 500 digits

AGREE = "agree"
DIFFER = "differ"
NO_CLAIM = "no claim"
NO_TRUTH = "no truth"
UNSTABLE = "unstable"
SHAPES = "shapes"


class Compared:
    """A point with what came out there: `status`, and the values where both sides have one."""

    __slots__ = ("at", "claimed", "difference", "digits", "draw", "proven", "status", "true", "value", "x")

    def __init__(self, at: Mapping[str, Number], x: float, draw: int) -> None:
        self.at = at
        self.x = x
        self.draw = draw
        self.status = NO_TRUTH
        self.value: Number = None
        self.true: Number = None
        self.claimed: Number = None
        self.difference = 0.0  # relative to the larger of the two
        self.digits = DIGITS  # that the values were computed with in the end
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
    if compared.status != DIFFER:
        return
    of_floats = _sizes_of_floats(compared, f, claim)
    digits, sizes, moved = DIGITS, sizes_on_the_way(compared, f, claim, of_floats), None
    while compared.status == DIFFER:
        wanted = needed(compared, digits, sizes)
        if moved is None:
            # Of a number so large or so small a function may make anything: a second look must confirm it.
            steady = sizes < MODERATE
        else:
            steady = _distance(compared.true, compared.claimed) > 1e3 * moved
        if not steady:
            wanted = max(wanted, digits + 1)
        if wanted <= digits:
            return
        digits = next((more for more in MORE_DIGITS if more >= wanted), 0)
        before = compared.true, compared.claimed
        found = _compute(compared, digits, f, claim, wrt) if digits else None
        if found is None:
            compared.status = UNSTABLE
            return
        if of_floats is None:
            sizes = _largest_size(found)
        if _largest(compared.true, compared.claimed) <= _VANISHING * _largest(*before):
            compared.status = AGREE  # what either side has is rounding: both are 0
            return
        moved = max(_distance(compared.true, before[0]), _distance(compared.claimed, before[1]))


def _compute(compared: Compared, digits: int, f: Written, claim: Written, wrt: str) -> list[Any] | None:
    """Compare again with so many digits: all numbers on the way; None where a side has no value any more."""
    at = _at(compared, digits)
    of_f, of_claim = f.tape(digits).values(at), claim.tape(digits).values(at)
    value, true = f.tape(digits).derivative(at, wrt, of_f)
    claimed = claim.tape(digits).root
    if type(claimed) is Slot:
        claimed = of_claim[claimed]
    if not (finite(value) and finite(true) and finite(claimed)):
        return None
    compared.true, compared.claimed, compared.difference = true, claimed, difference(true, claimed)
    compared.digits = digits
    if compared.difference <= SAME:
        compared.status = AGREE
    return [*of_f, *of_claim]


def still_agree(compared: Compared, f: Written, claim: Written, wrt: str) -> bool:
    """Whether two sides that agree do so with ten times the digits, too."""
    digits = MORE_DIGITS[1]
    at = _at(compared, digits)
    true, claimed = f.tape(digits).derivative(at, wrt)[1], claim.tape(digits).value(at)
    if not (finite(true) and finite(claimed)):
        return True
    if difference(true, claimed) <= SAME**_POWER:
        return True
    return bool(_largest(true, claimed) <= _VANISHING * _largest(compared.true, compared.claimed))


def _look_again(compared: Compared, claim: Written) -> None:
    """Whether the claim has a value after all, with more digits: 1/(a - b) where a and b round alike."""
    digits = MORE_DIGITS[1]
    if finite(claim.tape(digits).value(_at(compared, digits))):
        compared.status = UNSTABLE


def _at(compared: Compared, digits: int) -> dict[str, Number]:
    context = decimal(digits).context
    return {name: precise.number(value, context) for name, value in compared.at.items()}


def needed(compared: Compared, digits: int, sizes: float) -> float:
    """With how many digits rounding cannot bring two numbers so far apart, by the sizes on the way to them.

    A sum of numbers up to 10**m is off by 10**(m - digits), and dividing by a small one makes more of it.
    """
    gap = _distance(compared.true, compared.claimed)
    return _SPARE + sizes - float(decimal(digits).context.log10(gap))


def sizes_on_the_way(
    compared: Compared, f: Written, claim: Written, of_floats: float | None = None
) -> float:
    """How many digits any number on the way to the two sides is away from 1 at the most."""
    if of_floats is None and (of_floats := _sizes_of_floats(compared, f, claim)) is None:
        at = _at(compared, DIGITS)
        return _largest_size([v for tape in (f.tape(), claim.tape()) for v in tape.values(at)])
    return of_floats


def _sizes_of_floats(compared: Compared, f: Written, claim: Written) -> float | None:
    """The same on floats, None where they cannot tell."""
    if not (f.tape().scalar and claim.tape().scalar):
        return None
    at: dict[str, Any] = {name: float(value) for name, value in compared.at.items()}
    values = [abs(value) for tape in (f.floats, claim.floats) for value in tape.values(at)]
    low, high = min((v for v in values if v), default=1.0), max(values, default=1.0)
    if low > 1e-300 and high < 1e300 and 0.0 not in values:
        return max(-log10(low), log10(high), 0.0)
    return None


def _largest_size(values: Sequence[Any]) -> float:
    return max(_size(number) for number in _numbers(values))


def _numbers(values: Sequence[Any]) -> Iterator[Number]:
    for value in values:
        if shape_of(value):
            yield from value.flat
        else:
            yield value


def _size(value: Number) -> float:
    """How many digits a number is away from 1, either way."""
    mantissa = getattr(value, "_mpf_", (0, 0, 0, 0))
    return abs(mantissa[2] + mantissa[3]) * 0.30103 if mantissa[1] else 0.0


def _largest(*values: Number) -> Number:
    return max(abs(number) for number in _numbers(values))


def _distance(a: Number, b: Number) -> Number:
    if shape_of(a) or shape_of(b):
        import numpy

        return max((abs(x - y) for x, y in zip(*(v.flat for v in numpy.broadcast_arrays(a, b)), strict=True)))
    return abs(a - b)
