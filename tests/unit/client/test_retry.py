from __future__ import annotations

import grpc
import pytest
from grpc import aio

from veridical.client import Outcome, Reason, RetrySettings, UnavailableError, Verdict
from veridical.client.contact import Contact
from veridical.client.retry import Attempts, RetryBudget, is_passing
from veridical.client.status import Deadline, error_from

Code = grpc.StatusCode


REFUSED = "connections to all backends failing; last error: UNKNOWN: ipv4:[::1]:1: refused"


def failed(code, text="text", **trailing):
    pairs = [(key.replace("_", "-"), value) for key, value in trailing.items()]
    return aio.AioRpcError(code, aio.Metadata(), aio.Metadata(*pairs), text)


def attempts(seconds=1000.0, budget=None, contact=None, **settings):
    return Attempts(
        Deadline.after(seconds),
        RetrySettings(**settings),
        budget or RetryBudget(),
        contact or Contact("h:1", met=True),
    )


def test_waits_grow_with_full_jitter_up_to_the_longest():
    error = failed(Code.UNAVAILABLE)
    rows = []
    for _ in range(300):
        call = attempts(initial_seconds=0.1, multiplier=2, max_seconds=1)
        rows.append([call.failed(error) for _ in range(7)])
    longest = [0.1, 0.2, 0.4, 0.8, 1, 1, 1]
    for pauses, bound in zip(zip(*rows, strict=True), longest, strict=True):
        assert 0.8 * bound < max(pauses) <= bound
        assert min(pauses) < 0.2 * bound


@pytest.mark.parametrize("milliseconds", [0, 1, 500])
def test_a_wait_is_what_the_server_asked_for_and_some_jitter(milliseconds):
    error = failed(Code.RESOURCE_EXHAUSTED, grpc_retry_pushback_ms=str(milliseconds))
    least = milliseconds / 1000
    pauses = {attempts().failed(error) for _ in range(50)}
    assert least <= min(pauses) < max(pauses) <= least + max(least, 0.1)


@pytest.mark.parametrize(
    "error",
    [
        failed(Code.RESOURCE_EXHAUSTED),
        failed(Code.RESOURCE_EXHAUSTED, grpc_retry_pushback_ms="-1"),
        failed(Code.RESOURCE_EXHAUSTED, grpc_retry_pushback_ms="2000000"),
        failed(Code.RESOURCE_EXHAUSTED, grpc_retry_pushback_ms=""),
        failed(Code.INTERNAL, grpc_retry_pushback_ms="1"),
        failed(Code.DEADLINE_EXCEEDED),
    ],
)
def test_other_failures_are_final(error):
    with pytest.raises(type(error_from(error))) as caught:
        attempts().failed(error)
    assert caught.value.__cause__ is error


def test_waits_fit_into_the_time_left():
    call = attempts(seconds=0.5)
    assert all(call.failed(failed(Code.UNAVAILABLE)) < 0.5 for _ in range(20))
    with pytest.raises(UnavailableError):
        attempts(seconds=0.001).failed(failed(Code.UNAVAILABLE))


def test_a_deadline_spent_on_a_lost_server_says_so():
    call = attempts()
    assert not call.waits_for_server
    call.failed(failed(Code.UNAVAILABLE))
    assert call.waits_for_server
    with pytest.raises(UnavailableError, match="text"):
        call.failed(failed(Code.DEADLINE_EXCEEDED))


