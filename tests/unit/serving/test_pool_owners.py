"""The pool's line takes turns between owners, not between their calls."""

from __future__ import annotations

import asyncio
from collections import Counter

from veridical.serving.pool.line import Call, Line


async def test_owners_get_equal_parts_whatever_the_number_of_their_calls() -> None:
    line = Line()
    for _ in range(50):
        line.add(call("greedy", 20))
    line.add(call("modest", 100))
    owners = Counter(item.call.owner for _ in range(10) for item in line.take(10))
    assert owners == {"greedy": 50, "modest": 50}
    assert len(line) == 50 * 20 + 100 - 100


async def test_single_items_alternate() -> None:
    line = Line()
    for owner in ("a", "a", "a", "b"):
        line.add(call(owner, 4))
    taken = [line.take(1)[0].call.owner for _ in range(8)]
    assert taken == ["a", "b"] * 4
    assert [item.call.owner for item in line.take(100)] == ["a"] * 8
    assert line.take(1) == []
    assert len(line) == 0


async def test_items_put_back_and_calls_dropped_keep_the_count() -> None:
    line = Line()
    first, second = call("a", 5), call("b", 5)
    line.add(first)
    line.add(second)
    taken = line.take(4)
    line.put_back(taken)
    line.drop(second)
    assert len(line) == 5
    assert {item.call for item in line.take(10)} == {first}


def call(owner: str, items: int) -> Call[None]:
    done = asyncio.get_running_loop().create_future()
    return Call([b"x"] * items, 0.0, done, lambda *_: None, owner)
