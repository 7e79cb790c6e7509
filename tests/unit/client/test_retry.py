from __future__ import annotations

import grpc
import pytest
from grpc import aio

from veridical.client import Outcome, Reason, RetrySettings, UnavailableError, Verdict
from veridical.client.retry import Attempts, RetryBudget, is_passing
from veridical.client.status import Deadline, error_from

Code = grpc.StatusCode


def failed(code, **trailing):
    pairs = [(key.replace("_", "-"), value) for key, value in trailing.items()]
    return aio.AioRpcError(code, aio.Metadata(), aio.Metadata(*pairs), "text")


def attempts(seconds=1000.0, budget=None, **settings):
    return Attempts(Deadline.after(seconds), RetrySettings(**settings), budget or RetryBudget())


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

    def fail(self, call, seconds, **trailing):
        """An attempt that begins when it is due, and fails after so many seconds."""
        self.now += seconds
        self.now += call.failed(failed(Code.UNAVAILABLE, **trailing))

    def fail_forever(self, call):
        while True:
            self.fail(call, 1)


def test_an_outage_is_given_up_where_the_settings_say_when(monkeypatch):
    clock, call = Clock(monkeypatch), attempts(outage_seconds=60)
    start = clock.now
    with pytest.raises(UnavailableError, match=r"^no server was reached for 60 s: text"):
        clock.fail_forever(call)
    assert not call.waits_for_server
    assert 60 < clock.now - start < 60 + 10


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
