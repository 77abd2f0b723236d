"""How far the work on a sheet has come, as a bar on the terminal."""

from __future__ import annotations

from time import monotonic

from gradcli.cli.environment import is_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from gradcli.cli.environment import Environment

BETWEEN = 0.1  # seconds between two drawings
CLEAR_LINE = "\r\x1b[2K"


class Progress:
    """A bar on stderr while that is a terminal; elsewhere nothing. `size` is the file's in bytes."""

    def __init__(self, environment: Environment, size: int | None) -> None:
        self.bar: Any = None
        self.stream: TextIO | None = environment.stderr
        if not is_terminal(self.stream) or environment.variables.get("TERM") == "dumb":
            return
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        console = Console(
            file=self.stream,
            force_terminal=True,
            width=environment.width,
            color_system="standard" if environment.colored(self.stream) else None,
            legacy_windows=False,
            _environ={},
        )
        columns = [BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn(compact=True)]
        # Redrawn by us alone: the rows go to the same terminal, between two drawings.
        self.bar = Bar(*columns, console=console, auto_refresh=False, transient=True)
        self.begin = monotonic()
        self.drawn = 0.0
        self.task = self.bar.add_task("", total=size)
        self.bar.start()

    def hide(self) -> None:
        """Make room for lines of the table."""
        if self.bar is not None and self.stream is not None:
            self.stream.write(CLEAR_LINE)
            self.stream.flush()

    def show(self, rows: int, read: int) -> None:
        """Draw the bar for so many rows answered and so many bytes of the file dealt with."""
        if self.bar is None:
            return
        now = monotonic()
        speed = rows / max(now - self.begin, 1e-3)
        self.bar.update(self.task, completed=read, description=f"{rows} rows, {speed:.0f} rows/s")
        if now - self.drawn > BETWEEN:
            self.drawn = now
            self.bar.refresh()

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None
