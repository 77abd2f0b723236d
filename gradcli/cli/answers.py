"""What becomes of the outcomes of a session: pages or JSON, and the exit status."""

from __future__ import annotations

from gradcli.cli.environment import is_terminal
from gradcli.cli.main import DONE, NO, NOT_FINITE, OUT_OF_TIME, WRONG
from gradcli.evaluation.results import Failure, Printed, Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.cli.environment import Environment
    from gradcli.evaluation.results import Outcome, Remark
    from gradcli.render.page import Style


class Answers:
    """Writes outcomes as they come and remembers what they mean for the exit status."""

    def __init__(self, environment: Environment, *, strict: bool) -> None:
        self.environment = environment
        self.file: str | None = None  # where the statements that are now run come from
        self.strict = strict
        self.failed = False
        self.finite = True
        self.agrees = True
        self.over = False  # whether the time that the call was given is
        self.last: Any = None  # what was written, for the space before the next

    @property
    def standing(self) -> tuple[bool, bool, bool, Any]:
        """What was written so far means this for the exit status and for what is written next."""
        return self.failed, self.finite, self.agrees, self.last

    def add(self, standing: tuple[bool, bool, bool, Any]) -> None:
        """Take what another process wrote as written here."""
        failed, finite, agrees, self.last = standing
        self.failed = self.failed or failed
        self.finite = self.finite and finite
        self.agrees = self.agrees and agrees

    @property
    def status(self) -> int:
        """The exit status, as far as is known."""
        if self.over:
            return OUT_OF_TIME
        if self.failed:
            return WRONG
        if self.strict and not self.agrees:
            return NO
        return NOT_FINITE if self.strict and not self.finite else DONE

    def write(self, outcome: Outcome) -> None:
        """Write one outcome."""
        if isinstance(outcome, Result):
            self.finite = self.finite and outcome.finite
            self.agrees = self.agrees and outcome.agrees
            self.result(outcome)
        elif isinstance(outcome, Printed):
            self.printed(outcome)
        elif isinstance(outcome, Failure):
            self.failed = True
            self.failure(outcome)
        else:
            self.remark(outcome)

    def result(self, result: Result) -> None:
        """Write the answer to an expression."""
        raise NotImplementedError

    def printed(self, printed: Printed) -> None:
        """Write what a print statement shows."""
        raise NotImplementedError

    def failure(self, failure: Failure, what: str = "") -> None:
        """Report a statement that failed, with `what` a text that is no statement."""
        from gradcli.render import diagnostics

        self.failed = True
        self.environment.say(
            diagnostics.failure(failure, file=self.file, width=self.environment.width, what=what)
        )

    def error(self, message: str) -> None:
        """Report something that went wrong outside of any text."""
        from gradcli.render import diagnostics

        self.failed = True
        self.environment.say(diagnostics.message(message))

    def remark(self, remark: Remark) -> None:
        """Write the notes on a statement that has no result."""
        from gradcli.render import diagnostics

        self.environment.say(
            diagnostics.notes(remark.notes, remark.text, file=self.file, first_line=remark.line)
        )


class Pages(Answers):
    """Results as pages for a person, an empty line between them."""

    def __init__(self, environment: Environment, style: Style, *, strict: bool) -> None:
        super().__init__(environment, strict=strict)
        self.style = style

    def result(self, result: Result) -> None:
        """Write value, table and tree; the notes under them on a terminal, else on stderr."""
        from gradcli.render import diagnostics, page

        if self.last is not None:
            self.environment.write("\n")
        self.last = Result
        self.environment.page(page.result(result, self.style))
        if not result.notes:
            return
        notes = diagnostics.notes(result.notes, result.text, file=self.file, first_line=result.line)
        if is_terminal(self.environment.stdout):
            self.environment.page([[], *notes])
        else:
            self.environment.say(notes)

    def printed(self, printed: Printed) -> None:
        """Write PyTorch's text of a value; such lines stand close together."""
        from gradcli.render import page

        if self.last is Result:
            self.environment.write("\n")
        self.last = Printed
        self.environment.page(page.printed(printed))


class Lines(Answers):
    """Results as JSON, a line each; the line of a statement that failed stands among them."""

    def __init__(self, environment: Environment, *, graph: bool, strict: bool) -> None:
        from gradcli.render.json import Json

        super().__init__(environment, strict=strict)
        self.json = Json(graph=graph, ascii=not environment.unicode)

    def result(self, result: Result) -> None:
        """Write the line of a result, its notes in it."""
        self.json.file = self.file
        self.environment.write(self.json.result(result))

    def printed(self, printed: Printed) -> None:
        """Write the line of a print statement."""
        self.json.file = self.file
        self.environment.write(self.json.printed(printed))

    def failure(self, failure: Failure, what: str = "") -> None:
        """Write the line of a failed statement; what is no statement goes to stderr."""
        if what or not failure.line:
            super().failure(failure, what)
            return
        self.json.file = self.file
        self.environment.write(self.json.failure(failure))
