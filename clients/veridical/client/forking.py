"""What a fork does to gRPC, and how clients live through it.

gRPC survives a fork only where GRPC_ENABLE_FORK_SUPPORT was set before it was imported and no call is
in flight: with one, the child hangs within `os.fork` itself. So the calls of ordinary clients are
cancelled right before a fork and begun again right after it, which is safe because verification is
pure. In a child that cannot use gRPC every client says so at once.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

import grpc
from grpc import aio
from grpc._cython import cygrpc  # type: ignore[attr-defined]

from veridical.client.errors import ForkError

# Calls end within milliseconds of their cancellation; gRPC itself waits as long for its threads.
_END_SECONDS = 5.0
_OTHER_WAYS = "or start processes by the method spawn or forkserver"


_Call = TypeVar("_Call", bound=grpc.Call)


class GuardedCall(Generic[_Call]):
    """A call in flight, and whether a fork put an end to it."""

    __slots__ = ("call", "is_interrupted")

    def __init__(self, call: _Call) -> None:
        self.call = call
        self.is_interrupted = False


class ForkGuard:
    """Knows the calls in flight and what forks have done to this process."""

    def __init__(self) -> None:
        self._is_registered = False
        self._is_fork = False
        self._problem = ""
        self._aio_channels: WeakSet[aio.Channel] = WeakSet()
        self._reset()

    @property
    def ends_calls(self) -> bool:
        """Whether a fork cancels the calls in flight; otherwise their channels are lost to the child."""
        return bool(cygrpc.is_fork_support_enabled())

    def check(self, *, for_aio: bool = False) -> None:
        """Does nothing in a process in which clients can work, those for asyncio if so asked.

        Raises:
            ForkError: The process was forked from one that used gRPC, and gRPC is broken in it.
        """
        if self._problem:
            raise ForkError(self._problem)
        if for_aio and self._is_fork:
            raise ForkError(
                "an AsyncClient never works in a process forked from one that used gRPC: use Client, "
                f"{_OTHER_WAYS}"
            )

    def opened(self, aio_channel: aio.Channel | None = None) -> None:
        """Takes note of a new channel; what a fork then does is decided from here on."""
        if aio_channel is not None:
            self._aio_channels.add(aio_channel)
        if not self._is_registered:
            self._is_registered = True
            # After gRPC's own handlers, which came with the channel: those that run before a fork
            # run in reverse, so that no call is left when gRPC's own look.
            os.register_at_fork(
                before=self._before,
                after_in_parent=self._after_in_parent,
                after_in_child=self._after_in_child,
            )

    def closed(self, aio_channel: aio.Channel) -> None:
        """Takes note that a channel of asyncio is closed."""
        self._aio_channels.discard(aio_channel)

    def start(self, begin: Callable[[], _Call]) -> GuardedCall[_Call]:
        """Begins a call; while the process forks it waits."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_forking)
            guarded = GuardedCall(begin())
            self._calls[id(guarded)] = guarded
        if not guarded.call.add_callback(lambda: self._end(id(guarded))):
            self._end(id(guarded))
        return guarded

    def _end(self, key: int) -> None:
        with self._changed:
            self._calls.pop(key, None)
            self._changed.notify_all()

    def _reset(self) -> None:
        self._changed = threading.Condition()
        self._calls: dict[int, GuardedCall[Any]] = {}
        self._is_forking = False

    def _before(self) -> None:
        if not self.ends_calls:
            return
        with self._changed:
            self._is_forking = True
            for guarded in self._calls.values():
                guarded.is_interrupted = True
                guarded.call.cancel()
            self._changed.wait_for(lambda: not self._calls, _END_SECONDS)

    def _after_in_parent(self) -> None:
        with self._changed:
            self._is_forking = False
            self._changed.notify_all()

    def _after_in_child(self) -> None:
        self._reset()
        self._is_fork = True
        if self._aio_channels:
            self._problem = (
                "gRPC cannot be used here: an AsyncClient was open in the process that forked. Close "
                f"it before the fork, {_OTHER_WAYS}"
            )
        elif not self.ends_calls:
            self._problem = (
                "gRPC cannot be used here: it was in use in the process that forked. Set "
                "GRPC_ENABLE_FORK_SUPPORT=1 before grpc is imported, best before Python starts, or "
                f"use no client before the fork, {_OTHER_WAYS}"
            )


FORKS = ForkGuard()
"""The guard of this process: a fork concerns all clients of a process together."""


def require_owner(pid: int, what: str) -> None:
    """Does nothing in process `pid`.

    Raises:
        ForkError: This is a fork of it.
    """
    if os.getpid() != pid:
        raise ForkError(
            f"{what} cannot be used in a fork of the process that it was made in: make a new one there, "
            f"use Client, {_OTHER_WAYS}"
        )
