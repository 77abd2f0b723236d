"""Which operations a person would do in one step: an affine function, a polynomial, a product, a function."""

from __future__ import annotations

from gradcli.homework.explanation.terms import Term
from gradcli.numbers import shape_of, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.homework.explanation.graph import Graph, Vertex

MOST_INLINE = 12
"""Constants of more operations than this get a name of their own."""


class Steps:
    """The division of a graph into steps.

    `heads` are the operations that are steps, in order; `terms` says of those that are plain arithmetic
    which; `affine` has, of those that add something to a matrix product, that product, as in X @ W + b;
    `constants` are the constant calculations that have a name, by the user or for their length.
    """

    __slots__ = ("affine", "constants", "graph", "heads", "terms")

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.terms: dict[Vertex, list[Term]] = {}
        self.affine: dict[Vertex, Vertex] = {}
        self.constants: set[Vertex] = set()
        marked: set[Vertex] = {graph.root}
        for vertex in graph.vertices:
            if vertex.rule is None:
                if not vertex.given and is_long(vertex):
                    self.constants.add(vertex)
                continue
            if not vertex.active:
                self._constant(vertex)
                continue
            if vertex.given:
                marked.add(vertex)
            product = matrix_product(vertex)
            if product is not None:
                self.affine[vertex] = product
                self._mark(marked, [*product.operands, *(o for o in vertex.operands if o is not product)])
                continue
            reader = _READERS.get(vertex.rule.name)
            found = reader(self, vertex) if reader else None
            if found is None:
                self._mark(marked, vertex.operands)
            else:
                self.terms[vertex] = found
                for term in found:
                    self._mark(marked, term.factors)
        self.heads = [vertex for vertex in graph.vertices if vertex in marked and vertex.active]

    def _mark(self, marked: set[Vertex], vertices: object) -> None:
        for vertex in vertices:  # type: ignore[attr-defined]
            if vertex is not None and vertex.active and vertex.rule is not None:
                marked.add(vertex)

    def _constant(self, vertex: Vertex) -> None:
        if vertex.given or operations_below(vertex, self.constants) > MOST_INLINE:
            self.constants.add(vertex)

    # --- reading arithmetic ---

    def inline(self, vertex: Vertex) -> list[Term]:
        """What an operand of plain arithmetic is read as: its own terms, or one name."""
        if not vertex.active:
            return [_constant_term(vertex)]
        if vertex.rule is not None and not vertex.given and len(vertex.users) == 1 and vertex in self.terms:
            return self.terms[vertex]
        return atom(vertex)

    def product(self, vertex: Vertex) -> Term:
        """An operand of a product as one term: itself where it has several."""
        terms = self.inline(vertex)
        return terms[0] if len(terms) == 1 else atom(vertex)[0]


MATRIX_PRODUCTS = ("matmul", "dot")


def atom(vertex: Vertex) -> list[Term]:
    """A vertex as a factor of its own."""
    return [Term(factors={vertex: 1.0})]


def matrix_product(vertex: Vertex) -> Vertex | None:
    """The matrix product to which a sum adds something of no larger shape, if nothing else uses it."""
    if vertex.rule is None or vertex.rule.name not in ("add", "sub"):
        return None
    products = [
        operand for operand in _operands(vertex)
        if operand.active and operand.rule is not None and operand.rule.name in MATRIX_PRODUCTS
    ]  # fmt: skip
    if len(products) != 1 or products[0].given or len(products[0].users) != 1:
        return None
    return products[0] if shape_of(products[0].value) == shape_of(vertex.value) else None


def is_long(vertex: Vertex) -> bool:
    """Whether a constant is an array of too many elements to be written out in a formula."""
    return size_of(vertex.value) > MOST_INLINE and vertex.written is None


def operations_below(vertex: Vertex, named: set[Vertex]) -> int:
    """How many operations a constant is written with, up to one more than may be written out."""
    count, stack = 0, [vertex]
    while stack and count <= MOST_INLINE:
        part = stack.pop()
        if part.rule is not None and (part not in named or part is vertex):
            count += 1
            stack += [operand for operand in part.operands if operand is not None]
    return count


