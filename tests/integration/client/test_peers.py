"""How both clients meet peers that are slow, full, faulty or gone."""

from __future__ import annotations

import itertools
import math
import socket
import threading
import time

import grpc
import pytest

from veridical.client import (
    AuthenticationError,
    ClientSettings,
    DeadlineError,
    InvalidRequestError,
    Item,
    MathTask,
    Outcome,
    OverloadedError,
    ProtocolError,
    Reason,
    RetrySettings,
    ServerError,
    Task,
    UnavailableError,
    Undecided,
    UndecidedError,
    math_item,
)

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
SMALL = ClientSettings(batch_items=10, concurrency=3, retry=RetrySettings(initial_seconds=0.01))


def items(count, start=0):
    return [math_item(f"i{n}", "1", "1") for n in range(start, start + count)]


def ids(messages):
    return [message.id for message in messages]


def test_many_items_come_back_in_order_in_bounded_batches(serve, connect):
    def answer(peer, request, context):
        time.sleep(
            0.02 if int(request.items[0].id[1:]) % 20 == 0 else 0
        )  # every other batch is slow
        return peer.all_correct(request)

    peer = serve(answer)
    verdicts = connect(peer.address, settings=SMALL).verify_many(items(205))
    assert ids(verdicts) == ids(items(205))
    assert sorted(len(request.items) for request in peer.requests) == [5] + [10] * 20
    assert 1 < peer.most_in_flight <= 3


def test_batches_are_split_by_bytes_and_a_large_item_goes_alone(serve, connect):
    peer = serve()
    sizes = [400, 400, 400, 5000, 10, 10]
    large = [math_item(str(n), "1", "x" * size) for n, size in enumerate(sizes)]
    settings = ClientSettings(batch_bytes=1000, concurrency=1)
    assert ids(connect(peer.address, settings=settings).verify_many(large)) == ids(large)
    assert [ids(request.items) for request in peer.requests] == [
        ["0", "1"],
        ["2"],
        ["3"],
        ["4", "5"],
    ]


def test_a_batch_carries_only_the_shared_tasks_it_names(serve, connect):
    peer = serve()
    tasks = {name: Task(math=MathTask(gold=name)) for name in "abc"}
    named = [Item(id=f"{n}", task_id="aabb"[n], response="x") for n in range(4)]
    settings = ClientSettings(batch_items=2, concurrency=1)
    client = connect(peer.address, settings=settings)
    client.verify_many(named, tasks=tasks)
    client.verify_batch(named, tasks=tasks)
    assert [dict(request.tasks) for request in peer.requests] == [
        {"a": tasks["a"]},
        {"b": tasks["b"]},
        {"a": tasks["a"], "b": tasks["b"]},
    ]


def test_an_endless_iterable_is_read_only_as_far_as_calls_have_room(serve, connect):
    peer = serve()
    read = itertools.count()
    endless = (math_item(str(next(read)), "1", "1") for _ in itertools.count())
    verdicts = connect(peer.address, settings=SMALL).verify_iter(endless)
    assert ids(itertools.islice(verdicts, 1000)) == [str(n) for n in range(1000)]
    verdicts.close()
    # Taken, in flight and held: 4 batches for each of the 3 calls on either side, and one in the making.
    assert next(read) <= 1000 + 10 * (2 * 4 * 3 + 1)


def test_leaving_early_cancels_the_calls_in_flight(serve, connect):
    left = threading.Event()

    def answer(peer, request, context):
        if request.items[0].id != "i0":
            assert left.wait(30)
            return peer.wait_until_ended(context)
        return peer.all_correct(request)

    peer = serve(answer)
    verdicts = connect(peer.address, settings=SMALL).verify_iter(items(100))
    assert next(verdicts).id == "i0"
    wait_until(lambda: peer.in_flight >= 2)
    verdicts.close()
    left.set()
    wait_until(lambda: peer.in_flight == 0)
    assert peer.ended_early >= 2
    assert len(peer.requests) <= 4


