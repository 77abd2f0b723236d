"""Names that a function of arrays is given as single numbers, which is no error and seldom what was meant."""

from __future__ import annotations

from gradcli.evaluation.kinds import payload_of
from gradcli.numbers.expression import Expression, postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.evaluation.machine import Traced
    from gradcli.evaluation.tape import Tape

_OF_ARRAYS = frozenset(("reduction", "linalg", "loss"))
"""Pages of the rulebook: what stands on them does not work on each element of an array alone."""


def singles(traced: Traced) -> Iterator[str]:
    """The names in numbers that a function of arrays is given, at an operation on formulas."""
    if traced.rule is None or traced.rule.page not in _OF_ARRAYS:
        return
    for operand in traced.operands:
        value = payload_of(operand)
        if type(value) is Expression:
            yield from (part.value for part in postorder(value) if part.op == "name")


def singles_of(tape: Tape) -> list[str]:
    """The names in numbers that the functions of arrays on a tape are given."""
    found: set[str] = set()
    for step in tape.steps:
        if step.rule.page in _OF_ARRAYS and step.scalar:
            found |= {part.value for part in postorder(step.expression) if part.op == "name"}
    return [name for name in tape.names if name in found]


def taken_as_numbers(names: Sequence[str]) -> list[str]:
    """What is said of names that are single numbers where a function of arrays has them."""
    if len(names) > 1:
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        return [f"{listed} are taken as one number each, not as vectors"]
    return [f"{name} is taken as one number, not as a vector" for name in names]
