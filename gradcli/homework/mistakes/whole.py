"""Mistakes about the whole: multiples, offsets, the integral, the second derivative, another variable."""

from __future__ import annotations

from gradcli.evaluation.tape import Slot
from gradcli.homework.mistakes.numerals import constants_of, fraction
from gradcli.homework.mistakes.search import close, finite, rough, telling
from gradcli.homework.mistakes.words import named_f
from gradcli.homework.results import Mistake
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from gradcli.evaluation.tape import Tape
    from gradcli.homework.checking.problem import Problem, Sample

    Number = Any

_EXACTLY = 1e-20
_TELLING = 1e-14
"""An offset is seen beside numbers that are so much larger at most."""

_TRIES = 3
"""At so many points is an explanation tried before it is worked out at all of them."""


class Whole:
    """A mistake about the whole derivative, with how seldom it is made."""

    __slots__ = ("mistake", "order")

    def __init__(self, rarity: int, name: str, says: str, hint: str) -> None:
        self.order = (2 * rarity + 1, 0)  # a place in F says more, where there is one
        self.mistake = Mistake(name, says, hint)

    @property
    def name(self) -> str:
        """The mistake's name."""
        return self.mistake.name


def wholes(problem: Problem) -> list[Whole]:
    """Every mistake about the whole that gives the claim."""
    true, claimed = columns(problem)
    found: list[Whole] = []
    known = {problem.wrt, *problem.f.names}
    free = [letter for letter in problem.claim.names if letter not in known]
    ratio = constant_ratio(true, claimed)
    offset = None if ratio is not None else constant_offset(true, claimed)
    if ratio is not None:
        found.append(_multiple(problem, ratio))
    if offset is not None:
        found += _offset(problem, offset)
    found += _about_f(problem, claimed)
    found += _other_variables(problem)
    if offset is None:
        found += _free_letters(problem, free)
        if not any(item.name == "plus-c" for item in found):
            found += _integrated(problem)
    found += _upside_down(true, claimed)
    return found


# --- numbers ---


def flat(payload: Number) -> list[Number]:
    """A number, or the elements of an array, as a list."""
    return list(payload.flat) if shape_of(payload) else [payload]


def columns(problem: Problem) -> tuple[list[Number], list[Number]]:
    """The true and the claimed numbers at all points, element by element."""
    true: list[Number] = []
    claimed: list[Number] = []
    for sample in problem.samples:
        t, c = flat(sample.true), flat(sample.claimed)
        if len(t) != len(c):
            c = c * len(t) if len(c) == 1 else c
            t = t * len(c) if len(t) == 1 else t
        if len(t) == len(c):
            true += t
            claimed += c
    return true, claimed


def agree(first: Sequence[Number], second: Sequence[Number]) -> bool:
    """Whether two columns are the same to many digits."""
    return len(first) == len(second) and all(
        finite(a) and finite(b) and close(a, b, _EXACTLY) for a, b in zip(first, second, strict=True)
    )


def constant_ratio(true: Sequence[Number], claimed: Sequence[Number]) -> Number | None:
    """The one factor by which the claim is a multiple of the truth; None where there is none."""
    first = next((i for i, t in enumerate(true) if t != 0), None)
    if first is None:
        return None
    ratio = claimed[first] / true[first]
    return ratio if agree([ratio * t for t in true], claimed) else None


def constant_offset(true: Sequence[Number], claimed: Sequence[Number]) -> Number | None:
    """The one number by which the claim is larger than the truth; None where there is none."""
    sizes = [max(abs(t), abs(c)) for t, c in zip(true, claimed, strict=True)]
    smallest = min(range(len(sizes)), key=sizes.__getitem__)  # where the fewest digits of it are lost
    offset = claimed[smallest] - true[smallest]
    telling = 0
    for t, c, size in zip(true, claimed, sizes, strict=True):
        if abs(c - t - offset) > _EXACTLY * size:
            return None
        telling += abs(offset) > _TELLING * size
    return offset if telling >= min(_TRIES, len(true)) else None


# --- multiples and offsets ---


def _multiple(problem: Problem, ratio: Number) -> Whole:
    if close(ratio, ratio * 0 - 1, _EXACTLY):
        return Whole(
            3, "sign-error", "The claim is the negative of the derivative.", "Look at the sign of the whole."
        )
    written = fraction(ratio)
    for factor in _factors(problem.f):
        if factor and close(ratio * factor, ratio * 0 + 1, _EXACTLY):
            return Whole(
                4, "coefficient-dropped",
                f"The claim is {written} times the derivative: a constant factor, {fraction(factor)}, "
                "is lost on the way.",
                "Look at the constant factors: is each of them still there?",
            )
    return Whole(
        8, "arithmetic-slip", f"The claim is {written} times the derivative.",
        "Only a constant factor is wrong: go over the numbers.",
    )