def test_a_failed_batch_ends_the_run_and_cancels_the_others(serve, connect):
    def answer(peer, request, context):
        if request.items[0].id == "i0":
            peer.refuse(context, grpc.StatusCode.INTERNAL, "internal error 0123456789abcdef")
        return peer.wait_until_ended(context)

    peer = serve(answer)
    with pytest.raises(ServerError) as caught:
        connect(peer.address, settings=SMALL).verify_many(items(100))
    assert caught.value.error_id == "0123456789abcdef"
    wait_until(lambda: peer.in_flight == 0)
    assert len(peer.requests) <= 3


@pytest.mark.parametrize("method", ["verify_batch", "verify_many", "verify_iter", "rewards"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda verdicts: verdicts.pop(),
        lambda verdicts: verdicts.reverse(),
        lambda verdicts: verdicts.add(id="i0"),
        lambda verdicts: setattr(verdicts[3], "id", "i2"),
    ],
    ids=["too few", "other order", "too many", "other id"],
)
def test_verdicts_of_other_items_are_refused(serve, connect, method, spoil):
    def answer(peer, request, context):
        response = peer.all_correct(request)
        spoil(response.verdicts)
        return response

    client = connect(serve(answer).address)
    more = {"undecided": Undecided.NONE} if method == "rewards" else {}
    with pytest.raises(ProtocolError, match="the server gave"):
        list(getattr(client, method)(items(5), **more))


def test_the_verdict_of_another_item_is_refused_in_a_single_call(serve, connect):
    def answer(peer, request, context):
        request.items[0].id = "other"
        return peer.all_correct(request)

    with pytest.raises(ProtocolError, match="'other'"):
        connect(serve(answer).address).verify(items(1)[0])


@pytest.mark.parametrize("method", ["verify", "verify_batch", "verify_many", "describe"])
def test_a_refused_call_is_repeated_after_the_pause_the_server_asked_for(serve, connect, method):
    refused = []

    def answer(peer, request, context):
        if len(refused) < 2:
            refused.append(time.monotonic())
            peer.refuse(context, pushback_ms=80)
        refused.append(time.monotonic())
        return peer.all_correct(request)

    client = connect(serve(answer).address)
    arguments = {"verify": items(1), "describe": []}.get(method, [items(3)])
    assert getattr(client, method)(*arguments)
    assert all(later - earlier >= 0.08 for earlier, later in itertools.pairwise(refused))
    assert len(refused) == 3


@pytest.mark.parametrize("pushback_ms", [None, -1, "soon"])
@pytest.mark.parametrize("method", ["verify_batch", "verify_many"])
def test_a_refusal_without_a_pause_is_final(serve, connect, method, pushback_ms):
    peer = serve(lambda peer, _, context: peer.refuse(context, pushback_ms=pushback_ms))
    with pytest.raises(OverloadedError, match="no room") as caught:
        getattr(connect(peer.address), method)(items(3))
    assert caught.value.retry_after_seconds is None
    assert len(peer.requests) == 1


@pytest.mark.parametrize("method", ["verify_batch", "verify_many"])
def test_a_pause_beyond_the_timeout_is_not_waited_for(serve, connect, method):
    peer = serve(lambda peer, _, context: peer.refuse(context, pushback_ms=60_000))
    with pytest.raises(OverloadedError) as caught:
        getattr(connect(peer.address), method)(items(3), timeout=20)
    assert caught.value.retry_after_seconds == 60
    assert len(peer.requests) == 1


def test_repeats_of_refused_calls_share_one_deadline(serve, connect):
    peer = serve(lambda peer, _, context: peer.refuse(context, pushback_ms=50))
    with pytest.raises(OverloadedError):
        connect(peer.address).verify_many(items(3), timeout=1)
    assert len(peer.requests) > 2
    assert peer.remaining == sorted(peer.remaining, reverse=True)


def test_a_run_survives_a_server_that_refuses_every_other_batch(serve, connect):
    turns = itertools.count()

    def answer(peer, request, context):
        if next(turns) % 2:
            peer.refuse(context, pushback_ms=1)
        return peer.all_correct(request)

    verdicts = connect(serve(answer).address, settings=SMALL).verify_many(items(300))
    assert ids(verdicts) == ids(items(300))


