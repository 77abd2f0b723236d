"""Names for what a formula repeats."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.numbers.expression import Expression


def share(expressions: Sequence[Expression]) -> tuple[list[tuple[str, Expression]], list[Expression]]:
    """Names."""
    return [], list(expressions)
