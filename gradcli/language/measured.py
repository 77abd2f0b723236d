"""Values with their errors as they are written, `2.0±0.1`, and texts that may be one or a sum or product."""

from __future__ import annotations

import re

from gradcli.language.diagnostics import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.numbers.expression import Expression

SIGNS = ("±", "+/-")
COMMON = r"^\s*\(\s*([^()±%]*?)\s*(?:±|\+/-)\s*([^()±%]*?)\s*(%?)\s*\)\s*([eE][-+]?[0-9]+)\s*$"
"""`(2.50±0.05)e3`, where value and error have the power of ten in common: a pattern for RE2, too."""
_NUMBER = r"[-+−]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_SIGNED = re.compile(rf"({_NUMBER}(?:[eE][-+]?[0-9]+)?)\s*\+\s*[-−]\s*([0-9.]+(?:[eE][-+]?[0-9]+)?)")
_CONCISE = re.compile(rf"({_NUMBER})\(([0-9]+\.?[0-9]*)\)((?:[eE][-+]?[0-9]+)?)")
_SUSPECT = ("add", "sub", "mul")  # `6.6(12)e-3` ends in a difference, e - 3


def parted(text: str) -> tuple[str, str | None]:
    """A value and its error, None where there is none."""
    common = re.match(COMMON, text)
    if common is not None:
        value, error, percent, power = common.groups()
        return value + power, error + (percent or power)
    for sign in SIGNS:
        value, found, error = text.partition(sign)
        if found:
            return value.strip(), error.strip()
    return text, None


def two_readings(text: str) -> tuple[str, str, str] | None:
    """What else than an error a text may mean, as it is written with its error, and as that; None if clear.

    To the language `2+-0.1` is a sum and `2.00(5)` a product; in a laboratory they are 2±0.1 and 2.00±0.05.
    """
    found = _SIGNED.fullmatch(text.strip())
    if found:
        return "a sum", f"{found[1]}±{found[2]}", f"{found[1]}-{found[2]}"
    found = _CONCISE.fullmatch(text.strip())
    if found is None:
        return None
    value, digits, power = found.groups()
    error = digits
    places = len(value.partition(".")[2])
    if places and "." not in digits:  # the error is one of the last digits
        padded = digits.rjust(places + 1, "0")
        error = f"{padded[:-places]}.{padded[-places:]}"
    return "a product", f"{value}{power}±{error}{power}", f"{value}*{digits}{power}"


def verify_one_reading(text: str, name: str, value: Expression) -> None:
    """Raise Diagnostic where the value that `text` binds to a name may be one with its error."""
    if value.op not in _SUSPECT or value.span is None:
        return
    start, end = value.span
    readings = two_readings(text[start:end])
    if readings is None:
        return
    other, measured, written = readings
    raise Diagnostic(
        "syntax",
        f"'{text[start:end]}' may be a value with its error, or {other}",
        [(value.span, f"write {name}={written} for {other}")],
        hint=f"values with errors, as {name}={measured}, are for gradcli map",
    )
