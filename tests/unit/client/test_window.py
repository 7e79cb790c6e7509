from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client import Item, Verdict
from veridical.client.window import Window


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(1, 5), st.data())
def test_verdicts_keep_their_order_whatever_finishes_first(count, concurrency, data):
    requests = iter([VerifyBatchRequest(items=[Item(id=f"{n}")]) for n in range(count)])
    seen = []
    window = Window(requests, concurrency, count, seen.append)
    in_flight = list(window.take())
    out = []
    while window.in_flight:
        assert window.in_flight == len(in_flight) <= concurrency
        batch = in_flight.pop(data.draw(st.integers(0, len(in_flight) - 1)))
        verdict = Verdict(id=batch.request.items[0].id)
        window.finish(batch, [verdict])
        in_flight += window.take()
        out += [verdict.id for verdict in window.ready()]
    assert out == [f"{n}" for n in range(count)]
    assert [progress.done for progress in seen] == list(range(1, count + 1))


def test_a_slow_batch_holds_back_a_bounded_number_of_others():
    requests = (VerifyBatchRequest(items=[Item(id=f"{n}")]) for n in itertools.count())
    window = Window(requests, 2, None, None)
    slow, *others = window.take()
    sent = 2
    while others:
        batch = others.pop()
        verdict = Verdict(id=batch.request.items[0].id)
        window.finish(batch, [verdict])
        others = list(window.take())
        sent += len(others)
    assert sent == 8
    assert list(window.ready()) == []
    window.finish(slow, [Verdict(id="0")])
    assert len(list(window.take())) == 2
    assert len(list(window.ready())) == 8


def test_nothing_is_read_before_it_is_taken():
    def requests():
        raise AssertionError
        yield

    Window(requests(), 1, None, None)
