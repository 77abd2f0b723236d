"""Work on many processes: each task has its time, and a process that dies takes its one task with it."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections import deque
from contextlib import contextmanager, suppress
from time import monotonic

from gradcli.cli.main import NO_MEMORY
from gradcli.signals import interrupts_for_us_alone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from typing import Any

SELDOM = 20_000
"""So many new objects must be left before garbage is looked for; Python's own 700 come with every task."""

STARTING = 60.0  # seconds that a process may take before it can work
ORPHANED = 10.0  # seconds beyond its time after which a process ends by itself: who would end it is gone


class TookTooLong(BaseException):
    """Ends a task whose time is over; no Exception, for the task must not take it for one of its own."""


class Lost(Exception):  # noqa: N818 -- what became of a task
    """What is known of a task without an answer: why there is none."""


class OutOfTime(Lost):
    """What is known of a task whose time is over."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"took more than {seconds:g} s")


class Task:
    """A call of the work with its arguments, and what came of it: an answer or a Lost."""

    __slots__ = ("arguments", "done", "outcome")

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        self.arguments = arguments
        self.done = False
        self.outcome: Any = None

    def finish(self, outcome: Any) -> None:
        """Set what came of it."""
        self.outcome = outcome
        self.done = True


class Here:
    """Does the tasks in this process, one after the other, when they are waited for."""

    def __init__(
        self, work: Callable[..., Any], seconds: float, begin: Callable[[], object] | None = None
    ) -> None:
        self.work = work
        self.seconds = seconds
        self.begin = begin
        self.tasks: deque[Task] = deque()

    def submit(self, task: Task) -> None:
        """Take on a task."""
        self.tasks.append(task)

    def wait(self) -> None:
        """Do a task."""
        if self.begin is not None:
            self.begin()
            self.begin = None
        task = self.tasks.popleft()
        try:
            with time_limit(self.seconds):
                task.finish(self.work(*task.arguments))
        except TookTooLong:
            task.finish(OutOfTime(self.seconds))
        except MemoryError:
            task.finish(Lost(NO_MEMORY))

    def close(self) -> None:
        """Nothing is left behind."""


class Worker:
    """A process with a line to it, and the task that it has at the moment."""

    def __init__(self, process: Any, connection: Connection) -> None:
        self.process = process
        self.connection = connection
        self.ready = False  # it has said that it can work
        self.task: Task | None = None
        self.deadline = 0.0


class Pool:
    """Does tasks in several processes, which are started when there is something to do.

    Each calls `begin` before its first task. They are new interpreters, or else forks of this one, which
    have what it has at the time.
    """

    def __init__(
        self,
        work: Callable[..., Any],
        jobs: int,
        seconds: float,
        begin: Callable[[], object] | None = None,
        *,
        fork: bool = False,
    ) -> None:
        from multiprocessing import get_context

        # In a new interpreter what runs in this one (threads, locks, open files) stays here.
        self.context: Any = get_context("fork" if fork else "spawn")
        self.fork = fork
        self.work = work
        self.begin = begin
        self.jobs = jobs
        self.seconds = seconds
        self.tasks: deque[Task] = deque()
        self.workers: list[Worker] = []
        self.here: Here | None = None  # does it all where no process can be started

    def submit(self, task: Task) -> None:
        """Take on a task."""
        self.tasks.append(task)
        self._hand_out()

    def wait(self) -> None:
        """Wait until something is done or lost."""
        from multiprocessing.connection import wait

        busy = [worker for worker in self.workers if worker.task is not None]
        if self.here is not None and not busy:
            self.here.submit(self.tasks.popleft())
            self.here.wait()
            return
        timeout = max(min(worker.deadline for worker in busy) - monotonic(), 0.0)
        ready = set(wait([worker.connection for worker in busy], timeout))
        for worker in busy:
            if worker.connection in ready:
                self._receive(worker)
            elif worker.deadline < monotonic():
                unready = Lost("its process did not start")
                self._lose(worker, OutOfTime(self.seconds) if worker.ready else unready)
        self._hand_out()

    def close(self) -> None:
        """End the processes, whatever they do."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.connection.close()
        self.workers = []

    def _hand_out(self) -> None:
        while self.tasks and self.here is None:
            worker = next((worker for worker in self.workers if worker.task is None), None)
            if worker is None:
                if len(self.workers) == self.jobs:
                    return
                try:
                    worker = self._start()
                except OSError:  # no more processes, no more files
                    if not self.workers:
                        self.here = self._without()
                    self.jobs = max(len(self.workers), 1)
                    return
            try:
                worker.connection.send(self.tasks[0].arguments)
            except OSError:  # it died while it had nothing to do
                self._give_up(worker)
                continue
            worker.task = self.tasks.popleft()
            worker.deadline = monotonic() + (self.seconds if worker.ready else STARTING)

    def _without(self) -> Here:
        return Here(self.work, self.seconds, self.begin)

    def _start(self) -> Worker:
        ours, theirs = self.context.Pipe()
        arguments = theirs, self.work, self.seconds, self.begin
        process = self.context.Process(target=serve, args=arguments, daemon=True)
        with interrupts_for_us_alone(spawning=not self.fork):
            process.start()
        theirs.close()
        worker = Worker(process, ours)
        self.workers.append(worker)
        return worker

    def _receive(self, worker: Worker) -> None:
        try:
            outcome = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join()
            if worker.ready:
                self._lose(worker, Lost(f"its process ended ({ending(worker.process.exitcode)})"))
            else:
                self._give_up(worker)
            return
        if not worker.ready:
            worker.ready = True
            worker.deadline = monotonic() + self.seconds
        elif isinstance(outcome, Lost):  # nor is the process to be relied on any more
            self._lose(worker, outcome)
        elif worker.task is not None:
            worker.task.finish(outcome)
            worker.task = None

    def _lose(self, worker: Worker, why: Lost) -> None:
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        self.workers.remove(worker)
        if worker.task is not None:
            worker.task.finish(why)

    def _give_up(self, worker: Worker) -> None:
        """Do without a process that ended; if it did before it could work, the next one would, too."""
        task, worker.task = worker.task, None
        self._lose(worker, Lost())
        if not worker.ready:
            self.here = self.here or self._without()
        if task is not None:
            self.tasks.appendleft(task)


