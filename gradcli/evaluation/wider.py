"""An answer once more, computed with more digits from the same inputs, to hold the first one against."""

from __future__ import annotations

from gradcli.engine.backward import graph_of
from gradcli.engine.grad_mode import is_grad_enabled, set_grad_enabled
from gradcli.engine.tensor import wrap
from gradcli.evaluation.answers import Answer, differentiate
from gradcli.evaluation.environment import Binding, Environment
from gradcli.evaluation.kinds import Decimal, Exact, payload_of, tensor_of
from gradcli.evaluation.machine import ENGINE
from gradcli.evaluation.session import Session
from gradcli.evaluation.statements import Source
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers import precise, shape_of, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from gradcli.evaluation.machine import Traced
    from gradcli.evaluation.options import Options
    from gradcli.evaluation.results import Payload
    from gradcli.rules.rulebook import Rule

INNER = frozenset(("matmul", "dot", "solve", "det", "inv", "logdet", "outer"))
"""Rules whose work is more than a step for each number they take or make: a row's length more."""


class Wide(Session):
    """A session in decimals that carries out what another one did."""

    __slots__ = ()

    kind: Decimal

    def __init__(self, options: Options, kind: Decimal) -> None:
        super().__init__(options)
        self.kind = kind


def widened(this: Answer, digits: int) -> Answer | None:
    """The answer with so many digits, and its gradients; None where it cannot be computed so.

    Inputs, literals and constants are the floats that they are; those of a decimal session are read again,
    with more digits. What was computed on the way there, in intermediates, is computed anew.
    """
    recording = is_grad_enabled()
    try:
        return _widened(this, digits)
    except (Diagnostic, *ENGINE):
        set_grad_enabled(recording)
        return None


def _widened(this: Answer, digits: int) -> Answer:
    plain = this.source.kind.plain
    kind = Exact(digits, single=this.source.kind.dtype == "float32") if plain else Decimal(digits)
    session = Wide(this.source.session.options, kind)
    variables = this.source.environment.variables
    names = [binding.name for binding in (*this.machine.mentioned, *this.asked)]
    needed = {name: variables[name] for name in names if name in variables}
    made = _bindings((*needed.values(), *this.asked), session)
    session.environment = _environment({n: made[b] for n, b in needed.items()}, this.source.environment)
    source = Source(session, this.source.text, this.source.line)
    machine = source.machine()
    machine.trace = []
    wide = Answer(source, this.statement, machine, machine.run(this.statement.expression))
    wide.asked = [made[binding] for binding in this.asked]
    differentiate(wide)
    wide.value = lifted(wide.value, kind)
    wide.gradients = [None if gradient is None else lifted(gradient, kind) for gradient in wide.gradients]
    if session.options.order == 2:
        from gradcli.evaluation.hessian import hessian

        wide.second = {pair: lifted(block, kind) for pair, block in hessian(wide).items()}
    return wide


def _environment(variables: dict[str, Binding], like: Any) -> Environment:
    """The names of a session or of an `Origin`, with other variables."""
    environment = Environment()
    environment.functions = like.functions
    environment.variables = variables
    return environment


def _bindings(roots: Iterable[Binding], session: Wide) -> dict[Binding, Binding]:
    """What variables are in the numbers of `session`, by what they were, with all that they come from."""
    made: dict[Binding, Binding] = {}
    stack = [(binding, False) for binding in roots]
    while stack:
        binding, ready = stack.pop()
        if binding in made:
            continue
        below = binding.origin.variables.values() if binding.origin is not None else ()
        if ready or not below:
            made[binding] = _made(binding, made, session)
        else:
            stack.append((binding, True))
            stack += [(each, False) for each in below]
    return made


def _made(binding: Binding, made: Mapping[Binding, Binding], session: Wide) -> Binding:
    """One variable; what it was computed from is made already."""
    origin, tensor = binding.origin, binding.tensor
    leaves = None if binding.leaves is None else tuple(made[leaf] for leaf in binding.leaves if leaf in made)
    if origin is None:
        payload = lifted(tensor._value, session.kind)
        return Binding(binding.name, wrap(payload, tensor.requires_grad), binding.line, leaves)
    environment = _environment({n: made[b] for n, b in origin.variables.items()}, origin)
    source = Source(session, origin.text, binding.line)
    source.environment = environment
    recording = is_grad_enabled()
    set_grad_enabled(tensor.requires_grad and leaves is not None)
    value = source.machine().run(origin.expression)
    set_grad_enabled(recording)
    if leaves is None:
        payload = session.kind.cast(payload_of(value))
        return Binding(binding.name, wrap(payload, tensor.requires_grad), binding.line)
    wide = Binding(binding.name, tensor_of(value), binding.line, leaves)
    if session.options.verify and wide.tensor.requires_grad:
        from gradcli.evaluation.replay import remember

        wide.history = remember(source, origin.expression)
    return wide


def lifted(payload: Payload, kind: Decimal) -> Payload:
    """A payload of any session in the numbers of `kind`, exactly."""
    if shape_of(payload) and payload.dtype == object:
        from numpy import frompyfunc

        return frompyfunc(lambda element: precise.number(element, kind.context), 1, 1)(payload)
    return kind.payload(payload)


# --- how much there is to do ---


def work(this: Answer, trace: Sequence[Traced]) -> int:
    """About how many operations on single numbers an answer takes, with its intermediates.

    Of second derivatives, each row is a pass of its own.
    """
    rows = sum(size_of(binding.tensor._value) for binding in this.asked) if this.second else 0
    return _of_one_pass(this, trace) * (1 + rows)


def _of_one_pass(this: Answer, trace: Sequence[Traced]) -> int:
    total = 1
    for step in trace:
        payloads = [payload_of(operand) for operand in (*step.operands, step.out) if operand is not None]
        total += _effort(step.rule, payloads)
    root = getattr(this.root, "_node", None)
    if root is None:
        return total
    of_graph = 0
    for node in graph_of([root]):
        payloads = [value for value in (*(node.saved or ()), node.out) if value is not None]
        of_graph += _effort(node.rule, payloads)
    return max(total, of_graph)


def _effort(rule: Rule | None, payloads: list[Payload]) -> int:
    largest = max(map(size_of, payloads), default=1)
    shape = shape_of(payloads[0]) if payloads and rule is not None and rule.name in INNER else ()
    return largest * max(shape, default=1)
