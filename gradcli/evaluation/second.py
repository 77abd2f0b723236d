"""Notes on second derivatives that are a matter of convention: what they are on either side of the point."""

from __future__ import annotations

from math import prod

from gradcli.engine.apply import apply
from gradcli.engine.gradients import grad
from gradcli.engine.tensor import Tensor
from gradcli.evaluation.conventions import hits
from gradcli.evaluation.environment import Binding
from gradcli.evaluation.results import Note
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers import is_finite, quiet, shape_of, size_of
from gradcli.numbers.shapes import index_of
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.results import Payload

MOST_ELEMENTS = 16
"""Each element is moved to both sides by itself."""

AT_ZERO = (1e-4, 1e-8, 1e-16, 1e-32, 1e-64, 1e-128)
ELSEWHERE = (1e-3, 1e-4, 1e-5, 1e-6)
"""How far beside a point it is looked at, as a part of its size: far enough in to see where powers lead."""

CLOSE = 1e-4
"""The relative difference of two numbers that are the same, but for how far beside they are taken."""

NOISE = 1e-9
"""A relative difference of two values that rounding may make."""

LEADS = 500.0
"""By how much second derivatives grow or shrink that tend to infinity or to 0, at least as fast as x."""


class Side:
    """What gradient and second derivative tend to from one side; None for one that cannot be told.

    `aside` is what the second derivatives by this element and each other one tend to, 0 where they differ;
    `far` and `near` are the values at the first and the last point that was looked at.
    """

    __slots__ = ("aside", "far", "gradient", "near", "second")

    def __init__(
        self, far: float, near: float, gradient: float, second: float | None, aside: float
    ) -> None:
        self.aside = aside
        self.far = far
        self.near = near
        self.gradient = gradient
        self.second = second

    def jumps(self, value: float) -> bool:
        """Whether the values do not come nearer to the one at the point with their points."""
        gap = abs(self.near - value)
        return gap > 0.5 * abs(self.far - value) and gap > NOISE * max(abs(self.near), abs(value))


def second_notes(this: Answer) -> list[Note]:
    """A note for each variable whose own second derivative is not what stands beside the point."""
    machine, second = this.machine, this.second or {}
    finite = all(is_finite(block) for block in second.values())
    if finite and not machine.ties and not hits(machine.conventions):
        return []
    sizes = sum(size_of(binding.tensor._value) for binding in this.asked)
    if not this.source.kind.plain or shape_of(this.value) or sizes > MOST_ELEMENTS:
        return []
    if any(binding.leaves is not None for binding in machine.mentioned):
        return []
    notes = []
    with quiet():
        for binding in this.asked:
            block = second.get((binding.name, binding.name))
            if block is not None:
                notes += _of_variable(this, binding, block)
    return notes


def _of_variable(this: Answer, binding: Binding, block: Payload) -> list[Note]:
    """The notes on a variable, one for all of its elements where they are alike."""
    count = size_of(binding.tensor._value)
    shape = shape_of(binding.tensor._value)
    said: dict[str, list[int]] = {}
    for element in range(count):
        shown = float(block.reshape(count, count)[element, element]) if shape else float(block)
        left, right = (_side(this, binding, element, sign) for sign in (-1.0, 1.0))
        words = _said(left, right, float(this.value), shown)
        if words:
            said.setdefault(words, []).append(element)
    return [
        Note(f"second derivative by {_named(binding.name, shape, elements)}: {words}")
        for words, elements in said.items()
    ]


def _named(name: str, shape: tuple[int, ...], elements: Sequence[int]) -> str:
    """Some elements of a variable as a sentence has them: `x`, `v[0]`, `each element of v`."""
    if not shape:
        return name
    if len(elements) > 1:
        size = prod(shape)
        return f"{'each element' if len(elements) == size else f'{len(elements)} elements'} of {name}"
    return f"{name}[{', '.join(map(str, index_of(elements[0], shape)))}]"


