"""Notes on points at which both sides of a condition are equal: what there is on either side of them."""

from __future__ import annotations

from gradcli.engine.backward import sweep
from gradcli.engine.tensor import Tensor
from gradcli.evaluation.conventions import TIE, shortened
from gradcli.evaluation.environment import Binding
from gradcli.evaluation.results import Note
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers import is_finite, shape_of, size_of
from gradcli.numbers.shapes import index_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.results import Payload

STEPS = (1e-3, 2.5e-4)
"""How far beside a point both sides are looked at, as a part of its size; what they tell must be the same."""

CLOSE = 1e-6
"""The relative difference of two slopes, or values, that are the same."""

ROUGH = 1e-4
"""The difference of what two steps tell, beyond which neither is believed, as a part of the samples' size."""

ROUNDING = 1e-14
"""What extrapolating leaves of the samples' rounding errors, as a part of their size."""

_WEIGHTS = (4.0, -6.0, 4.0, -1.0)  # of a cubic through h, 2h, 3h, 4h, at 0


class Limit:
    """What numbers tend to as a variable comes to a point from one side, and what that may be off by."""

    __slots__ = ("error", "number")

    def __init__(self, number: float, error: float = 0.0) -> None:
        self.number = number
        self.error = error

    def __str__(self) -> str:
        """The number as a note has it."""
        return f"{self.number:.6g}" if abs(self.number) > 10 * self.error else "0"

    def is_like(self, other: Limit) -> bool:
        """Whether two are the same, as far as they are known."""
        a, b = self.number, other.number
        return abs(a - b) <= CLOSE * max(abs(a), abs(b)) + 10 * max(self.error, other.error)


class Side:
    """What value and slope tend to as a variable comes to a point from one side."""

    __slots__ = ("slope", "value")

    def __init__(self, value: Limit, slope: Limit) -> None:
        self.value = value
        self.slope = slope


def tie_notes(this: Answer) -> list[Note]:
    """A note for each variable whose gradient rests on which branch an equality at this point takes."""
    said = [Note(TIE.says + _elements(equal), place) for place, equal in this.machine.ties]
    plain = all(binding.leaves is None for binding in this.machine.mentioned)
    if not plain or type(this.value) is not float:
        return shortened(said)
    notes = []
    for binding, gradient in zip(this.asked, this.gradients, strict=True):
        if type(binding.tensor._value) is not float or type(gradient) not in (float, type(None)):
            notes += said
            continue
        beside = _said(this, binding, gradient)
        if beside is not None:
            by = f"by {binding.name}: " if len(this.asked) > 1 else ""
            notes += [Note(f"{by}{TIE.says}{beside}", said[0].span)]
    return shortened(notes)


def _elements(equal: Payload) -> str:
    """For how many elements of a comparison both sides are equal, and the first of them; "" for a number."""
    shape = shape_of(equal)
    if not shape:
        return ""
    places = [place for place, element in enumerate(equal.flat) if element != 0]
    first = ", ".join(map(str, index_of(places[0], shape)))
    return f" ({len(places)} of {size_of(equal)} elements, first [{first}])"


def _said(this: Answer, binding: Binding, gradient: Payload | None) -> str | None:
    """What there is on both sides, as the end of a sentence; None where the point is as smooth as they are.

    A variable without a gradient can do no more than make the value jump.
    """
    left, right = (_side(this, binding, sign) for sign in (-1.0, 1.0))
    if left is None or right is None:
        return None if gradient is None else ""
    assert type(this.value) is float
    here = Limit(this.value)
    if not (left.value.is_like(here) and right.value.is_like(here)):
        return f"; the value jumps here: left {left.value}, right {right.value}"
    if gradient is None:
        return None
    if not left.slope.is_like(right.slope):
        return f" (a kink: left {left.slope}, right {right.slope})"
    if left.slope.is_like(Limit(gradient)):
        return None
    return f"; this point is a piece of its own, beside it the slope is {left.slope}"


def _side(this: Answer, binding: Binding, sign: float) -> Side | None:
    """What is on one side of the point; None where that cannot be told by numbers."""
    found = []
    x = binding.tensor._value
    for step in STEPS:
        h = sign * step * max(abs(x), 1.0)
        samples = [_beside(this, binding, x + k * h) for k in (1, 2, 3, 4)]
        pairs = [sample for sample in samples if sample is not None]
        if len(pairs) < len(samples):
            return None
        found.append(pairs)
    values, slopes = ([[pair[part] for pair in pairs] for pairs in found] for part in (0, 1))
    # Slopes of a value have rounding errors to match it, though they are small themselves.
    size = _largest(values)
    value, slope = _limit(values, size), _limit(slopes, max(size / max(abs(x), 1.0), _largest(slopes)))
    return None if value is None or slope is None else Side(value, slope)


def _largest(found: list[list[float]]) -> float:
    return max(abs(sample) for samples in found for sample in samples)


def _limit(found: list[list[float]], size: float) -> Limit | None:
    """What samples tend to, taken with one step and with a smaller one; None where the two do not agree."""
    far, near = (sum(w * s for w, s in zip(_WEIGHTS, samples, strict=True)) for samples in found)
    error = abs(far - near)
    return Limit(near, error + ROUNDING * size) if error <= ROUGH * size else None


def _beside(this: Answer, binding: Binding, x: float) -> tuple[float, float] | None:
    """The value and the gradient with a variable at another number; None where either is none."""
    source = this.source
    variables = source.environment.variables
    moved = Binding(binding.name, source.session.leaf(binding.name, x), binding.line)
    variables[binding.name] = moved
    try:
        root = source.machine().run(this.statement.expression)
    except Diagnostic:
        return None
    finally:
        variables[binding.name] = binding
    if type(root) is float:
        return root, 0.0
    if type(root) is not Tensor or type(root._value) is not float:
        return None
    if root._node is None:
        return root._value, 1.0 if root is moved.tensor else 0.0
    slope = sweep({root._node: 1.0}, targets={moved.tensor}).get(moved.tensor, 0.0)
    return (root._value, slope) if is_finite(root._value) and is_finite(slope) else None
