"""Reading a file of items: the checks before a run, and the items one by one."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from veridical.cli.exits import CommandError
from veridical.cli.line import LineError, parse_line, shown_id
from veridical.client import Item

MAX_FAULTS = 10
"""How many faulty lines are told before the rest is only counted."""

_ID_HASH_BYTES = 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_COMPRESSED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\xfd7zXZ": "xz"}


class Line(NamedTuple):
    """A line of the input that is not blank.

    Attributes:
        number: From 1.
        content: Its bytes, as they are.
    """

    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Scan:
    """What the checks found in the whole input."""

    items: int
    """Number of items."""
    blake2b: str
    """BLAKE2b-256 of the bytes, in hexadecimal."""
    faults: tuple[str, ...]
    """The first faulty lines, at most `MAX_FAULTS`: number and what is wrong."""
    fault_count: int
    """Number of all faulty lines."""
    has_programs: bool = False
    """Whether any item has a code task."""

    def require_sound(self, name: str) -> None:
        """Refuse an input with faulty lines.

        Raises:
            CommandError: It has some; the text lists the first of them.
        """
        if not self.fault_count:
            return
        more = self.fault_count - len(self.faults)
        rest = (f"... and {more} more",) if more else ()
        raise CommandError("\n  ".join((f"{name}: nothing was verified", *self.faults, *rest)))


class ItemsFile:
    """An input of items that can be read more than once.

    Attributes:
        name: What the person calls it.
    """

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def scan(self) -> Scan:
        """Read all of it and check every line; memory grows by a hash for each id.

        Raises:
            CommandError: It is in another form than lines.
        """
        self.require_lines()
        checker = _Checker()
        items = 0
        digest = hashlib.blake2b(digest_size=32)
        self._file.seek(0)
        for number, content in enumerate(self._file, 1):
            digest.update(content)
            if content.strip():
                items += 1
                checker.check(Line(number, content))
        faults = tuple(checker.faults)
        return Scan(items, digest.hexdigest(), faults, checker.fault_count, checker.has_programs)

    def require_lines(self) -> None:
        """Refuse a file in another form than lines, each of which would be at fault.

        Raises:
            CommandError: It is compressed or a JSON array; the text says how to mend it.
        """
        self.refuse_compressed()
        first = next(self.lines(), None)
        if first is not None and first.content.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] == b"[":
            raise CommandError(
                f"{self.name}: a JSON array, where one object a line is wanted: `jq -c '.[]'` makes it so"
            )

    def refuse_compressed(self) -> None:
        """Refuse a file that is compressed.

        Raises:
            CommandError: It is; the text says how to mend it.
        """
        self._file.seek(0)
        start = self._file.read(max(map(len, _COMPRESSED)))
        for magic, program in _COMPRESSED.items():
            if start.startswith(magic):
                raise CommandError(
                    f"{self.name}: compressed by {program}; decompress it first: `{program} -d`"
                )

    def lines(self) -> Iterator[Line]:
        """Yield the lines that are not blank, from the first."""
        self._file.seek(0)
        for number, content in enumerate(self._file, 1):
            if content.strip():
                yield Line(number, content)


class _Checker:
    """Collects what is wrong with lines, one at a time."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.fault_count = 0
        self.has_programs = False
        self._ids: set[bytes] = set()

    def check(self, line: Line) -> None:
        try:
            item = parse_line(line.content)
            self._check_id(item.id)
            self.has_programs |= isinstance(item, Item) and item.task.HasField("code")
        except LineError as error:
            self.fault_count += 1
            if len(self.faults) < MAX_FAULTS:
                self.faults.append(f"line {line.number}: {error}")

    def _check_id(self, item_id: str) -> None:
        # Millions of ids: their hashes take a fixed room, and a chance collision is out of reach.
        key = hashlib.blake2b(item_id.encode(), digest_size=_ID_HASH_BYTES).digest()
        if key in self._ids:
            raise LineError(f"id: {shown_id(item_id)} is repeated")
        self._ids.add(key)


def open_items(source: str) -> ItemsFile:
    """Open a file of items; "-" and other streams are copied to a temporary file first.

    Raises:
        CommandError: It cannot be read.
    """
    name = "standard input" if source == "-" else source
    try:
        if source == "-":
            return ItemsFile(name, _spool(sys.stdin.buffer))
        file = Path(source).open("rb")  # noqa: SIM115 - the ItemsFile closes it
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return ItemsFile(name, file)
        with file:
            return ItemsFile(name, _spool(file))
    except OSError as error:
        raise CommandError(f"cannot read {name}: {error.strerror}") from error


def _spool(stream: BinaryIO) -> BinaryIO:
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the ItemsFile closes it
    shutil.copyfileobj(stream, spool)
    return spool
