"""What each statement does: binding, defining, backward passes, printing; results are in `answers`."""

from __future__ import annotations

from gradcli.engine.grad_mode import is_grad_enabled, no_grad, set_grad_enabled
from gradcli.engine.tensor import wrap
from gradcli.evaluation.answers import answer
from gradcli.evaluation.environment import CONSTANTS, Binding, Function
from gradcli.evaluation.failures import NOT_CONSTANT, failure, no_number, unbound
from gradcli.evaluation.forms import FORMS
from gradcli.evaluation.kinds import payload_of, tensor_of
from gradcli.evaluation.machine import Machine
from gradcli.evaluation.results import Failure, Note, Printed, Remark, unused
from gradcli.evaluation.vanishing import vanished, within
from gradcli.language import statements as language
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.measured import verify_one_reading
from gradcli.numbers import is_finite
from gradcli.numbers.expression import Expression, postorder
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcli.evaluation.environment import Origin
    from gradcli.evaluation.results import Outcome
    from gradcli.evaluation.session import Session
    from gradcli.language.statements import Statement

    Span = tuple[int, int]


class Source:
    """A text that is being carried out: what the spans of its statements point into."""

    __slots__ = ("_counted", "_line", "environment", "kind", "line", "session", "text")

    def __init__(self, session: Session, text: str, line: int) -> None:
        self.session = session
        self.environment = session.environment
        self.kind = session.kind
        self.text = text
        self.line = line
        self._counted = 0  # up to where lines were counted, and which line that is
        self._line = line

    def machine(self) -> Machine:
        """A machine for one expression of this text."""
        return Machine(self.environment, self.kind, self.text, FORMS)

    def line_of(self, statement: Statement) -> int:
        """The line on which a statement begins."""
        start = statement.span[0]
        if start > self._counted:
            self._line += self.text.count("\n", self._counted, start)
            self._counted = start
        elif start < self._counted:
            return self.line + self.text.count("\n", 0, start)
        return self._line

    def window(self, statement: Statement) -> tuple[str, int, int]:
        """The lines that a statement stands on, the number of the first, and where it begins."""
        start = self.text.rfind("\n", 0, statement.span[0]) + 1
        end = self.text.find("\n", statement.span[1])
        return self.text[start : end if end >= 0 else None], self.line_of(statement), start

    def constant(self, expression: Expression, of: str = "") -> Any:
        """The payload of an expression that may mention no variable; `of` says in errors what it is for."""
        if expression.op == "number" and self.kind.plain:
            return expression.value
        for part in postorder(expression):
            if part.op == "name" and part.value not in CONSTANTS:
                raise no_number(self.machine(), part, of, expression)
        machine = self.machine()
        value = payload_of(machine.run(expression))
        for binding in machine.mentioned:  # in the body of a function, or a constant's name bound anew
            raise failure("value", f"{of}{NOT_CONSTANT.format(binding.name)}", (expression.span, ""))
        return value

    def origin(self, expression: Expression) -> Origin | None:
        """What a constant expression means; None of floats, which are what they are."""
        return None if self.kind.plain else self.environment.origin(expression, self.text)

    def vanished(self, expression: Expression) -> list[Note]:
        """Notes on numbers that are too small for floats; every decimal has its size."""
        return vanished(expression, self.text) if self.kind.plain else []

    def given(self, name: str, statements: Sequence[Statement]) -> Expression:
        """The value in NAME=VALUE, read as the statement that it looks like."""
        statement = statements[0] if len(statements) == 1 else None
        if not isinstance(statement, language.Bind) or statement.const or statement.name != name:
            raise failure("syntax", f"a binding is NAME=VALUE, as in x=4 or w=[1, 2], not {self.text!r}")
        verify_one_reading(self.text, name, statement.expression)
        return statement.expression


def execute(source: Source, statement: Statement) -> list[Outcome]:
    """Carry out one statement; what goes wrong is among the outcomes, and changes nothing."""
    if isinstance(statement, language.NoGrad):
        with no_grad():
            return [outcome for inner in statement.statements for outcome in execute(source, inner)]
    recording = is_grad_enabled()
    try:
        return _STATEMENTS[type(statement)](source, statement)
    except Diagnostic as diagnostic:
        set_grad_enabled(recording)  # diff may have been at work
        return [Failure(diagnostic, source.text, source.line)]
    except Exception:
        set_grad_enabled(recording)
        raise


