"""The answer to an expression: value, gradients of the leaves it mentions, second derivatives, notes."""

from __future__ import annotations

from gradcli.engine.backward import sweep
from gradcli.engine.grad_mode import is_grad_enabled
from gradcli.engine.tensor import Tensor
from gradcli.evaluation.doubt import Sums, doubtful
from gradcli.evaluation.failures import failure, has_shape, shape_text, unknown_variable
from gradcli.evaluation.kinds import Decimal
from gradcli.evaluation.results import Note, Result, Variable
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.reader import one_line
from gradcli.numbers import is_finite, namespace_of, shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation.cancellation import Losses
    from gradcli.evaluation.environment import Binding
    from gradcli.evaluation.machine import Machine
    from gradcli.evaluation.results import Graph, Payload
    from gradcli.evaluation.statements import Source
    from gradcli.evaluation.verification import Verification
    from gradcli.language.statements import Evaluate


class Answer:
    """An expression that was computed, while the rest of what is to be said of it is worked out."""

    __slots__ = (
        "asked",
        "cancelled",
        "cotangent",
        "doubtful",
        "gradients",
        "lost",
        "machine",
        "more",
        "notes",
        "root",
        "second",
        "second_verified",
        "source",
        "statement",
        "value",
        "verified",
    )

    def __init__(self, source: Source, statement: Evaluate, machine: Machine, root: Any) -> None:
        self.source = source
        self.statement = statement
        self.machine = machine
        self.root = root  # a Tensor, or a plain float
        self.value: Payload = source.kind.cast(root) if type(root) is float else root._value
        self.asked: list[Binding] = []
        self.gradients: list[Payload | None] = []
        self.cotangent: Payload | None = None  # None where there is no backward pass
        self.second: dict[tuple[str, str], Payload] | None = None
        self.verified: list[Verification | None] | None = None
        self.second_verified: dict[tuple[str, str], Verification] | None = None
        self.notes = machine.notes
        self.cancelled = False  # whether parts of a cotangent did on the way back
        self.doubtful = machine.cancelled  # whether rounding errors may show
        self.lost: Losses | None = None  # what they cost, where that is known
        self.more: Answer | None = None  # the same with more digits, by which those of decimals are right

    @property
    def exact(self) -> Answer:
        """The answer that was computed with the most digits."""
        return self if self.more is None else self.more


def answer(source: Source, statement: Evaluate, hidden: dict[str, Binding | None] | None = None) -> Result:
    """Compute an expression and everything that is asked about it; `hidden` is what its `at` bindings hide.

    Raises Diagnostic.
    """
    machine = source.machine()
    root = machine.run(statement.expression)
    this = Answer(source, statement, machine, root)
    this.asked = asked(source, machine, statement)
    differentiate(this)
    if source.session.options.order == 2:
        second_order(this)
    if isinstance(source.kind, Decimal):
        from gradcli.evaluation.sharpening import sharpen

        this.more = sharpen(this, source.kind)
    finite = is_finite(this.value) and all(g is None or is_finite(g) for g in this.gradients)
    finite = finite and all(is_finite(block) for block in (this.second or {}).values())
    remarks(this, finite, hidden)
    if source.session.options.verify:
        from gradcli.evaluation.verify import verify

        this.verified = verify(this)
        if this.second:
            from gradcli.evaluation.curvature import verify_second

            this.second_verified = verify_second(this)
    elif this.doubtful and finite:
        from gradcli.evaluation.cancellation import quick

        this.lost = quick(this)
        this.notes += [] if this.lost is None else [this.lost.note]
    return result(this, finite)


def asked(source: Source, machine: Machine, statement: Evaluate) -> list[Binding]:
    """The variables that the answer lists: the leaves mentioned, or those of `wrt` among all that are."""
    mentioned = machine.mentioned if not machine.unused else machine.in_order(statement.expression)
    wrt = source.session.options.wrt
    if wrt:
        for name in wrt:
            if name not in source.environment.variables:
                raise unknown_variable(name, source.environment.variables, "--wrt")
        return [binding for name in wrt for binding in mentioned if binding.name == name]
    leaves = [binding for binding in mentioned if binding.leaves is None]
    current = source.environment.variables
    # An earlier x that lives on in an intermediate gives way to the x of today; a note says so.
    today = {binding.name for binding in leaves if current.get(binding.name) is binding}
    return [b for b in leaves if current.get(b.name) is b or b.name not in today]


def differentiate(this: Answer) -> None:
    """Find the gradients: that of a scalar, that of an array's sum, or the product with the vector given."""
    root, grad_output = this.root, this.source.session.options.grad_output
    if grad_output is not None:
        this.cotangent = given_cotangent(this)
    if type(root) is not Tensor or not root.requires_grad:
        this.cotangent = None
        this.gradients = [unused_zero(this, binding) for binding in this.asked]
        return
    of_sum = this.cotangent is None
    if of_sum:
        this.cotangent = 1.0 if type(this.value) is float else namespace_of(this.value).ones_like(this.value)
    reached = cotangents_of(this)
    this.gradients = [
        reached[edge] if (edge := edge_of(binding)) in reached else unused_zero(this, binding)
        for binding in this.asked
    ]
    shape = shape_of(this.value)
    if of_sum and shape and any(gradient is not None for gradient in this.gradients):
        this.notes.append(
            Note(f"the result has shape {shape}: its gradient is that of the sum of its elements")
        )


