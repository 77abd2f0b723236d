"""Signals that end the program: the first is taken as Ctrl-C is, when that leaves nothing half done."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, NoReturn

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM")  # not every system has all of them
_AGAIN = 0.01  # seconds until an exception that was lost is raised again


class Ended(KeyboardInterrupt):
    """The program was told to end by a signal, and does so with this exit status."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.status = 128 + number

    @property
    def over(self) -> bool:
        """Whether it was told that the time is over which it was given."""
        return self.number == getattr(signal, "SIGALRM", None)


@contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """Let the first signal that ends a program raise Ended here; those that are ignored (nohup) stay so.

    From then on, Python's own end included, none of them changes anything: what was begun is cleaned up.
    """
    if not _handles_signals():
        yield
        return
    before = {number: signal.getsignal(number) for number in signals_that_end()}
    ours = [number for number in before if before[number] in (signal.SIG_DFL, signal.default_int_handler)]
    told_before = sys.unraisablehook
    ended = False

    def take() -> None:
        for number in ours:
            signal.signal(number, end)

    def end(number: int, _: object) -> NoReturn:
        nonlocal ended
        ended = True
        heed_no_more()
        raise Ended(number)

    def tell(lost: Any) -> None:
        # It came while an object was destroyed or in another place from which nothing is raised.
        if not isinstance(lost.exc_value, Ended):
            told_before(lost)
            return
        take()
        threading.Timer(_AGAIN, os.kill, (os.getpid(), lost.exc_value.number)).start()

    sys.unraisablehook = tell
    try:
        take()
        yield
    finally:
        sys.unraisablehook = told_before
        if not ended:
            for number in ours:
                signal.signal(number, before[number])


def heed_no_more() -> None:
    """Let signals that would raise something change nothing, until `ended_as_by_ctrl_c` is left."""
    if not _handles_signals():
        return
    for number in signals_that_end():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_IGN)  # which Python keeps to its very end


@contextmanager
def held() -> Iterator[None]:
    """Have signals that would raise something wait for the end of what is done here, which is whole then."""
    if not _handles_signals():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in signals_that_end()}
    came: list[signal.Signals] = []

    def keep(number: int, _: object) -> None:
        came.append(signal.Signals(number))

    taken = {number: handler for number, handler in handlers.items() if callable(handler)}
    try:
        for number in taken:
            signal.signal(number, keep)
        yield
    finally:
        for number, handler in taken.items():
            signal.signal(number, handler)
        if came:
            taken[came[0]](came[0], None)


@contextmanager
def interrupts_for_us_alone(*, spawning: bool = True) -> Iterator[None]:
    """Let processes that are started here, or by threads that are, not hear of Ctrl-C: we end them.

    `spawning` says that they may be new interpreters, and not only forks of this one.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    if spawning:
        from multiprocessing import resource_tracker

        # It comes with the first process, and what starts it takes the mask off.
        resource_tracker.ensure_running()
    # A process has the mask of the thread that started it; Ctrl-C meanwhile comes when the mask is off.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def signals_that_end() -> list[signal.Signals]:
    """The signals that end a program; SIGALRM says that its time is over."""
    return [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]


def _handles_signals() -> bool:
    return threading.current_thread() is threading.main_thread()
