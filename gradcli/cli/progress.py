"""How far the work on a sheet or a table has come, as a bar on the terminal."""

from __future__ import annotations

import os
import stat
from time import monotonic

from gradcli.cli.environment import is_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from gradcli.cli.environment import Environment

BETWEEN = 0.1  # seconds between two drawings
BESIDE = len(" 10000000 rows, 1000000 rows/s 10:00 left ")
WIDEST, NARROWEST = 40, 4
CLEAR_LINE = "\r\x1b[2K"


class Progress:
    """A bar on stderr while that is a terminal, elsewhere nothing; `size` is that of the file in bytes.

    There is none either where `rows_out` go through a pipe while it stands: what reads them there (head,
    less) most often writes to the same terminal.
    """

    def __init__(self, environment: Environment, size: int | None, *, rows_out: bool = False) -> None:
        self.bar: Any = None
        stream = environment.stderr
        if stream is None or not is_terminal(stream) or environment.variables.get("TERM") == "dumb":
            return
        if rows_out and _is_pipe(environment.stdout):
            return
        self.stream = stream
        self.among_rows = is_terminal(environment.stdout)
        self.begin = self.drawn = monotonic()
        width = environment.width if self.among_rows else _columns(stream, environment.width)
        self.brief = width < BESIDE
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
        words = f"{rows} rows" if self.brief else f"{rows} rows, {speed:.0f} rows/s"
        self.bar.update(self.task, completed=read, description=words)
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
    columns: list[Any] = []
    if width >= BESIDE + NARROWEST:
        columns.append(BarColumn(bar_width=min(width - BESIDE, WIDEST)))
    columns.append(TextColumn("{task.description}", markup=False))
    if total:
        columns += [TimeRemainingColumn(compact=True), TextColumn("left")]
    return Progress(*columns, console=console, auto_refresh=False, transient=True)


def _is_pipe(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def _columns(stream: TextIO, otherwise: int) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or otherwise
    except (OSError, ValueError):
        return otherwise
