"""Bounds of the fields of a code task, in the domain's terms; `service.py` reads the messages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

MAX_SOURCE_BYTES = 1 << 20
MAX_CASES = 65_536
MAX_CASE_BYTES = 24 << 20
MAX_FILES = 1024
MAX_FILE_BYTES = 16 << 20
MAX_PATH_BYTES = 1024
MAX_NAME_BYTES = 256
MAX_PROCESSES = 1024


class FieldError(ValueError):
    """A field is out of its bounds.

    Attributes:
        field: Its path within the code task.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def check_between(field: str, value: float, low: float, high: float) -> None:
    """Refuse a number that is not between the bounds, or none at all."""
    if not low <= value <= high:
        raise FieldError(field, f"must be between {low:g} and {high:g}")


def check_source(field: str, text: str) -> None:
    """Refuse a program that is empty or too long."""
    if not text.strip():
        raise FieldError(field, "is required")
    if size_of(text) > MAX_SOURCE_BYTES:
        raise FieldError(field, f"longer than {MAX_SOURCE_BYTES} bytes")


def check_name(field: str, name: str, *, required: bool) -> None:
    """Refuse what cannot name a function, a class or a method of one."""
    if not name and not required:
        return
    if size_of(name) > MAX_NAME_BYTES or not all(part.isidentifier() for part in name.split(".")):
        raise FieldError(field, "must be a name, or names with dots between them")


def check_count(field: str, count: int, most: int) -> None:
    """Refuse a list that is empty or too long."""
    if not 1 <= count <= most:
        raise FieldError(field, f"must have 1 to {most} entries")


def check_path(field: str, path: str) -> None:
    """Refuse what is no plain relative path."""
    parts = PurePosixPath(path).parts
    is_plain = parts and not path.startswith("/") and ".." not in parts and "\0" not in path
    if not is_plain or size_of(path) > MAX_PATH_BYTES:
        raise FieldError(field, 'must be a relative path without ".."')


def check_total(field: str, texts: Iterable[str], most: int) -> None:
    """Refuse texts that are too long together."""
    if sum(map(size_of, texts)) > most:
        raise FieldError(field, f"more than {most} bytes together")


def size_of(text: str) -> int:
    """Bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
