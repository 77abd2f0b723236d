"""Python's cyclic garbage collector, kept from walking over large graphs: they have no cycles, so it can
wait.

Left alone, it triples the time of building a graph of a million nodes.
"""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

YOUNG = 20_000
"""The youngest generation's threshold while nodes are being recorded; Python's own is 700."""

PASSED_OVER = 3_000_000
"""So many new objects at the least go unexamined before there is a full collection after all."""

MOSTLY = 0.2
"""Share of nodes among new objects from which a graph counts as being built; edges and payloads are the
rest."""


class Paused:
    """No collection inside the block; for sections that end by themselves, such as a backward pass."""

    __slots__ = ("enabled",)

    def __enter__(self) -> None:
        self.enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *exception: object) -> None:
        if self.enabled:
            gc.enable()
            if PATIENCE.passed > PATIENCE.limit:
                PATIENCE.catch_up()


class Patience:
    """Lets collections pass over new objects while those are mostly nodes, and puts everything back after
    that.

    Passed over means moved to the oldest generation without a look, where the next full collection will see
    them. Python has one soon after the graph is built; where graphs are built without end, there is one at
    the end of the backward pass after PASSED_OVER of them, and again when as many have come as were left, so
    that the work stays in proportion and no garbage of others waits for ever. The threshold is put back at
    the first collection that sees something else than nodes; one that somebody else has set is left alone.
    """

    __slots__ = ("clock", "limit", "passed", "seen", "usual")

    def __init__(self) -> None:
        self.clock: Callable[[], int] = int  # counts the nodes recorded
        self.seen = 0
        self.passed = 0
        self.limit = PASSED_OVER
        self.usual: tuple[int, int, int] | None = None

    def __call__(self, phase: str, info: Mapping[str, Any]) -> None:
        """Python calls this before and after every collection."""
        if phase != "start" or info["generation"] == 2:
            return
        now = self.clock()
        recorded, self.seen = now - self.seen, now
        threshold = gc.get_threshold()
        if recorded <= MOSTLY * threshold[0]:
            self.rest(threshold)
            return
        if self.usual is None and threshold[0] < YOUNG:
            self.usual = threshold
            gc.set_threshold(YOUNG, *threshold[1:])
        self.passed += threshold[0]
        if gc.get_freeze_count() == 0:  # else somebody else has frozen objects, which must stay so
            gc.freeze()
            gc.unfreeze()

    def catch_up(self) -> None:
        """A full collection, with the threshold put back."""
        self.passed = 0
        self.rest(gc.get_threshold())
        gc.collect()
        self.limit = max(PASSED_OVER, sys.getallocatedblocks())

    def rest(self, threshold: tuple[int, int, int]) -> None:
        """Put the threshold back."""
        if self.usual is not None and threshold[0] == YOUNG:
            gc.set_threshold(*self.usual)
        self.usual = None


PATIENCE = Patience()


def watch(clock: Callable[[], int]) -> None:
    """Have the collector wait while graphs are built; `clock` counts their nodes."""
    PATIENCE.clock = clock
    gc.callbacks.append(PATIENCE)
