"""Answers within bounds: lines answered by a process that is ended, and replaced, where they exceed them."""

from __future__ import annotations

import os

from gradcli.cli.bounds import LONGEST
from gradcli.cli.crew import Held
from gradcli.cli.main import NO_MEMORY
from gradcli.cli.work import Stopped, of_all
from gradcli.cli.workers import Lost, OutOfTime, Pool, Task
from gradcli.evaluation.results import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gradcli.cli.bounds import Bounds
    from gradcli.cli.work import Work


class Reply:
    """What became of a step of the work: what it wrote, and what the steps behind it go by."""

    __slots__ = ("changed", "met", "outcome", "standing", "stopped", "written")

    def __init__(self, work: Work, held: Held, outcome: Any, *, stopped: bool) -> None:
        self.written = list(held.waiting)
        self.outcome = outcome
        self.stopped = stopped
        self.changed = work.session.changed
        self.standing = work.answers.standing
        self.met = work.session.met()


class Bounded:
    """Carries out the steps of `work` one by one in a process within bounds.

    The process is a fork of this one, made before anything is bound. Where it is lost, another one takes its
    place, in which what the call and earlier lines bind is bound anew. Here nothing is computed.
    """

    def __init__(self, work: Work, bounds: Bounds) -> None:
        self.work = work
        self.bounds = bounds
        self.behind = work.answers.environment
        self.held = Held(self.behind)
        seconds = LONGEST if bounds.seconds is None else bounds.seconds
        self.pool = Pool(self._answer, 1, seconds, self._prepare, fork=True)
        self.bindings: list[tuple[str, str]] = []
        self.state: list[tuple[str, int]] = []  # the lines that bound something
        self.met: tuple[Any, ...] | None = None  # what the lines before met, once there were any

    def begin(self, bindings: Iterable[tuple[str, str]]) -> bool:
        """Bind what the call binds; False where that has no value."""
        given = list(bindings)
        try:
            reply = self._reply("begin", given)
        except Lost as lost:
            why = self._why(lost)
            self.work.answers.error(f"the values of the call: {why}" if given else why)
            self.work.answers.over = isinstance(lost, OutOfTime)
            return False
        self.bindings = given
        return bool(reply.outcome)

    def take(self, text: str, line: int) -> None:
        """Have a chunk answered. Raises Stopped."""
        try:
            reply = self._reply("take", text, line)
        except Lost as lost:
            hint = "nothing that it binds is bound" if "=" in text else None
            self.work.answers.write(Failure(of_all("limit", self._why(lost), text, hint), text, line))
            self._over(lost)
            self.work.stop()
            return
        if reply.changed:
            self.state.append((text, line))

    def pause(self) -> None:
        """Hand over what there is."""
        self.work.pause()

    def finish(self) -> None:
        """Every chunk is answered when it is taken."""

    def end(self) -> None:
        """Report what only the end can tell. Raises Stopped."""
        try:
            self._reply("end")
        except Lost as lost:
            self.work.answers.error(self._why(lost))
            self._over(lost)

    def close(self) -> None:
        """End the process."""
        self.pool.close()

    def _why(self, lost: Lost) -> str:
        # Python and the libraries below it do not survive every lack of memory.
        ended = self.bounds.memory is not None and not isinstance(lost, OutOfTime) and str(lost) != NO_MEMORY
        return f"{lost}, as it does for lack of memory" if ended else str(lost)

    def _over(self, lost: Lost) -> None:
        """Note that the text of the call, where it is that which is run, had its time."""
        answers = self.work.answers
        answers.over = answers.over or (self.work.in_call and isinstance(lost, OutOfTime))

    def _reply(self, step: str, *arguments: Any) -> Reply:
        """What becomes of a step there, written here. Raises Lost, Stopped."""
        answers = self.work.answers
        task = Task((step, answers.file, arguments))
        self.pool.submit(task)
        while not task.done:
            self.pool.wait()
        reply = task.outcome
        if isinstance(reply, Lost):
            raise reply
        for piece in reply.written:
            if isinstance(piece, str):
                self.behind.write(piece)
            else:
                self.behind.say(piece)
        answers.add(reply.standing)
        self.met = reply.met
        if reply.stopped:
            raise Stopped
        found: Reply = reply
        return found

    # --- in the process that answers ---

    def _prepare(self) -> None:
        """Keep to the bounds, and bind what was bound by the time this process began."""
        work = self.work
        self.bounds.prepare()
        if self.bounds.memory is not None:  # of which Python says on stderr what it dies of
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        work.passed_on = (*work.passed_on, MemoryError)
        work.answers.environment = self.held  # what is said once more goes nowhere
        standing = work.answers.standing
        if self.bindings:
            work.begin(self.bindings)
        for text, line in self.state:
            work.take(text, line)
        if self.met is not None:
            work.session.meet(self.met)
        work.answers.add(standing)

    def _answer(self, step: str, file: str | None, arguments: tuple[Any, ...]) -> Reply:
        work = self.work
        self.held.waiting.clear()
        work.answers.file = file
        work.session.changed = stopped = False
        outcome: Any = None
        try:
            outcome = getattr(work, step)(*arguments)
        except Stopped:
            stopped = True
        return Reply(work, self.held, outcome, stopped=stopped)
