"""The name that was meant by one that nobody knows."""

from __future__ import annotations

import re
from itertools import takewhile

from gradcli.language.names import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

LONGEST = 40
"""Longer names are compared for their case alone: a misspelt one of that length has no near one by chance."""

_WITHOUT_PARENTHESES = re.compile(
    r"\s*(?P<power>(?:\*\*|\^)\s*[-−]?[\w.]{1,20}|[⁺⁻]?[⁰¹²³⁴-⁹]{1,20})?\s*"
    r"(?P<operand>[-−]?\s*[\w.]{1,40}(?:\s*(?:\*\*|\^)\s*[\w.]{1,20})?)(?![\w.]|\s*\()"
)
_WITH_NUMBER = re.compile(r"(?P<function>[^\W\d]+?)_?(?P<number>[0-9]{1,20})")
_ANGLES = frozenset(("sin", "cos", "tan", "sec", "csc", "cot"))
_DEGREES = frozenset(("deg", "degs", "degree", "degrees"))
_RADIANS = frozenset(("rad", "rads", "radian", "radians"))
_BEFORE_UNIT = re.compile(r"(?P<angle>[\d.]+|[^\W\d]\w*)\s*\*?\s*\Z")
ELSEWHERE = {"lb": "log2", "ld": "log2", "cotan": "cot", "cotg": "cot", "tang": "tan", "tgh": "tanh"}
"""What functions are called where they have other names than here: no slips, and near to nothing."""

_VOWELS_AND_REPEATED = re.compile(r"[aeiou]|(.)(?=\1)")
_LOOKALIKES = str.maketrans("I1|0", "lllo")


def nearest(name: str, names: Iterable[str], *, case_only: bool = False) -> str | None:
    """The one of `names` nearest to `name`, or None where none is near.

    The same letters in another case are nearest, then letters that look alike (`In` for `ln`), then at most
    two slips: a letter too many, missing, wrong, or two swapped; but in a word of three letters or less, one.
    Of two equally near ones it is the one that begins alike for longer: the first letters are seldom wrong.
    Of those it is one with the same consonants (`sn` for `sin`, not `sgn`; `sinn`, not `sinc`).
    """
    name = normal(name)
    known = [candidate for candidate in dict.fromkeys(names) if candidate != name]
    lowered = name.lower()
    for candidate in known:
        if candidate.lower() == lowered:
            return candidate
    alike = name.translate(_LOOKALIKES).lower()
    if len(name) > 1:
        for candidate in known:
            if candidate.lower() == alike:
                return candidate
    if ELSEWHERE.get(lowered) in known:
        return ELSEWHERE[lowered]
    inverse = re.sub("^arc?", "a", lowered)
    if inverse != lowered and inverse in known:
        return inverse
    if case_only or len(name) > LONGEST:
        return None
    best: tuple[int, int, bool, str] | None = None
    for candidate in known:
        shorter = min(len(name), len(candidate))
        allowed = 0 if shorter < 2 else 1 if shorter <= 3 else 2
        if abs(len(candidate) - len(name)) > allowed:
            continue
        if len(name) == len(candidate) == 2 and sorted(lowered) != sorted(candidate.lower()):
            continue  # half of a word is no slip, but for the other order
        slips = distance(lowered, candidate.lower(), allowed)
        other = _skeleton(lowered) != _skeleton(candidate.lower())
        rank = (slips, -_alike(lowered, candidate.lower()), other, candidate)
        if 0 < slips <= allowed and (best is None or rank[:3] < best[:3]):
            best = rank
    return best[3] if best else None


def _skeleton(word: str) -> str:
    """A word without what is most easily missed or written twice."""
    return _VOWELS_AND_REPEATED.sub("", word)


def application_meant(
    name: str, others: Container[str], textbook: Iterable[str], *, alone: bool
) -> str | None:
    """The application of a textbook function that a name spells without blanks: `x*ln(x)` for `xlnx`.

    What stands beside the function are the `others`, names of one letter, or any letter where the name stands
    `alone`, and behind the ones that every calculus book has: no word of English is spelled so but a few.
    """
    if name in _WORDS_WITH_FUNCTIONS:
        return None
    for function in sorted(textbook, key=len, reverse=True):
        at = name.find(function)
        if at < 0 or (len(function) == 2 and function not in ("ln", "lg")):
            continue
        before, match = name[:at], _AMOUNT.fullmatch(name, at + len(function))
        if match is None or not (before == "" or before.isalpha()):
            continue
        letters = match["letters"]
        if len(letters) < 2:
            known = alone or function in _TYPICAL or letters in others
        else:
            known = all(letter in others or (alone and letter in before) for letter in letters)
        if known and match.group() and all(factor in others or factor in letters for factor in before):
            argument = "*".join([*filter(None, [match["number"]]), *letters])
            return "*".join([*before, f"{function}({argument})"])
    return None


_AMOUNT = re.compile(r"(?P<number>[0-9]{0,9})(?P<letters>[^\W\d_]{0,9})")
_TYPICAL = ("ln", "sin", "cos", "tan")
_WORDS_WITH_FUNCTIONS = frozenset(("cost", "sine", "tank"))


def _alike(a: str, b: str) -> int:
    """How many letters two words begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def distance(a: str, b: str, limit: int = 2) -> int:
    """The slips between two words, by Damerau, each letter in one at most; beyond `limit` just more."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]


def call_meant(text: str, name: str, end: int, functions: Container[str] = ()) -> str | None:
    """The call that was meant by a function's name without parentheses, which ends at `end` of the text.

    `sin x` gives `sin(x)`, `sin^2 x` `sin(x)^2`, `sin x^2` `sin(x^2)`, and `sin^-1 x`, which is read in two
    ways, both of them; None where no plain operand follows.
    """
    match = _WITHOUT_PARENTHESES.match(text, end)
    if match is None:
        return None
    power = "".join((match.group("power") or "").split())
    argument = "".join(match.group("operand").split())
    if power.lstrip("*^") in ("-1", "−1", "⁻¹"):
        inverse = f"a{name}({argument}) or " if f"a{name}" in functions else ""
        return f"{inverse}1/{name}({argument})"
    return f"{name}({argument}){power}"


def call_with_number(name: str, functions: Container[str]) -> str | None:
    """The call that was meant by a function's name with a number behind it: `sin30`, `root8`; or None."""
    match = _WITH_NUMBER.fullmatch(name)
    if match is None:
        return None
    function, number = match.groups()
    if function == "root":
        return f"sqrt({number})"
    if function not in functions:
        return None
    degrees = f", or {function}(radians({number})) in degrees" if function in _ANGLES else ""
    return f"{function}({number}){degrees}"


def unit_of_angle(text: str, name: str, start: int) -> str | None:
    """How the angle is written whose unit `name` begins there, `30 deg`, `2 rad`; None for other names."""
    if name not in _DEGREES and name not in _RADIANS:
        return None
    before = _BEFORE_UNIT.search(text, 0, start)
    angle = before["angle"] if before else "x"
    if name in _DEGREES:
        return f"an angle in degrees is radians({angle})"
    return f"angles are in radians: write {angle} alone" if before else "angles are in radians"
