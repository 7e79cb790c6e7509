"""The reward gateway as a verifier: dedupes items, fans out to verifiers, merges."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verdict_pb2 import REASON_DEADLINE_EXCEEDED, Verdict, VerifierInfo
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.reward import special
from veridical.reward.cache import VerdictCache
from veridical.reward.flights import Departures, Flight, Seat
from veridical.reward.keys import ItemKeys
from veridical.reward.rounds import Groups, Round, echoed
from veridical.reward.router import Router
from veridical.reward.settings import RewardSettings
from veridical.serving.call import current_call
from veridical.serving.errors import InvalidArgument
from veridical.serving.fairness.turns import TURN
from veridical.serving.identity import identify, library_versions
from veridical.serving.metrics import ServerMetrics
from veridical.serving.verdicts import invalid_item, undecided
from veridical.serving.verifier import Description, Settle, Work

_LIBRARIES = ("google-re2",)
_LANDING_SECONDS = 0.02
"""Flights end so much earlier than their call's wait, so that their own reason is heard."""


class RewardVerifier:
    """A verifier of verifiers."""

    def __init__(
        self, settings: RewardSettings, metrics: ServerMetrics, info: VerifierInfo
    ) -> None:
        self.info = info
        self._router = Router(settings, info)
        self._batch_items = settings.backend_batch_items
        self._departures = Departures()
        self._cache = VerdictCache(settings.cache_entries, settings.cache_mib << 20)
        self._metrics = metrics

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds that the backends described, and those judged here."""
        return sorted({*self._router.kinds(), *special.KINDS})

    @property
    def ready(self) -> bool:
        """Whether a backend has been reached."""
        return self._router.ready

    def takes(self, kind: str) -> bool:
        """Whether a backend takes the kind, or may once it is reached, or it is judged here."""
        return self._router.may_take(kind) or kind in special.KINDS

    def describe(self) -> Description:
        """The backends, as they described themselves."""
        return Description(
            libraries=library_versions(_LIBRARIES), backends=self._router.descriptions()
        )

    async def start(self) -> None:
        """Reaches a backend."""
        await self._router.start()

    async def close(self) -> None:
        """Lets the backends go."""
        await self._router.close()

    async def verify(self, work: Sequence[Work], settle: Settle) -> None:
        """Tells `settle` the verdict on each item as it comes; equal items are decided once."""
        plain = [place for place, each in enumerate(work) if each.kind not in special.KINDS]
        if len(plain) == len(work):
            await self._route(work, settle)
            return
        leaves, settle_leaf = self._leaves(work, settle)
        async with asyncio.TaskGroup() as both:
            routed = [work[place] for place in plain]
            both.create_task(self._route(routed, lambda i, verdict: settle(plain[i], verdict)))
            both.create_task(self._route(leaves, settle_leaf))

    def _leaves(self, work: Sequence[Work], settle: Settle) -> tuple[list[Work], Settle]:
        """The leaves of all special tasks as work of their own, and who is told of their verdicts.

        A special task is judged when the last of its leaves has its verdict; at once if it has
        none.
        """
        leaves: list[Work] = []
        parties: list[tuple[special.Party, int]] = []
        for place, each in enumerate(work):
            if each.kind not in special.KINDS:
                continue
            try:
                special.check(each.task)
            except InvalidArgument as error:
                settle(place, invalid_item(each.item, error, self.info))
                continue
            tasks = list(special.leaf_tasks(each.task))
            party = special.Party(each, len(tasks), self.info, partial(settle, place))
            if not tasks:
                party.judge()
            for number, task in enumerate(tasks):
                item = Item()
                item.CopyFrom(each.item)
                item.id = str(len(leaves))
                item.task.CopyFrom(task)
                leaves.append(Work(item, task, task.WhichOneof("kind") or ""))
                parties.append((party, number))

        def settle_leaf(leaf: int, verdict: Verdict) -> None:
            party, number = parties[leaf]
            party.arrive(number, verdict)

        return leaves, settle_leaf

    async def _route(self, work: Sequence[Work], settle: Settle) -> None:
        """Has verifiers decide work, each group of equal items once."""
        until = current_call.get().work_until(len(work))
        groups = await self._undecided_groups(work, settle)
        clock = asyncio.get_running_loop().time
        while groups and clock() < until:
            seats, own = self._seats(work, groups, until - _LANDING_SECONDS)
            await Round(work, groups, settle).run(seats, own, until)
        for places in groups.values():
            for place in places:
                settle(place, self._late(work[place]))

    async def _undecided_groups(self, work: Sequence[Work], settle: Settle) -> Groups:
        """The places of equal items by their key, less what the cache knows."""
        keys = ItemKeys()
        groups: Groups = {}
        call = current_call.get()
        for place, each in enumerate(work):
            if place % TURN == 0:
                await call.take_turn(place, len(work))
            key = keys.key(each)
            if key in self._cache:
                known = self._cache.find(key, self._router.fingerprints(each.kind))
                if known is not None:
                    settle(place, echoed(known, each))
                    continue
            if key in groups:
                groups[key].append(place)
            else:
                groups[key] = [place]
        hits = len(work) - sum(map(len, groups.values()))
        shared = len(work) - hits - len(groups)
        self._metrics.looked_up(cached=hits, shared=shared, none=len(groups))
        return groups

    def _seats(
        self, work: Sequence[Work], groups: Groups, until: float
    ) -> tuple[dict[bytes, Seat], set[Flight]]:
        """Finds a seat for each group, or else makes one; gives the flights made, too."""
        seats: dict[bytes, Seat] = {}
        boarding: dict[str, list[bytes]] = {}
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
                passengers = [work[groups[key][0]] for key in aboard]
                flight = self._depart(kind, aboard, passengers, until)
                seats.update(self._departures.add(aboard, flight))
                own.add(flight)
        return seats, own

    def _depart(
        self, kind: str, keys: Sequence[bytes], work: Sequence[Work], until: float
    ) -> Flight:
        request = VerifyBatchRequest()
        request.items.extend([each.item for each in work])
        for each in work:
            if each.item.task_id and each.item.task_id not in request.tasks:
                request.tasks[each.item.task_id].CopyFrom(each.task)
        call = current_call.get()

        async def fly(settle: Settle) -> None:
            def keep(place: int, verdict: Verdict) -> None:
                self._cache.keep(keys[place], verdict)
                settle(place, verdict)

            await self._router.verify(kind, request, keep, until, call)

        return Flight(len(keys), fly)

    def _late(self, work: Work) -> Verdict:
        return undecided(work.item, REASON_DEADLINE_EXCEEDED, "the call's time is over", self.info)


def reward_info(settings: RewardSettings) -> VerifierInfo:
    """The identity of a gateway with these settings."""
    limits = settings.model_dump(include={"max_response_bytes"})
    return identify("reward", "veridical.reward", library_versions(_LIBRARIES), limits)
