"""A table on a Dask cluster: its parts as tasks, their outcomes in order, whoever computed what."""

from __future__ import annotations

import json
import os
import pickle
import queue
import uuid
from concurrent.futures import CancelledError

from gradcli.tables import stretches, tasks
from gradcli.tables.formats import CSV, JSON
from gradcli.tables.mapping import Outcome
from gradcli.tables.parts import INPUTS, Altered, Folder, read_record, written
from gradcli.tables.pieces import Rows
from gradcli.tables.problems import TableError
from gradcli.tables.sources import reason
from gradcli.tables.stretches import Stretch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from gradcli.tables.connection import Cluster
    from gradcli.tables.pieces import Wanted
    from gradcli.tables.sources import Part, Table

LOOK = 5.0  # seconds between two looks whether there are still workers
RETRIES = 3


class Run:
    """The parts of a table on a cluster; iterated over, the outcomes of its pieces in their order.

    `folder` keeps the parts of what goes out as rows; None where they are summed up. `note` says what those
    who wait should know. Closed before its end, it cancels what is under way.
    """

    def __init__(
        self,
        cluster: Cluster,
        table: Table,
        job: dict[str, Any],
        wanted: Wanted,
        folder: Folder | None,
        note: Callable[[str], object],
    ) -> None:
        self.cluster = cluster
        self.table = table
        self.job = job
        self.wanted = wanted
        self.folder = folder
        self.parts = stretches.parts(table, stretches.SIZE)
        self.inputs = [_identity(file) for file in table.files]
        self.done: dict[int, dict[str, Any]] = {}
        self._ended = 0  # where in its file the last stretch did
        self._futures: dict[int, Any] = {}
        self._note = note
        self._lonely = False  # it was said that there are no workers
        self._finished: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()

    def begin(self, *, resume: bool, force: bool) -> int:
        """Make the folder, or take up the one that is there; how many parts it has. Raises TableError."""
        if self.folder is not None:
            identity = {**self.job, INPUTS: self.inputs, "stretch": stretches.SIZE}
            self.folder.begin(identity, resume=resume, force=force)
            self._take_up()
        return len(self.done)

    def __iter__(self) -> Iterator[tuple[Part, Outcome]]:
        self._submit([number for number in range(len(self.parts)) if number not in self.done])
        for number, part in enumerate(self.parts):
            record = self._verified(number)
            outcome = tasks.outcome_of(record, self._read(part))
            yield part, outcome
            if self.folder is not None:
                path = self._path(number)
                assert path is not None
                self.folder.appeared(path, record["size"])
                for result in self._results(path):
                    piece = Outcome(Rows(0), outcome.done)
                    piece.result = result
                    yield part, piece
        self._verify_inputs()

    def close(self) -> None:
        """Cancel what is under way."""
        futures, self._futures = list(self._futures.values()), {}
        if futures:
            self.cluster.cancel(futures)

    def _path(self, number: int) -> str | None:
        part = self.parts[number]
        if self.folder is None:
            return None
        return self.folder.file(number, part.start if isinstance(part, Stretch) else None)

    def _take_up(self) -> None:
        """Look up all parts; what is known of stretches says where others start."""
        ended = None
        for number, part in enumerate(self.parts):
            stretch = part if isinstance(part, Stretch) else None
            if stretch is not None and not stretch.is_first and ended is not None:
                stretch.start = ended
            self._look_up(number)
            known = stretch is not None and (stretch.is_first or ended is not None)
            ended = self.done[number]["end"] if known and number in self.done else None

    def _look_up(self, number: int) -> None:
        """Take a part as done that is there, from an earlier run."""
        path = self._path(number)
        if path is None:
            return
        try:
            record = read_record(path)
        except Altered:
            self._note(f"part {number + 1} of {len(self.parts)} was altered since, and is computed again")
            return
        if record is not None:
            self.done[number] = record

    def _submit(self, missing: Sequence[int]) -> None:
        if not missing:
            return
        job = json.dumps(self.job)
        run = uuid.uuid4().hex
        futures = self.cluster.client.map(
            pickle.loads,
            [pickle.dumps(_Computed(self._task(number), job)) for number in missing],
            key=[f"gradcli-{run}-{number}" for number in missing],
            retries=RETRIES,
            pure=False,
        )
        for number, future in zip(missing, futures, strict=True):
            self._futures[number] = future
            future.add_done_callback(_reports(self._finished, number))

    def _task(self, number: int) -> dict[str, Any]:
        part = self.parts[number]
        shown, path, size, _ = self.inputs[part.file]
        first = [self.inputs[0][1], self.inputs[0][0]]
        return {
            "first": first,
            "path": path,
            "shown": shown,
            "size": size,
            "group": part.group,
            "stretch": [part.start, part.begin, part.stop] if isinstance(part, Stretch) else None,
            "out": self._path(number),
        }

    def _verified(self, number: int) -> dict[str, Any]:
        """The record of a part; a stretch starts where the one before it has ended, or it is done again."""
        part = self.parts[number]
        record = self._record(number)
        if not isinstance(part, Stretch):
            return record
        if not part.is_first and part.start != self._ended:
            part.start = self._ended
            self._look_up(number)
            if number not in self.done:
                self._submit([number])
            record = self._record(number)
        self._ended = record.get("end", 0)
        return record

    def _record(self, number: int) -> dict[str, Any]:
        """The record of a part, waited for. Raises TableError for what its worker raised."""
        while number not in self.done:
            try:
                finished, future = self._finished.get(timeout=LOOK)
            except queue.Empty:
                self._look()
                continue
            if finished not in self._futures:
                continue
            if not future.done():  # it was, but the worker that had the result has died since
                future.add_done_callback(_reports(self._finished, finished))
                continue
            record = self._told(finished, future)
            self.done[finished] = record
            del self._futures[finished], future
            if self._ends_the_job(finished, record):
                self._drop(finished)
        return self.done.pop(number)

    def _told(self, number: int, future: Any) -> dict[str, Any]:
        """What a task gave; what it raised is what is wrong with its part."""
        try:
            record: dict[str, Any] = future.result()
            return record
        except (OSError, CancelledError):  # the result was not here yet
            raise self._gone() from None
        except Exception as error:
            name = self.table.files[self.parts[number].file].name
            return {"error": _what_failed(error, name, number)}

    def _ends_the_job(self, number: int, record: Mapping[str, Any]) -> bool:
        part = self.parts[number]
        if isinstance(part, Stretch) and not part.is_first:
            return False  # where it does not start where it should, what is wrong means nothing
        if "error" in record or "diagnostic" in record:
            return True
        return record["bad"] is not None and not self.wanted.skip_bad

    def _drop(self, number: int) -> None:
        """Cancel what comes behind a part that ends the job; what comes before may have more to say."""
        behind = [other for other in self._futures if other > number]
        futures = [self._futures.pop(other) for other in behind]
        if futures:
            self.cluster.client.cancel(futures, force=True)

    def _look(self) -> None:
        """Raise TableError where the scheduler is gone; say so once where there is nobody to do the work."""
        client = self.cluster.client
        if client.status not in ("running", "connecting"):
            raise self._gone()
        if client.status != "running" or self._lonely:
            return
        try:
            workers = client.scheduler_info()["workers"]
        except (OSError, CancelledError):
            raise self._gone() from None
        if not workers:
            self._lonely = True
            self._note(f"the scheduler at '{self.cluster.address}' has no workers; waiting for some")

    def _gone(self) -> TableError:
        return TableError(f"the scheduler at '{self.cluster.address}' is gone")

    def _results(self, path: str) -> Iterator[Any]:
        text = self.job["format"][0] in (CSV, JSON)
        try:
            yield from written(path, text=text)
        except (OSError, ValueError) as error:
            raise TableError(f"cannot read '{path}': {reason(error)}") from error

    def _read(self, part: Part) -> int:
        """How much of a file's size is dealt with at the end of a part."""
        if isinstance(part, Stretch):
            return part.stop
        file = self.table.files[part.file]
        return file.size * (part.group + 1) // max(len(file.groups()), 1)

    def _verify_inputs(self) -> None:
        for file, before in zip(self.table.files, self.inputs, strict=True):
            if _identity(file) != before:
                raise TableError(f"{file.name} has changed while it was read", "begin anew, with --force")


