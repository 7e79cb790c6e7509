"""What a link asks of that which is shared beside values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from veridical.code.cell.values.plain import Tree


class World(Protocol):
    """What is shared beside values."""

    @property
    def has_taken(self) -> bool:
        """Whether the solution changed anything."""

    @property
    def states(self) -> frozenset[str]:
        """States of the interpreter that the solution has set otherwise."""

    @property
    def doubt(self) -> str | None:
        """What the tests may have got otherwise by that."""

    @property
    def given(self) -> list[str]:
        """Paths of the files that the solution wrote."""

    def changes(self, encode: Callable[[Any], Tree]) -> dict[str, Any]:
        """What the tests changed since the last call."""

    def share(self, values: list[Any]) -> None:
        """Hears of the arguments of each call."""

    def hear(self, message: Any) -> None:
        """Hears what the solution says."""

    def is_hidden(self, path: str) -> bool:
        """Whether a file is the tests' alone."""

    def is_shared_link(self, link: str, target: str) -> bool:
        """Whether a link is one on both sides, and leads to the same there."""

    def follow(self, changes: dict[str, Any]) -> str | None:
        """Makes the solution's environment and folder those of the tests, as far as they can be; what cannot."""

    def take(self, files: list[Any]) -> None:
        """Makes the solution's changes here."""
