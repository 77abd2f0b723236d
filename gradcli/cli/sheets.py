"""`gradcli check --file`: a sheet of claims, every row answered in its place."""

from __future__ import annotations

import os
from collections import Counter, OrderedDict, deque
from contextlib import nullcontext

from gradcli.cli.arguments import UsageError
from gradcli.cli.environment import OutputError, is_terminal
from gradcli.cli.judging import RowJudge, unreadable
from gradcli.cli.main import DONE, NO, WRONG
from gradcli.cli.progress import Progress
from gradcli.cli.streams import TOO_LONG, InputError
from gradcli.cli.tables import Table, cell
from gradcli.cli.workers import Lost, Task, collect_seldom, pool_of
from gradcli.homework.results import CORRECT, UNDECIDED, Verdict
from gradcli.processors import processors
from gradcli.render import check as render
from gradcli.render import sheet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Any, BinaryIO

    from gradcli.cli.bounds import Bounds
    from gradcli.cli.environment import Environment
    from gradcli.cli.tables import Row
    from gradcli.cli.workers import Here, Pool

STDIN = "-"
SECONDS = 20.0
"""A row that takes longer is left undecided."""
AHEAD = 256  # rows that are read before their turn
REMEMBERED = 4096  # answers kept for rows that say the same


def check_sheet(
    environment: Environment,
    path: str,
    *,
    wrt: str | None,
    hint: bool,
    json: bool,
    guard: bool,
    jobs: int | None,
    bounds: Bounds | None,
) -> int:
    """Answer every row of a sheet; the exit status. Raises UsageError for what is no sheet."""
    opened, name, size = _open(environment, path)
    with opened as stream:
        work = Work(environment, wrt=wrt, hint=hint, json=json, guard=guard, bounds=bounds)
        try:
            return work.carry_out(stream, name, size, jobs or processors())
        except InputError as error:
            raise UsageError(str(error)) from error
        except OutputError as error:
            error.status = work.status
            raise
        finally:
            work.close()


def _open(environment: Environment, path: str) -> tuple[AbstractContextManager[BinaryIO], str, int | None]:
    """The sheet as a stream, what errors call it, and its size where that is known."""
    if path == STDIN:
        if environment.stdin is None:
            raise UsageError("cannot read standard input: it is closed")
        if is_terminal(environment.stdin):
            raise UsageError("no sheet: standard input is the keyboard", "pipe a sheet in, or name its file")
        return nullcontext(environment.stdin), "standard input", None
    try:
        stream = open(path.encode("utf-8", "surrogateescape"), "rb")  # noqa: SIM115 -- the caller closes it
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read '{path}': {getattr(error, 'strerror', None) or error}") from error
    return stream, f"'{path}'", os.fstat(stream.fileno()).st_size or None


class Columns:
    """Where in a row its function, claim, variable and key stand."""

    def __init__(self, table: Table, wrt: str | None) -> None:
        f, claim = table.column("f"), table.column("claim")
        assert f is not None
        assert claim is not None
        self.names = [name.strip() for name in table.header]
        self.f, self.claim = f, claim
        self.variable = table.column("wrt", needed=False)
        self.id = next(iter(table.columns("id")), None)
        self.wrt = wrt or ""  # of the rows that do not say

    def question(self, row: Row) -> tuple[str, str, str]:
        """F, claim and variable of a row."""
        return (
            cell(row.cells, self.f),
            cell(row.cells, self.claim),
            cell(row.cells, self.variable).strip() or self.wrt,
        )

    def others(self, row: Row) -> list[tuple[str, str]]:
        """The cells that only pass through, each with the name of its column."""
        surplus = [f"column {i + 1}" for i in range(len(self.names), len(row.cells))]
        return [
            (name, cell(row.cells, i))
            for i, name in enumerate([*self.names, *surplus])
            if i not in (self.f, self.claim, self.variable)
        ]

    def key(self, row: Row) -> str:
        """What a person knows the row by: its id, or else its line."""
        return cell(row.cells, self.id) if self.id is not None else str(row.line)


class Output:
    """Writes answers in the form that was asked for; CSV."""

    csv: sheet.Csv | None = None

    def __init__(
        self, environment: Environment, table: Table, columns: Columns, *, guard: bool = False
    ) -> None:
        self.environment = environment
        self.columns = columns
        self.csv = sheet.Csv(table.header, table.delimiter, guard=guard)
        # Bytes that are not UTF-8 go out as they came in.
        reconfigure = getattr(environment.stdout, "reconfigure", None)
        if environment.unicode and reconfigure is not None:
            reconfigure(errors="surrogateescape")

    def begin(self, rows: list[Row]) -> None:  # noqa: ARG002 -- a table needs them
        """Write what stands above the rows; the first of them are known."""
        assert self.csv is not None
        self.environment.write(self.csv.header())

    def write(self, row: Row, record: dict[str, Any]) -> None:
        """Write a row with its answer."""
        assert self.csv is not None
        own = [text.replace(TOO_LONG, "…") for text in row.cells]
        self.environment.write(self.csv.row(own, record))

    def end(self) -> None:
        """Say what there is to say of the sheet that went out."""
        if self.csv is not None and self.csv.run and not self.csv.guard:
            self.environment.say(sheet.runs(self.csv.run))


