"""The search for mistakes at the operations of F: each rule mutated in turn, and the outcome compared."""

from __future__ import annotations

from gradcli.homework.mistakes.catalogue import BY_TAG, CATALOGUE
from gradcli.homework.mistakes.graph import Graph, Site, State
from gradcli.homework.mistakes.structure import classify
from gradcli.numbers import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.evaluation.tape import Tape
    from gradcli.homework.checking.problem import Problem, Sample
    from gradcli.homework.mistakes.graph import Node, Number
    from gradcli.homework.mistakes.mutation import Mutation, Tangent

MOST_OPERATIONS = 200
"""Beyond it only mistakes about the whole are looked for: the time grows with the square of the length."""

ENOUGH = 4
"""At so many points are all candidates tried on floats."""

PROOF = 10
"""At so many further points are those confirmed that look right, with all digits."""

_PIECES = frozenset(
    ("where", "abs", "sign", "maximum", "minimum", "relu", "leaky_relu", "elu", "selu", "clamp", "huber")
)
"""Rules that are another formula on another part of their domain."""

_OF_CONSTANTS = 2
"""How rare a mistake may be that explains a constant claim."""

_ROUGHLY, _EXACTLY = 1e-7, 1e-20
_LOST = 1e-25
"""What is so much smaller than its terms has less than half of its 50 digits."""


def is_searched(f: Tape) -> bool:
    """Whether the operations of F are gone through one by one: not where they are many, or on arrays."""
    return f.scalar and len(f.steps) <= MOST_OPERATIONS


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
    def order(self) -> tuple[int, int]:
        """What sorts the likeliest first: the outermost operation and the commonest mistake."""
        several = len(self.nodes) > 1
        depth = self.nodes[0].depth
        return 2 * (self.mutation.rarity + depth) + several, depth

    @property
    def wrong(self) -> dict[int, Tangent]:
        """The tangent that each of its operations gets."""
        return {node.place: self.mutation.tangent for node in self.nodes}

    @property
    def any_sign(self) -> bool:
        """Whether it is a sign that was lost where there was no minus to lose."""
        return self.mutation.name == "sign-error" and self.mutation.tag == "any"

    def __repr__(self) -> str:
        return f"<Candidate {self.mutation} at {self.nodes}>"


class Search:
    """One problem, with its graph and what that holds at the points, computed once."""

    __slots__ = ("_exact", "graph", "problem", "proof", "rough", "rough_samples", "separate")

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
        self.proof = proof(problem, self.rough_samples)

    # --- candidates ---

    def candidates(self, state: State) -> Iterator[Candidate]:
        """Every mutation wherever it applies: at each operation, and at all that it changes at a point."""
        yield from singles(self.graph, self.graph.nodes)
        if self.separate is not None:
            repeated = {span for node in self.graph.nodes if len(node.spans) > 1 for span in node.spans}
            nodes = [node for node in self.separate.nodes if repeated.intersection(node.spans)]
            yield from singles(self.separate, nodes)
        for mutation in CATALOGUE:
            nodes = [node for node in self.graph.nodes if mutation.tag in node.tags]
            if len(nodes) > 1:
                nodes = [node for node in nodes if _changes(mutation, state, node)]
            if len(nodes) > 1:
                yield Candidate(mutation, nodes, self.graph)

    def fitting(self) -> list[Candidate]:
        """The candidates that give the claim, the likeliest first."""
        states = {}
        for graph in filter(None, (self.graph, self.separate)):
            states[graph] = [State(graph, rough(sample)) for sample in self.rough_samples]
        claims = [float(sample.claimed) for sample in self.rough_samples]
        first = states[self.graph][0]
        found = [c for c in self.candidates(first) if _looks_right(c, states[c.graph], claims)]
        if len(set(claims)) == 1:  # a constant comes out of too much that is seldom done
            found = [candidate for candidate in found if candidate.mutation.rarity <= _OF_CONSTANTS]
        found.sort(key=lambda candidate: candidate.order)
        return [candidate for candidate in found if self.confirmed(candidate.graph, candidate.wrong)]

    # --- confirmation ---

    def confirmed(self, graph: Graph, wrong: Mapping[int, Tangent]) -> bool:
        """Whether wrong tangents at some operations give the claim at every point, to many digits."""
        agreed = 0
        for position, sample in enumerate(self.proof):
            state = self.exact(graph, position)
            predicted = outcome(state, wrong)
            if not finite(predicted):
                continue
            if close(predicted, sample.claimed, _EXACTLY):
                agreed += 1
            elif not cancelled(state, predicted):
                return False
        return agreed >= min(3, len(self.proof))

    def exact(self, graph: Graph, position: int) -> State:
        """The state of a graph at a sample, with all digits."""
        key = (id(graph), position)
        if key not in self._exact:
            sample = self.proof[position]
            self._exact[key] = State(graph, sample.at, self.problem.kind.context)
        return self._exact[key]


