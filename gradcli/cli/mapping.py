"""The work of `gradcli map`: which columns go in and out, the rows on their way, the summary at the end."""

from __future__ import annotations

import os
import select
from contextlib import ExitStack

from gradcli.cli.arguments import UsageError
from gradcli.cli.environment import is_terminal
from gradcli.cli.main import DONE, NOT_FINITE, OUT_OF_TIME, WRONG
from gradcli.tables.formats import CSV, JSON, Format, arrow, format_of
from gradcli.tables.problems import TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.cli.environment import Environment
    from gradcli.tables.asked import Asked
    from gradcli.tables.mapping import Counts, Job
    from gradcli.tables.sources import Table

STDIN = "-"
PROMPT = 0.05  # seconds after which rows that have come through a pipe are not kept waiting for more


def map_rows(environment: Environment, expression: str | None, file: str | None, asked: Asked) -> int:
    """Map a table; the exit status. Raises UsageError, OutputError."""
    from gradcli.cli.workers import collect_seldom
    from gradcli.render import map as render
    from gradcli.signals import Ended, ended_as_by_ctrl_c

    try:
        _import_arrow()
        format = _format(asked)
        text = _text(expression, file)
        table = _table(environment, asked)
        if not _read_values(environment, asked):
            return WRONG
        prepared = _prepared(environment, text, file, table, asked, format)
        if prepared is None:
            return WRONG
        collect_seldom()
        with ExitStack() as stack:
            stack.enter_context(ended_as_by_ctrl_c())
            environment.say(render.notes(prepared.notes))
            work = _work(environment, text, table, prepared, asked, format)
            stack.callback(work.close)
            return work.carry_out(format)
    except TableError as error:
        raise UsageError(str(error), error.hint) from error
    except Ended as error:
        return OUT_OF_TIME if error.over else error.status


def _import_arrow() -> None:
    """Import pyarrow, and NumPy with it. Raises TableError where it is not installed."""
    # OpenBLAS, which comes with NumPy, starts a thread for each processor, which runs idle for 60 ms of this
    # program's start. Nothing here multiplies large matrices, and pieces of a table have their own threads.
    name = "OPENBLAS_NUM_THREADS"
    stated = os.environ.get(name)
    os.environ.setdefault(name, "1")
    try:
        arrow()
    finally:
        if stated is None:
            del os.environ[name]


def _format(asked: Asked) -> Format | None:
    """The format in which rows go out; None where they do not."""
    if asked.reduce is not None:
        return None
    if asked.output is not None:
        if os.path.isdir(asked.output):
            from gradcli.tables.sinks import verify_free

            verify_free(asked.output, force=False)  # which is also no name of a format
        return format_of(asked.output)
    return Format(JSON) if asked.json else Format(CSV, ",")


def _text(expression: str | None, file: str | None) -> str:
    """The program: that of the call or of a file. Raises UsageError."""
    if expression is not None:
        return expression
    assert file is not None
    try:
        with open(file, encoding="utf-8-sig") as stream:
            return stream.read()
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read '{file}': {getattr(error, 'strerror', None) or error}") from error


def _table(environment: Environment, asked: Asked) -> Table:
    """The table, opened. Raises UsageError, TableError."""
    from gradcli.tables.sources import of_stream, open_table, paths_of, verify_apart

    paths = [] if asked.table == STDIN else paths_of(asked.table)
    if asked.output is not None:
        from gradcli.tables.sinks import verify_free

        verify_apart(paths, asked.table, asked.output)
        verify_free(asked.output, force=asked.force)
    if paths:
        return open_table(paths)
    if environment.stdin is None:
        raise UsageError("cannot read standard input: it is closed")
    if is_terminal(environment.stdin):
        raise UsageError("no table: standard input is the keyboard", "pipe one in, or name its file")
    return of_stream(_reading(environment, prompt=asked.reduce is None), "standard input")


def _reading(environment: Environment, *, prompt: bool) -> Callable[[], bytes]:
    """What reads standard input in blocks, or, if `prompt`, what has come when nothing more comes."""
    from gradcli.tables.streams import BLOCK

    stream = environment.stdin
    assert stream is not None
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError, AttributeError):
        return lambda: stream.read(BLOCK)

    # Past Python's buffer, whose lock a thread that waits for more would keep when the program ends.
    def read() -> bytes:
        parts: list[bytes] = []
        size = 0
        while size < BLOCK:
            if parts and prompt and not select.select([descriptor], [], [], PROMPT)[0]:
                break
            try:
                part = os.read(descriptor, BLOCK - size)
            except OSError as error:
                raise TableError(f"cannot read standard input: {error.strerror}") from error
            if not part:
                break
            parts.append(part)
            size += len(part)
        return b"".join(parts)

    return read


def _read_values(environment: Environment, asked: Asked) -> bool:
    """Whether the values of names can be read, which are not the expression's; what is wrong is reported."""
    from gradcli.evaluation.results import Failure
    from gradcli.evaluation.session import Session
    from gradcli.language.diagnostics import Diagnostic
    from gradcli.language.measured import parted, two_readings
    from gradcli.render import diagnostics

    session, readable = Session(), True
    for name, value in asked.parameters.items():
        number, error = parted(value)
        if two_readings(number) or (error is not None and (not number or number.startswith("["))):
            continue  # which is wrong in another way
        try:
            session.set(name, number)
        except Diagnostic as diagnostic:
            failure = Failure(diagnostic, f"{name}={value}", 1)
            lines = diagnostics.failure(
                failure, file=None, width=environment.width, what=f"value of {name}: "
            )
            environment.say(lines)
            readable = False
    return readable


