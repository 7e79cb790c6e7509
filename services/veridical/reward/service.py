"""The reward gateway as a verifier: dedupes items, fans out to verifiers, merges."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verdict_pb2 import REASON_DEADLINE_EXCEEDED, Verdict, VerifierInfo
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.reward import special
from veridical.reward.cache import VerdictCache
from veridical.reward.keys import ItemKeys
from veridical.reward.rounds import Groups, Round, echoed
from veridical.reward.router import Router
from veridical.reward.settings import RewardSettings
from veridical.reward.splitting import split
from veridical.reward.under_way import UnderWay
from veridical.serving.call import current_call
from veridical.serving.errors import InvalidArgument
from veridical.serving.fairness.turns import TURN
from veridical.serving.identity import identify, library_versions
from veridical.serving.metrics import ServerMetrics
from veridical.serving.verdicts import invalid_item, undecided
from veridical.serving.verifier import Description, Settle, Work

_LIBRARIES = ("google-re2",)


class RewardVerifier:
    """A verifier of verifiers."""

    def __init__(
        self, settings: RewardSettings, metrics: ServerMetrics, info: VerifierInfo
    ) -> None:
        self.info = info
        self._router = Router(settings, info)
        self._under_way = UnderWay()
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
            await self._try(Round(work, groups, settle), until)
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

    async def _try(self, attempt: Round, until: float) -> None:
        """Asks for the groups that no other call asks for, and waits for all."""
        mine: dict[str, list[bytes]] = {}
        for key, places in attempt.groups.items():
            if key in self._under_way:
                attempt.await_other()
                self._under_way.watch(key, partial(attempt.heard, key))
            else:
                mine.setdefault(attempt.work[places[0]].kind, []).append(key)
        for keys in mine.values():
            self._under_way.begin(keys)
        try:
            await self._ask(attempt, mine, until)
            await attempt.others(until)
        finally:
            attempt.end()
            for keys in mine.values():
                for key in keys:
                    if key in attempt.groups:
                        self._under_way.end(key, None)

    async def _ask(self, attempt: Round, keys: dict[str, list[bytes]], until: float) -> None:
        batches = [
            self._ask_for(attempt, kind, batch, until)
            for kind, of_kind in keys.items()
            for batch in self._batches(attempt, kind, of_kind)
        ]
        if len(batches) == 1:  # no task of its own: most calls are such
            await batches[0]
            return
        async with asyncio.TaskGroup() as asked:
            for batch in batches:
                asked.create_task(batch)

    def _batches(
        self, attempt: Round, kind: str, keys: Sequence[bytes]
    ) -> Iterator[Sequence[bytes]]:
        work = [attempt.work[attempt.groups[key][0]] for key in keys]
        for places in split(work, self._router.bounds(kind)):
            yield keys[places.start : places.stop]

    async def _ask_for(
        self, attempt: Round, kind: str, keys: Sequence[bytes], until: float
    ) -> None:
        request = VerifyBatchRequest()
        work = [attempt.work[attempt.groups[key][0]] for key in keys]
        request.items.extend([each.item for each in work])
        for each in work:
            if each.item.task_id and each.item.task_id not in request.tasks:
                request.tasks[each.item.task_id].CopyFrom(each.task)

        def take(place: int, verdict: Verdict) -> None:
            key = keys[place]
            self._cache.keep(key, verdict)
            attempt.decided(key, verdict)
            self._under_way.end(key, verdict)

        await self._router.verify(kind, request, take, until, current_call.get())

    def _late(self, work: Work) -> Verdict:
        return undecided(work.item, REASON_DEADLINE_EXCEEDED, "the call's time is over", self.info)


def reward_info(settings: RewardSettings) -> VerifierInfo:
    """The identity of a gateway with these settings."""
    limits = settings.model_dump(include={"max_response_bytes"})
    return identify("reward", "veridical.reward", library_versions(_LIBRARIES), limits)
