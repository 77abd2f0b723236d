"""Texts that differ in their numbers only: what they have in common, and the numbers."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Surely a NUMBER token by itself; what may be part of a name or of another number (log2, 2x, .5) stays.
# It begins with a digit, and only then looks back, so that the search runs from digit to digit.
_NUMBER = re.compile(r"([0-9](?<![\w.][0-9])[0-9]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)(?![\w.])")

GAP = "\0"
"""Stands for a number that was taken out; no text of the language holds it."""

MOST = 512
"""So many texts at least are remembered, and twice as many at most: a stream may go on forever."""


def split(text: str) -> tuple[str, list[str]]:
    """A text with gaps for its numbers, and these as they were written.

    Beyond ASCII, where a digit may belong to a name in many ways, the text has all of it.
    """
    if not text.isascii():
        return text, []
    parts = _NUMBER.split(text)
    return GAP.join(parts[::2]), parts[1::2]


class Recent:
    """The latest things by their texts: the older half is forgotten when the newer one is full."""

    __slots__ = ("_new", "_old")

    def __init__(self) -> None:
        self._new: dict[str, Any] = {}
        self._old: dict[str, Any] = {}

    def get(self, text: str) -> Any:
        """What was kept for a text; None where nothing is."""
        found = self._new.get(text)
        if found is None:
            found = self._old.get(text)
            if found is not None:
                self.keep(text, found)
        return found

    def keep(self, text: str, value: Any) -> None:
        """Remember a thing, which is not None."""
        if len(self._new) >= MOST:
            self._old, self._new = self._new, {}
        self._new[text] = value

    def clear(self) -> None:
        """Forget everything."""
        self._new, self._old = {}, {}


class Memory:
    """Things by texts: one for all that differ in their numbers only, or else one for each of them."""

    __slots__ = ("_each", "_shared")

    def __init__(self) -> None:
        self._shared = Recent()
        self._each = Recent()

    def get(self, skeleton: str, text: str) -> Any:
        """What was kept for a text, which `split` gave the skeleton of; None where nothing is."""
        found = self._shared.get(skeleton)
        return self._each.get(text) if found is _EACH else found

    def share(self, skeleton: str, value: Any) -> None:
        """Remember a thing for all texts of a skeleton."""
        self._shared.keep(skeleton, value)

    def keep(self, skeleton: str, text: str, value: Any) -> None:
        """Remember a thing for this one text of the skeleton."""
        self._shared.keep(skeleton, _EACH)
        self._each.keep(text, value)

    def clear(self) -> None:
        """Forget everything."""
        self._shared.clear()
        self._each.clear()


_EACH = object()  # of a skeleton: each of its texts has a thing of its own
