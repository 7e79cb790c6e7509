"""What a test and a program share beside values: the work folder, the environment, stdin.

Files cross by value. Paths are relative to the work folder, which has the same name on both sides.
"""

from __future__ import annotations

import binascii
import contextlib
import importlib
import os
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_IRUSR, S_ISDIR, S_ISLNK, S_ISREG
from typing import TYPE_CHECKING, Any

from veridical.code.cell.states import (
    ERRORS,
    decimal_context,
    has_own_loggers,
    is_finer,
    set_decimal_context,
)
from veridical.code.cell.values.plain import TooLargeError, ViolationError

if TYPE_CHECKING:
    from veridical.code.cell.loggers import Loggers
    from veridical.code.cell.solution.output import Output

MAX_FILES = 2048
MAX_FILE_BYTES = 12 << 20
MAX_FOLDER_BYTES = 16 << 20
_MAX_HOLE_BYTES = 1 << 40
_MAX_DEPTH = 100
# A file written again within the clock's grain would look unchanged: its content is read then.
_GRAIN_NS = 20_000_000
_getcwd, _scandir, _now = os.getcwd, os.scandir, time.time_ns
_chmod, _utime, _stat_of, _access = os.chmod, os.utime, os.stat, os.access
_open, _fdopen, _mkdir, _rmdir, _unlink = os.open, os.fdopen, os.mkdir, os.rmdir, os.unlink
"""What tests may patch here, too: pathlib would use theirs."""


class _OwnReading(threading.local):
    """Whether this thread reads files to tell the other side of them."""

    count = 0


own_reading = _OwnReading()

