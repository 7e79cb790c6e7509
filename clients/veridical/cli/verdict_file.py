"""The resumable output of a run: a file of verdicts.

A run writes verdicts in the items' order, so that the verdicts on disk are always a prefix of the
run, at worst with a torn last line. To resume is to cut that line and to go on behind the prefix.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from veridical.cli.exits import CommandError, ExitCode, stderr_console
from veridical.cli.run_record import RunRecord, side_path

_CHUNK = 1 << 16


class Written(NamedTuple):
    """What a run needs to know of a verdict that is on disk already.

    Attributes:
        id: The id of its item.
        outcome: Lower case without prefix, such as "correct".
        reason: Lower case without prefix, such as "not_equal".
        detail: What the verdict says in words; may be empty.
    """

    id: str
    outcome: str
    reason: str
    detail: str = ""


class VerdictFile:
    """A file that verdicts are appended to, locked against a second run.

    Attributes:
        path: Where it is.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file

    def written(self) -> Iterator[Written]:
        """Yield the verdicts on disk, in order, and stand behind the last one.

        Raises:
            CommandError: A line is not a verdict.
        """
        self._file.seek(0)
        for number, line in enumerate(self._file, 1):
            yield _parse_written(line, self.path, number)
        self._file.seek(0, os.SEEK_END)

    def append(self, line: str) -> None:
        """Write one verdict, through to the operating system.

        Raises:
            CommandError: The disk is full, or the like; the run can be resumed.
        """
        with _writing(self.path):
            self._file.write(line.encode() + b"\n")
            self._file.flush()

    def sync(self) -> None:
        """Bring what was written to the disk itself."""
        with _writing(self.path):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the lock back."""
        # Bytes that found no room are part of a torn line, and `append` has told of them.
        with suppress(OSError):
            self._file.close()


def refuse_foreign(path: Path) -> None:
    """Refuse a file that no run of this command began.

    Raises:
        CommandError: It has content and no side file.
    """
    if path.exists() and path.stat().st_size and not side_path(path).exists():
        raise CommandError(
            f"{path} is there already and was not begun by veridical verify "
            f"({side_path(path).name} is missing); --overwrite replaces it"
        )


@contextmanager
def open_verdict_file(path: Path, record: RunRecord, *, overwrite: bool) -> Iterator[VerdictFile]:
    """Open the output of a run: a new one, or one that was begun, without its torn line.

    Args:
        path: Where the verdicts go.
        record: What the run is about.
        overwrite: Whether to throw away what is there.

    Raises:
        CommandError: Another run is writing it, it belongs to another input, or it cannot be
            written.
    """
    file = _open(path)
    output = VerdictFile(path, file)
    try:
        _lock(file, path)
        if overwrite:
            file.truncate(0)
        else:
            refuse_foreign(path)
        _claim(path, record, begun=os.fstat(file.fileno()).st_size > 0)
        cut_torn_line(file)
        yield output
    finally:
        output.close()


def cut_torn_line(file: BinaryIO) -> None:
    """Cut what stands behind the last newline: a line that was not written to its end."""
    end = file.seek(0, os.SEEK_END)
    keep = end
    while keep > 0:
        start = max(0, keep - _CHUNK)
        file.seek(start)
        newline = file.read(keep - start).rfind(b"\n")
        if newline >= 0:
            keep = start + newline + 1
            break
        keep = start
    file.seek(keep)
    if keep < end:
        file.truncate()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Name the file, and the way on, where the operating system refuses a write in the body.

    Raises:
        CommandError: Instead of the `OSError`.
    """
    try:
        yield
    except OSError as error:
        raise CommandError(
            f"cannot write {path}: {error.strerror}; "
            "once that is mended, run the same command again",
            ExitCode.UNEXPECTED,
        ) from error


def _open(path: Path) -> BinaryIO:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(f"{path} is being written by another run") from None
    except OSError as error:
        raise CommandError(f"cannot lock {path}: {error.strerror}") from error


def _claim(path: Path, record: RunRecord, *, begun: bool) -> None:
    """Write the side file of a new run, or hold a begun one against its side file."""
    side = side_path(path)
    if not begun:
        with _writing(side):
            record.save(side)
        return
    earlier = RunRecord.load(side)
    if earlier is None or earlier.input_blake2b != record.input_blake2b:
        raise CommandError(
            f"{path} was begun with other items than these; give another --out, or --overwrite to "
            "begin anew"
        )
    if earlier.veridical != record.veridical:
        stderr_console().print(
            f"veridical: {path} was begun by version {earlier.veridical}, this is {record.veridical}",
            markup=False,
        )


def _parse_written(line: bytes, path: Path, number: int) -> Written:
    try:
        verdict = json.loads(line)
        return Written(
            id=str(verdict["id"]),
            outcome=_enum_name("outcome", verdict["outcome"]),
            reason=_enum_name("reason", verdict["reason"]),
            detail=str(verdict.get("detail", "")),
        )
    except (ValueError, TypeError, KeyError):
        raise CommandError(
            f"{path}, line {number}: not a verdict; --overwrite begins anew"
        ) from None


def _enum_name(enum: str, value: object) -> str:
    """Name a value as on screen; one that was not known when it was written is a number."""
    if isinstance(value, int):
        return f"{enum}_{value}"
    return str(value).removeprefix(f"{enum.upper()}_").lower()
