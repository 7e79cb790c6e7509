"""The work folder that a test and a program share: files cross by value, links within it as links.

Paths are relative to the work folder, which has the same name on both sides.
"""

from __future__ import annotations

import binascii
import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from stat import S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IRUSR, S_ISDIR, S_ISLNK, S_ISREG
from typing import Any

from veridical.code.cell import links
from veridical.code.cell.values.plain import TooLargeError, ViolationError

MAX_FILES = 2048
MAX_FILE_BYTES = 12 << 20
MAX_FOLDER_BYTES = 16 << 20
_MAX_HOLE_BYTES = 1 << 40
_MAX_DEPTH = 100
# A file written again within the clock's grain would look unchanged: its content is read then.
_GRAIN_NS = 20_000_000
_scandir, _now = os.scandir, time.time_ns
_chmod, _utime, _stat_of, _access = os.chmod, os.utime, os.stat, os.access
_open, _fdopen, _mkdir, _rmdir, _unlink = os.open, os.fdopen, os.mkdir, os.rmdir, os.unlink
_readlink, _symlink, _mkfifo = os.readlink, os.symlink, os.mkfifo
_link, _rename = os.link, os.replace
"""What tests may patch here, too: pathlib would use theirs."""


class _OwnReading(threading.local):
    """Whether this thread reads files to tell the other side of them."""

    count = 0


own_reading = _OwnReading()