@pytest.mark.parametrize("method", ["verify", "verify_batch", "verify_many", "describe"])
def test_a_lost_server_is_asked_again_even_with_large_messages(serve, connect, method):
    def answer(peer, request, context):
        if len(peer.requests) < 4:
            peer.refuse(context, grpc.StatusCode.UNAVAILABLE, "going down")
        return peer.all_correct(request)

    peer = serve(answer)
    client = connect(peer.address, settings=SMALL)
    large = math_item("a", "1", "x" * 1_000_000)
    arguments = {"verify": [large], "describe": []}.get(method, [[large]])
    assert getattr(client, method)(*arguments)
    assert len(peer.requests) == 4


def test_retries_of_a_lost_server_end_with_the_timeout(serve, connect):
    peer = serve(lambda peer, _, context: peer.refuse(context, UNAVAILABLE, "going down"))
    with pytest.raises(UnavailableError, match="going down"):
        connect(peer.address, settings=SMALL).verify_batch(items(1), timeout=0.5)
    assert 3 < len(peer.requests) < 60


def test_a_lost_server_fails_at_once_where_the_settings_say_so(serve, connect):
    peer = serve(lambda peer, _, context: peer.refuse(context, UNAVAILABLE, "going down"))
    client = connect(peer.address, settings=ClientSettings(retry=RetrySettings(calls=False)))
    for method in (client.verify_batch, client.verify_many):
        with pytest.raises(UnavailableError, match="going down"):
            method(items(1))
    assert len(peer.requests) == 2


@pytest.mark.parametrize("method", ["describe", "verify_batch", "verify_many"])
def test_no_server_at_all_is_unavailable(connect, tmp_path, method):
    client = connect(f"unix:{tmp_path}/none.sock", settings=SMALL)
    arguments = [] if method == "describe" else [items(3)]
    with pytest.raises(UnavailableError, match="connect"):
        getattr(client, method)(*arguments, timeout=0.4)


NOBODY = ClientSettings(retry=RetrySettings(connect_seconds=0.5))
"""With a timeout of 600 s."""


@pytest.mark.parametrize("address", ["localhost:1", "unix:/nonexistent", "no-such-host.invalid:1"])
@pytest.mark.parametrize("method", ["describe", "verify_batch", "verify_many", "stream"])
def test_an_address_where_nobody_listens_is_told_soon(connect, address, method):
    arguments = [] if method == "describe" else [items(3)]
    begin = time.monotonic()
    with pytest.raises(UnavailableError, match=f"no server was reached at {address} within"):
        list(getattr(connect(address, settings=NOBODY), method)(*arguments))
    assert time.monotonic() - begin < 30


def test_a_listener_that_says_nothing_is_given_up_as_well(connect):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(UnavailableError, match=f"no server was reached at {address} within"):
            connect(address, settings=NOBODY).verify(items(1)[0])


@pytest.mark.parametrize("method", ["describe", "verify_batch", "verify_many"])
def test_a_call_waits_for_a_server_that_comes_later(serve, connect, tmp_path, method):
    address = f"unix:{tmp_path}/late.sock"
    late = threading.Timer(0.5, serve, kwargs={"address": address})
    late.start()
    arguments = [] if method == "describe" else [items(25)]
    assert getattr(connect(address, settings=SMALL), method)(*arguments, timeout=30)
    late.join()


def test_an_outage_is_said_once(connect, tmp_path, caplog):
    client = connect(f"unix:{tmp_path}/none.sock", settings=SMALL)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            client.verify_many(items(25), timeout=0.2)
    assert [record.message[:17] for record in caplog.records] == ["no server answers"]


def passing(verdict, reason="REASON_BACKEND_UNAVAILABLE"):
    """Makes a verdict undecided for a reason that may pass."""
    verdict.outcome, verdict.reason = Outcome.OUTCOME_UNDECIDED, Reason.Value(reason)
    verdict.ClearField("reward")


@pytest.mark.parametrize("method", ["verify_batch", "verify_many"])
def test_only_items_undecided_for_a_passing_reason_are_sent_again(serve, connect, method):
    def answer(peer, request, context):
        response = peer.all_correct(request)
        for verdict in response.verdicts:
            if verdict.id == "i1" and len(peer.requests) < 3:
                passing(verdict)
            if verdict.id == "i2":
                passing(verdict, "REASON_VERIFIER_TIMEOUT")
        return response

    peer = serve(answer)
    tasks = {name: Task(math=MathTask(gold=name)) for name in "ab"}
    named = [Item(id=f"i{n}", task_id="abaa"[n], response="x") for n in range(4)]
    verdicts = getattr(connect(peer.address, settings=SMALL), method)(named, tasks=tasks)
    assert [verdict.HasField("reward") for verdict in verdicts] == [True, True, False, True]
    assert [ids(request.items) for request in peer.requests] == [ids(named), ["i1"], ["i1"]]
    assert "b" in peer.requests[-1].tasks


