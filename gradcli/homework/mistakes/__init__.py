"""Which mistakes give a wrong claim: the chain rule replayed over F with a rule mutated.

>>> find(problem)[0].name   # doctest: +SKIP
'chain-rule-missing'
"""

from __future__ import annotations

from gradcli.homework.mistakes.search import MOST_OPERATIONS, Search
from gradcli.homework.mistakes.wording import told
from gradcli.homework.mistakes.wording import summary as summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.problem import Problem
    from gradcli.homework.results import Mistake


def find(problem: Problem) -> list[Mistake]:
    """Every mistake that gives the claim at all points, the likeliest first; none for a claim that is right."""
    found = []
    if problem.f.scalar and len(problem.f.steps) <= MOST_OPERATIONS:
        found = Search(problem).fitting()
    best = {}
    for candidate in found:
        best.setdefault(candidate.mutation.name, candidate)
    return [told(candidate) for candidate in best.values()]
