"""The entry of the program: runs a command and turns whatever comes of it into an exit status."""

from __future__ import annotations

# Nothing is imported here but sys: whatever takes time is imported where Ctrl-C is caught.
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from gradcli.cli.environment import Environment, OutputError

DONE = 0
NO = 1  # the answer, to whether a derivative is right, is no
WRONG = 2
NOT_FINITE = 3
NO_MEMORY = "out of memory"
OUT_OF_TIME = 124  # as timeout(1) has it
INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line of this process and exit with its status."""
    try:
        # Importing makes thousands of objects and no garbage; what it made need never be looked at again.
        import gc

        gc.disable()
        from gradcli.cli.environment import Environment

        status = run(Environment.arguments_of_process(), Environment.of_process())
    except KeyboardInterrupt:
        status = INTERRUPTED
    sys.exit(status)


def run(arguments: Sequence[str], environment: Environment) -> int:
    """Run a command line in an environment; every exception ends here, as a message and a status."""
    from gradcli.cli.environment import OutputError

    status = DONE
    try:
        try:
            status = _command(arguments, environment)
        finally:
            environment.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except OutputError as error:
        return _output_lost(error, environment, status)
    except Exception as error:
        if hasattr(error, "format_message"):  # a call that Typer or a command refused
            hint = getattr(error, "hint", "")
            return _failed(_sentence(error.format_message()), error, environment, hint)
        return _failed(failed(error), error, environment, "--traceback shows where")
    return status


def _command(arguments: Sequence[str], environment: Environment) -> int:
    if list(arguments) == ["--version"]:
        from gradcli import __version__

        environment.write(f"gradcli {__version__}\n")
        return DONE
    from gradcli.cli.app import invoke

    return invoke(arguments, environment)


def failed(error: Exception) -> str:
    """What is said of an exception that nobody expected."""
    # A thread that cannot have its stack is a lack of memory, too, which Python does not call one.
    if isinstance(error, MemoryError) or str(error) == "can't start new thread":
        return NO_MEMORY
    return f"gradcli itself failed: {type(error).__name__}: {error}"


def _failed(message: str, error: BaseException, environment: Environment, hint: str = "") -> int:
    from gradcli.render.diagnostics import message as lines

    show_traceback(error, environment)
    environment.say(lines(message, hint))
    return WRONG


def show_traceback(error: BaseException, environment: Environment) -> None:
    """Where in the program an exception came from, if --traceback asks for it."""
    if environment.traceback:
        from traceback import format_exception

        environment.say([(line, "")] for line in "".join(format_exception(error)).splitlines())


def _sentence(message: str) -> str:
    """Typer's message as one of ours: it begins in lower case (unless by a name, F) and has no full stop."""
    first = message[:1].lower() if message[1:2].islower() else message[:1]
    message = first + message[1:].removesuffix(".")
    return message.replace("is not a valid int range", "is no whole number")


def _output_lost(error: OutputError, environment: Environment, status: int) -> int:
    """A reader that left (`| head -1`) is no error; a disk that is full is one."""
    environment.abandon()
    cause = error.__cause__
    if isinstance(cause, BrokenPipeError):
        return error.status or status
    reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else cause
    return _failed(f"cannot write the output: {reason}", error, environment)
