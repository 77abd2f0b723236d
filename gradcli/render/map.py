"""What `gradcli map` shows: the result that a table is reduced to, as page and JSON, and the summary."""

from __future__ import annotations

from gradcli.render import numbers
from gradcli.render.json import number
from gradcli.render.layout import GRADIENT, HEADER, NAME, NOTE, PLAIN, VALUE, clip, escape, name, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.render.layout import Line
    from gradcli.render.page import Style
    from gradcli.tables.mapping import Counts
    from gradcli.tables.reduced import Reduced

LONGEST_EXPRESSION = 400
DIGITS = 17  # as JSON has them


def page(reduced: Reduced, style: Style) -> list[Line]:
    """The value, and under it the gradients, as eval's page has them."""
    digits = style.digits_of("float64")
    over = f"{reduced.how} over {rows(reduced.rows)} of "
    expression = clip(escape(" ".join(reduced.expression.split())), LONGEST_EXPRESSION)
    lines: list[Line] = [
        [
            (over, PLAIN),
            (expression, HEADER),
            (" = ", PLAIN),
            (numbers.scalar(reduced.value, digits), VALUE),
        ]
    ]
    if reduced.gradients:
        cells = [
            ([name(variable)], [_given(value, digits)], [numbers.scalar(gradient, digits)])
            for variable, (value, gradient) in reduced.gradients.items()
        ]
        lines += [[], *table(("variable", "value", "gradient"), cells, (NAME, VALUE, GRADIENT))]
    return lines


def _given(value: Any, digits: int) -> str:
    return "column" if value is None else numbers.scalar(value, digits)


def as_json(reduced: Reduced, *, ascii: bool) -> str:
    """One line of JSON with every digit, the keys of eval's and what there is to say of the rows."""
    import json

    def text(words: Any) -> str:
        return json.dumps(words, ensure_ascii=ascii)

    gradients = ", ".join(
        f"{text(variable)}: {number(gradient, DIGITS)}"
        for variable, (_, gradient) in reduced.gradients.items()
    )
    fields = {
        "expression": text(reduced.expression),
        "reduce": text(reduced.how),
        "value": number(reduced.value, DIGITS),
        "gradients": f"{{{gradients}}}",
        "dtype": '"float64"',
        "rows": str(reduced.rows),
        "missing": str(reduced.counts.missing),
        "skipped": str(reduced.counts.skipped),
        "notes": text(reduced.notes),
    }
    return "{" + ", ".join(f"{text(key)}: {value}" for key, value in fields.items()) + "}\n"


def notes(notes: Sequence[str]) -> list[Line]:
    """A line a note."""
    return [[("note: ", NOTE), (escape(note), PLAIN)] for note in notes]


def summary(counts: Counts, *, reduced: bool) -> list[Line]:
    """How many rows there were, and what has to be said of some of them."""
    parts: list[tuple[str, str]] = []
    if counts.missing:
        parts.append((f"{counts.missing} with a missing value{', left out' if reduced else ''}", NOTE))
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
    return lines


def rows(number: int) -> str:
    """A number of rows: `1 row`, `2 rows`."""
    return f"{number} row" + ("" if number == 1 else "s")
