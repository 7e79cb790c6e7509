from __future__ import annotations

import itertools

import pytest

from veridical.client import (
    ClientSettings,
    InvalidRequestError,
    Outcome,
    Reason,
    RetrySettings,
    ServerLimits,
    Verdict,
    math_item,
)
from veridical.client.contact import Contact
from veridical.client.ledger import Ledger
from veridical.client.retry import Attempts, RetryBudget
from veridical.client.status import Deadline

SECONDS = 60


class Clock:
    """A clock that tests set, in place of the monotonic one."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def make(limits=None, **settings):
    budget, contact = RetryBudget(), Contact("h:1")

    def attempts():
        return Attempts(Deadline.after(SECONDS), RetrySettings(), budget, contact)

    return Ledger(None, ClientSettings(**settings), limits or ServerLimits(), attempts)


def correct(name):
    return Verdict(id=name, outcome=Outcome.OUTCOME_CORRECT, reward=1, reason=Reason.REASON_EQUAL)


def passing(name):
    return Verdict(
        id=name, outcome=Outcome.OUTCOME_UNDECIDED, reason=Reason.REASON_BACKEND_UNAVAILABLE
    )


def ids(request):
    return [] if request is None else [item.id for item in request.items]


def test_the_late_verdict_on_an_item_is_not_taken_for_one_on_its_successor(clock):
    ledger = make()
    ledger.add(math_item("a", "1", "1"))
    assert ids(ledger.next_request()) == ["a"]
    ledger.take([passing("a")])
    clock.now += 10
    assert ids(ledger.next_request()) == ["a"]
    clock.now += SECONDS
    assert ledger.expire()
    assert ledger.next_verdict() == passing("a")

    ledger.add(math_item("a", "1", "2"))
    ledger.add(math_item("b", "1", "1"))
    assert ids(ledger.next_request()) == ["b"]
    ledger.take([correct("a")])
    assert ledger.next_verdict() is None
    clock.now += 1
    assert ids(ledger.next_request()) == ["a"]
    ledger.take([correct("b"), correct("a")])
    assert [ledger.next_verdict().id for _ in "ab"] == ["b", "a"]


def test_messages_fit_into_those_of_the_server(clock):
    ledger = make(ServerLimits(max_message_bytes=2000))
    for number in range(20):
        ledger.add(math_item(str(number), "1", "x" * 500))
    ledger.end_source()
    requests = list(iter(ledger.next_request, None))
    assert [name for request in requests for name in ids(request)] == [str(n) for n in range(20)]
    assert all(request.ByteSize() <= 2000 for request in requests)


def test_what_a_lost_server_had_is_sent_again_first_and_in_order(clock):
    ledger = make(batch_items=3)
    for number in range(8):
        ledger.add(math_item(str(number), "1", "1"))
    sent = [ids(ledger.next_request()), ids(ledger.next_request())]
    assert sent == [["0", "1", "2"], ["3", "4", "5"]]
    ledger.take([correct("1")])
    ledger.lose_server()
    again = itertools.chain.from_iterable(map(ids, iter(ledger.next_request, None)))
    assert list(again) == ["0", "2", "3", "4", "5", "6", "7"]


def test_an_id_may_come_again_only_after_its_verdict(clock):
    ledger = make()
    ledger.add(math_item("a", "1", "1"))
    with pytest.raises(InvalidRequestError, match="'a' comes again before its verdict"):
        ledger.add(math_item("a", "1", "1"))
    ledger.next_request()
    ledger.take([correct("a")])
    ledger.add(math_item("a", "1", "1"))
