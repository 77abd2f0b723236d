"""The verdict on a claimed derivative, as a page and as JSON.

The keys of the JSON are `verdict`, `mistakes` (names, the likeliest first), `counterexample` (`at`,
`claimed`, `true`, `ratio`, `difference`; null where there is none), `points` and `skipped` (how many were
compared, and how many were not because a side has no value there), `detail`, `f`, `claim`, `wrt`, `read` (the
claim in the form in which it was taken), `readings` (what was assumed in that), `notes`, `explanations`
(`mistake`, `text`, `hint`, `operation`, `spans`, `together`; one for each of `mistakes`) and `error` (`in`,
`kind`, `message`, `hint`, `span`; null where all could be read). For a hint everything that gives the right
answer away is null or empty.
"""

from __future__ import annotations

from gradcli import jsontext
from gradcli.homework.results import CORRECT, UNREADABLE, WRONG
from gradcli.jsontext import plain
from gradcli.render import numbers
from gradcli.render.diagnostics import excerpts
from gradcli.render.layout import (
    ERROR,
    GAP,
    GRADIENT,
    HEADER,
    HINT,
    NAME,
    NOTE,
    PLAIN,
    RIGHT,
    VALUE,
    cells,
    clip,
    escape,
    name,
    pad,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.homework.results import Counterexample, Mistake, Verdict
    from gradcli.render.layout import Line

STYLES: dict[str, str] = {CORRECT: RIGHT, WRONG: ERROR, UNREADABLE: ERROR}
"""How a verdict is written; NOTE where none of these."""

LEAST_ROOM = 24
LONGEST_FORMULA = 400
MOST_ELEMENTS = 16
LARGEST_DENOMINATOR = 24
EXACT = 1e-20  # what a ratio may be off by to be shown as a fraction


def style_of(verdict: str) -> str:
    """How the word of a verdict is written."""
    return STYLES.get(verdict, NOTE)


def page(verdict: Verdict, *, width: int, hint: bool = False) -> list[Line]:
    """Everything on a claim; for a hint only where to look."""
    if verdict.verdict == UNREADABLE:
        return _unreadable(verdict, width)
    lines = _headline(verdict, width)
    lines += _reading(verdict, width)
    if verdict.verdict == WRONG:
        lines += _hints(verdict, width) if hint else _reasons(verdict, width)
    elif verdict.detail:
        lines += wrapped(verdict.detail, width, PLAIN)
    if not (hint and verdict.verdict == WRONG):
        lines += [line for note in verdict.notes for line in wrapped(note, width, PLAIN, "note: ", NOTE)]
    return [*lines, *_points(verdict, width)]


def record(verdict: Verdict, *, hint: bool = False) -> dict[str, Any]:
    """A verdict as plain data, for JSON and for other processes."""
    veiled = hint and verdict.verdict == WRONG
    told = verdict.mistakes
    return {
        "verdict": verdict.verdict,
        "mistakes": [mistake.name for mistake in told],
        "counterexample": _counterexample_record(verdict.counterexample, veiled=veiled),
        "points": verdict.points,
        "skipped": verdict.skipped,
        "detail": detail(verdict, hint=hint),
        "f": verdict.f,
        "claim": verdict.claim,
        "wrt": verdict.wrt,
        "read": verdict.read,
        "f_read": verdict.f_read,
        "readings": list(verdict.readings),
        "notes": [] if veiled else list(verdict.notes),
        "explanations": [_explanation(mistake, veiled=veiled) for mistake in told],
        "error": _error(verdict),
    }


def detail(verdict: Verdict, *, hint: bool = False) -> str:
    """The verdict's reason in a sentence; for a hint on a wrong answer, where to look."""
    told = verdict.mistakes
    if hint and verdict.verdict == WRONG:
        return next((mistake.hint for mistake in told if mistake.hint), "")
    if verdict.verdict != WRONG:
        return verdict.detail or "; ".join(verdict.notes)
    reason = "" if told and _names_mistakes(verdict) else verdict.detail
    shown = told[0].says if told else _in_a_line(verdict.counterexample)
    return "; ".join(part for part in (reason, shown) if part)


def as_json(fields: dict[str, Any], *, ascii: bool = False) -> str:
    """Plain data as a line of JSON."""
    return jsontext.dumps(fields, ascii=ascii) + "\n"


def of_f(verdict: Verdict) -> bool:
    """Whether it is F that cannot be read."""
    return verdict.diagnostic is not None and verdict.text == verdict.f and verdict.text != verdict.claim


def wrapped(text: str, width: int, style: str, lead: str = "", lead_style: str = PLAIN) -> list[Line]:
    """A text from outside on lines that fit the page, the first with a lead of another style."""
    from textwrap import wrap

    room = max(width, LEAST_ROOM)
    parts = wrap(lead + escape(text), room, break_on_hyphens=False, drop_whitespace=True) or [lead]
    lines: list[Line] = [[(part, style)] for part in parts]
    if lead and parts[0].startswith(lead.rstrip()):
        cut = min(len(lead), len(parts[0]))
        lines[0] = [(parts[0][:cut], lead_style), (parts[0][cut:], style)]
    return lines


# --- the page ---


def _headline(verdict: Verdict, width: int) -> list[Line]:
    """The verdict and what it is about, on two lines where one is too narrow."""
    word = f"{verdict.verdict}: "
    f = escape(verdict.f.strip())
    # As it was written where that is a formula, and not an equation or names run together.
    claim = escape((verdict.read if verdict.readings else verdict.claim).strip())
    relation = "= " if verdict.verdict == CORRECT else "is not " if verdict.verdict == WRONG else "=? "
    opening = f"d/d{verdict.wrt}("
    style = style_of(verdict.verdict)
    whole = f"{word}{opening}{f}) {relation}{claim}"
    if cells(whole) <= width:
        return [[(word, style), (whole[len(word) :], HEADER)]]
    return [
        *wrapped(f"{opening}{middle(f, LONGEST_FORMULA)})", width, HEADER, word, style),
        *wrapped(relation + middle(claim, LONGEST_FORMULA), width, HEADER, GAP),
    ]


def _reading(verdict: Verdict, width: int) -> list[Line]:
    """How F and the claim were read, where that is not as they were written."""
    lines: list[Line] = []
    if is_read_otherwise(verdict.f, verdict.f_read) and verdict.f_read not in verdict.detail:
        lines += wrapped(f"F read as {middle(verdict.f_read, LONGEST_FORMULA)}", width, HINT)
    if verdict.readings:
        lines += wrapped("; ".join(verdict.readings), width, HINT)
    elif is_read_otherwise(verdict.claim, verdict.read) and verdict.read not in verdict.detail:
        lines += wrapped(f"read as {middle(verdict.read, LONGEST_FORMULA)}", width, HINT)
    return lines


def is_read_otherwise(written: str, read: str) -> bool:
    """Whether a text was read in another form than it was written, blanks and the sign of a power apart."""
    return read.replace(" ", "") not in ("", "".join(written.split()).replace("^", "**"))


def _reasons(verdict: Verdict, width: int) -> list[Line]:
    """What is wrong, with the places in F and the counterexample."""
    lines: list[Line] = []
    told = verdict.likeliest
    if verdict.detail and not (told and _names_mistakes(verdict)):
        lines += wrapped(verdict.detail, width, PLAIN)
    if told and told[0].together:  # the first one's words are about both
        names = " together with ".join(mistake.name for mistake in told)
        lines += [[], *wrapped(told[0].says, width, PLAIN, f"{names}: ", ERROR)]
        lines += _places(verdict, told, width)
        told = []
    for i, mistake in enumerate(told):
        lead = ("consistent with ", "or with ")[i] if len(told) > 1 else ""
        lines += [[], *wrapped(mistake.says, width, PLAIN, f"{lead}{mistake.name}: ", ERROR)]
        lines += _places(verdict, [mistake], width)
    if verdict.counterexample is not None:
        lines += [[], *_counterexample(verdict.counterexample, width)]
    return lines


def _names_mistakes(verdict: Verdict) -> bool:
    """Whether the detail says no more than the names of the mistakes."""
    return not verdict.detail or verdict.detail.startswith("consistent with ")


def _hints(verdict: Verdict, width: int) -> list[Line]:
    """Where to look, and nothing that gives the answer away."""
    lines: list[Line] = []
    shown: list[tuple[str, object]] = []
    for mistake in verdict.likeliest:
        hint = (mistake.hint, mistake.spans)
        if mistake.hint and hint not in shown:
            shown.append(hint)
            lines += [[], *wrapped(mistake.hint, width, PLAIN, "hint: ", HINT)]
            lines += _places(verdict, [mistake], width)
    if not lines and verdict.counterexample is not None:
        text = f"try {_point(verdict.counterexample)}: what you give there is not the slope"
        lines += [[], *wrapped(text, width, PLAIN, "hint: ", HINT)]
    return lines


def _places(verdict: Verdict, mistakes: Sequence[Mistake], width: int) -> list[Line]:
    spans = dict.fromkeys(span for mistake in mistakes for span in mistake.spans)
    return excerpts(verdict.f, [(span, "") for span in spans], width)


def _counterexample(example: Counterexample, width: int) -> list[Line]:
    """The numbers of both sides at a point, one below the other."""
    rows = [("claimed", _number(example.claimed)), ("true", _number(example.true))]
    ratio = _ratio(example)
    if ratio:
        rows.append(("ratio", ratio))
    rows.append(("difference", _number(example.difference)))
    labels = max(len(label) for label, _ in rows)
    # A minus stands before the column of first digits.
    indent = any(text.startswith("-") for _, text in rows)
    lines = wrapped(f"at {_point(example)}:", width, HEADER)
    for label, text in rows:
        shown = text if text.startswith("-") or not indent else f" {text}"
        style = GRADIENT if label == "true" else VALUE
        lines.append([(GAP + pad(label, labels, right=False) + GAP, NAME), (shown, style)])
    return lines


def _in_a_line(example: Counterexample | None) -> str:
    if example is None:
        return ""
    claimed, true = _number(example.claimed), _number(example.true)
    return f"at {_point(example)} it is {claimed}, the derivative {true}"


def _point(example: Counterexample) -> str:
    return ", ".join(f"{name(key)} = {_number(value)}" for key, value in example.at.items())


def _number(value: Any) -> str:
    return numbers.inline(value, numbers.DIGITS, MOST_ELEMENTS)


def _ratio(example: Counterexample) -> str:
    """The claim as a multiple of the truth, as a fraction beside it where it is one."""
    if numbers.shape_of(example.claimed) or numbers.shape_of(example.true):
        return ""
    ratio = example.ratio
    if ratio is None:
        return ""
    text = _number(ratio)
    if "." in text:
        for denominator in range(2, LARGEST_DENOMINATOR + 1):
            numerator = round(float(ratio * denominator))
            if numerator and abs(ratio * denominator - numerator) < EXACT * abs(numerator):
                return f"{text} ({numerator}/{denominator})"
    return text


def _points(verdict: Verdict, width: int) -> list[Line]:
    if not verdict.points and not verdict.skipped:
        return []
    text = f"compared at {_counted(verdict.points, 'point')}"
    if verdict.skipped:
        text += f"; at {verdict.skipped} more one side has no value"
    return [[], *wrapped(text, width, HINT)]


def _unreadable(verdict: Verdict, width: int) -> list[Line]:
    """What cannot be read, with carets, and the way out."""
    diagnostic = verdict.diagnostic
    word, style = f"{verdict.verdict}: ", style_of(verdict.verdict)
    if diagnostic is None:
        return wrapped(verdict.detail, width, PLAIN, word, style)
    what = "F: " if of_f(verdict) else ""
    lines = wrapped(what + diagnostic.message, width, PLAIN, word, style)
    lines += excerpts(verdict.text, diagnostic.labels, width)
    if diagnostic.hint:
        lines += wrapped(diagnostic.hint, width, HINT, GAP, HINT)
    return lines


def middle(text: str, room: int) -> str:
    """Cut a text that takes more than `room` columns in its middle."""
    if cells(text) <= room:
        return text
    half = (room - 1) // 2
    return clip(text, room - half)[:-1] + "…" + text[-half:]


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}" + ("" if number == 1 else "s")


# --- plain data ---


def _counterexample_record(example: Counterexample | None, *, veiled: bool) -> dict[str, Any] | None:
    if example is None:
        return None
    at = {key: plain(value) for key, value in example.at.items()}
    arrays = numbers.shape_of(example.claimed) or numbers.shape_of(example.true)
    ratio = None if arrays or example.ratio is None else plain(example.ratio)
    fields = {"true": plain(example.true), "ratio": ratio, "difference": plain(example.difference)}
    if veiled:
        fields = dict.fromkeys(fields)
    return {"at": at, "claimed": plain(example.claimed), **fields}


def _explanation(mistake: Mistake, *, veiled: bool) -> dict[str, Any]:
    return {
        "mistake": mistake.name,
        "text": None if veiled else mistake.says,
        "hint": mistake.hint,
        "operation": mistake.operation,
        "spans": [list(span) for span in mistake.spans],
        "together": mistake.together,
    }


def _error(verdict: Verdict) -> dict[str, Any] | None:
    diagnostic = verdict.diagnostic
    if diagnostic is None:
        return None
    return {
        "in": "f" if of_f(verdict) else "claim",
        "kind": diagnostic.kind,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "span": None if diagnostic.span is None else list(diagnostic.span),
    }
