"""Rows of a publisher's file and their fields."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

Row: TypeAlias = dict[str, Any]

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


class ProblemError(ValueError):
    """A file or a row that no problem can be made of; the text says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of a file at most: a few bytes of gzip can stand for any number."""

    line_bytes: int = 256 << 20
    """Longest line, and longest JSON array. Default: 256 MiB."""
    total_bytes: int = 4 << 30
    """Longest file once unpacked. Default: 4 GiB."""
    rows: int = 1_000_000
    """Rows of a file. Default: a million."""

    def __str__(self) -> str:
        return (
            f"limits: {self.line_bytes:,} bytes a line or array, {self.total_bytes:,} bytes "
            f"and {self.rows:,} rows a file"
        )


def read_rows(path: Path, limits: Limits = Limits()) -> Iterator[Row]:
    """Yield the objects of a file of JSON lines or of one JSON array, gzipped or not, as it is read.

    Raises:
        ProblemError: It cannot be read, is beyond the limits or holds something else.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(len(_GZIP)) == _GZIP
            raw.seek(0)
            with gzip.open(raw) if packed else raw as file:
                for number, row in enumerate(_rows(path, file, limits), 1):
                    if number > limits.rows:
                        raise ProblemError(f"{path}: too many rows ({limits})")
                    yield row
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ProblemError(f"{path}: {error}") from None


def _rows(path: Path, file: BinaryIO | gzip.GzipFile, limits: Limits) -> Iterator[Row]:
    total = 0
    is_empty = True
    number = 0
    # Not `readlines`: a line is as long as its writer likes.
    while line := file.readline(limits.line_bytes + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        if is_empty and line.lstrip().startswith(b"["):
            rest = file.read(max(0, limits.line_bytes + 1 - len(line)))
            yield from _array(path, _within(path, line + rest, limits))
            return
        total += len(line)
        if total > limits.total_bytes:
            raise ProblemError(f"{path}: too long ({limits})")
        if text := _within(f"{path}, line {number}", line, limits).strip():
            is_empty = False
            yield _object(f"{path}, line {number}", text)


def _within(place: Path | str, data: bytes, limits: Limits) -> str:
    if len(data) > limits.line_bytes:
        raise ProblemError(f"{place}: too long ({limits})")
    return data.decode()


def text_of(row: Row, *names: str) -> str:
    """Return the first of these fields that the row has.

    Raises:
        ProblemError: It has none of them, or it is empty or no text.
    """
    for name in names:
        value = row.get(name)
        if value is None:
            continue
        if not isinstance(value, str) or not value.strip():
            raise ProblemError(f"{name}: must be a text that is not empty")
        return value
    raise ProblemError(f"{names[0]}: missing")


def texts_of(row: Row, name: str) -> list[str]:
    """Return a field that is a list of texts; none where the row lacks it.

    Raises:
        ProblemError: It is something else.
    """
    value = row.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ProblemError(f"{name}: must be a list of texts")
    return value


def _array(path: Path, text: str) -> Iterator[Row]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"{path}: {error}") from None
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise ProblemError(f"{path}, row {number}: not a JSON object")
        yield row


def _object(place: str, line: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"{place}: {error}") from None
    if not isinstance(row, dict):
        raise ProblemError(f"{place}: not a JSON object")
    return row
