"""The work of `gradcli explain`: that of `gradcli eval`, with an explanation in the place of every result."""

from __future__ import annotations

from gradcli.cli.answers import Answers
from gradcli.cli.environment import is_terminal
from gradcli.cli.work import Work, options_of, sources_of
from gradcli.homework.explanation.explain import Explainer
from gradcli.homework.explanation.results import Explanation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.cli.bounds import Bounds
    from gradcli.cli.environment import Environment
    from gradcli.evaluation.options import Options
    from gradcli.evaluation.results import Printed


def carried_out(
    environment: Environment,
    expression: str | None,
    bindings: Sequence[tuple[str, str]],
    files: Sequence[str],
    wrt: Sequence[str] | None,
    const: Sequence[str] | None,
    *,
    digits: int | None,
    form: str,
    strict: bool,
    bounds: Bounds | None,
) -> int:
    """Explain every expression of the sources; the exit status. `form` is "page", "markdown" or "json"."""
    sources = sources_of(expression, files, environment, bound=bool(bindings))
    options = options_of(wrt, const, None, 1, None, "float64")
    answers = _FORMS[form](environment, digits=digits, strict=strict)
    return _Explaining(answers, options).within(bounds).carry_out(bindings, sources)


class _Explaining(Work):
    """A run whose session explains."""

    def __init__(self, answers: Answers, options: Options) -> None:
        super().__init__(answers, options, fail_fast=False)
        self.session = Explainer(options)


class _Pages(Answers):
    """Explanations as pages for a person, an empty line between them."""

    def __init__(self, environment: Environment, *, digits: int | None, strict: bool) -> None:
        super().__init__(environment, strict=strict)
        self.digits = digits

    def write(self, outcome: Any) -> None:
        """Write one outcome."""
        if isinstance(outcome, Explanation):
            self.finite = self.finite and outcome.result.finite
            self.explanation(outcome)
        else:
            super().write(outcome)

    def explanation(self, explanation: Explanation) -> None:
        """Write the page; the notes under it on a terminal, else on stderr."""
        from gradcli.render import diagnostics, explain

        self._apart()
        style = explain.Style(
            width=self.environment.width, digits=self.digits, unicode=self.environment.unicode
        )
        self.environment.page(explain.page(explanation, style))
        result = explanation.result
        notes = diagnostics.notes(explanation.notes, result.text, file=self.file, first_line=result.line)
        if notes and is_terminal(self.environment.stdout):
            self.environment.page([[], *notes])
        elif notes:
            self.environment.say(notes)

    def printed(self, printed: Printed) -> None:
        """A print statement shows its value as in eval; it is not explained."""
        from gradcli.render import page

        self._apart()
        self.environment.page(page.printed(printed))

    def _apart(self) -> None:
        if self.last:
            self.environment.write("\n")
        self.last = True


class _Markdown(_Pages):
    """Explanations as Markdown."""

    def explanation(self, explanation: Explanation) -> None:
        """Write the text, the notes in it."""
        from gradcli.render import explain_markdown

        self._apart()
        self.environment.write(explain_markdown.text(explanation, self.digits))

    def printed(self, printed: Printed) -> None:
        """What a print statement shows is no part of a solution."""


class _Lines(_Pages):
    """Explanations as JSON, a line each; the line of a statement that failed stands among them."""

    def explanation(self, explanation: Explanation) -> None:
        """Write the line, the notes in it."""
        from gradcli.render import explain_json

        ascii = not self.environment.unicode
        self.environment.write(explain_json.line(explanation, file=self.file, ascii=ascii))

    def printed(self, printed: Printed) -> None:
        """What a print statement shows is no part of a solution."""

    def failure(self, failure: Any, what: str = "") -> None:
        """Write the line of a failed statement; what is no statement goes to stderr."""
        from gradcli.render.json import Json

        if what or not failure.line:
            super().failure(failure, what)
            return
        self.failed = True
        self.environment.write(
            Json(file=self.file, ascii=not self.environment.unicode).failure(failure)
        )


_FORMS: dict[str, type[_Pages]] = {"page": _Pages, "markdown": _Markdown, "json": _Lines}
