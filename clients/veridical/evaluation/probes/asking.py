"""Putting prompts of a probe to a model, and having the answers and other responses judged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.sampling_pb2 import GenerateRequest, Sample
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import REASON_UNSUPPORTED_TASK, Verdict
from veridical.client.errors import InvalidRequestError
from veridical.client.retry import is_passing
from veridical.evaluation.probes.store import Answer, ProbeStore
from veridical.evaluation.runs.plan import Policy, Verifier

_REQUESTS = 8
"""Prompts that are with a sampler at once."""
_CHUNK = 64
"""Prompts whose answers are kept together: what a kill may cost."""


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt of a probe.

    Attributes:
        name: What it is made of, such as a problem; no two of a probe have the same.
        request: What is asked for; its model and indices are filled in.
        task: What answers are judged against; None where they are not judged.
        lead: What stands before a sample's text in what is judged.
    """

    name: str
    request: GenerateRequest
    task: Task | None = None
    lead: str = ""


@dataclass(slots=True)
class Outcomes:
    """What became of the work of a probe.

    Attributes:
        left: What was not asked, scored or judged, since a service was out of reach; another run does it.
        refused: How many prompts or responses a sampler refused.
        unsupported: How many no server judges.
        reason: What the first error says.
    """

    left: int = 0
    refused: int = 0
    unsupported: int = 0
    reason: str = ""

    def refuse(self, error: Exception, count: int = 1) -> None:
        """Note that a sampler refused."""
        self.refused += count
        self.reason = self.reason or str(error)

    def lose(self, error: Exception, count: int) -> None:
        """Note that a service failed."""
        self.left += count
        self.reason = self.reason or str(error)


@dataclass(slots=True)
class Asker:
    """Asks for the answers that a probe lacks, and has them judged.

    Args:
        store: Where they are kept.
        verifier: Who judges.
        outcomes: What could not be done is noted here.
    """

    store: ProbeStore
    verifier: Verifier
    outcomes: Outcomes
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_REQUESTS))

    async def ask(
        self, probe: str, policy: Policy, questions: Sequence[Question], count: int
    ) -> AsyncIterator[int]:
        """Put questions to a model until each has `count` answers; yields how many are done."""
        there = {(each.name, each.number) for each in self.store.answers(probe, policy.name)}
        done = 0
        for chunk in chunks(questions, _CHUNK):
            missing = [
                (each, tuple(n for n in range(count) if (each.name, n) not in there))
                for each in chunk
            ]
            drawn = await asyncio.gather(
                *(self._drawn(policy, each, numbers) for each, numbers in missing if numbers)
            )
            pairs = [(question, sample) for question, samples in drawn for sample in samples]
            self.store.add_answers(probe, policy.name, await self._judged(pairs))
            done += len(chunk)
            yield done

    async def _drawn(
        self, policy: Policy, question: Question, numbers: Sequence[int]
    ) -> tuple[Question, list[Sample]]:
        request = GenerateRequest(model=policy.served, sample_indices=numbers)
        request.MergeFrom(question.request)
        async with self._room:
            try:
                return question, [each async for each in policy.drawn(request)]
            except InvalidRequestError as error:
                self.outcomes.refuse(error)
                return question, []

    async def _judged(self, pairs: Sequence[tuple[Question, Sample]]) -> list[Answer]:
        items = [
            _item(str(place), question, sample) for place, (question, sample) in enumerate(pairs)
        ]
        found = await judged(
            self.verifier, [each for each in items if each.HasField("task")], self.outcomes
        )
        return [
            Answer(question.name, sample.sample_index, sample, found.get(item.id))
            for item, (question, sample) in zip(items, pairs, strict=True)
            if item.id in found or not item.HasField("task")
        ]


async def judged(
    verifier: Verifier, items: Sequence[Item], outcomes: Outcomes
) -> dict[str, Verdict]:
    """Return verdicts by the ids of the items, without those that say nothing about the item."""

    async def sent() -> AsyncIterator[Item]:
        for item in items:
            yield item

    found: dict[str, Verdict] = {}
    if not items:
        return found
    async for verdict in verifier.stream(sent()):
        if is_passing(verdict):
            outcomes.left += 1
        elif verdict.reason == REASON_UNSUPPORTED_TASK:
            outcomes.unsupported += 1
        else:
            found[verdict.id] = verdict
    return found


def chunks(values: Iterable[Question], size: int) -> Iterator[list[Question]]:
    """Yield lists of at most so many."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _item(name: str, question: Question, sample: Sample) -> Item:
    item = Item(
        id=name,
        response=question.lead + sample.text,
        prompt=question.request.prompt,
        finish_reason=sample.finish_reason,
    )
    if question.task is not None:
        item.task.CopyFrom(question.task)
    return item
