"""Names for what formulas repeat, where writing it out each time would take much longer."""

from __future__ import annotations

from gradcli.numbers.expression import Expression, parts, postorder
from gradcli.numbers.expression import name as named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

SHORT = 120
"""Formulas of so many characters together are written out, whatever they repeat."""

_LEAST_LENGTH = 10
_LEAST_GAIN = 40
"""What a name stands for has so many characters, and writing it once saves so many."""


def share(expressions: Sequence[Expression]) -> tuple[list[tuple[str, Expression]], list[Expression]]:
    """Definitions u = ..., v = ..., each after those it mentions, and the expressions written with them.

    Nothing is named where all is short written out, nor where names make it little shorter. The names clash
    with none that the expressions mention. Takes time linear in the number of nodes, however long they are
    written out.
    """
    table = _Table(expressions)
    if table.written(expressions) <= SHORT:
        return [], list(expressions)
    return table.shared(expressions)


class _Table:
    """The distinct nodes of some expressions, equal ones taken together."""

    __slots__ = ("lengths", "names", "nodes", "numbers", "users")

    def __init__(self, roots: Sequence[Expression]) -> None:
        self.numbers: dict[int, int] = {}  # of nodes by id: equal ones have one number
        self.nodes: list[Expression] = []
        self.users: list[int] = []
        self.lengths: list[int] = []
        self.names: set[str] = set()
        known: dict[Any, int] = {}
        seen: set[int] = set()
        for root in roots:
            for node in postorder(root, seen):
                key = self._key(node)
                number = known.get(key)
                if number is None:
                    number = known[key] = len(self.nodes)
                    self._enter(node)
                self.numbers[id(node)] = number
            self.users[self.numbers[id(root)]] += 1

    def _key(self, node: Expression) -> Any:
        operands = tuple(self.numbers[id(a)] if type(a) is Expression else repr(a) for a in node.args)
        keywords = tuple(
            (k, self.numbers[id(v)] if type(v) is Expression else repr(v)) for k, v in node.keywords
        )
        return node.op, repr(node.value), node.text if node.op == "number" else None, operands, keywords

    def _enter(self, node: Expression) -> None:
        self.nodes.append(node)
        self.users.append(0)
        own = _own_length(node)
        inner = 0
        for part in parts(node):
            number = self.numbers[id(part)]
            self.users[number] += 1
            inner += self.lengths[number]
        self.lengths.append(min(own + inner, _LONGEST))
        if node.op == "name":
            self.names.add(node.value)

    def written(self, roots: Sequence[Expression]) -> int:
        """About how many characters the expressions have written out."""
        return sum(self.lengths[self.numbers[id(root)]] for root in roots)

    def shared(self, roots: Sequence[Expression]) -> tuple[list[tuple[str, Expression]], list[Expression]]:
        """The definitions, and the roots in terms of them."""
        definitions: list[tuple[str, Expression]] = []
        fresh = _fresh_names(self.names)
        made: list[Expression] = []
        lengths: list[int] = []
        total = 0
        for node, users in zip(self.nodes, self.users, strict=True):
            operands = [self.numbers[id(part)] for part in parts(node)]
            whole = _rebuilt(node, lambda part: made[self.numbers[id(part)]])
            length = _own_length(node) + sum(lengths[number] for number in operands)
            if _worth_a_name(node, users, length):
                name = next(fresh)
                definitions.append((name, whole))
                total += length + len(name) + 5
                whole, length = named(name), len(name)
            made.append(whole)
            lengths.append(length)
        total += sum(lengths[self.numbers[id(root)]] for root in roots)
        if total * 3 > self.written(roots) * 2:
            return [], list(roots)
        return definitions, [made[self.numbers[id(root)]] for root in roots]


_LONGEST = 10**9
"""Lengths are told apart up to this."""


def _own_length(node: Expression) -> int:
    """How many characters a node adds to its operands."""
    if node.op == "number":
        return len(node.text or f"{node.value:g}")
    if node.op == "name":
        return len(node.value)
    if node.op in ("call", "attribute"):
        return len(node.value) + 2
    return {"add": 3, "sub": 3, "mul": 1, "div": 1, "neg": 1, "pow": 2}.get(node.op, len(node.op) + 2)


def _worth_a_name(node: Expression, users: int, length: int) -> bool:
    if node.op in ("number", "name", "slice", "array") or users < 2 or length < _LEAST_LENGTH:
        return False
    return (users - 1) * length >= _LEAST_GAIN


def _rebuilt(node: Expression, of: Callable[[Expression], Expression]) -> Expression:
    if not node.args and not node.keywords:
        return node
    operands = tuple(of(part) if type(part) is Expression else part for part in node.args)
    keywords = tuple((k, of(v) if type(v) is Expression else v) for k, v in node.keywords)
    return Expression(node.op, operands, node.value, None, node.text, keywords)


def _fresh_names(used: set[str]) -> Iterator[str]:
    """u, v, w, u1, v1, w1, u2, ..., without those that are used."""
    number = 0
    while True:
        for letter in "uvw":
            name = f"{letter}{number or ''}"
            if name not in used:
                yield name
        number += 1
