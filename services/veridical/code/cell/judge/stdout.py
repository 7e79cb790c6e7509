"""What tests print while the program takes what is printed: only one interpreter could give it that."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from veridical.code.cell.judge.link import Link


class Stdout:
    """Watches the tests' stdout for as long as the program has another in place of its own.

    Args:
        link: The conversation with it.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._watched: _Watched | None = None

    @property
    def stream(self) -> Any:
        """Where the tests print, for what the program prints there."""
        return sys.stdout.stream if isinstance(sys.stdout, _Watched) else sys.stdout

    def set_taken(self, *, is_taken: bool) -> None:
        """Hears whether the program takes what is printed."""
        if is_taken and self._watched is None:
            self._watched = sys.stdout = _Watched(sys.stdout, self._link)
        elif self._watched is not None and not is_taken:
            if sys.stdout is self._watched:
                sys.stdout = self._watched.stream
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


class _Watched:
    def __init__(self, stream: Any, link: Link) -> None:
        self.stream = stream
        self._link = link

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Prints nothing that the program would have taken.

        Raises:
            NeedsShared: It would have taken this.
        """
        raise self._link.needs_shared("prints while the program takes what is printed")