# Relative path, and the content in base 64, "=" where it is as it was, the size where it is more than can cross,
# "/" for a folder, or None for what is gone; then, but for that, the times of its last change and reading in
# nanoseconds, and its permissions.
Change = list[Any]
_PERMISSIONS = 0o7777
_OWN = 0o700
_MAX_TIME_NS = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was last known of a file: when its inode changed, its times, size, number and permissions."""

    stamp: tuple[int, ...]
    digest: int
    settled: bool
    is_folder: bool = False


@dataclass(slots=True)
class Folder:
    """A folder whose changes are told as values.

    Attributes:
        root: The folder.
        hidden: Relative paths that never leave it and are never written.
        kept: Those that are told, and stay as they are here.
        beside: Names beside the folder whose files are told and taken, too.
        follows: Whether a link to a folder is a copy of it; otherwise it is an empty one.
    """

    root: Path
    hidden: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    follows: bool = False
    _seen: dict[str, _Seen] = field(default_factory=dict)

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
        top = _listed(self.root, closed)
        if self.beside:
            top += [one for one in _listed(self.root.parent, closed) if one.name in self.beside]
        for entry in _entries(top, closed, follows=self.follows):
            path = os.path.relpath(entry.path, self.root)
            if path not in self.hidden:
                present[path] = entry
            if len(present) > MAX_FILES:
                raise TooLargeError("more files than can cross")
        return present

    def _told(self, present: dict[str, os.DirEntry[str]]) -> list[Change]:
        gone = [path for path, seen in self._seen.items() if not _is_still(present.get(path), seen)]
        changes: list[Change] = [[path, None] for path in sorted(gone, reverse=True)]
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
            elif content != "=":
                data = content if type(content) is int else binascii.a2b_base64(content)
                _write(place, data)
                closed.pop(place, None)
                self._seen[path] = _Seen(_describe(place, about), hash(data), False)
            elif path in self._seen:
                digest = self._seen[path].digest
                self._seen[path] = _Seen(_describe(place, about), digest, False)
        for place in sorted({*closed, *folders}, reverse=True):  # what is in a folder before it
            if place in folders:
                path, about = folders[place]
                self._seen[path] = _Seen(_describe(place, about)[-1:], 0, True, True)
            else:
                _close(place, closed[place])

    def keeps(self, path: str) -> bool:
        """Whether a path is hidden or kept, or a folder that holds what is."""
        own = self.hidden | self.kept
        return path in own or any(
            one.startswith(f"{path}/") and os.path.lexists(self.root / one) for one in own
        )

    def is_beside(self, path: str) -> bool:
        """Whether a relative path leads to what is told beside the folder."""
        parts = Path(path).parts
        return len(parts) > 1 and parts[0] == ".." and parts[1] in self.beside

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
        stat = _stat(entry)
        stamp = _stamp(stat)
        about = [stat.st_mtime_ns, stat.st_atime_ns, stamp[-1]]
        if S_ISDIR(stat.st_mode):
            self._seen[path] = _Seen(stamp[-1:], 0, True, True)
            return None if seen and seen.stamp == stamp[-1:] else ["/", *about]
        if seen and seen.settled and seen.stamp == stamp:
            return None
        settled = _now() - stat.st_ctime_ns > _GRAIN_NS
        is_small = stat.st_size <= MAX_FILE_BYTES
        data = _read(entry.path, stat) if is_small else stat.st_size
        digest = hash(data)
        if stat.st_mode & S_IRUSR:
            self._seen[path] = _Seen(stamp, digest, settled)
        else:  # it was opened to be read
            self._seen[path] = _Seen(_stamp(_stat_of(entry.path)), digest, False)
        if seen and seen.digest == digest:
            return None if seen.stamp == stamp else ["=", *about]
        if isinstance(data, int):
            return [data, *about]
        return [binascii.b2a_base64(data, newline=False).decode(), *about]


def _entries(
    top: list[os.DirEntry[str]], closed: dict[Path, int], *, follows: bool
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
        identity = _folder(entry, follows=follows)
        if identity is not None:
            if len(left) == _MAX_DEPTH:
                raise TooLargeError("deeper folders than can cross")
            if identity in around:
                raise TooLargeError("folders that hold themselves by a link")
            left.append(_listed(entry.path, closed))
            around.append(identity)


def _folder(entry: os.DirEntry[str], *, follows: bool) -> tuple[int, int] | None:
    """What tells a folder to look into from others; None for what is none.

    The entry knows its permissions from now on, whatever is done to look.
    """
    try:
        stat = _stat(entry)
    except FileNotFoundError:
        return None
    is_one = S_ISDIR(stat.st_mode) and (follows or not entry.is_symlink())
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


def _is_still(entry: os.DirEntry[str] | None, seen: _Seen) -> bool:
    try:
        return entry is not None and S_ISDIR(_stat(entry).st_mode) == seen.is_folder
    except FileNotFoundError:
        return False


def _stat(entry: os.DirEntry[str]) -> os.stat_result:
    """What a file is; a link is a copy of what it leads to."""
    with contextlib.suppress(OSError):
        return entry.stat()
    return entry.stat(follow_symlinks=False)


def _stamp(stat: os.stat_result) -> tuple[int, ...]:
    times = stat.st_ctime_ns, stat.st_mtime_ns, stat.st_atime_ns
    return *times, stat.st_size, stat.st_ino, stat.st_mode & _PERMISSIONS


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


def _remove(place: Path) -> None:
    try:
        (_rmdir if _is_folder(place) and not _is_link(place) else _unlink)(place)
    except OSError:
        return  # a folder that holds more, or what was gone already


_RECURSION = sys.getrecursionlimit()
_OWN_FRAMES = 60
_DIGITS = sys.get_int_max_str_digits()


class Replica:
    """The solution's copy of the world that its tests live in.

    Args:
        root: The work folder, which was empty.
        environment: The variables before the program was loaded.
        output: What the program prints.

    Attributes:
        loggers: Those that its tests may set, or look at.
    """

    loggers: Loggers | None = None

    def __init__(self, root: str, environment: dict[str, str], output: Output) -> None:
        self._output = output
        self._folder = Folder(Path(root), follows=True)
        self._environment = environment
        self._cwd = root
        self._arguments, self._first = sys.argv, list(sys.argv)
        self._states: dict[str, Any] = {"recursion": _RECURSION, "decimal": None}
        self._digits = _DIGITS
        self._own: list[str] = []
        self._replaced: dict[str, Any] = {}

    def take(self, changes: dict[str, Any], decode: Callable[[Any], Any]) -> None:
        """Makes the tests' world this one's."""
        self._folder.beside |= frozenset(changes.get("beside", ()))
        self._folder.take(changes.get("files", []))
        self._take_variables(changes.get("env", {}))
        if "cwd" in changes:
            enter(changes["cwd"])
            self._cwd = current_folder()
        self._take_limits(changes)
        if "errors" in changes:
            importlib.import_module("numpy").seterr(**(changes["errors"] or ERRORS))
        for name, what, tree in changes.get("modules", ()):
            self._replace(name, what, decode(tree) if what == "put" else None)
        if "decimal" in changes:
            set_decimal_context(changes["decimal"])
        self._states.update((name, changes[name]) for name in self._states if name in changes)
        if "stdin" in changes:
            sys.stdin = decode(changes["stdin"])
        if "argv" in changes:
            self._arguments[:] = self._first if changes["argv"] is None else changes["argv"]
        if "streams" in changes:
            self._output.follow(changes["streams"])
        if "loggers" in changes and self.loggers is not None:
            self.loggers.take(changes["loggers"])

    def _take_limits(self, changes: dict[str, Any]) -> None:
        if "recursion" in changes:
            # The runtime's own frames stand below the program's, as a runner's do below the tests'.
            changes["recursion"] += 0 if changes["recursion"] > _RECURSION else _OWN_FRAMES
            with contextlib.suppress(RecursionError):  # in a callback from deeper than that
                sys.setrecursionlimit(changes["recursion"])
        if "digits" in changes:
            self._digits = changes["digits"]
            sys.set_int_max_str_digits(self._digits)

    def _take_variables(self, variables: dict[str, str | None]) -> None:
        for name, value in variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._environment = dict(os.environ)
        if "TZ" in variables:
            time.tzset()

    def _replace(self, name: str, what: str, value: Any) -> None:
        """Puts something ("put") or nothing ("gone") in place of a module, or the module again ("back")."""
        held = sys.modules.get(name)
        if isinstance(held, types.ModuleType):
            self._replaced[name] = held
        sys.modules.pop(name, None)
        if what == "put":
            sys.modules[name] = value
        elif what == "back" and name in self._replaced:
            sys.modules[name] = self._replaced[name]

    def changes(self) -> list[Change]:
        """The files that the program changed.

        Raises:
            TooLargeError: They are more than can cross.
        """
        return self._folder.changes()

    def surroundings(self) -> dict[str, Any]:
        """What else it changed: variables of the environment, where it stands, names of states that are its own."""
        changed: dict[str, Any] = {}
        cwd = current_folder()
        if cwd != self._cwd:
            changed["cwd"] = self._cwd = cwd
        if os.environ != self._environment:
            environment = dict(os.environ)
            changed["env"] = changes_of(self._environment, environment)
            self._environment = environment
        digits = sys.get_int_max_str_digits()
        if digits != self._digits:
            changed["digits"] = self._digits = digits
        decimals = decimal_context()
        if decimals is not None and is_finer(decimals, self._states["decimal"]):
            changed["decimal"] = self._states["decimal"] = decimals
        states = {"recursion": sys.getrecursionlimit(), "decimal": decimals}
        own = [name for name, value in states.items() if value != self._states[name]]
        if has_own_loggers():
            own.append("loggers")
        if own != self._own:
            changed["states"] = self._own = own
        loggers = self.loggers.changes() if self.loggers is not None else None
        if loggers:
            changed["loggers"] = loggers
        return changed


def current_folder() -> str:
    """Where this process stands; empty where that is gone."""
    try:
        return _getcwd()
    except OSError:
        return ""


def enter(folder: str) -> None:
    """Stands in a folder from now on, or in one that is gone."""
    if folder:
        os.chdir(folder)
        return
    gone = tempfile.mkdtemp(dir="/tmp")
    os.chdir(gone)
    _rmdir(gone)


def changes_of(before: dict[str, str], after: dict[str, str]) -> dict[str, str | None]:
    """The variables that are others now; None for what is gone."""
    names = before.keys() | after.keys()
    return {name: after.get(name) for name in names if after.get(name) != before.get(name)}