def _evaluate(source: Source, statement: language.Evaluate) -> list[Outcome]:
    variables = source.environment.variables
    if not statement.bindings:
        return [answer(source, statement)]
    line = source.line_of(statement)
    for b in statement.bindings:
        verify_one_reading(source.text, b.name, b.expression)
    bound = [
        Binding(
            b.name,
            source.session.leaf(
                b.name,
                source.constant(b.expression, f"value of {b.name}: "),
                const=_is_const(variables.get(b.name)),
            ),
            line,
        )
        for b in statement.bindings
    ]
    hidden = {binding.name: variables.get(binding.name) for binding in bound}
    try:
        for binding, written in zip(bound, statement.bindings, strict=True):
            binding.origin = source.origin(written.expression)
            binding.remarks = within(binding.name, source.vanished(written.expression))
            source.environment.seen.add(binding.name)
            variables[binding.name] = binding
        result = answer(source, statement, hidden)
    finally:
        for name, earlier in hidden.items():
            if earlier is None:
                del variables[name]
            else:
                variables[name] = earlier
    result.notes += [unused(binding.name) for binding in bound if not binding.used]
    return [result]


def _is_const(binding: Binding | None) -> bool:
    """Whether a name stands for a leaf that was bound as constant: it stays so at another value."""
    return binding is not None and binding.const


def _bind(source: Source, statement: language.Bind) -> list[Outcome]:
    environment = source.environment
    name, line = statement.name, source.line_of(statement)
    verify_one_reading(source.text, name, statement.expression)
    asked = environment.asked.get(name)
    machine = source.machine()
    value = machine.run(statement.expression)
    leaf = statement.const or not machine.mentioned
    if asked is not None and not leaf:
        first = next(iter(machine.mentioned)).name
        raise failure(
            "name",
            f"{name} is set from outside, but here it is computed from {first}",
            (statement.name_span, f"leave {name}=... away, or set {first}"),
        )
    if leaf:
        payload = payload_of(value) if asked is None else payload_of(asked.tensor)
        binding = Binding(name, source.session.leaf(name, payload, const=statement.const), line)
        binding.origin = source.origin(statement.expression) if asked is None else asked.origin
        binding.const = statement.const
        binding.used = asked is not None and asked.used
        if asked is not None:
            asked.used = True
    else:
        leaves = tuple(b for b in machine.mentioned if b.leaves is None)
        binding = Binding(name, tensor_of(value), line, leaves)
        binding.origin = environment.origin(statement.expression, source.text, machine.mentioned)
        if machine.conventions:
            from gradcli.evaluation.conventions import kept

            binding.conventions = kept(machine.conventions, name)
        if source.session.options.verify and binding.tensor.requires_grad:
            from gradcli.evaluation.replay import remember

            binding.history = remember(source, statement.expression)
    if asked is None:
        binding.remarks = within(f"{name}, line {line}", source.vanished(statement.expression))
    if not is_finite(payload_of(binding.tensor)):
        from gradcli.evaluation.provenance import forward_note

        note = forward_note(source, statement.expression)
        binding.conventions = ()  # there is no value for a derivative to have a convention at
        binding.notes = () if note is None else (Note(f"{name}, line {line}: {note.text}"),)
    environment.set(binding)
    return []


def _define(source: Source, statement: language.Define) -> list[Outcome]:
    environment = source.environment
    name, line = statement.name, source.line_of(statement)
    function = Function(name, statement.parameters, statement.body, source.text, line)
    earlier = environment.functions.get(name)
    environment.define(function)
    notes = []
    if name in NAMES:
        notes.append(
            Note(f"{name} is the function defined here from now on, not the rulebook's", statement.name_span)
        )
    elif earlier is not None:
        notes.append(
            Note(
                f"{name} was defined before, on line {earlier.line}; this definition replaces it",
                statement.name_span,
            )
        )
    return [Remark(source.text, notes, source.line)] if notes else []


def _backward(source: Source, statement: language.Backward) -> list[Outcome]:
    from gradcli.engine.gradients import backward

    machine = source.machine()
    root = tensor_of(machine.run(statement.expression))
    gradient = None
    if statement.gradient is not None:
        gradient = wrap(source.kind.cast(payload_of(source.machine().run(statement.gradient))))
        _check_gradient(statement.expression, statement.gradient, root, gradient)
    try:
        backward(root, gradient, statement.retain_graph)
    except RuntimeError as error:
        raise failure(
            "value", str(error), (statement.expression.span, _way_out(source, statement, error))
        ) from error
    return []


