"""Mistakes at something with an inside: the chain rule."""

from __future__ import annotations

from gradcli.homework.mistakes.mutation import Lesson, Mutation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.mistakes.graph import Number, Site


def _without_constant(s: Site) -> Number:
    """The inside without the constant that is added to it."""
    inner = s.below(s.i)
    return inner.p[inner.i] * inner.v[inner.i]


_HINT = "Look at {place} again: what does the chain rule ask of its inside?"
_GIVES = "the derivative of {inner} is {d_inner}"

FACTOR = Lesson("in {place} the chain rule asks for the derivative of the inside as a factor", _GIVES, _HINT)
ITSELF = Lesson(
    "in {place} the chain rule asks for the derivative of the inside as a factor, not for the inside itself",
    _GIVES, _HINT,
)
TERM = Lesson("in {place} the derivative of the inside is a factor and no term that is added", _GIVES, _HINT)
TWICE = Lesson("in {place} the derivative of the inside is a factor once, not twice", _GIVES, _HINT)
INSIDE = Lesson(
    "in {place} the inside stays as it is when the outside is differentiated",
    "that is {slope}, and the derivative of the inside, {d_inner}, comes as a factor",
    "Look at {place} again: what stands inside when the outside is differentiated?",
)
LEFT_OUT = Lesson(
    "the chain rule has a factor for every function on the way, and that of {place} is missing",
    "with the inside as it is, that is {slope}",
    "Look at {place} again: is every function on the way differentiated?",
)
OUTSIDE = Lesson(
    "the outside of {place} has to be differentiated, too, and is still there as it was",
    "with the inside as it is, its derivative is {slope}",
    "Look at {place} again: what is the derivative of its outside?",
)
UNCHANGED = Lesson(
    "{place} is still there as it was, and has to be differentiated",
    "its derivative is {derivative}",
    "Look at {place} again: has it been differentiated?",
)

CHAINS = (
    Mutation("chain-rule-missing", "nested", 0, lambda s: s.p[s.i], FACTOR),
    Mutation("chain-rule-missing", "curved", 2, lambda s: s.partial_at(s.t[s.i]), INSIDE),
    Mutation("chain-rule-missing", "curved", 2, lambda s: s.partial_at(s.t[s.i]) * s.t[s.i], INSIDE),
    Mutation("chain-rule-missing", "curved", 2, lambda s: s.partial_at(s.x) * s.t[s.i], INSIDE),
    Mutation("chain-rule-missing", "named", 3, lambda s: s.partial_at(s.x), INSIDE),
    Mutation("chain-rule-missing", "nested", 3, lambda s: s.value_at(s.t[s.i]), INSIDE),
    Mutation("chain-rule-missing", "nested", 1, lambda s: s.p[s.i] * s.v[s.i], ITSELF),
    Mutation("chain-rule-missing", "nested", 4, lambda s: s.p[s.i] + s.t[s.i], TERM),
    Mutation(
        "chain-rule-missing", "shifted", 4, lambda s: s.partial_at(_without_constant(s)) * s.t[s.i], INSIDE
    ),
    Mutation("chain-rule-missing", "inside", 3, lambda s: s.t[s.i], LEFT_OUT),
    Mutation("arithmetic-slip", "nested", 5, lambda s: s.p[s.i] * s.t[s.i] * s.t[s.i], TWICE),
    Mutation("function-unchanged", "nested", 2, lambda s: s.out * s.t[s.i], OUTSIDE),
    Mutation("function-unchanged", "any", 2, lambda s: s.out, UNCHANGED),
)
