"""Is a claim the derivative of F? The verdict, decided by numbers at many points."""

from __future__ import annotations

from gradcli.homework.checking.claims import left_side, moved, of_claim, read_claim
from gradcli.homework.checking.equations import refuse_tangent
from gradcli.homework.checking.question import Question, WrongCall
from gradcli.homework.results import UNREADABLE, WRONG, Verdict
from gradcli.language.diagnostics import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Question", "WrongCall", "check", "check_all", "check_claim"]


def check(f: str, claim: str, wrt: str | None = None) -> Verdict:
    """Whether `claim` is the derivative of `f` with respect to `wrt`, F's one variable where it is None.

    A claim or an F that cannot be read is a verdict, too. Raises WrongCall (a ValueError) where F has several
    variables and `wrt` is None, or lacks `wrt`.
    """
    return check_all(f, [(claim, wrt)])[0]


def check_all(f: str, claims: Iterable[tuple[str, str | None]]) -> list[Verdict]:
    """Verdicts on several claims about one F, each with its variable; F is worked out once for each variable.

    Raises as `check`.
    """
    questions: dict[str | None, Question] = {}
    verdicts = []
    for claim, wrt in claims:
        try:
            if wrt not in questions:
                questions[wrt] = Question(f, wrt)
        except Diagnostic as diagnostic:
            verdicts.append(_unreadable(f, claim, wrt or "", diagnostic, of_f=True))
        else:
            verdicts.append(check_claim(questions[wrt], claim))
    return verdicts


def check_claim(question: Question, claim: str) -> Verdict:
    """The verdict on one claim about a question that may have been asked before."""
    try:
        read = read_claim(claim, question.names or (question.wrt,))
    except Diagnostic as diagnostic:
        return _unreadable(question.written, claim, question.wrt, diagnostic)
    try:
        read.tape()
        if "diff" in read.text:
            from gradcli.homework.checking.circular import refuse_circular

            refuse_circular(question, read)
    except Diagnostic as diagnostic:
        return _unreadable(question.written, claim, question.wrt, of_claim(moved(diagnostic, read.places)))
    from gradcli.homework.checking.judgement import judge

    verdict = judge(question, read)
    if verdict.verdict == WRONG:
        try:
            refuse_tangent(question, read, left_side(claim))
        except Diagnostic as diagnostic:
            return _unreadable(question.written, claim, question.wrt, diagnostic)
    return verdict


def _unreadable(f: str, claim: str, wrt: str, diagnostic: Diagnostic, *, of_f: bool = False) -> Verdict:
    detail = f"F cannot be read: {diagnostic.message}" if of_f else diagnostic.message
    text = f if of_f else claim
    return Verdict(UNREADABLE, f, claim, wrt, detail=detail, diagnostic=diagnostic, text=text)
