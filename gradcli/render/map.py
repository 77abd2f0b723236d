"""What `gradcli map` shows: the result that a table is reduced to, as page and JSON, and the summary."""

from __future__ import annotations

from functools import partial

from gradcli import jsontext
from gradcli.render import numbers, uncertainty
from gradcli.render.diagnostics import note_text
from gradcli.render.json import number
from gradcli.render.layout import GRADIENT, HEADER, NAME, NOTE, PLAIN, VALUE, clip, escape, name, table
from gradcli.tables.problems import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.evaluation.results import Note
    from gradcli.render.layout import Line
    from gradcli.render.page import Style
    from gradcli.tables.findings import Finding
    from gradcli.tables.mapping import Counts
    from gradcli.tables.reduced import Reduced

LONGEST_EXPRESSION = 400
DIGITS = 17  # as JSON has them


def page(reduced: Reduced, style: Style) -> list[Line]:
    """The value, and under it the gradients, as eval's page has them."""
    over = f"{reduced.how} over {rows(reduced.rows)} of "
    expression = clip(escape(" ".join(reduced.expression.split())), LONGEST_EXPRESSION)
    lines: list[Line] = [
        [
            (over, PLAIN),
            (expression, HEADER),
            (" = ", PLAIN),
            (_value(reduced, style), VALUE),
        ]
    ]
    return [*lines, *_variables(reduced, style)]


def _value(reduced: Reduced, style: Style) -> str:
    if reduced.uncertain is None:
        return numbers.scalar(reduced.value, style.digits_of("float64"))
    error = reduced.uncertain.error
    return uncertainty.measured(reduced.value, error, style.digits, unicode=style.unicode)


def _variables(reduced: Reduced, style: Style) -> list[Line]:
    """The variables and their gradients; with an error of the result those that have a share in it."""
    digits, uncertain = style.digits_of("float64"), reduced.uncertain
    inputs = {} if uncertain is None else uncertain.inputs
    rows = []
    for variable, value in reduced.values.items():
        gradient = reduced.gradients.get(variable, (None, None))[1]
        given = uncertainty.given(value, inputs.get(variable), style)
        row = [[name(variable)], [given], [numbers.scalar(gradient, digits)]]
        if uncertain is not None:
            row.append([uncertainty.share_of(uncertain, variable)])
        rows.append(row)
    if not rows:
        return []
    columns = ["variable", "value", "gradient", "share"]
    return [[], *table(columns[: len(rows[0])], rows, (NAME, VALUE, GRADIENT, VALUE)[: len(rows[0])])]


def as_json(reduced: Reduced, *, ascii: bool) -> str:
    """One line of JSON with every digit, the keys of eval's and what there is to say of the rows."""
    text = partial(jsontext.dumps, ascii=ascii)

    gradients = ", ".join(
        f"{text(variable)}: {number(gradient, DIGITS)}"
        for variable, (_, gradient) in reduced.gradients.items()
    )
    fields = {
        "expression": text(reduced.expression),
        "reduce": text(reduced.how),
        "value": number(reduced.value, DIGITS),
        **({} if reduced.uncertain is None else {"error": number(reduced.uncertain.error, DIGITS)}),
        "gradients": f"{{{gradients}}}",
        **_shares(reduced, text),
        "dtype": '"float64"',
        "rows": str(reduced.rows),
        "missing": str(reduced.counts.missing),
        **({} if reduced.uncertain is None else {"missing_errors": str(reduced.counts.unknown)}),
        "skipped": str(reduced.counts.skipped),
        "notes": text(reduced.notes),
    }
    return "{" + ", ".join(f"{text(key)}: {value}" for key, value in fields.items()) + "}\n"


def notes(notes: Sequence[str]) -> list[Line]:
    """A line a note."""
    return [[("note: ", NOTE), (escape(note), PLAIN)] for note in notes]


def _shares(reduced: Reduced, text: Callable[[str], str]) -> dict[str, str]:
    if reduced.uncertain is None:
        return {}
    shares = [f"{text(name)}: {number(share, DIGITS)}" for name, share in reduced.uncertain.shares.items()]
    return {"shares": f"{{{', '.join(shares)}}}"}


def summary(counts: Counts, *, reduced: bool) -> list[Line]:
    """How many rows there were, and what has to be said of some of them."""
    parts: list[tuple[str, str]] = []
    if counts.missing:
        parts.append((f"{counts.missing} with a missing value{', left out' if reduced else ''}", NOTE))
    if counts.unknown:
        parts.append((f"{counts.unknown} with a missing error{', left out' if reduced else ''}", NOTE))
    if counts.skipped:
        parts.append((f"{counts.skipped} skipped", NOTE))
    if counts.unbounded:
        parts.append((f"{counts.unbounded} with nan or inf", NOTE))
    line: Line = [(rows(counts.rows), HEADER)]
    for i, (text, style) in enumerate(parts):
        line += [(", " if i else ": ", PLAIN), (text, style)]
    lines = [line]
    if counts.first_skipped:
        words = "skipped: " if counts.skipped == 1 else "the first one skipped: "
        lines.append([(words, NOTE), (escape(counts.first_skipped), PLAIN)])
    rounded = "has whole numbers beyond 2**53, which are computed with as floats of 16 digits"
    vanished = "has numbers that are smaller than the smallest number: they count as 0"
    texts = [f"column '{column}' {rounded}" for column in counts.rounded]
    return lines + notes(texts + [f"column '{column}' {vanished}" for column in counts.vanished])


def findings(told: Sequence[tuple[Note, Finding, Note | None]], text: str, *, several: bool) -> list[str]:
    """What there is to say of rows of a table, of `several` files or one, as texts of notes."""
    return [_finding(note, finding, reason, text, several=several) for note, finding, reason in told]


def _finding(note: Note, finding: Finding, reason: Note | None, text: str, *, several: bool) -> str:
    first = place(finding.file, finding.row, None) if several else f"row {finding.row + 1}"
    why = "" if reason is None else f": {note_text(reason, text)}"
    return f"in {rows(finding.count)} {note_text(note, text)}, first in {first}{why}"


def interrupted(output: str | None) -> list[Line]:
    """What became of the work when it was ended by Ctrl-C."""
    rest = f": '{escape(output)}' was not written" if output is not None else ""
    return [[(f"interrupted{rest}", NOTE)]]


def rows(number: int) -> str:
    """A number of rows: `1 row`, `2 rows`."""
    return f"{number} row" + ("" if number == 1 else "s")
