"""Numbers that have a name: 1/3, pi/2, sqrt(2), log(10)/2 for what was computed or rounded."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from gradcli.homework.checking.written import decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Number = Any

_DIGITS = 50
_LARGEST_DENOMINATOR = 60


@lru_cache(maxsize=1)
def _units() -> list[tuple[str, bool, Number]]:
    """What a plain fraction may be a multiple of: its text, whether the fraction divides it, its value."""
    ctx = decimal(_DIGITS).context
    units = [("pi", +ctx.pi), ("e", +ctx.e), ("pi**2", ctx.pi**2), ("sqrt(pi)", ctx.sqrt(ctx.pi))]
    units.append(("sqrt(2*pi)", ctx.sqrt(2 * ctx.pi)))
    units += [(f"sqrt({n})", ctx.sqrt(n)) for n in (2, 3, 5, 6, 7, 10)]
    units += [(f"log({n})", ctx.log(n)) for n in (2, 3, 5, 7, 10)]
    found = [(text, False, value) for text, value in units]
    found += [(text, True, 1 / value) for text, value in units]
    return found


def recognised(value: Number, tolerance: float, most: int = _LARGEST_DENOMINATOR) -> str | None:
    """A text with this value but for a relative `tolerance`, None where no plain one has it."""
    ctx = decimal(_DIGITS).context
    value = ctx.mpf(value)
    if not value:
        return "0"
    if (text := _fraction(value, tolerance, most)) is not None:
        return text
    for name, divided, unit in _units():
        fraction = _close(value / unit, tolerance, min(most, 12))
        if fraction is not None:
            return _multiple(fraction, name, divided)
    square = _close(value * value, 2 * tolerance, min(most, 12))
    if square is not None and square.numerator <= 1000:
        return f"{'-' if value < 0 else ''}sqrt({_plain(square)})"
    return None


def _fraction(value: Number, tolerance: float, most: int) -> str | None:
    found = _close(value, tolerance, most)
    return None if found is None else _plain(found)


def _close(value: Number, tolerance: float, most: int) -> Fraction | None:
    """The fraction with a small denominator that a number is, None where it is none."""
    if not 1e-4 < abs(value) < 1e6:
        return None
    ctx = value.context
    for denominator in range(1, most + 1):
        numerator = ctx.nint(value * denominator)
        if numerator and abs(value * denominator - numerator) <= tolerance * abs(numerator):
            return Fraction(int(numerator), denominator)
    return None


def _plain(fraction: Fraction) -> str:
    return str(fraction)


def _multiple(fraction: Fraction, unit: str, divided: bool) -> str:
    """`2*pi/3`, `-1/log(2)`."""
    above, below = fraction.numerator, fraction.denominator
    sign = "-" if above < 0 else ""
    if divided:
        under = unit if below == 1 else f"({below}*{unit})"
        return f"{sign}{abs(above)}/{under}"
    over = unit if abs(above) == 1 else f"{abs(above)}*{unit}"
    return f"{sign}{over}" if below == 1 else f"{sign}{over}/{below}"


def border(value: float, letters: Mapping[str, float]) -> str:
    """A border in words: a plain number, a letter with this value, or the number rounded."""
    for name, known in letters.items():
        for text, other in _made_of(name, known):
            if abs(value - other) <= 1e-8 * abs(other):
                return text
    for a, first in letters.items():
        for b, second in letters.items():
            if a != b and abs(abs(value) - first / second) <= 1e-8 * abs(value):
                return f"{'-' if value < 0 else ''}{a}/{b}"
    short = round(value, 4)
    if abs(value - short) <= 1e-12 * max(abs(value), 1.0):
        return repr(short or 0.0).removesuffix(".0")
    return recognised(value, 1e-10, 12) or f"{value:.5g}"


def _made_of(name: str, value: float) -> list[tuple[str, float]]:
    made = [(name, value), (f"1/{name}", 1 / value), (f"{name}**2", value * value)]
    made += [(f"{name}/2", value / 2), (f"2*{name}", 2 * value), (f"sqrt({name})", abs(value) ** 0.5)]
    return [*made, *((f"-{text}", -other) for text, other in made)]
