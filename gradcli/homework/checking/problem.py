"""A claim with the numbers to judge it by: F and claim as tapes, and points at which both have a value."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcli.evaluation.kinds import Decimal
    from gradcli.evaluation.tape import Tape

    Number = Any  # an mpf of the problem's kind, or an object array of them


class Sample:
    """A point: the mpf `at` it for every name of F and claim, F's value, its derivative, what is claimed."""

    __slots__ = ("at", "claimed", "true", "value")

    def __init__(self, at: Mapping[str, Number], value: Number, true: Number, claimed: Number) -> None:
        self.at = at
        self.value = value
        self.true = true
        self.claimed = claimed

    def __repr__(self) -> str:
        return f"Sample({dict(self.at)!r}, claimed {self.claimed!r}, true {self.true!r})"


class Problem:
    """Is `claim` the derivative of `f` with respect to `wrt`?

    `samples` are points at which F, derivative and claim are all finite, spread over signs, scales and the
    regions between kinks and borders; letters other than `wrt` have several values among them.
    """

    __slots__ = ("claim", "f", "kind", "samples", "wrt")

    def __init__(self, f: Tape, claim: Tape, wrt: str, kind: Decimal, samples: Sequence[Sample]) -> None:
        self.f = f
        self.claim = claim
        self.wrt = wrt
        self.kind = kind
        self.samples = list(samples)

    @property
    def names(self) -> tuple[str, ...]:
        """Every letter of F and claim, the variable first."""
        return tuple(dict.fromkeys((self.wrt, *self.f.names, *self.claim.names)))

    def __repr__(self) -> str:
        return f"<Problem d({self.f.text})/d{self.wrt} = {self.claim.text}, {len(self.samples)} samples>"
