"""The rulebook run on the nodes of a graph: a tape becomes the graph of its value and of its gradients."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.evaluation.conventions import TIE
from gradcli.evaluation.recording import CHOICE
from gradcli.numbers import arrays, floats
from gradcli.tables import rows
from gradcli.tables.graph import Graph, Node
from gradcli.tables.recording import RowByRow, Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.numbers.shapes import Shape
    from gradcli.rules.rulebook import Convention
    from gradcli.tables.graph import Operand
    from gradcli.tables.recording import Recording, Step

_WHOLE = frozenset((
    "sum", "prod", "amax", "amin", "cumsum", "cumprod", "peak", "scale", "reshape", "broadcast_to",
    "transpose", "flip", "getitem", "scatter", "stack", "concat", "diag", "matmul", "outer", "inv", "det",
    "logdet", "solve", "zeros", "ones", "eye", "arange", "linspace",
))  # fmt: skip
"""What is no function of single elements."""


class Namespace:
    """The nodes of one graph as a kind of number, for rules to be run on."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __getattr__(self, name: str) -> Callable[..., Operand]:
        function = partial(self._whole if name in _WHOLE else self._each, name)
        setattr(self, name, function)
        return function

    def _each(self, name: str, *args: Operand) -> Operand:
        """A function of single elements: the graph of what it does, or a node of its own."""
        if not any(type(arg) is Node for arg in args):
            if all(isinstance(arg, (float, int)) for arg in args):
                return getattr(floats, name)(*args)
            return getattr(arrays, name)(*args)
        try:
            return getattr(arrays, name)(*args)
        except (TypeError, RowByRow):  # Opaque is the former; it looks at its numbers in ways of its own
            return self.graph.node(getattr(arrays, name), args)

    def _whole(self, name: str, *args: Any, **static: Any) -> Operand:
        function = getattr(rows, name)
        if name in ("stack", "concat"):
            xs, *rest = args
            if any(type(x) is Node for x in xs):
                static = {**static, **dict(zip(("axis",), rest, strict=False))}
                return self.graph.node(_COLLECTED[name], tuple(xs), static)
            return function(*args, **static)
        count = _OPERANDS.get(name, 1)
        if not any(type(arg) is Node for arg in args[:count]):
            return function(*args, **static)
        if any(type(arg) is Node for arg in args[count:]):
            raise TypeError(f"{name} of a size that depends on the row")
        return self.graph.node(_APPLIED[name], tuple(args[:count]), {"rest": tuple(args[count:]), **static})

    # --- what is known without computing ---

    def shape(self, x: Operand) -> Shape:
        """The shape that each row has."""
        return x.shape if type(x) is Node else rows.shape(x)

    def full(self, shape: Shape, value: Operand, like: Operand = 0.0) -> Operand:  # noqa: ARG002
        return self.broadcast_to(value, tuple(shape)) if shape else value

    def zeros_like(self, x: Operand) -> Operand:
        return rows.zeros(self.shape(x))

    def ones_like(self, x: Operand) -> Operand:
        return rows.ones(self.shape(x))

    def number(self, value: float | str, like: Operand = 0.0) -> float:  # noqa: ARG002
        return rows.number(value)

    def pi(self, like: Operand = 0.0) -> float:  # noqa: ARG002
        return rows.pi()


_OPERANDS = {"matmul": 2, "outer": 2, "solve": 2, "zeros": 0, "ones": 0, "eye": 0, "arange": 3, "linspace": 2}
"""Of those functions how many arguments are operands, where it is not one."""


def _applied(function: Any, *args: Any, rest: Any, **static: Any) -> Any:
    return function(*args, *rest, **static)


def _stacked(*xs: Any, axis: int = 0) -> Any:
    return rows.stack(xs, axis)


def _joined(*xs: Any, axis: int = 0) -> Any:
    return rows.concat(xs, axis)


_COLLECTED = {"stack": _stacked, "concat": _joined}
_APPLIED = {name: partial(_applied, getattr(rows, name)) for name in _WHOLE}


def _any(x: Any) -> Any:
    """In which rows an element is not 0."""
    return np.any(np.not_equal(x, 0.0), axis=tuple(range(np.ndim(x) - 1)))


