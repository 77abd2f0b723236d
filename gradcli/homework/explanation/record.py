"""A session that remembers the operations it carried out, so that they can be explained."""

from __future__ import annotations

from gradcli.autograd.tensor import Tensor
from gradcli.evaluate.forms import FORMS
from gradcli.evaluate.machine import Machine
from gradcli.evaluate.statements import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluate.environment import Binding
    from gradcli.evaluate.machine import Operand, Traced
    from gradcli.evaluate.session import Session
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

    Looked up by `key`: an operand's node, or the tensor itself where no operation with a gradient made it.
    """

    __slots__ = ("_kept", "bindings", "names", "operations")

    def __init__(self) -> None:
        self.operations: dict[int, tuple[Traced, Machine]] = {}
        self.names: dict[int, str] = {}
        self.bindings: dict[int, Binding] = {}
        self._kept: list[Any] = []  # keeps the ids of what is looked up from being given away

    def add(self, machine: Recorder) -> None:
        """Take over what a recorder met."""
        self._kept.append(machine)
        for traced in machine.trace or ():
            if type(traced.out) is Tensor and traced.rule is not None:
                self.operations[key(traced.out)] = traced, machine
        for binding in machine.mentioned:
            self.name(binding)
        for stand_in, name in machine.aliases.items():
            self.names.setdefault(id(stand_in), name)

    def name(self, binding: Binding) -> None:
        """Take over a variable; an intermediate that is another variable by another name keeps the first."""
        self._kept.append(binding)
        at = key(binding.tensor)
        if binding.leaves is None or at not in self.names:
            self.names[at] = binding.name
            self.bindings[at] = binding


def key(operand: Any) -> int:
    """By what a tensor or a node of the graph is looked up."""
    node = getattr(operand, "_node", None)
    return id(operand if node is None else node)
