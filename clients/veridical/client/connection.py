"""The connections of a client for ordinary code, one for each process."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar

import grpc

from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client.contact import Contact
from veridical.client.credentials import open_channel
from veridical.client.endpoint import Endpoint
from veridical.client.errors import ConfigurationError, UnavailableError
from veridical.client.forking import FORKS, GuardedCall
from veridical.client.local import LocalLease
from veridical.client.retry import Attempts, RetryBudget
from veridical.client.status import Deadline

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")
_C = TypeVar("_C", bound="Connection")


class Connection:
    """A channel with what its calls share.

    Args:
        endpoint: Where to, and with what.
        lease: The local services that answer there; None where they are not known to be local.

    Raises:
        ConfigurationError: A certificate cannot be used.
    """

    def __init__(self, endpoint: Endpoint, lease: LocalLease | None = None) -> None:
        self.settings = endpoint.settings
        self.token = endpoint.token
        self._lease = lease
        self._budget = RetryBudget()
        # Local services served when their client was made, and their lease tells when they have ended.
        self._contact = Contact(endpoint.target, met=lease is not None)
        self._channel = open_channel(endpoint.target, endpoint.settings)
        FORKS.opened()
        self._is_closed = False

    def attempts(self, timeout: float | None) -> Attempts:
        """The attempts at a call with so many seconds; None: those of the settings."""
        seconds = self.settings.timeout_seconds if timeout is None else timeout
        deadline = Deadline.after(seconds)
        return Attempts(deadline, self.settings.retry, self._budget, self._contact)

    def attempt(
        self,
        method: grpc.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        attempts: Attempts,
    ) -> _Response:
        """Makes one attempt at a call and waits for its answer.

        Raises:
            grpc.RpcError: The attempt failed.
            UnavailableError: The client was closed, or the local services have ended.
        """
        try:
            if FORKS.ends_calls:
                return self._attempt_between_forks(method, request, attempts)
            self.check_open()
            # Half the cost of a future, but nobody could cancel it.
            return method(
                request,
                timeout=attempts.deadline.remaining,
                metadata=self.token.metadata(),
                wait_for_ready=attempts.waits_for_server,
            )
        except (grpc.RpcError, ValueError):  # the latter from a channel that was closed just now
            self.check_open()
            raise

    def _attempt_between_forks(
        self,
        method: grpc.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        attempts: Attempts,
    ) -> _Response:
        """Makes an attempt, again where a fork put an end to it."""
        while True:
            guarded = self.begin(method, request, attempts)
            try:
                return guarded.call.result()
            except grpc.FutureCancelledError:
                continue  # by a fork: nobody else can cancel it
            except BaseException:
                guarded.call.cancel()
                raise

    def begin(
        self,
        method: grpc.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        attempts: Attempts,
    ) -> GuardedCall[grpc._CallFuture[_Response]]:
        """Begins one attempt at a call.

        Raises:
            UnavailableError: The client was closed, or the local services have ended.
        """
        self.check_open()
        return FORKS.start(
            lambda: method.future(
                request,
                timeout=attempts.deadline.remaining,
                metadata=self.token.metadata(),
                wait_for_ready=attempts.waits_for_server,
            )
        )

    def check_open(self) -> None:
        """Does nothing where services may answer.

        Raises:
            UnavailableError: The client was closed, or they are local ones that have ended.
        """
        if self._is_closed:
            raise UnavailableError("the client was closed")
        if self._lease is not None:
            self._lease.check()

    def close(self) -> None:
        """Ends the channel; calls in flight fail."""
        self._is_closed = True
        self._channel.close()


class VerifierConnection(Connection):
    """A connection whose calls are those of a verifier."""

    def __init__(self, endpoint: Endpoint, lease: LocalLease | None) -> None:
        super().__init__(endpoint, lease)
        self.stub = VerifierServiceStub(self._channel)


class Connections(Generic[_C]):
    """The connections of a client: that of a parent is of no use in its child and must not be touched.

    Args:
        connect: Makes one for the process that calls it.
    """

    def __init__(self, connect: Callable[[], _C]) -> None:
        self._connect = connect
        self._of_process: dict[int, _C] = {}
        self._is_closed = False

    @property
    def mine(self) -> _C:
        """The connection of this process.

        Raises:
            ConfigurationError: The client is closed.
            ForkError: No connection can be had in this process.
        """
        if self._is_closed:
            raise ConfigurationError("the client is closed")
        FORKS.check()
        process = os.getpid()
        found = self._of_process.get(process)
        if found is None:
            # Without a lock, which a fork could leave locked: of two threads one wins.
            found = self._of_process.setdefault(process, self._connect())
        return found

    def close(self) -> None:
        """Ends the connection of this process; calls in flight fail."""
        self._is_closed = True
        connection = self._of_process.get(os.getpid())
        if connection is not None:
            connection.close()
