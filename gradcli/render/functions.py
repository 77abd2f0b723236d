"""The rulebook as a page: every function in a line or in full, grouped as the rulebook's pages are."""

from __future__ import annotations

from textwrap import wrap as wrap_text

from gradcli.jsontext import dumps
from gradcli.render.layout import GAP, GRADIENT, HEADER, HINT, NAME, OPERATION, PLAIN, VALUE, cells, pad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.render.layout import Line
    from gradcli.rules.rulebook import Rule

LEAST_COLUMN = 24  # where less is left for what a function computes, it stands on lines of its own
WIDEST_NAME = 28


def overview(rules: Iterable[Rule], width: int) -> list[Line]:
    """One entry a function: how it is called, what it computes and its derivative."""
    rules = list(rules)
    calls = max(min(max(cells(rule.written) for rule in rules), WIDEST_NAME), 8)
    lines: list[Line] = []
    for page, entries in pages(rules).items():
        lines += [*([[]] if lines else []), [(page, HEADER)]]
        for rule in entries:
            lines += _entry(rule, calls, width)
    more = _wrapped("gradcli functions NAME tells all of one function, --long of every one", width)
    return [*lines, [], *([(text, HINT)] for text in more)]


def details(rules: Iterable[Rule], width: int) -> list[Line]:
    """Everything that the rulebook says of each rule."""
    lines: list[Line] = []
    for rule in rules:
        lines += [*([[]] if lines else []), [(rule.written or rule.shown, NAME)]]
        fields = [(label, text, style) for label, text, style in _fields(rule) if text]
        labels = max(cells(label) for label, _, _ in fields)
        room = max(width - labels - 2 * len(GAP), LEAST_COLUMN)
        for label, text, style in fields:
            for i, part in enumerate(_wrapped(text, room)):
                lines.append(
                    [(GAP + pad("" if i else label, labels, right=False) + GAP, PLAIN), (part, style)]
                )
    return lines


def pages(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The rules by the page of the rulebook on which they stand."""
    grouped: dict[str, list[Rule]] = {}
    for rule in rules:
        grouped.setdefault(rule.page, []).append(rule)
    return grouped


def as_json(rule: Rule) -> str:
    """A rule as one JSON object on a line."""
    fields = {
        "name": rule.name,
        "spellings": list(rule.spellings),
        "call": rule.written,
        "computes": rule.summary,
        "derivative": rule.derivative,
        "domain": rule.domain,
        "backward": rule.backward,
        "example": rule.example,
        "page": rule.page,
    }
    return dumps(fields, ascii=True) + "\n"


def _fields(rule: Rule) -> list[tuple[str, str, str]]:
    return [
        ("computes", rule.summary, PLAIN),
        ("derivative", rule.derivative, GRADIENT),
        ("domain", rule.domain, PLAIN),
        ("also", ", ".join(rule.spellings), NAME),
        ("backward", rule.backward, OPERATION),
        ("example", f"gradcli eval '{rule.example}'" if rule.example else "", VALUE),
    ]


def _wrapped(text: str, room: int) -> list[str]:
    return wrap_text(text, room, break_on_hyphens=False) or [""]


def _entry(rule: Rule, calls: int, width: int) -> list[Line]:
    """A function's lines of the overview: call, then what it computes and the derivative beside or below."""
    call = rule.written
    also = f" (also {', '.join(rule.spellings)})" if rule.spellings else ""
    indent = len(GAP) + calls + len(GAP)
    beside = width - indent >= LEAST_COLUMN
    if not beside:
        indent = 3 * len(GAP)
    room = max(width - indent, LEAST_COLUMN)
    texts = _wrapped(rule.summary + also, room)
    formula = _wrapped(f"derivative {rule.derivative}", room) if rule.differentiable else []
    first: Line = [(GAP, PLAIN), (call, NAME)]
    below: list[Line] = [[(" " * indent, PLAIN), (text, PLAIN)] for text in texts]
    below += [[(" " * indent, PLAIN), (text, GRADIENT)] for text in formula]
    if beside and cells(call) <= calls:
        return [[*first, (" " * (indent - len(GAP) - cells(call)) + texts[0], PLAIN)], *below[1:]]
    return [first, *below]