def _prepared(
    environment: Environment, text: str, file: str | None, table: Table, asked: Asked, format: Format | None
) -> Any:
    """The program and its columns; None where the program is wrong, which is reported."""
    from gradcli.evaluation.results import Failure
    from gradcli.language.diagnostics import Diagnostic
    from gradcli.render import diagnostics
    from gradcli.tables.columns import prepare

    try:
        return prepare(text, table, asked, format)
    except Diagnostic as diagnostic:
        environment.say(diagnostics.failure(Failure(diagnostic, text, 1), file=file, width=environment.width))
        return None


def _work(
    environment: Environment, text: str, table: Table, prepared: Any, asked: Asked, format: Format | None
) -> Work:
    if asked.scheduler is None:
        return Work(environment, table, prepared, asked)
    from gradcli.cli.distributing import Distributed

    return Distributed(environment, text, table, prepared, asked, format)


class Work:
    """A table on its way through the threads, and what comes of it."""

    def __init__(self, environment: Environment, table: Table, prepared: Any, asked: Asked) -> None:
        from gradcli.tables.mapping import Counts

        self.environment = environment
        self.table = table
        self.prepared = prepared
        self.job: Job = prepared.job
        self.asked = asked
        self.counts: Counts = Counts()
        self.partial: Any = None
        self.finite = True  # what the rows were reduced to
        self.progress: Any = None
        self.pipeline: Any = None

    def close(self) -> None:
        """End what was started."""
        if self.pipeline is not None:
            self.pipeline.close()
        if self.progress is not None:
            self.progress.close()

    def carry_out(self, format: Format | None) -> int:
        """Map the rows; the exit status."""
        from gradcli.render import map as render

        try:
            if format is None:
                self._run(self._add)
                self._write_result()
            elif self.asked.output is None:
                self._stream(format)
            else:
                self._file(self.asked.output, format)
        except KeyboardInterrupt:
            self.close()
            self.environment.say(render.interrupted(self.asked.output))
            raise
        self.environment.say(render.summary(self.counts, reduced=format is None))
        self.environment.say(render.notes(self._findings()))
        if self.counts.failed:
            return WRONG
        finite = self.finite and not self.counts.unbounded
        return NOT_FINITE if self.asked.strict and not finite else DONE

    def _findings(self) -> list[str]:
        """What there is to say of some of the rows."""
        from gradcli.render import map as render
        from gradcli.tables.findings import told

        program = self.job.program
        found = told(self.counts.findings, program)
        return render.findings(found, program.text, several=len(self.table.files) > 1)

    def _stream(self, format: Format) -> None:
        from gradcli.tables.sinks import header

        self._write_lines(header(self.job.names, format))
        self._run(self._write)

    def _write(self, encoded: bytes) -> None:
        self.progress.hide()
        self._write_lines(encoded)
        self.environment.flush()

    def _write_lines(self, encoded: bytes) -> None:
        """Write rows to stdout, on a terminal with escapes for what that would obey."""
        if is_terminal(self.environment.stdout):
            from gradcli.render.layout import escape

            lines = encoded.decode("utf-8", "surrogateescape").split("\n")
            encoded = "\n".join(map(escape, lines)).encode()
        self.environment.write_bytes(encoded)

    def _file(self, path: str, format: Format) -> None:
        from gradcli.signals import heed_no_more
        from gradcli.tables.sinks import FileSink

        with FileSink(path, format, self.prepared.schema, self.job.results, force=self.asked.force) as sink:
            self._run(sink.write)
            sink.publish(heed_no_more)  # for what is written is not to be called interrupted

    def _add(self, partial: Any) -> None:
        self.partial = partial if self.partial is None else self.partial.merge(partial)

    def _run(self, take: Callable[[Any], object]) -> None:
        """Compute every piece and hand over what comes of it, in order."""
        from gradcli.cli.progress import Progress
        from gradcli.tables.mapping import Places

        table, job = self.table, self.job
        rows_out = self.asked.output is None and job.format is not None
        self.progress = Progress(self.environment, table.size, rows_out=rows_out)
        self.pipeline = self._pieces()
        places = Places(table.files[0])
        number = before = 0
        for part, outcome in self.pipeline:
            while part.file != number:
                before += table.files[number].size
                number += 1
                places = Places(table.files[number])
            self.counts.add(places.take(outcome, skip=job.wanted.skip_bad))
            if outcome.result is not None:
                take(outcome.result)
            self.progress.show(self.counts.rows, before + outcome.done)
        self.progress.close()

    def _pieces(self) -> Any:
        """What comes of the pieces, in their order; to be closed."""
        from gradcli.processors import processors
        from gradcli.tables.mapping import items, worker
        from gradcli.tables.pipeline import Pipeline

        table, job = self.table, self.job
        threads = 1 if job.program.rowwise else processors()
        return Pipeline(worker(table, job), items(table, table.parts(), job.wanted), threads)

    def _write_result(self) -> None:
        """Write what the rows were reduced to."""
        from gradcli.render import map as render
        from gradcli.render.page import Style
        from gradcli.tables.reduced import reduced as reduce

        assert self.asked.reduce is not None
        reduced = reduce(
            self.job, self.partial, self.asked.reduce, self.counts, [*self.prepared.notes, *self._findings()]
        )
        self.finite = reduced.finite
        if self.asked.json:
            self.environment.write(render.as_json(reduced, ascii=not self.environment.unicode))
        else:
            unicode = self.environment.unicode
            style = Style(width=self.environment.width, digits=self.asked.digits, unicode=unicode)
            self.environment.page(render.page(reduced, style))
