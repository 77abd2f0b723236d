"""What a worker of a cluster does: one part of a table, from plain data to plain data and the part's file."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from functools import lru_cache

from gradcli import __version__
from gradcli.language.diagnostics import Diagnostic
from gradcli.tables.asked import Asked
from gradcli.tables.columns import prepare
from gradcli.tables.formats import Format
from gradcli.tables.mapping import Counts, Job, Outcome, applied
from gradcli.tables.parts import PartFile, write_record
from gradcli.tables.pieces import Rows
from gradcli.tables.problems import Bad, TableError
from gradcli.tables.sources import Table, open_file, reason
from gradcli.tables.streams import TextFile
from gradcli.tables.stretches import Cut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.tables.sources import Reader


class Stopped(Exception):  # noqa: N818 -- nothing is wrong: nobody waits for the part any more
    """The part is no longer wanted."""


# --- a job as plain data ---

_ELSEWHERE = ("digits", "force", "json", "output", "resume", "scheduler", "strict", "table", "workers")
"""What is asked of the process that the workers work for."""


def description(text: str, asked: Asked, format: Format | None) -> dict[str, Any]:
    """A job as data that JSON can hold: all that makes a difference to what comes out."""
    told = {name: getattr(asked, name) for name in Asked.__slots__ if name not in _ELSEWHERE}
    out = None if format is None else [format.name, format.detail, format.compression]
    return {"gradcli": __version__, "expression": text, **told, "format": out}


@lru_cache(maxsize=4)
def prepared(job: str, first: str, shown: str) -> Job:
    """The job of a description, given as JSON, for the table whose first file is `first`.

    Raises Diagnostic, and TableError where the description is that of another version.
    """
    told = json.loads(job)
    if told["gradcli"] != __version__:
        raise TableError(f"a worker has gradcli {__version__}, this is {told['gradcli']}")
    asked = Asked()
    for name in Asked.__slots__:
        if name not in _ELSEWHERE:
            setattr(asked, name, told[name])
    format = None if told["format"] is None else Format(*told["format"])
    return prepare(told["expression"], Table([opened(first, shown)]), asked, format).job


def opened(path: str, shown: str, size: int | None = None) -> Reader:
    """An input as this machine sees it. Raises TableError where it is not there, or of another size."""
    try:
        seen = os.path.getsize(path)
    except OSError as error:
        raise TableError(
            f"a worker on {_host()} does not see '{shown}' ({path}): {os.strerror(error.errno or 0)}",
            "all workers must see the files under the same names",
        ) from error
    if size is not None and seen != size:
        raise TableError(
            f"a worker on {_host()} has another '{shown}' ({path}): {seen} bytes instead of {size}",
            "all workers must see the same files under the same names",
        )
    file = open_file(path)
    file.name = f"'{shown}'"
    return file


def _host() -> str:
    import socket

    return socket.gethostname()


# --- a part ---


def compute(part: dict[str, Any], job: str) -> dict[str, Any]:
    """Compute a part: its record, with sums or beside a file; or what is wrong with it.

    `part` has the path of the table's first file, of its own, how large that is and what it is called, the
    group of rows or the stretch of bytes, and the file to write, None where rows are only summed up. What may
    go well another time is raised, so that the scheduler tries again.
    """
    try:
        return _record(part, prepared(job, *part["first"]), _stopped())
    except Diagnostic as problem:
        return {"diagnostic": [problem.kind, problem.message, problem.labels, problem.hint]}
    except TableError as error:
        if getattr(error.__cause__, "errno", None) is not None:
            raise
        return {"error": [str(error), error.hint]}
    except OSError as error:  # what reading raises is a TableError
        raise TableError(
            f"a worker on {_host()} cannot write '{part['out']}': {reason(error)}",
            "all workers must see the folder of -o under the same name",
        ) from error


def _record(part: dict[str, Any], job: Job, stopped: Callable[[], bool]) -> dict[str, Any]:
    file = opened(part["path"], part["shown"], part["size"])
    stretch: Cut | None = None
    if part["stretch"] is not None:
        assert isinstance(file, TextFile)
        stretch = Cut(file, *part["stretch"])
    pieces = file.pieces(part["group"], job.wanted) if stretch is None else iter(stretch)
    total = _Total()
    with ExitStack() as stack:
        out = None if part["out"] is None else stack.enter_context(PartFile(part["out"]))
        for piece in pieces:
            if stopped():
                raise Stopped
            outcome = applied(job, file, piece)
            total.add(outcome)
            if outcome.bad and not job.wanted.skip_bad:
                return total.record()
            if out is not None:
                out.write(outcome.result)
            elif outcome.result is not None:
                total.reduce(outcome.result)
        record = total.record()
        if stretch is not None:
            record["end"] = stretch.end
        if out is not None:
            out.close()
            if stopped():  # in the folder there may be parts of another run by now
                raise Stopped
            out.publish()
            write_record(out.path, record)
            record["size"] = os.path.getsize(out.path)
    return record


class _Total:
    """What the pieces of a part come to."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.lines = 0
        self.bad: tuple[int, str, int | None] | None = None
        self.sums: Any = None

    def add(self, outcome: Outcome) -> None:
        """Count the next piece."""
        if outcome.bad and self.bad is None:
            bad = outcome.bad[0]
            line = None if bad.line is None else self.lines + bad.line
            self.bad = self.counts.rows + bad.row, bad.what, line
        outcome.counts.findings.settle("", self.counts.rows)
        self.counts.add(outcome.counts)
        self.lines += outcome.lines

    def reduce(self, sums: Any) -> None:
        """Add the sums over the next piece."""
        self.sums = sums if self.sums is None else self.sums.merge(sums)

    def record(self) -> dict[str, Any]:
        """All this as plain data, but for the sums."""
        record: dict[str, Any] = {"counts": self.counts.plain(), "lines": self.lines, "bad": self.bad}
        if self.sums is not None:
            record["sums"] = self.sums
        return record


def _stopped() -> Callable[[], bool]:
    """Whether the task that this thread carries out is wanted no longer: a thread cannot be ended."""
    try:
        from distributed import get_worker

        worker = get_worker()
        key = worker.get_current_task()
    except (ImportError, ValueError, AttributeError):  # not in a worker
        return lambda: False

    def stopped() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state in ("cancelled", "released", "forgotten")

    return stopped


# --- a record back in the process that asked for it ---


def outcome_of(record: dict[str, Any], done: int) -> Outcome:
    """The outcome of a part, all its pieces taken together. Raises TableError, Diagnostic."""
    if "error" in record:
        raise TableError(*record["error"])
    if "diagnostic" in record:
        raise Diagnostic(*record["diagnostic"])
    outcome = Outcome(Rows(record["counts"]["rows"], record["lines"]), done)
    if record["bad"] is not None:
        outcome.bad = [Bad(*record["bad"])]
    outcome.counts = Counts.of_plain(record["counts"])
    outcome.result = record.get("sums")
    return outcome
