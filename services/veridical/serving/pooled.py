"""A verifier that decides what is cheap on the event loop, and the rest in pool workers."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pydantic import Field

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verdict_pb2 import REASON_OVERLOADED, Timings, Verdict, VerifierInfo
from veridical.serving.call import current_call
from veridical.serving.errors import InvalidArgument
from veridical.serving.fairness.turns import TURN
from veridical.serving.metrics import ServerMetrics
from veridical.serving.pool import Answered, Fault, PoolFull, PoolLimits, WorkerPool, WorkerSpec
from veridical.serving.settings import Items, Seconds, ServerSettings
from veridical.serving.verdicts import FAULT_REASONS, defective_item, invalid_item, undecided
from veridical.serving.verifier import Description, Settle, Work

Q = TypeVar("Q", bound=Hashable)
R = TypeVar("R")
S = TypeVar("S")


class PooledSettings(ServerSettings):
    """What a server with a worker pool can be told."""

    workers: int = Field(0, ge=0, le=4096)
    """Worker processes; 0 starts one for each processor."""
    cpu_seconds: Seconds = 5.0
    """CPU time that one item may take, a backstop: counted work ends well before."""
    wall_seconds: Seconds = 15.0
    """Wall time that one item may take, a backstop."""
    memory_mib: int = Field(512, ge=16, le=1 << 20)
    """Memory that one item may take, in MiB."""
    queue_items: Items = 65_536
    """Items that may wait for a worker."""
    recycle_items: Items = 200_000
    """Items after which a worker is replaced."""

    def pool_limits(self) -> PoolLimits:
        """The limits of the worker pool."""
        return PoolLimits(
            workers=self.workers or PoolLimits().workers,
            cpu_seconds=self.cpu_seconds,
            wall_seconds=self.wall_seconds,
            memory_bytes=self.memory_mib << 20,
            queue_items=self.queue_items,
            recycle_items=self.recycle_items,
        )


@dataclass(frozen=True, slots=True)
class Asked(Generic[Q, S]):
    """What a worker must be asked about an item.

    Attributes:
        request: Goes to the worker; equal ones of a call are asked once.
        state: What the verdict takes besides the worker's answer.
    """

    request: Q
    state: S


@dataclass(frozen=True, slots=True)
class _Pending(Generic[Q, S]):
    """An item that waits for a worker."""

    place: int
    item: Item
    asked: Asked[Q, S]


class PooledVerifier(ABC, Generic[Q, R, S]):
    """What the verifiers with a worker pool share. Q is asked of workers, R is their answer.

    An item that shows a defect of ours, before or behind the worker, costs no other item anything.
    """

    kinds: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        spec: WorkerSpec[Q, R],
        settings: PooledSettings,
        metrics: ServerMetrics,
        info: VerifierInfo,
    ) -> None:
        self.info = info
        self._pool = WorkerPool(spec, settings.pool_limits(), metrics)
        self._queue = metrics.stage("queue")
        self._run = metrics.stage("run")

    def takes(self, kind: str) -> bool:
        """Whether it is one of the verifier's kinds."""
        return kind in self.kinds

    @property
    def ready(self) -> bool:
        """Whether workers are warm."""
        return self._pool.warm

    @abstractmethod
    def describe(self) -> Description:
        """Says what may be known of it."""

    async def start(self) -> None:
        """Warms the workers."""
        await self._pool.start()

    async def close(self) -> None:
        """Ends the workers."""
        await self._pool.close()

    @abstractmethod
    def read(self, work: Work) -> Verdict | Asked[Q, S]:
        """Gives the verdict on an item that needs no worker, else what to ask one.

        Raises:
            InvalidArgument: The item breaks the contract of its kind.
        """

    @abstractmethod
    def conclude(self, item: Item, asked: Asked[Q, S], answer: R) -> Verdict:
        """Turns a worker's answer into the verdict."""

    def on_fault(self, item: Item, asked: Asked[Q, S], fault: Fault) -> Verdict:
        """Makes the verdict on an item whose worker gave no answer."""
        return undecided(item, FAULT_REASONS[fault.kind], fault.detail, self.info)

    async def verify(self, work: Sequence[Work], settle: Settle) -> None:
        """Tells `settle` the verdict on each item as it comes."""
        call = current_call.get()
        until = call.work_until(len(work))
        alike: dict[Q, list[_Pending[Q, S]]] = {}
        for place, each in enumerate(work):
            if place % TURN == 0:
                await call.take_turn(place, len(work))
            found = self._read_safely(each)
            if isinstance(found, Asked):
                alike.setdefault(found.request, []).append(_Pending(place, each.item, found))
            else:
                settle(place, found)
        if alike:
            await self._ask(alike, until, settle)

    async def _ask(
        self, alike: dict[Q, list[_Pending[Q, S]]], until: float, settle: Settle
    ) -> None:
        """Asks the workers while there is time."""
        requests = list(alike)

        def conclude_alike(number: int, outcome: Answered[R] | Fault) -> None:
            for each in alike[requests[number]]:
                settle(each.place, self._conclude_safely(each, outcome))

        left = max(0.0, until - asyncio.get_running_loop().time())
        try:
            caller = current_call.get().caller
            await self._pool.run_each(requests, conclude_alike, within_seconds=left, owner=caller)
        except PoolFull as error:
            for each in (each for group in alike.values() for each in group):
                settle(each.place, undecided(each.item, REASON_OVERLOADED, str(error), self.info))

    def _read_safely(self, work: Work) -> Verdict | Asked[Q, S]:
        try:
            return self.read(work)
        except InvalidArgument as error:
            return invalid_item(work.item, error, self.info)
        except Exception:
            return defective_item(work.item, self.info)

    def _conclude_safely(self, pending: _Pending[Q, S], outcome: Answered[R] | Fault) -> Verdict:
        try:
            return self._conclude(pending, outcome)
        except Exception:
            return defective_item(pending.item, self.info)

    def _conclude(self, pending: _Pending[Q, S], outcome: Answered[R] | Fault) -> Verdict:
        self._queue.observe(outcome.queue_seconds)
        self._run.observe(outcome.seconds)
        item, asked = pending.item, pending.asked
        if isinstance(outcome, Fault):
            verdict = self.on_fault(item, asked, outcome)
        else:
            verdict = self.conclude(item, asked, outcome.value)
        timings = Timings(queue_seconds=outcome.queue_seconds, run_seconds=outcome.seconds)
        verdict.timings.CopyFrom(timings)
        return verdict
