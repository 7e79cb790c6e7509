"""The VerifierService of every server: checks items, hands good ones to the verifier, merges."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NoReturn

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
)
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceServicer
from veridical.serving.call import Context
from veridical.serving.errors import InvalidArgument, Unavailable, Unimplemented
from veridical.serving.items import task_of, too_large
from veridical.serving.metrics import ServerMetrics
from veridical.serving.settings import ServerSettings
from veridical.serving.verdicts import invalid_item, new_verdict, undecided
from veridical.serving.verifier import Verifier, Work

SLICE = 128
"""Items handled before the event loop gets a turn, so that health answers during large batches."""


class VerifierServicer(VerifierServiceServicer):
    """Serves any verifier by the one contract."""

    def __init__(
        self, verifier: Verifier, settings: ServerSettings, metrics: ServerMetrics
    ) -> None:
        self._verifier = verifier
        self._settings = settings
        self._metrics = metrics

    async def Verify(  # noqa: N802
        self, request: VerifyRequest, context: Context
    ) -> VerifyResponse:
        """Decides one item.

        Raises:
            InvalidArgument: A field breaks the contract.
            Unavailable: The verifier is not ready.
        """
        verdict = (await self._verdicts([request.item], {}))[0]
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
        return VerifyBatchResponse(verdicts=await self._verdicts(request.items, request.tasks))

    def VerifyStream(  # noqa: N802
        self, request_iterator: object, context: Context
    ) -> NoReturn:
        """Says that streams are not served yet.

        Raises:
            Unimplemented: Always.
        """
        raise Unimplemented("VerifyStream is not served here")

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

    async def _verdicts(self, items: Sequence[Item], tasks: Mapping[str, Task]) -> list[Verdict]:
        if not self._verifier.ready:
            raise Unavailable("not ready yet")
        verdicts: dict[int, Verdict] = {}
        work: dict[int, Work] = {}
        ids: set[str] = set()
        for place, item in enumerate(items):
            if place % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            sorted_item = self._sort(item, tasks, ids)
            if isinstance(sorted_item, Work):
                work[place] = sorted_item
            else:
                verdicts[place] = sorted_item
        decided = await self._verifier.verify(list(work.values())) if work else ()
        verdicts.update(zip(work, decided, strict=True))
        self._count(work, verdicts)
        return [verdicts[place] for place in range(len(items))]

    def _sort(self, item: Item, tasks: Mapping[str, Task], ids: set[str]) -> Work | Verdict:
        """Gives the verdict on an item that needs no verifier, or else the work it makes."""
        info = self._verifier.info
        try:
            task = task_of(item, tasks, self._settings.max_response_bytes)
            if item.id in ids:
                raise InvalidArgument("id", "repeated in this call")
        except InvalidArgument as error:
            return invalid_item(item, error, info)
        ids.add(item.id)
        if too_large(item, self._settings.max_response_bytes):
            detail = f"more than {self._settings.max_response_bytes} bytes"
            return new_verdict(
                item, OUTCOME_INCORRECT, REASON_RESPONSE_TOO_LARGE, detail, verifier=info
            )
        kind = task.WhichOneof("kind") or ""
        if not self._verifier.takes(kind):
            return undecided(item, REASON_UNSUPPORTED_TASK, f"no verifier of {kind} here", info)
        return Work(item, task, kind)

    def _count(self, work: Mapping[int, Work], verdicts: Mapping[int, Verdict]) -> None:
        """Counts verdicts by kind; what never reached a verifier has none."""
        by_kind: dict[str, list[Verdict]] = {}
        for place, verdict in verdicts.items():
            kind = work[place].kind if place in work else "none"
            by_kind.setdefault(kind, []).append(verdict)
        for kind, counted in by_kind.items():
            self._metrics.verdicts(kind, counted)


def _limits(settings: ServerSettings) -> ServerLimits:
    return ServerLimits(
        max_response_bytes=settings.max_response_bytes,
        max_message_bytes=settings.max_message_bytes,
        max_batch_items=settings.largest_batch,
        max_items_in_flight=settings.max_items_in_flight,
        max_call_seconds=settings.max_call_seconds,
    )
