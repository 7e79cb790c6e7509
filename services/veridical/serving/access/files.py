"""Files that a setting names and that are read again when they change."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

_MAX_BYTES = 1 << 20

_log = logging.getLogger(__name__)


class BadFileError(Exception):
    """A file cannot be used; the message begins with the setting and never quotes the file."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and the setting that names it."""

    setting: str
    path: Path

    def read(self) -> bytes:
        """The content.

        Raises:
            BadFileError: It cannot be read, or is larger than 1 MiB.
        """
        try:
            with self.path.open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
        except OSError as error:
            raise self.bad(error.strerror or "cannot be read") from error
        if len(content) > _MAX_BYTES:
            raise self.bad(f"larger than {_MAX_BYTES} bytes")
        return content

    def bad(self, problem: str) -> BadFileError:
        """The error that says what is wrong with the file."""
        return BadFileError(f"{self.setting}: {self.path}: {problem}")

    def stamp(self) -> tuple[int, ...]:
        """Something that differs once the file was written or replaced; empty where there is none."""
        try:
            found = os.stat(self.path)  # noqa: PTH116 - asked with every call, and three times as fast
        except OSError:
            return ()
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


class Reloaded(Generic[T]):
    """What was last loaded from some files; where a change cannot be loaded, the old value stays.

    Args:
        sources: The files.
        load: Makes the value of them; raises BadFileError where it cannot.

    Raises:
        BadFileError: The first load failed.
    """

    def __init__(self, sources: Sequence[Source], load: Callable[[], T]) -> None:
        self._sources = tuple(sources)
        self._load = load
        # Taken before the files are read: a change in between is then seen the next time.
        self._stamps = self._stamped()
        self.value = load()

    def refresh(self) -> bool:
        """Loads again where a file has changed; gives whether there is a new value."""
        stamps = self._stamped()
        if stamps == self._stamps:
            return False
        self._stamps = stamps
        try:
            self.value = self._load()
        except BadFileError as error:
            _log.error(
                "changed file not taken; the old content stays", extra={"problem": str(error)}
            )
            return False
        _log.info("changed files taken", extra={"settings": [s.setting for s in self._sources]})
        return True

    def _stamped(self) -> tuple[tuple[int, ...], ...]:
        return tuple(source.stamp() for source in self._sources)
