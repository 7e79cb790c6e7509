from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.client import ClientSettings, InvalidRequestError, Item, math_item, math_task
from veridical.client.batching import fit, one_batch, split

TASKS = {name: math_task(name * 50) for name in "abc"}


@st.composite
def item_lists(draw):
    rows = draw(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["", "a", "b", "c", "x"]))))
    return [
        Item(id=f"{n}", response="r" * size, **({"task_id": name} if name else {}))
        for n, (size, name) in enumerate(rows)
    ]


@given(item_lists(), st.integers(1, 8), st.integers(1, 1500))
def test_batches_hold_all_items_in_order_within_their_bounds(items, batch_items, batch_bytes):
    settings = ClientSettings(batch_items=batch_items, batch_bytes=batch_bytes)
    batches = list(split(iter(items), TASKS, settings))
    assert list(itertools.chain.from_iterable(batch.items for batch in batches)) == items
    for batch in batches:
        assert 1 <= len(batch.items) <= batch_items
        assert batch.ByteSize() <= batch_bytes or len(batch.items) == 1
        named = {item.task_id for item in batch.items} & TASKS.keys()
        assert dict(batch.tasks) == {name: TASKS[name] for name in named}


@given(item_lists())
def test_one_batch_holds_everything(items):
    batch = one_batch(items, TASKS, ClientSettings(batch_items=1, batch_bytes=1))
    assert list(batch.items) == items


def test_batches_are_filled_before_the_next_is_begun():
    items = [math_item(f"{n}", "1", "x" * 80) for n in range(100)]
    settings = ClientSettings(batch_items=1000, batch_bytes=1200)
    *full, _ = split(items, None, settings)
    assert all(batch.ByteSize() > 1200 - 120 for batch in full)


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_cut_response_is_a_beginning_that_is_still_too_long(text, limit):
    item = math_item("a", "1", text, prompt="p" * limit, labels={"k": "v"})
    cut = fit(item, limit)
    size = len(text.encode())
    if size <= limit:
        assert cut is item
        return
    assert text.startswith(cut.response)
    assert limit < len(cut.response.encode()) <= min(size, limit + 4)
    assert item.response == text
    cut.response = text
    assert cut == item


@given(st.lists(st.text(max_size=2), min_size=2), st.booleans())
def test_repeated_ids_are_found(ids, lazily):
    items = [Item(id=name) for name in ids]
    batches = split(iter(items) if lazily else items, None, ClientSettings(batch_items=1))
    if len(set(ids)) == len(ids):
        assert len(list(batches)) == len(ids)
        return
    with pytest.raises(InvalidRequestError, match="comes twice"):
        next(batches) if not lazily else list(batches)


def test_generators_are_read_no_further_than_needed():
    read = itertools.count()
    items = (Item(id=f"{next(read)}") for _ in itertools.count())
    next(split(items, None, ClientSettings(batch_items=10)))
    assert next(read) == 11


def test_an_item_beyond_the_message_bound_is_refused_by_name():
    settings = ClientSettings(max_message_bytes=1000)
    large = math_item("large", "1", "1", prompt="x" * 1000)
    with pytest.raises(InvalidRequestError, match="'large'"):
        list(split([large], None, settings))
    task = {"t": math_task("x" * 1000)}
    with pytest.raises(InvalidRequestError, match="'shared'"):
        list(split([Item(id="shared", task_id="t")], task, settings))
