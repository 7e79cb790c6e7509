"""Filling a run: what is missing is drawn, and judged as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.sampling_pb2 import GenerateRequest
from veridical.client.errors import InvalidRequestError
from veridical.client.retry import is_passing
from veridical.evaluation.errors import RunError
from veridical.evaluation.runs.plan import Plan, Policy, Verifier
from veridical.evaluation.runs.store import Drawn, RunStore

_REQUESTS = 8
"""Prompts of one model that are with its sampler at once."""
_READ = 256
"""Samples that are taken from the database at once to be judged."""
_GATHER_SECONDS = 0.02
"""Time for which samples are gathered before they are judged."""

OnProgress = Callable[[str, int, int], None]
"""Told a model, how many samples of it there are, and how many of those are judged."""


@dataclass(slots=True)
class Filling:
    """One process's work on a run.

    Args:
        store: The run.
        policies: The models.
        plan: What is drawn of each.
        verifier: Who judges.
        on_progress: Told after each sample and verdict.
    """

    store: RunStore
    policies: Sequence[Policy]
    plan: Plan
    verifier: Verifier
    on_progress: OnProgress | None = None
    _drawing: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _sizes: dict[str, list[int]] = field(default_factory=dict)

    async def run(self) -> int:
        """Draw and judge until nothing is missing.

        Returns:
            How many samples are left without a verdict, since what would have judged them was out of
            reach; to run again judges them.

        Raises:
            VeridicalError: A sampler or the verifier failed for good; what came before is kept.
            sqlite3.OperationalError: The run cannot be written.
        """
        self._sizes = {each.name: list(self.store.sizes(each.name)) for each in self.policies}
        self._drawing = len(self.policies)
        try:
            async with asyncio.TaskGroup() as work:
                for policy in self.policies:
                    work.create_task(self._draw(policy))
                work.create_task(self._judge())
        except BaseExceptionGroup as group:
            raise _first(group) from group
        return sum(samples - judged for samples, judged in self._sizes.values())

    async def _draw(self, policy: Policy) -> None:
        requests = self._requests(policy)
        try:
            async with asyncio.TaskGroup() as calls:
                for _ in range(_REQUESTS):
                    calls.create_task(self._call(policy, requests))
        finally:
            self._drawing -= 1
            self._news.set()

    def _requests(self, policy: Policy) -> Iterator[GenerateRequest]:
        for gap in self.store.gaps(policy.name, self.plan.total):
            yield from self.plan.requests(policy, gap)

    async def _call(self, policy: Policy, requests: Iterator[GenerateRequest]) -> None:
        for request in requests:
            try:
                async with aclosing(policy.drawn(request)) as samples:
                    async for sample in samples:
                        self._sizes[policy.name][0] += self.store.add_samples(policy.name, [sample])
                        self._tell(policy.name)
                        self._news.set()
            except InvalidRequestError as error:
                raise RunError(f"{policy.name} cannot answer {request.group!r}: {error}") from error

    async def _judge(self) -> None:
        sent: dict[str, Drawn] = {}
        # The stream first, which reads the items: what is being read cannot be closed.
        async with (
            aclosing(self._waiting(sent)) as items,
            aclosing(self.verifier.stream(items)) as verdicts,
        ):
            async for verdict in verdicts:
                drawn = sent.pop(verdict.id)
                # Another try may find what was out of reach this time.
                if not is_passing(verdict):
                    self.store.add_verdicts([(drawn.key, verdict)])
                    self._sizes[drawn.model][1] += 1
                    self._tell(drawn.model)

    async def _waiting(self, sent: dict[str, Drawn]) -> AsyncGenerator[Item, None]:
        """Yield what is to be judged, until nothing more will be drawn."""
        last = 0
        while True:
            is_over = not self._drawing
            self._news.clear()
            drawn = self.store.unjudged(_READ, after=last)
            for each in drawn:
                last = each.key
                if each.model in self._sizes:
                    sent[each.item.id] = each
                    yield each.item
            if not drawn:
                if is_over:
                    return
                await self._news.wait()
                # Samples that come one by one are judged in batches, which cost far less.
                await asyncio.sleep(_GATHER_SECONDS)

    def _tell(self, model: str) -> None:
        if self.on_progress is not None:
            self.on_progress(model, *self._sizes[model])


def _first(error: BaseException) -> BaseException:
    """Return what ended a group of tasks: the first that was raised, not the group around it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
