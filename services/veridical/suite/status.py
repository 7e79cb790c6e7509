"""What the suite says of its services, for people and for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum

_LOOPBACK = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - nothing is bound here


class State(StrEnum):
    """Where a service stands."""

    STARTING = "starting"
    """Its process runs and does not serve yet, or not any more."""
    SERVING = "serving"
    """Its health says that it serves."""
    RESTARTING = "restarting"
    """It ended and is started again after a pause."""
    STOPPED = "stopped"
    """It ended for good."""


@dataclass(frozen=True, slots=True)
class Status:
    """One change of one service."""

    service: str
    """The service's name."""
    address: str
    """Its gRPC target."""
    state: State
    """Where it stands now."""
    pid: int | None
    """Process id; None where no process runs."""
    metrics: str | None
    """URL of its metrics; None: it has none."""
    detail: str = ""
    """Why, where there is something to say."""


class Reporter:
    """Writes each change as one line."""

    def __init__(
        self, write: Callable[[str], None], *, as_json: bool, addresses: Mapping[str, str]
    ) -> None:
        """Says where lines go and their form.

        Args:
            write: Takes a line.
            as_json: Whether lines are for programs.
            addresses: What people are told of each service's address, by the service's name.
        """
        self._write = write
        self._json = as_json
        self._addresses = addresses
        self._width = max(map(len, addresses.values()))

    def changed(self, status: Status) -> None:
        """A service changed."""
        self._write(json.dumps(asdict(status)) if self._json else self._line(status))

    def ready(self, address: str) -> None:
        """All services serve; callers call `address`."""
        if self._json:
            self._write(json.dumps({"state": "ready", "address": address}))
        else:
            self._write(f"{'ready':<10}{address}   (export VERIDICAL_ADDRESS={_called(address)})")

    def _line(self, status: Status) -> str:
        address = self._addresses[status.service]
        serves = status.state is State.SERVING
        notes = [
            f"pid {status.pid}" if status.pid else "",
            status.metrics or "" if serves else "",
            status.detail,
        ]
        head = f"{status.service:<10}{status.state:<12}{address:<{self._width}}  "
        return (head + "  ".join(filter(None, notes))).rstrip()


def _called(address: str) -> str:
    """The address by which this machine calls what listens on `address`."""
    host, _, port = address.rpartition(":")
    return f"{_LOOPBACK.get(host, host)}:{port}"


def write_line(descriptor: int, line: bytes) -> None:
    """Writes a whole line, or nothing where nobody reads any more: the services matter, not the line.

    Args:
        descriptor: A file descriptor that blocks.
        line: The line without its end.
    """
    data = line + b"\n"
    with suppress(OSError):
        while data:
            data = data[os.write(descriptor, data) :]
