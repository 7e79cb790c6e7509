"""Counted work: a bound on what one comparison computes that no machine's speed changes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import CO_GENERATOR
from types import FrameType


class WorkExceeded(BaseException):
    """A computation made more calls than it may.

    No `Exception`, since math-verify and SymPy catch those and go on.
    """


@contextmanager
def at_most(calls: int) -> Iterator[None]:
    """Bound the Python functions called within the block, in this thread.

    Raises:
        WorkExceeded: More than `calls` were called.
    """
    left = calls

    def count(frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal left
        left -= 1
        # An exception in a generator that is being closed is dropped, and the counting with it.
        if left < 0 and not frame.f_code.co_flags & CO_GENERATOR:
            raise WorkExceeded

    previous = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(previous)
    if left < 0:
        raise WorkExceeded
