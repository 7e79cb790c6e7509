"""The folder in which the services of a suite find one another."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# A socket's path may have 107 bytes, and a gRPC target is a URI: other characters would need quoting.
_PLAIN = re.compile(r"[\w./~+-]{1,80}", re.ASCII)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PREFIX = "veridical-"
# As mkdtemp makes them.
_OURS = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")
# An empty folder may be one whose suite is about to start; later than this, in seconds, it is not.
_EMPTY_SECONDS = 600.0


class FolderError(Exception):
    """The folder cannot hold private sockets; the message says why."""


@contextmanager
def private_folder(path: Path | None) -> Iterator[Path]:
    """A folder, mode 0700, that is removed at the end unless others put something into it.

    Args:
        path: The folder, made if missing; None makes a new one for temporary files.

    Raises:
        FolderError: Its path does not suit sockets, or others may look into it.
    """
    parent = _parent()
    sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent)) if path is None else _given(path)
    with _opened(folder) as descriptor:
        # Held to the end of this process, however it ends; `sweep` looks for it.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            yield folder
        finally:
            with suppress(OSError):
                folder.rmdir()


def sweep(parent: Path) -> None:
    """Removes the folders of suites that were killed and could not do it themselves.

    Such a folder is ours, has the name and mode of one, nobody holds its lock, and nothing but sockets
    is in it.
    """
    for folder in parent.glob(f"{_PREFIX}*"):
        # Another suite may sweep at the same time.
        with suppress(OSError):
            found = folder.lstat()
            if _OURS.fullmatch(folder.name) and stat.S_ISDIR(found.st_mode) and _is_private(found):
                _remove_stale(folder)


def _remove_stale(folder: Path) -> None:
    """Removes a folder if it is stale.

    Raises:
        OSError: It is not, for its lock is held or it holds more than sockets.
    """
    with _opened(folder) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        sockets = [path for path in folder.iterdir() if path.is_socket()]
        if sockets or time.time() - folder.stat().st_mtime > _EMPTY_SECONDS:
            for path in sockets:
                path.unlink()
            folder.rmdir()


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _parent() -> Path:
    parent = tempfile.gettempdir()
    if len(parent) > 60 or not _PLAIN.fullmatch(parent):
        parent = "/tmp"  # noqa: S108 - mkdtemp makes a folder of our own in it
    return Path(parent)


def _is_private(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS


def _given(path: Path) -> Path:
    folder = path.absolute()
    if not _PLAIN.fullmatch(str(folder)):
        raise FolderError(
            f"{folder} is longer than 80 bytes or has characters beyond A-Za-z0-9_./~+-"
        )
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        raise FolderError(str(error)) from error
    if not _is_private(found):
        raise FolderError(f"{folder} is not private: it must be yours, with mode 0700")
    return folder