def _check_gradient(expression: Expression, given: Expression, root: Any, gradient: Any) -> None:
    if tuple(root.shape) != tuple(gradient.shape):
        raise failure(
            "shape",
            "the vector of a backward pass has the shape of what it starts from",
            (given.span, f"shape {_shown(gradient)}"),
            (expression.span, f"shape {_shown(root)}"),
        )


def _shown(tensor: Any) -> str:
    return str(tuple(tensor.shape))


def _way_out(source: Source, statement: language.Backward, error: RuntimeError) -> str:
    start, end = statement.expression.span or (0, 0)
    name = source.text[start:end]
    text = str(error)
    if "second time" in text:
        return f"write 'backward {name} retain_graph' the first time"
    if "scalar outputs" in text:
        return f"write 'backward {name} with [...]', or take its sum"
    if "does not require grad" in text:
        return "no variable that wants a gradient is in it"
    return ""


def _zero_grad(source: Source, statement: language.ZeroGrad) -> list[Outcome]:
    if statement.name is None:
        bindings = list(source.environment.variables.values())
    else:
        bindings = [_named(source, statement.name, statement.name_span)]
    for binding in bindings:
        if binding.leaves is None and binding.tensor.grad is not None:
            binding.tensor.grad = _zeros(binding.tensor)
    return []


def _zeros(tensor: Any) -> Any:
    from gradcli.numbers import namespace_of

    return tensor_of(namespace_of(tensor._value).zeros_like(tensor._value))


def _named(source: Source, name: str, span: Span | None) -> Binding:
    binding = source.environment.variables.get(name)
    if binding is None:
        raise unbound(source.machine(), Expression("name", (), name, span))
    binding.used = True
    return binding


def _requires_grad(source: Source, statement: language.RequiresGrad) -> list[Outcome]:
    binding = _named(source, statement.name, statement.name_span)
    try:
        binding.tensor.requires_grad_(statement.on)
    except RuntimeError as error:
        raise failure("value", str(error), (statement.name_span, "computed, not a leaf")) from error
    if statement.on and binding.tensor.is_leaf:
        binding.leaves = None  # what was detached from others begins a graph of its own
    binding.const = binding.leaves is None and not statement.on
    return []


def _print(source: Source, statement: language.Print) -> list[Outcome]:
    expression, attribute = statement.expression, statement.attribute
    start, end = expression.span or statement.span
    written = source.text[start:end]
    if attribute is None:
        text = _text(tensor_of(source.machine().run(expression)))
        return [Printed(written, text, source.line_of(statement))]
    tensor = _named_or_constant(source, expression)
    return [Printed(f"{written}.{attribute}", _ATTRIBUTES[attribute](tensor), source.line_of(statement))]


def _named_or_constant(source: Source, expression: Expression) -> Any:
    if expression.value in CONSTANTS and expression.value not in source.environment.variables:
        return tensor_of(source.kind.constant(expression.value))
    return _named(source, expression.value, expression.span).tensor


def _text(tensor: Any) -> str:
    from gradcli.engine.printing import shown

    return shown(tensor)


def _grad_text(tensor: Any) -> str:
    return "None" if tensor._grad is None else _text(tensor._grad)


def _grad_fn_text(tensor: Any) -> str:
    # Without the address that PyTorch shows: it would differ from run to run.
    return "None" if tensor.grad_fn is None else f"<{tensor.grad_fn.name()}>"


_ATTRIBUTES: dict[str, Callable[[Any], str]] = {
    "grad": _grad_text,
    "grad_fn": _grad_fn_text,
    "requires_grad": lambda tensor: str(tensor.requires_grad),
    "is_leaf": lambda tensor: str(tensor.is_leaf),
    "shape": lambda tensor: repr(tensor.shape),
}

_STATEMENTS: dict[type[Statement], Callable[[Source, Any], list[Outcome]]] = {
    language.Evaluate: _evaluate,
    language.Bind: _bind,
    language.Define: _define,
    language.Backward: _backward,
    language.ZeroGrad: _zero_grad,
    language.RequiresGrad: _requires_grad,
    language.Print: _print,
}
