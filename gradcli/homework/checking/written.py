"""A formula as it was written, with its tapes in as many digits as are asked for."""

from __future__ import annotations

from functools import lru_cache

from gradcli.evaluation.kinds import Decimal
from gradcli.evaluation.tape import record
from gradcli.numbers.expression import postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluation.tape import Tape
    from gradcli.numbers.expression import Expression

DIGITS = 50
"""What verdicts are decided with, where nothing cancels."""


@lru_cache(maxsize=8)
def decimal(digits: int) -> Decimal:
    """The kind of number with so many digits."""
    return Decimal(digits)


class Written:
    """A text of the language as an expression, to be carried out with any number of digits."""

    __slots__ = ("_floats", "_tapes", "expression", "text")

    def __init__(self, text: str, expression: Expression) -> None:
        self.text = text
        self.expression = expression
        self._tapes: dict[int, Tape] = {}
        self._floats: Tape | None = None

    def tape(self, digits: int = DIGITS) -> Tape:
        """Its tape in so many digits; raises Diagnostic for what cannot be carried out."""
        if digits not in self._tapes:
            self._tapes[digits] = record(self.text, self.expression, decimal(digits))
        return self._tapes[digits]

    @property
    def floats(self) -> Tape:
        """Its tape on floats, to look around with."""
        if self._floats is None:
            self._floats = self.tape().floats()
        return self._floats

    def literals(self) -> list[Expression]:
        """Its numbers, each value once."""
        found = {part.value: part for part in postorder(self.expression) if part.op == "number"}
        return list(found.values())