# Relative path, and the content in base 64, "=" where it is as it was, the size where it is more than can cross,
# ">" and a path for a file that had that name, "!" before the content of one in place of another, "/" for a folder, "@" and a target for a link, "&" and a path for
# another name of a file, "|" for a pipe or the like, or None for what is gone; then, but for that, the times of its
# last change and reading in nanoseconds, and its permissions.
Change = list[Any]
_ANOTHER_NAME = -1
_KINDS = {"@": S_IFLNK, "&": _ANOTHER_NAME, "|": S_IFIFO}
_NUMBER = -2
"""Where the number of its inode stands in a stamp."""
NEVER_BESIDE = re.compile(
    r"work|shm|suite-.*|\..*|conftest\.py|setup\.(py|cfg)|(pytest|tox|pyproject)\.(ini|toml)|__init__\.py"
)
"""What the cell and the judge have there, and what pytest looks for in the folders above a suite."""
_PERMISSIONS = 0o7777
_OWN = 0o700
_MAX_TIME_NS = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was last known of a file: when its inode changed, its times, size, number and permissions."""

    stamp: tuple[int, ...]
    digest: int
    settled: bool
    kind: int = S_IFREG


@dataclass(slots=True)
class Folder:
    """A folder whose changes are told as values.

    Attributes:
        root: The folder.
        hidden: Relative paths that never leave it and are never written.
        kept: Those that are told, and stay as they are here.
        beside: Names beside the folder whose files are told and taken, too; "*" for all that are no runtime's.
        follows: Whether a link to a folder beyond is a copy of it; otherwise it is an empty one.
        shows_links: Whether a link that leads beyond is one that leads nowhere, and no copy.
    """

    root: Path
    hidden: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    follows: bool = False
    shows_links: bool = False
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _named: dict[tuple[int, int], str] = field(default_factory=dict)

    def changes(self) -> list[Change]:
        """What has changed since the last call or `take`: first what is gone, what is in a folder before that.

        Raises:
            TooLargeError: There are more files than can cross, or larger ones in all.
        """
        closed: dict[Path, int] = {}
        try:
            return self._told(self._present(closed))
        finally:
            for folder in sorted(closed, reverse=True):
                _close(folder, closed[folder])

    def _present(self, closed: dict[Path, int]) -> dict[str, os.DirEntry[str]]:
        present: dict[str, os.DirEntry[str]] = {}
        self._named.clear()
        top = _listed(self.root, closed)
        if self.beside:
            top += [one for one in _listed(self.root.parent, closed) if self._tells(one.name)]
        for entry in _entries(top, closed, self._looks_into):
            path = os.path.relpath(entry.path, self.root)
            if path not in self.hidden:
                present[path] = entry
                self._name(path, entry)
            if len(present) > MAX_FILES:
                raise TooLargeError("more files than can cross")
        return present

    def _told(self, present: dict[str, os.DirEntry[str]]) -> list[Change]:
        gone = [
            one
            for one, seen in self._seen.items()
            if not self._is_still(one, present.get(one), seen)
        ]
        changes = self._moved(present)
        changes += [[path, None] for path in sorted(gone, reverse=True)]
        for path in gone:
            del self._seen[path]
        total = 0
        for path, entry in present.items():
            try:
                change = self._changed(path, entry)
            except FileNotFoundError:  # a thread has just taken it away
                self._seen.pop(path, None)
                change = [None]
            if change is not None:
                total += len(change[0]) if type(change[0]) is str else 0
                changes.append([path, *change])
            if total > MAX_FOLDER_BYTES:
                raise TooLargeError("larger files than can cross")
        return changes

    def _moved(self, present: dict[str, os.DirEntry[str]]) -> list[Change]:
        """The files that had other names: somebody may have them open."""
        new = [path for path in present if path not in self._seen] if self._seen else []
        known = self._seen.items() if new else ()
        names = {seen.stamp[_NUMBER]: one for one, seen in known if seen.kind == S_IFREG}
        moved: list[Change] = []
        for path in new:
            before = names.get(present[path].inode())
            above = [self._seen.get(str(one)) for one in PurePath(path).parents]
            is_free = all(one is None or one.kind == S_IFDIR for one in above)
            if (
                before is not None
                and is_free
                and self._is_still(path, present[path], self._seen[before])
            ):
                moved.append([path, f">{before}"])
        return moved

    def take(self, changes: list[Change]) -> None:
        """Makes the same changes here.

        Raises:
            ViolationError: A path leads out of the folder, is hidden, or is not in its plain form.
        """
        closed: dict[Path, int] = {}
        folders: dict[Path, tuple[str, list[Any]]] = {}
        for path, content, *about in changes:
            place = self._place(path, closed)
            if content is None:
                _remove(place)
                self._seen.pop(path, None)
            elif content == "/":
                _make_folder(place)
                folders[place] = path, about
            elif content == "=":
                if path in self._seen:
                    stamp = _describe(place, about)
                    self._seen[path] = replace(self._seen[path], stamp=stamp, settled=False)
            else:
                self._take_file(path, place, content, about, closed)
        for place in sorted({*closed, *folders}, reverse=True):  # what is in a folder before it
            if place in folders:
                path, about = folders[place]
                self._seen[path] = _Seen(_of_folder(_describe(place, about)), 0, True, S_IFDIR)
            else:
                _close(place, closed[place])

    def _take_file(
        self, path: str, place: Path, content: Any, about: list[Any], closed: dict[Path, int]
    ) -> None:
        mark = content[:1] if type(content) is str else ""
        if mark == ">":
            self._move(content[1:], path, place)
            return
        if mark in _KINDS:
            self._put(place, content, closed)
            self._seen[path] = _Seen(_describe(place, about), hash(content), False, _KINDS[mark])
            return
        data = content if type(content) is int else binascii.a2b_base64(content)
        if mark == "!":
            _replace(place, data)
        else:
            _write(place, data)
        closed.pop(place, None)
        self._seen[path] = _Seen(_describe(place, about), hash(data), False)

    def _move(self, before: str, path: str, place: Path) -> None:
        """Gives a file another name; what it holds is told after that, so that nothing is lost if that fails."""
        if self.keeps(before) or self.keeps(path) or os.path.lexists(place):
            return
        held = self._place(before, {})
        own_reading.count += 1
        try:
            _make(place.parent)
            _rename(held, place)
        except OSError:
            return
        finally:
            own_reading.count -= 1

    def keeps(self, path: str) -> bool:
        """Whether a path is hidden or kept, or a folder that holds what is."""
        own = self.hidden | self.kept
        return path in own or any(
            one.startswith(f"{path}/") and os.path.lexists(self.root / one) for one in own
        )

    def is_beside(self, path: str) -> bool:
        """Whether a relative path leads to what is told beside the folder."""
        parts = Path(path).parts
        return len(parts) > 1 and parts[0] == ".." and self._tells(parts[1])

    def _tells(self, name: str) -> bool:
        """Whether what has a name beside the folder is told."""
        return name in self.beside or ("*" in self.beside and not NEVER_BESIDE.fullmatch(name))

    def leads_to(self, link: str, target: str) -> str | None:
        """Where a link leads, from the folder; None if that is beyond it."""
        return links.place(self.root, self.is_beside, link, target)

    def _place(self, path: str | None, closed: dict[Path, int]) -> Path:
        """Where a change is to be made; folders on the way there are opened."""
        if not isinstance(path, str) or "\0" in path or path != os.path.normpath(path):
            # A path has one form, so that none is another name of a hidden one.
            raise ViolationError("a file by another name than its own")
        place, parts = self.root, Path(path).parts
        if self.is_beside(path):
            place, parts = place.parent, parts[1:]
        if not parts or path in self.hidden or parts[0] == "/" or ".." in parts:
            raise ViolationError("a file that does not belong to the work folder")
        for part in parts:
            if place != self.root and _is_link(place) and not self.follows:
                raise ViolationError("a folder that is a link")
            _open_up(place, closed, os.W_OK | os.X_OK)
            place = place / part
        return place

    def _changed(self, path: str, entry: os.DirEntry[str]) -> list[Any] | None:
        seen = self._seen.get(path)
        target = self._target(entry)
        stat = _stat(entry) if target is None else entry.stat(follow_symlinks=False)
        stamp = _stamp(stat)
        about = [stat.st_mtime_ns, stat.st_atime_ns, stamp[-1]]
        if S_ISDIR(stat.st_mode):
            self._seen[path] = _Seen(_of_folder(stamp), 0, True, S_IFDIR)
            return None if seen and seen.stamp == _of_folder(stamp) else ["/", *about]
        if seen and seen.settled and seen.stamp == stamp:
            return None
        settled = _now() - stat.st_ctime_ns > _GRAIN_NS
        other = self._other_name(path, stat) if target is None else None
        if target is not None or other is not None or not S_ISREG(stat.st_mode):
            content = f"@{target}" if target is not None else f"&{other}" if other else "|"
            self._seen[path] = _Seen(stamp, hash(content), settled, _KINDS[content[0]])
            is_known = seen is not None and seen.digest == hash(content)
            return None if is_known else [content, *about]
        is_small = stat.st_size <= MAX_FILE_BYTES
        data = _read(entry.path, stat) if is_small else stat.st_size
        digest = hash(data)
        if stat.st_mode & S_IRUSR:
            self._seen[path] = _Seen(stamp, digest, settled)
        else:  # it was opened to be read
            self._seen[path] = _Seen(_stamp(_stat_of(entry.path)), digest, False)
        is_another = seen is not None and seen.stamp[_NUMBER] != stat.st_ino
        if seen and seen.digest == digest and not is_another:
            return None if seen.stamp == stamp else ["=", *about]
        if isinstance(data, int):
            return [data, *about]
        text = binascii.b2a_base64(data, newline=False).decode()
        return [f"!{text}" if is_another else text, *about]

    def _name(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            stat = _stat(entry)
        except FileNotFoundError:
            return
        if stat.st_nlink > 1 and S_ISREG(stat.st_mode) and not entry.is_symlink():
            self._named.setdefault((stat.st_dev, stat.st_ino), path)

    def _other_name(self, path: str, stat: os.stat_result) -> str | None:
        """The path under which a file of several names is told."""
        first = self._named.get((stat.st_dev, stat.st_ino), path) if stat.st_nlink > 1 else path
        return None if first == path else first

    def _target(self, entry: os.DirEntry[str]) -> str | None:
        """Where a link leads that is one on the other side, too; None for what is no link there."""
        if not entry.is_symlink():
            return None
        text = _readlink(entry.path)
        if self.leads_to(entry.path, text) is not None or links.leads_nowhere(text):
            return text
        return links.NOWHERE if self.shows_links or not os.path.exists(entry.path) else None  # noqa: PTH110

    def _kind(self, path: str, entry: os.DirEntry[str]) -> int:
        """What something is on the other side."""
        if self._target(entry) is not None:
            return S_IFLNK
        stat = _stat(entry)
        kind = S_IFMT(stat.st_mode)
        if kind == S_IFREG and self._other_name(path, stat) is not None:
            return _ANOTHER_NAME
        return kind if kind in (S_IFDIR, S_IFREG) else S_IFIFO

    def _is_still(self, path: str, entry: os.DirEntry[str] | None, seen: _Seen) -> bool:
        try:
            return entry is not None and self._kind(path, entry) == seen.kind
        except FileNotFoundError:
            return False

    def _looks_into(self, entry: os.DirEntry[str]) -> bool:
        return self._target(entry) is None and (self.follows or not entry.is_symlink())

    def _put(self, place: Path, content: str, closed: dict[Path, int]) -> None:
        """Makes a link, another name of a file, or a pipe."""
        what, text = content[0], content[1:]
        other = self._place(text, closed) if what == "&" else place
        own_reading.count += 1
        try:
            _make(place.parent)
            with contextlib.suppress(FileNotFoundError):
                _unlink(place)
            if what == "@":
                _symlink(self._led(place, text), place)
            elif what == "|":
                _mkfifo(place)
            elif self.keeps(text):  # whose file nobody else may change
                _write(place, _content(str(other)))
            else:
                _link(other, place, follow_symlinks=False)
        except OSError as fault:
            raise ViolationError("a link that cannot be made") from fault
        finally:
            own_reading.count -= 1

    def _led(self, place: Path, target: str) -> str:
        """Where a link is to lead: never to what is hidden, wherever tests move it."""
        to = self.leads_to(str(place), target)
        own = {name for one in self.hidden | self.kept for name in one.split("/")}
        if to is None:
            return target if links.leads_nowhere(target) else links.NOWHERE
        if any(f"{one}/".startswith(f"{to}/") or to == "." for one in self.hidden):
            return links.NOWHERE
        return (
            os.path.normpath(self.root / to) if _last_name(target) in {".", ".."} | own else target
        )


def _entries(
    top: list[os.DirEntry[str]],
    closed: dict[Path, int],
    looks_into: Callable[[os.DirEntry[str]], bool],
) -> Iterator[os.DirEntry[str]]:
    """What is in a folder, and below; a folder before what is in it."""
    left, around = [top], [(0, 0)]
    while left:
        if not left[-1]:
            left.pop()
            around.pop()
            continue
        entry = left[-1].pop()
        yield entry
        identity = _folder(entry, looks_into)
        if identity is not None:
            if len(left) == _MAX_DEPTH:
                raise TooLargeError("deeper folders than can cross")
            if identity in around:
                raise TooLargeError("folders that hold themselves by a link")
            left.append(_listed(entry.path, closed))
            around.append(identity)


def _folder(
    entry: os.DirEntry[str], looks_into: Callable[[os.DirEntry[str]], bool]
) -> tuple[int, int] | None:
    """What tells a folder to look into from others; None for what is none.

    The entry knows its permissions from now on, whatever is done to look.
    """
    try:
        stat = _stat(entry)
    except FileNotFoundError:
        return None
    is_one = S_ISDIR(stat.st_mode) and looks_into(entry)
    return (stat.st_dev, stat.st_ino) if is_one else None


def _listed(folder: str | Path, closed: dict[Path, int]) -> list[os.DirEntry[str]]:
    """What is in a folder, the first last; nothing for one that is gone. One that is closed is opened."""
    _open_up(folder, closed, os.R_OK | os.X_OK)
    try:
        return sorted(_scandir(folder), key=lambda entry: entry.name, reverse=True)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as fault:  # it is of another user: a link led there
        raise TooLargeError("folders that nobody can read") from fault
    except OSError as fault:
        raise TooLargeError("longer names of folders than can cross") from fault


def _stat(entry: os.DirEntry[str]) -> os.stat_result:
    """What a file is; a link is a copy of what it leads to."""
    try:
        return entry.stat()
    except OSError:
        return entry.stat(follow_symlinks=False)


def _stamp(stat: os.stat_result) -> tuple[int, ...]:
    read_ns = 0 if S_ISLNK(stat.st_mode) else stat.st_atime_ns  # to look where it leads reads it
    times = stat.st_ctime_ns, stat.st_mtime_ns, read_ns
    return *times, stat.st_size, stat.st_ino, stat.st_mode & _PERMISSIONS


def _of_folder(stamp: tuple[int, ...]) -> tuple[int, ...]:
    """When a folder was changed, and its permissions."""
    return stamp[1], stamp[-1]


def _read(path: str, stat: os.stat_result) -> bytes:
    """What a file holds, which is not to say that it was read; what is none, or nobody can read, holds nothing."""
    if not S_ISREG(stat.st_mode):
        return b""
    own_reading.count += 1
    try:
        if stat.st_mode & S_IRUSR or _access(path, os.R_OK):
            return _content(path)
        mode = stat.st_mode & _PERMISSIONS
        _chmod(path, mode | S_IRUSR)
        try:
            return _content(path)
        finally:
            _chmod(path, mode)
    except FileNotFoundError:
        raise
    except OSError:
        return b""
    finally:
        own_reading.count -= 1


def _content(path: str) -> bytes:
    try:
        descriptor = _open(path, os.O_RDONLY | os.O_NOATIME)
    except PermissionError:  # it is of another user
        return Path(path).read_bytes()
    with _fdopen(descriptor, "rb") as file:
        return file.read()


def _describe(place: Path, about: list[Any]) -> tuple[int, ...]:
    """Gives a file or folder its times and permissions; its stamp."""
    if [type(one) for one in about] != [int] * 3:
        raise ViolationError("a file of no time")
    changed_ns, read_ns = (max(-_MAX_TIME_NS, min(one, _MAX_TIME_NS)) for one in about[:2])
    mode = about[2]
    try:
        if not _is_link(place):
            _chmod(place, mode & _PERMISSIONS)
            _utime(place, ns=(read_ns, changed_ns), follow_symlinks=False)
        return _stamp(_stat_of(place, follow_symlinks=False))
    except OSError as fault:
        raise ViolationError("a file of no time") from fault


def _open_up(folder: str | Path, closed: dict[Path, int], wanted: int) -> None:
    """Opens a folder that does not let its owner do what is wanted, and notes the permissions that it had."""
    if _access(folder, wanted):
        return
    mode = _mode(folder, is_followed=True)
    if S_ISDIR(mode):
        with contextlib.suppress(OSError):
            _chmod(folder, mode & _PERMISSIONS | _OWN)
            closed.setdefault(Path(folder), mode & _PERMISSIONS)


def _close(folder: Path, mode: int) -> None:
    with contextlib.suppress(OSError):
        _chmod(folder, mode)


def _mode(place: str | Path, *, is_followed: bool) -> int:
    try:
        return _stat_of(place, follow_symlinks=is_followed).st_mode
    except OSError:
        return 0


def _last_name(path: str) -> str:
    return os.path.basename(os.path.normpath(path))  # noqa: PTH119


def _is_link(place: Path) -> bool:
    return S_ISLNK(_mode(place, is_followed=False))


def _is_folder(place: Path) -> bool:
    return S_ISDIR(_mode(place, is_followed=True))


def _make(folder: Path) -> None:
    """Makes a folder, and those above it, where there is none."""
    if _is_folder(folder):
        return
    if folder.parent != folder:
        _make(folder.parent)
    try:
        _mkdir(folder)
    except FileExistsError:  # a thread has just made it
        if not _is_folder(folder):
            raise


def _make_folder(place: Path) -> None:
    try:
        _make(place)
    except OSError as fault:
        raise ViolationError("a folder that cannot be made") from fault


def _write(place: Path, data: bytes | int) -> None:
    """Writes a file, or one of so many bytes that nobody reads."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        _make(place.parent)
        if _is_link(place) or not _access(place, os.W_OK, follow_symlinks=False):
            with contextlib.suppress(FileNotFoundError):
                _unlink(place)
        descriptor = _open(place, flags, 0o644)
        with _fdopen(descriptor, "wb") as file:
            if isinstance(data, int):
                file.truncate(min(max(data, 0), _MAX_HOLE_BYTES))
            else:
                file.write(data)
    except OSError as fault:
        raise ViolationError("a file that cannot be written") from fault


def _replace(place: Path, data: bytes | int) -> None:
    """Puts another file in place of one, which some may have open, or read right now."""
    with contextlib.suppress(FileNotFoundError):
        beside = place.with_name(f".{os.urandom(8).hex()}")
        _write(beside, data)
        _rename(beside, place)


def _remove(place: Path) -> None:
    try:
        (_rmdir if _is_folder(place) and not _is_link(place) else _unlink)(place)
    except OSError:
        return  # a folder that holds more, or what was gone already
