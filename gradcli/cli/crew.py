"""The lines of a stream on several processes: what stands by itself goes to them, all else is done here.

A line `EXPR at NAME=VALUE, ...` changes nothing that a later one could see, so any process may answer it that
knows the names and functions of the lines before. Each process carries out those lines that bind something
itself, when it is given work from behind them. The answers are written in the order of the lines.
"""

from __future__ import annotations

import io
from collections import deque
from select import select

from gradcli.cli.answers import Lines
from gradcli.cli.environment import Environment
from gradcli.cli.work import Stopped, Work
from gradcli.cli.workers import Lost, Pool, Task, pool_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, BinaryIO

    from gradcli.cli.work import Source
    from gradcli.evaluation.options import Options
    from gradcli.evaluation.session import Session
    from gradcli.render.layout import Line

    Numbered = tuple[str, int]  # the text of a chunk and the number of its first line

SIZE = 512
"""Lines that make a task: enough to be worth the way, few enough to keep all processes busy."""

SMALL = 64
"""So few lines are done here rather than sent."""

MOST_STATE = 1000
"""Lines that bind something, of which each process is told; with more of them all is done here."""

DAYS = 1e6  # seconds: a line may take its time, as it may without processes


class _Page(io.StringIO):
    """A text that takes what the true output takes."""

    encoding = "utf-8"


class Runner:
    """The work of a process: a session like the one here, made when it is first needed."""

    def __init__(
        self,
        options: Options,
        bindings: Sequence[tuple[str, str]],
        encoding: str | None,
        *,
        graph: bool,
        fail_fast: bool,
    ) -> None:
        self.options = options
        self.bindings = bindings
        self.encoding = encoding
        self.graph = graph
        self.fail_fast = fail_fast
        self.work: Work | None = None
        self.known = 0  # how many of the lines that bind something were carried out

    def anew(self) -> Runner:
        """Another one that has done nothing yet."""
        return Runner(self.options, self.bindings, self.encoding, graph=self.graph, fail_fast=self.fail_fast)

    def __call__(self, state: Sequence[Numbered], file: str | None, lines: Sequence[Numbered]) -> Part:
        """The answers to lines behind those of `state`."""
        page = _Page()
        page.encoding = self.encoding or page.encoding
        environment = Environment(stdin=None, stdout=page, stderr=None, variables={})
        answers = Lines(environment, graph=self.graph, strict=False)
        answers.file = file
        work = self._prepared(answers, state)
        stopped = False
        try:
            for text, line in lines:
                work.take(text, line)
        except Stopped:
            stopped = True
        return Part(page.getvalue(), answers, work.session, stopped=stopped)

    def _prepared(self, answers: Lines, state: Sequence[Numbered]) -> Work:
        if self.work is None:
            self.work = Work(answers, self.options, fail_fast=self.fail_fast)
            for name, value in self.bindings:
                self.work.session.set(name, value)
        self.work.answers = answers
        for text, line in state[self.known :]:
            for _ in self.work.session.run(text, line):
                pass  # said already
        self.known = len(state)
        return self.work


class Part:
    """What some lines gave: the text, what it means for the exit status, and the names that were met."""

    __slots__ = ("met", "standing", "stopped", "text")

    def __init__(self, text: str, answers: Lines, session: Session, *, stopped: bool) -> None:
        self.text = text
        self.standing = answers.standing
        self.stopped = stopped
        self.met = session.met()


class Held(Environment):
    """The environment of what is done here while earlier lines are at work: it keeps what is written."""

    def __init__(self, behind: Environment) -> None:
        super().__init__(
            stdin=behind.stdin, stdout=behind.stdout, stderr=behind.stderr, variables=behind.variables,
            width=behind.width, color=behind.color,
        )  # fmt: skip
        self.traceback = behind.traceback
        self.behind = behind
        self.waiting: deque[Task | str | list[Line]] = deque()

    def write(self, text: str) -> None:
        """Keep a result's text."""
        self.waiting.append(text)

    def say(self, lines: Iterable[Line]) -> None:
        """Keep lines for stderr."""
        self.waiting.append([*lines])

    def flush(self) -> None:
        """Hand over what was written already."""
        self.behind.flush()


