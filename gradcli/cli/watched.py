"""A call that goes on in a process of its own, which is ended where it exceeds its bounds."""

from __future__ import annotations

import os
import select
import signal

from gradcli.cli.main import OUT_OF_TIME
from gradcli.cli.workers import Lost, OutOfTime, ending
from gradcli.render import diagnostics
from gradcli.signals import signals_that_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.cli.bounds import Bounds
    from gradcli.cli.environment import Environment

GRACE = 5.0
"""Seconds after its time that a call has to take back what is half done, before it is killed."""


def watched(bounds: Bounds, environment: Environment, leave: Callable[[int], object] = id) -> int | None:
    """Fork: None in the process in which the call goes on; in this one, when that has ended, its exit status.

    Where the time is over the call hears of it as of a signal that ends it (SIGALRM). `leave` takes back
    what it left behind by its number, where it had to be killed.
    """
    environment.flush()
    signals = signals_that_end()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    ended, held = os.pipe()
    number = os.fork()
    if number == 0:
        os.setpgid(0, 0)  # Ctrl-C comes from the process that waits, and from it alone
        os.close(ended)  # `held` is closed when this process ends
        if bounds.seconds is not None:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # whoever started this may have it ignored
            signal.setitimer(signal.ITIMER_REAL, bounds.seconds)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return None
    os.close(held)
    for name in signals:
        if signal.getsignal(name) is not signal.SIG_IGN:
            signal.signal(name, lambda name, _: os.kill(number, name))
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    time = None if bounds.seconds is None else bounds.seconds + GRACE
    killed = not select.select([ended], [], [], time)[0]
    if killed:
        os.killpg(number, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    if killed:
        leave(number)
    return _status(status, bounds, environment, killed=killed)


def _status(status: int, bounds: Bounds, environment: Environment, *, killed: bool) -> int:
    """The exit status of the call, which says why it ended where it could not do so itself."""
    why: Lost | None = None
    if killed or status in (OUT_OF_TIME, -signal.SIGALRM):
        why, status = OutOfTime(bounds.seconds or 0.0), OUT_OF_TIME
    elif status < 0:
        why, status = Lost(f"its process ended ({ending(status)})"), 128 - status
    if why is not None:
        environment.say(diagnostics.message(str(why)))
    return status
