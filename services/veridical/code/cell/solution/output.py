"""What the program prints, held until the reply that carries it."""

from __future__ import annotations

import io
import sys
from typing import Any

from veridical.code.cell.wire import MAX_OUTPUT_CHARS


class _Bounded(io.BytesIO):
    """Keeps the first bytes written and forgets the rest."""

    def write(self, data: object) -> int:
        """Writes what there is room for; says that all of it was written."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        room = MAX_OUTPUT_CHARS - self.tell()
        if room > 0:
            super().write(view[:room])
        return len(view)


class Output:
    """The program's stdout and stderr, once they are taken over."""

    def __init__(self) -> None:
        # The later ones stand for those of the tests; what the program took when it was loaded does not.
        self._later = [_text(), _text()]
        self._streams = [*self._later, _text(), _text()]
        # Kept: what a cell lets go of has pages copied for it.
        self._former: list[Any] = []
        self._own: tuple[Any, Any] = None, None

    def take_over(self) -> None:
        """From now on takes what the program prints."""
        self._former += [sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__]
        sys.stdout, sys.stderr = self._streams[2:]
        sys.__stdout__, sys.__stderr__ = self._streams[2:]  # type: ignore[misc]

    def loaded(self) -> None:
        """From now on prints to the tests' streams, unless the program has others in place."""
        self._own = sys.stdout, sys.stderr
        for name, own, later, first in self._places():
            setattr(sys, name, later if own is first else own)

    def follow(self, replaced: list[bool]) -> None:
        """Prints to the tests' stdout and stderr where they have put others in place of those of the loading."""
        for (name, own, later, first), is_replaced in zip(self._places(), replaced, strict=True):
            if own is not first and getattr(sys, name) in (own, later):
                setattr(sys, name, later if is_replaced else own)

    def _places(self) -> list[tuple[str, Any, Any, Any]]:
        names = "stdout", "stderr"
        return list(zip(names, self._own, self._later, self._streams[2:], strict=True))

    def replaced(self) -> list[bool]:
        """Whether the program takes by itself what is printed to stdout, and to stderr."""
        return [getattr(sys, name) not in (own, later) for name, own, later, _ in self._places()]

    def taken(self) -> list[str] | None:
        """What was written since the last time to stdout and stderr, and to those of its loading; None for nothing."""
        texts = [_take(stream) for stream in self._streams]
        return texts if any(texts) else None


def _text() -> io.TextIOWrapper:
    return io.TextIOWrapper(
        _Bounded(), encoding="utf-8", errors="surrogatepass", newline="", write_through=True
    )


def _take(stream: io.TextIOWrapper) -> str:
    try:
        buffer: Any = stream.buffer
        if not buffer.tell():
            return ""
        data: bytes = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return data.decode("utf-8", "replace")
    except ValueError:  # the program closed it
        return ""
