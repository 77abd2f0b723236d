"""The whole of it in one call, for Python: a text and bindings in, its result out."""

from __future__ import annotations

from gradcli.evaluation.options import Options
from gradcli.evaluation.results import Failure, Remark, Result
from gradcli.evaluation.session import Session
from gradcli.language.diagnostics import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


def evaluate(
    text: str,
    bindings: Mapping[str, Any] | None = None,
    /,
    *,
    wrt: Iterable[str] = (),
    const: Iterable[str] = (),
    order: int = 1,
    precision: int | None = None,
    dtype: str = "float64",
    grad_output: Any = None,
    verify: bool = False,
    **variables: Any,
) -> Result:
    """The result of the last expression of `text`, a program of the language.

    Variables are given by name, or in `bindings` where a name is one of the options: numbers, nested lists,
    arrays, or texts of constant expressions. For the options see `Options`. Raises Diagnostic for the first
    statement that is wrong or where there is no expression, ValueError for an option that cannot be.

        >>> evaluate("sin(x**2)", x=4).gradients["x"]
        -7.661275842587077
    """
    options = Options(
        wrt=wrt,
        const=const,
        order=order,
        precision=precision,
        dtype=dtype,
        grad_output=grad_output,
        verify=verify,
    )
    session = Session(options)
    for name, value in {**(bindings or {}), **variables}.items():
        session.set(name, value)
    result: Result = last_of(session, session.run(text), Result, "there is no expression to evaluate")
    return result


def last_of(session: Session, outcomes: Iterable[Any], kind: type[Any], missing: str) -> Any:
    """The last of some outcomes that is of a kind, with what only the end of the session can tell.

    Raises the Diagnostic of the first statement that is wrong, and one with the text `missing` where nothing
    of the kind came.
    """
    last = None
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            raise outcome.diagnostic
        if isinstance(outcome, kind):
            last = outcome
    if last is None:
        raise Diagnostic("syntax", missing)
    for outcome in session.finish():
        if isinstance(outcome, Failure):
            raise outcome.diagnostic
        if isinstance(outcome, Remark):
            last.notes += outcome.notes
    return last
