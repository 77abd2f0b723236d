"""Which conditions a form sets on every path through its choices: max(log(x), 2) is 2 where x has no log."""

from __future__ import annotations

from gradcli.algebra import domains
from gradcli.algebra.functions import negated
from gradcli.algebra.nodes import FUNCTION, Node, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.algebra.domains import Condition
    from gradcli.algebra.forms import Forms


def set_on_some_paths(forms: Forms, root: Node, wanted: Collection[Condition]) -> list[Condition]:
    """Those of some conditions that a form sets somewhere, but not on every path through its choices."""
    if not wanted or not any(_is_choice(node) for node in domains.forms_below([root])):
        return []
    sometimes: dict[Node, set[Condition]] = {}
    always: dict[Node, set[Condition]] = {}
    for node in _in_order(root):
        own = {condition for condition in domains.set_by(forms, node) if condition in wanted}
        below = [*parts_of(node)]
        sometimes[node] = own.union(*(sometimes[part] for part in below))
        if not _is_choice(node):
            always[node] = own.union(*(always[part] for part in below))
            continue
        condition, then, otherwise = (always[part] for part in below)
        # What has no value does not hold: then the last branch is the value. But whether 1/x at 0 is above or
        # below a bound, and so what the value is, is known.
        poles = {c for c in condition if c[0] == domains.NOT_ZERO}
        always[node] = (otherwise | poles) & (then | condition)
    return [condition for condition in wanted if condition in sometimes[root] - always[root]]


def taken(forms: Forms, root: Node, condition: Node, place: int) -> Node:
    """A form where the choices by a condition take their branch 1, or 2."""
    opposite = negated(forms, condition)
    known = {
        node: node.parts[place if node.parts[0] is condition else 3 - place]
        for node in domains.forms_below([root])
        if _is_choice(node) and node.parts[0] in (condition, opposite)
    }
    return forms.replaced(root, known) if known else root


def _is_choice(node: Node) -> bool:
    return node.kind == FUNCTION and node.head == "where"


def _in_order(root: Node) -> list[Node]:
    """Every form below a root, parts before wholes."""
    order: list[Node] = []
    seen: set[Node] = set()
    todo = [(root, False)]
    while todo:
        node, ready = todo.pop()
        if ready:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            todo.append((node, True))
            todo.extend((part, False) for part in parts_of(node))
    return order
