"""What F is asked about: F read, the variable, and what is worked out about F once for every claim."""

from __future__ import annotations

from functools import lru_cache

from gradcli.evaluation.open_names import check_open_names
from gradcli.evaluation.tape import Slot, variables
from gradcli.homework.checking.claims import left_side, listed, moved, right_side, with_products
from gradcli.homework.checking.comparison import Compared
from gradcli.homework.checking.equations import refuse_curve
from gradcli.homework.checking.regions import Decider, borders
from gradcli.homework.checking.sampling import beside, between, constants, letter, scan
from gradcli.homework.checking.written import DIGITS, Written, decimal
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.parser import parse_expression
from gradcli.numbers import shape_of
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.evaluation.tape import Tape
    from gradcli.numbers.expression import Expression

    Number = Any
_LONG = 200  # operations: the more there are, the fewer points are looked at
_CUT_OFF = 1e-11  # PyTorch's bce takes 1e-12 for a smaller p*(1 - p)


class WrongCall(ValueError):  # noqa: N818 -- not the claim is at fault
    """A question that cannot be asked: of no certain variable, or of one that F lacks."""


class Look:
    """F along the line of its variable, on floats, the other letters held fast."""

    __slots__ = ("borders", "letters", "points", "states", "true")

    def __init__(
        self,
        letters: Mapping[str, float],
        points: Sequence[float],
        states: Sequence[Any],
        true: Sequence[Any],
        borders: Sequence[float],
    ) -> None:
        self.letters = letters
        self.points = points
        self.states = states
        self.true = true
        self.borders = borders


class Question:
    """Which derivative is asked for; what is worked out about F serves every claim.

    Raises Diagnostic for an F that cannot be read, WrongCall for a variable that F lacks or needs.
    """

    __slots__ = ("_looks", "_probabilities", "_truths", "f", "names", "places", "readings", "written", "wrt")

    def __init__(self, written: str, wrt: str | None = None) -> None:
        self.written = written
        text, expression, self.places, self.readings = _read(written, wrt)
        self.f = Written(text, expression)
        self.names = variables(expression)
        self.wrt = _variable(self.names, wrt)
        try:
            self.f.tape()
        except Diagnostic as diagnostic:
            raise moved(diagnostic, self.places) from diagnostic
        if (growing := _growing(self.f.tape(), self.wrt)) is not None:
            raise moved(growing, self.places)
        # Beyond its bounds bce is PyTorch's, and no longer the logarithm that it stands for.
        self._probabilities = [step.operands[0] for step in self.f.tape().steps if step.rule.name == "bce"]
        self._truths: dict[Any, tuple[Number, Number]] = {}
        self._looks: dict[Any, Look] = {}

    @property
    def read(self) -> str:
        """F in the language's own form."""
        return format(self.f.expression)

    def truth(self, compared: Compared) -> tuple[Number, Number]:
        """F and its derivative at a point, remembered for other claims."""
        tape = self.f.tape()
        key = tuple(compared.at[name] for name in tape.names)
        if key not in self._truths:
            values = tape.values(compared.at)
            cut = any(_is_cut_off(values[p] if type(p) is Slot else p) for p in self._probabilities)
            nan = decimal(DIGITS).context.nan
            self._truths[key] = (nan, nan) if cut else tape.derivative(compared.at, self.wrt, values)
        return self._truths[key]

    def look(self, draw: int, signs: Mapping[str, int], *, thin: bool = False) -> Look:
        """F along its variable, with the other letters as a draw has them, with these signs."""
        key = (draw, tuple(signs.items()), thin)
        if key not in self._looks:
            self._looks[key] = self._look(draw, signs, thin)
        return self._looks[key]

    def _look(self, draw: int, signs: Mapping[str, int], thin: bool) -> Look:
        letters = {n: signs.get(n, 1) * letter(n, draw) for n in self.names if n != self.wrt}
        tape = self.f.floats
        known = [*constants(part.value for part in self.f.literals()), *letters.values()]
        every = (9 if not tape.scalar else 3 if thin else 1) + len(tape.steps) // _LONG
        points = sorted({*scan(every), *(beside(known) if tape.scalar else ())})
        decide = Decider(tape)
        states, true = [], []
        for x in points:
            at = {**letters, self.wrt: x}
            values = tape.values(at)
            states.append(decide(values))
            true.append(tape.derivative(at, self.wrt, values)[1])
        likely = [*known, *between(known)]
        found = borders(points, states, lambda x: decide(tape.values({**letters, self.wrt: x})), likely)
        return Look(letters, points, states, true, found)

    def compared(self, x: float, draw: int, letters: Mapping[str, float]) -> Compared:
        """A point to compare at, a little beside `x` and the letters, where no number is a plain one."""
        shift = _shift()
        at = {name: value * (1 + shift / (i + 2)) for i, (name, value) in enumerate(letters.items())}
        at[self.wrt] = x * (1 + shift)
        return Compared(at, x, draw)


@lru_cache(maxsize=1)
def _shift() -> Number:
    """By how much of itself a number is moved off the plain ones."""
    return decimal(DIGITS).context.sqrt(2) / 10**9


def _is_cut_off(p: Number) -> bool:
    """Whether probabilities are so near to 0 or 1 that bce cuts off its logarithm."""
    return bool(((p * (1 - p)) < _CUT_OFF).any() if shape_of(p) else p * (1 - p) < _CUT_OFF)


def _growing(tape: Tape, wrt: str) -> Diagnostic | None:
    """What is wrong with an F in which an array gets longer with its variable; None where none does."""
    for step in tape.steps:
        made = step.expression
        if step.rule.shown == "arange" and wrt in variables(made):
            message = f"how long the array is depends on {wrt}, and what grows in whole steps has no slope"
            place = made.span or (0, len(tape.text))
            return Diagnostic("value", message, [(place, f"no {wrt} may stand here")])
    return None


def _variable(names: Sequence[str], wrt: str | None) -> str:
    if wrt is None:
        if len(names) > 1:
            raise WrongCall(f"F has the variables {listed(names)}: say by which to differentiate")
        return names[0] if names else "x"
    if names and wrt not in names:
        raise WrongCall(f"F has no variable {wrt}: it has {listed(names)}")
    return wrt


def _read(written: str, wrt: str | None) -> tuple[str, Expression, list[int], list[str]]:
    """F's text and expression, where the text's characters were written, and how it was read."""
    text = right_side(written)
    refuse_curve(written, left_side(written), text)
    bound = () if wrt is None else (wrt,)
    expression = parse_expression(text, functions=NAMES, bound=bound)
    names = variables(expression)
    check_open_names(text, expression, names, bound)
    places = list(range(len(text) + 1))
    readings: list[str] = []
    letters = {name for name in (*names, wrt or "") if len(name) == 1}
    if letters and any(len(name) > 1 and name != wrt for name in names):
        text, places, readings = with_products(text, letters | {wrt or ""} - {""})
        try:
            expression = parse_expression(text, functions=NAMES, bound=bound)
        except Diagnostic as diagnostic:
            raise moved(diagnostic, places) from diagnostic
    return text, expression, places, [f"in F, {reading}" for reading in readings]
