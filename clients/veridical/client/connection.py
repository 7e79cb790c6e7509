"""The connection of a `Client` within one process."""

from __future__ import annotations

from typing import TypeVar

import grpc

from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client.contact import Contact
from veridical.client.credentials import Token, open_channel
from veridical.client.errors import UnavailableError
from veridical.client.forking import FORKS, GuardedCall
from veridical.client.local import LocalLease
from veridical.client.retry import Attempts, RetryBudget
from veridical.client.settings import ClientSettings
from veridical.client.status import Deadline

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")


class Connection:
    """A channel with what its calls share.

    Args:
        target: The gRPC target.
        settings: Those of the client.
        token: What is shown with each call.
        lease: The local services that answer there; None where they are not known to be local.

    Raises:
        ConfigurationError: A certificate cannot be used.
    """

    def __init__(
        self, target: str, settings: ClientSettings, token: Token, lease: LocalLease | None
    ) -> None:
        self.settings = settings
        self.token = token
        self._lease = lease
        self._budget = RetryBudget()
        # Local services served when their client was made, and their lease tells when they have ended.
        self._contact = Contact(target, met=lease is not None)
        self._channel = open_channel(target, settings)
        FORKS.opened()
        self.stub = VerifierServiceStub(self._channel)
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
