"""Silence for what Dask logs, and what carries it: what matters of it is said by our errors."""

from __future__ import annotations

import logging

# A cluster that is ended in the middle of its work drops connections and tasks: they tell of each.
_FAMILIES = {"distributed", "tornado", "asyncio", "concurrent"}


def silence() -> None:
    """Have none of them write to stderr."""
    for name in (*_FAMILIES, *logging.Logger.manager.loggerDict):
        if name.partition(".")[0] in _FAMILIES:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