def _what_failed(error: Exception, name: str, number: int) -> list[str]:
    """What to say of an exception that a task ended with, and the way out."""
    if isinstance(error, TableError):
        return [str(error), error.hint]
    kind = type(error).__name__
    if kind == "KilledWorker":
        return [f"{name}: workers die of part {number}", "have they memory enough?"]
    if isinstance(error, ImportError):
        return [f"a worker cannot compute {name}: {error}", "all of them need gradcli"]
    return [f"a worker failed at {name}: {kind}: {error}", ""]


class _Computed:
    """A part that is computed when it is unpickled.

    A worker unpickles a task as soon as it hears of it, and does not survive where it has not the module of
    the function: so that is pickle's own, and what it calls is looked for when the task is carried out.
    """

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return tasks.compute, self.arguments


def _reports(finished: queue.SimpleQueue[tuple[int, Any]], number: int) -> Callable[[Any], None]:
    return lambda future: finished.put((number, future))


def _identity(file: Any) -> list[Any]:
    """What a file is called and where it is, how large, and when it was written. Raises TableError."""
    try:
        status = os.stat(file.path)
    except OSError as error:
        raise TableError(f"cannot read {file.name}: {reason(error)}") from error
    return [file.path, os.path.abspath(file.path), status.st_size, status.st_mtime_ns]
