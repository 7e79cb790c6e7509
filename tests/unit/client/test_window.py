from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyBatchResponse
from veridical.client import Item, Verdict
from veridical.client.window import Window


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
        window.finish(batch, VerifyBatchResponse(verdicts=[verdict]))
        in_flight += window.take()
        # Sent but not handed out: bounded, whatever is slow.
        assert max((b.number for b in in_flight), default=0) <= len(out) + 8 * concurrency
        out += [verdict.id for verdict in window.ready()]
    assert out == [f"{n}" for n in range(count)]
    assert [progress.done for progress in seen] == list(range(1, count + 1))


def test_nothing_is_read_before_it_is_taken():
    def requests():
        raise AssertionError
        yield

    Window(requests(), 1, None, None)
