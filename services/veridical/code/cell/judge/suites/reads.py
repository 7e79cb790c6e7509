"""Which files of a suite its tests read: where the program could read them, too, it is judged anew without them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import PosixPath, PurePosixPath
from typing import TYPE_CHECKING, Any

from veridical.code.cell.folder import own_reading
from veridical.code.cell.judge.interpreter.making import exact
from veridical.code.cell.world import current_folder

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link
    from veridical.code.cell.judge.suites.suite import File, Importer

_WRITES_ONLY = os.O_WRONLY | os.O_TRUNC
_realpath = os.path.realpath
"""What tests may patch."""


class Reads:
    """Notes what the tests' process opens from now on.

    Args:
        link: The conversation with the solution.
        files: Those of the suite that the program can read.
        modules: Those that it is given, if it lacks any.
    """

    def __init__(self, link: Link, files: Sequence[File], modules: Sequence[File]) -> None:
        self._link = link
        self._reaching = link.reaching
        self._files = {os.path.normpath(file.path): file.path for file in (*files, *modules)}
        self._given = {file.path for file in modules} - {file.path for file in files}
        self._names = {os.path.basename(path) for path in self._files}  # noqa: PTH119
        self._opened: set[str] = set()
        self._moved: set[str] = set()
        self._unplaced: set[str] = set()

    def install(self) -> None:
        """Begins to listen, if there is anything to hear of."""
        if self._files:
            if not _listening:
                sys.addaudithook(_audited)
            _listening[:] = [self]

    def opened(self, path: Any, flags: Any = 0, *, is_relative: bool = False) -> None:
        """Hears of a file that is opened, perhaps in a folder of which there is only a descriptor."""
        # What an object of a library reads for the program is not read by the tests.
        is_for_program = self._reaching.count or own_reading.count
        if is_for_program or (type(flags) is int and flags & _WRITES_ONLY):
            return
        name = _text(path)
        last = name.rpartition("/")[2]
        if last in self._names:
            place = _place(name)
            if not place or (
                is_relative and not name.startswith("/")
            ):  # to a folder that is not told
                self._unplaced.add(last)
            self._opened.add(place)

    def moved(self, path: Any, folder: Any = -1) -> None:
        """Hears of a file, or a folder, that has another name from now on: all that is in it may be read by that."""
        if self._reaching.count or own_reading.count:
            return
        place = _place(_text(path)) if folder == -1 else ""
        self._moved.add(place)
        if not place:  # one of whatever folder
            self._unplaced |= self._names

    def found(self, importer: Importer) -> list[str]:
        """Paths of the files that were opened, or imported, as the suite has them."""
        roots = [_realpath(one) for one in (importer.root, importer.place) if one is not None]
        places = {os.path.relpath(path, root) for path in self._opened - {""} for root in roots}
        places |= set(map(os.path.normpath, importer.executed))
        moved = {os.path.relpath(path, root) for path in self._moved - {""} for root in roots}
        found = {
            path
            for place, path in self._files.items()
            if place in places
            or os.path.basename(place) in self._unplaced  # noqa: PTH119
            or any(f"{place}/".startswith(f"{one}/") or one == "." for one in moved)
        }
        return sorted(found if self._link.beside else found - self._given)


_listening: list[Reads] = []
"""Of the judgement under way; hooks cannot be taken back."""


def _text(path: Any) -> str:
    text = exact(str(path) if type(path) in (PosixPath, PurePosixPath) else path)
    return "" if text is None else os.fsdecode(text)


def _place(name: str) -> str:
    with contextlib.suppress(OSError, ValueError):
        return _realpath(os.path.join(current_folder(), name))  # noqa: PTH118
    return ""


def _audited(event: str, details: tuple[Any, ...]) -> None:
    if event == "open":
        for one in _listening:
            one.opened(details[0], details[2], is_relative=details[1] is None)
    elif event in ("os.rename", "os.link"):
        for one in _listening:
            one.moved(details[0], details[2])
    elif event == "sqlite3.connect":
        is_address = isinstance(details[0], str) and details[0].startswith("file:")
        for one in _listening:
            one.opened(details[0][5:].partition("?")[0] if is_address else details[0])