@pytest.mark.parametrize(
    "reason",
    [
        "REASON_BACKEND_UNAVAILABLE",
        "REASON_DEADLINE_EXCEEDED",
        "REASON_OVERLOADED",
        "REASON_CELL_FAILED",
    ],
)
def test_the_last_verdict_is_the_answer_where_time_runs_out(serve, connect, reason):
    def answer(peer, request, context):
        response = peer.all_correct(request)
        passing(response.verdicts[0], reason)
        response.verdicts[0].detail = str(len(peer.requests))
        return response

    peer = serve(answer)
    verdict = connect(peer.address, settings=SMALL).verify(items(1)[0], timeout=0.3)
    assert verdict.reason == Reason.Value(reason)
    # The time may run out while one more is on its way.
    assert len(peer.requests) - int(verdict.detail) in (0, 1)
    assert len(peer.requests) > 2


@pytest.mark.parametrize("then", ["refuse", "wait"])
def test_an_undecided_verdict_is_kept_where_the_server_is_lost_afterwards(serve, connect, then):
    def answer(peer, request, context):
        if len(peer.requests) > 1:
            if then == "wait":
                return peer.wait_until_ended(context)
            peer.refuse(context, UNAVAILABLE)
        response = peer.all_correct(request)
        passing(response.verdicts[0])
        return response

    client = connect(serve(answer).address, settings=SMALL)
    undecided, correct = client.verify_batch(items(2), timeout=0.5)
    assert (undecided.HasField("reward"), correct.reward) == (False, 1.0)


def test_items_are_not_sent_again_where_the_settings_say_so(serve, connect):
    def answer(peer, request, context):
        response = peer.all_correct(request)
        passing(response.verdicts[0])
        return response

    peer = serve(answer)
    client = connect(peer.address, settings=ClientSettings(retry=RetrySettings(items=False)))
    assert client.rewards(items(2), undecided=Undecided.NONE) == [None, 1.0]
    assert len(peer.requests) == 1


@pytest.mark.parametrize("method", ["verify", "verify_batch", "verify_many"])
def test_no_answer_within_the_timeout_is_a_deadline_error(serve, connect, method):
    def answer(peer, request, context):
        return peer.wait_until_ended(context)

    client = connect(serve(answer).address)
    with pytest.raises(DeadlineError):
        getattr(client, method)(items(1)[0] if method == "verify" else items(1), timeout=0.2)


def test_the_timeout_of_the_settings_reaches_the_server(serve, connect):
    peer = serve()
    client = connect(peer.address, settings=ClientSettings(timeout_seconds=77))
    client.describe()
    client.verify_many(items(1))
    client.verify_many(items(1), timeout=33)
    assert [round(seconds, -1) for seconds in peer.remaining] == [80, 80, 30]
    assert peer.user_agents[0].startswith("veridical-client/")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, InvalidRequestError),
        (grpc.StatusCode.UNIMPLEMENTED, ProtocolError),
        (grpc.StatusCode.UNKNOWN, ServerError),
        (grpc.StatusCode.PERMISSION_DENIED, AuthenticationError),
    ],
)
def test_statuses_become_errors_that_keep_the_text(serve, connect, code, error):
    peer = serve(lambda peer, _, context: peer.refuse(context, code, "items[0].task: missing"))
    with pytest.raises(error, match=r"items\[0\]\.task: missing") as caught:
        connect(peer.address).verify(items(1)[0])
    assert isinstance(caught.value.__cause__, grpc.RpcError)


def test_repeated_ids_in_a_list_are_refused_before_anything_is_sent(serve, connect):
    peer = serve()
    client = connect(peer.address, settings=SMALL)
    repeated = [*items(50), *items(1)]
    for method in (client.verify_batch, client.verify_many):
        with pytest.raises(InvalidRequestError, match="'i0' comes twice"):
            method(repeated)
    assert peer.requests == []


