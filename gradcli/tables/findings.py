"""What rows met on their way, of which a person should know: how many did, and which was the first."""

from __future__ import annotations

import re

import numpy as np

from gradcli.evaluation.conventions import MOST_PLACES, is_convention
from gradcli.evaluation.results import Note
from gradcli.language.diagnostics import Diagnostic
from gradcli.tables.rowwise import FAILED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from gradcli.tables.rowwise import RowWise

    Array = Any

_WORDS = ("nan", "inf")
UNBOUNDED = {
    f"{what} {word}": Note(f"{start} is {word}")
    for what, start in (("value", "the value"), ("gradient", "a gradient"), ("error", "the error or a share"))
    for word in _WORDS
}
"""The notes on rows whose results are no numbers, of which each row has the first that is about it."""
_REASON = re.compile(r"\b(nan|inf|largest number)\b")


class Finding:
    """How many rows have something in common, and the first: its place and the numbers in it, in order.

    The `row` counts from 0 among the rows that were read together, or, once `file` is known, in that.
    """

    __slots__ = ("cells", "count", "file", "row")

    def __init__(self, count: int, row: int, cells: Sequence[float], file: str = "") -> None:
        self.count = count
        self.row = row
        self.cells = list(cells)
        self.file = file

    def __repr__(self) -> str:
        return f"Finding({self.count}, {self.row}, {self.cells}, {self.file!r})"


class Findings:
    """Findings by what there is to say of their rows."""

    __slots__ = ("by_note",)

    def __init__(self) -> None:
        self.by_note: dict[Note, Finding] = {}

    def add(self, note: Note, rows: Array, numbers: Sequence[Array]) -> None:
        """Count some rows, given by their places in these columns of numbers, in order."""
        if len(rows):
            first = int(rows[0])
            self._add(note, Finding(len(rows), first, [float(column[first]) for column in numbers]))

    def merge(self, other: Findings) -> None:
        """Count what came behind."""
        for note, finding in other.by_note.items():
            self._add(note, finding)

    def move(self, place: Callable[[int], int]) -> None:
        """Let `place` say where each row is really."""
        for finding in self.by_note.values():
            finding.row = place(finding.row)

    def settle(self, file: str, rows: int) -> None:
        """The rows are those of a file, behind so many others of it."""
        for finding in self.by_note.values():
            finding.row += rows
            finding.file = file

    def _add(self, note: Note, finding: Finding) -> None:
        known = self.by_note.get(note)
        if known is None:
            self.by_note[note] = finding
        else:
            known.count += finding.count

    def plain(self) -> list[Any]:
        """The same as data that JSON can hold."""
        return [
            [note.text, note.span, finding.count, finding.row, finding.cells]
            for note, finding in self.by_note.items()
        ]

    @classmethod
    def of_plain(cls, data: Sequence[Any]) -> Findings:
        """What `plain` was made of."""
        found = cls()
        for text, span, count, row, cells in data:
            found.by_note[Note(text, None if span is None else (span[0], span[1]))] = Finding(
                count, row, cells
            )
        return found


def add_met(
    findings: Findings, met: Mapping[Note, Any], numbers: Sequence[Array], lost: Array | None
) -> None:
    """Count the rows that stand at conventions, but those that lack a value."""
    for note, rows in met.items():
        findings.add(note, rows if lost is None else rows[~lost[rows]], numbers)


def add_unbounded(
    findings: Findings,
    results: Mapping[str, Sequence[Array]],
    numbers: Sequence[Array],
    lost: Array | None,
) -> int:
    """Count the rows with nan or inf among results ("value", "gradient", "error"); how many have one."""
    if all(map(_is_finite, (column for columns in results.values() for column in columns))):
        return 0
    left = None if lost is None else ~lost
    total = 0
    for kind, columns in results.items():
        for word, test in zip(_WORDS, (np.isnan, np.isinf), strict=True):
            rows = np.zeros(len(columns[0]) if columns else 0, np.bool_)
            for column in columns:
                rows |= test(column)
            if columns:
                left = np.ones(len(rows), np.bool_) if left is None else left
                rows &= left
                left = left & ~rows
                findings.add(UNBOUNDED[f"{kind} {word}"], np.flatnonzero(rows), numbers)
                total += int(np.count_nonzero(rows))
    return total


def _is_finite(column: Array) -> bool:
    """Whether a column has finite numbers alone; a sum that is finite says so in one pass."""
    with np.errstate(all="ignore"):
        total = np.add.reduce(column)
    return bool(np.isfinite(total)) or bool(np.isfinite(column).all())


def told(findings: Findings, program: Any) -> list[tuple[Note, Finding, Note | None]]:
    """What there is to say, conventions first, each with the reason of the first row where there is one.

    Of many places of which the same is to be said the first ones alone are told.
    """
    conventions: dict[str, list[tuple[Note, Finding, Note | None]]] = {}
    others = []
    for note, finding in findings.by_note.items():
        if note == FAILED or note in UNBOUNDED.values():
            others.append((note, finding, reason(program.eval, program.names, finding)))
        else:
            conventions.setdefault(note.text, []).append((note, finding, None))
    found = []
    for same in conventions.values():
        found += same[:MOST_PLACES]
        if len(same) > MOST_PLACES:
            count = len(same) - MOST_PLACES
            found.append((Note(f"{same[0][0].text}; so at {count} more places"), same[MOST_PLACES][1], None))
    return found + others


def reason(rowwise: RowWise, names: Sequence[str], finding: Finding) -> Note | None:
    """Why eval has no number in the first row of a finding; None where it does not say."""
    try:
        result = rowwise.result(dict(zip(names, finding.cells, strict=True)))
    except Diagnostic as diagnostic:
        return Note(diagnostic.message)
    except Exception as error:  # whatever it is, the other rows have their answers
        return Note(f"gradcli itself failed: {type(error).__name__}: {error}")
    reasons = (note for note in result.notes if _REASON.search(note.text) and not is_convention(note))
    return next(reasons, None)
