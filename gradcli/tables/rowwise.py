"""Rows through eval itself, one by one: for what differs from row to row in more than its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.evaluation.conventions import is_convention
from gradcli.evaluation.failures import failure
from gradcli.evaluation.program import evaluate
from gradcli.evaluation.results import Note
from gradcli.numbers import shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.evaluation.results import Result
    from gradcli.tables.blocks import Met

    Array = Any

FAILED = Note("there is no value")
"""On rows at which eval, or the program itself, fails."""


class RowWise:
    """A text with its parameters, to be evaluated at every row."""

    __slots__ = ("parameters", "text", "variables")

    def __init__(self, text: str, parameters: Mapping[str, Any], variables: Sequence[str]) -> None:
        self.text = text
        self.parameters = parameters
        self.variables = variables

    def run(
        self, columns: Mapping[str, Array], rows: int, met: Met | None = None
    ) -> tuple[Array, dict[str, Array]]:
        """The value and the gradients of every row; `met` is told which rows stand at conventions, or fail.

        A row that fails has nan. Raises what the first raised where there is no `met` and none of its cells
        is missing.
        """
        value = np.empty(rows)
        gradients = {name: np.zeros(rows) for name in self.variables}
        notes: dict[Note, list[int]] = {}
        for row in range(rows):
            cells = {name: float(column[row]) for name, column in columns.items()}
            try:
                result = self.result(cells)
            except Exception:
                if met is None and not any(cell != cell for cell in cells.values()):
                    raise
                notes.setdefault(FAILED, []).append(row)
                for column in (value, *gradients.values()):
                    column[row] = np.nan
                continue
            value[row] = result.value
            if met is not None and value[row] == value[row]:
                for note in filter(is_convention, result.notes):
                    notes.setdefault(note, []).append(row)
            for variable in result.variables:
                if variable.name in gradients and variable.gradient is not None:
                    gradients[variable.name][row] = variable.gradient
        if met is not None:
            met |= {note: np.array(places) for note, places in notes.items()}
        return value, gradients

    def result(self, cells: Mapping[str, float]) -> Result:
        """What eval says of a row, its notes with places in the whole text. Raises what eval raises."""
        result = evaluate(self.text, {**self.parameters, **cells})
        if shape_of(result.value):
            raise failure("shape", "a row gives an array, where a column has one number a row")
        result.notes = [note.moved(-self.text.rfind(result.text)) for note in result.notes]
        return result