LONG = 10_000
"""Of longer texts no notes are made of lost digits, for which all cotangents on the way have to be kept."""


def edge_of(binding: Binding) -> Any:
    """What stands for a variable in the graph: the leaf itself, or the node that made an intermediate."""
    tensor = binding.tensor
    return tensor if tensor._node is None else tensor._node


def cotangents_of(this: Answer) -> dict[Any, Payload]:
    """The cotangents of what is asked, as far as the backward pass reaches it."""
    root = this.root
    start = {root if root._node is None else root._node: this.cotangent}
    targets = {edge_of(binding) for binding in this.asked} if this.source.session.options.wrt else None
    try:
        if not this.source.kind.plain or len(this.source.text) > LONG:
            return sweep(start, targets=targets, retain=True)
        sums = Sums(start)
        nodes: dict[Any, Payload] = {}
        reached = sweep(sums, targets=targets, retain=True, kept=nodes)
        this.cancelled = sums.cancelled
        this.doubtful = this.doubtful or sums.cancelled or doubtful(this.value, nodes)
        return reached
    except RuntimeError as error:
        if "second time" not in str(error):
            raise
        this.cotangent = None
        this.notes.append(
            Note(
                "an earlier backward pass has freed the graph, so there are no gradients: "
                "with retain_graph it would have kept it"
            )
        )
        return {}


def unused_zero(this: Answer, binding: Binding) -> Payload | None:
    """0 for a leaf that a gradient could reach where another branch is taken, None for any other."""
    if not is_grad_enabled():
        return None
    if this.machine.unused and binding.tensor.requires_grad and this.machine.in_unused(binding):
        value = binding.tensor._value
        return namespace_of(value).zeros_like(value)
    return None


def given_cotangent(this: Answer) -> Payload:
    """The vector for the backward pass; raises Diagnostic where its shape is not the result's."""
    session = this.source.session
    try:
        payload = session.vector()
    except Diagnostic as diagnostic:  # its spans are in another text than those of the statement
        message = f"grad_output {session.options.grad_output!r}: {diagnostic.message}"
        raise failure(diagnostic.kind, message) from diagnostic
    if shape_of(payload) != shape_of(this.value):
        raise failure(
            "shape",
            f"the result {has_shape(this.value)}, and the vector for its gradient {has_shape(payload)}",
            (this.statement.expression.span, shape_text(this.value)),
            hint="they must have the same shape",
        )
    return payload


def second_order(this: Answer) -> None:
    from gradcli.evaluation.hessian import hessian

    this.second = hessian(this)


def remarks(this: Answer, finite: bool, hidden: dict[str, Binding | None] | None) -> None:
    """Add the notes: what made a nan or inf, conventions met, intermediates of earlier values."""
    this.notes += this.source.vanished(this.statement.expression)
    found: list[Note] = []
    if not finite:
        from gradcli.evaluation.provenance import provenance

        found = provenance(this)
    if this.machine.conventions and this.cotangent is not None:
        from gradcli.evaluation.conventions import convention_notes

        # Where the value itself is nan or infinite, that is the thing to say and no convention.
        undefined = {note.span for note in found if " comes from " in note.text}
        this.notes += [note for note in convention_notes(this) if note.span not in undefined]
    if this.machine.ties and finite and is_grad_enabled():
        from gradcli.evaluation.pieces import tie_notes

        this.notes += tie_notes(this)
    if this.second is not None and is_finite(this.value):
        from gradcli.evaluation.second import second_notes

        this.notes += second_notes(this)
    this.notes += found
    if any(binding.leaves is not None for binding in this.machine.mentioned):
        this.notes += stale(this, hidden or {})


def stale(this: Answer, hidden: dict[str, Binding | None]) -> list[Note]:
    """Notes on intermediates that were computed from earlier values of variables bound anew since."""
    notes = []
    variables = this.source.environment.variables
    for binding in this.machine.mentioned:
        for leaf in binding.leaves or ():
            now = variables.get(leaf.name)
            if now is leaf:
                continue
            if hidden.get(leaf.name) is leaf:
                text = f"{binding.name} was computed before: {leaf.name} keeps its earlier value in it"
            else:
                text = f"{binding.name} was computed from an earlier {leaf.name}, of line {leaf.line}"
            notes.append(Note(text))
    return list(dict.fromkeys(notes))


def result(this: Answer, finite: bool) -> Result:
    """Put the answer into the form in which it is handed out."""
    source, statement = this.source, this.statement
    expression = statement.expression
    text, line, offset = source.window(statement)

    def heading() -> str:
        if statement.reinterpreted or expression.span is None:
            from gradcli.language.format import format

            return format(expression)
        start, end = expression.span
        return one_line(source.text[start:end])

    def graph() -> Graph:
        from gradcli.evaluation.graphs import graph

        return graph(this.exact)

    variables = [
        Variable(binding.name, binding.tensor._value, gradient)
        for binding, gradient in zip(this.asked, this.gradients, strict=True)
    ]
    for variable, verification in zip(variables, this.verified or (), strict=False):
        variable.verification = verification
    return Result(
        text=text,
        expression=heading,
        line=line,
        value=this.value,
        dtype=source.kind.dtype,
        variables=variables,
        notes=[note.moved(offset) for note in dict.fromkeys(this.notes)],
        finite=finite,
        graph=graph,
        second=this.second,
        second_verified=this.second_verified,
        verified=this.verified is not None,
        lost=this.lost,
    )
