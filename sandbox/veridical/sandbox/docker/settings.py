"""What the broker's operator decides; a client decides none of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_IMAGE = "veridical-sandbox:latest"
DEFAULT_DAEMON = "unix:///var/run/docker.sock"
DEFAULT_SOCKET = Path("/run/veridical/broker.sock")


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """Limits of one container, and so of one slot with all its cells.

    Attributes:
        memory_mib: Resident memory; swap is not had.
        processes: Processes and threads.
        cpus: Shares of a core's time. Below 2 the cells forked ahead take time from the one that
            runs, in steps of 100 ms.
        files: Open files of one process.
    """

    memory_mib: int = 2048
    processes: int = 4096
    cpus: float = 2.0
    files: int = 4096


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Settings of one broker.

    Attributes:
        socket: Where clients connect; its folder is made, for the broker's user alone, if missing.
        daemon: URL of the Docker daemon.
        image: What the containers are made of.
        gvisor_runtime: Name under which the daemon knows runsc.
        apparmor: Name of an AppArmor profile for the containers; empty: the daemon's default.
        daemon_seccomp: Whether the daemon's own seccomp profile is used, where it accepts no other:
            cells then get no namespaces, and the weaker level landlock.
        limits: Of each container.
        spares: Containers of each engine in use that are started ahead of need.
        max_slots: Containers that clients may hold at once.
        lifetime_seconds: The age at which a container is removed, in use or not.
        sweep_seconds: Time between two searches for containers to remove.
        start_seconds: Time in which a container must have called back.
        group: Name of a group whose members may connect too; empty: none.
    """

    socket: Path = DEFAULT_SOCKET
    daemon: str = DEFAULT_DAEMON
    image: str = DEFAULT_IMAGE
    gvisor_runtime: str = "runsc"
    apparmor: str = ""
    daemon_seccomp: bool = False
    limits: ContainerLimits = ContainerLimits()
    spares: int = 0
    max_slots: int = 64
    lifetime_seconds: float = 21_600.0
    sweep_seconds: float = 5.0
    start_seconds: float = 20.0
    group: str = ""
