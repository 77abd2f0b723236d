"""Work in several threads: in order, bounded, with errors in their turn."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from gradcli.tables.pipeline import AHEAD, Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_outcomes_come_in_order() -> None:
    def slowly(number: int) -> int:
        time.sleep(0.003 if number % 3 == 0 else 0)
        return number * number

    pipeline = Pipeline(slowly, range(100), 4)
    assert list(pipeline) == [number * number for number in range(100)]
    pipeline.close()


def test_nothing() -> None:
    pipeline = Pipeline(abs, [], 2)
    assert list(pipeline) == []
    pipeline.close()


def test_errors_come_in_their_turn() -> None:
    pipeline = Pipeline(lambda number: 1 / (3 - number), range(10), 2)
    found = []
    with pytest.raises(ZeroDivisionError):
        found.extend(iter(pipeline))
    pipeline.close()
    assert found == [1 / 3, 1 / 2, 1.0]


def test_errors_of_the_reader_come_behind_what_it_read() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    pipeline = Pipeline(abs, items(), 2)
    outcomes = iter(pipeline)
    assert next(outcomes) == 1
    with pytest.raises(OSError, match="gone"):
        next(outcomes)
    pipeline.close()


def test_a_bounded_number_is_read_ahead() -> None:
    read = []

    def items() -> Iterator[int]:
        for number in range(1000):
            read.append(number)
            yield number

    pipeline = Pipeline(abs, items(), 2)
    outcomes = iter(pipeline)
    next(outcomes)
    time.sleep(0.05)
    assert len(read) <= 2 * AHEAD + 2
    pipeline.close()
    assert len(read) <= 2 * AHEAD + 3


def test_closing_does_not_wait_for_a_reader_that_waits() -> None:
    forever = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        forever.wait(60)

    pipeline = Pipeline(abs, items(), 2)
    assert next(iter(pipeline)) == 1
    begin = time.monotonic()
    pipeline.close()
    assert time.monotonic() - begin < 30
    forever.set()
