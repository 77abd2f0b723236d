"""Numbers as text: scalars of every kind and arrays of every rank, with the digits asked, long arrays cut."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

DIGITS = 10  # significant digits of the value and of the table
TREE_DIGITS = 4
CUT = "…"
MISSING = "-"
EDGE = 4  # elements kept at either end of an axis that is cut
LONGEST_AXIS = 12  # rows of a matrix shown without a cut


class Shown:
    """The text of a payload: its lines, and how many of its elements they leave out."""

    __slots__ = ("hidden", "lines", "size")

    def __init__(self, lines: list[str], size: int = 1, hidden: int = 0) -> None:
        self.lines = lines
        self.size = size
        self.hidden = hidden


def scalar(value: Any, digits: int) -> str:
    """One number with so many significant digits, trailing zeros dropped: `4`, `-0.2879`, `1e+20`, `-0`."""
    if type(value) is float:
        return format(value, f".{digits}g")
    if value is None:
        return MISSING
    if type(value).__module__.startswith("mpmath"):
        from mpmath import nstr

        text: str = nstr(value, digits)
        mantissa, e, exponent = text.partition("e")
        return mantissa.removeprefix("+").removesuffix(".0") + e + exponent
    if type(value) in (bool, int) or not hasattr(value, "__float__"):
        return str(value)
    return format(float(value), f".{digits}g")


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a payload; () of a scalar."""
    return () if type(value) is float else getattr(value, "shape", ())


def show(value: Any, digits: int, room: int) -> Shown:
    """A payload as a block of lines at most `room` columns wide if it can be, matrices a row a line."""
    shape = shape_of(value)
    if not shape:
        return Shown([scalar(value, digits)])
    size = _product(shape)
    if not size:
        return Shown([f"[] of shape {shape}"], 0)
    for edge in (None, EDGE, EDGE - 1, EDGE - 2, 1):
        picks = [
            _picks(length, edge if axis == len(shape) - 1 else None) for axis, length in enumerate(shape)
        ]
        lines = _block(_texts(value, picks, digits))
        if max(map(len, lines)) <= room:
            break
    return Shown(lines, size, size - _product([sum(i is not None for i in pick) for pick in picks]))


def inline(value: Any, digits: int, most: int) -> str:
    """A payload on one line: an array of more than `most` elements by its shape."""
    shape = shape_of(value)
    if not shape:
        return scalar(value, digits)
    if _product(shape) > most:
        return f"shape {shape}"
    return _flat(_texts(value, [_picks(length, None) for length in shape], digits))


def _flat(texts: Any) -> str:
    return f"[{', '.join(text if isinstance(text, str) else _flat(text) for text in texts)}]"


def _product(lengths: Sequence[int]) -> int:
    product = 1
    for length in lengths:
        product *= length
    return product


def _picks(length: int, edge: int | None) -> list[int | None]:
    """The indices of an axis that are shown; None stands for those left out."""
    if edge is None:
        if length <= LONGEST_AXIS:
            return list(range(length))
        edge = EDGE
    if length <= 2 * edge:
        return list(range(length))
    return [*range(edge), None, *range(length - edge, length)]


def _texts(value: Any, picks: Sequence[list[int | None]], digits: int) -> Any:
    """Nested lists of the texts of the elements picked: as many levels as axes, 64 at the most."""
    if not picks:
        return scalar(value, digits)
    return [CUT if i is None else _texts(value[i], picks[1:], digits) for i in picks[0]]


def _block(texts: Any) -> list[str]:
    """Nested lists of texts as lines with brackets, the columns of a matrix aligned."""
    if isinstance(texts[0], str):
        return [_flat(texts)]
    rows = list(_rows(texts))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return _bracketed(texts, widths)


def _rows(texts: Any) -> Any:
    for part in texts:
        if part == CUT:
            continue
        if isinstance(part[0], str):
            yield part
        else:
            yield from _rows(part)


def _bracketed(texts: Any, widths: Sequence[int]) -> list[str]:
    if isinstance(texts[0], str):
        return ["[" + ", ".join(text.rjust(width) for text, width in zip(texts, widths, strict=True)) + "]"]
    lines: list[str] = []
    for i, part in enumerate(texts):
        inner = [CUT] if part == CUT else _bracketed(part, widths)
        opening = ["[" if i == 0 else " ", *[" "] * (len(inner) - 1)]
        lines += [a + b for a, b in zip(opening, inner, strict=True)]
        lines[-1] += "]" if i == len(texts) - 1 else ","
    return lines
