"""What homework hands out: verdicts, counterexamples, mistakes; plain data, no layout."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Literal

    from gradcli.language.diagnostics import Diagnostic
    from gradcli.numbers.expression import Span

    Number = Any  # an mpf of the check's digits, or an object array of them
    Word = Literal["correct", "wrong", "undecided", "unreadable"]

CORRECT: Word = "correct"
WRONG: Word = "wrong"
UNDECIDED: Word = "undecided"
UNREADABLE: Word = "unreadable"


class Counterexample:
    """A point where claim and derivative differ: the plainest that shows it."""

    __slots__ = ("at", "claimed", "true")

    def __init__(self, at: Mapping[str, Number], claimed: Number, true: Number) -> None:
        self.at = dict(at)
        self.claimed = claimed
        self.true = true

    @property
    def difference(self) -> Number:
        """What the claim is too large by."""
        return self.claimed - self.true

    @property
    def ratio(self) -> Number | None:
        """The claim as a multiple of the truth; None where the truth is 0, and for arrays."""
        return self.claimed / self.true if not hasattr(self.true, "shape") and self.true else None

    def __repr__(self) -> str:
        return f"Counterexample({self.at!r}, claimed {self.claimed!r}, true {self.true!r})"


class Mistake:
    """One mistake that gives the claim: its name, where in F it was made, and what a tutor says of it.

    `spans` are the places in F's text, one for each of structurally equal operations, none where it is about
    the whole; `operation` is the text there. `says` names rule and place and what should stand there; `hint`
    says only where to look, and gives nothing of the answer away. With `together` it gives the claim only
    with the other mistakes that are named beside it.
    """

    __slots__ = ("hint", "name", "operation", "says", "spans", "together")

    def __init__(
        self, name: str, says: str, hint: str, *, spans: Sequence[Span] = (), operation: str = ""
    ) -> None:
        self.name = name
        self.says = says
        self.hint = hint
        self.spans = tuple(spans)
        self.operation = operation
        self.together = False

    def __repr__(self) -> str:
        return f"Mistake({self.name!r}, {self.says!r}, at {self.operation!r})"


class Verdict:
    """The answer to one claim.

    `detail` is one sentence: why wrong or undecided, where wrong, or the diagnostic's message of what cannot
    be read. `read` is the claim in the form in which it was taken, `f_read` F; `readings` say what was
    assumed ("taken as the right side of the equation", "xe is read as x*e"). `notes` qualify a right answer
    ("only for x > 0"). `points` were compared, at `skipped` one side or both were undefined.
    `mistakes` are all that give the claim, the likeliest first. `diagnostic` points into `text`, which is the
    claim's or F's, and is there for the unreadable. `failure` is the exception with which the search for
    mistakes ended, if it did: the verdict stands, and `detail` says so.
    """

    __slots__ = (
        "claim",
        "counterexample",
        "detail",
        "diagnostic",
        "f",
        "f_read",
        "failure",
        "mistakes",
        "notes",
        "points",
        "read",
        "readings",
        "skipped",
        "text",
        "verdict",
        "wrt",
    )

    def __init__(
        self,
        verdict: Word,
        f: str,
        claim: str,
        wrt: str,
        *,
        detail: str = "",
        read: str = "",
        f_read: str = "",
        readings: Sequence[str] = (),
        notes: Sequence[str] = (),
        points: int = 0,
        skipped: int = 0,
        counterexample: Counterexample | None = None,
        mistakes: Sequence[Mistake] = (),
        diagnostic: Diagnostic | None = None,
        text: str = "",
    ) -> None:
        self.verdict = verdict
        self.f = f
        self.claim = claim
        self.wrt = wrt
        self.detail = detail
        self.read = read
        self.f_read = f_read
        self.readings = list(readings)
        self.notes = list(notes)
        self.points = points
        self.skipped = skipped
        self.counterexample = counterexample
        self.mistakes = list(mistakes)
        self.diagnostic = diagnostic
        self.text = text
        self.failure: Exception | None = None

    def __bool__(self) -> bool:
        """Whether the claim is right; what is undecided or unreadable is not known to be."""
        return self.verdict == CORRECT

    @property
    def likeliest(self) -> list[Mistake]:
        """The mistakes to be told in words: two at most, and nothing beside a number that is not exact."""
        return self.mistakes[: 1 if self.mistakes and self.mistakes[0].name == "rounded" else 2]

    def __repr__(self) -> str:
        return f"<Verdict {self.verdict} on {self.claim!r} for {self.f!r}: {self.detail}>"
