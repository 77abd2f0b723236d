"""The regions of a line on which formulas take the same branches and have values, and their borders."""

from __future__ import annotations

from math import trunc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from gradcli.evaluation.tape import Slot, Tape

    Decision = Callable[..., Any]
    State = Any

MOST_BORDERS = 14
_HALVINGS = 50


def _positive(x: float, *_: float) -> bool:
    return x > 0


_DECISIONS: dict[str, Decision | None] = {
    **dict.fromkeys(
        ("abs", "sign", "relu", "leaky_relu", "elu", "selu", "sqrt", "cbrt", "log", "log2", "log10", "gamma"),
        _positive,
    ),
    **dict.fromkeys(("reciprocal", "lgamma", "digamma", "acot", "acsch"), _positive),
    "pow": lambda x, y: x > 0 or y == y // 1,
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv"), lambda x: (x > 1) - (x < -1)),
    **dict.fromkeys(("maximum", "minimum", "mae"), lambda a, b, *_: a > b),
    **dict.fromkeys(("floordiv", "mod"), lambda a, b: (b > 0, a // b if b and abs(a) < 1e300 else 0)),
    **dict.fromkeys(("floor", "ceil", "round", "trunc"), None),  # the outcome is the decision
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne", "logical_and", "logical_or", "logical_not"), None),
    "div": lambda _, b: b > 0,
    "log1p": lambda x: x > -1,
    **dict.fromkeys(("asec", "acsc", "acoth"), lambda x: (x > 1) - (x < -1)),
    "acosh": lambda x: x > 1,
    "asech": lambda x: (x > 1) - (x < 0),
    "xlogy": lambda _, y: y > 0,
    "fmod": lambda a, b: (a > 0, b > 0, trunc(a / b) if b and abs(a) < 1e300 and b == b else 0),
    "logit": lambda x: (x > 1) - (x < 0),
    "log_base": lambda x, b: (x > 0, b > 0, b > 1),
    "clamp": lambda x, low, high: (x > low, x > high),
    "where": lambda c, *_: c != 0,
    "bce": lambda p, *_: p * (1 - p) < 1e-11,
    "huber": lambda p, y, delta=1.0: (p - y > delta) - (p - y < -delta),
}
"""Where a rule has branches, and where its domain ends: what it decides by its operands."""


class Decider:
    """What a tape of single numbers decides at a point: the branches it takes, and whether it has a value."""

    __slots__ = ("_steps", "_tape")

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        first = len(tape.names)
        self._steps: list[tuple[Decision | None, int, Sequence[Slot | Any]]] = [
            (_DECISIONS[step.rule.name], first + number, step.operands)
            for number, step in enumerate(tape.steps)
            if step.scalar and step.rule.name in _DECISIONS
        ]

    @property
    def has_branches(self) -> bool:
        """Whether there is anything to decide."""
        return bool(self._steps)

    def __call__(self, values: Sequence[Any]) -> State:
        """The decisions, by the values of every slot."""
        from gradcli.evaluation.tape import Slot

        root = values[self._tape.root] if type(self._tape.root) is Slot else self._tape.root
        state: list[Any] = [finite(root)]
        for decide, slot, operands in self._steps:
            if decide is None:
                state.append(values[slot])
            else:
                state.append(decide(*[values[o] if type(o) is Slot else o for o in operands]))
        return tuple(state)


def finite(value: Any) -> bool:
    """Whether a payload is finite in every element."""
    if type(value) is float:
        return value - value == 0.0
    parts = getattr(value, "_mpf_", None)
    if parts is not None:  # of what is not finite the mantissa is 0, and the exponent is not
        return bool(parts[1]) or not parts[2]
    from gradcli.numbers import is_finite

    return is_finite(value)


def borders(
    points: Sequence[float], states: Sequence[State], state: Callable[[float], State], likely: Iterable[float]
) -> list[float]:
    """Where between points next to each other the state changes: one border each, those nearest to 0 first.

    `likely` are numbers that may well be borders; they are tried before halving.
    """
    changes = [i for i in range(len(points) - 1) if states[i] != states[i + 1]]
    if len(changes) > MOST_BORDERS:
        changes = sorted(changes, key=lambda i: min(abs(points[i]), abs(points[i + 1])))[:MOST_BORDERS]
    known = sorted({0.0, *likely})
    found: list[float] = []
    for i in sorted(changes):
        found += _between(points[i], points[i + 1], states[i], states[i + 1], state, known)
    return sorted(set(found))


def _between(
    a: float, b: float, of_a: State, of_b: State, state: Callable[[float], State], known: Sequence[float]
) -> list[float]:
    """The borders between two points: one for each decision that changes."""
    for candidate in known:
        if a < candidate < b and _separates(candidate, a, b, of_a, of_b, state):
            return [candidate]
    found: list[float] = []
    for part in range(len(of_a)):
        if of_a[part] == of_b[part] or (found and part == 0):
            continue
        low, high = a, b
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if not low < middle < high:
                break
            if state(middle)[part] == of_a[part]:
                low = middle
            else:
                high = middle
        found.append((low + high) / 2)
    return merged(found)


def _separates(
    candidate: float, a: float, b: float, of_a: State, of_b: State, state: Callable[[float], State]
) -> bool:
    step = max(1e-9 * abs(candidate), 1e-9 * min(candidate - a, b - candidate))
    return bool(state(candidate - step) == of_a and state(candidate + step) == of_b)


def merged(values: Iterable[float]) -> list[float]:
    """Numbers in order, of those that agree but for rounding the first."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or abs(value - kept[-1]) > 1e-9 * max(abs(value), 1e-6):
            kept.append(value)
    return kept
