"""Channels on which a zygote serves itself, so that its cells know by heart what they do.

See `veridical.sandbox.inner.rehearsal` for what that is good for. What is rehearsed is written down in
the code: no zygote ever sees a program or a test.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

ROUNDS = 12
"""How often; the interpreter settles for what it met after eight calls."""


class Script:
    """A channel on which these messages wait; what is sent is kept."""

    def __init__(self, messages: Iterable[bytes] = ()) -> None:
        self.sent: list[bytes] = []
        self._waiting = deque(messages)

    def send(self, message: bytes) -> None:
        """Keeps a message."""
        self.sent.append(message)

    def receive(self) -> bytes:
        """The next message.

        Raises:
            EOFError: There is none.
        """
        if not self._waiting:
            raise EOFError
        return self._waiting.popleft()

    def take_peer(self) -> None:
        """Nobody comes along."""
