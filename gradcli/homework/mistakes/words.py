"""The words that a tutor's sentences leave open: the operation, its inside, what they have as derivatives."""

from __future__ import annotations

from gradcli.algebra.manner import Manner, power
from gradcli.homework.mistakes.manner import product, total
from gradcli.homework.mistakes.numerals import replaced
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.numbers.expression import Expression, name, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluation.tape import Tape
    from gradcli.homework.mistakes.graph import Graph, Node

LONGEST = 60
"""How long a formula may be that a sentence quotes."""

_INNER = "u"


class TooLong(Exception):  # noqa: N818 -- no fault: the sentence does without
    """A formula does not fit into a sentence."""


class Words(dict[str, str]):
    """The words for an operation by their names, made as a sentence asks for them.

    `place` is the operation, `inner` what of it depends on the variable, `constant` what does not; `factor`
    is that as a factor. `derivative` and `d_inner` are their derivatives, `slope` the local one; `shape` and
    `general` the rule, of u. `terms` and `quotient` are what the product and the quotient rule give.
    Asking raises TooLong for a formula that a sentence cannot hold, Diagnostic for one that cannot be had.
    """

    def __init__(self, graph: Graph, node: Node) -> None:
        super().__init__()
        self.graph = graph
        self.node = node

    def __missing__(self, key: str) -> str:
        text = self[key] = _WORDS[key](self)
        return text

    @property
    def expression(self) -> Expression:
        """The operation."""
        return self._whole(self.node)

    def operand(self, position: int) -> Expression:
        """An operand as it is written."""
        args = self.expression.args
        if len(args) == len(self.node.operands) and isinstance(args[position], Expression):
            written: Expression = args[position]
            return written
        return self._whole(self.graph.nodes[self.node.operands[position]])

    def _whole(self, node: Node) -> Expression:
        return number(float(node.payload)) if node.expression is None else node.expression

    @property
    def inner(self) -> Expression:
        """What depends on the variable, or the first that does."""
        return self.operand(self.node.active[0])

    @property
    def constant(self) -> Expression:
        """The other operand of two."""
        return self.operand(1 - self.node.active[0])

    @property
    def _manner(self) -> Manner:
        """How the one who wrote F writes."""
        root = self.graph.nodes[self.graph.root].expression
        return Manner([root] if root is not None else [])

    def derived(self, expression: Expression) -> Expression:
        """The derivative of a part."""
        from gradcli.evaluation.derive import formula

        return self._manner.like(formula(expression, self.graph.wrt))

    def local(self, operand: Expression) -> Expression:
        """The local derivative, with the inside written as `operand`."""
        from gradcli.evaluation.derive import formula

        letter = name("inside")
        args = [self.operand(i) for i in range(len(self.node.operands))]
        args[self.node.active[0]] = letter
        found = formula(Expression(self.node.kind, tuple(args)), letter.value)
        return self._manner.like(replaced(found, letter, operand))


def named_f(f: Tape) -> str:
    """F in a sentence: its text, or where that is long its name."""
    text = " ".join(f.text.split())
    return text if len(text) <= LONGEST else "F"


def quoted(expression: Expression) -> str:
    """A formula in a sentence; raises TooLong."""
    text = format(expression)
    if len(text) > LONGEST:
        raise TooLong
    return text


def _place(words: Words) -> str:
    try:
        return quoted(words.expression)
    except TooLong:
        return "the marked part"


def _factor(words: Words) -> str:
    factor = words.constant
    divides = words.node.kind == "div" and words.node.active == (0,)
    return quoted(Expression("div", (number(1.0), factor)) if divides else factor)


def _terms(words: Words) -> str:
    a, b = words.operand(0), words.operand(1)
    return quoted(total("add", product(words.derived(a), b), product(a, words.derived(b))))


def _quotient(words: Words) -> str:
    a, b = words.operand(0), words.operand(1)
    numerator = total("sub", product(words.derived(a), b), product(a, words.derived(b)))
    return quoted(Expression("div", (numerator, power(b, number(2.0)))))


_WORDS = {
    "place": _place,
    "inner": lambda words: quoted(words.inner),
    "constant": lambda words: quoted(words.constant),
    "factor": _factor,
    "derivative": lambda words: quoted(words.derived(words.expression)),
    "d_inner": lambda words: quoted(words.derived(words.inner)),
    "slope": lambda words: quoted(words.local(words.inner)),
    "shape": lambda words: f"{words.node.kind}({_INNER})",
    "general": lambda words: quoted(words.local(name(_INNER))),
    "terms": _terms,
    "quotient": _quotient,
}


def filled(template: str, words: Words) -> str | None:
    """A sentence with its words; None where one of them cannot be had or is too long."""
    try:
        return template.format_map(words)
    except (TooLong, Diagnostic):
        return None
