"""The digits of exact numbers: whole ones with all they have, and fractions with a point where they end."""

from __future__ import annotations

from gradcli.numbers.expression import number as numbered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction

    from gradcli.numbers.expression import Expression


def whole(value: int) -> Expression:
    """A whole number, with every digit where it has more than a float."""
    if value < 2**53:
        return numbered(float(value))
    text = str(value)
    return numbered(float(text), text)


def decimal(value: Fraction) -> str | None:
    """The digits of a fraction that has so many after the point and no more; None of any other."""
    below, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while below % prime == 0:
            below //= prime
            count += 1
        places = max(places, count)
    if below != 1 or places > _MOST_PLACES:
        return None
    before, rest = divmod(value.numerator * 10**places // value.denominator, 10**places)
    digits = str(rest)
    if before == 0 and places - len(digits) > 3:
        return f"{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e-{places - len(digits) + 1}"
    return f"{before}.{rest:0{places}d}"


_MOST_PLACES = 80
