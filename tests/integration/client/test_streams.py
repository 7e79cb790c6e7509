"""How both clients stream: against peers with every fault, and against the real services."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from contextlib import aclosing

import grpc
import pytest

from veridical.api.v1 import verifier_pb2 as pb
from veridical.client import (
    AsyncClient,
    Client,
    ClientSettings,
    DeadlineError,
    InvalidRequestError,
    Item,
    MathTask,
    Outcome,
    ProtocolError,
    Reason,
    RetrySettings,
    ServerError,
    Task,
    UnavailableError,
    math_item,
    math_task,
)

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
SMALL = ClientSettings(batch_items=10, stream_items=40, retry=RetrySettings(initial_seconds=0.01))


def items(count, start=0):
    return [math_item(f"i{n}", "1", "1") for n in range(start, start + count)]


def ids(messages):
    return [message.id for message in messages]


def sent(requests):
    return [item.id for request in requests for item in request.items]


def wait_until(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["math_address", "reward_address"])
def test_the_services_answer_every_item_once(request, connect, name):
    client = connect(request.getfixturevalue(name), settings=SMALL)
    named = (Item(id=f"{n}", task_id="ab"[n % 2], response=str(n % 5)) for n in range(500))
    tasks = {"a": math_task("2"), "b": math_task("3")}
    verdicts = list(client.stream(named, tasks=tasks, timeout=60))
    assert sorted(map(int, ids(verdicts))) == list(range(500))
    assert all(v.reward == (int(v.id) % 5 == 2 + int(v.id) % 2) for v in verdicts)


def test_a_verdict_comes_before_the_source_gives_the_next_item(serve, connect):
    answered = threading.Event()

    def source():
        for item in items(5):
            answered.clear()
            yield item
            assert answered.wait(30)

    # An asynchronous client reads a plain iterable in its loop, where waiting would stop it.
    with Client(serve().address, settings=SMALL) as client:
        for _ in client.stream(source()):
            answered.set()


async def test_verdicts_come_while_an_asynchronous_source_still_generates(serve):
    answered = asyncio.Event()

    async def source():
        for item in items(5):
            answered.clear()
            yield item
            await asyncio.wait_for(answered.wait(), 30)

    async with AsyncClient(serve().address, settings=SMALL) as client:
        seen = []
        async for verdict in client.stream(source()):
            seen.append(verdict.id)
            answered.set()
    assert seen == ids(items(5))


def test_verdicts_come_in_any_order(serve, connect):
    def backwards(peer, requests, context):
        every = [item for request in itertools.islice(requests, 3) for item in request.items]
        for item in reversed(every):
            yield peer.all_correct_of(pb.VerifyStreamRequest(items=[item]))

    gate = threading.Event()

    def source():
        for start in (0, 10, 20):
            yield from items(10, start)
        gate.set()

    verdicts = connect(serve(stream=backwards).address, settings=SMALL).stream(source())
    first = next(verdicts)
    assert first.id != "i0"
    verdicts.close()


@pytest.mark.parametrize(("limit", "bound"), [(0, 40), (7, 7), (100, 40)])
def test_a_caller_who_takes_no_verdicts_is_not_read_from(serve, connect, limit, bound):
    peer = serve(limits=pb.ServerLimits(max_stream_items=limit))
    read: list[int] = []

    def source():
        for number in itertools.count():
            read.append(number)
            yield math_item(str(number), "1", "1")

    verdicts = connect(peer.address, settings=SMALL).stream(source())
    seen = ids(itertools.islice(verdicts, 100))
    assert 100 <= len(read) <= 100 + bound
    seen += ids(itertools.islice(verdicts, 100))
    verdicts.close()
    assert sorted(map(int, seen)) == list(range(200))


def test_messages_stay_within_the_limits_of_the_server(serve, connect):
    peer = serve(limits=pb.ServerLimits(max_batch_items=3))
    assert len(list(connect(peer.address, settings=SMALL).stream(items(20)))) == 20
    assert max(len(request.items) for request in peer.streams[0]) <= 3


def test_each_task_is_sent_once_a_stream(serve, connect):
    peer = serve()
    tasks = {name: Task(math=MathTask(gold=name)) for name in "abc"}
    named = [Item(id=f"{n}", task_id="ab"[n % 2], response="x") for n in range(50)]
    list(connect(peer.address, settings=SMALL).stream(named, tasks=tasks))
    brought = [name for request in peer.streams[0] for name in request.tasks]
    assert sorted(brought) == ["a", "b"]


@pytest.mark.parametrize("answered", [0, 1, 13])
def test_a_draining_server_is_sent_only_what_it_left_unanswered(serve, connect, answered):
    def drain_twice(peer, requests, context):
        left = answered if len(peer.streams) <= 2 else 1000
        for request in requests:
            some = request.items[:left]
            left -= len(some)
            if some:
                yield peer.all_correct_of(pb.VerifyStreamRequest(items=some))
            if not left:
                context.abort(UNAVAILABLE, "draining")

    peer = serve(stream=drain_twice)
    tasks = {"a": Task(math=MathTask(gold="1"))}
    named = [Item(id=f"i{n}", task_id="a", response="x") for n in range(100)]
    verdicts = list(connect(peer.address, settings=SMALL).stream(named, tasks=tasks))
    assert sorted(ids(verdicts)) == sorted(ids(named))
    assert len(peer.streams) == 3
    seen: set[str] = set()
    for stream in peer.streams:
        assert not seen & set(sent(stream))
        seen |= set(sent(stream)[: answered if stream is not peer.streams[-1] else None])
        assert "a" in stream[0].tasks


@pytest.mark.parametrize(
    ("given", "problem"),
    [(["i0", "i0"], "'i0', which has one"), (["other"], "'other'")],
    ids=["twice", "unknown"],
)
def test_verdicts_that_nobody_asked_for_are_refused(serve, connect, given, problem):
    def answer(peer, requests, context):
        next(requests)
        yield peer.all_correct_of(pb.VerifyStreamRequest(items=[Item(id=i) for i in given]))
        for _ in requests:
            pass

    with pytest.raises(ProtocolError, match=problem):
        list(connect(serve(stream=answer).address, settings=SMALL).stream(items(3)))


def test_a_stream_that_ends_too_early_is_refused(serve, connect):
    peer = serve(stream=lambda peer, requests, _: [peer.all_correct_of(next(requests))])
    with pytest.raises(ProtocolError, match="ended a stream"):
        list(connect(peer.address, settings=SMALL).stream(items(100)))


def test_a_server_without_streams_is_named(serve, connect):
    def answer(peer, requests, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")

    with pytest.raises(ProtocolError, match=r"VerifyStream.*verify_iter"):
        list(connect(serve(stream=answer).address).stream(items(3)))


def test_a_fault_of_the_server_ends_the_stream(serve, connect):
    def answer(peer, requests, context):
        yield peer.all_correct_of(next(requests))
        context.abort(grpc.StatusCode.INTERNAL, "internal error 0123456789abcdef")

    with pytest.raises(ServerError) as caught:
        list(connect(serve(stream=answer).address, settings=SMALL).stream(items(100)))
    assert caught.value.error_id == "0123456789abcdef"


def silent(peer, requests, context):
    peer.wait_until_ended(context)
    return iter(())


def test_an_item_without_a_verdict_in_its_time_is_a_deadline_error(serve, connect):
    with pytest.raises(DeadlineError, match="'i0'"):
        list(connect(serve(stream=silent).address, settings=SMALL).stream(items(3), timeout=0.3))


def test_a_server_that_stays_lost_is_unavailable(serve, connect):
    def lost(peer, requests, context):
        next(requests)
        context.abort(UNAVAILABLE, "going down")

    with pytest.raises(UnavailableError, match="going down"):
        list(connect(serve(stream=lost).address, settings=SMALL).stream(items(3), timeout=0.5))


@pytest.mark.parametrize("method", ["stream", "verify_many"])
def test_connections_may_be_of_short_life(serve, connect, method):
    def slowly(peer, requests, context):
        for request in requests:
            time.sleep(0.02)
            yield peer.all_correct_of(request)

    def answer(peer, request, context):
        time.sleep(0.02)
        return peer.all_correct(request)

    age = [("grpc.max_connection_age_ms", 100), ("grpc.max_connection_age_grace_ms", 100)]
    client = connect(serve(answer, stream=slowly, options=age).address, settings=SMALL)
    verdicts = list(getattr(client, method)(items(800), timeout=30))
    assert sorted(ids(verdicts)) == sorted(ids(items(800)))


def passing(verdict):
    verdict.outcome, verdict.reason = Outcome.OUTCOME_UNDECIDED, Reason.REASON_OVERLOADED
    verdict.ClearField("reward")


def test_items_undecided_for_a_passing_reason_are_sent_again(serve, connect):
    def answer(peer, requests, context):
        for request in requests:
            response = peer.all_correct_of(request)
            for verdict in response.verdicts:
                if verdict.id == "i1" and sent(peer.streams[0]).count("i1") < 3:
                    passing(verdict)
            yield response

    peer = serve(stream=answer)
    verdicts = list(connect(peer.address, settings=SMALL).stream(items(30)))
    assert sorted(ids(verdicts)) == sorted(ids(items(30)))
    assert all(verdict.reward == 1.0 for verdict in verdicts)
    assert sent(peer.streams[0]).count("i1") == 3
    assert len(sent(peer.streams[0])) == 32


@pytest.mark.parametrize("answers", [1, 1000])
def test_the_last_undecided_verdict_is_the_answer_where_time_runs_out(serve, connect, answers):
    def answer(peer, requests, context):
        for number, request in enumerate(requests):
            response = peer.all_correct_of(request)
            for verdict in response.verdicts:
                passing(verdict)
            if number < answers:
                yield response

    client = connect(serve(stream=answer).address, settings=SMALL)
    (verdict,) = client.stream(items(1), timeout=0.5)
    assert verdict.reason == Reason.REASON_OVERLOADED


@pytest.mark.parametrize("reason", ["closed", "failed"])
def test_leaving_early_cancels_the_call_and_leaves_no_thread(serve, connect, reason):
    def answer(peer, requests, context):
        yield peer.all_correct_of(next(requests))
        peer.wait_until_ended(context)

    peer = serve(stream=answer)
    client = connect(peer.address, settings=SMALL)

    def source():
        for number in itertools.count():
            if reason == "failed" and number == 25:
                raise KeyError("source")
            yield math_item(str(number), "1", "1")

    for _ in range(5):
        verdicts = client.stream(source())
        if reason == "closed":
            next(verdicts)
            verdicts.close()
        else:
            with pytest.raises(KeyError, match="source"):
                list(verdicts)
        wait_until(lambda: peer.in_flight == 0)
    wait_until(lambda: not any(t.name.startswith("veridical") for t in threading.enumerate()))
    wait_until(lambda: sum("consum" in t.name for t in threading.enumerate()) == 0)


async def test_no_task_is_left(serve):
    async with AsyncClient(serve().address, settings=SMALL) as client:
        await client.describe()
        before = asyncio.all_tasks()
        for _ in range(5):
            async with aclosing(client.stream(items(200))) as verdicts:
                assert (await anext(verdicts)).reward == 1.0
            assert len([v async for v in client.stream(items(50))]) == 50
        # gRPC takes the end of a cancelled call in a task of its own.
        async with asyncio.timeout(10):
            while asyncio.all_tasks() != before:
                await asyncio.sleep(0.01)


async def test_closing_the_client_ends_its_streams(serve):
    peer = serve(stream=silent)
    client = AsyncClient(peer.address, settings=SMALL)
    stream = client.stream(items(3))
    first = asyncio.ensure_future(anext(stream))
    await asyncio.to_thread(wait_until, lambda: peer.streams)
    await client.close()
    with pytest.raises(UnavailableError, match="closed"):
        await first


def test_closing_the_client_in_another_thread_ends_its_streams(serve):
    peer = serve(stream=silent)
    client = Client(peer.address, settings=SMALL)
    closer = threading.Thread(target=lambda: (wait_until(lambda: peer.streams), client.close()))
    closer.start()
    with pytest.raises(UnavailableError):
        list(client.stream(items(3)))
    closer.join()


def test_an_id_may_come_again_only_after_its_verdict(serve, connect):
    client = connect(serve().address, settings=SMALL)
    with pytest.raises(InvalidRequestError, match="'i0' comes again"):
        list(client.stream([*items(2), *items(1)]))


def test_an_item_beyond_the_bound_of_messages_is_refused_by_name(serve, connect):
    client = connect(serve().address, settings=ClientSettings(max_message_bytes=100_000))
    large = math_item("large", "1", "1", prompt="x" * 200_000)
    with pytest.raises(InvalidRequestError, match="'large'"):
        list(client.stream([large]))


def test_no_items_need_no_stream(serve, connect):
    assert list(connect(serve().address).stream([])) == []


def test_many_streams_share_a_client(math_address):
    settings = ClientSettings(batch_items=16, stream_items=64)
    with Client(math_address, settings=settings) as client:
        results: list[list[str]] = []

        def run():
            results.append(sorted(ids(client.stream(items(300), timeout=60))))

        threads = [threading.Thread(target=run) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert results == [sorted(ids(items(300)))] * 6