class Crew:
    """Several processes that answer lines of one run of `work`, whose answers go through `held`."""

    def __init__(self, work: Work, held: Held, runner: Runner, jobs: int) -> None:
        self.work = work
        self.held = held
        self.runner = runner
        self.pool = pool_of(runner, jobs, DAYS)
        self.most = 3 * jobs  # tasks that wait for one another
        self.lines: list[Numbered] = []  # not handed out yet
        self.file: str | None = None  # where they come from
        self.state: list[Numbered] = []
        self.at_work: deque[Task] = deque()

    def begin(self, bindings: Iterable[tuple[str, str]]) -> bool:
        """Bind what the call binds here; the processes do it themselves."""
        return self.work.begin(bindings)

    def end(self) -> None:
        """Report what only the end can tell."""
        self.work.end()

    def take(self, text: str, line: int) -> None:
        """Have a chunk answered, here or elsewhere."""
        if len(self.state) <= MOST_STATE and stands_alone(text):
            if self.lines and self.file != self.work.answers.file:
                self._clear()
            self.file = self.work.answers.file
            self.lines.append((text, line))
            if len(self.lines) >= SIZE:
                self._hand_out()
            return
        self._clear()
        self._here(text, line)

    def pause(self) -> None:
        """Before waiting for input: if there is none yet, answer what came, and go on writing meanwhile."""
        if not is_ready(self.held.stdin):
            # One task is done as soon here, and sooner while no process has been started.
            self._clear(SMALL if self.at_work else SIZE)
            while self.at_work and not self._arrived(self.held.stdin):
                self.pool.wait()
                self._release()
        self._release()
        self.held.flush()

    def finish(self) -> None:
        """Wait for all answers and write them."""
        self._clear()
        while self.at_work:
            self.pool.wait()
            self._release()
        self._release()

    def close(self) -> None:
        """End the processes."""
        self.pool.close()

    def _hand_out(self) -> None:
        task = Task((tuple(self.state), self.file, tuple(self.lines)))
        self.lines.clear()
        self.at_work.append(task)
        self.held.waiting.append(task)
        self.pool.submit(task)
        while self._arrived() or len(self.at_work) > self.most:
            self.pool.wait()
            self._release()

    def _clear(self, few: int | None = None) -> None:
        """Have the lines answered that were kept back, here if they are few."""
        if len(self.lines) > (SMALL if few is None else few):
            self._hand_out()
            return
        lines = self.lines[:]
        self.lines.clear()
        file, self.work.answers.file = self.work.answers.file, self.file
        for text, line in lines:
            self._here(text, line)
        self.work.answers.file = file

    def _here(self, text: str, line: int) -> None:
        session = self.work.session
        session.changed = False
        try:
            self.work.take(text, line)
        except Stopped:
            self.finish()
            raise
        if session.changed:
            self.state.append((text, line))
        if not self.at_work:
            self._release()

    def _arrived(self, stdin: BinaryIO | None = None) -> bool:
        """Whether an answer has come; with `stdin`, wait until one has: True if instead there is input."""
        if not isinstance(self.pool, Pool):
            return False
        from multiprocessing.connection import wait

        connections = [worker.connection for worker in self.pool.workers if worker.task is not None]
        if stdin is None:
            return bool(connections and wait(connections, 0))
        try:
            streams: list[Any] = [stdin, *connections]
            return bool(connections) and streams[0] in wait(streams)
        except (OSError, TypeError):  # a system that cannot wait for both
            return False

    def _release(self) -> None:
        """Write what is there, in order."""
        waiting, behind = self.held.waiting, self.held.behind
        while waiting:
            first = waiting[0]
            if isinstance(first, Task):
                if not first.done:
                    return
                self.at_work.popleft()
                waiting.popleft()
                self._write(first)
                continue
            waiting.popleft()
            if isinstance(first, str):
                behind.write(first)
            else:
                behind.say(first)

    def _write(self, task: Task) -> None:
        part = task.outcome
        if isinstance(part, Lost):  # the process ended: nobody knows why, so once more
            part = self.runner.anew()(*task.arguments)
        self.work.answers.add(part.standing)
        self.work.session.meet(part.met)
        self.held.behind.write(part.text)
        if part.stopped:
            self.held.waiting.clear()
            raise Stopped


def carry_out(
    environment: Environment,
    options: Options,
    bindings: Sequence[tuple[str, str]],
    sources: Iterable[Source],
    jobs: int,
    *,
    graph: bool,
    strict: bool,
    fail_fast: bool,
) -> int:
    """One run of `eval --json` on so many processes; the exit status."""
    held = Held(environment)
    work = Work(Lines(held, graph=graph, strict=strict), options, fail_fast=fail_fast)
    encoding = getattr(environment.stdout, "encoding", None)
    work.hands = Crew(work, held, Runner(options, bindings, encoding, graph=graph, fail_fast=fail_fast), jobs)
    return work.carry_out(bindings, sources)


def stands_alone(text: str) -> bool:
    """Whether a chunk surely changes nothing: `at` makes a statement an expression, or else an error."""
    return " at " in text and not ("#" in text or ";" in text or "{" in text or "\n" in text)


def is_ready(stream: BinaryIO | None) -> bool:
    """Whether reading a stream would not have to wait for somebody."""
    try:
        return stream is None or bool(select([stream], [], [], 0)[0])
    except (io.UnsupportedOperation, TypeError):
        return True  # no stream of the system: bytes that are there
    except (OSError, ValueError):
        return False  # a system that cannot tell
