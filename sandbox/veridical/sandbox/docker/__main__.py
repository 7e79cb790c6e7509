"""`python -m veridical.sandbox.docker`: the broker."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from veridical.sandbox.docker.broker import Broker, BrokerRunning
from veridical.sandbox.docker.settings import BrokerSettings, ContainerLimits


def parse(arguments: Sequence[str] | None = None) -> BrokerSettings:
    """Reads the command line; exits with 2 and a message if it is wrong."""
    defaults, limits = BrokerSettings(), ContainerLimits()
    parser = argparse.ArgumentParser(
        prog="veridical broker",
        description="Start containers for code verifiers; the one process with the Docker socket.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--socket", type=Path, default=defaults.socket, help="where code verifiers connect")
    add("--group", default=defaults.group, help="group that may connect; empty: this user alone")
    add("--daemon", default=defaults.daemon, help="URL of the Docker daemon")
    add("--image", default=defaults.image, help="image of the containers")
    add("--gvisor-runtime", default=defaults.gvisor_runtime, help="the daemon's name for runsc")
    add("--apparmor", default=defaults.apparmor, help="AppArmor profile; empty: the daemon's own")
    add(
        "--daemon-seccomp",
        action="store_true",
        help="the daemon's own seccomp profile, with which cells have the weaker level landlock",
    )
    add("--spares", type=int, default=defaults.spares, help="containers started ahead")
    add("--max-slots", type=int, default=defaults.max_slots, help="containers at once")
    add("--lifetime-seconds", type=float, default=defaults.lifetime_seconds, help="oldest age")
    add("--sweep-seconds", type=float, default=defaults.sweep_seconds, help="time between sweeps")
    add("--start-seconds", type=float, default=defaults.start_seconds, help="longest start")
    add("--memory-mib", type=int, default=limits.memory_mib, help="memory of a container")
    add("--processes", type=int, default=limits.processes, help="processes of a container")
    add("--cpus", type=float, default=limits.cpus, help="cores' time of a container")
    add("--files", type=int, default=limits.files, help="open files of a process")
    given = vars(parser.parse_args(arguments))
    limited = ContainerLimits(**{name: given.pop(name) for name in ContainerLimits.__slots__})
    return BrokerSettings(**given, limits=limited)


def main() -> None:
    """Runs the broker until SIGINT or SIGTERM, then removes its containers."""
    broker = Broker(parse())
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: broker.stop())
    try:
        broker.serve()
    except (BrokerRunning, OSError, LookupError) as error:
        sys.exit(f"veridical broker: {error}")


if __name__ == "__main__":
    main()
