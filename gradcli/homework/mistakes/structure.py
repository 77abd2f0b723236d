"""What an operation is to a student: a product, a quotient, a power, something with an inside."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.mistakes.graph import Graph, Node, Number, Site

CIRCULAR = frozenset(("sin", "cos", "tan", "sec", "csc", "cot"))
HYPERBOLIC = frozenset(("sinh", "cosh", "tanh", "sech", "csch", "coth"))
INVERSE = frozenset(
    (
        *("asin", "acos", "atan", "asec", "acsc", "acot"),
        *("asinh", "acosh", "atanh", "asech", "acsch", "acoth"),
    )
)
LOGARITHMS = frozenset(("log2", "log10", "log_base"))

_FALLING = frozenset(
    (
        *("cos", "csc", "cot", "acos", "acsc", "acot", "sech", "csch", "coth", "asech", "acsch"),
        *("neg", "reciprocal", "erfc"),
    )
)
"""Rules whose derivative has a minus that can be lost."""

_ROOTS = {"sqrt": 2.0, "cbrt": 3.0}
_BASES = {"exp2": 2.0, "log2": 2.0, "log10": 10.0}

_STRAIGHT = frozenset(("abs", "sign", "relu", "leaky_relu", "clamp"))
"""Rules whose derivative is the same nearly everywhere, whatever stands inside."""

_PLAIN = frozenset(("add", "sub", "mul", "neg", "where", "maximum", "minimum", "detach"))
"""Rules in which no student looks for an inside."""


def classify(graph: Graph) -> None:
    """Give every node of a graph its tags, by which the catalogue finds what may go wrong there."""
    for node in graph.nodes:
        if node.active:
            node.tags = frozenset(_tags(graph, node))


def _tags(graph: Graph, node: Node) -> set[str]:
    kind, active = node.kind, node.active
    tags = {"any", *_arithmetic(graph, node)}
    if len(active) == 1 and kind not in _PLAIN and not (tags & {"scaling", "linear"} or _linear(node)):
        tags.add("chain")
        inner = graph.nodes[node.operands[active[0]]]
        if inner.rule is not None:
            tags.add("nested")
            if kind not in _STRAIGHT:
                tags.add("curved")
            if "powerlike" not in tags:
                tags.add("named")
            if node.depth:
                tags.add("inside")
            if inner.kind in ("add", "sub") and len(inner.active) == 1:
                tags.add("shifted")
    for tag, kinds in (("circular", CIRCULAR), ("hyperbolic", HYPERBOLIC), ("inverse", INVERSE)):
        if kind in kinds:
            tags.add(tag)
    if kind in LOGARITHMS and active == (0,):
        tags.add("logarithm")
    if kind in _FALLING or "reciprocal" in tags or (kind == "sub" and active == (1,)):
        tags.add("falling")
    if kind in ("abs", "asec", "acsc"):
        tags.add(kind)
    return tags


def _linear(node: Node) -> bool:
    return node.rule is not None and node.rule.linear


def _arithmetic(graph: Graph, node: Node) -> set[str]:
    """Tags of what is written with a sign, and of powers however they are written."""
    kind, active = node.kind, node.active
    both = len(active) == 2
    if kind == "mul":
        return {"product"} if both else _scaling(graph, node)
    if kind == "div":
        if both:
            return {"quotient"}
        return _scaling(graph, node) if active == (0,) else {"reciprocal", "powerlike"}
    if kind in ("add", "sub"):
        return {"sum"} if both else {"shift"}
    if kind == "pow":
        return {"tower"} if both else {"power", "powerlike"} if active == (0,) else {"exponential"}
    if kind in _ROOTS:
        return {"power", "powerlike", "root"}
    if kind in ("exp", "exp2"):
        return {"exponential"}
    return set()


def _scaling(graph: Graph, node: Node) -> set[str]:
    tags = {"scaling"}
    constant = graph.nodes[node.operands[1 - node.active[0]]]
    if constant.payload is not None:
        if node.kind == "mul":
            tags.add("multiple")
        if constant.payload < 0:
            tags.add("falling")
        if abs(constant.payload) == 1:
            tags -= {"scaling", "multiple"}
            tags.add("linear")
    if graph.nodes[node.operands[node.active[0]]].kind in ("pow", *_ROOTS):
        tags.add("monomial")
    return tags


class Power:
    """c*u**n, however it is written: u**n, sqrt(u), c/u, c/u**n; `t` is the tangent of u."""

    __slots__ = ("c", "n", "t", "u", "xp")

    def __init__(self, site: Site) -> None:
        self.xp = site.xp
        self.c = site.number(1.0)
        kind = site.node.kind
        if kind == "div":
            self._divided(site)
            return
        self.u, self.t = site.v[0], site.t[0]
        self.n = exponent(site)

    def _divided(self, site: Site) -> None:
        self.c = site.v[0]
        below = site.below(1)
        if below.node.active == (0,) and (below.node.kind == "pow" or below.node.kind in _ROOTS):
            self.u, self.t, self.n = below.v[0], below.t[0], -exponent(below)
        else:
            self.u, self.t, self.n = site.v[1], site.t[1], site.number(-1.0)

    def to(self, exponent: Number, coefficient: Number) -> Number:
        """c*coefficient*u**exponent, times the tangent of u."""
        return self.c * coefficient * self.xp.pow(self.u, exponent) * self.t


def exponent(site: Site) -> Number:
    """n of u**n."""
    root = _ROOTS.get(site.node.kind)
    return site.v[1] if root is None else site.xp.div(site.number(1.0), site.number(root))


def base(site: Site) -> Number:
    """a of a**u, or of a logarithm."""
    kind = site.node.kind
    if kind in _BASES:
        return site.number(_BASES[kind])
    if kind == "exp":
        return site.xp.exp(site.number(1.0))
    return site.v[1] if kind == "log_base" else site.v[0]
