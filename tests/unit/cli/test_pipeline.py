from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.cli import pipeline
from veridical.cli.pipeline import VerifyIter, in_order
from veridical.client import Item, Verdict


def _peer(batch: int) -> VerifyIter:
    """Answers in order and reads `batch` items ahead, as a client does."""

    async def verify_iter(items: Iterator[Item]) -> AsyncIterator[Verdict]:
        window: list[Item] = []
        for item in items:
            window.append(item)
            if len(window) == batch:
                for each in window:
                    yield Verdict(id=each.id, detail="sent")
                window.clear()
        for each in window:
            yield Verdict(id=each.id, detail="sent")

    return verify_iter


async def _all(verdicts: AsyncIterator[Verdict]) -> list[Verdict]:
    return [verdict async for verdict in verdicts]


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 7), st.integers(1, 5))
def test_every_entry_gets_one_verdict_in_order(sent: list[bool], batch: int, held: int) -> None:
    entries = [
        Item(id=str(n)) if is_item else Verdict(id=str(n), detail="made here")
        for n, is_item in enumerate(sent)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "MAX_HELD", held)
        verdicts = asyncio.run(_all(in_order(iter(entries), _peer(batch))))
    assert [verdict.id for verdict in verdicts] == [str(n) for n in range(len(sent))]
    assert [verdict.detail == "sent" for verdict in verdicts] == sent


async def test_memory_is_bounded_where_no_entry_is_sent() -> None:
    taken = 0

    def entries() -> Iterator[Item | Verdict]:
        nonlocal taken
        while True:
            taken += 1
            yield Verdict(id=str(taken))

    verdicts = in_order(entries(), _peer(256))
    assert [(await anext(verdicts)).id for _ in range(3)] == ["1", "2", "3"]
    assert taken <= pipeline.MAX_HELD
