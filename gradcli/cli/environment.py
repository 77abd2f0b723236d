"""The world that a command runs in: its streams, whether they take colour, how wide the page is."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import BinaryIO, TextIO

    from gradcli.render.layout import Line

PAGE_WIDTH = 80  # where nothing says how wide it is: a pipe, a file
LEAST_WIDTH = 20


class OutputError(Exception):
    """A result that could not be written; the cause says why, `status` is the exit status till then."""

    status = 0


class Environment:
    """Streams, colour and width of one run; tests make their own.

    `stdin` gives bytes; it is None where the program was started without one, as `stdout` and `stderr` are.
    `color` is "auto", "always" or "never".
    """

    def __init__(
        self,
        *,
        stdin: BinaryIO | None,
        stdout: TextIO | None,
        stderr: TextIO | None,
        variables: Mapping[str, str],
        width: int | None = None,
        color: str = "auto",
    ) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.variables = variables
        self.color = color
        self.traceback = False
        self._width = width

    @classmethod
    def of_process(cls) -> Environment:
        """The environment that this process was started in."""
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and hasattr(stream, "reconfigure"):
                # What the terminal's encoding lacks is shown as an escape; line ends are \n everywhere.
                stream.reconfigure(errors="backslashreplace", newline="\n")
        stdin = None if sys.stdin is None else sys.stdin.buffer
        return cls(stdin=stdin, stdout=sys.stdout, stderr=sys.stderr, variables=os.environ)

    @staticmethod
    def arguments_of_process() -> list[str]:
        """The words of the call as UTF-8, whatever the locale says; other bytes as lone surrogates."""
        return [os.fsencode(word).decode("utf-8", "surrogateescape") for word in sys.argv[1:]]

    @property
    def width(self) -> int:
        """The columns of the page: COLUMNS, or else the terminal's, or else 80."""
        if self._width is None:
            self._width = max(self._columns(), LEAST_WIDTH)
        return self._width

    def _columns(self) -> int:
        asked = self.variables.get("COLUMNS", "")
        if asked.isdecimal() and int(asked):
            return int(asked)
        if is_terminal(self.stdout):
            try:
                return os.get_terminal_size(self.stdout.fileno()).columns or PAGE_WIDTH  # type: ignore[union-attr]
            except (OSError, ValueError):
                pass  # a terminal that does not tell
        return PAGE_WIDTH

    @property
    def unicode(self) -> bool:
        """Whether stdout takes every character."""
        return _is_utf8(self.stdout)

    def colored(self, stream: TextIO | None) -> bool:
        """Whether a stream is written in colour: as asked, or else where it is a terminal that can."""
        if self.color != "auto":
            return self.color == "always"
        if self.variables.get("NO_COLOR"):
            return False
        if self.variables.get("FORCE_COLOR"):
            return True
        return is_terminal(stream) and self.variables.get("TERM") != "dumb"

    def write(self, text: str) -> None:
        """Write a result's text to stdout. Raises OutputError where it cannot be written."""
        if self.stdout is None:
            raise OutputError from OSError("standard output is closed")
        try:
            self.stdout.write(text)
        except (OSError, ValueError) as error:
            raise OutputError from error

    def write_bytes(self, data: bytes) -> None:
        """Write UTF-8 to stdout as it is, behind what went before. Raises OutputError as `write` does."""
        buffer = getattr(self.stdout, "buffer", None)
        if buffer is None:
            self.write(data.decode("utf-8", "surrogateescape"))
            return
        self.flush()
        try:
            buffer.write(data)
        except (OSError, ValueError) as error:
            raise OutputError from error

    def page(self, lines: Iterable[Line]) -> None:
        """Write lines to stdout, in colour where it takes any."""
        self.write(_rendered(lines, colored=self.colored(self.stdout)))

    def say(self, lines: Iterable[Line]) -> None:
        """Write lines to stderr, after what stdout has; a stderr that is gone is no reason to fail."""
        self.flush()
        if self.stderr is None:
            return
        try:
            self.stderr.write(_rendered(lines, colored=self.colored(self.stderr)))
            self.stderr.flush()
        except (OSError, ValueError):
            pass

    def flush(self) -> None:
        """Hand over to the reader of stdout what was written. Raises OutputError as `write` does."""
        if self.stdout is None:
            return
        try:
            self.stdout.flush()
        except (OSError, ValueError) as error:
            raise OutputError from error

    def abandon(self) -> None:
        """Write no more to stdout: what is still in its buffer must not fail again when Python ends."""
        if self.stdout is sys.__stdout__ and self.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stdout.fileno())
        self.stdout = None


def is_terminal(stream: BinaryIO | TextIO | None) -> bool:
    """Whether a stream is there and a terminal."""
    return stream is not None and not stream.closed and stream.isatty()


def _is_utf8(stream: TextIO | None) -> bool:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding.lower().replace("_", "-") in ("utf-8", "utf8")


def _rendered(lines: Iterable[Line], *, colored: bool) -> str:
    # Rich is slow to import and only a page in colour needs it.
    if colored:
        from gradcli.render import pretty

        return pretty.text(lines)
    from gradcli.render import plain

    return plain.text(lines)
