"""How far the work on a sheet has come, as a bar on the terminal."""

from __future__ import annotations

import os
from time import monotonic

from gradcli.cli.environment import is_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from gradcli.cli.environment import Environment

BETWEEN = 0.1  # seconds between two drawings
BESIDE = len(" 1000000 rows, 1000 rows/s 10:00:00 left ")
WIDEST, NARROWEST = 40, 4
CLEAR_LINE = "\r\x1b[2K"


class Progress:
    """A bar on stderr while that is a terminal, elsewhere nothing; `size` is that of the file in bytes."""

    def __init__(self, environment: Environment, size: int | None) -> None:
        self.bar: Any = None
        stream = environment.stderr
        if stream is None or not is_terminal(stream) or environment.variables.get("TERM") == "dumb":
            return
        self.stream = stream
        self.among_rows = is_terminal(environment.stdout)
        self.begin = self.drawn = monotonic()
        width = environment.width if self.among_rows else _columns(stream, environment.width)
        self.bar = _bar(stream, width, colored=environment.colored(stream), total=size is not None)
        self.task = self.bar.add_task("no rows yet", total=size)
        self.bar.start()

    def hide(self) -> None:
        """Make room for rows that go to the same terminal."""
        if self.bar is not None and self.among_rows:
            self.stream.write(CLEAR_LINE)
            self.stream.flush()

    def show(self, rows: int, read: int) -> None:
        """Draw the bar for so many rows answered and so many bytes of the file dealt with."""
        if self.bar is None:
            return
        now = monotonic()
        speed = rows / max(now - self.begin, 1e-3)
        self.bar.update(self.task, completed=read, description=f"{rows} rows, {speed:.0f} rows/s")
        if self.among_rows or now - self.drawn > BETWEEN:
            self.drawn = now
            self.bar.refresh()

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None


def _bar(stream: TextIO, width: int, *, colored: bool, total: bool) -> Any:
    """Rich's bar, drawn by us alone: rows may go to the same terminal, between two drawings."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(
        file=stream,
        force_terminal=True,
        width=width,
        color_system="standard" if colored else None,
        legacy_windows=False,
        _environ={},
    )
    # Never more than a line: that is what is cleared.
    columns: list[Any] = [BarColumn(bar_width=max(min(width - BESIDE, WIDEST), NARROWEST))]
    columns.append(TextColumn("{task.description}", markup=False))
    if total:
        columns += [TimeRemainingColumn(compact=True), TextColumn("left")]
    return Progress(*columns, console=console, auto_refresh=False, transient=True)


def _columns(stream: TextIO, otherwise: int) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or otherwise
    except (OSError, ValueError):
        return otherwise
