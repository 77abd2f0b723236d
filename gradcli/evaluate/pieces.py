"""Notes on points at which both sides of a condition are equal: what there is on either side of them."""

from __future__ import annotations

from gradcli.autograd.backward import sweep
from gradcli.autograd.tensor import Tensor
from gradcli.evaluate.conventions import TIE, shortened
from gradcli.evaluate.environment import Binding
from gradcli.evaluate.results import Note
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers import is_finite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluate.answers import Answer
    from gradcli.evaluate.results import Payload

STEPS = (1e-3, 2.5e-4)
"""How far beside a point both sides are looked at, as a part of its size; what they tell must be the same."""

CLOSE = 1e-6
"""The relative difference of two slopes, or values, that are the same."""

ROUGH = 1e-4
"""The difference of what two steps tell, beyond which neither is believed."""

_WEIGHTS = (4.0, -6.0, 4.0, -1.0)  # of a cubic through h, 2h, 3h, 4h, at 0


class Side:
    """What value and slope tend to as a variable comes to a point from one side, and what they are off by."""

    __slots__ = ("error", "slope", "value")

    def __init__(self, value: float, slope: float, error: float = 0.0) -> None:
        self.value = value
        self.slope = slope
        self.error = error


def tie_notes(this: Answer) -> list[Note]:
    """A note for each variable whose gradient rests on which branch an equality at this point takes."""
    places = list(dict.fromkeys(this.machine.ties))
    plain = all(binding.leaves is None for binding in this.machine.mentioned)
    if not plain or type(this.value) is not float:
        return shortened([Note(TIE.says, place) for place in places])
    notes = []
    for binding, gradient in zip(this.asked, this.gradients, strict=True):
        if type(binding.tensor._value) is not float or type(gradient) not in (float, type(None)):
            notes += [Note(TIE.says, place) for place in places]
            continue
        said = _said(this, binding, gradient)
        if said is not None:
            by = f"by {binding.name}: " if len(this.asked) > 1 else ""
            notes += [Note(f"{by}{TIE.says}{said}", places[0])]
    return shortened(notes)


def _said(this: Answer, binding: Binding, gradient: Payload | None) -> str | None:
    """What there is on both sides, as the end of a sentence; None where the point is as smooth as they are.

    A variable without a gradient can do no more than make the value jump.
    """
    left, right = (_side(this, binding, sign) for sign in (-1.0, 1.0))
    if left is None or right is None:
        return None if gradient is None else ""
    assert type(this.value) is float
    error = 10 * max(left.error, right.error)
    if not (_same(left.value, this.value, error) and _same(right.value, this.value, error)):
        return f"; the value jumps here: left {left.value:.6g}, right {right.value:.6g}"
    if gradient is None:
        return None
    if not _same(left.slope, right.slope, error):
        return f" (a kink: left {left.slope:.6g}, right {right.slope:.6g})"
    if _same(left.slope, gradient, error):
        return None
    return f"; this point is a piece of its own, beside it the slope is {left.slope:.6g}"


def _same(a: float, b: float, error: float) -> bool:
    return abs(a - b) <= CLOSE * max(abs(a), abs(b)) + error


def _side(this: Answer, binding: Binding, sign: float) -> Side | None:
    """What is on one side of the point; None where that cannot be told by numbers."""
    found: list[Side] = []
    x = binding.tensor._value
    for step in STEPS:
        h = sign * step * max(abs(x), 1.0)
        samples = [_beside(this, binding, x + k * h) for k in (1, 2, 3, 4)]
        pairs = [sample for sample in samples if sample is not None]
        if len(pairs) < len(samples):
            return None
        values, slopes = zip(*pairs, strict=True)
        found.append(Side(_limit(values), _limit(slopes)))
    far, near = found
    error = max(abs(far.slope - near.slope), abs(far.value - near.value))
    if error > ROUGH * max(abs(near.slope), abs(near.value), 1.0):
        return None
    return Side(_rounded(near.value), _rounded(near.slope), error)


def _limit(samples: tuple[float, ...]) -> float:
    return sum(weight * sample for weight, sample in zip(_WEIGHTS, samples, strict=True))


def _rounded(number: float) -> float:
    """A number without the last digits, which extrapolating has not."""
    return float(f"{number:.8g}") if abs(number) > 1e-9 else 0.0


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
