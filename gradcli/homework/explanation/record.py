"""A session that remembers the operations it carried out, so that they can be explained."""

from __future__ import annotations

from gradcli.engine.tensor import Tensor
from gradcli.evaluation.forms import FORMS
from gradcli.evaluation.machine import Machine
from gradcli.evaluation.recording import key_of
from gradcli.evaluation.statements import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluation.environment import Binding
    from gradcli.evaluation.machine import Operand, Traced
    from gradcli.evaluation.recording import Key
    from gradcli.evaluation.results import Note
    from gradcli.evaluation.session import Session
    from gradcli.numbers.expression import Expression


class Recorder(Machine):
    """A machine that keeps every operation, and what it came to."""

    __slots__ = ("outcome",)

    outcome: Operand

    def run(self, root: Expression) -> Operand:
        """Compute `root`; raises Diagnostic."""
        self.trace = []
        self.outcome = super().run(root)
        return self.outcome


class Watched(Source):
    """A text that is carried out by recorders, which it keeps until they are asked for."""

    __slots__ = ("machines",)

    def __init__(self, session: Session, text: str, line: int) -> None:
        super().__init__(session, text, line)
        self.machines: list[Recorder] = []

    def machine(self) -> Machine:
        """A recorder for one expression of this text."""
        machine = Recorder(self.environment, self.kind, self.text, FORMS)
        self.machines.append(machine)
        return machine


class Record:
    """Every operation of a session by what it made, and the names of what has one.

    Looked up by `key_of`: an operand's node, or the tensor itself where no operation with a gradient made it.
    It is no tape: nothing is carried out again, and what was not carried out, as a branch, is not in it.
    """

    __slots__ = ("bindings", "choices", "names", "operations")

    def __init__(self) -> None:
        self.operations: dict[Key, tuple[Traced, Machine]] = {}
        self.names: dict[Key, str] = {}
        self.bindings: dict[Key, Binding] = {}
        self.choices: dict[str, list[Note]] = {}  # what an intermediate chose

    def add(self, machine: Recorder) -> None:
        """Take over what a recorder met."""
        for traced in machine.trace or ():
            if type(traced.out) is Tensor and traced.rule is not None:
                self.operations[key_of(traced.out)] = traced, machine
        for binding in machine.mentioned:
            self.name(binding)
        for stand_in, name in machine.aliases.items():
            self.names.setdefault(key_of(stand_in), name)

    def name(self, binding: Binding) -> None:
        """Take over a variable; an intermediate that is another variable by another name keeps the first."""
        at = key_of(binding.tensor)
        if binding.leaves is None or at not in self.names:
            self.names[at] = binding.name
            self.bindings[at] = binding
