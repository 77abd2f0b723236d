"""Loaded by the workers that `--scheduler local` starts: a terminal's Ctrl-C is none of their business."""

from __future__ import annotations

import signal


def dask_setup(worker: object) -> None:  # noqa: ARG001 -- Dask calls it so
    """Leave it to the process that started them to end them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
