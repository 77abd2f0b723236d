"""What a tutor says of a mistake: the rule, the place in F, and what should stand there."""

from __future__ import annotations

from gradcli.homework.mistakes.numerals import replaced
from gradcli.homework.mistakes.whole import Whole
from gradcli.homework.results import Mistake
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.numbers.expression import Expression, name, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.homework.mistakes.graph import Node
    from gradcli.homework.mistakes.search import Candidate

LONGEST = 60
"""How long a formula may be that a sentence quotes."""


class TooLong(Exception):
    """A formula does not fit into a sentence."""


class Words(dict[str, str]):
    """The words that the texts of the catalogue leave open, made as they are asked for."""

    def __init__(self, candidate: Candidate) -> None:
        super().__init__()
        self.graph = candidate.graph
        self.node = candidate.nodes[0]

    def __missing__(self, key: str) -> str:
        text = self._place() if key == "place" else getattr(self, f"_{key}")()
        if len(text) > LONGEST and key != "place":
            raise TooLong
        self[key] = text
        return text

    def _place(self) -> str:
        text = format(self._expression())
        return text if len(text) <= LONGEST else "this operation"

    def _expression(self) -> Expression:
        return whole(self.graph, self.node.place)

    def _operand(self, position: int) -> Expression:
        args = self._expression().args
        if len(args) == len(self.node.operands) and isinstance(args[position], Expression):
            return args[position]
        return whole(self.graph, self.node.operands[position])

    @property
    def _i(self) -> int:
        return self.node.active[0]

    def _inner(self) -> str:
        return format(self._operand(self._i))

    def _constant(self) -> str:
        return format(self._operand(1 - self._i))

    def _a(self) -> str:
        return format(self._operand(0))

    def _b(self) -> str:
        return format(self._operand(1))

    def _d_inner(self) -> str:
        return self._derived(self._operand(self._i))

    def _d_a(self) -> str:
        return self._derived(self._operand(0))

    def _d_b(self) -> str:
        return self._derived(self._operand(1))

    def _derivative(self) -> str:
        return self._derived(self._expression())

    def _derived(self, expression: Expression) -> str:
        from gradcli.homework.derive import formula

        return format(formula(expression, self.graph.wrt))

    def _shape(self) -> str:
        return f"{self.node.kind}(u)"

    def _general(self) -> str:
        return format(self._local(name("u")))

    def _slope(self) -> str:
        return format(self._local(self._operand(self._i)))

    def _local(self, operand: Expression) -> Expression:
        """The local derivative in the active operand, with that written as `operand`."""
        from gradcli.homework.derive import formula

        letter = "u_"
        args = [self._operand(i) for i in range(len(self.node.operands))]
        args[self._i] = name(letter)
        outer = Expression(self.node.kind, tuple(args))
        return replaced(formula(outer, letter), args[self._i], operand)


def whole(graph: Any, place: int) -> Expression:
    """A node as an expression of its own."""
    node = graph.nodes[place]
    if node.expression is not None:
        return node.expression
    return number(float(node.payload))


def told(explanation: Candidate | Whole) -> Mistake:
    """What was found as a mistake with its words."""
    if isinstance(explanation, Whole):
        return explanation.mistake
    candidate = explanation
    mutation, words = candidate.mutation, Words(candidate)
    node = candidate.nodes[0]
    rule = _filled(mutation.rule, words) or ""
    gives = _filled(mutation.gives, words)
    says = sentence(rule)
    if gives:
        says += f". {sentence(gives)}" if ": " in rule else f": {gives}"
    spans = sorted(span for node in candidate.nodes for span in node.spans)
    return Mistake(
        mutation.name, f"{says}.", mutation.hint.format_map(words), spans=spans, operation=_operation(node)
    )


def told_together(*candidates: Candidate) -> list[Mistake]:
    """Mistakes that only together give the claim; the first one's words say so."""
    mistakes = [told(candidate) for candidate in candidates]
    mistakes[0].says = " ".join(["Two things together give the claim.", *(m.says for m in mistakes)])
    for mistake in mistakes:
        mistake.together = True
    return mistakes


def _filled(template: str, words: Words) -> str | None:
    try:
        return template.format_map(words)
    except (TooLong, Diagnostic):
        return None


def _operation(node: Node) -> str:
    return format(node.expression) if node.expression is not None else ""


def sentence(text: str) -> str:
    """With a capital, but not where it begins with a formula."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() and len(first) > 1 else text


def summary(mistakes: Sequence[Mistake]) -> str:
    """Two mistakes at most in words, or that none is known."""
    if not mistakes:
        return "no common mistake gives this claim"
    first = mistakes[0].name
    if len(mistakes) == 1:
        return f"consistent with {first}"
    return f"consistent with {first} {'together with' if mistakes[0].together else 'or'} {mistakes[1].name}"
