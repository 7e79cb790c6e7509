"""Rows of a publisher's file and their fields."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]

_GZIP = b"\x1f\x8b"


class ProblemError(ValueError):
    """A file or a row that no problem can be made of; the text says why."""


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the objects of a file of JSON lines or of one JSON array, gzipped or not.

    Raises:
        ProblemError: It cannot be read or holds something else.
    """
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == _GZIP else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ProblemError(f"{path}: {error}") from None
    if text.lstrip().startswith("["):
        yield from _array(path, text)
        return
    # Not `splitlines`: JSON lines may hold other line ends than \n.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _object(f"{path}, line {number}", line)


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
