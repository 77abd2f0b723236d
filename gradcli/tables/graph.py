"""What NumPy is to compute, as a graph: every operation once, however often it is asked for.

A Node stands for an array in NumPy's own protocols, so that the functions of `numbers.arrays`, given one,
draw the graph of what they would do. Operations that are structurally equal are one node; what is rewritten
(a product with 1, a sign moved out of a product) is bit for bit the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.tables.recording import RowByRow, identity

if TYPE_CHECKING:
    from collections.abc import Callable

    Operand = Any  # a Node, or a constant: a float, or an array of one row

BOOL = np.dtype(np.bool_)
FLOAT = np.dtype(np.float64)


class Opaque(TypeError):  # noqa: N818 - nothing went wrong
    """An array is asked for in a way that a graph cannot record: the whole function becomes one node."""


class Node:
    """One operation: `function` of `args`, with what of it is no operand in `static`.

    `sample` is its value for a few rows, by which its shape and dtype are known.
    """

    __slots__ = ("args", "dtype", "function", "graph", "number", "sample", "shape", "static")

    def __init__(
        self,
        graph: Graph,
        function: Any,
        args: tuple[Operand, ...],
        static: dict[str, Any] | None,
        sample: Any,
    ) -> None:
        self.graph = graph
        self.function = function
        self.args = args
        self.static = static
        self.sample = sample
        self.number = len(graph.nodes)
        self.shape = np.shape(sample)[:-1]
        self.dtype = sample.dtype

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Operand, **keywords: Any) -> Operand:
        if method != "__call__" or keywords:
            raise Opaque
        return self.graph.elementwise(ufunc, inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        del types
        if function is np.result_type:
            return FLOAT
        if function is np.where and len(args) == 3 and not keywords:
            return self.graph.elementwise(np.where, args)
        if function is np.zeros_like and not keywords:
            return 0.0
        if function is np.ones_like and not keywords:
            return 1.0
        if function is np.size and not keywords:
            return 2  # more than one: no single number
        raise Opaque

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise Opaque

    def __bool__(self) -> bool:
        raise RowByRow

    def __float__(self) -> float:
        raise RowByRow

    def astype(self, dtype: Any) -> Node:
        if np.dtype(dtype) == self.dtype:
            return self
        if np.dtype(dtype) != FLOAT or self.dtype != BOOL:
            raise Opaque
        return self.graph.node(as_float, (self,))

    def __add__(self, other: Operand) -> Operand:
        return self.graph.elementwise(np.add, (self, other))

    def __radd__(self, other: Operand) -> Operand:
        return self.graph.elementwise(np.add, (other, self))

    def __sub__(self, other: Operand) -> Operand:
        return self.graph.elementwise(np.subtract, (self, other))

    def __rsub__(self, other: Operand) -> Operand:
        return self.graph.elementwise(np.subtract, (other, self))

    def __mul__(self, other: Operand) -> Operand:
        return self.graph.elementwise(np.multiply, (self, other))

    def __rmul__(self, other: Operand) -> Operand:
        return self.graph.elementwise(np.multiply, (other, self))

    def __truediv__(self, other: Operand) -> Operand:
        return self.graph.elementwise(np.divide, (self, other))

    def __rtruediv__(self, other: Operand) -> Operand:
        return self.graph.elementwise(np.divide, (other, self))

    def __neg__(self) -> Operand:
        return self.graph.elementwise(np.negative, (self,))


def as_float(x: Any, out: Any = None) -> Any:
    """Truths as 1 and 0."""
    if out is None:
        return x.astype(FLOAT)
    np.copyto(out, x)
    return out


class Graph:
    """The nodes of one program, in an order in which they can be computed."""

    __slots__ = ("_known", "nodes")

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[Any, Node] = {}

    def column(self, sample: Any) -> Node:
        """A node for a column of the table."""
        return self._add(Node(self, None, (), None, sample))

    def node(
        self, function: Callable[..., Any], args: tuple[Operand, ...], static: dict[str, Any] | None = None
    ) -> Node:
        """The node of a function of these operands."""
        key = (function, *map(_key, args), identity(static))
        node = self._known.get(key)
        if node is None:
            samples = [arg.sample if type(arg) is Node else arg for arg in args]
            with np.errstate(all="ignore"):
                sample = function(*samples, **(static or {}))
            node = self._known[key] = self._add(Node(self, function, args, static, np.asarray(sample)))
        return node

    def _add(self, node: Node) -> Node:
        self.nodes.append(node)
        return node

    def elementwise(self, function: Any, args: tuple[Operand, ...]) -> Operand:
        """The operand that a function of single elements gives, simplified as far as no bit changes."""
        if not any(type(arg) is Node for arg in args):
            with np.errstate(all="ignore"):
                return function(*args)
        if len(args) == 3:
            return self.node(function, args) if args[1] is not args[2] else args[1]
        if any(type(arg) is Node and arg.dtype == BOOL for arg in args) and function not in _LOGICAL:
            # NumPy's arithmetic with truths is that with 1 and 0, but for + - of two of them.
            args = tuple(a.astype(FLOAT) if type(a) is Node and a.dtype == BOOL else a for a in args)
        rewrite = _REWRITES.get(function)
        found = None if rewrite is None else rewrite(self, *args)
        if found is not None:
            return found
        if function in _COMMUTATIVE:
            args = tuple(sorted(args, key=_order))
        return self.node(function, args)


_COMMUTATIVE = frozenset((np.add, np.multiply, np.logical_and, np.logical_or))
_LOGICAL = frozenset(
    (np.logical_and, np.logical_or, np.logical_not, np.bitwise_and, np.bitwise_or, np.invert)
)


def _key(operand: Operand) -> Any:
    if type(operand) is Node:
        return operand.number
    return identity(float(operand) if np.ndim(operand) == 0 else operand)


def _order(operand: Operand) -> tuple[int, int]:
    return (1, operand.number) if type(operand) is Node else (0, 0)


def _is(operand: Operand, value: float) -> bool:
    return type(operand) is not Node and np.ndim(operand) == 0 and operand == value


def _made_by(operand: Operand, function: Any) -> bool:
    return type(operand) is Node and operand.function is function


def _multiply(graph: Graph, a: Operand, b: Operand) -> Operand | None:
    if _is(b, 1.0) or _is(b, -1.0) or (type(b) is not Node and np.ndim(b) == 0 and not _is(a, 1.0)):
        a, b = b, a
    if _is(a, 1.0):
        return b if type(b) is Node or np.ndim(b) else None
    if _is(a, -1.0):
        return graph.elementwise(np.negative, (b,))
    if _made_by(b, np.negative):
        if type(a) is not Node:
            return graph.elementwise(np.multiply, (-a, b.args[0]))
        return -graph.elementwise(np.multiply, (a, b.args[0]))
    if _made_by(a, np.negative):
        return -graph.elementwise(np.multiply, (a.args[0], b))
    return None


def _divide(graph: Graph, a: Operand, b: Operand) -> Operand | None:
    if _is(b, 1.0):
        return a
    if _made_by(a, np.negative):
        return -graph.elementwise(np.divide, (a.args[0], b))
    if _made_by(b, np.negative):
        return -graph.elementwise(np.divide, (a, b.args[0]))
    return None


def _add(graph: Graph, a: Operand, b: Operand) -> Operand | None:
    if _made_by(b, np.negative):
        return graph.elementwise(np.subtract, (a, b.args[0]))
    if _made_by(a, np.negative):
        return graph.elementwise(np.subtract, (b, a.args[0]))
    return None


def _subtract(graph: Graph, a: Operand, b: Operand) -> Operand | None:
    return graph.elementwise(np.add, (a, b.args[0])) if _made_by(b, np.negative) else None


def _negative(graph: Graph, x: Operand) -> Operand | None:
    del graph
    return x.args[0] if _made_by(x, np.negative) else None


def _absolute(graph: Graph, x: Operand) -> Operand | None:
    return graph.elementwise(np.absolute, (x.args[0],)) if _made_by(x, np.negative) else None


def _not_equal(graph: Graph, a: Operand, b: Operand) -> Operand | None:
    del graph
    if not _is(b, 0.0) or type(a) is not Node:
        return None
    return a if a.dtype == BOOL else a.args[0] if _made_by(a, as_float) else None


def _compared(mirror: Any) -> Any:
    """-x against 0 as x against 0 the other way around."""

    def rewrite(graph: Graph, a: Operand, b: Operand) -> Operand | None:
        return graph.elementwise(mirror, (a.args[0], b)) if _made_by(a, np.negative) and _is(b, 0.0) else None

    return rewrite


def _and(graph: Graph, a: Operand, b: Operand) -> Operand | None:
    for known, other in ((a, b), (b, a)):
        if type(known) is not Node and np.ndim(known) == 0:
            return graph.elementwise(np.not_equal, (other, 0.0)) if known else np.False_
    return _logical(np.logical_and)(graph, a, b)


def _logical(function: Any) -> Any:
    """Truths that were made numbers taken as the truths that they were."""

    def rewrite(graph: Graph, *args: Operand) -> Operand | None:
        if not any(_made_by(arg, as_float) for arg in args):
            return None
        return graph.elementwise(function, tuple(a.args[0] if _made_by(a, as_float) else a for a in args))

    return rewrite


_REWRITES: dict[Any, Any] = {
    np.multiply: _multiply,
    np.divide: _divide,
    np.add: _add,
    np.subtract: _subtract,
    np.negative: _negative,
    np.absolute: _absolute,
    np.not_equal: _not_equal,
    np.less: _compared(np.greater),
    np.less_equal: _compared(np.greater_equal),
    np.greater: _compared(np.less),
    np.greater_equal: _compared(np.less_equal),
    np.logical_and: _and,
    np.logical_or: _logical(np.logical_or),
    np.logical_not: _logical(np.logical_not),
}
