"""What becomes of derivatives: formulas for a person or a pipe, or JSON."""

from __future__ import annotations

from gradcli.cli.answers import Answers, Lines
from gradcli.cli.environment import is_terminal
from gradcli.homework.derivation.derived import Derived
from gradcli.render import diagnostics, diff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.cli.environment import Environment
    from gradcli.render.diff import Style


class FormulaPages(Answers):
    """Derivatives as formulas of the language or in LaTeX."""

    def __init__(self, environment: Environment, style: Style) -> None:
        super().__init__(environment, strict=False)
        self.style = style
        self.last = 0  # lines of the answer before

    def write(self, outcome: Any) -> None:
        """Write one outcome."""
        if isinstance(outcome, Derived):
            self.derived(outcome)
        else:
            super().write(outcome)

    def derived(self, derived: Derived) -> None:
        """Write the formulas; the notes under them on a terminal, else on stderr."""
        lines = diff.derived(derived, self.style)
        notes = diagnostics.notes(derived.notes, derived.text, file=self.file, first_line=derived.line)
        shown = is_terminal(self.environment.stdout)
        if shown and notes:
            lines += [[], *notes]
        # A stream of formulas stays a stream of lines; what takes several stands by itself.
        if self.last > 1 or (self.last and len(lines) > 1):
            self.environment.write("\n")
        self.last = len(lines)
        self.environment.page(lines)
        if notes and not shown:
            self.environment.say(notes)


class FormulaLines(Lines):
    """Derivatives as JSON, a line each."""

    json: diff.DerivedJson

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment, graph=False, strict=False)
        self.json = diff.DerivedJson(ascii=not environment.unicode)

    def write(self, outcome: Any) -> None:
        """Write one outcome."""
        if isinstance(outcome, Derived):
            self.json.file = self.file
            self.environment.write(self.json.derived(outcome))
        else:
            super().write(outcome)
