"""The search for mistakes at the operations of F: each rule mutated in turn, and the outcome compared."""

from __future__ import annotations

from gradcli.homework.mistakes.catalogue import CATALOGUE
from gradcli.homework.mistakes.graph import Graph, Site, State
from gradcli.homework.mistakes.structure import classify
from gradcli.numbers import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.homework.mistakes.graph import Node, Number
    from gradcli.homework.mistakes.mutation import Mutation
    from gradcli.homework.problem import Problem, Sample

MOST_OPERATIONS = 200
"""Beyond it only mistakes about the whole are looked for: the time grows with the square of the length."""

ENOUGH = 4
"""At so many points are all candidates tried on floats."""

_ROUGHLY, _EXACTLY = 1e-7, 1e-20


class Candidate:
    """A mutation at one operation, or at several of its kind at once."""

    __slots__ = ("graph", "mutation", "nodes")

    def __init__(self, mutation: Mutation, nodes: Sequence[Node], graph: Graph) -> None:
        self.mutation = mutation
        self.nodes = tuple(sorted(nodes, key=lambda node: node.depth))
        self.graph = graph

    @property
    def name(self) -> str:
        """The mistake's name."""
        return self.mutation.name

    @property
    def order(self) -> int:
        """What sorts the likeliest first: the outermost operation and the commonest mistake."""
        several = len(self.nodes) > 1
        return 2 * (self.mutation.rarity + self.nodes[0].depth) + several

    def __repr__(self) -> str:
        return f"<Candidate {self.mutation} at {self.nodes}>"


class Search:
    """One problem, with its graph and what that holds at the points, computed once."""

    __slots__ = ("_exact", "graph", "problem", "rough", "rough_samples", "separate")

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.graph = Graph(problem.f, problem.wrt)
        classify(self.graph)
        self.separate: Graph | None = None
        if any(len(node.spans) > 1 for node in self.graph.nodes):
            self.separate = Graph(problem.f, problem.wrt, merged=False)
            classify(self.separate)
        self._exact: dict[tuple[int, int], State] = {}
        self.rough_samples = telling(problem.samples)

    # --- candidates ---

    def candidates(self) -> Iterator[Candidate]:
        """Every mutation wherever it applies: at each operation, and at all operations of its kind."""
        yield from _singles(self.graph, self.graph.nodes)
        if self.separate is not None:
            repeated = {span for node in self.graph.nodes if len(node.spans) > 1 for span in node.spans}
            nodes = [node for node in self.separate.nodes if repeated.intersection(node.spans)]
            yield from _singles(self.separate, nodes)
        for mutation in CATALOGUE:
            nodes = [node for node in self.graph.nodes if mutation.tag in node.tags]
            if len(nodes) > 1:
                yield Candidate(mutation, nodes, self.graph)

    def fitting(self) -> list[Candidate]:
        """The candidates that give the claim, the likeliest first."""
        states = {}
        for graph in filter(None, (self.graph, self.separate)):
            states[graph] = [State(graph, rough(sample)) for sample in self.rough_samples]
        claims = [float(sample.claimed) for sample in self.rough_samples]
        found = [c for c in self.candidates() if _looks_right(c, states[c.graph], claims)]
        found.sort(key=lambda candidate: candidate.order)
        return [candidate for candidate in found if self.confirmed(candidate)]

    # --- confirmation ---

    def confirmed(self, candidate: Candidate) -> bool:
        """Whether a candidate gives the claim at every point, to many digits."""
        wrong = {node.place: candidate.mutation.tangent for node in candidate.nodes}
        agreed = 0
        for position, sample in enumerate(self.problem.samples):
            state = self.exact(candidate.graph, position)
            predicted = outcome(state, wrong)
            if not finite(predicted):
                continue
            if not close(predicted, sample.claimed, _EXACTLY):
                return False
            agreed += 1
        return agreed >= min(3, len(self.problem.samples))

    def exact(self, graph: Graph, position: int) -> State:
        """The state of a graph at a sample, with all digits."""
        key = (id(graph), position)
        if key not in self._exact:
            sample = self.problem.samples[position]
            self._exact[key] = State(graph, sample.at, self.problem.kind.context)
        return self._exact[key]


def _singles(graph: Graph, nodes: Sequence[Node]) -> Iterator[Candidate]:
    by_tag: dict[str, list[Mutation]] = {}
    for mutation in CATALOGUE:
        by_tag.setdefault(mutation.tag, []).append(mutation)
    for node in nodes:
        for tag in sorted(node.tags):
            for mutation in by_tag.get(tag, ()):
                yield Candidate(mutation, [node], graph)


def _looks_right(candidate: Candidate, states: Sequence[State], claims: Sequence[float]) -> bool:
    """Whether a candidate gives the claim on floats."""
    agreed = 0
    for state, claim in zip(states, claims, strict=True):
        predicted, size = _predicted(candidate, state)
        if not finite(predicted):
            continue
        if abs(predicted - claim) > _ROUGHLY * max(abs(predicted), abs(claim), size):
            return False
        agreed += 1
    return agreed >= min(2, len(states))


def _predicted(candidate: Candidate, state: State) -> tuple[float, float]:
    """What a candidate gives, and how large the numbers are that may have cancelled in it.

    A single operation needs no pass over the graph: the rest of the chain is its adjoint.
    """
    graph = state.graph
    true = state.tangents[graph.root]
    try:
        if len(candidate.nodes) > 1:
            wrong = {node.place: candidate.mutation.tangent for node in candidate.nodes}
            predicted = outcome(state, wrong)
            return predicted, abs(true)
        node = candidate.nodes[0]
        adjoint = state.adjoints[node.place]
        tangent = candidate.mutation.tangent(Site(state, node, state.tangents))
        change = adjoint * (tangent - state.tangents[node.place])
    except (ArithmeticError, ValueError):
        return float("nan"), 0.0
    return true + change, max(abs(true), abs(change))


def outcome(state: State, wrong: dict[int, object]) -> Number:
    """The derivative with the rules of some operations mutated; nan where that has no value."""
    try:
        with quiet():
            return state.forward(wrong)[state.graph.root]
    except (ArithmeticError, ValueError):
        return state.number(float("nan"))


# --- numbers ---


def finite(number: Number) -> bool:
    """Whether a number is neither infinite nor nan."""
    return bool(number - number == 0)


def close(a: Number, b: Number, tolerance: float) -> bool:
    """Whether two numbers agree, relative to the larger one."""
    return bool(abs(a - b) <= tolerance * max(abs(a), abs(b)))


def rough(sample: Sample) -> dict[str, float]:
    """A point in floats."""
    return {letter: float(value) for letter, value in sample.at.items()}


def telling(samples: Sequence[Sample]) -> list[Sample]:
    """A few points to try candidates at: where the claim is wrong, its numbers being of moderate size."""

    def rank(sample: Sample) -> tuple[bool, float]:
        same = close(sample.true, sample.claimed, _ROUGHLY)
        sizes = [abs(float(n)) for n in (sample.true, sample.claimed, sample.value, *sample.at.values())]
        return same, sum(max(size, 1 / size) if size else 1.0 for size in sizes)

    ranked = sorted(samples, key=rank)
    chosen = ranked[:ENOUGH]
    right = next((sample for sample in ranked if rank(sample)[0]), None)
    if right is not None and right not in chosen:
        chosen.append(right)  # a mistake must not spoil what is right
    return chosen
