"""Judging claims: which variable each is about, and the verdict on it whatever its text holds."""

from __future__ import annotations

import re

from gradcli.cli.main import failed
from gradcli.cli.streams import flaw
from gradcli.evaluation.tape import variables
from gradcli.homework.checking.check import Question, WrongCall, check, check_claim
from gradcli.homework.checking.claims import right_side
from gradcli.homework.results import UNDECIDED, UNREADABLE, Verdict
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.parser import parse_expression
from gradcli.render import check as render
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What stands before the `=` of `df/dx = …`, `d/dx f = …`, `∂z/∂x = …`, `f_x = …`.
NAMED = re.compile(r"/\s*[d∂]\s*([^\W\d]\w*)[^=]*$|^\s*[^\W\d_]_([^\W\d_]\w*)\s*(?:\([^()]*\)\s*)?$")
EQUALS = re.compile(r"(?<![=<>!])=(?!=)")

REMEMBERED = 32
"""So many functions are kept with what was worked out about them: a sheet has many answers about each."""


class Judge:
    """Gives verdicts, one function often being asked about again; a process has its own."""

    def __init__(self) -> None:
        self.questions: dict[tuple[str, str | None], Question] = {}

    def judge(self, f: str, claim: str, wrt: str | None) -> Verdict:
        """The verdict on a claim, `unreadable` where the texts are not even text.

        Without `wrt` the claim may say itself which variable it is about. Raises WrongCall as `check` does.
        """
        for text, what in ((f, "F: "), (claim, "")):
            problem = flaw(text)
            if problem:
                message, start, end = problem
                diagnostic = Diagnostic("syntax", message, [((start, end), "")])
                return unreadable(f, claim, wrt or "", what + message, diagnostic, text)
        try:
            question = self._question(f, wrt or _variable_named(f, claim))
        except Diagnostic:
            return check(f, claim, wrt)  # which says where F cannot be read
        return check_claim(question, claim)

    def _question(self, f: str, wrt: str | None) -> Question:
        question = self.questions.pop((f, wrt), None) or Question(f, wrt)
        self.questions[f, wrt] = question  # the last one used is the last one
        if len(self.questions) > REMEMBERED:
            del self.questions[next(iter(self.questions))]
        return question


class RowJudge(Judge):
    """Gives the verdicts on rows of a sheet as plain data, all of it or what a table holds."""

    def __init__(self, *, hint: bool, full: bool) -> None:
        super().__init__()
        self.hint = hint
        self.full = full

    def __call__(self, f: str, claim: str, wrt: str) -> dict[str, Any]:
        """The answer to a row; raises nothing, for it would cost other rows their verdicts."""
        try:
            verdict = self.judge(f, claim, wrt or None)
        except WrongCall as error:
            verdict = unreadable(f, claim, wrt, f"{error} (in a column wrt)")
        except MemoryError:
            raise
        except Exception as error:
            verdict = Verdict(UNDECIDED, f, claim, wrt, detail=failed(error))
        fields = render.record(verdict, hint=self.hint)
        return fields if self.full else {key: fields[key] for key in ("verdict", "mistakes", "detail")}


def unreadable(
    f: str, claim: str, wrt: str, detail: str, diagnostic: Diagnostic | None = None, text: str = ""
) -> Verdict:
    """The verdict on what cannot be read."""
    return Verdict(UNREADABLE, f, claim, wrt, detail=detail, diagnostic=diagnostic, text=text)


def _variable_named(f: str, claim: str) -> str | None:
    """The variable that a claim itself says it is about (x for `df/dx = y`), where F has several."""
    name = names_variable(claim)
    return name if name is not None and len(_variables(f)) > 1 else None


def names_variable(claim: str) -> str | None:
    """The variable on the left side of a claim, `df/dx = y` or `f_x = y`; None where there is none."""
    equals = EQUALS.search(claim)
    match = NAMED.search(claim[: equals.start()]) if equals else None
    return (match[1] or match[2]) if match else None


def _variables(f: str) -> tuple[str, ...]:
    """The variables of F; none where it cannot be read."""
    try:
        return variables(parse_expression(right_side(f), functions=NAMES))
    except Diagnostic:
        return ()
