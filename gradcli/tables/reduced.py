"""The one result that a table is reduced to."""

from __future__ import annotations

import math

from gradcli.tables.uncertainty import nothing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.tables.mapping import Counts, Job
    from gradcli.tables.uncertainty import Uncertain


class Reduced:
    """A sum or mean over rows, with the gradients of it.

    `gradients` has for each variable its value, None for a column, and the gradient; that with respect to a
    column is what a shift of all its cells would change. `rows` are those that were taken into it.
    `uncertain` is its error, None where no input has one; `values` are those of all of these inputs.
    """

    __slots__ = ("counts", "expression", "gradients", "how", "notes", "rows", "uncertain", "value", "values")

    def __init__(
        self,
        expression: str,
        how: str,
        value: float,
        gradients: dict[str, tuple[Any, float]],
        counts: Counts,
        notes: Sequence[str] = (),
        uncertain: Uncertain | None = None,
    ) -> None:
        self.expression = expression
        self.how = how
        self.value = value
        self.gradients = gradients
        self.counts = counts
        self.notes = list(notes)
        self.rows = counts.rows - counts.missing - counts.unknown - counts.skipped
        self.uncertain = uncertain
        self.values: dict[str, Any] = {name: value for name, (value, _) in gradients.items()}

    @property
    def finite(self) -> bool:
        """Whether no nan or inf came out."""
        numbers = [self.value, *(gradient for _, gradient in self.gradients.values())]
        if self.uncertain is not None:
            numbers.append(self.uncertain.error)
        return all(map(math.isfinite, numbers))


def reduced(job: Job, partial: Any, how: str, counts: Counts, notes: Sequence[str] = ()) -> Reduced:
    """The result of a job's partial sums; of no rows (None) the sum is 0 and the mean nan."""
    program, uncertain = job.program, None
    if partial is None:
        empty = 0.0 if how == "sum" else math.nan
        value, found = empty, dict.fromkeys(program.variables, empty)
    else:
        value, found = partial.result(how)
    if job.propagation is not None:
        uncertain = nothing(job.propagation.inputs, how) if partial is None else partial.uncertain(how)
    gradients = {name: (program.values.get(name), found[name]) for name in job.wrt}
    result = Reduced(program.expression, how, value, gradients, counts, notes, uncertain)
    if uncertain is not None:
        result.values |= {name: program.values.get(name) for name in uncertain.inputs}
    return result
