"""From the evidence to the verdict, and to the words for it."""

from __future__ import annotations

from gradcli.homework.comparison import AGREE, DIFFER, NO_CLAIM, NO_TRUTH, UNSTABLE
from gradcli.homework.evidence import Evidence, gather
from gradcli.homework.problem import Problem, Sample
from gradcli.homework.results import CORRECT, UNDECIDED, WRONG, Counterexample, Verdict
from gradcli.homework.written import decimal, DIGITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.homework.claims import Claim
    from gradcli.homework.question import Question

FEWEST = 6
"""With fewer points there is no verdict."""


def judge(question: Question, claim: Claim) -> Verdict:
    evidence = gather(question, claim, {})
    usable = evidence.usable
    differing = evidence.having(DIFFER)
    skipped = len(evidence.compared) - len(usable)
    common: dict[str, Any] = {
        "read": claim.read, "readings": [*question.readings, *claim.readings],
        "points": len(usable), "skipped": skipped,
    }
    if len(usable) < FEWEST:
        return Verdict(UNDECIDED, question.written, claim.written, question.wrt, detail="too few", **common)
    if not differing:
        return Verdict(CORRECT, question.written, claim.written, question.wrt, **common)
    mistakes = []
    try:
        from gradcli.homework.mistakes import find

        mistakes = find(problem(evidence))
    except ImportError:
        pass
    example = differing[0]
    return Verdict(WRONG, question.written, claim.written, question.wrt, mistakes=mistakes, counterexample=Counterexample(example.at, example.claimed, example.true), **common)


def problem(evidence: Evidence) -> Problem:
    """The evidence as what mistakes are sought with."""
    samples = [Sample(c.at, c.value, c.true, c.claimed) for c in evidence.usable]
    return Problem(
        evidence.question.f.tape(), evidence.claim.tape(), evidence.question.wrt, decimal(DIGITS), samples
    )
