"""What was found as mistakes with their words, and a summary of them."""

from __future__ import annotations

from gradcli.homework.mistakes.search import is_searched
from gradcli.homework.mistakes.whole import Whole
from gradcli.homework.mistakes.words import Words, filled
from gradcli.homework.results import Mistake
from gradcli.language.format import format

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.evaluation.tape import Tape
    from gradcli.homework.mistakes.mutation import Lesson
    from gradcli.homework.mistakes.search import Candidate


def told(explanation: Candidate | Whole) -> Mistake:
    """What was found as a mistake with its words."""
    if isinstance(explanation, Whole):
        return explanation.mistake
    lesson, node = explanation.mutation.lesson, explanation.nodes[0]
    words = Words(explanation.graph, node)
    return Mistake(
        explanation.name,
        _said(lesson, words),
        filled(lesson.hint, words) or "",
        spans=sorted(span for part in explanation.nodes for span in part.spans),
        operation=format(node.expression) if node.expression is not None else "",
    )


def _said(lesson: Lesson, words: Words) -> str:
    """The rule and what it gives, in one sentence, or in two where the first has a colon already."""
    rule = filled(lesson.rule, words) or f"{words['place']} is differentiated by another rule"
    given = filled(lesson.gives, words)
    if given is None:
        return f"{sentence(rule)}."
    return f"{sentence(rule)}. {sentence(given)}." if ": " in rule else f"{sentence(rule)}: {given}."


def told_together(*candidates: Candidate) -> list[Mistake]:
    """Mistakes that only together give the claim; the first one's words say so."""
    mistakes = [told(candidate) for candidate in candidates]
    mistakes[0].says = " ".join(["Two things together give the claim.", *(m.says for m in mistakes)])
    for mistake in mistakes:
        mistake.together = True
    return mistakes


def sentence(text: str) -> str:
    """With a capital, but not where it begins with a formula."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() and len(first) > 1 else text


def summary(mistakes: Sequence[Mistake], f: Tape) -> str:
    """Two mistakes at most in words, or that none is known of `f`, and how far it was looked into."""
    if not mistakes:
        if not is_searched(f):
            return "no mistake about the whole gives this claim; the operations of F were not gone through"
        return "no common mistake gives this claim"
    first = mistakes[0].name
    if len(mistakes) == 1 or first == "rounded":
        return f"consistent with {first}"
    return f"consistent with {first} {'together with' if mistakes[0].together else 'or'} {mistakes[1].name}"
