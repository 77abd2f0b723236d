"""Work on pieces in several threads, its outcomes in the order of the pieces, a bounded number under way."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import ThreadPoolExecutor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from typing import Any

AHEAD = 2  # pieces for each thread that are read or computed before their turn
_END: Any = object()


class Pipeline:
    """`function` of every item, in their order; the items are read by one thread and worked on by `threads`.

    What an item or its work raises is raised in its turn. Close it when done: what is under way is dropped.
    """

    def __init__(self, function: Callable[[Any], Any], items: Iterable[Any], threads: int) -> None:
        self._function = function
        self._items = items
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="map")
        self._ahead: queue.Queue[Any] = queue.Queue()
        self._room = threading.Semaphore(AHEAD * threads)
        self._closed = threading.Event()
        # A reader that waits for a pipe at which nobody writes must not keep the program from ending.
        self._reader = threading.Thread(target=self._read, name="read", daemon=True)
        self._reader.start()

    def __iter__(self) -> Iterator[Any]:
        while True:
            future = self._ahead.get()
            if future is _END:
                return
            if isinstance(future, BaseException):
                raise future
            outcome = future.result()
            del future
            yield outcome
            self._room.release()

    def close(self) -> None:
        """Drop what is under way."""
        self._closed.set()
        self._room.release()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _read(self) -> None:
        try:
            for item in self._items:
                self._room.acquire()
                if self._closed.is_set():
                    return
                future: Future[Any] = self._pool.submit(self._function, item)
                self._ahead.put(future)
                del item, future
        except BaseException as error:
            self._ahead.put(error)
        else:
            self._ahead.put(_END)
