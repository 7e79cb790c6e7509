"""How strongly a slot isolates, as probes from inside its cells found it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Strength of isolation, the stronger the higher; `label` is its name in verdicts."""

    NONE = 0
    LANDLOCK = 1
    PROCESS = 2
    DOCKER = 3
    GVISOR = 4

    @property
    def label(self) -> str:
        """The lower-case name."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Isolation:
    """The effective isolation of a slot.

    Attributes:
        level: The level that the layers add up to.
        layers: Names of the layers that were found at work, such as `"pid_namespace"`.
        missing: Names of those that were not.
    """

    level: Level
    layers: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
