"""Claims that answer the question with itself: `diff(F, x)`, or diff of what equals F but for a constant."""

from __future__ import annotations

from gradcli.homework.checking.regions import finite
from gradcli.homework.checking.sampling import letter, spread
from gradcli.homework.checking.written import Written
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers import shape_of
from gradcli.numbers.expression import postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.checking.claims import Claim
    from gradcli.homework.checking.question import Question
    from gradcli.numbers.expression import Expression

_POINTS = 8
_NEAR = 1e-7
_LEAST, _MOST = 0.05, 20.0  # where floats can be trusted


def refuse_circular(question: Question, claim: Claim) -> None:
    """Raise Diagnostic for a claim with a diff(...) in it that is F's derivative, or a multiple of it."""
    for part in postorder(claim.expression):
        if part.op == "call" and part.value == "diff" and _is_multiple(question, claim, part):
            place = part.span or (0, len(claim.text))
            label = "work the derivative out, and write the formula"
            raise Diagnostic("call", "diff(...) answers the question with itself", [(place, label)])


def _is_multiple(question: Question, claim: Claim, part: Expression) -> bool:
    """Whether a diff(...) is the derivative of F times a constant, as far as floats can tell."""
    tape = Written(claim.text, part).floats
    look = question.look(0, {})
    extra = {name: letter(name, 0) for name in tape.names if name not in question.names}
    ratios: list[float] = []
    seen = [(x, t) for x, t in zip(look.points, look.true, strict=True) if _LEAST < abs(x) < _MOST]
    for x, true in spread(seen, _POINTS):
        value = tape.value({**look.letters, **extra, question.wrt: x})
        if shape_of(true) or shape_of(value):
            return True  # of arrays it is not worth the trouble to find out
        if finite(value) and finite(true) and true and value:
            ratios.append(value / true)
    return len(ratios) > 1 and max(ratios) - min(ratios) <= _NEAR * abs(max(ratios))
