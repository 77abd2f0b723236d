"""Loaded by the workers that `--scheduler local` starts: neither do they hear of Ctrl-C, nor do they log."""

from __future__ import annotations

import signal

from gradcli.tables.silence import silence


def dask_setup(worker: object) -> None:  # noqa: ARG001 -- Dask calls it so
    """Leave it to the process that started them to end them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # till now it was blocked, where the system can do that
    silence()