class JsonOutput(Output):
    """JSON, an object a line."""

    def __init__(self, environment: Environment, columns: Columns) -> None:
        self.environment = environment
        self.columns = columns

    def begin(self, rows: list[Row]) -> None:
        """Nothing stands above JSON lines."""

    def write(self, row: Row, record: dict[str, Any]) -> None:
        """Write a row's columns and the whole of its answer."""
        fields = sheet.json_fields(self.columns.others(row), row.line, record)
        self.environment.write(render.as_json(fields, ascii=not self.environment.unicode))


class TableOutput(Output):
    """A table for a person."""

    def __init__(self, environment: Environment, columns: Columns) -> None:
        self.environment = environment
        self.columns = columns

    def begin(self, rows: list[Row]) -> None:
        """Write the header, as wide as the first rows need it."""
        first = [(self.columns.key(row), *self.columns.question(row)[:2]) for row in rows]
        key = "line" if self.columns.id is None else "id"
        self.table = sheet.Table(key, first, self.environment.width)
        self.environment.page([self.table.header()])

    def write(self, row: Row, record: dict[str, Any]) -> None:
        """Write a row."""
        f, claim, _ = self.columns.question(row)
        self.environment.page([self.table.row(self.columns.key(row), f, claim, record)])


class Work:
    """One sheet: its rows on their way through the processes, and back in their order."""

    def __init__(
        self, environment: Environment, *, wrt: str | None, hint: bool, json: bool, guard: bool = False,
        bounds: Bounds | None = None,
    ) -> None:
        self.environment = environment
        self.bounds = bounds
        self.wrt = wrt
        self.hint = hint
        self.json = json
        self.guard = guard
        self.queue: deque[tuple[Row, Task]] = deque()
        self.known: OrderedDict[tuple[str, str, str], Task] = OrderedDict()
        self.verdicts: Counter[str] = Counter()
        self.mistakes: Counter[str] = Counter()
        self.beyond = False  # whether a row exceeded the bounds that were asked for
        self.begun = False
        self.columns: Columns
        self.output: Output
        self.pool: Here | Pool | None = None
        self.progress: Progress | None = None

    @property
    def status(self) -> int:
        """The exit status, as far as is known."""
        if self.beyond:
            return WRONG
        return NO if any(word != CORRECT for word in self.verdicts) else DONE

    def carry_out(self, stream: BinaryIO, name: str, size: int | None, jobs: int) -> int:
        """Answer the rows of a stream; the exit status. Raises UsageError, InputError, OutputError."""
        table = Table(stream, name, self.drain)
        self.columns = Columns(table, self.wrt)
        self.output = self._output(table)
        collect_seldom()
        self.pool = self._pool(jobs)
        self.progress = Progress(self.environment, size)
        for row in table.rows():
            self.queue.append((row, self._task(row)))
            while len(self.queue) >= AHEAD:
                self._advance()
        self.drain()
        self._begin()
        self.progress.close()
        self.environment.say(sheet.summary(self.verdicts, self.mistakes, self.environment.width))
        self.output.end()
        return self.status

    def drain(self) -> None:
        """Answer all rows that have been read: their reader may wait for them before there are more."""
        while self.queue:
            self._advance()

    def close(self) -> None:
        """End what was started."""
        if self.progress is not None:
            self.progress.close()
        if self.pool is not None:
            self.pool.close()

    def _pool(self, jobs: int) -> Here | Pool:
        judge, bounds = RowJudge(hint=self.hint, full=self.json), self.bounds
        if bounds is None:
            return pool_of(judge, jobs, SECONDS)
        return pool_of(judge, jobs, bounds.seconds or SECONDS, bounds.prepare)

    def _output(self, table: Table) -> Output:
        if self.json:
            return JsonOutput(self.environment, self.columns)
        if is_terminal(self.environment.stdout):
            return TableOutput(self.environment, self.columns)
        return Output(self.environment, table, self.columns, guard=self.guard)

    def _task(self, row: Row) -> Task:
        """The task of a row: that of an earlier one which says the same, if it is still known."""
        question = self.columns.question(row)
        if row.problem:
            task = Task(())
            task.finish(self._plain(unreadable(*question, row.problem)))
            return task
        known = self.known.get(question)
        if known is not None:
            self.known.move_to_end(question)
            return known
        task = self.known[question] = Task(question)
        if len(self.known) > REMEMBERED:
            self.known.popitem(last=False)
        assert self.pool is not None
        self.pool.submit(task)
        return task

    def _plain(self, verdict: Verdict) -> dict[str, Any]:
        return render.record(verdict, hint=self.hint)

    def _advance(self) -> None:
        """Write the rows at the head of the queue that are answered, or wait until something is."""
        assert self.pool is not None
        assert self.progress is not None
        if not self.queue[0][1].done:
            self.pool.wait()
            return
        self.progress.hide()
        self._begin()
        while self.queue and self.queue[0][1].done:
            row, task = self.queue.popleft()
            self._write(row, task)
        # Somebody may be looking on, or waiting for the answer at the other end of a pipe.
        self.environment.flush()
        self.progress.show(self.verdicts.total(), row.end)

    def _begin(self) -> None:
        if not self.begun:
            self.begun = True
            self.output.begin([row for row, _ in self.queue])

    def _write(self, row: Row, task: Task) -> None:
        record = task.outcome
        if isinstance(record, Lost):
            self.beyond = self.bounds is not None
            f, claim, wrt = self.columns.question(row)
            record = self._plain(Verdict(UNDECIDED, f, claim, wrt, detail=str(record)))
        self.verdicts[record["verdict"]] += 1
        self.mistakes.update(record["mistakes"][:1])
        self.output.write(row, record)
