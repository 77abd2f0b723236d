"""One expression over the rows of a table: values, gradients of each row, and their sums."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.evaluation.failures import failure
from gradcli.evaluation.machine import ENGINE
from gradcli.evaluation.results import Note
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.names import normal
from gradcli.processors import processors
from gradcli.tables.graph import Node
from gradcli.tables.kernel import Kernel
from gradcli.tables.recording import RowByRow, Text, record
from gradcli.tables.rowwise import RowWise
from gradcli.tables.sums import Sum, parts
from gradcli.tables.tracing import Traced

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from gradcli.tables.kernel import Workspace
    from gradcli.tables.recording import Recording

    Array = np.ndarray[tuple[int], np.dtype[np.float64]]

    # by what there is to say, the places of the rows that stand at a point of convention, in order
    Met = dict[Note, Any]

ROWS = 65536
"""Rows of a block: its columns and buffers fit the cache that cores share.

With fewer, which would fit a core's own, threads spend more on taking turns between NumPy's calls.
"""

MOST = 2**22
"""Numbers of a block, all columns and buffers taken together: a long program has fewer rows in a block."""

LEAST_ROWS = 512
"""With fewer, the calls of NumPy's functions take longer than their work."""


class Block:
    """The value of each row, and by name the gradient of each row with respect to a variable."""

    __slots__ = ("gradients", "value")

    def __init__(self, value: Array, gradients: dict[str, Array]) -> None:
        self.value = value
        self.gradients = gradients


class Partial:
    """The sums of the value and of the gradients over some rows.

    The sums of blocks are kept exactly and rounded at the end, so that it makes no difference who computed
    which, and in what order they came. It can be pickled.
    """

    __slots__ = ("gradients", "rows", "value")

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.rows = 0
        self.value = Sum()
        self.gradients = {name: Sum() for name in names}

    def merge(self, other: Partial) -> Partial:
        """Add the sums over other rows to these."""
        self.rows += other.rows
        self.value.add(other.value.parts())
        for name, total in other.gradients.items():
            self.gradients.setdefault(name, Sum()).add(total.parts())
        return self

    @property
    def is_finite(self) -> bool:
        """Whether none of the sums is nan or infinite, as with one such row."""
        return all(math.isfinite(float(total)) for total in (self.value, *self.gradients.values()))

    def result(self, how: str) -> tuple[float, dict[str, float]]:
        """The "sum", or the "mean", which of no rows is nan, of the value and of each gradient."""
        if how not in ("sum", "mean"):
            raise ValueError(f"a table is reduced to its sum or its mean, not to {how!r}")
        over = float(self.rows) if how == "mean" else 1.0

        def of(total: Sum) -> float:
            return float(total) / over if over else float("nan")

        return of(self.value), {name: of(total) for name, total in self.gradients.items()}