def _said(left: Side | None, right: Side | None, value: float, shown: float) -> str:
    """What is on both sides of an element, in words; "" where it is what is shown, or cannot be told."""
    what = f"{shown:.5g} is a convention" if shown == shown else "nan stands for it here"
    if left is None or right is None:
        side = left or right
        if side is None or side.second is None or _same(side.second, shown):
            return ""
        return f"it tends to {side.second:.5g} from the {'right' if left is None else 'left'}, {what}"
    if left.jumps(value) or right.jumps(value):
        return f"there is none at a jump, {what}"
    if not _same(left.gradient, right.gradient):
        return f"there is none at a kink, {what}"
    if left.second is None or right.second is None:
        return ""
    if not _same(left.second, right.second):
        return f"left {left.second:.5g}, right {right.second:.5g}; {what}"
    if _same(left.second, shown):
        return ""
    aside = f" ({left.aside:.5g} off the diagonal)" if left.aside and _same(left.aside, right.aside) else ""
    return f"it is {left.second:.5g} on both sides{aside}, {what}"


def _same(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= CLOSE * max(abs(a), abs(b), CLOSE)


def _side(this: Answer, binding: Binding, element: int, sign: float) -> Side | None:
    """What an element tends to from one side; None where there is no value."""
    value = binding.tensor._value
    x = float(value.flat[element]) if shape_of(value) else float(value)
    found = []
    steps = ELSEWHERE if x else AT_ZERO
    for step in steps:
        beside = _beside(this, binding, element, x + sign * step * (abs(x) or 1.0))
        if beside is None:
            break
        found.append(beside)
    if len(found) < 3:
        return None
    values, gradients, seconds, asides = zip(*found, strict=True)
    before, last = gradients[-2:]
    falls = steps[len(found) - 2] / steps[len(found) - 1]
    return Side(values[0], values[-1], last + (last - before) / (falls - 1.0), _limit(seconds), asides[-1])


def _limit(seconds: Sequence[float]) -> float | None:
    """What numbers tend to that are taken nearer and nearer; None where that cannot be told."""
    before, last = seconds[-2:]
    sizes = [abs(second) for second in seconds]
    settled = abs(before - last) <= CLOSE * abs(last)
    if not settled and sizes == sorted(sizes, reverse=True) and LEADS * sizes[-1] < sizes[0]:
        return 0.0
    if _same(before, last):
        return float(f"{last:.5g}")
    if sizes == sorted(sizes) and sizes[-1] > LEADS * sizes[0]:
        return float("inf") if last > 0 else -float("inf")
    return None


def _beside(
    this: Answer, binding: Binding, element: int, x: float
) -> tuple[float, float, float, float] | None:
    """Value, gradient and second derivative by an element at another number, and that by it and the others.

    None where one is none.
    """
    source, value = this.source, binding.tensor._value
    payload: Payload = x
    if shape_of(value):
        payload = value.copy()
        payload.flat[element] = x
    moved = Binding(binding.name, source.session.leaf(binding.name, payload), binding.line)
    source.environment.variables[binding.name] = moved
    try:
        root = source.machine().run(this.statement.expression)
    except Diagnostic:
        return None
    finally:
        source.environment.variables[binding.name] = binding
    if type(root) is not Tensor:
        return float(root), 0.0, 0.0, 0.0
    there = float(root._value)
    if not root.requires_grad:
        return there, 0.0, 0.0, 0.0
    (row,) = grad(root, [moved.tensor], create_graph=True, allow_unused=True)
    if row is None:
        return there, 0.0, 0.0, 0.0
    own = row
    if shape_of(value):
        own = apply(RULES["getitem"], row, index=index_of(element, shape_of(value)))
    gradient, second, aside = float(own._value), 0.0, 0.0
    if own.requires_grad:
        (line,) = grad(own, [moved.tensor], allow_unused=True)
        if line is not None:
            numbers = [float(line._value)] if not shape_of(value) else [*map(float, line._value.flat)]
            second = numbers.pop(element)
            alike = bool(numbers) and all(_same(number, numbers[0]) for number in numbers)
            aside = numbers[0] if alike else 0.0
    found = there, gradient, second, aside
    return found if all(map(is_finite, found)) else None
