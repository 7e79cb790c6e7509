"""How the command ends: exit codes, expected errors and signals."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import partial
from types import FrameType
from typing import Any, TypeVar

import typer
from rich.console import Console

from veridical.cli.stdout import drop_stdout
from veridical.client import ConfigurationError, InvalidRequestError, VeridicalError

_T = TypeVar("_T")


class ExitCode(IntEnum):
    """What the exit status of the command says."""

    DONE = 0
    """All items have verdicts, whatever the outcomes."""
    UNEXPECTED = 1
    """Something else went wrong, such as a full disk; a run into a file can be resumed."""
    USAGE = 2
    """The command line, the items or the files do not allow the run."""
    SERVICES = 3
    """The services are missing, out of reach or failed; a run into a file can be resumed."""
    FOUND = 4
    """`check-gold` or `audit-tests` found something to mend."""
    INTERRUPTED = 128 + signal.SIGINT
    """Ctrl-C; a run into a file can be resumed."""
    CLOSED_PIPE = 128 + signal.SIGPIPE
    """Whoever read the standard output stopped reading."""
    TERMINATED = 128 + signal.SIGTERM
    """SIGTERM; a run into a file can be resumed."""


EXIT_CODES_HELP = (
    "**Exit codes:** 0 done (whatever the outcomes) · 1 unexpected error, such as a full disk · "
    "2 bad usage, items or files · 3 services missing, out of reach or failed · "
    "4 check-gold or audit-tests found something to mend · "
    "130 Ctrl-C · 141 output closed by its reader · 143 SIGTERM"
)
"""The exit codes in one paragraph, for `--help`."""


class CommandError(Exception):
    """Trouble that the person at the command line can understand and mend.

    Attributes:
        code: The exit code that the command ends with.
    """

    def __init__(self, message: str, code: ExitCode = ExitCode.USAGE) -> None:
        super().__init__(message)
        self.code = code


class Interrupted(BaseException):
    """SIGINT or SIGTERM came; not an `Exception`, so that no handler of those swallows it.

    Attributes:
        code: The exit code of the signal.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.code = ExitCode(128 + signum)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise `Interrupted` in the body on the first SIGINT or SIGTERM; a second one ends the process.

    For code that may be left anywhere; calls of services belong into `run_interruptible`.
    """

    def leave(signum: int) -> None:
        raise Interrupted(signum)

    with _on_signal(leave):
        yield


def run_interruptible(main: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end, or cancel it on the first SIGINT or SIGTERM; a second one ends the process.

    An exception out of a signal handler could strike within gRPC while it holds a lock; a cancelled
    task is left where it waits.

    Raises:
        Interrupted: A signal came.
    """
    received = 0
    cancel: Callable[[], object] | None = None

    def note(signum: int) -> None:
        nonlocal received
        received = signum
        if cancel is not None:
            cancel()

    async def body() -> _T:
        nonlocal cancel
        task, loop = asyncio.create_task(main), asyncio.get_running_loop()
        cancel = partial(loop.call_soon_threadsafe, task.cancel)
        if received:
            task.cancel()
        try:
            return await task
        finally:
            cancel = None

    # Around all of it: what still ends once the task has ended may take a while as well.
    with _on_signal(note):
        try:
            return asyncio.run(body())
        except asyncio.CancelledError:
            raise Interrupted(received) from None


@contextmanager
def _on_signal(act: Callable[[int], None]) -> Iterator[None]:
    """Call `act` on the first SIGINT or SIGTERM; a second one ends the process with its exit code.

    The command is resumable after such an end as well, and services that it started end with it, so a
    clean-up that hangs need not be waited for.
    """
    received = 0

    def handle(signum: int, _frame: FrameType | None) -> None:
        nonlocal received
        if received:
            os._exit(128 + signum)
        received = signum
        act(signum)

    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    # What the parent chose to ignore, as a shell does for jobs in the background, stays ignored.
    before = {each: was for each, was in handlers.items() if was is not signal.SIG_IGN}
    for each in before:
        signal.signal(each, handle)
    try:
        yield
    finally:
        for each, handler in before.items():
            # After a signal the command ends, and a further one ends it at once.
            if not received and signal.getsignal(each) is handle:
                signal.signal(each, handler)


@contextmanager
def expected_errors() -> Iterator[None]:
    """Turn errors that can be expected into one message on stderr and their exit code.

    Raises:
        typer.Exit: With the code.
    """
    try:
        yield
    except Interrupted as signal_:
        _fail("interrupted", signal_.code)
    except CommandError as error:
        _fail(str(error), error.code)
    except (ConfigurationError, InvalidRequestError) as error:
        _fail(str(error), ExitCode.USAGE)
    except VeridicalError as error:
        _fail(str(error), ExitCode.SERVICES)
    except BrokenPipeError:
        drop_stdout()
        raise typer.Exit(ExitCode.CLOSED_PIPE) from None
    except OSError as error:
        drop_stdout()
        _fail(str(error), ExitCode.UNEXPECTED)


def _fail(message: str, code: ExitCode) -> None:
    # It may hold what a server or a file said: nothing of that is to steer the terminal.
    shown = "".join(each if each.isprintable() or each == "\n" else " " for each in message)
    stderr_console().print(f"veridical: {shown}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(code)


def stderr_console(*, quiet: bool = False) -> Console:
    """Return a console on stderr: plain where stderr is not a terminal, silent where `quiet`."""
    return Console(stderr=True, highlight=False, quiet=quiet)
