from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verifier_pb2 import ServerLimits, VerifyBatchRequest
from veridical.client import math_task
from veridical.reward.splitting import Bounds, split
from veridical.serving.verifier import Work

TASKS = {name: math_task(name * 300) for name in "abc"}
SIZES = st.integers(0, 400)


def work_of(rows: list[tuple[int, str]]) -> list[Work]:
    made = []
    for number, (size, name) in enumerate(rows):
        task = TASKS.get(name) or math_task("1")
        source = {"task_id": name} if name else {"task": task}
        item = Item(id=str(number), response="r" * size, **source)  # type: ignore[arg-type]
        made.append(Work(item, task, "math"))
    return made


def call_of(work: list[Work]) -> VerifyBatchRequest:
    tasks = {each.item.task_id: each.task for each in work if each.item.task_id}
    return VerifyBatchRequest(items=[each.item for each in work], tasks=tasks)


@settings(deadline=None)
@given(
    st.lists(st.tuples(SIZES, st.sampled_from(["", "a", "b", "c"]))),
    st.integers(1, 8),
    st.integers(1, 1500),
)
def test_calls_hold_all_work_in_order_within_their_bounds(
    rows: list[tuple[int, str]], items: int, message_bytes: int
) -> None:
    work = work_of(rows)
    parts = list(split(work, Bounds(items, message_bytes)))
    assert [place for part in parts for place in part] == list(range(len(work)))
    for part in parts:
        assert 1 <= len(part) <= items
        size = call_of(work[part.start : part.stop]).ByteSize()
        assert size <= message_bytes or len(part) == 1


def test_a_task_counts_once_a_call() -> None:
    work = work_of([(10, "a")] * 50)
    assert len(list(split(work, Bounds(100, 50 * 60 + 400)))) == 1


def test_bounds_are_the_smallest_of_all_and_unknown_limits_are_none() -> None:
    bounds = Bounds(512, 1000)
    assert bounds.within(ServerLimits()) == bounds
    assert bounds.within(ServerLimits(max_batch_items=7)) == Bounds(7, 1000)
    small = ServerLimits(max_batch_items=1000, max_message_bytes=10)
    assert bounds.within(small) == Bounds(512, 10)
