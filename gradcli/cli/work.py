"""The work of `gradcli eval`: where the statements come from, and carrying them out one after the other."""

from __future__ import annotations

import gc
from time import monotonic

from gradcli.cli.arguments import UsageError
from gradcli.cli.environment import OutputError, is_terminal
from gradcli.cli.main import failed, show_traceback
from gradcli.cli.streams import TOO_LONG, InputError, flaw, lines_in, lines_of
from gradcli.evaluate.options import Options
from gradcli.evaluate.results import Failure, Remark
from gradcli.evaluate.session import LONG, Session, patience
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.reader import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gradcli.cli.answers import Answers
    from gradcli.cli.crew import Crew
    from gradcli.cli.environment import Environment
    from gradcli.evaluate.results import Outcome

STDIN = "-"
LONGEST_DELAY = 0.05  # seconds between two answers that are handed over one by one
SELDOM = 20_000
"""So many new objects must be left before garbage is looked for; Python's own 700 come with every line."""


class Stopped(Exception):  # noqa: N818 -- no error: the way out of the work
    """Ends the work at the first error, where --fail-fast asks for that."""


class Source:
    """Lines of the language: a file (a path), the stream on stdin, or the text of the call."""

    def __init__(self, environment: Environment, *, path: str | None = None, text: str | None = None) -> None:
        self.environment = environment
        self.path = path
        self.text = text
        # Somebody may be waiting for the answers before they write more.
        self.before_waiting: Callable[[], None] = environment.flush

    @property
    def name(self) -> str | None:
        """What errors call it; None for the text of the call and for the only stream there is."""
        return self.path

    def lines(self) -> Iterator[str]:
        """The lines, as they arrive. Raises InputError."""
        if self.text is not None:
            yield from lines_in(self.text)
        elif self.path is None:
            if self.environment.stdin is None:
                raise InputError("cannot read standard input: it is closed")
            yield from lines_of(self.environment.stdin, "standard input", self.before_waiting)
        else:
            yield from self._file_lines(self.path)

    def _file_lines(self, path: str) -> Iterator[str]:
        try:
            stream = open(path.encode("utf-8", "surrogateescape"), "rb")  # noqa: SIM115 -- closed below; the error is that of opening alone
        except (OSError, ValueError) as error:
            raise InputError(f"cannot read '{path}': {getattr(error, 'strerror', None) or error}") from error
        with stream:
            yield from lines_of(stream, f"'{path}'")


def sources_of(
    expression: str | None, paths: Sequence[str], environment: Environment, *, bound: bool
) -> list[Source]:
    """Where the statements come from, in their order: files, then the call or the stream.

    Raises UsageError where there is nothing to evaluate, instead of waiting for a person to type.
    """
    sources = [Source(environment) if path == STDIN else Source(environment, path=path) for path in paths]
    if expression == STDIN:
        sources.append(Source(environment))
    elif expression is not None:
        sources.append(Source(environment, text=expression))
    elif not sources:
        if environment.stdin is None or is_terminal(environment.stdin):
            raise UsageError(
                "only values are given" if bound else "nothing to evaluate",
                "add an expression, as in gradcli eval 'sin(x**2)' x=4, or a file with -f",
            )
        sources.append(Source(environment))
    return sources


