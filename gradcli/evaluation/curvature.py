"""Second derivatives beside differences of the first ones, which a pass back gives at points nearby.

No rule's second derivative has a part in these: the engine goes back once at every point, and never twice.
"""

from __future__ import annotations

from random import Random

from gradcli.engine.apply import apply
from gradcli.engine.grad_mode import enable_grad
from gradcli.engine.gradients import grad
from gradcli.engine.tensor import Tensor, wrap
from gradcli.evaluation.answers import Answer
from gradcli.evaluation.cancellation import largest
from gradcli.evaluation.recording import CHOICE, Slot
from gradcli.evaluation.replay import FAILURES, Program, Way, remember
from gradcli.evaluation.results import Note
from gradcli.evaluation.verification import Verification, summed_up
from gradcli.evaluation.verify import SEED, Work, affordable
from gradcli.numbers import namespace_of, quiet, shape_of, size_of
from gradcli.numbers.complexes import NotAnalytic
from gradcli.numbers.shapes import index_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn

    from gradcli.evaluation.environment import Binding
    from gradcli.evaluation.results import Payload

    Found = dict[tuple[str, str], Verification]

MOST_ELEMENTS = 24
"""So many elements of a variable are verified, as rows and as columns."""

ROUGHER = 100.0
"""A gradient is rounded more often than a value: by so much more it may be off."""


def verify_second(this: Answer) -> Found:
    """What verifying finds for the block of each pair of variables. Adds the notes."""
    exact = this.exact if this.lost is None else this.lost.settled.wide
    elements = sum(min(size_of(binding.tensor._value), MOST_ELEMENTS) for binding in this.asked)
    means = exact if this.lost is None or affordable(this, this.lost.work * max(elements, 1)) else this
    shown, right = this.second or {}, exact.second or {}
    rows = [binding for binding in means.asked if (binding.name, binding.name) in shown]
    slopes = Slopes(means, rows)
    found: Found = {}
    for number, row in enumerate(rows):
        drawn = _drawn(size_of(row.tensor._value))
        parts = [_row(this, means, slopes, number, element, shown, right) for element in drawn]
        for column, other in enumerate(rows):
            beside = [part[column] for part in parts]
            found[row.name, other.name] = _block(row, other, drawn, beside)
    for verification in found.values():
        this.notes += verification.notes
    left_out = sum(verification.unverified for verification in found.values())
    if left_out:
        of = sum(size_of(block) for block in shown.values())
        this.notes.append(
            Note(
                f"{of - left_out:,} of the {of:,} second derivatives were verified, drawn at random "
                f"(seed {SEED}); the others were not"
            )
        )
    return found


def _drawn(size: int) -> Sequence[int]:
    """The positions of the elements whose rows are verified."""
    if size <= MOST_ELEMENTS:
        return range(size)
    return sorted(Random(SEED).sample(range(size), MOST_ELEMENTS))


def _row(
    this: Answer,
    means: Answer,
    slopes: Slopes,
    row: int,
    element: int,
    shown: dict[tuple[str, str], Payload],
    right: dict[tuple[str, str], Payload],
) -> list[Verification]:
    """What is found of an element of the gradient by a variable, for each variable of the columns."""
    binding = slopes.bindings[row]
    work = Work(slopes.element(means, row, element), slopes.program, this)
    work.wider = means is not this
    work.most = MOST_ELEMENTS
    work.rounded = max(work.rounded, largest(means.value))
    work.precision.residue *= ROUGHER
    work.precision.noise *= ROUGHER
    name = binding.name
    if shape_of(binding.tensor._value):
        name += f"[{', '.join(map(str, index_of(element, shape_of(binding.tensor._value))))}]"
    found = []
    for other in slopes.bindings:
        pair = binding.name, other.name
        way = _SlopeWay(slopes, other, row, element)
        given = _part(shown[pair], binding, element)
        exact = given if right.get(pair) is shown[pair] else _part(right.get(pair), binding, element)
        names = f"{name} and {other.name}"
        verification = work.variable(way, names, given, given if exact is None else exact)
        for outcome in verification.outcomes:
            outcome.order = 2
        found.append(verification)
    return found


def _part(block: Payload | None, row: Binding, element: int) -> Payload | None:
    """The part of a block that belongs to an element of the row's variable."""
    shape = shape_of(row.tensor._value)
    if block is None or not shape:
        return block
    part = block[index_of(element, shape)]
    return part if shape_of(part) or not hasattr(part, "item") else part.item()


def _block(row: Binding, column: Binding, drawn: Sequence[int], parts: list[Verification]) -> Verification:
    """What is found for the block of a pair, put together of that for the elements of the row's variable."""
    outcomes = [outcome for part in parts for outcome in part.outcomes]
    rows, columns = row.tensor._value, column.tensor._value
    numeric: Payload | None = parts[0].numeric if parts else None
    if shape_of(rows) or not parts:
        import numpy

        numeric = numpy.full((size_of(rows), *shape_of(columns)), None, dtype=object)
        for element, part in zip(drawn, parts, strict=True):
            numeric[element] = part.numeric
        numeric = numeric.reshape((*shape_of(rows), *shape_of(columns)))
    left_out = size_of(rows) * size_of(columns) - len(outcomes)
    return Verification(numeric, outcomes, summed_up(outcomes), left_out)


