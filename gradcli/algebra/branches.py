"""What keeps a choice from having a value where what it was made of has none: max(log(x), 2) below 0."""

from __future__ import annotations

from gradcli.algebra import domains
from gradcli.algebra.functions import negated
from gradcli.algebra.guards import guarded, lost_of, with_zero
from gradcli.algebra.nodes import FUNCTION, PRODUCT, SUM, Node, parts_of, product_facts, sum_facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.algebra.domains import Condition
    from gradcli.algebra.forms import Forms


def guarded_branches(forms: Forms, root: Node, conditions: Iterable[Condition]) -> Node:
    """A form whose choices set the conditions in every branch that they set in one, or in what decides."""
    wanted = dict.fromkeys(conditions)
    if not wanted or not any(_is_choice(node) for node in domains.forms_below([root])):
        return root
    return _Branches(forms, wanted).guarded(root)


def _is_choice(node: Node) -> bool:
    return node.kind == FUNCTION and node.head == "where"


def guarded_branch(forms: Forms, root: Node, condition: Node, place: int, wanted: list[Condition]) -> Node:
    """A form whose choices by a condition set further conditions in their branch 1, or 2."""
    return _Branches(forms, {}).in_branch(root, condition, place, wanted) if wanted else root


class _Branches:
    """The conditions that forms set, on some path through their choices and on all of them."""

    __slots__ = ("always", "done", "forms", "sometimes", "wanted")

    def __init__(self, forms: Forms, wanted: dict[Condition, None]) -> None:
        self.forms = forms
        self.wanted = wanted
        self.sometimes: dict[Node, set[Condition]] = {}
        self.always: dict[Node, set[Condition]] = {}
        self.done: dict[Node, Node] = {}

    def guarded(self, root: Node) -> Node:
        """A form with its branches guarded."""
        order = self._in_order(root)
        for node in order:
            self._look(node)
        missing = {c for c in self.sometimes[root] if c not in self.always[root]}
        if not missing:
            return root
        for node in order:
            self.done[node] = self._rebuilt(node, missing)
        return self.done[root]

    def _in_order(self, root: Node) -> list[Node]:
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

    def _look(self, node: Node) -> None:
        own = {c for c in domains.set_by(self.forms, node) if c in self.wanted}
        below = [*parts_of(node)]
        self.sometimes[node] = own.union(*(self.sometimes[part] for part in below))
        if not _is_choice(node):
            self.always[node] = own.union(*(self.always[part] for part in below))
            return
        # What has no value does not hold: then the last branch is the value.
        condition, then, otherwise = (self.always[part] for part in below)
        self.always[node] = otherwise & (then | condition)

    def _rebuilt(self, node: Node, missing: set[Condition]) -> Node:
        """A form of the same shape whose branches are guarded."""
        parts = [self.done[part] for part in parts_of(node)]
        if _is_choice(node):
            condition, then, otherwise = node.parts
            here = [c for c in self.wanted if c in missing and c in self.sometimes[node]]
            decides = self.always[condition]
            parts[1] = self._branch(node, parts[1], [c for c in here if c not in self.always[then] | decides])
            # Whether 1/x at 0 is above or below a bound, and so what the value is, is known.
            lost = [c for c in here if c[0] != domains.NOT_ZERO or c not in decides]
            parts[2] = self._branch(node, parts[2], [c for c in lost if c not in self.always[otherwise]])
        return self._of_parts(node, parts)

    def in_branch(self, root: Node, condition: Node, place: int, wanted: list[Condition]) -> Node:
        """A form with one branch of the choices by a condition guarded."""
        for node in self._in_order(root):
            self._look(node)
            parts = [self.done[part] for part in parts_of(node)]
            if _is_choice(node) and node.parts[0] in (condition, negated(self.forms, condition)):
                there = place if node.parts[0] is condition else 3 - place
                lost = lost_of(self.forms, parts[there], wanted)
                parts[there] = self._branch(node, parts[there], lost)
            self.done[node] = self._of_parts(node, parts)
        return self.done[root]

    def _of_parts(self, node: Node, parts: list[Node]) -> Node:
        """A form of one shape, of other parts."""
        if all(new is old for new, old in zip(parts, parts_of(node), strict=True)):
            return node
        if node.kind == FUNCTION:
            return self.forms.opaque(node.head, parts)
        if node.kind == SUM:
            terms = tuple((c, part) for (c, _), part in zip(node.parts, parts, strict=True))
            return self.forms.raw(SUM, None, terms, sum_facts)
        rest = iter(parts)
        factors = tuple((next(rest), next(rest) if type(e) is Node else e) for _, e in node.parts)
        return self.forms.raw(PRODUCT, node.head, factors, product_facts)

    def _branch(self, choice: Node, branch: Node, lost: list[Condition]) -> Node:
        """A branch with a guard for every condition: 0 times what sets it beside the branch, if any does."""
        if branch is self.forms.name("nan", constant=True):
            return branch
        for condition in list(lost):
            if condition not in lost or condition[0] == domains.NOT_ZERO:
                continue
            witness = self._witness(choice, condition)
            if witness is not None:
                branch = with_zero(self.forms, branch, witness)
                held = domains.kept(self.forms, witness)
                lost = [c for c in lost if c not in held]
        return guarded(self.forms, branch, lost) if lost else branch

    def _witness(self, choice: Node, condition: Condition) -> Node | None:
        """The shortest function in a choice that sets a condition."""
        found = [
            node
            for node in domains.forms_below([choice])
            if node.kind == FUNCTION
            and not _is_choice(node)
            and condition in domains.set_by(self.forms, node)
            and node.cost < _LARGEST_WITNESS
        ]
        return min(found, key=lambda node: (node.cost, node.text), default=None)


_LARGEST_WITNESS = 100.0
