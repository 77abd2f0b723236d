"""One wrong number in a claim that is right in every other respect."""

from __future__ import annotations

from gradcli.evaluation.tape import Slot, Step, Tape
from gradcli.homework.mistakes.numerals import as_fraction, constants_of, fraction
from gradcli.homework.mistakes.search import close, finite, rough, telling
from gradcli.homework.mistakes.whole import Whole
from gradcli.language.format import format
from gradcli.numbers import quiet, shape_of
from gradcli.numbers.expression import Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.homework.checking.problem import Problem
    from gradcli.homework.mistakes.numerals import Number

_EXACTLY, _ROUGHLY = 1e-20, 1e-7
_MOST_NUMBERS = 12
_MOST_OPERATIONS = 100

_HINT = "The form is right: go over the numbers in the claim."


class Literal:
    """A number in a claim: the operand of a step, or of several steps that have the same one."""

    __slots__ = ("claim", "places", "text", "value")

    def __init__(self, claim: Tape, places: Sequence[tuple[int, int]], value: Number, text: str) -> None:
        self.claim = claim
        self.places = tuple(places)
        self.value = value
        self.text = text

    def changed(self, tape: Tape, value: Number) -> Tape:
        """The claim, or the same claim on floats, with this number replaced."""
        steps = list(tape.steps)
        for step, operand in self.places:
            old = steps[step]
            operands = (*old.operands[:operand], value, *old.operands[operand + 1 :])
            steps[step] = Step(old.rule, operands, old.static, old.expression, scalar=old.scalar)
        return Tape(tape.text, tape.expression, tape.names, steps, tape.root)


def literals(claim: Tape) -> Iterator[Literal]:
    """Every number of a claim on its own, and each that is there several times at all its places."""
    places: dict[str, list[tuple[int, int]]] = {}
    found: dict[str, Literal] = {}
    for position, step in enumerate(claim.steps):
        args = step.expression.args
        for index, operand in enumerate(step.operands):
            if type(operand) is Slot or shape_of(operand):
                continue
            written = args[index] if len(args) == len(step.operands) else None
            text = format(written) if isinstance(written, Expression) else fraction(operand)
            yield Literal(claim, [(position, index)], operand, text)
            places.setdefault(text, []).append((position, index))
            found[text] = Literal(claim, places[text], operand, text)
    for literal in found.values():
        if len(literal.places) > 1:
            yield literal


def slips(problem: Problem) -> list[Whole]:
    """The one number of the claim that is wrong, if only one is."""
    if not problem.claim.scalar or not problem.samples or len(problem.claim.steps) > _MOST_OPERATIONS:
        return []
    found = _one_number(problem)
    return [found] if found is not None else []


def _one_number(problem: Problem) -> Whole | None:
    samples = telling(problem.samples)
    claim = problem.claim.floats()
    points = [rough(sample) for sample in samples]
    truths = [float(sample.true) for sample in samples]
    for position, literal in enumerate(literals(problem.claim)):
        if position >= _MOST_NUMBERS:
            break
        for value in _candidates(problem, literal, claim, points, truths):
            changed = literal.changed(claim, float(value))
            near = (close(_value(changed, p), t, _ROUGHLY) for p, t in zip(points, truths, strict=True))
            if abs(value) > _ROUGHLY * abs(literal.value) and all(near) and _right(problem, literal, value):
                return _wrong_number(literal, value)
    return None


def _candidates(
    problem: Problem,
    literal: Literal,
    claim: Tape,
    points: Sequence[dict[str, float]],
    truths: Sequence[float],
) -> list[Number]:
    """What the number might be for the claim to be right: solved for, or else what is near at hand."""
    solved = _solved(literal, claim, points[0], truths[0])
    if solved is None:
        return _near(problem, literal)
    if not close(_value(literal.changed(claim, solved), points[-1]), truths[-1], _ROUGHLY):
        return []
    return [_exact(problem, literal)]


def _solved(literal: Literal, claim: Tape, point: dict[str, float], truth: float) -> float | None:
    """The number for which the claim has the true value at a point, if the claim is linear in it."""
    value = float(literal.value)
    step = abs(value) or 1.0
    first, second, third = (_value(literal.changed(claim, value + k * step), point) for k in range(3))
    slope = second - first
    if not finite(slope) or slope == 0 or not close(third - second, slope, 1e-9):
        return None
    return value + step * (truth - first) / slope


def _near(problem: Problem, literal: Literal) -> list[Number]:
    """Other numbers for one in an exponent or inside a function; for one at many places, those of F."""
    convert = problem.kind.context.mpf
    value = convert(literal.value)
    others = [convert(constant) for constant in constants_of(problem.f)]
    if len(literal.places) == 1:
        lowered = [other - 1 for other in others]  # what an exponent of F may have become
        others = [value + 1, value - 1, -value, 2 * value, value / 2, value + 2, value - 2, *others, *lowered]
        others.append(value * value)
    return [other for other in others if other not in (value, 0, 1)]


def _value(tape: Tape, point: dict[str, float]) -> float:
    try:
        with quiet():
            return float(tape.value(point))
    except (ArithmeticError, ValueError):
        return float("nan")


def _exact(problem: Problem, literal: Literal) -> Number:
    """The number for which a claim that is linear in it is right at a point, with all digits."""
    sample = telling(problem.samples)[0]
    value = problem.kind.context.mpf(literal.value)
    step = abs(value) or value + 1
    first, second = (literal.changed(problem.claim, v).value(sample.at) for v in (value, value + step))
    return value + step * (sample.true - first) / (second - first)


def _right(problem: Problem, literal: Literal, value: Number) -> bool:
    changed = literal.changed(problem.claim, value)
    for sample in problem.samples:
        number = changed.value(sample.at)
        if not (finite(number) and close(number, sample.true, _EXACTLY)):
            return False
    return True


def _wrong_number(literal: Literal, value: Number) -> Whole:
    if close(value, -value * 0 - literal.value, _EXACTLY):
        return Whole(
            3, "sign-error",
            f"Everything but one sign is right: where the claim has {literal.text}, it should have "
            f"{fraction(value)}.",
            "The numbers are right: go over the signs in the claim.",
        )
    exact = as_fraction(value)
    amount = str(exact) if exact is not None else f"about {fraction(value)}"
    return Whole(
        6, "arithmetic-slip",
        f"Everything but one number is right: where the claim has {literal.text}, it should have {amount}.",
        _HINT,
    )
