"""Values with their errors on a page, rounded to two digits of the error as in a lab; shares in percent."""

from __future__ import annotations

import math

from gradcli.render import numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.render.page import Style
    from gradcli.tables.uncertainty import Input, Uncertain

ERROR_DIGITS = 2
MOST_DIGITS = 17  # of a value whose error is beyond what a double holds
_PLAIN = range(-4, 7)
"""Powers of ten of numbers that are written without one."""


def measured(value: float, error: float, digits: int | None = None, *, unicode: bool = True) -> str:
    """A value and its error: `1.234 ± 0.012`, `1230 ± 120`, `(6.626 ± 0.012)e-34`.

    The error has two significant digits, and the value as many decimal places; both have `digits` significant
    ones where these are asked for, or where there are no such two.
    """
    shown = _measured(value, error, digits)
    return shown if unicode else shown.replace("±", "+/-")


def _measured(value: float, error: float, digits: int | None) -> str:
    if digits is not None or not (math.isfinite(value) and math.isfinite(error) and error):
        most = numbers.DIGITS if digits is None else digits
        return f"{numbers.scalar(value, most)} ± {numbers.scalar(error, most)}"
    last = _power(error, ERROR_DIGITS) - ERROR_DIGITS + 1  # the power of ten of the last digit
    top = max(_power(value, MOST_DIGITS), last + ERROR_DIGITS - 1)
    if top - last >= MOST_DIGITS:
        return f"{numbers.scalar(value, MOST_DIGITS)} ± {numbers.scalar(error, ERROR_DIGITS)}"
    if top in _PLAIN:
        return f"{_rounded(value, last)} ± {_rounded(error, last)}"
    return f"({_shifted(value, top, last)} ± {_shifted(error, top, last)})e{top:+03d}"


def _power(number: float, digits: int) -> int:
    """The power of ten of a number's first digit once it is rounded to so many; that of 0 is the least."""
    return int(f"{number:.{digits - 1}e}".partition("e")[2]) if number else -400


def _rounded(number: float, last: int) -> str:
    """A number with its last digit at a power of ten."""
    from decimal import ROUND_HALF_EVEN, Context, Decimal

    context = Context(prec=400, rounding=ROUND_HALF_EVEN)
    quantum = Decimal((0, (1,), min(last, 0)))
    rounded = Decimal(number)
    if last > 0:
        rounded = rounded.quantize(Decimal((0, (1,), last)), context=context)
    return f"{rounded.quantize(quantum, context=context):f}"


def _shifted(number: float, top: int, last: int) -> str:
    """The same in units of the power of ten `top`."""
    from decimal import ROUND_HALF_EVEN, Context, Decimal

    context = Context(prec=800, rounding=ROUND_HALF_EVEN)
    scaled = Decimal(number).scaleb(-top, context=context)
    return f"{scaled.quantize(Decimal((0, (1,), last - top)), context=context):f}"


def share(part: float) -> str:
    """A part of the variance: `64.2%`."""
    return f"{100 * part:.3g}%" if math.isfinite(part) else numbers.scalar(part, 3)


def given(value: Any, each: Input | None, style: Style) -> str:
    """What stands for the value of a variable: a parameter's, with its error, or that it is a column."""
    if value is None:
        if each is None or each.column is not None:
            return "column"
        size = f"{numbers.scalar(100 * each.size, 6)}%" if each.relative else numbers.scalar(each.size, 6)
        return f"column {'±' if style.unicode else '+/-'} {size}"
    if each is None:
        return numbers.scalar(value, style.digits_of("float64"))
    return measured(value, each.size, style.digits, unicode=style.unicode)


def share_of(uncertain: Uncertain, variable: str) -> str:
    """The cell of a variable in the column of shares."""
    return share(uncertain.shares[variable]) if variable in uncertain.shares else numbers.MISSING
