"""Errors and notes as lines: what is wrong, where, the text with carets under the culprit, the way out."""

from __future__ import annotations

from gradcli.language.reader import one_line
from gradcli.render.layout import ERROR, GUIDE, HINT, NOTE, PLAIN, cells, clip, escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.evaluation.results import Failure, Note
    from gradcli.render.layout import Line

LONGEST_WORDS = 40  # of a text quoted in a note
LEAST_WINDOW = 30
LONGEST_MESSAGE = 1000


def message(text: str, hint: str = "") -> list[Line]:
    """An error that is about no text."""
    lines: list[Line] = [[("error: ", ERROR), (escape(clip(text, LONGEST_MESSAGE)), PLAIN)]]
    if hint:
        lines.append([(f"  {escape(hint)}", HINT)])
    return lines


def failure(failure: Failure, *, file: str | None, width: int, what: str = "") -> list[Line]:
    """An error in a text; `what` says which text where it is not a statement: `value of x: `."""
    diagnostic = failure.diagnostic
    lines = message(what + diagnostic.message)
    if diagnostic.labels:
        start = diagnostic.labels[0][0][0]
        line, column = position(failure.text, start, failure.line)
        place = f"line {line}, column {column}" if file is None else f"{escape(file)}:{line}:{column}"
        lines.append([(f"  {place}", GUIDE)])
        lines += excerpts(failure.text, diagnostic.labels, width)
    elif file is not None:
        lines.append([(f"  {escape(file)}:{failure.line}", GUIDE)])
    if diagnostic.hint:
        lines.append([(f"  {escape(diagnostic.hint)}", HINT)])
    return lines


def notes(notes: Sequence[Note], text: str, *, file: str | None, first_line: int) -> list[Line]:
    """A line a note, each with the place that it is about."""
    lines: list[Line] = []
    for note in notes:
        line: Line = [("note: ", NOTE), (escape(note.text), PLAIN)]
        where = _place(note, text, file, first_line)
        if where:
            line.append((f" ({where})", HINT))
        lines.append(line)
    return lines


def note_text(note: Note, text: str, first_line: int = 1) -> str:
    """A note in one line of plain text, with the place that it is about."""
    where = _place(note, text, None, first_line)
    return f"{note.text} ({where})" if where else note.text


def position(text: str, offset: int, first_line: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character of a text that begins on a line of its file."""
    return first_line + text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset)


def _place(note: Note, text: str, file: str | None, first_line: int) -> str:
    """Where a note's span stands, and the words themselves."""
    if note.span is None:
        return f"{escape(file)}:{first_line}" if file is not None and first_line else ""
    start, end = note.span
    line, column = position(text, start, first_line)
    if file is not None:
        place = f"{escape(file)}:{line}:{column}"
    else:
        place = f"line {line}, column {column}" if line > 1 else f"column {column}"
    words = " ".join(one_line(text[start : min(end, start + 2 * LONGEST_WORDS)]).split())
    return f"{place}: {clip(escape(words), LONGEST_WORDS)}" if words else place


def excerpts(text: str, labels: Sequence[tuple[tuple[int, int], str]], width: int) -> list[Line]:
    """The lines of the text that labels are about, each once, with a line of carets for every label.

    Labels without words that stand side by side share theirs.
    """
    lines: list[Line] = []
    shown = -1
    window = (0, 0)
    taken = 0  # columns of the last line of carets that are in use, where another label may still stand on it
    for (start, end), words in sorted(labels, key=lambda label: label[0][0]):
        begin = text.rfind("\n", 0, start) + 1
        stop = text.find("\n", begin)
        stop = len(text) if stop < 0 else stop
        if begin != shown or not window[0] <= start <= window[1]:
            shown, taken = begin, 0
            window = _window(begin, stop, start, max(width - 6, LEAST_WINDOW))
            before = "…" if window[0] > begin else ""
            after = "…" if window[1] < stop else ""
            lines.append([("  │ ", GUIDE), (before + escape(text[window[0] : window[1]]) + after, PLAIN)])
        indent = cells(escape(text[window[0] : start])) + (window[0] > begin)
        carets = max(cells(escape(text[start : min(end, window[1])])), 1)
        if words or not 0 < taken <= indent:
            taken = 0
            lines.append([("  │ ", GUIDE)])
        lines[-1].append((" " * (indent - taken) + "^" * carets, ERROR))
        lines[-1].append((f" {escape(words)}" if words else "", HINT))
        taken = 0 if words else indent + carets
    return lines


def _window(begin: int, stop: int, at: int, room: int) -> tuple[int, int]:
    """The part of a long line that is shown: the culprit with some text on both sides."""
    if stop - begin <= room:
        return begin, stop
    left = max(begin, min(at - room // 2, stop - room))
    return left, min(stop, left + room)
