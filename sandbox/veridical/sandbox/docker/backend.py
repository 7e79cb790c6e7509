"""The backends that have their slots in containers, handed out by a broker."""

from __future__ import annotations

from pathlib import Path

from veridical.sandbox.backend import Setup
from veridical.sandbox.docker.client import Lease, lease
from veridical.sandbox.docker.protocol import Request
from veridical.sandbox.isolation import Level


class DockerBackend:
    """Slots in containers of the daemon's default runtime.

    Args:
        broker: Path of the broker's socket.
    """

    level: Level = Level.DOCKER

    def __init__(self, broker: Path) -> None:
        self._broker = broker

    @property
    def setup(self) -> Setup:
        """What its insides are told: to build namespaces of their own within the container's."""
        return Setup(enter=True)

    def start(self) -> Lease:
        """Starts one."""
        return lease(self._broker, Request.OPEN_DOCKER)


class BareDockerBackend(DockerBackend):
    """The same where a container may not make namespaces: Landlock stands between its cells.

    Whoever uses it gives each submission a container of its own.
    """

    level: Level = Level.LANDLOCK

    @property
    def setup(self) -> Setup:
        """What its insides are told."""
        return Setup(enter=False, landlock=True)


class GvisorBackend:
    """Slots in containers that runsc runs.

    Args:
        broker: Path of the broker's socket.
    """

    level = Level.GVISOR

    def __init__(self, broker: Path) -> None:
        self._broker = broker

    @property
    def setup(self) -> Setup:
        """What its insides are told: gVisor has no mount namespaces to make."""
        return Setup(enter=False)

    def start(self) -> Lease:
        """Starts one."""
        return lease(self._broker, Request.OPEN_GVISOR)
