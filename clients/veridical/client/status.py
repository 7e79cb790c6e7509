"""The deadline of a call, and what the status of a failed call means for its caller."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import grpc

from veridical.client.errors import (
    AuthenticationError,
    ConfigurationError,
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
# Three years; gRPC takes far longer ones for times that have passed.
_LONGEST_SECONDS = 1e8
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
        """The deadline `seconds` from now.

        Raises:
            ConfigurationError: They are fewer than none.
            TypeError: They are no number.
        """
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise TypeError(f"timeout must be a number of seconds, not {seconds!r}")
        if not seconds >= 0:  # so that NaN is refused
            raise ConfigurationError(f"timeout must be 0 or more, not {seconds!r}")
        return cls(time.monotonic() + min(seconds, _LONGEST_SECONDS))

    @property
    def remaining(self) -> float:
        """Seconds left, 0 or more."""
        return max(0.0, self.at - time.monotonic())


def code_of(error: grpc.RpcError) -> grpc.StatusCode:
    """The status code of a failed call that its caller did not cancel.

    CANCELLED then means that a server ended it, at the end of its drain. And gRPC for asyncio says
    INTERNAL where it was writing to a stream that the server had just ended: the status of the server is
    lost then, so that only another attempt can tell.
    """
    code = error.code()
    if code is grpc.StatusCode.CANCELLED or error.details() == "Internal error from Core":
        return grpc.StatusCode.UNAVAILABLE
    return code


def is_refused(error: grpc.RpcError) -> bool:
    """Whether the server does not accept who calls."""
    return error.code() is grpc.StatusCode.UNAUTHENTICATED


def error_from(error: grpc.RpcError) -> VeridicalError:
    """The error of this library that says what the status of a failed call says."""
    code = code_of(error)
    message = error.details() or error.code().name
    if code in _INVALID:
        return InvalidRequestError(message)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return OverloadedError(message, pushback_seconds(error))
    if code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
        return AuthenticationError(message)
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return DeadlineError(message)
    if code is grpc.StatusCode.UNAVAILABLE:
        return UnavailableError(message)
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return ProtocolError(f"what answers at this address is no verifier: {message}")
    found = _ERROR_ID.search(message)
    return ServerError(f"{code.name}: {message}", found.group() if found else "")


def pushback_seconds(error: grpc.RpcError) -> float | None:
    """The wait that the server asked for by `grpc-retry-pushback-ms`, in seconds; None for no repeat."""
    # The stubs know less of an entry than there is: it is a pair of key and value.
    metadata: Iterable[tuple[str, str | bytes]] = error.trailing_metadata() or ()  # type: ignore[assignment]
    for key, value in metadata:
        if key == _PUSHBACK_KEY and isinstance(value, str) and value.isdecimal():
            return int(value) / 1000
    return None
