"""Judging claims: which variable each is about, and the verdict on it whatever its text holds."""

from __future__ import annotations

import re

from gradcli.cli.streams import flaw
from gradcli.homework.results import UNDECIDED, UNREADABLE, Verdict
from gradcli.render import check as render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.language.diagnostics import Diagnostic

# What stands before the `=` of `df/dx = …`, `d/dx f = …`, `∂z/∂x = …`, `f_x = …`.
NAMED = re.compile(r"/\s*[d∂]\s*([^\W\d]\w*)[^=]*$|^\s*[^\W\d_]_([^\W\d_]\w*)\s*(?:\([^()]*\)\s*)?$")
EQUALS = re.compile(r"(?<![=<>!])=(?!=)")


def judge(f: str, claim: str, wrt: str | None) -> Verdict:
    """The verdict on a claim, `unreadable` where the texts are not even text; raises as `check` does."""
    for text, what in ((f, "F: "), (claim, "")):
        problem = flaw(text)
        if problem:
            from gradcli.language.diagnostics import Diagnostic

            diagnostic = Diagnostic("syntax", problem[0], [(problem[1:], "")])
            return unreadable(f, claim, wrt or "", what + diagnostic.message, diagnostic, text)
    from gradcli.homework.check import check

    return check(f, claim, wrt)


def unreadable(
    f: str, claim: str, wrt: str, detail: str, diagnostic: Diagnostic | None = None, text: str = ""
) -> Verdict:
    """The verdict on what cannot be read."""
    return Verdict(UNREADABLE, f, claim, wrt, detail=detail, diagnostic=diagnostic, text=text)


def variable_named(f: str, claim: str) -> str | None:
    """The variable that a claim itself says it is about (x for `df/dx = y`), where F has several."""
    equals = EQUALS.search(claim)
    match = NAMED.search(claim[: equals.start()]) if equals else None
    name = (match[1] or match[2]) if match else None
    return name if name is not None and len(variables_of(f)) > 1 else None


def variables_of(f: str) -> tuple[str, ...]:
    """The variables of F in order of appearance; none where it cannot be read."""
    from gradcli.autograd.rulebook import NAMES
    from gradcli.homework.claims import right_side
    from gradcli.homework.tape import variables
    from gradcli.language.diagnostics import Diagnostic
    from gradcli.language.parser import parse_expression

    try:
        return variables(parse_expression(right_side(f), functions=NAMES))
    except Diagnostic:
        return ()


def answer(f: str, claim: str, wrt: str, hint: bool, full: bool) -> dict[str, Any]:
    """The verdict on a row of a sheet as plain data, all of it or what a table holds; raises nothing."""
    name = wrt.strip()
    try:
        verdict = judge(f, claim, name or variable_named(f, claim))
    except ValueError as error:
        verdict = unreadable(f, claim, name, f"{error}")
    except Exception as error:  # it costs no other row its verdict
        verdict = Verdict(
            UNDECIDED, f, claim, name, detail=f"gradcli itself failed: {type(error).__name__}: {error}"
        )
    fields = render.record(verdict, hint=hint)
    return fields if full else {key: fields[key] for key in ("verdict", "mistakes", "detail")}
