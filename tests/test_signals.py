"""Signals that end the program: raised once, never within what must be whole, not heard by others."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from gradcli.signals import Ended, ended_as_by_ctrl_c, heed_no_more, held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")

STATUSES = [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)]
NUMBERS = [getattr(signal, name) for name, _ in STATUSES if hasattr(signal, name)]


@pytest.fixture(autouse=True)
def handlers() -> Iterator[list[object]]:
    """What the signals do before a test and after it."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield list(before.values())
    for number, handler in before.items():
        signal.signal(number, handler)


def now() -> list[object]:
    return [signal.getsignal(number) for number in NUMBERS]


def ended(work: Callable[[], object]) -> int:
    """The status of a program that is ended by a signal in its work."""
    with pytest.raises(Ended) as raised, ended_as_by_ctrl_c():
        work()
    return raised.value.status


@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_the_first_signal_is_raised_and_no_other(name: str, status: int) -> None:
    def work() -> None:
        try:
            signal.raise_signal(getattr(signal, name))
        finally:
            for number in NUMBERS:
                signal.raise_signal(number)

    assert ended(work) == status
    for number in NUMBERS:  # the program ends
        signal.raise_signal(number)


def test_without_a_signal_all_is_as_before(handlers: list[object]) -> None:
    with ended_as_by_ctrl_c():
        assert now() != handlers
        with held():
            pass
    assert now() == handlers
    with ended_as_by_ctrl_c():
        heed_no_more()
        for number in NUMBERS:
            signal.raise_signal(number)
    assert now() == handlers


def test_an_ignored_signal_stays_so() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with ended_as_by_ctrl_c(), held():
        signal.raise_signal(signal.SIGHUP)


@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_a_signal_that_is_held_is_raised_behind(name: str, status: int) -> None:
    done = []

    def work() -> None:
        with held():
            signal.raise_signal(getattr(signal, name))
            with held():
                signal.raise_signal(signal.SIGINT)
            done.append("whole")
        done.append("behind")

    assert (ended(work), done) == (status, ["whole"])


def test_a_signal_is_not_lost_where_nothing_can_be_raised(capsys: pytest.CaptureFixture[str]) -> None:
    class Loud:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def work() -> None:
        Loud()
        time.sleep(60)

    assert ended(work) == 130
    assert capsys.readouterr() == ("", "")


def test_what_else_is_lost_is_told_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __del__(self) -> None:
            raise ValueError("broken")

    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(str(lost.exc_value)))
    with ended_as_by_ctrl_c():
        Broken()
    assert told == ["broken"]


def test_other_threads_leave_signals_alone(handlers: list[object]) -> None:
    found = []

    def look() -> None:
        with ended_as_by_ctrl_c(), held():
            heed_no_more()
            found.append(now())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [handlers]


def test_processes_that_are_started_do_not_hear_of_ctrl_c() -> None:
    program = """\
import signal
from multiprocessing import get_context
from gradcli.signals import interrupts_for_us_alone
with interrupts_for_us_alone():
    pool = get_context("spawn").Pool(1)
with pool:
    print(pool.apply(signal.pthread_sigmask, (signal.SIG_BLOCK, [])))
print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"{ {signal.SIGINT} }\nset()\n", "")