def singles(graph: Graph, nodes: Sequence[Node]) -> Iterator[Candidate]:
    """Every mutation at each of these operations alone."""
    for node in nodes:
        for tag in sorted(node.tags):
            for mutation in BY_TAG.get(tag, ()):
                yield Candidate(mutation, [node], graph)


def _changes(mutation: Mutation, state: State, node: Node) -> bool:
    """Whether an operation has another derivative by a mutation: of 1/u no exponent comes down."""
    try:
        tangent = mutation.tangent(Site(state, node, state.tangents))
    except (ArithmeticError, ValueError):
        return True
    return not close(tangent, state.tangents[node.place], _ROUGHLY)


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
            return outcome(state, candidate.wrong), abs(true)
        node = candidate.nodes[0]
        adjoint = state.adjoints[node.place]
        tangent = candidate.mutation.tangent(Site(state, node, state.tangents))
        change = adjoint * (tangent - state.tangents[node.place])
    except (ArithmeticError, ValueError):
        return float("nan"), 0.0
    return true + change, max(abs(true), abs(change))


def cancelled(state: State, predicted: Number) -> bool:
    """Whether what the operations contribute to a derivative cancels, until not enough digits are left."""
    largest = max(
        (abs(t * a) for t, a in zip(state.tangents, state.adjoints, strict=True) if finite(t * a)), default=0
    )
    return bool(abs(predicted) < _LOST * largest)


def outcome(state: State, wrong: Mapping[int, Tangent]) -> Number:
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


def proof(problem: Problem, first: Sequence[Sample]) -> list[Sample]:
    """The points that confirm a candidate, those first that may refute it soonest.

    All of them where F is made of pieces; otherwise a few dozen digits at some points leave no doubt.
    """
    rest = [sample for sample in problem.samples if sample not in first]
    if not any(step.rule.name in _PIECES for step in problem.f.steps):
        rest = rest[:: max(1, len(rest) // PROOF)]
    return [*first, *rest]


def telling(samples: Sequence[Sample]) -> list[Sample]:
    """A few points to try candidates at: where the claim is wrong, its numbers being of moderate size."""

    def rank(sample: Sample) -> tuple[bool, float]:
        true, claimed = float(sample.true), float(sample.claimed)
        same = close(true, claimed, _ROUGHLY)
        sizes = [abs(n) for n in (true, claimed, float(sample.value), *map(float, sample.at.values()))]
        return same, sum(max(size, 1 / size) if size else 1.0 for size in sizes)

    ranks = [(rank(sample), position) for position, sample in enumerate(samples)]
    ranks.sort()
    chosen = ranks[:ENOUGH]
    right = next((item for item in ranks[ENOUGH:] if item[0][0]), None)
    if right is not None:
        chosen.append(right)  # a mistake must not spoil what is right
    return [samples[position] for _, position in chosen]