def _factors(f: Tape) -> Iterator[Number]:
    """The constants of F, and one over those that it divides by, or that are factors in a denominator."""
    yield from constants_of(f)
    divisions = [step.operands[1] for step in f.steps if step.rule.name == "div"]
    below = {int(divisor) for divisor in divisions if type(divisor) is Slot}
    for slot, step in enumerate(f.steps, len(f.names)):
        if step.rule.name == "mul" and slot in below:
            divisions += step.operands
    yield from (1 / part for part in divisions if type(part) is not Slot and not shape_of(part) and part)


def _offset(problem: Problem, offset: Number) -> Iterator[Whole]:
    if problem.wrt not in problem.f.names:
        yield _constant(problem)
        return
    half = abs(offset) / 2
    numbers = constants_of(problem.claim) if problem.claim.scalar else []
    if any(close(abs(number), half, _EXACTLY) for number in numbers):
        yield Whole(
            2, "sign-error",
            f"The claim is right but for the sign before {fraction(half)}.",
            "Most of it is right: go over the signs.",
        )
    amount = fraction(abs(offset))
    direction = "more" if offset > 0 else "less"
    yield Whole(
        3, "plus-c",
        f"The claim is the derivative and {amount} {direction}: a derivative has no constant added to it.",
        "Most of it is right: is there a term too many?",
    )


def _constant(problem: Problem) -> Whole:
    return Whole(
        0, "constant-kept",
        f"{named_f(problem.f)} is a constant, no {problem.wrt} is in it: its derivative is 0.",
        f"Does {named_f(problem.f)} depend on {problem.wrt}?",
    )


# --- F itself, its second derivative, its integral ---


def _about_f(problem: Problem, claimed: Sequence[Number]) -> Iterator[Whole]:
    f = named_f(problem.f)
    values = [element for sample in problem.samples for element in flat(sample.value)]
    if problem.wrt in problem.f.names and agree(values, claimed):
        yield Whole(
            1, "function-unchanged", f"The claim is {f} itself, which has still to be differentiated.",
            "Compare the claim with what was to be differentiated.",
        )
    for letter in dict.fromkeys((problem.wrt, *problem.f.names)):
        if _may_be_second(problem, letter) and matches(
            problem, lambda s, letter=letter: second_derivative(problem.f, s, problem.wrt, letter)
        ):
            by = "" if letter == problem.wrt else f" with respect to {problem.wrt} and {letter}"
            yield Whole(
                0 if letter == problem.wrt else 2, "second-derivative-given",
                f"The claim is the second derivative of {f}{by}: it was differentiated once too often.",
                "How many times was it to be differentiated?",
            )
            return


def matches(problem: Problem, predicted: Any) -> bool:
    """Whether a function of the sample gives the claim at every sample that it has a value at."""
    agreed = 0
    for position, sample in enumerate(problem.samples):
        try:
            value = flat(predicted(sample))
        except (ArithmeticError, ValueError, TypeError, RuntimeError):
            return False
        claimed = flat(sample.claimed)
        if not all(finite(number) for number in value):
            if position >= _TRIES and not agreed:
                return False
            continue
        if not agree(value, claimed):
            return False
        agreed += 1
    return agreed >= min(3, len(problem.samples))


def second_derivative(tape: Tape, sample: Sample, wrt: str, then: str) -> Number:
    """The derivative by one letter and then another at a point, by the backward pass through itself."""
    from gradcli.engine.tensor import wrap
    from gradcli.evaluation.derivatives import derivative

    leaves = {letter: wrap(sample.at[letter], letter in (wrt, then)) for letter in tape.names}
    if wrt not in leaves or then not in leaves:
        return sample.value * 0
    first = derivative(tape.tensor(leaves), leaves[wrt])
    return derivative(first, leaves[then])._value


def _may_be_second(problem: Problem, letter: str) -> bool:
    """Whether the claim is roughly what the derivative changes by, at one point: that is soon found out."""
    if not problem.f.scalar:
        return letter == problem.wrt
    tape, wrt = problem.f.floats(), problem.wrt
    sample = telling(problem.samples)[0]
    at, claimed = rough(sample), float(sample.claimed)
    step = 1e-5 * max(abs(at[letter]), 1e-3)
    slopes = [tape.derivative({**at, letter: at[letter] + sign * step}, wrt)[1] for sign in (1, -1)]
    second = (slopes[0] - slopes[1]) / (2 * step)
    return not finite(second) or close(second, claimed, 1e-2) or abs(second - claimed) < 1e-4


