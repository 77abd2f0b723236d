"""Rows through eval itself, one by one: for what differs from row to row in more than its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.evaluate.failures import failure
from gradcli.evaluate.program import evaluate
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers import shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Array = Any


class RowWise:
    """A text with its parameters, to be evaluated at every row."""

    __slots__ = ("parameters", "text", "variables")

    def __init__(self, text: str, parameters: Mapping[str, Any], variables: Sequence[str]) -> None:
        self.text = text
        self.parameters = parameters
        self.variables = variables

    def run(self, columns: Mapping[str, Array], rows: int) -> tuple[Array, dict[str, Array]]:
        """The value and the gradients of every row.

        Raises Diagnostic for the first row that has none, unless a cell of it is missing: then it is nan.
        """
        value = np.empty(rows)
        gradients = {name: np.zeros(rows) for name in self.variables}
        for row in range(rows):
            cells = {name: float(column[row]) for name, column in columns.items()}
            try:
                result = evaluate(self.text, {**self.parameters, **cells})
                if shape_of(result.value):
                    raise failure("shape", "a row gives an array, where a column has one number a row")
            except Diagnostic:
                if not any(cell != cell for cell in cells.values()):
                    raise
                for column in (value, *gradients.values()):
                    column[row] = np.nan
                continue
            value[row] = result.value
            for variable in result.variables:
                if variable.name in gradients and variable.gradient is not None:
                    gradients[variable.name][row] = variable.gradient
        return value, gradients
