"""A text of the language as a tape: the operations that lead from columns and parameters to its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.evaluation.environment import CONSTANTS, Binding
from gradcli.evaluation.failures import failure
from gradcli.evaluation.forms import FORMS
from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.machine import Machine
from gradcli.evaluation.options import Options
from gradcli.evaluation.recording import RECORDING, record_call
from gradcli.evaluation.recording import Slot as Slot
from gradcli.evaluation.recording import Step as Step
from gradcli.evaluation.results import Failure, Note, Remark
from gradcli.evaluation.session import Session
from gradcli.evaluation.statements import Source, execute
from gradcli.language import statements as language
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.names import is_called
from gradcli.language.parser import parse
from gradcli.numbers import shape_of
from gradcli.numbers.expression import Expression, postorder
from gradcli.rules.rulebook import NAMES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from gradcli.evaluation.machine import Form, Traced

    Payload = Any


class RowByRow(Exception):  # noqa: N818 - nothing went wrong
    """What is to be done depends on the row, so that there is no tape that serves all of them."""


class Leaf:
    """What has a value of its own: a column where `value` is None, else a parameter."""

    __slots__ = ("const", "name", "value")

    def __init__(self, name: str, value: Payload | None, *, const: bool) -> None:
        self.name = name
        self.value = value
        self.const = const  # no gradient is wanted


class Recording:
    """The tape of a text: slots 0, 1, ... hold the `leaves`, the following ones the outcomes of `steps`.

    `root` is the slot of the value, or a payload that depends on nothing; `wanted` the slots of the gradients
    asked for, in the order in which eval lists them.
    """

    __slots__ = ("expression", "leaves", "notes", "root", "shape", "steps", "unused", "wanted")

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self.steps: list[Step] = []
        self.root: Slot | Payload = 0.0
        self.shape: tuple[int, ...] = ()  # of the value, where the columns have those of the recording
        self.wanted: dict[str, Slot] = {}
        self.expression = ""  # the last one, as it was written
        self.notes: list[Note] = []
        self.unused: list[str] = []  # parameters that were given and are mentioned nowhere

    def same(self, other: Recording) -> bool:
        """Whether another recording of the same text has the same operations with the same constants."""
        return (
            len(self.steps) == len(other.steps)
            and identity(self.root) == identity(other.root)
            and all(
                a.rule is b.rule
                and identity(a.static) == identity(b.static)
                and identity(a.operands) == identity(b.operands)
                for a, b in zip(self.steps, other.steps, strict=True)
            )
        )


def identity(value: Any) -> Any:
    """What tells constants, slots and static parameters apart: -0.0 from 0.0, and nan from no nan."""
    if isinstance(value, (tuple, list)):
        return type(value), *map(identity, value)
    if isinstance(value, Mapping):
        return tuple((name, identity(part)) for name, part in value.items())
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.char, value.tobytes()
    return type(value), repr(value)


class Text:
    """A program for a table, parsed: its statements, and the names that it leaves open."""

    __slots__ = ("last", "open", "statements", "text")

    def __init__(self, text: str, given: Collection[str], columns: Collection[str]) -> None:
        self.text = text
        self.statements = parse(text, functions=NAMES, bound={*given, *columns})
        if not self.statements or not isinstance(self.statements[-1], language.Evaluate):
            raise Diagnostic("syntax", "the program for a table ends in the expression that is wanted")
        self.last = self.statements[-1]
        for statement in self.statements[:-1]:
            if not isinstance(statement, (language.Bind, language.Define, language.Evaluate)):
                raise failure(
                    "syntax", "this statement has no meaning for the rows of a table", (statement.span, "")
                )
        bound = {s.name for s in self.statements if isinstance(s, language.Bind)}
        bound.update(binding.name for binding in self.last.bindings)
        known = (CONSTANTS.keys() - columns) | bound | set(given)
        self.open = tuple(name for name in dict.fromkeys(self._mentioned()) if name not in known)

    def _mentioned(self) -> Iterator[str]:
        for statement in self.statements:
            if isinstance(statement, language.Bind):
                yield from _names(statement.expression)
            elif isinstance(statement, language.Define):
                yield from (n for n in _names(statement.body) if n not in statement.parameters)
        yield from _names(self.last.expression)


def _names(expression: Expression) -> Iterable[str]:
    """The names in an expression, but not those that are meant for functions."""
    names = [part for part in postorder(expression) if part.op == "name"]
    names.sort(key=lambda part: part.span or (0, 0))
    return [part.value for part in names if not (is_called(part) and len(part.value) > 1)]


class Recorder(Source):
    """Carries out the statements of a program at some values for its columns, and keeps the operations."""

    __slots__ = ("trace",)

    def __init__(self, session: Session, text: str, *, keep: bool) -> None:
        super().__init__(session, text, 1)
        self.trace: list[Traced] | None = [] if keep else None

    def machine(self) -> Machine:
        machine = Machine(self.environment, self.kind, self.text, FORMS if self.trace is None else _FORMS)
        machine.trace = self.trace
        return machine


def record(
    text: Text,
    parameters: Mapping[str, Any],
    wrt: Sequence[str],
    const: Collection[str],
    samples: Sequence[float],
    *,
    keep: bool = True,
) -> Recording:
    """The tape of a program, its columns having these values meanwhile; raises Diagnostic, RowByRow.

    Unless `keep` it has no operations, as where they differ from row to row.
    """
    session = Session(Options(wrt=wrt, const=const))
    for name, value in parameters.items():
        session.set(name, value)
    environment = session.environment
    for position, name in enumerate(text.open):
        leaf = session.leaf(name, samples[position])
        environment.set(Binding(name, leaf, 0))
    columns = dict(environment.variables)
    source = Recorder(session, text.text, keep=keep)
    recording = Recording()
    leaves: dict[int, tuple[Leaf, Any]] = {}
    for statement in text.statements[:-1]:
        if isinstance(statement, language.Evaluate):
            recording.notes.append(_passed_over(text.text, statement))
            continue
        for outcome in execute(source, statement):
            if isinstance(outcome, Failure):
                raise outcome.diagnostic
            if isinstance(outcome, Remark):
                recording.notes += outcome.notes
        if isinstance(statement, language.Bind):
            _note_leaf(leaves, environment.variables[statement.name], text.open)
    for given in text.last.bindings:
        value = source.constant(given.expression, f"value of {given.name}: ")
        environment.set(Binding(given.name, session.leaf(given.name, value), 0))
        columns[given.name] = environment.variables[given.name]
    for binding in columns.values():
        _note_leaf(leaves, binding, text.open)
    machine = source.machine()
    root = machine.run(text.last.expression)
    if text.last.reinterpreted:
        recording.notes.append(Note(f"read as {format(text.last.expression)}"))
    recording.notes += machine.notes
    _fill(recording, source, leaves, root)
    _ask(recording, source, machine, text, leaves)
    return recording


def _passed_over(text: str, statement: language.Evaluate) -> Note:
    start, end = statement.span
    words = " ".join(text[start:end].split())
    return Note(f"only the last expression is mapped, not {words}", statement.span)


def _note_leaf(leaves: dict[int, tuple[Leaf, Any]], binding: Binding, open: Collection[str]) -> None:
    if binding.leaves is not None:
        return
    tensor = binding.tensor
    column = binding.name in open and binding.line == 0
    leaf = Leaf(binding.name, None if column else tensor._value, const=not tensor.requires_grad)
    leaves[id(tensor)] = leaf, tensor


def _fill(recording: Recording, source: Recorder, leaves: dict[int, tuple[Leaf, Any]], root: Any) -> None:
    slots: dict[int, Slot] = {}
    for place, (leaf, _) in leaves.items():
        slots[place] = Slot(len(recording.leaves))
        recording.leaves.append(leaf)
    known: dict[Any, Slot] = {}
    for traced in source.trace or ():
        if traced.rule is None:
            raise RowByRow
        operands = tuple(
            slots[id(operand)] if id(operand) in slots else payload_of(operand) for operand in traced.operands
        )
        if not any(type(operand) is Slot for operand in operands):
            continue
        static = traced.static or {}
        key = (traced.rule.name, identity(operands), identity(static))
        if key not in known:
            known[key] = Slot(len(recording.leaves) + len(recording.steps))
            scalar = not shape_of(payload_of(traced.out))  # at the values that serve for a row
            recording.steps.append(
                Step(traced.rule, operands, static, traced.expression, scalar=scalar, frame=traced.frame)
            )
        slots[id(traced.out)] = known[key]
    recording.root = slots.get(id(root), payload_of(root))
    recording.shape = shape_of(payload_of(root))


def _ask(
    recording: Recording, source: Recorder, machine: Machine, text: Text, leaves: dict[int, tuple[Leaf, Any]]
) -> None:
    """Which gradients are wanted, as eval has it."""
    from gradcli.evaluation.answers import asked

    slots = {place: Slot(number) for number, place in enumerate(leaves)}
    machine.unused.append((text.last.expression, None))
    for binding in asked(source, machine, text.last):
        if not binding.tensor.requires_grad:
            continue
        place = id(binding.tensor)
        if place not in slots:
            raise failure(
                "name",
                f"{binding.name} is computed: a table has gradients with respect to columns and parameters",
            )
        if shape_of(binding.tensor._value):
            raise failure(
                "shape",
                f"{binding.name} is an array, and its gradient no column",
                hint=f"--const {binding.name} leaves it out",
            )
        recording.wanted[binding.name] = slots[place]
    known = source.environment.seen
    for name in sorted(source.session.options.const - known):
        from gradcli.evaluation.failures import unknown_variable

        raise unknown_variable(name, known, "--const")
    recording.unused = [b.name for b in source.environment.asked.values() if not b.used]
    start, end = text.last.expression.span or text.last.span
    recording.expression = " ".join(text.text[start:end].split())


def _call(machine: Machine, expression: Expression) -> None:
    """A call; what stands under detach is computed anew for every row."""
    if expression.value == "diff" and "diff" not in machine.environment.functions:
        raise RowByRow
    record_call(machine, expression)


_FORMS: dict[str, Form] = {**RECORDING, "call": _call}
