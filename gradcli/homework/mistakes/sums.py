"""Mistakes at sums, signs and constants."""

from __future__ import annotations

from gradcli.homework.mistakes.mutation import Lesson, Mutation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.mistakes.graph import Number, Site


def _signed(s: Site, part: Number) -> Number:
    """What belongs to the constant of a sum, with the sign that stands before it."""
    return -part if s.i == 0 and s.node.kind == "sub" else part


def _constant(s: Site) -> Number:
    """The constant of a sum."""
    return _signed(s, s.v[1 - s.i])


def _slope(s: Site, which: int) -> Number:
    """The derivative of the constant of a sum in a part of it: of pi**2 in pi, of log(3) in 3."""
    slopes = s.state.graph.slopes(s.node.operands[1 - s.i])
    return _signed(s, s.number(slopes[which])) if which < len(slopes) else s.number(0.0)


def _with_other_sign(s: Site) -> Number:
    return s.t[0] - s.t[1] if s.node.kind == "add" else s.t[0] + s.t[1]


def _second(s: Site) -> Number:
    return s.t[1] if s.node.kind == "add" else -s.t[1]


def _variable_kept(s: Site) -> Number:
    """A sum of which a term is the variable alone, that being left as it is."""
    nodes = s.state.graph.nodes
    parts = [
        value if i in s.node.active and nodes[place].rule is None else tangent
        for i, (place, value, tangent) in enumerate(zip(s.node.operands, s.v, s.t, strict=True))
    ]
    return parts[0] + parts[1] if s.node.kind == "add" else parts[0] - parts[1]


_DERIVATIVE = "its derivative is {derivative}"

SIGN = Lesson(
    "the derivative of {place} has the wrong sign", "it is {derivative}",
    "Look at {place} again: mind the signs.",
)
BETWEEN = Lesson(
    "the signs between the terms of a sum stay, and one in {place} has changed", _DERIVATIVE,
    "Look at {place} again: which signs stand between its terms?",
)
LOST = Lesson(
    "sums are differentiated term by term, and a term of {place} has been left out", _DERIVATIVE,
    "Look at {place} again: has every term been differentiated?",
)
CONSTANT = Lesson(
    "the derivative of a constant is 0, and {constant} has no part in the derivative of {place}",
    "that is {derivative}",
    "Look at {place} again: what is the derivative of a constant?",
)
NO_PRODUCT = Lesson(
    "{factor} is a constant factor of {place} and stays as it is; there is no second term for it",
    "the derivative is {derivative}",
    "Look at {place} again: which of its factors depend on the variable?",
)
FACTOR = Lesson(
    "the constant factor {factor} of {place} stays in front of the derivative",
    "the derivative is {derivative}",
    "Look at {place} again: what becomes of a constant factor?",
)
ABSOLUTE = Lesson(
    "{place} falls where its inside is negative and rises where that is positive", _DERIVATIVE,
    "Look at {place} again: does it do the same where its inside is negative?",
)

ALONE = Lesson(
    "the variable alone is a term of {place} too, and its derivative is 1", "that gives {derivative}",
    "Look at {place} again: has every term been differentiated?",
)

SUMS = (
    Mutation("sign-error", "falling", 0, lambda s: -s.right, SIGN),
    Mutation("sign-error", "any", 3, lambda s: -s.right, SIGN),
    Mutation("sign-error", "sum", 2, _with_other_sign, BETWEEN),
    Mutation("sign-error", "abs", 0, lambda s: s.t[s.i], ABSOLUTE),
    Mutation("sign-error", "abs", 1, lambda s: -s.t[s.i], ABSOLUTE),
    Mutation("arithmetic-slip", "sum", 3, lambda s: s.t[0], LOST),
    Mutation("arithmetic-slip", "sum", 3, _second, LOST),
    Mutation("function-unchanged", "sum", 2, _variable_kept, ALONE),
    Mutation("function-unchanged", "shift", 2, _variable_kept, ALONE),
    Mutation("constant-kept", "shift", 0, lambda s: s.right + _constant(s), CONSTANT),
    Mutation("constant-kept", "shift", 1, lambda s: s.right + s.xp.sign(_constant(s)), CONSTANT),
    Mutation("constant-kept", "shift", 1, lambda s: s.right + _slope(s, 0), CONSTANT),
    Mutation("constant-kept", "shift", 1, lambda s: s.right + _slope(s, 1), CONSTANT),
    Mutation("constant-kept", "multiple", 4, lambda s: s.right + s.v[s.i], NO_PRODUCT),
    Mutation("coefficient-dropped", "scaling", 1, lambda s: s.t[s.i], FACTOR),
    Mutation("coefficient-dropped", "reciprocal", 2, lambda s: s.xp.div(s.right, s.v[0]), FACTOR),
)
