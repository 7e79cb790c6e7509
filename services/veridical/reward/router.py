"""Which backend takes which kind of task, and what happens when one is lost."""

from __future__ import annotations

import asyncio
import contextlib
import random
from functools import reduce

import grpc

from veridical.api.v1.verdict_pb2 import (
    REASON_BACKEND_UNAVAILABLE,
    REASON_DEADLINE_EXCEEDED,
    REASON_OVERLOADED,
    REASON_UNSUPPORTED_TASK,
    Reason,
    VerifierInfo,
)
from veridical.api.v1.verifier_pb2 import DescribeResponse, VerifyBatchRequest
from veridical.reward.backend import Backend, BackendAnswerError, Metadata
from veridical.reward.errand import Errand
from veridical.reward.settings import RewardSettings
from veridical.reward.splitting import Bounds
from veridical.serving.call import Call
from veridical.serving.verdicts import undecided
from veridical.serving.verifier import Settle

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0
_OTHERS_SECONDS = 5.0
"""Time in which a gateway that has reached a backend waits for the others before it serves."""
_PUSHBACK = "grpc-retry-pushback-ms"


class NoBackend(Exception):
    """No backend could decide in time.

    Attributes:
        reason: What the items' verdicts say.
    """

    def __init__(self, reason: Reason.ValueType, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Router:
    """Sends batches of one kind to a backend that described it, and on to another if that is lost.

    Verification is pure, so a batch may be sent again whenever its answer was lost.
    """

    def __init__(self, settings: RewardSettings, info: VerifierInfo) -> None:
        self._info = info
        self._fingerprints: dict[str, frozenset[str]] = {}
        self._own_bounds = Bounds(settings.backend_batch_items, settings.max_message_bytes)
        self._bounds: dict[str, Bounds] = {}
        self._changed = asyncio.Event()
        self._kinds: frozenset[str] = frozenset()
        self._all_described = False
        self._backends = [
            Backend(address, settings, self._refresh) for address in settings.backend_addresses()
        ]
        self._probes: list[asyncio.Task[None]] = []
        self._turn = 0

    @property
    def ready(self) -> bool:
        """Whether any backend has been reached."""
        return any(backend.description is not None for backend in self._backends)

    def descriptions(self) -> list[DescribeResponse]:
        """What the backends reached so far said of themselves."""
        return [each.description for each in self._backends if each.description is not None]

    def kinds(self) -> list[str]:
        """The kinds described so far, each once."""
        return sorted(self._kinds)

    def may_take(self, kind: str) -> bool:
        """Whether a backend takes the kind, or one that was not reached yet might."""
        return kind in self._kinds or not self._all_described

    def fingerprints(self, kind: str) -> frozenset[str]:
        """The fingerprints of the backends that take the kind."""
        return self._fingerprints.get(kind, frozenset())

    def bounds(self, kind: str) -> Bounds:
        """What one call may hold, so that any backend that takes the kind takes the call."""
        return self._bounds.get(kind, self._own_bounds)

    async def start(self) -> None:
        """Returns once every backend has been reached, or one has and the others take their time."""
        self._probes = [asyncio.create_task(backend.follow()) for backend in self._backends]
        while not self.ready:
            await self._change()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_OTHERS_SECONDS):
                while not self._all_described:
                    await self._change()

    async def close(self) -> None:
        """Ends the probes and closes the channels."""
        for probe in self._probes:
            probe.cancel()
        await asyncio.gather(*self._probes, return_exceptions=True)
        await asyncio.gather(*(backend.close() for backend in self._backends))

    async def verify(
        self, kind: str, request: VerifyBatchRequest, settle: Settle, until: float, call: Call
    ) -> None:
        """Has a backend decide a batch, trying again until the time is over.

        Args:
            kind: The kind of all the tasks.
            request: The batch.
            settle: Told of every verdict; UNDECIDED ones where nobody decided in time, or could.
            until: When the verdicts are needed, on the event loop's clock.
            call: The call for which it is done; a stream wants verdicts one by one.
        """
        errand = Errand(request, settle, streaming=call.request is None)
        try:
            await self._deliver(kind, errand, until, call.onward())
        except NoBackend as failure:
            for item in errand.rest().items:
                errand.settle(undecided(item, failure.reason, str(failure), self._info))

    async def _deliver(self, kind: str, errand: Errand, until: float, metadata: Metadata) -> None:
        clock = asyncio.get_running_loop().time
        trouble = NoBackend(REASON_BACKEND_UNAVAILABLE, f"no {kind} verifier could be reached")
        pause = _FIRST_PAUSE
        while (left := until - clock()) > 0:
            backend = await self._pick(kind, left)
            if backend is None:
                break
            try:
                await backend.verify(errand, until - clock(), metadata)
            except BackendAnswerError as error:
                trouble = NoBackend(REASON_BACKEND_UNAVAILABLE, str(error))
            except grpc.aio.AioRpcError as error:
                trouble = _trouble(kind, error)
                if not _retryable(error):
                    break
                if error.code() is grpc.StatusCode.UNAVAILABLE:
                    backend.lost()
                pause = max(pause, _pushback_seconds(error) or 0.0)
            else:
                return
            await asyncio.sleep(min(pause * random.uniform(1, 1.5), max(0.0, until - clock())))  # noqa: S311
            pause = min(2 * pause, _LONGEST_PAUSE)
        raise trouble

    async def _pick(self, kind: str, within: float) -> Backend | None:
        """The next backend that is up and takes the kind, or None if none comes up in time."""
        backend = self._next(kind)
        if backend is not None:
            return backend
        try:
            async with asyncio.timeout(within):
                while (backend := self._next(kind)) is None:
                    if not self.may_take(kind):
                        raise NoBackend(REASON_UNSUPPORTED_TASK, f"no verifier of {kind} here")
                    await self._change()
        except TimeoutError:
            return None
        return backend

    def _next(self, kind: str) -> Backend | None:
        takers = [backend for backend in self._backends if _takes(backend, kind)]
        self._turn += 1
        return takers[self._turn % len(takers)] if takers else None

    def _refresh(self) -> None:
        """Takes note of what the backends said; asked once an item, so it is kept ready."""
        described = self.descriptions()
        self._kinds = frozenset(kind for each in described for kind in each.kinds)
        self._fingerprints = {
            kind: frozenset(each.verifier.fingerprint for each in described if kind in each.kinds)
            for kind in self._kinds
        }
        self._bounds = {
            kind: reduce(
                Bounds.within,
                (each.limits for each in described if kind in each.kinds),
                self._own_bounds,
            )
            for kind in self._kinds
        }
        self._all_described = len(described) == len(self._backends)
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


def _takes(backend: Backend, kind: str) -> bool:
    return backend.up and backend.description is not None and kind in backend.description.kinds


def _trouble(kind: str, error: grpc.aio.AioRpcError) -> NoBackend:
    code = error.code()
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return NoBackend(REASON_DEADLINE_EXCEEDED, f"the {kind} verifier ran out of time")
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return NoBackend(REASON_OVERLOADED, f"the {kind} verifier has no room")
    return NoBackend(REASON_BACKEND_UNAVAILABLE, f"the {kind} verifier failed with {code.name}")


def _retryable(error: grpc.aio.AioRpcError) -> bool:
    code = error.code()
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return _pushback_seconds(error) is not None
    return code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


def _pushback_seconds(error: grpc.aio.AioRpcError) -> float | None:
    """When the server wants to be asked again; None where it says nothing, or a negative number.

    It says so together with RetryInfo, and in the way of gRFC A6, where negative means never.
    """
    for key, value in error.trailing_metadata() or ():
        if key == _PUSHBACK and isinstance(value, str) and value.isdecimal():
            return int(value) / 1000
    return None
