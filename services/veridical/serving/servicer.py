"""The VerifierService of every server: checks items, hands good ones to the verifier, merges."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_INCORRECT, Task
from veridical.api.v1.verdict_pb2 import (
    REASON_INVALID_ITEM,
    REASON_RESPONSE_TOO_LARGE,
    REASON_UNSUPPORTED_TASK,
    Verdict,
)
from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    DescribeResponse,
    ServerLimits,
    VerifyBatchRequest,
    VerifyBatchResponse,
    VerifyRequest,
    VerifyResponse,
    VerifyStreamRequest,
    VerifyStreamResponse,
)
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceServicer
from veridical.serving.call import Context, current_call
from veridical.serving.errors import InvalidArgument, Unavailable
from veridical.serving.fairness.lanes import Lanes
from veridical.serving.fairness.turns import TURN
from veridical.serving.interceptors.admission import Admission
from veridical.serving.items import task_of, too_large
from veridical.serving.metrics import ServerMetrics
from veridical.serving.settings import ServerSettings
from veridical.serving.stream import VerdictStream, repeated_places
from veridical.serving.verdicts import invalid_item, new_verdict, undecided
from veridical.serving.verifier import Settle, Verifier, Work

_NO_KIND = "none"
"""The kind under which an item counts that never reached a verifier."""


class VerifierServicer(VerifierServiceServicer):
    """Serves any verifier by the one contract."""

    def __init__(
        self,
        verifier: Verifier,
        settings: ServerSettings,
        metrics: ServerMetrics,
        admission: Admission,
    ) -> None:
        self._verifier = verifier
        self._settings = settings
        self._metrics = metrics
        self._admission = admission
        self._streams: set[VerdictStream] = set()
        self._draining = False
        self._lanes = Lanes(settings.max_contested_items)

    async def Verify(  # noqa: N802
        self, request: VerifyRequest, context: Context
    ) -> VerifyResponse:
        """Decides one item.

        Raises:
            InvalidArgument: A field breaks the contract.
            Unavailable: The verifier is not ready.
        """
        verdict = (await self._batch([request.item], {}))[0]
        if verdict.reason == REASON_INVALID_ITEM:
            field, _, problem = verdict.detail.partition(": ")
            raise InvalidArgument(f"item.{field}", problem)
        return VerifyResponse(verdict=verdict)

    async def VerifyBatch(  # noqa: N802
        self, request: VerifyBatchRequest, context: Context
    ) -> VerifyBatchResponse:
        """Decides many items, each for itself, and answers in their order.

        Raises:
            Unavailable: The verifier is not ready.
        """
        return VerifyBatchResponse(verdicts=await self._batch(request.items, request.tasks))

    async def VerifyStream(  # noqa: N802
        self, request_iterator: AsyncIterator[VerifyStreamRequest], context: Context
    ) -> AsyncIterator[VerifyStreamResponse]:
        """Decides items as they come and answers as they finish, in any order.

        Raises:
            InvalidArgument: A message breaks the contract of streams.
            Unavailable: The verifier is not ready, or drains; what was read has been answered.
        """
        self._require_ready()
        caller = current_call.get().caller
        stream = VerdictStream(
            request_iterator,
            self._decide_in_time,
            partial(self._admission.enter, caller),
            partial(self._admission.leave, caller),
            max_undecided=self._settings.max_stream_items,
            max_batch=self._settings.max_batch_items,
            max_seconds=self._settings.max_connection_age_seconds,
        )
        if self._draining:
            stream.drain()
        self._streams.add(stream)
        try:
            async for response in stream.responses():
                yield response
        finally:
            self._streams.discard(stream)

    def drain(self) -> None:
        """Has every stream end once what was read is answered."""
        self._draining = True
        for stream in self._streams:
            stream.drain()

    async def Describe(  # noqa: N802
        self, request: DescribeRequest, context: Context
    ) -> DescribeResponse:
        """Says what is served here, within which limits and in which version."""
        description = self._verifier.describe()
        return DescribeResponse(
            verifier=self._verifier.info,
            kinds=self._verifier.kinds,
            limits=_limits(self._settings),
            backends=description.backends,
            library_versions=description.libraries,
            defaults=description.defaults,
        )

    def _require_ready(self) -> None:
        if not self._verifier.ready:
            raise Unavailable("not ready yet")

    async def _batch(self, items: Sequence[Item], tasks: Mapping[str, Task]) -> list[Verdict]:
        self._require_ready()
        verdicts: dict[int, Verdict] = {}
        await self._decide(items, tasks, repeated_places(items, set()), verdicts.__setitem__)
        return [verdicts[place] for place in range(len(items))]

    async def _decide_in_time(
        self,
        items: Sequence[Item],
        tasks: Mapping[str, Task],
        repeated: Collection[int],
        settle: Settle,
    ) -> None:
        """Decides items of a stream, each within the time of a call of its own."""
        call = current_call.get()
        cap = asyncio.get_running_loop().time() + self._settings.max_call_seconds
        current_call.set(replace(call, deadline=min(call.deadline, cap)))
        await self._decide(items, tasks, repeated, settle)

    async def _decide(
        self,
        items: Sequence[Item],
        tasks: Mapping[str, Task],
        repeated: Collection[int],
        settle: Settle,
    ) -> None:
        """Has every item decided, and tells `settle` of each verdict as it comes."""
        arrived = time.perf_counter()
        work: list[Work] = []
        places: list[int] = []
        counts: Counter[tuple[str, int, int]] = Counter()

        def settle_work(number: int, verdict: Verdict) -> None:
            verdict.timings.total_seconds = time.perf_counter() - arrived
            counts[work[number].kind, verdict.outcome, verdict.reason] += 1
            settle(places[number], verdict)

        call = current_call.get()
        for place, item in enumerate(items):
            if place % TURN == 0:
                await call.take_turn(place, len(items))
            found = self._sort(item, tasks, repeated=place in repeated)
            if isinstance(found, Work):
                work.append(found)
                places.append(place)
            else:
                counts[_NO_KIND, found.outcome, found.reason] += 1
                settle(place, found)
        try:
            if work and call.turns.contested(call.caller):
                async with self._lanes.hold(call.caller, len(work), call.work_until(len(work))):
                    await self._verifier.verify(work, settle_work)
            elif work:
                await self._verifier.verify(work, settle_work)
        finally:
            self._metrics.verdicts(counts)

    def _sort(self, item: Item, tasks: Mapping[str, Task], *, repeated: bool) -> Work | Verdict:
        """Gives the verdict on an item that needs no verifier, or else the work it makes."""
        info = self._verifier.info
        try:
            task = task_of(item, tasks, self._settings.max_response_bytes)
            if repeated:
                raise InvalidArgument("id", "repeated in this call")
        except InvalidArgument as error:
            return invalid_item(item, error, info)
        if too_large(item, self._settings.max_response_bytes):
            detail = f"more than {self._settings.max_response_bytes} bytes"
            return new_verdict(
                item, OUTCOME_INCORRECT, REASON_RESPONSE_TOO_LARGE, detail, verifier=info
            )
        kind = task.WhichOneof("kind") or ""
        if not self._verifier.takes(kind):
            return undecided(item, REASON_UNSUPPORTED_TASK, f"no verifier of {kind} here", info)
        return Work(item, task, kind)


def _limits(settings: ServerSettings) -> ServerLimits:
    return ServerLimits(
        max_response_bytes=settings.max_response_bytes,
        max_message_bytes=settings.max_message_bytes,
        max_batch_items=settings.largest_batch,
        max_items_in_flight=settings.max_items_in_flight,
        max_stream_items=settings.max_stream_items,
        max_call_seconds=settings.max_call_seconds,
    )