def inner(head: Vertex, ends: set[Vertex]) -> list[Vertex]:
    """The operations of one step, operands first: from its inputs (`ends`) to the head."""
    order: list[Vertex] = []
    seen: set[Vertex] = set()
    stack: list[tuple[Vertex, bool]] = [(head, False)]
    while stack:
        vertex, ready = stack.pop()
        if ready:
            order.append(vertex)
        elif vertex not in seen:
            seen.add(vertex)
            stack.append((vertex, True))
            stack += [
                (operand, False)
                for operand in reversed(vertex.operands)
                if operand is not None and operand.active and operand.rule is not None and operand not in ends
            ]
    return order


def _constant_term(vertex: Vertex) -> Term:
    """A constant: a plain number, a fraction of two as it was written, or a symbol."""
    written = vertex.written
    if vertex.rule is None and not vertex.given and type(vertex.value) is float:
        if written is None or written.op == "number":
            return Term(vertex.value)
        if written.op == "neg" and written.args[0].op == "number":
            return Term(vertex.value)
        if written.op == "div" and all(part.op == "number" for part in written.args) and vertex.value:
            above, below = (part.value for part in written.args)
            return Term().times(Term(above, below))
    return Term(constants=(vertex,))


def _sum(steps: Steps, vertex: Vertex) -> list[Term]:
    left, right = _operands(vertex)
    first, second = steps.inline(left), steps.inline(right)
    assert vertex.rule is not None
    return first + (second if vertex.rule.name == "add" else [term.negative() for term in second])


def _negative(steps: Steps, vertex: Vertex) -> list[Term]:
    (operand,) = _operands(vertex)
    return [term.negative() for term in steps.inline(operand)]


def _multiplied(steps: Steps, vertex: Vertex) -> list[Term]:
    left, right = _operands(vertex)
    for constant, other in ((left, right), (right, left)):
        if not constant.active:
            (scale,) = steps.inline(constant)
            return [scale.times(term) for term in steps.inline(other)]
    first, second = steps.product(left), steps.product(right)
    if not all(map(_is_leaf, (*first.factors, *second.factors))):
        # x**2*sin(x) is the product of two functions, each a step; x*y*sin(x) may stand as it is.
        first = first if first.is_product() else atom(left)[0]
        second = second if second.is_product() else atom(right)[0]
    return [first.times(second)]


def _divided(steps: Steps, vertex: Vertex) -> list[Term]:
    left, right = _operands(vertex)
    if not right.active:
        (scale,) = steps.inline(right)
        return [term.times(scale, -1) for term in steps.inline(left)]
    above, below = steps.product(left), steps.product(right)
    if not all(map(_is_leaf, (*above.factors, *below.factors))):
        above = above if above.is_product() else atom(left)[0]
        simple = below.is_product() and len(below.factors) == 1 and below.above == 1.0 == below.below
        below = below if simple and not below.constants and not below.divisors else atom(right)[0]
    return [above.times(below, -1)]


def _raised(_: Steps, vertex: Vertex) -> list[Term] | None:
    base, exponent = _operands(vertex)
    if exponent.active or exponent.rule is not None or exponent.given or type(exponent.value) is not float:
        return None
    if not base.active or not exponent.value or exponent.value != exponent.value:
        return None
    if abs(exponent.value) == float("inf"):
        return None
    return [Term(factors={base: exponent.value})]


def _operands(vertex: Vertex) -> Sequence[Vertex]:
    return [operand for operand in vertex.operands if operand is not None]


def _is_leaf(vertex: Vertex) -> bool:
    return vertex.rule is None


_READERS = {
    "add": _sum, "sub": _sum, "neg": _negative, "mul": _multiplied, "div": _divided, "pow": _raised,
}  # fmt: skip