_LOGICAL = frozenset(("logical_and", "logical_or", "logical_not"))
_COMPARED = frozenset(("lt", "le", "gt", "ge", "eq", "ne"))
_SAMPLE = np.array([0.625, 0.375])
"""Rows at which shapes are found out."""


class Traced:
    """The graph of a tape, with the node of its value; `gradients` adds those that were asked for."""

    __slots__ = ("_tape", "columns", "graph", "value")

    def __init__(self, recording: Recording) -> None:
        self.graph = Graph()
        self.columns: dict[str, Node] = {}
        self._tape = tape = _Tape(recording, Namespace(self.graph))
        for leaf in recording.leaves:
            if leaf.value is None:
                node = self.graph.column(_SAMPLE + len(self.columns))
                self.columns[leaf.name] = node
                tape.values.append(node)
            else:
                tape.values.append(rows.lifted(leaf.value))
        tape.forward()
        self.value = tape.operand(recording.root)

    def gradients(self) -> dict[str, Operand]:
        """The gradients asked for, as far as one flows there."""
        return self._tape.backward()

    def conventions(self) -> Iterator[tuple[Step, Convention, Operand]]:
        """The points of convention on the ways of these gradients, each with where a row stands at it."""
        return self._tape.conventions()


class _Tape:
    """A recording with the value of each slot, as nodes and constants."""

    __slots__ = ("active", "plan", "recording", "values", "xp")

    def __init__(self, recording: Recording, xp: Namespace) -> None:
        self.recording = recording
        self.xp = xp
        self.values: list[Operand] = []
        self.plan: list[tuple[Slot, Step, list[int]]] = []
        self.active: dict[int, Operand | None] = {}

    def operand(self, operand: Any) -> Operand:
        return self.values[operand] if type(operand) is Slot else rows.lifted(operand)

    def kind(self, *operands: Operand) -> Any:
        """In what these can be computed with together: constants as eval does it."""
        return floats if all(type(operand) is float for operand in operands) else self.xp

    def forward(self) -> None:
        with np.errstate(all="ignore"):
            for step in self.recording.steps:
                operands = [self.operand(operand) for operand in step.operands]
                self.values.append(step.rule.value(self.kind(*operands), *operands, **step.static))

    def backward(self) -> dict[str, Operand]:
        root, wanted = self.recording.root, self.recording.wanted
        if type(root) is not Slot or not wanted:
            return {}
        plan = self.plan = self._plan(frozenset(wanted.values()))
        active = self.active = self._active(plan, frozenset(wanted.values()))
        cotangents: dict[int, Operand] = {root: 1.0}
        with np.errstate(all="ignore"):
            for slot, step, positions in plan:
                g = cotangents.pop(slot, None)
                if g is None:
                    continue
                for position, part in self._pulled(slot, step, positions, g):
                    operand = step.operands[position]
                    mask = self._branch(step, position, active[slot])
                    if mask is not active[operand]:
                        part = self._masked(mask, part)
                    before = cotangents.get(operand)
                    cotangents[operand] = part if before is None else before + part
        return {name: cotangents.get(slot, 0.0) for name, slot in wanted.items() if slot in active}

    def conventions(self) -> Iterator[tuple[Step, Convention, Operand]]:
        for slot, step, _ in reversed(self.plan):
            if slot not in self.active:
                continue
            for convention in step.rule.conventions:
                if convention.order == 1 and not convention.valueless:  # of a nan there is more to say
                    yield step, convention, self._where(step, convention, self.active[slot])
            if step.rule is CHOICE or step.rule.name == "where":
                for compared in self._comparisons(step.operands[0]):
                    yield compared, TIE, self._where(compared, TIE, self.active[slot])

    def _where(self, step: Step, convention: Convention, mask: Operand | None) -> Operand:
        """In which rows, of those at `mask`, a step stands at a point of convention."""
        graph = self.xp.graph
        operands = [self.operand(operand) for operand in step.operands]
        with np.errstate(all="ignore"):
            truth = convention.when(self.kind(*operands), *operands, **step.static)
        if type(truth) is not Node:
            truth = bool(np.any(truth))
        elif truth.shape:
            truth = graph.node(_any, (truth,))
        else:
            truth = graph.elementwise(np.not_equal, (truth, 0.0))
        return truth if mask is None else graph.elementwise(np.logical_and, (truth, mask))

    def _comparisons(self, condition: Slot | Any) -> Iterator[Step]:
        """The comparisons that decide a condition, of what a gradient goes to."""
        first = len(self.recording.leaves)
        useful = {*self.recording.wanted.values(), *(slot for slot, _, _ in self.plan)}
        todo, known = [condition], set()
        while todo:
            slot = todo.pop()
            if type(slot) is not Slot or slot < first or slot in known:
                continue
            known.add(slot)
            step = self.recording.steps[slot - first]
            if step.rule.name in _LOGICAL:
                todo += reversed(step.operands)
            elif step.rule.name in _COMPARED and not useful.isdisjoint(step.operands):
                yield step

    def _plan(self, wanted: frozenset[Slot]) -> list[tuple[Slot, Step, list[int]]]:
        """The steps on a way from what is wanted, last first, and to which operands a gradient flows."""
        first = len(self.recording.leaves)
        useful = {int(slot) for slot in wanted}
        plan = []
        for number, step in enumerate(self.recording.steps, first):
            positions = [
                i
                for i, operand in enumerate(step.operands)
                if type(operand) is Slot
                and operand in useful
                and (step.rule is CHOICE or step.rule.has_vjp(i))
            ]
            if step.rule is CHOICE:
                positions = [i for i in positions if i > 0]
            if positions:
                useful.add(number)
                plan.append((Slot(number), step, positions))
        return plan[::-1]

    def _active(
        self, plan: list[tuple[Slot, Step, list[int]]], wanted: frozenset[Slot]
    ) -> dict[int, Operand | None]:
        """In which rows a gradient flows to a slot at all, None for all: those where its branch is taken."""
        active: dict[int, Operand | None] = {}
        if type(self.recording.root) is Slot:
            active[self.recording.root] = None
        for slot, step, positions in plan:
            if slot not in active:
                continue
            for position in positions:
                operand = step.operands[position]
                mask = self._branch(step, position, active[slot])
                if operand in wanted or mask is None:
                    active[operand] = None
                elif operand not in active:
                    active[operand] = mask
                else:
                    before = active[operand]
                    if before is not None and before is not mask:
                        active[operand] = self.xp.graph.elementwise(np.logical_or, (before, mask))
        return active

    def _branch(self, step: Step, position: int, mask: Operand | None) -> Operand | None:
        """Where a gradient flows from a step, active at `mask`, to one of its operands."""
        if step.rule is not CHOICE:
            return mask
        taken = np.not_equal(self.operand(step.operands[0]), 0)
        taken = taken if position == 1 else np.logical_not(taken)
        if mask is None:
            return taken
        return self.xp.graph.elementwise(np.logical_and, (mask, taken))

    def _pulled(self, slot: Slot, step: Step, positions: list[int], g: Operand) -> Any:
        operands = [self.operand(operand) for operand in step.operands]
        if step.rule is CHOICE:
            parts: Any = [(position, g) for position in positions]
        else:
            xp, out = self.kind(g, *operands), self.values[slot]
            parts = step.rule.cotangents(positions, xp, g, out, operands, step.static)
        for position, part in parts:
            yield position, self._fitted(part, self.xp.shape(operands[position]))

    def _fitted(self, g: Operand, shape: Shape) -> Operand:
        """A cotangent of the broadcast shape, summed down to an operand's."""
        xp = self.xp
        of_g = xp.shape(g)
        if of_g == shape:
            return g
        extra = len(of_g) - len(shape)
        if extra < 0:
            return xp.broadcast_to(g, shape)
        axes = tuple(i for i, n in enumerate(of_g) if i < extra or (shape[i - extra] == 1 and n != 1))
        if axes:
            g = xp.sum(g, axes, True)
        if extra:
            g = xp.reshape(g, xp.shape(g)[extra:])
        return g if xp.shape(g) == shape else xp.broadcast_to(g, shape)

    def _masked(self, mask: Operand, part: Operand) -> Operand:
        if type(mask) is not Node:
            return part if mask else 0.0 * 0.0
        return self.xp.graph.elementwise(np.where, (mask, part, 0.0))
