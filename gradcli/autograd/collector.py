"""Python's cyclic garbage collector, kept from walking over large graphs: they have no cycles, so it can wait.

Left alone, it triples the time of building a graph of a million nodes.
"""

from __future__ import annotations

import gc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

PATIENT = 50_000
"""The youngest generation's threshold while nodes are being recorded; Python's own is 700."""

MOSTLY = 0.3
"""Share of nodes among new objects from which a graph counts as being built; edges and payloads are the rest."""


class Paused:
    """No collection inside the block; for sections that end by themselves, such as a backward pass."""

    __slots__ = ("enabled",)

    def __enter__(self) -> None:
        self.enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *exception: object) -> None:
        if self.enabled:
            gc.enable()


class Patience:
    """Raises the collector's threshold while new objects are mostly nodes, and puts it back at the first
    collection that sees something else; a threshold that somebody else has set meanwhile is left alone.
    """

    __slots__ = ("clock", "seen", "usual")

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock  # counts the nodes recorded
        self.seen = 0
        self.usual: tuple[int, int, int] | None = None

    def __call__(self, phase: str, info: Mapping[str, Any]) -> None:
        """Python calls this before and after every collection."""
        if phase != "start":
            return
        now = self.clock()
        recorded, self.seen = now - self.seen, now
        threshold = gc.get_threshold()
        young = threshold[0]
        building = recorded > MOSTLY * young
        if building and young < PATIENT and self.usual is None:
            self.usual = threshold
            gc.set_threshold(PATIENT, *threshold[1:])
        elif not building and self.usual is not None:
            if young == PATIENT:
                gc.set_threshold(*self.usual)
            self.usual = None


def watch(clock: Callable[[], int]) -> None:
    """Have the collector wait while graphs are built; `clock` counts their nodes."""
    gc.callbacks.append(Patience(clock))