@pytest.mark.parametrize("method", ["verify_batch", "verify_many", "stream"])
def test_long_ids_are_shortened_in_errors(serve, connect, method):
    client = connect(serve().address)
    with pytest.raises(InvalidRequestError) as caught:
        list(getattr(client, method)([math_item("x" * 10_000, "1", "1")] * 2))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("method", ["verify", "verify_batch", "verify_many", "stream"])
def test_what_is_no_item_is_refused_by_its_type(serve, connect, method):
    peer = serve()
    call = getattr(connect(peer.address), method)
    row = {"id": "1"}
    with pytest.raises(TypeError, match=r"^an item must be an Item, not dict"):
        list(call(row if method == "verify" else [row]))
    assert [ids(request.items) for request in peer.requests if request.items] == []


def test_repeated_ids_in_a_generator_are_refused_across_batches(serve, connect):
    peer = serve()
    client = connect(peer.address, settings=SMALL)
    with pytest.raises(InvalidRequestError, match="'i0' comes twice"):
        client.verify_many(item for item in [*items(50), *items(1)])
    sent = [item.id for request in peer.requests for item in request.items]
    assert len(sent) == len(set(sent))


def test_messages_beyond_the_bound_are_refused_by_name(serve, connect):
    peer = serve()
    client = connect(peer.address, settings=ClientSettings(max_message_bytes=100_000))
    large = math_item("large", "1", "1", prompt="x" * 200_000)
    for method in (client.verify_batch, client.verify_many):
        with pytest.raises(InvalidRequestError, match="'large'"):
            method([*items(1), large])


def test_long_responses_are_cut_just_beyond_the_bound(serve, connect):
    peer = serve()
    client = connect(peer.address, settings=ClientSettings(max_response_bytes=1000))
    long = math_item("a", "1", "ß" * 5000, group="g", labels={"k": "v"})
    client.verify(long)
    client.verify_batch([long])
    client.verify_many([long])
    for request in peer.requests:
        (sent,) = request.items
        assert sent.response == "ß" * 501
        sent.response = long.response
        assert sent == long


def test_no_items_need_no_call(serve, connect):
    peer = serve()
    client = connect(peer.address)
    assert client.verify_many([]) == []
    assert client.rewards([], undecided=Undecided.RAISE) == []
    assert peer.requests == []
    assert client.verify_batch([]) == []


def test_progress_is_reported_after_each_batch(serve, connect):
    client = connect(serve().address, settings=SMALL)
    seen = []
    client.verify_many(items(25), on_progress=seen.append)
    assert max(progress.done for progress in seen) == 25
    assert len(seen) == 3
    assert {progress.total for progress in seen} == {25}
    assert [p.seconds for p in seen] == sorted(p.seconds for p in seen)
    seen.clear()
    client.verify_many(iter(items(5)), on_progress=seen.append)
    assert [(progress.done, progress.total) for progress in seen] == [(5, None)]


def test_rewards_say_what_undecided_becomes(serve, connect):
    def answer(peer, request, context):
        response = peer.all_correct(request)
        for verdict in response.verdicts[1::2]:
            verdict.outcome, verdict.detail = 3, "no gold"
            verdict.ClearField("reward")
        return response

    client = connect(serve(answer).address)
    assert client.rewards(items(3), undecided=Undecided.NONE) == [1.0, None, 1.0]
    first, second, _ = client.rewards(items(3), undecided=Undecided.NAN)
    assert first == 1.0
    assert math.isnan(second)
    with pytest.raises(UndecidedError, match="no gold") as caught:
        client.rewards(items(5), undecided=Undecided.RAISE)
    assert ids(caught.value.verdicts) == ["i1", "i3"]
    with pytest.raises(TypeError, match="undecided"):
        client.rewards(items(3))
    with pytest.raises(TypeError, match=r"undecided must be one of Undecided\.RAISE"):
        client.rewards(items(1), undecided="none")


def test_rewards_that_contradict_the_outcome_are_refused(serve, connect):
    def answer(peer, request, context):
        response = peer.all_correct(request)
        response.verdicts[0].reward = 0
        return response

    with pytest.raises(ProtocolError, match="'i0' has outcome 1 and reward 0"):
        connect(serve(answer).address).rewards(items(2), undecided=Undecided.NONE)


def wait_until(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
