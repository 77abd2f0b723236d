"""What the steps of an explanation are called: by their role where they have one, else u, v, w and so on."""

from __future__ import annotations

from itertools import count

from gradcli.evaluation.environment import CONSTANTS
from gradcli.homework.explanation.steps import MATRIX_PRODUCTS
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gradcli.homework.explanation.graph import Vertex
    from gradcli.homework.explanation.steps import Steps
    from gradcli.rules.rulebook import Rule

POOL = ("u", "v", "w", "s", "t", "q", "r", "m", "n", "k", "h", "a", "c", "d")
RESULTS = ("y", "f", "F", "Y", "result")
LOSSES = ("L", "J", "loss")
SUMS = ("S", "T", "total")
PROBABILITIES = ("sigmoid", "softmax")
ACTIVATIONS = (*PROBABILITIES, "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus")
OF_LOGITS = (*ACTIVATIONS, "bce_with_logits", "cross_entropy", "logsigmoid", "log_softmax")
LOGARITHMS = ("log", "log1p", "log2", "log10")


def named(steps: Steps, summed: Vertex | None) -> dict[Vertex, str]:
    """A name for every variable, named constant and step; `summed` is the root that adds up an array."""
    names, taken = _given(steps)
    root = steps.graph.root
    if root not in names and root.active and root.rule is not None:
        wishes: Sequence[str] = LOSSES if _is_loss(steps) else RESULTS
        if root is summed:
            names[root] = _first(SUMS, taken)
            result = root.operands[0]
        else:
            result = root
        if result is not None and result not in names and result.rule is not None:
            names[result] = _first(wishes, taken)
    for head in steps.heads:
        for vertex, wishes in _wishes(head, steps):
            if vertex not in names and vertex.rule is not None and (free := _free(wishes, taken)):
                names[vertex] = free
                taken.add(free)
    pool = (name for name in _endless(POOL) if name not in taken)
    wanted = steps.constants.union(steps.heads)
    for vertex in steps.graph.vertices:
        if vertex not in names and vertex in wanted:
            names[vertex] = next(pool)
    return names


def _given(steps: Steps) -> tuple[dict[Vertex, str], set[str]]:
    """The user's own names, those bound more than once told apart, and all that no other may have."""
    names: dict[Vertex, str] = {}
    taken: set[str] = set(CONSTANTS)
    given = [vertex for vertex in steps.graph.vertices if vertex.given]
    taken.update(vertex.given for vertex in given)
    latest = {vertex.given: vertex for vertex in given}
    # Where an intermediate was computed from an earlier x, x is the one that is asked about.
    latest |= {vertex.given: vertex for vertex in given if vertex.is_variable and vertex.active}
    for vertex in given:
        name = vertex.given
        if latest[name] is not vertex:
            name = next(name for i in count(1) if (name := f"{vertex.given}_{i}") not in taken)
            taken.add(name)
        names[vertex] = name
    return names, taken


def _wishes(head: Vertex, steps: Steps) -> Iterator[tuple[Vertex, Sequence[str]]]:
    """Roles as in a neural network: z = w*x + b goes into an activation, which makes p or h of it."""
    rule = head.rule
    inputs = [operand for operand in head.operands if operand is not None and operand.active]
    if rule is None or not inputs or rule.name not in OF_LOGITS:
        return
    if inputs[0].given or is_affine(inputs[0], steps):
        yield inputs[0], ("z",)
        if rule.name in ACTIVATIONS and head is not steps.graph.root:
            yield head, ("p",) if rule.name in PROBABILITIES else ("h",)


def is_affine(vertex: Vertex, steps: Steps) -> bool:
    """Whether it is a sum of terms with a product among them, w*x + b, or a matrix product."""
    if vertex in steps.affine or (vertex.rule is not None and vertex.rule.name in MATRIX_PRODUCTS):
        return True
    terms = steps.terms.get(vertex, ())
    if len(terms) < 2:
        return False
    return all(term.is_product() for term in terms)


def _is_loss(steps: Steps) -> bool:
    """Whether the result is a loss: one of the rulebook's, or made of the logarithm of a probability."""
    rules: list[Rule] = [head.rule for head in steps.heads if head.rule is not None]
    if any(rule.page == "loss" for rule in rules):
        return True
    root = steps.graph.root
    return any(
        head.rule is not None and head.rule.name in LOGARITHMS and _of_probability(head.operands[0], steps)
        for head in steps.heads if head is not root
    )  # fmt: skip


def _of_probability(vertex: Vertex | None, steps: Steps) -> bool:
    """Whether it is p, or 1 - p, for a p that sigmoid or softmax makes."""
    if vertex is None:
        return False
    parts = {factor for term in steps.terms.get(vertex, ()) for factor in term.factors} | {vertex}
    return any(_is_probability(part) for part in parts)


def _is_probability(vertex: Vertex) -> bool:
    """Whether sigmoid or softmax makes it, be it kept away from 0 and 1 by clamp."""
    if vertex.rule is not None and vertex.rule.name == "clamp" and vertex.operands[0] is not None:
        vertex = vertex.operands[0]
    return vertex.rule is not None and vertex.rule.name in PROBABILITIES


def _free(wishes: Sequence[str], taken: set[str]) -> str:
    return next((name for name in wishes if name not in taken), "")


def _first(wishes: Sequence[str], taken: set[str]) -> str:
    name = next(name for name in _endless(wishes) if name not in taken)
    taken.add(name)
    return name


def _endless(names: Iterable[str]) -> Iterator[str]:
    names = [name for name in names if name not in NAMES]
    yield from names
    for i in count(1):
        yield from (f"{name}_{i}" for name in names)
