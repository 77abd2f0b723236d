"""The work of `gradcli eval`: where the statements come from, and carrying them out one after the other."""

from __future__ import annotations

import gc
from time import monotonic

from gradcli.cli.arguments import UsageError
from gradcli.cli.environment import OutputError, is_terminal
from gradcli.cli.main import failed, show_traceback
from gradcli.cli.streams import TOO_LONG, InputError, flaw, lines_in, lines_of
from gradcli.evaluation.options import Options
from gradcli.evaluation.results import Failure, Remark
from gradcli.evaluation.session import LONG, Session, patience
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.reader import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Protocol, Self

    from gradcli.cli.answers import Answers
    from gradcli.cli.bounds import Bounds
    from gradcli.cli.environment import Environment
    from gradcli.evaluation.results import Outcome
    from gradcli.language.diagnostics import Kind

    class Hands(Protocol):
        """Who carries out the steps of a run: the work itself, or processes for it."""

        def begin(self, bindings: Iterable[tuple[str, str]]) -> bool:
            """Bind what the call binds; False where one has no value, and then nothing is evaluated."""

        def take(self, text: str, line: int) -> None:
            """Have a chunk answered, now or in its turn. Raises Stopped."""

        def pause(self) -> None:
            """Before waiting for input: hand over what there is."""

        def finish(self) -> None:
            """Have everything written that was taken. Raises Stopped."""

        def end(self) -> None:
            """Report what only the end can tell. Raises Stopped."""

        def close(self) -> None:
            """End what was started."""


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
        self.hands: Hands = self
        self.passed_on: tuple[type[Exception], ...] = (Stopped, OutputError)
        self.in_call = False  # whether what is run is the text of the call
        self.handed_over = 0.0  # when the reader of stdout got the latest answers

    def within(self, bounds: Bounds | None) -> Self:
        """Have the steps carried out within bounds, where there are any."""
        if bounds is not None:
            from gradcli.cli.bounded import Bounded

            self.hands = Bounded(self, bounds)
        return self

    def carry_out(self, bindings: Iterable[tuple[str, str]], sources: Iterable[Source]) -> int:
        """Bind what the call binds and run every source; the exit status."""
        # What was imported stays: collecting garbage need not look at it again. And what a line makes goes
        # without it, as soon as the line is done.
        gc.freeze()
        gc.set_threshold(SELDOM)
        gc.enable()
        try:
            if self.hands.begin(bindings):
                for source in sources:
                    self._run(source)
                self.hands.finish()
                self.hands.end()
            self.hands.finish()
        except Stopped:
            pass
        except OutputError as error:
            error.status = self.answers.status
            raise
        finally:
            self.hands.close()
        return self.answers.status

    def begin(self, bindings: Iterable[tuple[str, str]]) -> bool:
        """Bind what the call binds and read its vector; False where one of them has no value."""
        return self._bind(bindings) and self._read_vector()

    def pause(self) -> None:
        """Somebody may be waiting for the answers before they write more."""
        self.answers.environment.flush()

    def finish(self) -> None:
        """Every chunk is answered when it is taken."""

    def end(self) -> None:
        """Report what only the end can tell; what went unused says little after an error."""
        self.answers.file = None
        went_wrong = self.answers.failed
        for outcome in self.session.finish():
            if not (went_wrong and isinstance(outcome, Remark)):
                self.answers.write(outcome)

    def close(self) -> None:
        """Nothing was started."""

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
        self.in_call = source.text is not None
        source.before_waiting = self.hands.pause
        try:
            empty = source.text
            for chunk in read(source.lines()):
                empty = None
                self.hands.take(chunk.text, chunk.line)
                self._hand_over()
            if empty is not None:  # a call asks for something, where a file may be all comments
                self.hands.take(empty, 1)
        except InputError as error:
            self.hands.finish()
            self.answers.error(str(error))
            self.hands.finish()
            self.stop()

    def take(self, text: str, line: int) -> None:
        """Carry out a chunk; an exception that nobody expected costs no more than that. Raises Stopped."""
        try:
            self._chunk(text, line)
        except self.passed_on:
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
                self.stop()

    def _hand_over(self) -> None:
        """Let no answer lie around while the next ones take their time."""
        now = monotonic()
        if now - self.handed_over > LONGEST_DELAY:
            self.answers.environment.flush()
            self.handed_over = now

    def stop(self) -> None:
        """After an error: raise Stopped where --fail-fast asks for it."""
        if self.fail_fast:
            raise Stopped


def internal(error: Exception, text: str) -> Diagnostic:
    """What is said of a text at which gradcli itself failed."""
    if isinstance(error, MemoryError):
        return of_all("limit", failed(error), text)
    return of_all("internal", failed(error), text, "--traceback shows where")


def of_all(kind: Kind, message: str, text: str, hint: str | None = None) -> Diagnostic:
    """What is wrong with a text as a whole, shown at its first line."""
    whole = (0, max(len(text.partition("\n")[0]), 1))
    return Diagnostic(kind, message, [(whole, "")], hint=hint)


def _unreadable(message: str, start: int, end: int) -> Diagnostic:
    return Diagnostic("syntax", message, [((start, end), "")])
