"""What the suite says of its services, for people and for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum


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

    def __init__(self, write: Callable[[str], None], *, as_json: bool, address_width: int) -> None:
        """Says where lines go, their form, and the width of the widest address in characters."""
        self._write = write
        self._json = as_json
        self._width = address_width

    def changed(self, status: Status) -> None:
        """A service changed."""
        self._write(json.dumps(asdict(status)) if self._json else self._line(status))

    def ready(self, address: str) -> None:
        """All services serve; callers call `address`."""
        if self._json:
            self._write(json.dumps({"state": "ready", "address": address}))
        else:
            self._write(f"{'ready':<10}{address}")

    def _line(self, status: Status) -> str:
        notes = [f"pid {status.pid}" if status.pid else "", status.metrics or "", status.detail]
        head = f"{status.service:<10}{status.address:<{self._width}}  {status.state:<10}  "
        return (head + "  ".join(filter(None, notes))).rstrip()


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
