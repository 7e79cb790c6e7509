"""The connection of a client for asyncio."""

from __future__ import annotations

import asyncio
import os
from typing import TypeVar

from grpc import aio

from veridical.client.contact import Contact
from veridical.client.credentials import open_aio_channel
from veridical.client.endpoint import Endpoint
from veridical.client.errors import ConfigurationError, UnavailableError
from veridical.client.forking import FORKS, require_owner
from veridical.client.local import LocalLease
from veridical.client.retry import Attempts, RetryBudget
from veridical.client.status import Deadline

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")


class AioConnection:
    """A channel with what its calls share; it belongs to the event loop of the first call.

    Args:
        endpoint: Where to, and with what.
        owner: The name of the client's class, for messages.
        lease: The local services that answer there; None where they are not known to be local.
    """

    def __init__(self, endpoint: Endpoint, owner: str, lease: LocalLease | None = None) -> None:
        self._endpoint = endpoint
        self._owner = owner
        self._lease = lease
        self._budget = RetryBudget()
        # Local services served when their client was made, and their lease tells when they have ended.
        self._contact = Contact(endpoint.target, met=lease is not None)
        self._channel: aio.Channel | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = os.getpid()
        self._is_closed = False

    @property
    def channel(self) -> aio.Channel:
        """The open channel.

        Raises:
            ConfigurationError: The client is closed, or belongs to another event loop.
            ForkError: This is a process forked from the client's.
        """
        if self._is_closed:
            raise ConfigurationError("the client is closed")
        require_owner(self._process, f"an {self._owner}")
        FORKS.check(for_aio=True)
        loop = asyncio.get_running_loop()
        if self._channel is None:
            # Not in the constructor: an aio channel takes the running loop for its own.
            self._channel = open_aio_channel(self._endpoint.target, self._endpoint.settings)
            self._loop = loop
            FORKS.opened(self._channel)
        if self._loop is not loop:  # a call would never end
            raise ConfigurationError(
                f"this {self._owner} belongs to the event loop of its first call, and this is another one: "
                f"make a client in each, or use {self._owner.removeprefix('Async')}, which works in any"
            )
        return self._channel

    def attempts(self, timeout: float | None) -> Attempts:
        """The attempts at a call with so many seconds; None: those of the settings."""
        settings = self._endpoint.settings
        seconds = settings.timeout_seconds if timeout is None else timeout
        return Attempts(Deadline.after(seconds), settings.retry, self._budget, self._contact)

    async def attempt(
        self,
        method: aio.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        attempts: Attempts,
    ) -> _Response:
        """Makes one attempt at a call.

        Raises:
            grpc.RpcError: The attempt failed.
            UnavailableError: The client was closed, or the local services have ended.
        """
        self.check_open()
        try:
            return await method(
                request,
                timeout=attempts.deadline.remaining,
                metadata=self._endpoint.token.metadata(),
                wait_for_ready=attempts.waits_for_server,
            )
        except asyncio.CancelledError:
            # A closing channel cancels its calls, and so the tasks that nobody cancelled.
            task = asyncio.current_task()
            if self._is_closed and task is not None and not task.cancelling():
                raise UnavailableError("the client was closed") from None
            raise

    def check_open(self) -> None:
        """Does nothing where services may answer.

        Raises:
            UnavailableError: The client was closed, or they are local ones that have ended.
        """
        if self._is_closed:
            raise UnavailableError("the client was closed")
        if self._lease is not None:
            self._lease.check()

    async def close(self) -> None:
        """Ends the channel; calls in flight fail."""
        self._is_closed = True
        if self._channel is not None and os.getpid() == self._process:
            FORKS.closed(self._channel)
            # That of another loop could not be waited for; it goes with its last user.
            if self._loop is asyncio.get_running_loop():
                await self._channel.close()
