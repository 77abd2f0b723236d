"""Rows through eval itself, one by one: for what differs from row to row in more than its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.evaluate.program import evaluate
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
        """The value and the gradients of every row; raises Diagnostic for the first row that has none."""
        value = np.empty(rows)
        gradients = {name: np.zeros(rows) for name in self.variables}
        for row in range(rows):
            bindings = {**self.parameters, **{name: float(column[row]) for name, column in columns.items()}}
            result = evaluate(self.text, bindings)
            if shape_of(result.value):
                from gradcli.evaluate.failures import failure

                raise failure("shape", f"row {row} gives an array, where a column has one number a row")
            value[row] = result.value
            for variable in result.variables:
                if variable.name in gradients and variable.gradient is not None:
                    gradients[variable.name][row] = variable.gradient
        return value, gradients
