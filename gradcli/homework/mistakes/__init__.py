"""Which mistakes give a wrong claim: the chain rule replayed over F with a rule mutated.

`find` does it all; `summary` says the outcome in a few words.
"""

from __future__ import annotations

from gradcli.homework.mistakes.pairs import pair
from gradcli.homework.mistakes.search import Candidate, Search, is_searched
from gradcli.homework.mistakes.slips import slips
from gradcli.homework.mistakes.whole import agree, columns, wholes
from gradcli.homework.mistakes.wording import summary as summary
from gradcli.homework.mistakes.wording import told, told_together

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.checking.problem import Problem
    from gradcli.homework.mistakes.whole import Whole
    from gradcli.homework.results import Mistake

    Explanation = Candidate | Whole

HIDDEN_BY = {
    "trig-swapped": {"sign-error", "function-unchanged"},
    "coefficient-dropped": {"chain-rule-missing"},
    "plus-c": {"constant-kept"},
    "second-derivative-given": {"coefficient-dropped"},
}
"""What is another name for the same, or says less, beside others that fit."""


def find(problem: Problem) -> list[Mistake]:
    """Every mistake that gives the claim at all points, the likeliest first; none for a claim that is right
    or 0, which says nothing of how it was found.

    Of an F of more than 200 operations, or with arrays in it, only mistakes about the whole are looked for.
    """
    true, claimed = columns(problem)
    if not any(claimed) or agree(true, claimed):
        return []
    found: list[Explanation] = [*wholes(problem)]
    search = None
    if problem.f.steps and is_searched(problem.f):
        search = Search(problem)
        found += search.fitting()
    found = found or [*slips(problem)]
    if not found and search is not None and (both := pair(search)) is not None:
        return told_together(*sorted((both.outer, both.inner), key=lambda candidate: candidate.order))
    found.sort(key=lambda explanation: explanation.order)
    best: dict[str, Explanation] = {}
    for explanation in found:
        best.setdefault(explanation.name, explanation)
    return [told(best[name]) for name in best if not _hidden(name, best)]


def _hidden(name: str, found: dict[str, Explanation]) -> bool:
    """Whether a mistake is better not named beside the others; a slip is what is left when none fits.

    A term that was left out can be pointed at, though, and may look like a constant that was added.
    """
    slip = found.get("arithmetic-slip")
    pointed_at = isinstance(slip, Candidate) and set(found) <= {"arithmetic-slip", "plus-c"}
    if name == "arithmetic-slip":
        return len(found) > 1 and not pointed_at
    return (name == "plus-c" and pointed_at) or not HIDDEN_BY.get(name, set()).isdisjoint(found)
