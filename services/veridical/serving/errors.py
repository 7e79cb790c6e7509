"""Errors that end a call with a status; everything else that escapes a handler is INTERNAL.

CallError
├── InvalidArgument   the request breaks the contract; names the field
├── Overloaded        no room now; says when to come again
├── Unauthenticated   who calls did not show that they may
├── Unavailable       not ready, draining, or a needed server is away
├── DeadlinePassed    the caller's time, or the server's cap, ran out
└── Unimplemented     the method is not served here
"""

from __future__ import annotations

import grpc


class CallError(Exception):
    """Ends the call with a status whose text the caller may read.

    Attributes:
        code: The gRPC status code.
        retry_seconds: When a retry is welcome, in seconds from now; None where it is not said.
    """

    code: grpc.StatusCode = grpc.StatusCode.UNKNOWN
    retry_seconds: float | None = None


class InvalidArgument(CallError):
    """The request breaks the contract.

    Args:
        field: Path of the field at fault, such as `item.task.math.gold`.
        problem: What is wrong with it.
    """

    code = grpc.StatusCode.INVALID_ARGUMENT

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class Overloaded(CallError):
    """There is no room for the call now.

    Args:
        message: What is full.
        retry_seconds: When to come again, in seconds.
    """

    code = grpc.StatusCode.RESOURCE_EXHAUSTED

    def __init__(self, message: str, retry_seconds: float) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class Unauthenticated(CallError):
    """The caller did not show that it may call; the text says nothing of why."""

    code = grpc.StatusCode.UNAUTHENTICATED


class Unavailable(CallError):
    """The server cannot take calls at present; another replica, or a retry, may.

    Args:
        message: Why.
        retry_seconds: When to come again, in seconds; None where nobody knows.
    """

    code = grpc.StatusCode.UNAVAILABLE

    def __init__(self, message: str, retry_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class DeadlinePassed(CallError):
    """Time ran out before the answer was ready."""

    code = grpc.StatusCode.DEADLINE_EXCEEDED


class Unimplemented(CallError):
    """The method is part of the contract and not served here."""

    code = grpc.StatusCode.UNIMPLEMENTED
