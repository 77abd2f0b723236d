"""`gradcli check`: whether a derivative is right, for a claim or a sheet of them."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from typer import Context

from gradcli.cli.arguments import BINDING, UsageError
from gradcli.cli.options import (
    Color,
    MaxMemory,
    Timeout,
    Traceback,
    bounds_of,
    count,
    file,
    named,
    words,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.cli.bounds import Bounds
    from gradcli.cli.environment import Environment

HELP = """Check a derivative: is CLAIM the derivative of F, and if not, what went wrong?

F and CLAIM are texts of the language, in single quotes; either may begin with a minus. The claim may be an
equation (f'(x) = 2x, dy/dx = 2x). Exit status 0: right, all of them; 1: not; 2: a wrong call.
A gradient is several claims, each with its --wrt, or as equations that name their variable.

With --file a sheet (CSV or TSV; - is standard input) with the columns f and claim and, if need be, wrt is
checked row by row; all its columns pass through.

Examples:

\b
  gradcli check 'x*sin(x)' 'sin(x) + x*cos(x)'
  gradcli check 'x*y' --wrt x y --wrt y x
  gradcli check 'x*y' 'df/dx = y' 'df/dy = x'
  gradcli check --file answers.csv --json | jq -r .verdict
"""

_EACH = "as in gradcli check 'x*y' --wrt x y, for a gradient --wrt x CLAIM --wrt y CLAIM"

Words = Annotated[
    list[str] | None,
    words("[F] [CLAIM]...", "The function, and what is claimed to be its derivative."),
]
Wrt = Annotated[
    list[str] | None,
    named("--wrt", "NAMES", "The variable, where F has several; one for each claim, in their order: x,y."),
]
Files = Annotated[
    list[str] | None,
    file("Check a sheet with columns f and claim."),
]
Hint = Annotated[bool, typer.Option("--hint", help="Say where to look, without giving the answer away.")]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON object a line for each claim.")]
Guard = Annotated[
    bool,
    typer.Option("--guard", help="Write ' before cells of a sheet that a spreadsheet would run: =, +, -, @."),
]
Jobs = Annotated[
    int | None,
    count(
        "--jobs", "Check N rows of a sheet at a time; without it as many as there are processors.", most=256
    ),
]


def check(
    context: Context,
    words: Words = None,
    wrt: Wrt = None,
    file: Files = None,
    hint: Hint = False,
    json: Json = False,
    guard: Guard = False,
    jobs: Jobs = None,
    timeout: Timeout = None,
    max_memory: MaxMemory = None,
    color: Color = "auto",
    traceback: Traceback = False,
) -> int:
    """Judge the claims of the call or of the sheet; the help of the command is HELP."""
    environment: Environment = context.obj
    environment.color, environment.traceback = color, traceback
    names = [name.strip() for names in wrt or () for name in names.split(",") if name.strip()]
    bounds = bounds_of(timeout, max_memory)
    if file:
        return _sheet(
            environment, words or [], names, file,
            hint=hint, json=json, guard=guard, jobs=jobs, bounds=bounds,
        )  # fmt: skip
    if guard:
        raise UsageError("--guard is for a sheet", "add --file, or leave it out")
    f, claims = _claims(words or [])
    if bounds is not None:
        from gradcli.cli.watched import watched

        status = watched(bounds, environment)
        if status is not None:
            return status
        bounds.prepare()
    return _claims_of_call(environment, f, claims, names, hint=hint, json=json)


def _claims(words: Sequence[str]) -> tuple[str, list[str]]:
    """F and the claims. Raises UsageError where one is missing."""
    if not words:
        raise UsageError(
            "nothing to check", "add F and a claim, as in gradcli check 'x**2' '2*x', or a sheet with --file"
        )
    f, *claims = words
    if not claims:
        hint = f"add what you claim its derivative to be: gradcli check '{f}' '...'"
        if f == "-" or f.lower().endswith((".csv", ".tsv")):
            hint = f"for a sheet of claims: gradcli check --file {f}"
        raise UsageError(f"no claim for '{f}'", hint)
    return f, claims


def _claims_of_call(
    environment: Environment, f: str, claims: Sequence[str], wrt: Sequence[str], *, hint: bool, json: bool
) -> int:
    """Write the verdict on every claim; the exit status."""
    from gradcli.cli.judging import Judge
    from gradcli.cli.main import DONE, NO, WRONG, show_traceback
    from gradcli.homework.checking.check import WrongCall
    from gradcli.homework.results import CORRECT
    from gradcli.render import check as render

    if not wrt:
        for claim in claims[1:]:
            _check_second(claim)
    if wrt and len(wrt) != len(claims):
        raise UsageError(
            f"{counted(len(wrt), 'variable')} for {counted(len(claims), 'claim')}",
            _EACH,
        )
    try:
        # All of them before the first is written: a call that is wrong has no answer.
        judge = Judge().judge
        names: list[str | None] = [*wrt] or [None] * len(claims)
        verdicts = [judge(f, claim, name) for claim, name in zip(claims, names, strict=True)]
    except WrongCall as error:
        raise UsageError(str(error), "" if wrt else _EACH) from error
    for i, verdict in enumerate(verdicts):
        if json:
            fields = render.record(verdict, hint=hint)
            environment.write(render.as_json(fields, ascii=not environment.unicode))
        else:
            page = render.page(verdict, width=environment.width, hint=hint)
            environment.page([[], *page] if i else page)
        if verdict.failure is not None:
            show_traceback(verdict.failure, environment)
    if any(render.of_f(verdict) for verdict in verdicts):
        return WRONG  # the question cannot be read, and no answer is to blame
    return DONE if all(verdict.verdict == CORRECT for verdict in verdicts) else NO


def _check_second(claim: str) -> None:
    """Raise UsageError for a claim behind the first that says nowhere by which variable it is."""
    from gradcli.cli.judging import names_variable

    if names_variable(claim):
        return
    if re.fullmatch(r"-[^\W\d]\w*", claim):
        raise UsageError(
            f"no such option '{claim}'", f"a claim that is a variable stands first, or has its --wrt: {_EACH}"
        )
    if BINDING.fullmatch(claim):
        raise UsageError(
            f"'{claim}' is no claim: check compares at many points, and takes no value",
            f"leave it out; for the value at one: gradcli eval F {claim}",
        )
    raise UsageError(f"a second claim, '{claim}', without its variable", _EACH)


def counted(number: int, what: str) -> str:
    """A number of things: `1 claim`, `2 claims`."""
    return f"{number} {what}" + ("" if number == 1 else "s")


def _sheet(
    environment: Environment,
    words: Sequence[str],
    wrt: Sequence[str],
    files: Sequence[str],
    *,
    hint: bool,
    json: bool,
    guard: bool,
    jobs: int | None,
    bounds: Bounds | None,
) -> int:
    """Check a sheet; the exit status. Raises UsageError for what does not go with one."""
    if words:
        raise UsageError(f"a sheet and a claim, '{words[0]}'", "leave one out: --file, or F and CLAIM")
    if len(files) > 1:
        raise UsageError("two sheets; check one after the other")
    if len(wrt) > 1:
        raise UsageError("more than one variable for the sheet", "give each row its own in a column wrt")
    if guard and json:
        raise UsageError("--guard is for CSV, which spreadsheets open", "leave it out, or --json")
    from gradcli.cli.sheets import check_sheet

    name = wrt[0] if wrt else None
    return check_sheet(
        environment, files[0], wrt=name, hint=hint, json=json, guard=guard, jobs=jobs, bounds=bounds
    )