def serve(
    connection: Connection,
    work: Callable[..., Any],
    seconds: float,
    begin: Callable[[], object] | None,
) -> None:
    """Do the tasks that come over the line until it is cut."""
    collect_seldom()
    try:
        if begin is not None:
            begin()
        connection.send(True)
        while True:
            arguments = connection.recv()
            with _ended_when_orphaned(seconds):
                try:
                    outcome = work(*arguments)
                except MemoryError:
                    outcome = Lost(NO_MEMORY)
            connection.send(outcome)
    except (EOFError, OSError, KeyboardInterrupt):
        pass  # nobody is there any more


@contextmanager
def _ended_when_orphaned(seconds: float) -> Iterator[None]:
    """Let the system end this process long after its time; the one that does it in time may be gone."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + ORPHANED)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


def collect_seldom() -> None:
    """Look for garbage seldom, and not among what was imported."""
    gc.freeze()
    gc.set_threshold(SELDOM)
    gc.enable()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in what is done here for longer, where the system can tell."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    # Again and again: what is raised while an object is being destroyed is lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def ending(status: int | None) -> str:
    """How a process ended: `SIGKILL`, `status 1`."""
    if status is not None and status < 0:
        with suppress(ValueError):
            return signal.Signals(-status).name
    return f"status {status}"


def pool_of(
    work: Callable[..., Any], jobs: int, seconds: float, begin: Callable[[], object] | None = None
) -> Here | Pool:
    """What does the work with so many processes; one is this one, unless there is something to `begin`."""
    # Started from a text on standard input, Python cannot start itself again.
    if (jobs == 1 and begin is None) or not sys.executable:
        return Here(work, seconds, begin)
    return Pool(work, jobs, seconds, begin)
