"""A mistake that may be made at an operation: the rule as the student has it, and what a tutor says of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.homework.mistakes.graph import Number, Site

    Tangent = Callable[[Site], Number]


class Lesson:
    """What a tutor says: the rule and the place, what it gives there, and a hint of where to look only.

    What stands in braces is filled in by `words.Words`.
    """

    __slots__ = ("gives", "hint", "rule")

    def __init__(self, rule: str, gives: str, hint: str) -> None:
        self.rule = rule
        self.gives = gives
        self.hint = hint


class Mutation:
    """One row of the catalogue.

    `tag` says at which operations the mistake can be made (see `structure`), `rarity` how seldom it is made,
    0 for the commonest, and `tangent` what the derivative of the operation becomes by it.
    """

    __slots__ = ("lesson", "name", "rarity", "tag", "tangent")

    def __init__(self, name: str, tag: str, rarity: int, tangent: Tangent, lesson: Lesson) -> None:
        self.name = name
        self.tag = tag
        self.rarity = rarity
        self.tangent = tangent
        self.lesson = lesson

    def __repr__(self) -> str:
        return f"<Mutation {self.name} of {self.tag}>"