def _integrated(problem: Problem) -> Iterator[Whole]:
    """The claim differentiated gives F back.

    Not where integral and derivative coincide up to a constant: then the offset says what is wrong.
    """
    f = named_f(problem.f)
    if problem.wrt not in problem.claim.names or problem.wrt not in problem.f.names:
        return
    for sample in problem.samples:
        _, slope = problem.claim.derivative(sample.at, problem.wrt)
        if not agree(flat(slope), flat(sample.value)):
            return
    yield Whole(
        2, "integrated-instead",
        f"The derivative of the claim is {f}: it was integrated where it should be differentiated.",
        f"Which way round: what has {f} as its derivative, or what is the derivative of it?",
    )


# --- variables ---


def _other_variables(problem: Problem) -> Iterator[Whole]:
    f = named_f(problem.f)
    for letter in problem.f.names:
        if letter == problem.wrt:
            continue
        if matches(problem, lambda sample, letter=letter: problem.f.derivative(sample.at, letter)[1]):
            yield Whole(
                5, "variable-mixed-up",
                f"The claim is the derivative of {f} with respect to {letter}, not to {problem.wrt}.",
                "With respect to which variable was it to be differentiated?",
            )
        elif matches(
            problem,
            lambda sample, letter=letter: sample.true + problem.f.derivative(sample.at, letter)[1],
        ):
            yield Whole(
                5, "variable-mixed-up",
                f"The claim takes {letter} for a variable, too; beside {problem.wrt} it is a constant.",
                "Which letters are constants here?",
            )
        elif _swapped(problem, letter):
            yield Whole(
                3, "variable-mixed-up", f"In the claim, {letter} and {problem.wrt} are mixed up.",
                "Go over the letters in the claim.",
            )


def _swapped(problem: Problem, letter: str) -> bool:
    """Whether the claim is right with a letter for the variable, the variable for the letter, or both."""
    wrt = problem.wrt
    for changes in ((letter, wrt), (wrt,), (letter,)):

        def right(sample: Sample, changes: tuple[str, ...] = changes) -> Number:
            other = {wrt: sample.at[letter], letter: sample.at[wrt]}
            return problem.f.derivative({**sample.at, **{name: other[name] for name in changes}}, wrt)[1]

        if matches(problem, right):
            return True
    return False


def _free_letters(problem: Problem, free: Sequence[str]) -> Iterator[Whole]:
    """What the claim's own letters may stand for: a constant that was added, or a letter of F."""
    if not free:
        return
    for letter in free:
        if _added(problem, letter):
            yield Whole(
                0, "plus-c",
                f"Without {letter} the claim is right: a derivative has no constant added to it, "
                "that belongs to an integral.",
                f"What is {letter}?",
            )
            return
        for other in (problem.wrt, *problem.f.names):
            if _right_with(problem, lambda sample, letter=letter, other=other: {letter: sample.at[other]}):
                yield Whole(
                    0, "variable-mixed-up", f"With {other} for {letter} the claim is right.",
                    f"Which letter does the function have: is it {letter}?",
                )
                return


def _added(problem: Problem, letter: str) -> bool:
    """Whether the claim is the truth and a constant multiple of a letter."""
    first = problem.samples[0]
    multiple = (first.claimed - first.true) / first.at[letter]
    return bool(multiple) and _right_with(problem, lambda sample: {letter: sample.at[letter] * 0}) and agree(
        [sample.true + multiple * sample.at[letter] for sample in problem.samples],
        [sample.claimed for sample in problem.samples],
    )


def _right_with(problem: Problem, changed: Any) -> bool:
    """Whether the claim is right with some of its letters replaced."""
    for sample in problem.samples:
        claimed = flat(problem.claim.value({**sample.at, **changed(sample)}))
        if not agree(claimed, flat(sample.true)):
            return False
    return True


def _upside_down(true: Sequence[Number], claimed: Sequence[Number]) -> Iterator[Whole]:
    varied = any(not close(t, true[0], _EXACTLY) for t in true)
    if varied and all(true) and agree([1 / t for t in true], claimed):
        yield Whole(
            3, "variable-mixed-up",
            "The claim is one over the derivative: dx/dy instead of dy/dx.",
            "Which of the two variables depends on the other?",
        )
