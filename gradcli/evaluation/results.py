"""What an evaluation hands out: results, graphs, notes, printed lines, failures; plain data, no layout."""

from __future__ import annotations

from gradcli.language.diagnostics import clip_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcli.evaluation.cancellation import Losses
    from gradcli.evaluation.verification import Verification
    from gradcli.language.diagnostics import Diagnostic

    # float | numpy.ndarray | mpmath.mpf | object array of mpf
    Payload = Any
    Span = tuple[int, int]

OPERATION = "operation"
VARIABLE = "variable"
CONSTANT = "constant"


class Note:
    """Something a reader should know about a number: what to say, and the place in the text it is about."""

    __slots__ = ("span", "text")

    def __init__(self, text: str, span: Span | None = None) -> None:
        self.text = clip_words(text)
        self.span = span  # offsets into the result's text; None where it is about no one place

    def moved(self, offset: int) -> Note:
        """The same note for a text that begins `offset` characters later."""
        if not offset or self.span is None:
            return self
        return Note(self.text, (self.span[0] - offset, self.span[1] - offset))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Note) and (self.text, self.span) == (other.text, other.span)

    def __hash__(self) -> int:
        return hash((self.text, self.span))

    def __repr__(self) -> str:
        return f"Note({self.text!r}, {self.span})"


def unused(name: str) -> Note:
    """The note on a variable that was given a value for nothing."""
    return Note(f"{name} is bound but nothing uses it")


class Variable:
    """A leaf that the expression mentions: its name, value, and gradient (None where none can reach it).

    `verification` is what a numeric derivative says of the gradient, where that was asked for.
    """

    __slots__ = ("gradient", "name", "value", "verification")

    def __init__(self, name: str, value: Payload, gradient: Payload | None) -> None:
        self.name = name
        self.value = value
        self.gradient = gradient
        self.verification: Verification | None = None

    def __repr__(self) -> str:
        return f"Variable({self.name!r}, {self.value!r}, {self.gradient!r})"


class GraphNode:
    """One node of the backward graph: an operation, a variable or a constant.

    `inputs` are the ids of the nodes it reads, left to right; `gradient` is the cotangent that reached it,
    None where none did. `name` is PyTorch's name of an operation, the name of a variable, "" for a constant.
    """

    __slots__ = ("gradient", "id", "inputs", "kind", "name", "span", "value")

    def __init__(
        self,
        id: int,
        name: str,
        kind: str,
        value: Payload,
        gradient: Payload | None,
        inputs: tuple[int, ...],
        span: Span | None,
    ) -> None:
        self.id = id
        self.name = name
        self.kind = kind
        self.value = value
        self.gradient = gradient
        self.inputs = inputs
        self.span = span

    def __repr__(self) -> str:
        return f"GraphNode({self.id}, {self.name!r}, {self.kind!r}, inputs={self.inputs})"


class Graph:
    """The nodes of a backward graph, inputs before the nodes that read them, the root last, each once.

    A node's id is its index in `nodes`.
    """

    __slots__ = ("nodes",)

    def __init__(self, nodes: list[GraphNode]) -> None:
        self.nodes = nodes

    @property
    def root(self) -> GraphNode:
        return self.nodes[-1]


class Result:
    """The answer to one expression: value, gradients, notes, and on demand the graph.

    `second` holds, where second derivatives were asked for, a block for every pair of variables with a
    gradient: `second["x", "w"]` has the shape of x followed by that of w; otherwise it is None. `verified`
    says whether the gradients were, `second_verified` holds what was found of the blocks, and `agrees` says
    whether none of all these turned out to be wrong.
    """

    __slots__ = (
        "_expression",
        "_graph",
        "dtype",
        "finite",
        "line",
        "lost",
        "notes",
        "second",
        "second_verified",
        "text",
        "value",
        "variables",
        "verified",
    )

    def __init__(
        self,
        *,
        text: str,
        expression: Callable[[], str],
        line: int,
        value: Payload,
        dtype: str,
        variables: list[Variable],
        notes: list[Note],
        finite: bool,
        graph: Callable[[], Graph],
        second: dict[tuple[str, str], Payload] | None = None,
        second_verified: dict[tuple[str, str], Verification] | None = None,
        verified: bool = False,
        lost: Losses | None = None,
    ) -> None:
        self.text = text  # what the spans of the notes point into; it begins at line `line`
        self.line = line
        self.value = value
        self.dtype = dtype  # "float64", "float32", "decimal50" under a precision of 50 digits
        self.variables = variables  # in order of appearance
        self.notes = notes
        self.finite = finite  # no nan or inf in the value, the gradients or the second derivatives
        self.second = second
        self.second_verified = second_verified
        self.verified = verified
        self.lost = lost  # the digits that were lost on the way, where any that show are known to be
        self._expression = expression
        self._graph = graph

    @property
    def expression(self) -> str:
        """The expression in the form in which it was read: `2*x*sin(x)**2` for `2x sin²(x)`."""
        return self._expression()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value; () of a scalar."""
        shape: tuple[int, ...] = getattr(self.value, "shape", ())
        return shape

    @property
    def gradients(self) -> dict[str, Payload | None]:
        """The gradients by the names of their variables."""
        return {variable.name: variable.gradient for variable in self.variables}

    @property
    def agrees(self) -> bool:
        """Whether verifying found nothing wrong; a gradient of convention, at a kink, is not wrong."""
        found = [variable.verification for variable in self.variables]
        found += (self.second_verified or {}).values()
        wrong = self.verified and self.lost is not None and self.lost.wrong
        return not wrong and not any(each is not None and each.wrong for each in found)

    def graph(self) -> Graph:
        """The backward graph with every node's value and the gradient that reached it; built when asked."""
        return self._graph()

    def __repr__(self) -> str:
        return f"<Result {self.text!r} = {self.value!r}>"


class Printed:
    """What a print statement shows: what was asked (`x.grad`) and PyTorch's text of it."""

    __slots__ = ("expression", "line", "text")

    def __init__(self, expression: str, text: str, line: int) -> None:
        self.expression = expression
        self.text = text
        self.line = line

    def __repr__(self) -> str:
        return f"<Printed {self.expression!r}: {self.text!r}>"


class Remark:
    """Notes on a statement that gives no result, as when a function is redefined; line 0: on the whole."""

    __slots__ = ("line", "notes", "text")

    def __init__(self, text: str, notes: Sequence[Note], line: int) -> None:
        self.text = text
        self.notes = list(notes)
        self.line = line

    def __repr__(self) -> str:
        return f"<Remark {self.notes!r}>"


class Failure:
    """A statement that could not be carried out: the diagnostic, and the text that it points into."""

    __slots__ = ("diagnostic", "line", "text")

    def __init__(self, diagnostic: Diagnostic, text: str, line: int) -> None:
        self.diagnostic = diagnostic
        self.text = text
        self.line = line  # of the first character of `text`

    def __repr__(self) -> str:
        return f"<Failure {self.diagnostic!r}>"


if TYPE_CHECKING:
    Outcome = Result | Printed | Remark | Failure