class Slopes:
    """The gradients of a result by its variables, with one of them moved; each point is computed once."""

    __slots__ = ("_constants", "_found", "_slots", "bindings", "convert", "cotangent", "program")

    def __init__(self, this: Answer, bindings: list[Binding]) -> None:
        self.program = Program(remember(this.source, this.statement.expression))
        self.bindings = bindings
        precision = Work(this, self.program, this).precision
        self.convert: Callable[[Payload], Payload] = precision.convert
        cotangent = this.cotangent
        if cotangent is None:
            cotangent = namespace_of(this.value).ones_like(this.value)
        self.cotangent = self.convert(cotangent)
        self._slots = [self.program.slot(binding.tensor) for binding in bindings]
        self._found: dict[tuple[Slot | None, Any], tuple[list[Payload] | None, list[Payload]]] = {}
        self._constants = [[self._constant(o) for o in step.operands] for step in self.program.steps]

    def _constant(self, operand: Payload) -> Tensor | None:
        return None if operand is None or type(operand) is Slot else wrap(self.convert(operand))

    def at(self, way: Way, slot: Slot | None, x: Payload) -> tuple[list[Payload] | None, list[Payload]]:
        """The gradient by each variable, None where there is none, and what was decided on the way.

        The variable of `way`, which has this slot, is at `x`.
        """
        key = slot, (tuple(x.flat) if shape_of(x) else x)
        known = self._found.get(key)
        if known is None:
            value, decided = Way.at(way, x)
            known = self._found[key] = None if value is None else self.gradients(slot, x), decided
        return known

    def gradients(self, moved: Slot | None, x: Payload) -> list[Payload] | None:
        """The gradient by each variable with that of a slot at `x`; None where there is none."""
        try:
            with quiet(), enable_grad():
                return self._gradients(moved, x)
        except FAILURES:
            return None

    def _gradients(self, moved: Slot | None, x: Payload) -> list[Payload]:
        program = self.program
        made = set(program.made)
        tensors: list[Tensor] = [
            wrap(self.convert(value) if slot not in made else 0.0, slot not in made)
            for slot, value in enumerate(program.values)
        ]
        if moved is not None and moved not in made:
            tensors[moved] = wrap(x, True)
        for step, constants, out in zip(program.steps, self._constants, program.made, strict=True):
            operands = [
                tensors[operand] if type(operand) is Slot else constant
                for operand, constant in zip(step.operands, constants, strict=True)
            ]
            if step.rule is CHOICE:
                condition, then, otherwise = operands
                taken = then if condition is not None and condition._value != 0 else otherwise
                assert taken is not None
                tensors[out] = taken
            else:
                tensors[out] = apply(step.rule, *operands, **step.static)
            if out == moved:  # what it is computed from has its part in the gradient as before
                tensors[out] = tensors[out] + wrap(x - tensors[out]._value)
        wanted = [tensors[slot] if slot is not None else wrap(0.0, True) for slot in self._slots]
        starts = [self.convert(binding.tensor._value) for binding in self.bindings]
        nothing = [namespace_of(start).zeros_like(start) for start in starts]
        root = None if program.root is None else tensors[program.root]
        if root is None or not root.requires_grad:
            return nothing
        found = grad(root, wanted, wrap(self.cotangent), allow_unused=True)
        return [none if g is None else g._value for none, g in zip(nothing, found, strict=True)]

    def element(self, this: Answer, row: int, element: int) -> Answer:
        """An element of the gradient as an answer of its own, of which a derivative is to be verified."""
        found = self.gradients(None, 0.0)
        value = float("nan") if found is None else _element(found[row], element)
        answer = Answer(this.source, this.statement, this.machine, wrap(value))
        answer.asked, answer.gradients = this.asked, this.gradients
        answer.cotangent = namespace_of(value).ones_like(value)
        answer.cancelled = this.cancelled
        return answer


def _element(gradient: Payload, element: int) -> Payload:
    number = gradient.flat[element] if shape_of(gradient) else gradient
    return float(number) if type(number).__module__ == "numpy" else number


class _SlopeWay(Way):
    """The way from a variable to an element of the gradient."""

    __slots__ = ("_element", "_row", "_slopes", "_slot")

    def __init__(self, slopes: Slopes, binding: Binding, row: int, element: int) -> None:
        super().__init__(slopes.program, binding.tensor, slopes.convert)
        self._slopes = slopes
        self._slot = slopes.program.slot(binding.tensor)
        self._row = row
        self._element = element

    def at(self, x: Payload) -> tuple[Payload | None, list[Payload]]:
        """The element with the variable at `x`, None where there is none, and what was decided on the way."""
        found, decided = self._slopes.at(self, self._slot, x)
        return None if found is None else _element(found[self._row], self._element), decided

    def complex(self, h: float) -> NoReturn:
        """Raise NotAnalytic: a backward pass takes real numbers only."""
        raise NotAnalytic(f"a backward pass, {h} off the real line")
