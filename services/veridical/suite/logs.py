"""How the lines that the services log are shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

ShowLine: TypeAlias = Callable[[str, bytes], bytes | None]
"""Turns a line of the service with that name into what is shown of it; None: nothing."""

_TOLD = frozenset({"warning", "error", "critical"})
_OWN_FIELDS = frozenset({"time", "level", "server", "message", "exception"})
# What gRPC's core tells of connections that come and go.
_CORE_NOTE = re.compile(rb"I\d{4} \d\d:\d\d:\d\d")


def as_it_is(service: str, line: bytes) -> bytes | None:
    """Every line, whole, behind the name of the service."""
    return f"{service:<9}| ".encode() + line


def for_people(service: str, line: bytes) -> bytes | None:
    """Warnings and errors alone, with time, service and message; what is no log line stays as it is."""
    fields = _fields(line)
    if fields is None:
        return None if _CORE_NOTE.match(line) else as_it_is(service, line)
    if fields.get("level") not in _TOLD:
        return None
    notes = [f"{key}={value}" for key, value in fields.items() if key not in _OWN_FIELDS and value]
    words = [f"{_clock(fields)}  {service:<10}{fields['level']:<9}{_message(fields)}", *notes]
    return "  ".join(words).encode()


def _fields(line: bytes) -> Mapping[str, Any] | None:
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _clock(fields: Mapping[str, Any]) -> str:
    """The time of day here, of a line that has the time in UTC."""
    try:
        return f"{datetime.fromisoformat(fields['time']).astimezone():%H:%M:%S}"
    except (KeyError, TypeError, ValueError):
        return f"{'':8}"


def _message(fields: Mapping[str, Any]) -> str:
    """The message, and of an exception its last line; `--verbose` shows the whole."""
    lines = str(fields.get("exception", "")).splitlines()
    return ": ".join([str(fields.get("message", "")), *lines[-1:]])
