"""Where to look: points over the whole line at several scales, and values for the other letters.

Nothing here is random: the same question is asked at the same points every time, and none of them is a plain
number, at which wrong answers agree with right ones.
"""

from __future__ import annotations

from itertools import pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

_MOST = 8  # constants of a formula that are looked at
_HUGE = 1e12
_GOLDEN = 0.6180339887498949
_FAR = (1.27e-5, 2.713e-4, 437.31, 1123.87, 5171.71, 31337.19, 1.234567e6)

DRAWS = 3
"""How many values each other letter gets."""

_RANGES = ((0.5519, 2.31), (0.1127, 0.83), (3.1371, 9.7))
"""The least value of a letter in each draw, and how much more it may be."""


def scan(every: int = 1) -> list[float]:
    """Points to look at: both signs, 0.003 to 200 at several scales, some far out; or one in so many."""
    points = {sign * x for x in _FAR for sign in (1.0, -1.0)}
    for sign, start, ratio in ((1.0, 0.003017, 1.1703), (-1.0, 0.003119, 1.1677)):
        x = start
        while x < 210:
            points.add(sign * x)
            x *= ratio
    points.update(-11.857312894 + 0.503719237 * k for k in range(48))
    return sorted(points)[::every]


def constants(values: Iterable[float]) -> list[float]:
    """The constants of a formula where something may happen at them, with both signs, the largest first."""
    known = sorted({abs(c) for c in values if 0 < abs(c) < _HUGE}, reverse=True)[:_MOST]
    return [sign * c for c in known for sign in (1.0, -1.0)]


def between(known: Sequence[float]) -> list[float]:
    """What two constants may make together: their ratios, and the middle between two next to each other."""
    sizes = sorted({abs(c) for c in known})
    ratios = {a / b for a in sizes for b in sizes if b != 1 and a != b and 1e-3 < a / b < 1e6}
    middles = {(a + b) / 2 for a, b in pairwise(sizes)}
    found = sorted((ratios | middles) - set(sizes), reverse=True)[:_MOST]
    return [sign * c for c in found for sign in (1.0, -1.0)]


def beside(known: Iterable[float]) -> list[float]:
    """Points close to constants and not so close, on both sides."""
    near = [c * f for c in known for f in (0.9713, 0.99913, 1.0000173, 1.00117, 1.0319)]
    return [*near, *(c * 1.0000173 for c in between(list(known)))]


def letter(name: str, draw: int) -> float:
    """The value of a letter in a draw: positive, different for each letter and draw."""
    number = sum(ord(character) * 31**position for position, character in enumerate(name)) + 7 * draw
    least, range_ = _RANGES[draw % DRAWS]
    return float(least + range_ * (number * _GOLDEN % 1.0))


def spread(items: Sequence[Any], count: int) -> list[Any]:
    """So many of the items, evenly from first to last."""
    if len(items) <= count:
        return list(items)
    step = len(items) / count
    return [items[int((i + 0.5) * step)] for i in range(count)]
