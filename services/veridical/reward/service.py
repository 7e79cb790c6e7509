"""The reward gateway as a verifier: dedupes items, fans out to verifiers, merges in order."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeAlias

from veridical.api.v1.verdict_pb2 import REASON_DEADLINE_EXCEEDED, Verdict, VerifierInfo
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.reward.flights import Departures, Flight, ItemKeys, Seat, worth_sharing
from veridical.reward.router import NoBackend, Router, no_verdicts
from veridical.reward.settings import RewardSettings
from veridical.serving.call import current_call
from veridical.serving.identity import identify, library_versions
from veridical.serving.servicer import SLICE
from veridical.serving.verdicts import echo_index_and_labels, undecided
from veridical.serving.verifier import Description, Work

Groups: TypeAlias = dict[Hashable, list[int]]
"""Places of equal items in a call, by what they are equal in."""


class RewardVerifier:
    """A verifier of verifiers."""

    def __init__(self, settings: RewardSettings, info: VerifierInfo) -> None:
        self.info = info
        self._router = Router(settings.backend_addresses(), settings.max_message_bytes)
        self._batch_items = settings.backend_batch_items
        self._departures = Departures()

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds that the backends described."""
        return self._router.kinds()

    @property
    def ready(self) -> bool:
        """Whether a backend has been reached."""
        return self._router.ready

    def takes(self, kind: str) -> bool:
        """Whether a backend takes the kind, or may once it is reached."""
        return self._router.may_take(kind)

    def describe(self) -> Description:
        """The backends, as they described themselves."""
        return Description(backends=self._router.descriptions())

    async def start(self) -> None:
        """Reaches a backend."""
        await self._router.start()

    async def close(self) -> None:
        """Lets the backends go."""
        await self._router.close()

    async def verify(self, work: Sequence[Work]) -> Sequence[Verdict]:
        """Gives one verdict for each item, in order; equal items are decided once."""
        until = current_call.get().work_until(len(work))
        groups = await _groups(work)
        verdicts: dict[int, Verdict] = {}
        while groups:
            groups = await self._round(work, groups, until, verdicts)
        return [verdicts[place] for place in range(len(work))]

    async def _round(
        self, work: Sequence[Work], groups: Groups, until: float, verdicts: dict[int, Verdict]
    ) -> Groups:
        """Decides what it can; gives back the groups whose verdict was lost with another call."""
        seats, own = self._seats(work, groups, until)
        await _wait({seat.flight for seat in seats.values()}, until)
        lost: Groups = {}
        for key, seat in seats.items():
            verdict = seat.verdict()
            if verdict is None or not (seat.flight in own or worth_sharing(verdict)):
                if until > asyncio.get_running_loop().time():
                    lost[key] = groups[key]
                    continue
                verdict = self._late(work[groups[key][0]])
            first, *others = groups[key]
            verdicts[first] = verdict if seat.flight in own else _echoed(verdict, work[first])
            verdicts.update((place, _echoed(verdict, work[place])) for place in others)
        return lost

    def _seats(
        self, work: Sequence[Work], groups: Groups, until: float
    ) -> tuple[dict[Hashable, Seat], set[Flight]]:
        """Finds a seat for each group, or else makes one; gives the flights made, too."""
        seats: dict[Hashable, Seat] = {}
        boarding: dict[str, list[Hashable]] = {}
        for key, places in groups.items():
            seat = self._departures.find(key)
            if seat is not None:
                seats[key] = seat
            else:
                boarding.setdefault(work[places[0]].kind, []).append(key)
        own: set[Flight] = set()
        for kind, keys in boarding.items():
            for start in range(0, len(keys), self._batch_items):
                aboard = keys[start : start + self._batch_items]
                flight = self._depart(kind, [work[groups[key][0]] for key in aboard], until)
                seats.update(self._departures.add(aboard, flight))
                own.add(flight)
        return seats, own

    def _depart(self, kind: str, work: Sequence[Work], until: float) -> Flight:
        request = VerifyBatchRequest()
        request.items.extend([each.item for each in work])
        for each in work:
            if each.item.task_id and each.item.task_id not in request.tasks:
                request.tasks[each.item.task_id].CopyFrom(each.task)
        return Flight(self._call(kind, request, until, current_call.get().traceparent))

    async def _call(
        self, kind: str, request: VerifyBatchRequest, until: float, traceparent: str
    ) -> list[Verdict]:
        try:
            return await self._router.verify(kind, request, until, traceparent)
        except NoBackend as failure:
            return no_verdicts(request, failure, self.info)

    def _late(self, work: Work) -> Verdict:
        return undecided(work.item, REASON_DEADLINE_EXCEEDED, "the call's time is over", self.info)


def reward_info(settings: RewardSettings) -> VerifierInfo:
    """The identity of a gateway with these settings."""
    limits = settings.model_dump(include={"max_response_bytes"})
    return identify("reward", "veridical.reward", library_versions([]), limits)


async def _groups(work: Sequence[Work]) -> Groups:
    """The places of equal items, by their key, in order of first appearance."""
    keys = ItemKeys()
    groups: Groups = {}
    for place, each in enumerate(work):
        if place % SLICE == SLICE - 1:
            await asyncio.sleep(0)
        groups.setdefault(keys.key(each), []).append(place)
    return groups


async def _wait(flights: Iterable[Flight], until: float) -> None:
    """Waits for flights to end; leaves them when the time is over or the caller has gone."""
    joined = set(flights)
    for flight in joined:
        flight.join()
    try:
        timeout = max(0.0, until - asyncio.get_running_loop().time())
        await asyncio.wait({flight.task for flight in joined}, timeout=timeout)
    finally:
        for flight in joined:
            flight.leave()


def _echoed(verdict: Verdict, work: Work) -> Verdict:
    """The verdict on an equal item, made out to this one."""
    copy = Verdict()
    copy.CopyFrom(verdict)
    copy.id, copy.group, copy.cached = work.item.id, work.item.group, True
    copy.ClearField("sample_index")
    copy.ClearField("labels")
    echo_index_and_labels(work.item, copy)
    return copy
