"""A graph as a list of NumPy calls on one block of rows, into buffers that are used again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.tables.graph import BOOL, FLOAT, Node, as_float

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.tables.graph import Operand

    # a function, the places of its operands, the place of its outcome or of the buffer for it, static ones
    Call = tuple[Any, tuple[int, ...], int, bool, dict[str, Any] | None]


class Kernel:
    """The calls that compute some nodes of a graph, in order, and the places where their operands stand.

    Places hold the columns first, then constants and buffers; `outputs` are the places of what was asked for,
    each with a buffer of its own where it is computed.
    """

    def __init__(self, columns: Mapping[str, Node], outputs: Sequence[Operand]) -> None:
        self.columns = tuple(columns)
        self._places: list[Any] = [None] * len(columns)
        self._place = {node.number: place for place, node in enumerate(columns.values())}
        self._kinds: dict[int, Any] = {}  # of the places of buffers, their dtype
        self._free: dict[Any, list[int]] = {BOOL: [], FLOAT: []}
        self.calls: list[Call] = []
        self.idle: list[Workspace] = []  # which no thread is using
        self._compile(outputs)
        self.outputs = [self._operand(output) for output in outputs]

    def _compile(self, outputs: Sequence[Operand]) -> None:
        order = _ordered(outputs, self._place)
        last: dict[int, int] = {}
        kept = {output.number for output in outputs if type(output) is Node}
        for position, node in enumerate(order):
            operands = [arg.number for arg in node.args if type(arg) is Node]
            last.update(dict.fromkeys(operands, position))
            if not (_has_buffer(node) or node.function is np.where):
                kept.update(operands)  # the outcome may be a view of them, and live longer
        for position, node in enumerate(order):
            places = tuple(self._operand(arg) for arg in node.args)
            found = {arg.number for arg in node.args if type(arg) is Node}
            free = {number for number in found if last[number] == position and number not in kept}
            buffered = _has_buffer(node)
            if buffered:
                self._release(free)  # an operand may make room for the outcome: elements stay in their place
            place = self._buffer(node, buffered, own=node.number in kept)
            self._place[node.number] = place
            function = _INTO.get(node.function, node.function) if buffered else node.function
            self.calls.append((function, places, place, buffered, node.static))
            if not buffered:
                self._release(free)

    def _operand(self, operand: Operand) -> int:
        if type(operand) is Node:
            return self._place[operand.number]
        self._places.append(operand)
        return len(self._places) - 1

    def _buffer(self, node: Node, buffered: bool, *, own: bool) -> int:
        free = self._free.get(node.dtype) if buffered and not own else None
        if free:
            return free.pop()
        self._places.append(None)
        place = len(self._places) - 1
        if buffered:
            self._kinds[place] = node.dtype
        return place

    def _release(self, numbers: set[int]) -> None:
        for number in numbers:
            place = self._place[number]
            if place in self._kinds:
                self._free[self._kinds[place]].append(place)

    @property
    def width(self) -> int:
        """How many columns of a block there are at a time, beside those that go in."""
        return len({place for _, _, place, _, _ in self.calls})

    def workspace(self, rows: int) -> Workspace:
        """The places, with buffers for blocks of so many rows."""
        return Workspace(self, rows, list(self._places), self._kinds)


class Workspace:
    """A kernel with buffers, for one thread."""

    __slots__ = ("_buffers", "_length", "_places", "kernel")

    def __init__(self, kernel: Kernel, rows: int, places: list[Any], kinds: Mapping[int, Any]) -> None:
        self.kernel = kernel
        self._places = places
        self._buffers = {place: np.empty(rows, kind) for place, kind in kinds.items()}
        self._length = -1

    def run(
        self, columns: Sequence[Any], start: int, stop: int, into: Sequence[Any] | None = None
    ) -> list[Any]:
        """The outputs for rows `start` to `stop`, each an array or a number; the next run overwrites them.

        Where arrays are given to put them `into`, they are there, too. To be called without NumPy's warnings.
        """
        places, outputs = self._places, self.kernel.outputs
        length = stop - start
        for place, column in enumerate(columns):
            places[place] = column[start:stop]
        if length != self._length:
            for place, buffer in self._buffers.items():
                places[place] = buffer[:length]
            self._length = length
        parts = [whole[start:stop] for whole in into or ()]
        for place, part in zip(outputs, parts, strict=False):
            if place in self._buffers:
                places[place] = part
        for function, operands, place, buffered, static in self.kernel.calls:
            if buffered:
                if len(operands) == 2:
                    function(places[operands[0]], places[operands[1]], places[place])
                else:
                    function(*[places[o] for o in operands], places[place])
            elif static is None:
                places[place] = function(*[places[o] for o in operands])
            else:
                places[place] = function(*[places[o] for o in operands], **static)
        found = [places[output] for output in outputs]
        for place, value, part in zip(outputs, found, parts, strict=False):
            if value is not part:
                part[:] = value
            elif place in self._buffers:
                places[place] = self._buffers[place][:length]  # the arrays are the caller's
        return found


def _has_buffer(node: Node) -> bool:
    """Whether a node is computed into a buffer: what takes the elements one by one, of numbers alone."""
    each = isinstance(node.function, np.ufunc) or node.function is as_float
    return each and not node.shape and not any(np.ndim(arg) for arg in node.args if type(arg) is not Node)


def _maximum(a: Any, b: Any, out: Any) -> Any:
    return np.maximum(a, b, out=out)


def _minimum(a: Any, b: Any, out: Any) -> Any:
    return np.minimum(a, b, out=out)


_INTO: dict[Any, Any] = {np.maximum: _maximum, np.minimum: _minimum}
"""What takes the array for its outcome by name only."""


def _ordered(outputs: Sequence[Operand], known: Mapping[int, int]) -> list[Node]:
    """The nodes that the outputs need, each after its operands, as close before its first use as can be."""
    order: list[Node] = []
    done = set(known)
    for output in outputs:
        stack = [output] if type(output) is Node else []
        while stack:
            node = stack[-1]
            if node.number in done:
                stack.pop()
                continue
            missing = [arg for arg in node.args if type(arg) is Node and arg.number not in done]
            if missing:
                stack += missing[::-1]
                continue
            stack.pop()
            done.add(node.number)
            order.append(node)
    return order
