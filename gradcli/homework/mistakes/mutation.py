"""A mistake that may be made at an operation: the rule as the student has it, and what to say of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.homework.mistakes.graph import Number, Site

    Tangent = Callable[[Site], Number]


class Mutation:
    """One row of the catalogue.

    `tag` says at which operations the mistake can be made (see `structure`), `rarity` how seldom it is, 0
    for the commonest, and `tangent` what the derivative of the operation becomes. `rule` is what a tutor
    reminds of, `gives` what should stand there, `hint` where to look; words in braces are filled in by
    `wording.Words`.
    """

    __slots__ = ("gives", "hint", "name", "rarity", "rule", "tag", "tangent")

    def __init__(
        self, name: str, tag: str, rarity: int, tangent: Tangent, *, rule: str, gives: str, hint: str
    ) -> None:
        self.name = name
        self.tag = tag
        self.rarity = rarity
        self.tangent = tangent
        self.rule = rule
        self.gives = gives
        self.hint = hint

    def __repr__(self) -> str:
        return f"<Mutation {self.name} of {self.tag}>"