def options_of(
    wrt: Iterable[str] | None,
    const: Iterable[str] | None,
    grad_output: str | None,
    order: int,
    precision: int | None,
    dtype: str,
    *,
    verify: bool = False,
) -> Options:
    """The options of a session. Raises UsageError where they do not go together."""
    try:
        return Options(
            wrt=_names(wrt),
            const=_names(const),
            grad_output=grad_output,
            order=order,
            precision=precision,
            dtype=dtype,
            verify=verify,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error


def _names(lists: Iterable[str] | None) -> list[str]:
    return [name.strip() for names in lists or () for name in names.split(",") if name.strip()]


class Work:
    """One run: a session, and where its outcomes go."""

    def __init__(self, answers: Answers, options: Options, *, fail_fast: bool) -> None:
        self.answers = answers
        self.session = Session(options)
        self.fail_fast = fail_fast
        self.crew: Crew | None = None  # the processes that answer lines, too
        self.handed_over = 0.0  # when the reader of stdout got the latest answers

    def carry_out(self, bindings: Iterable[tuple[str, str]], sources: Iterable[Source]) -> int:
        """Bind what the call binds and run every source; the exit status."""
        # What was imported stays: collecting garbage need not look at it again. And what a line makes goes
        # without it, as soon as the line is done.
        gc.freeze()
        gc.set_threshold(SELDOM)
        gc.enable()
        try:
            if self._bind(bindings) and self._read_vector():
                for source in sources:
                    self._run(source)
                self._await()
                self._finish()
            self._await()
        except Stopped:
            pass
        except OutputError as error:
            error.status = self.answers.status
            raise
        return self.answers.status

    def _finish(self) -> None:
        """Report what only the end can tell; what went unused says little after an error."""
        self.answers.file = None
        went_wrong = self.answers.failed
        for outcome in self.session.finish():
            if not (went_wrong and isinstance(outcome, Remark)):
                self.answers.write(outcome)

    def _bind(self, bindings: Iterable[tuple[str, str]]) -> bool:
        """Set the variables of the call; False where one has no value, and then nothing is evaluated."""
        for name, value in bindings:
            text = f"{name}={value}"
            try:
                problem = flaw(text)
                if problem:
                    raise _unreadable(*problem)
                self.session.set(name, value)
            except Diagnostic as diagnostic:
                self.answers.failure(Failure(diagnostic, text, 1), f"value of {name}: ")
        return not self.answers.failed

    def _read_vector(self) -> bool:
        """Whether the vector of --grad-output, where there is one, can be read."""
        text = self.session.options.grad_output
        try:
            if text is not None:
                self.session.vector()
        except Diagnostic as diagnostic:
            self.answers.failure(Failure(diagnostic, text, 1), "--grad-output: ")
        return not self.answers.failed

    def _run(self, source: Source) -> None:
        self.answers.file = source.name
        try:
            empty = source.text
            carry_out = self.chunk
            if self.crew is not None:
                carry_out, source.before_waiting = self.crew.take, self.crew.pause
            for chunk in read(source.lines()):
                empty = None
                carry_out(chunk.text, chunk.line)
                self._hand_over()
            if empty is not None:  # a call asks for something, where a file may be all comments
                carry_out(empty, 1)
        except InputError as error:
            self._await()
            self.answers.error(str(error))
            self._await()
            self._stop()

    def chunk(self, text: str, line: int) -> None:
        """Carry out a chunk; an exception that nobody expected costs no more than that. Raises Stopped."""
        try:
            self._chunk(text, line)
        except (Stopped, OutputError):
            raise
        except Exception as error:
            show_traceback(error, self.answers.environment)
            self._write([Failure(internal(error, text), text, line)])

    def _chunk(self, text: str, line: int) -> None:
        problem = flaw(text)
        outcomes: Iterable[Outcome] = self.session.run(text, line)
        if problem:
            outcomes = [Failure(_unreadable(*problem), text.replace(TOO_LONG, "…"), line)]
        if len(text) > LONG:
            with patience(text):  # a graph is drawn of as many objects as it was computed with
                self._write(outcomes)
        else:
            self._write(outcomes)

    def _write(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self.answers.write(outcome)
            if isinstance(outcome, Failure):
                self._stop()

    def _hand_over(self) -> None:
        """Let no answer lie around while the next ones take their time."""
        now = monotonic()
        if now - self.handed_over > LONGEST_DELAY:
            self.answers.environment.flush()
            self.handed_over = now

    def _await(self) -> None:
        """Have everything written that other processes are at."""
        if self.crew is not None:
            self.crew.finish()

    def _stop(self) -> None:
        if self.fail_fast:
            raise Stopped


def internal(error: Exception, text: str) -> Diagnostic:
    """What is said of a text at which gradcli itself failed."""
    whole = (0, max(len(text.partition("\n")[0]), 1))
    return Diagnostic("internal", failed(error), [(whole, "")], hint="--traceback shows where")


def _unreadable(message: str, start: int, end: int) -> Diagnostic:
    return Diagnostic("syntax", message, [((start, end), "")])
