"""Where a command writes: verdicts to a file that can be resumed or a stream, findings to either."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol, TextIO

from veridical.cli.exits import CommandError, ExitCode
from veridical.cli.run_record import RunRecord
from veridical.cli.verdict_file import Written, open_verdict_file


class Output(Protocol):
    """What a run asks of the place where its verdicts go."""

    def written(self) -> Iterator[Written]:
        """Yield the verdicts that earlier runs wrote, in order."""

    def append(self, line: str) -> None:
        """Write one verdict, through to the operating system.

        Raises:
            CommandError: It cannot be written.
            BrokenPipeError: Nobody reads any more.
        """

    def sync(self) -> None:
        """Bring what was written to the disk itself, where there is one."""


def is_resumable(out: str) -> bool:
    """Return whether an output is a file, or may become one, and not a stream such as a pipe."""
    return out != "-" and (Path(out).is_file() or not Path(out).exists())


def open_output(out: str, record: RunRecord, *, overwrite: bool) -> AbstractContextManager[Output]:
    """Open the place where verdicts go.

    Args:
        out: A path, or "-" for the standard output.
        record: What the run is about.
        overwrite: Whether to throw away what a file holds.

    Raises:
        CommandError: It cannot be opened, or holds the verdicts of another run.
    """
    if is_resumable(out):
        return open_verdict_file(Path(out), record, overwrite=overwrite)
    return _open_stream(out)


class _Stream:
    def __init__(self, name: str, stream: BinaryIO) -> None:
        self._name = name
        self._stream = stream

    def written(self) -> Iterator[Written]:
        return iter(())

    def append(self, line: str) -> None:
        try:
            self._stream.write(line.encode() + b"\n")
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CommandError(
                f"cannot write {self._name}: {error.strerror}", ExitCode.UNEXPECTED
            ) from error

    def sync(self) -> None:
        pass


@contextmanager
def _open_stream(out: str) -> Iterator[Output]:
    try:
        # Not sys.stdout: what that could not write would be tried again when the interpreter ends.
        stream = (
            os.fdopen(sys.stdout.fileno(), "wb", closefd=False)
            if out == "-"
            else Path(out).open("wb")  # noqa: SIM115 - closed below
        )
    except OSError as error:
        raise CommandError(f"cannot write {out}: {error.strerror}") from error
    try:
        yield _Stream("standard output" if out == "-" else out, stream)
    finally:
        # Everything was flushed line by line, or `append` has told of it.
        with suppress(OSError):
            stream.close()


@contextmanager
def opened_text(output: str) -> Iterator[TextIO]:
    """Open a file to write text to; "-" is the standard output.

    Raises:
        CommandError: It cannot be written.
    """
    if output == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        file = Path(output).open("w", encoding="utf-8")  # noqa: SIM115 - closed below
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}") from error
    with file:
        yield file
