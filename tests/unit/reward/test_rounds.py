"""Items under way in one call and awaited by others: who hears what, and when waiting ends."""

from __future__ import annotations

import asyncio
from functools import partial

from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_UNDECIDED
from veridical.api.v1.verdict_pb2 import REASON_EQUAL, REASON_OVERLOADED, Verdict
from veridical.client import math_item
from veridical.reward.rounds import Round
from veridical.reward.under_way import UnderWay
from veridical.serving.verifier import Work

RIGHT = Verdict(id="theirs", outcome=OUTCOME_CORRECT, reward=1.0, reason=REASON_EQUAL, group="g")
LOST = Verdict(id="theirs", outcome=OUTCOME_UNDECIDED, reason=REASON_OVERLOADED)


class Caller:
    """A call with one group of two equal items."""

    def __init__(self, name: str) -> None:
        items = [math_item(f"{name}{number}", "2", "2") for number in range(2)]
        self.settled: dict[int, Verdict] = {}
        self.groups = {b"k": [0, 1]}
        work = [Work(item, item.task, "math") for item in items]
        self.round = Round(work, self.groups, self.settled.__setitem__)

    def await_key(self, under_way: UnderWay) -> None:
        self.round.await_other()
        under_way.watch(b"k", partial(self.round.heard, b"k"))


def soon() -> float:
    return asyncio.get_running_loop().time() + 30


async def test_equal_items_of_other_calls_get_the_verdict_as_their_own() -> None:
    under_way, owner, others = UnderWay(), Caller("a"), [Caller("b"), Caller("c")]
    under_way.begin([b"k"])
    for other in others:
        other.await_key(under_way)
    owner.round.decided(b"k", RIGHT)
    under_way.end(b"k", RIGHT)
    assert owner.settled[0] is RIGHT
    assert (owner.settled[1].id, owner.settled[1].cached) == ("a1", True)
    for name, other in zip("bc", others, strict=True):
        await other.round.others(soon())
        assert [other.settled[place].id for place in (0, 1)] == [f"{name}0", f"{name}1"]
        assert all(v.cached and v.reward == 1 and not v.group for v in other.settled.values())
        assert not other.groups
    assert b"k" not in under_way


async def test_what_speaks_of_the_call_is_no_verdict_for_others() -> None:
    for ending in (LOST, None):
        under_way, owner, other = UnderWay(), Caller("a"), Caller("b")
        under_way.begin([b"k"])
        other.await_key(under_way)
        if ending is not None:
            owner.round.decided(b"k", ending)
        under_way.end(b"k", ending)
        await other.round.others(soon())
        assert not other.settled
        assert other.groups == {b"k": [0, 1]}
        assert len(owner.settled) == (0 if ending is None else 2)


async def test_waiting_ends_with_the_time_and_hears_nothing_after() -> None:
    under_way, other = UnderWay(), Caller("b")
    under_way.begin([b"k"])
    other.await_key(under_way)
    await other.round.others(asyncio.get_running_loop().time() + 0.01)
    other.round.end()
    under_way.end(b"k", RIGHT)
    assert not other.settled
    assert other.groups


async def test_nothing_awaited_is_no_wait() -> None:
    await Caller("a").round.others(asyncio.get_running_loop().time())
