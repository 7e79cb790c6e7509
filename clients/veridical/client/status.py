"""From the status of a failed call to an error, or to a wait before the next attempt.

gRPC itself repeats calls that met no server (`channel.py`). Calls that a server refused for want of room
are repeated here, only where it sent `grpc-retry-pushback-ms`, and for as long as the timeout lasts.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import grpc

from veridical.client.errors import (
    DeadlineError,
    InvalidRequestError,
    OverloadedError,
    ProtocolError,
    ServerError,
    UnavailableError,
    VeridicalError,
)

_PUSHBACK_KEY = "grpc-retry-pushback-ms"
_ERROR_ID = re.compile(r"\b[0-9a-f]{8,}\b")
_INVALID = (
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.FAILED_PRECONDITION,
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time by which a call, its repeats included, must have ended."""

    at: float
    """Seconds on the monotonic clock."""

    @classmethod
    def after(cls, seconds: float) -> Self:
        """The deadline `seconds` from now."""
        return cls(time.monotonic() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds left, 0 or more."""
        return max(0.0, self.at - time.monotonic())


def pause_or_raise(error: grpc.RpcError, deadline: Deadline, least_seconds: float) -> float:
    """How long to wait before the call is repeated, in seconds.

    Args:
        error: How the call ended.
        deadline: When its repeats must have ended.
        least_seconds: Spread of the jitter where the server asked for a shorter wait.

    Raises:
        VeridicalError: A repeat would not help, or the wait does not fit into the deadline.
    """
    pushback = _pushback_seconds(error)
    if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED and pushback is not None:
        # All callers are refused together; without jitter they would come back together.
        pause = pushback + random.random() * max(pushback, least_seconds)  # noqa: S311
        if pause < deadline.remaining:
            return pause
    raise error_from(error) from error


def error_from(error: grpc.RpcError) -> VeridicalError:
    """The error of this library that says what the status of a failed call says."""
    code, message = error.code(), error.details() or error.code().name
    if code in _INVALID:
        return InvalidRequestError(message)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return OverloadedError(message, _pushback_seconds(error))
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return DeadlineError(message)
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
        return UnavailableError(message)
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return ProtocolError(f"what answers at this address is no verifier: {message}")
    found = _ERROR_ID.search(message)
    return ServerError(f"{code.name}: {message}", found.group() if found else "")


def _pushback_seconds(error: grpc.RpcError) -> float | None:
    """The wait the server asked for, in seconds; None if it asked for none or forbade a repeat."""
    # The stubs know less of an entry than there is: it is a pair of key and value.
    metadata: Iterable[tuple[str, str | bytes]] = error.trailing_metadata() or ()  # type: ignore[assignment]
    for key, value in metadata:
        if key == _PUSHBACK_KEY and isinstance(value, str) and value.isdecimal():
            return int(value) / 1000
    return None
