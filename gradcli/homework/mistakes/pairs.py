"""Two mistakes at once: the commonest ones in pairs, for a claim that no single one gives."""

from __future__ import annotations

from gradcli.homework.mistakes.graph import Site, State
from gradcli.homework.mistakes.search import Candidate, Search, finite, outcome, rough, singles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.homework.mistakes.graph import Number
    from gradcli.homework.mistakes.mutation import Tangent

MOST_OPERATIONS = 30
_FEWEST = 3  # points, below which too much would fit
_MOST = 80  # candidates
_COMMON = 1
"""Mistakes that are rarer are not tried in pairs."""

_NEVER = frozenset(("function-unchanged", "arithmetic-slip", "constant-kept", "trig-swapped"))
"""What explains too much when something else may be wrong as well."""

_ROUGHLY = 1e-9


class Pair:
    """Two candidates, and by what tangents they are made together."""

    __slots__ = ("inner", "outer", "wrong")

    def __init__(self, inner: Candidate, outer: Candidate, wrong: dict[int, Tangent]) -> None:
        self.inner = inner
        self.outer = outer
        self.wrong = wrong

    @property
    def order(self) -> int:
        """What sorts the likeliest first."""
        return self.inner.order[0] + self.outer.order[0]


def pair(search: Search) -> Pair | None:
    """Two mistakes that together give the claim: the likeliest such pair."""
    if len(search.graph.nodes) > MOST_OPERATIONS or len(search.rough_samples) < _FEWEST:
        return None
    states = [State(search.graph, rough(sample)) for sample in search.rough_samples]
    claims = [float(sample.claimed) for sample in search.rough_samples]
    found = [
        both
        for both in _pairs(search, states[0], claims[0])
        if all(_near(outcome(s, both.wrong), c) for s, c in zip(states, claims, strict=True))
    ]
    found.sort(key=lambda both: both.order)
    return next((both for both in found if search.confirmed(search.graph, both.wrong)), None)


def _pairs(search: Search, state: State, claim: float) -> Iterator[Pair]:
    """Pairs that give the claim at one point.

    The inner operation changes the tangents up to the outer one, whose way to the result is as it was.
    """
    root = search.graph.root
    candidates = [c for c in singles(search.graph, search.graph.nodes) if c.any_sign or _is_common(c)]
    candidates.sort(key=lambda candidate: candidate.order)
    whole = next((c for c in candidates if c.any_sign and c.nodes[0].place == root), None)
    for inner in candidates[:_MOST]:
        place = inner.nodes[0].place
        tangents = _tangents(state, inner)
        if tangents is None or tangents[place] == state.tangents[place]:
            continue
        if whole is not None and _near(-tangents[root], claim):
            yield Pair(inner, whole, _negative(inner, whole))
        for outer in candidates[:_MOST]:
            node = outer.nodes[0]
            adjoint = state.adjoints[node.place]
            if node.place <= place or not adjoint:
                continue
            wrong = _tangent(Site(state, node, tangents), outer)
            if wrong != tangents[node.place] and _near(
                tangents[root] + adjoint * (wrong - tangents[node.place]), claim
            ):
                yield Pair(inner, outer, {place: inner.mutation.tangent, node.place: outer.mutation.tangent})


def _is_common(candidate: Candidate) -> bool:
    signs = candidate.name == "sign-error" and candidate.mutation.rarity <= _COMMON + 1
    return signs or (candidate.mutation.rarity <= _COMMON and candidate.name not in _NEVER)


def _negative(inner: Candidate, whole: Candidate) -> dict[int, Tangent]:
    """The tangents of a candidate with the sign of the whole changed as well."""
    place, root, tangent = inner.nodes[0].place, whole.nodes[0].place, inner.mutation.tangent
    if place == root:
        return {root: lambda site: -tangent(site)}
    return {place: tangent, root: lambda site: -site.right}


def _tangents(state: State, candidate: Candidate) -> list[Number] | None:
    try:
        tangents = state.forward({candidate.nodes[0].place: candidate.mutation.tangent})
    except (ArithmeticError, ValueError):
        return None
    return tangents if finite(tangents[state.graph.root]) else None


def _tangent(site: Site, candidate: Candidate) -> Number:
    try:
        return candidate.mutation.tangent(site)
    except (ArithmeticError, ValueError):
        return float("nan")


def _near(predicted: float, claim: float) -> bool:
    return abs(predicted - claim) <= _ROUGHLY * max(abs(predicted), abs(claim))
