"""A cluster of several processes, and command lines that are run in an empty folder."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, NamedTuple

import pytest

from gradcli.cli.environment import Environment
from gradcli.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Any

WORKERS = 3


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=WORKERS,
        threads_per_worker=1,
        dashboard_address=":0",
        silence_logs=logging.CRITICAL + 1,
    ) as started:
        yield started


@pytest.fixture
def gradcli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run `gradcli map` here, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        environment = Environment(stdin=None, stdout=out, stderr=err, variables={}, width=80)
        status = run(("map", *arguments), environment)
        return Outcome(status, out.getvalue(), err.getvalue())

    return call


@pytest.fixture
def interrupted(gradcli: Callable[..., Outcome]) -> Callable[[Sequence[str]], None]:
    """Have all parts of a call computed, and what goes out not written."""
    from gradcli.tables.sinks import FileSink

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    def call(arguments: Sequence[str]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(FileSink, "publish", stop)
            assert gradcli(*arguments).status == 130

    return call