class Clock:
    """A clock that tests set, in place of the monotonic one."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)

    def fail(self, call, seconds, text="text", **trailing):
        """An attempt that begins when it is due, and fails after so many seconds."""
        self.now += seconds
        self.now += call.failed(failed(Code.UNAVAILABLE, text, **trailing))

    def fail_forever(self, call, text="text"):
        while True:
            self.fail(call, 1, text)


def test_an_outage_is_given_up_where_the_settings_say_when(monkeypatch):
    clock, call = Clock(monkeypatch), attempts(outage_seconds=60)
    start = clock.now
    with pytest.raises(UnavailableError, match=r"^no server was reached for 60 s: text"):
        clock.fail_forever(call)
    assert not call.waits_for_server
    assert 60 < clock.now - start < 60 + 10


@pytest.mark.parametrize(
    "text",
    [
        REFUSED,
        "failed to connect to all addresses; last error: UNKNOWN: refused",
        "errors resolving h:1: [field:hostname lookup error: refused]",
        "DNS resolution failed for h:1: refused",
    ],
)
def test_an_address_where_nobody_was_ever_met_is_given_up_soon(monkeypatch, text):
    clock, call = Clock(monkeypatch), attempts(contact=Contact("h:1"), connect_seconds=10)
    start = clock.now
    with pytest.raises(
        UnavailableError, match=r"no server was reached at h:1 within 1\d\.\d s: .*refused"
    ):
        clock.fail_forever(call, text)
    assert not call.waits_for_server
    assert 10 <= clock.now - start <= 11


def test_a_timeout_before_that_tells_the_same():
    with pytest.raises(UnavailableError, match=r"at h:1 within 0\.0 s: ipv4:"):
        attempts(seconds=0.001, contact=Contact("h:1")).failed(failed(Code.UNAVAILABLE, REFUSED))


@pytest.mark.parametrize("sign", ["an answer", "a word of the server", "the settings"])
def test_who_has_met_a_server_waits_for_it(monkeypatch, sign):
    clock, contact = Clock(monkeypatch), Contact("h:1")
    if sign == "an answer":
        attempts(contact=contact).succeeded()
    elif sign == "a word of the server":
        clock.fail(attempts(contact=contact), 1, "Socket closed")
    connect_seconds = None if sign == "the settings" else 10
    call, start = attempts(contact=contact, connect_seconds=connect_seconds), clock.now
    while clock.now < start + 900:
        clock.fail(call, 1, REFUSED)


@pytest.mark.parametrize("sign", ["an answer", "a long attempt", "a word of the server"])
def test_an_outage_ends_with_any_sign_of_a_server(monkeypatch, sign):
    clock, call = Clock(monkeypatch), attempts(outage_seconds=20)
    for _ in range(20):
        clock.fail(call, 6)
        if sign == "an answer":
            call.succeeded()
        elif sign == "a long attempt":
            clock.fail(call, 30)
        else:
            clock.fail(call, 0, grpc_retry_pushback_ms="0")


def test_a_stream_that_a_server_ends_is_no_outage(caplog):
    call = attempts()
    assert call.failed(failed(Code.UNAVAILABLE, grpc_retry_pushback_ms="0")) <= 0.1
    assert not call.waits_for_server
    assert caplog.records == []


@pytest.mark.parametrize(
    ("met", "settings", "seconds"),
    [(True, {}, 1000), (False, {}, 10), (True, {"outage_seconds": 60}, 60)],
)
def test_the_warning_says_how_long_it_goes_on(caplog, met, settings, seconds):
    call = attempts(contact=Contact("h:1", met=met), **settings)
    call.failed(failed(Code.UNAVAILABLE, REFUSED))
    assert bool(caplog.records) is not met  # a connection to a server that was met has ended, maybe
    call.failed(failed(Code.UNAVAILABLE, REFUSED))
    assert len(caplog.records) == 1
    assert f"trying for up to {seconds} s: ipv4:[::1]:1: refused\n" in caplog.text


def test_a_server_that_comes_and_goes_is_told_of_now_and_then(monkeypatch, caplog):
    clock, budget = Clock(monkeypatch), RetryBudget()

    def flap(seconds, answered):
        end = clock.now + seconds
        while clock.now < end:
            call = attempts(budget=budget, max_seconds=0.1)
            for _ in range(3):
                clock.fail(call, 0.1, REFUSED)
            if answered:
                call.succeeded()

    flap(29, answered=True)
    assert len(caplog.records) == 1
    flap(10, answered=True)
    assert len(caplog.records) == 2
    flap(300, answered=False)  # an outage that begins while it is quiet is told of once it may be
    assert len(caplog.records) == 3


def test_without_the_budget_each_repeat_waits_for_the_longest_time():
    budget = RetryBudget()
    quick = [attempts(budget=budget).failed(failed(Code.UNAVAILABLE)) for _ in range(100)]
    slow = [attempts(budget=budget).failed(failed(Code.UNAVAILABLE)) for _ in range(100)]
    assert max(quick) <= 0.1
    assert 1 < sum(slow) / 100 < 4
    for _ in range(9):
        budget.earn()
    assert not budget.spend()
    budget.earn()
    budget.earn()
    assert budget.spend()
    assert not budget.spend()


def test_successes_earn_no_more_than_a_full_budget():
    budget = RetryBudget()
    for _ in range(5000):
        budget.earn()
    assert [budget.spend() for _ in range(101)] == [True] * 100 + [False]


def test_only_an_undecided_verdict_may_pass():
    reason = Reason.REASON_BACKEND_UNAVAILABLE
    assert is_passing(Verdict(outcome=Outcome.OUTCOME_UNDECIDED, reason=reason))
    assert not is_passing(Verdict(outcome=Outcome.OUTCOME_INCORRECT, reason=reason))
    assert not is_passing(
        Verdict(outcome=Outcome.OUTCOME_UNDECIDED, reason=Reason.REASON_GOLD_UNPARSABLE)
    )
