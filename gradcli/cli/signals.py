"""Signals by which others end the program: taken as Ctrl-C is, so that what is half done goes first."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager

from gradcli.cli.main import OUT_OF_TIME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

ENDING = [
    getattr(signal, name)
    for name in ("SIGTERM", "SIGHUP", "SIGALRM")  # not every system has them all
    if hasattr(signal, name)
]
"""Those that end a program; the last one says that the time is over which it was given."""


class Ended(KeyboardInterrupt):
    """The program was told to end by a signal, and does so with this exit status."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        over = number == getattr(signal, "SIGALRM", None)
        self.status = OUT_OF_TIME if over else 128 + number


@contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """Let the signals that end a program raise Ended here; those that are ignored (nohup) stay so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _: object) -> NoReturn:
        raise Ended(number)

    before = {number: signal.getsignal(number) for number in ENDING}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is signal.SIG_DFL:
                signal.signal(number, handler)
