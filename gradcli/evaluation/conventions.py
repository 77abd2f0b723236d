"""Notes on points where a derivative is a matter of convention, where that derivative was asked for."""

from __future__ import annotations

from functools import cache

from gradcli.engine.backward import graph_of
from gradcli.evaluation.machine import Met
from gradcli.evaluation.results import Note
from gradcli.numbers import floats, namespace_of, quiet, size_of
from gradcli.rules.rulebook import RULES, Convention

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.engine.node import Node
    from gradcli.engine.tensor import Tensor
    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.machine import Machine


TIE = Convention(
    lambda xp, a, b: xp.eq(a, b),
    "both sides of the condition are equal: the derivative of the branch that is taken is used",
)
"""Where a comparison of two numbers is about to choose the other branch."""
MOST_PLACES = 5
"""For so many places of a text a note is repeated."""


def hits(met: list[Met], order: int = 2) -> list[tuple[Met, Convention]]:
    """The operations that stand at a point of convention for a derivative up to `order`, each with that."""
    found = []
    for operation in met:
        node = operation.node
        if node.saved is None:  # freed: there will be no gradient through it
            continue
        found += [
            (operation, c) for c in operation.rule.conventions if c.order <= order and _applies(c, node)
        ]
    return found


def kept(met: list[Met], name: str) -> tuple[Met, ...]:
    """What a variable keeps of the operations it was computed by: those at a point of convention."""
    found = {id(operation): operation for operation, _ in hits(met)}
    return tuple(Met(m.node, m.rule, None, m.variable or name) for m in found.values())


def _applies(convention: Convention, node: Node) -> bool:
    saved = node.saved or ()
    for value in saved:
        if type(value) is not float:
            break
    else:
        return bool(convention.when(floats, *saved, **(node.static or {})) != 0.0)
    xp = namespace_of(*(value for value in saved if value is not None))
    with quiet():
        truth = convention.when(xp, *saved, **(node.static or {}))
    return bool(size_of(truth) and namespace_of(truth).amax(truth) != 0)


def convention_notes(this: Answer) -> list[Note]:
    """A note for each convention that a gradient of the answer rests on."""
    from gradcli.evaluation.answers import edge_of

    edges = {edge_of(binding) for binding in this.asked}
    return notes_on_the_way(this.machine, this.root, edges, this.source.session.options.order)


def notes_on_the_way(machine: Machine, root: Tensor, edges: set[Any], order: int) -> list[Note]:
    """A note for each convention that a derivative of `root` with respect to one of the `edges` rests on."""
    found = hits(machine.conventions, order)
    if not found or root._node is None:
        return []
    nodes = graph_of([root._node])
    useful = set(edges)
    for node in reversed(nodes):
        if not useful.isdisjoint(node.inputs):
            useful.add(node)
    reached = useful.intersection(nodes)
    notes = [
        Note(f"{operation.variable}: " * bool(operation.variable) + convention.says, operation.place)
        for operation, convention in found
        if operation.node in reached
    ]
    return shortened(notes)


def is_convention(note: Note) -> bool:
    """Whether a note is about a point of convention."""
    return note.text in _texts() or note.text.partition(": ")[2] in _texts()


@cache
def _texts() -> frozenset[str]:
    return frozenset([TIE.says, *(c.says for rule in RULES.values() for c in rule.conventions)])


def shortened(notes: list[Note]) -> list[Note]:
    """The notes, but of many that say the same of other places the first ones alone, and how many more."""
    places: dict[str, int] = {}
    kept = []
    for note in dict.fromkeys(notes):
        places[note.text] = places.get(note.text, 0) + 1
        if places[note.text] <= MOST_PLACES:
            kept.append(note)
    for text, count in places.items():
        if count > MOST_PLACES:
            kept.append(Note(f"{text}; so at {count - MOST_PLACES} more places"))
    return kept
