"""The one result that a table is reduced to."""

from __future__ import annotations

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.tables.mapping import Counts


class Reduced:
    """A sum or mean over rows, with the gradients of it.

    `gradients` has for each variable its value, None for a column, and the gradient; that with respect to a
    column is what a shift of all its cells would change. `rows` are those that were taken into it.
    """

    __slots__ = ("counts", "expression", "gradients", "how", "notes", "rows", "value")

    def __init__(
        self,
        expression: str,
        how: str,
        value: float,
        gradients: dict[str, tuple[Any, float]],
        counts: Counts,
        notes: Sequence[str] = (),
    ) -> None:
        self.expression = expression
        self.how = how
        self.value = value
        self.gradients = gradients
        self.counts = counts
        self.notes = list(notes)
        self.rows = counts.rows - counts.missing - counts.skipped

    @property
    def finite(self) -> bool:
        """Whether no nan or inf came out."""
        return math.isfinite(self.value) and all(math.isfinite(g) for _, g in self.gradients.values())


def reduced(program: Any, partial: Any, how: str, counts: Counts, notes: Sequence[str] = ()) -> Reduced:
    """The result of a program's partial sums; of no rows (None) the sum is 0 and the mean nan."""
    if partial is None:
        empty = 0.0 if how == "sum" else math.nan
        value, found = empty, dict.fromkeys(program.variables, empty)
    else:
        value, found = partial.result(how)
    gradients = {name: (_value(program, name), gradient) for name, gradient in found.items()}
    return Reduced(program.expression, how, value, gradients, counts, notes)


def _value(program: Any, name: str) -> float | None:
    """What a parameter is, None for a column."""
    value = program.parameters.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        from gradcli.evaluate.program import evaluate

        value = evaluate(value).value
    return float(value)
