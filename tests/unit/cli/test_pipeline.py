from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.cli import pipeline
from veridical.cli.pipeline import in_order
from veridical.client import Item, Verdict


def _peer(batch: int) -> Callable[[Iterator[Item]], Iterator[Verdict]]:
    """Answers in order and reads `batch` items ahead, as a client does."""

    def verify_iter(items: Iterator[Item]) -> Iterator[Verdict]:
        window: list[Item] = []
        for item in items:
            window.append(item)
            if len(window) == batch:
                yield from (Verdict(id=each.id, detail="sent") for each in window)
                window.clear()
        yield from (Verdict(id=each.id, detail="sent") for each in window)

    return verify_iter


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 7), st.integers(1, 5))
def test_every_entry_gets_one_verdict_in_order(sent: list[bool], batch: int, held: int) -> None:
    entries = [
        Item(id=str(n)) if is_item else Verdict(id=str(n), detail="made here")
        for n, is_item in enumerate(sent)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "MAX_HELD", held)
        verdicts = list(in_order(iter(entries), _peer(batch)))
    assert [verdict.id for verdict in verdicts] == [str(n) for n in range(len(sent))]
    assert [verdict.detail == "sent" for verdict in verdicts] == sent


def test_memory_is_bounded_where_no_entry_is_sent() -> None:
    taken = 0

    def entries() -> Iterator[Item | Verdict]:
        nonlocal taken
        while True:
            taken += 1
            yield Verdict(id=str(taken))

    verdicts = in_order(entries(), _peer(256))
    assert [next(verdicts).id for _ in range(3)] == ["1", "2", "3"]
    assert taken <= pipeline.MAX_HELD
