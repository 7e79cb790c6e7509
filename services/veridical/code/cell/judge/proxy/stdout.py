"""What tests print while the program takes what is printed: only one interpreter could give it that."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from veridical.code.cell.values.plain import ViolationError

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_MAX_CHARS = 1 << 20


class Printed:
    """Watches stdout or stderr of the tests for as long as the program has another in place of its own.

    Args:
        link: The conversation with it.
        name: The stream's.
    """

    def __init__(self, link: Link, name: str) -> None:
        self._link = link
        self._name = name
        self._watched: _Watched | None = None

    @property
    def stream(self) -> Any:
        """Where the tests print, for what the program prints there."""
        found = getattr(sys, self._name)
        return found.stream if isinstance(found, _Watched) else found

    def set_taken(self, *, is_taken: bool) -> None:
        """Hears whether the program takes what is printed."""
        if is_taken and self._watched is None:
            own, is_told = getattr(sys, self._name), self._name == "stderr"
            self._watched = _Watched(own, self._link, reporting=is_told)
            setattr(sys, self._name, self._watched)
        elif self._watched is not None and not is_taken:
            if getattr(sys, self._name) is self._watched:
                setattr(sys, self._name, self._watched.stream)
            self._watched = None

    @contextmanager
    def taken(self, *, is_taken: bool) -> Generator[None, None, None]:
        """The time in which a callback is answered."""
        was_taken = self._watched is not None
        self.set_taken(is_taken=is_taken or was_taken)
        try:
            yield
        finally:
            self.set_taken(is_taken=was_taken)


class Streams:
    """The tests' stdout and stderr: where the program prints to, and watched while it takes what they print.

    Args:
        link: The conversation with it.
    """

    def __init__(self, link: Link) -> None:
        self._printed = Printed(link, "stdout"), Printed(link, "stderr")
        self._first = sys.stdout, sys.stderr

    def begin(self) -> None:
        """From now on what a program prints to the streams of its loading goes to those of now."""
        out, err = self._printed
        self._first = out.stream, err.stream

    def told(self, extras: dict[str, Any], *, heeds: bool) -> Iterator[tuple[Printed, bool]]:
        """Both streams, and whether the program takes what is printed there, if anybody heeds that."""
        for stream, is_taken in zip(self._printed, extras.get("p") or (False, False), strict=False):
            yield stream, is_taken is True and heeds

    def write(self, output: Any) -> None:
        """Prints what the program did: to both, and to those of its loading.

        Raises:
            ViolationError: It is no text.
        """
        streams = (*(one.stream for one in self._printed), *self._first)
        for stream, text in zip(streams, output, strict=True):
            if type(text) is not str:
                raise ViolationError("output is text")
            if text:
                stream.write(text[:_MAX_CHARS])


_REPORTING = frozenset({"logging", "warnings", "threading", "traceback", "unittest", "_pytest"})
"""Who tells of tests on stderr."""


class _Watched:
    def __init__(self, stream: Any, link: Link, *, reporting: bool) -> None:
        self.stream = stream
        self._link = link
        self._reporting = reporting

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Prints nothing of the tests that the program would have taken; what libraries say of them goes on.

        Raises:
            NeedsShared: It would have taken this.
        """
        caller = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - there is no other way
        if self._reporting and caller.partition(".")[0] in _REPORTING:
            return int(self.stream.write(text))
        raise self._link.needs_shared("prints while the program takes what is printed")
