"""Where to look: points over the whole line at several scales, and values for the other letters.

Nothing here is random: the same question is asked at the same points every time, and none of them is a plain
number, at which wrong answers agree with right ones.
"""

from __future__ import annotations

import itertools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

_GOLDEN = 0.6180339887498949
_FAR = (1.27e-5, 2.713e-4, 437.31, 1123.87, 5171.71, 31337.19, 1.234567e6)

DRAWS = 3
"""How many values each other letter gets."""

_RANGES = ((0.5519, 2.31), (0.1127, 0.83), (3.1371, 9.7))
"""The least value of a letter in each draw, and how much more it may be."""


def scan(constants: Iterable[float]) -> list[float]:
    """Points to look at, in order: both signs, 0.003 to 200, some far out, some beside `constants`."""
    points = {sign * x for x in _FAR for sign in (1.0, -1.0)}
    for sign, start, ratio in ((1.0, 0.003017, 1.1703), (-1.0, 0.003119, 1.1677)):
        x = start
        while x < 210:
            points.add(sign * x)
            x *= ratio
    points.update(-11.8573 + 0.5037 * k for k in range(48))
    for c in constants:
        if 0 < abs(c) < 1e12:
            points.update(c * f for f in (0.9713, 0.99913, 1.0000173, 1.00117, 1.0319))
    return sorted(points)


def around(constants: Sequence[float], *, most: int = 8) -> list[float]:
    """Where the constants of a formula may make something happen: at them, their ratios and in between."""
    known = sorted({abs(c) for c in constants if 0 < abs(c) < 1e12}, reverse=True)[:most]
    ratios = {a / b for a in known for b in known if b not in (0.0, 1.0) and 1e-3 < a / b < 1e6 and a != b}
    middles = {(a + b) / 2 for a, b in itertools.pairwise(known)}
    extra = sorted(ratios | middles, key=lambda c: (c in known, c))[:most]
    return [sign * c for c in (*known, *extra) for sign in (1.0, -1.0)]


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
