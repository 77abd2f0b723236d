"""The bounds of an answer: how long it may take and how much memory, and what keeps a process to them."""

from __future__ import annotations

import math
import os
import re
import sys
from contextlib import suppress
from importlib import import_module

from gradcli.cli.arguments import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

UNITS = {
    "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
    "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40,
    "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40,
}  # fmt: skip
SIZE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)", re.IGNORECASE)
LEAST_MEMORY = 10**7
LONGEST = 1e6
"""Seconds that stand for no bound: eleven days."""

OFTEN_NEEDED = ("numpy", "scipy.special", "mpmath")


class Bounds:
    """Seconds and bytes that an answer may take; what is None is not bounded.

    The bytes are those beside what the program itself takes.
    """

    __slots__ = ("memory", "seconds")

    def __init__(self, seconds: float | None = None, memory: int | None = None) -> None:
        self.seconds = seconds
        self.memory = memory

    @classmethod
    def asked(cls, timeout: str | None, max_memory: str | None) -> Self:
        """Those that the options say. Raises UsageError."""
        bounds = cls(
            None if timeout is None else _seconds(timeout), None if max_memory is None else _bytes(max_memory)
        )
        option = "--max-memory" if timeout is None else "--timeout"
        if not hasattr(os, "fork"):
            raise UsageError(f"{option} is for systems that can fork a process, and this one cannot")
        if bounds.memory is not None and sys.platform != "linux":
            raise UsageError("--max-memory is for Linux: other systems do not bound a process's memory")
        return bounds

    def prepare(self, *modules: str) -> None:
        """Keep this process to its memory, beside what it takes with `modules` and what is often needed."""
        if self.memory is None:
            return
        import resource

        for module in (*modules, *OFTEN_NEEDED):
            with suppress(ImportError):  # those that need it say so
                import_module(module)
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = _held() + self.memory
        resource.setrlimit(
            resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard)
        )


def _held() -> int:
    """The bytes that this process has for data, as RLIMIT_DATA counts them."""
    with open("/proc/self/status", encoding="ascii") as status:
        (kib,) = (line.split()[1] for line in status if line.startswith("VmData:"))
    return int(kib) * 1024


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise UsageError(f"--timeout '{text}' is no number of seconds", "write --timeout 10, or 0.5")
    return min(seconds, LONGEST)


def _bytes(text: str) -> int:
    match = SIZE.fullmatch(text.strip())
    unit = UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        number = match[1] if match and not match[2] else "500"
        raise UsageError(
            f"--max-memory '{text}' is no size" + ("; it has no unit" if number == text else ""),
            f"write --max-memory {number}MB, or 2GB",
        )
    size = int(float(match[1]) * unit)
    if size < LEAST_MEMORY:
        raise UsageError(f"--max-memory '{text}' is too little for any answer", "write --max-memory 500MB")
    return size
