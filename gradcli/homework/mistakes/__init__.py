"""Which mistakes give a wrong claim: the chain rule replayed over F with a rule mutated.

`find` does it all; `summary` says the outcome in a few words.
"""

from __future__ import annotations

from gradcli.homework.mistakes.search import MOST_OPERATIONS, Search
from gradcli.homework.mistakes.slips import roundings, slips
from gradcli.homework.mistakes.whole import wholes
from gradcli.homework.mistakes.wording import summary as summary
from gradcli.homework.mistakes.wording import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.mistakes.search import Candidate
    from gradcli.homework.mistakes.whole import Whole
    from gradcli.homework.problem import Problem
    from gradcli.homework.results import Mistake

    Explanation = Candidate | Whole

HIDDEN_BY = {
    "trig-swapped": {"sign-error", "function-unchanged"},
    "coefficient-dropped": {"chain-rule-missing"},
    "plus-c": {"constant-kept"},
}
"""What is another name for the same, or says less, beside others that fit."""


def find(problem: Problem) -> list[Mistake]:
    """Every mistake that gives the claim at all points, the likeliest first; none for a claim that is right.

    Of an F of more than 200 operations, or with arrays in it, only mistakes about the whole are looked for.
    """
    rounded = roundings(problem)
    if rounded:
        return [told(rounded[0])]
    found: list[Explanation] = [*wholes(problem)]
    if problem.f.scalar and 0 < len(problem.f.steps) <= MOST_OPERATIONS:
        found += Search(problem).fitting()
    if not found:
        found += slips(problem)
    found.sort(key=lambda explanation: explanation.order)
    best: dict[str, Explanation] = {}
    for explanation in found:
        best.setdefault(explanation.name, explanation)
    return [told(best[name]) for name in best if not _hidden(name, best)]


def _hidden(name: str, found: dict[str, Explanation]) -> bool:
    if name == "arithmetic-slip":
        return len(found) > 1
    return not HIDDEN_BY.get(name, set()).isdisjoint(found)
