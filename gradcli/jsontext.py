"""Texts and numbers as JSON: what no line of JSON may hold raw, and what it has no numbers for."""

from __future__ import annotations

import re
from json.encoder import encode_basestring, encode_basestring_ascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

INFINITE = float("inf")

# JSON asks for escapes of C0, quotation marks and backslashes only. A terminal obeys C1 as well; controls of
# direction show a text in another order than it has; and many readers end a line at U+0085, U+2028 or U+2029.
_RAW = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
NOT_PLAIN = r'["\\\x00-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]'
"""What a text as UTF-8 must not hold to stand between quotation marks as it is: a pattern for bytes."""


def text(words: str, *, ascii: bool = False) -> str:
    """A text of JSON; with `ascii`, all that is not ASCII as escapes."""
    return encode_basestring_ascii(words) if ascii else escaped(encode_basestring(words))


def escaped(written: str) -> str:
    """JSON, which has such characters within its texts alone, without those that are never to stand raw."""
    if written.isascii() and "\x7f" not in written:
        return written
    return _RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def dumps(data: Any, *, ascii: bool = False, default: Any = None) -> str:
    """Plain data as JSON, whose numbers must be finite: `plain` makes texts of the others."""
    import json

    return escaped(json.dumps(data, ensure_ascii=ascii, allow_nan=False, default=default))


def number(value: float) -> str:
    """A float with every digit; nan and the infinities, for which JSON has no number, as texts."""
    return repr(value) if value - value == 0.0 else f'"{value}"'


def plain(value: Any) -> Any:
    """A payload as floats, arrays as lists of them, as `number` has them; None for none."""
    if value is None:
        return None
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [plain(part) for part in value]
    value = float(value)
    return value if -INFINITE < value < INFINITE else str(value)
