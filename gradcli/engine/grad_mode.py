"""Grad mode: whether operations are recorded; a state of each thread, as in PyTorch."""

from __future__ import annotations

from _thread import _local, allocate_lock  # what threading gives, without its start-up time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any


class _Mode(_local):
    """Grad mode of the running thread; recording is on where nobody said otherwise."""

    enabled = True


class _Threads:
    """How many threads have recording off: while none has, an operation need not look up its own thread's
    mode."""

    __slots__ = ("lock", "off")

    def __init__(self) -> None:
        self.off = 0
        self.lock = allocate_lock()


MODE = _Mode()
THREADS = _Threads()


def is_grad_enabled() -> bool:
    """Whether operations of this thread are recorded."""
    return MODE.enabled


def _switch(on: bool) -> None:
    if MODE.enabled != on:
        MODE.enabled = on
        with THREADS.lock:
            THREADS.off += -1 if on else 1


class _Switch:
    """A grad mode for a block or for a function; one object may be entered again inside itself."""

    _on: bool

    def __init__(self) -> None:
        self._previous: list[bool] = []

    def __enter__(self) -> None:
        self._previous.append(MODE.enabled)
        _switch(self._on)

    def __exit__(self, *exception: object) -> None:
        _switch(self._previous.pop())

    def _fresh(self) -> _Switch:
        return type(self)()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        from functools import wraps
        from inspect import isgeneratorfunction

        if isgeneratorfunction(function):
            return wraps(function)(_generating(function, self._fresh))

        @wraps(function)
        def within(*args: Any, **keywords: Any) -> Any:
            with self._fresh():
                return function(*args, **keywords)

        return within


def _generating(function: Callable[..., Any], fresh: Callable[[], _Switch]) -> Callable[..., Any]:
    """A generator function whose body runs within a switch, and whose caller never does."""

    def within(*args: Any, **keywords: Any) -> Generator[Any, Any, Any]:
        generator = function(*args, **keywords)
        resume: Callable[..., Any] = generator.send
        given: Any = None
        while True:
            try:
                with fresh():
                    found = resume(given)
            except StopIteration as stop:
                return stop.value
            try:
                given = yield found
            except GeneratorExit:
                with fresh():
                    generator.close()
                raise
            except BaseException as error:
                resume, given = generator.throw, error
            else:
                resume = generator.send

    return within


class _Decorating(type):
    """Lets `@no_grad` stand without parentheses, as PyTorch allows."""

    def __call__(cls, function: Callable[..., Any] | None = None) -> Any:
        switch = super().__call__()
        return switch if function is None else switch(function)


class no_grad(_Switch, metaclass=_Decorating):  # noqa: N801  torch's name
    """Record nothing inside: results require no gradient. A context manager and a decorator."""

    __module__ = "torch.autograd.grad_mode"
    _on = False


class enable_grad(_Switch, metaclass=_Decorating):  # noqa: N801  torch's name
    """Record again inside a block of `no_grad`. A context manager and a decorator."""

    __module__ = "torch.autograd.grad_mode"
    _on = True


class set_grad_enabled(_Switch):  # noqa: N801  torch's name
    """Turn recording on or off: at once when called, for a block when entered, for a function as a
    decorator."""

    __module__ = "torch.autograd.grad_mode"

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self._on = mode
        self._before = MODE.enabled
        _switch(mode)

    def __enter__(self) -> None:
        self._previous.append(self._before)
        _switch(self._on)

    def _fresh(self) -> _Switch:
        return type(self)(self._on)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        _switch(self._before)
        return super().__call__(function)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self._on})"
