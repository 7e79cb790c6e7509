"""The folder in which the services of a suite find one another."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# A socket's path may have 107 bytes, and a gRPC target is a URI: other characters would need quoting.
_PLAIN = re.compile(r"[\w./~+-]{1,80}", re.ASCII)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


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
    folder = _new() if path is None else _given(path)
    try:
        yield folder
    finally:
        with suppress(OSError):
            folder.rmdir()


def _new() -> Path:
    parent = tempfile.gettempdir()
    if len(parent) > 60 or not _PLAIN.fullmatch(parent):
        parent = "/tmp"  # noqa: S108 - mkdtemp makes a folder of our own in it
    return Path(tempfile.mkdtemp(prefix="veridical-", dir=parent))


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
    if found.st_uid != os.geteuid() or found.st_mode & _OTHERS:
        raise FolderError(f"{folder} is not private: it must be yours, with mode 0700")
    return folder