class Program:
    """A text of the language that is run on the rows of a table.

    `parameters` gives names of the text values for all rows (numbers, or texts as NAME=VALUE has them); the
    names that it leaves open are `names`, the columns that `run` and `reduce` want. Gradients are of all of
    these but those in `const`, or of those in `wrt`; `variables` lists them. A name of `columns` that is also
    a constant of the language, as e, is the column. Raises Diagnostic for a text that is wrong.

    A block of rows goes through the rulebook's own rules on NumPy arrays; what depends on the row in a way
    that arrays have no part in (diff, a determinant) goes through eval row by row: then `rowwise` is true.
    Results are those of eval to rounding: where a node is shared its cotangents are added in another order.
    Given a dictionary for what is `met`, `run` and `reduce` say which rows stand where a derivative is a
    matter of convention.
    """

    def __init__(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        wrt: Sequence[str] | None = None,
        const: Collection[str] = (),
        *,
        columns: Collection[str] = (),
        threads: int | None = None,
    ) -> None:
        self.text = text
        self.parameters = {normal(name): value for name, value in (parameters or {}).items()}
        self.wrt = tuple(wrt or ())
        self.const = tuple(const)
        self.threads = threads or processors()
        parsed = Text(text, self.parameters, columns)
        self.names = parsed.open
        self.variables: tuple[str, ...] = ()
        self._kernel: Kernel | None = None
        self._watching: Kernel | None = None  # the same, and what shows where conventions hold
        self._conventions: list[Note] = []  # of its last outputs
        recording = self._compile(parsed)
        if self._kernel is None:
            self.variables = tuple(recording.wanted)
        if recording.shape:
            raise failure(
                "shape",
                f"a row gives an array of shape {recording.shape}, where a column has one number a row",
                hint="take its sum, or one of its elements",
            )
        self.rowwise = self._kernel is None
        self.expression = recording.expression
        self.notes = recording.notes
        self.unused = recording.unused
        # What all rows have in common: parameters, and what the text binds itself.
        self.values = {leaf.name: leaf.value for leaf in recording.leaves if type(leaf.value) is float}
        self.eval = RowWise(self.text, self.parameters, self.variables)
        self._opened: dict[str, Program] = {}

    def _compile(self, parsed: Text) -> Recording:
        """Record the program at several values; where the tapes differ, or none can be had, go row by row."""

        def at(samples: Sequence[float], *, keep: bool = True) -> Recording:
            return record(parsed, self.parameters, self.wrt, self.const, samples, keep=keep)

        samples = [math.sqrt(2 + i) - 1 for i in range(len(parsed.open))]
        others = [math.pi + 0.7 * i for i in range(len(parsed.open))]
        ones = [1.0] * len(parsed.open)  # for what takes whole numbers only
        try:
            recording, other = at(samples), at(others)
        except RowByRow:
            return at(samples, keep=False)
        except Diagnostic as diagnostic:
            try:
                return at(ones, keep=False)
            except Diagnostic:
                raise diagnostic from None
        if recording.same(other) and not recording.shape:
            self._kernel = self._traced(recording)
        return recording

    def _traced(self, recording: Recording) -> Kernel | None:
        """What computes the value and the gradients of a block; None where that depends on the row."""
        try:
            traced = Traced(recording)
            gradients = traced.gradients()
        except (RowByRow, *ENGINE):
            return None
        self.variables = tuple(gradients)
        outputs = [traced.value, *gradients.values()]
        self._watching = Kernel(traced.columns, [*outputs, *self._watched(traced)])
        return Kernel(traced.columns, outputs)

    def _watched(self, traced: Traced) -> Iterator[Any]:
        """What shows in which rows a convention holds, but of those that hold in none."""
        for step, convention, truth in traced.conventions():
            frame = step.frame
            place = step.expression if frame is None or frame.call is None else frame.call
            note = Note(convention.says, place.span)
            if type(truth) is Node or truth:
                self._conventions.append(note)
                yield truth

    def opened(self, name: str) -> Program | None:
        """The same program with a name as a column; None where the text itself gives it a value."""
        if name in self.names:
            return self
        if name not in self.parameters:
            return None
        if name not in self._opened:
            others = {other: value for other, value in self.parameters.items() if other != name}
            columns = {*self.names, name}
            self._opened[name] = Program(
                self.text, others, self.wrt, self.const, columns=columns, threads=self.threads
            )
        return self._opened[name]

    def run(self, columns: Mapping[str, Array], met: Met | None = None) -> Block:
        """The value and the gradients of every row; raises KeyError for a column that is missing."""
        given, rows = self._given(columns)
        if not self.rowwise:
            outputs = [np.empty(rows) for _ in range(1 + len(self.variables))]
            if self._each_block(given, rows, outputs, None, met):
                return Block(outputs[0], dict(zip(self.variables, outputs[1:], strict=True)))
        return Block(*self.eval.run(dict(zip(self.names, given, strict=True)), rows, met))

    def reduce(self, columns: Mapping[str, Array], met: Met | None = None) -> Partial:
        """The sums of the value and of the gradients over these rows."""
        given, rows = self._given(columns)
        partial = Partial(self.variables)
        partial.rows = rows
        sums = [partial.value, *partial.gradients.values()]
        blocks: dict[int, list[tuple[float, ...]]] = {}
        if self.rowwise or not self._each_block(given, rows, None, blocks, met):
            value, gradients = self.eval.run(dict(zip(self.names, given, strict=True)), rows, met)
            blocks = {0: [parts(column, rows) for column in (value, *gradients.values())]}
        for number in range(len(blocks)):
            for total, some in zip(sums, blocks[number], strict=True):
                total.add(some)
        return partial

    def _workspace(self, kernel: Kernel) -> Workspace:
        """Buffers that no thread is using."""
        try:
            return kernel.idle.pop()
        except IndexError:
            return kernel.workspace(_rows(kernel))

    def _given(self, columns: Mapping[str, Array]) -> tuple[list[Array], int]:
        given = [np.ascontiguousarray(columns[name], np.float64) for name in self.names]
        lengths = {len(column) for column in given} or {len(column) for column in columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"the columns have {sorted(lengths)} rows")
        return given, lengths.pop() if lengths else 0

    def _each_block(
        self,
        given: list[Array],
        rows: int,
        outputs: list[Array] | None,
        sums: dict[int, list[tuple[float, ...]]] | None,
        met: Met | None,
    ) -> bool:
        """Run the kernel on block after block, several at a time: into `outputs`, or to be summed up.

        False where that fails for a row, of a singular matrix for one: eval will say which and why.
        """
        kernel = self._kernel if met is None else self._watching
        assert kernel is not None
        results = 1 + len(self.variables)
        hits: dict[int, list[tuple[Note, Any]]] = {}
        length = _rows(kernel)
        starts = list(enumerate(range(0, rows, length)))
        turn = iter(starts)  # next() of a list's iterator is one step for every thread

        def work() -> None:
            workspace = self._workspace(kernel)
            with np.errstate(all="ignore"):
                for number, start in turn:
                    stop = min(start + length, rows)
                    found = workspace.run(given, start, stop, outputs)
                    if sums is not None:
                        sums[number] = [parts(part, stop - start) for part in found[:results]]
                    hits[number] = self._hits(found, start, stop - start)
            kernel.idle.append(workspace)

        try:
            _in_threads(work, min(self.threads, len(starts)))
        except MemoryError:
            raise
        except Exception:  # eval says which row it is, and what is wrong
            return False
        for number in range(len(hits) if met is not None else 0):
            for note, places in hits[number]:
                assert met is not None
                met[note] = np.concatenate([met[note], places]) if note in met else places
        return True

    def _hits(self, found: Sequence[Any], start: int, rows: int) -> list[tuple[Note, Any]]:
        """The rows of a block in which conventions hold, but those whose value is nan."""
        hits = []
        for note, truth in zip(self._conventions, found[1 + len(self.variables) :], strict=False):
            if np.any(truth):
                places = np.flatnonzero(truth & ~np.isnan(np.broadcast_to(found[0], rows)))
                if len(places):
                    hits.append((note, places + start))
        return hits


def _rows(kernel: Kernel) -> int:
    """How many rows of a block the kernel takes."""
    return min(ROWS, max(LEAST_ROWS, MOST // max(kernel.width, 1)))


def _in_threads(work: Callable[[], None], threads: int) -> None:
    """Do the same in so many threads; raises what one of them raised."""
    if threads < 2:
        work()
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(work) for _ in range(threads)]:
            future.result()
