"""VerifyStream on a real socket: exactly one verdict an id, back-pressure, drain."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_UNDECIDED, Task
from veridical.api.v1.verdict_pb2 import REASON_INVALID_ITEM, Verdict
from veridical.api.v1.verifier_pb2 import VerifyStreamRequest
from veridical.serving.errors import Unavailable
from veridical.serving.stream import VerdictStream

TASK = Task(math=MathTask(gold="1"))


def message(*ids: str, **tasks: Task) -> VerifyStreamRequest:
    items = [Item(id=each, task=TASK, response="1") for each in ids]
    return VerifyStreamRequest(items=items, tasks=tasks)


async def verdicts_of(call: Any) -> list[Verdict]:
    return [verdict async for response in call for verdict in response.verdicts]


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


def in_flight(served: Any) -> float | None:
    value: float | None = served.value("veridical_items_in_flight", verifier="approver")
    return value


async def test_each_id_gets_exactly_one_verdict_and_half_close_ends_the_stream(serve: Any) -> None:
    served = await serve()
    messages = [message(*(f"{m}-{i}" for i in range(100))) for m in range(20)]
    call = served.stub.VerifyStream(iter(messages))
    verdicts = await verdicts_of(call)
    assert sorted(verdict.id for verdict in verdicts) == sorted(
        item.id for each in messages for item in each.items
    )
    assert {verdict.outcome for verdict in verdicts} == {OUTCOME_CORRECT}
    assert await call.code() is grpc.StatusCode.OK
    assert in_flight(served) == 0


async def test_an_empty_stream_ends_at_once(serve: Any) -> None:
    served = await serve()
    assert await verdicts_of(served.stub.VerifyStream(iter([VerifyStreamRequest()]))) == []


async def test_verdicts_come_while_the_stream_is_open(serve: Any) -> None:
    served = await serve()
    call = served.stub.VerifyStream()
    for number in range(5):
        await call.write(message(str(number)))
        response = await call.read()
        assert [verdict.id for verdict in response.verdicts] == [str(number)]
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF


async def test_the_server_reads_no_more_than_it_may_have_undecided(serve: Any) -> None:
    gate = asyncio.Event()
    served = await serve(gate.wait, max_stream_items=8)
    written = 0

    async def source() -> AsyncIterator[VerifyStreamRequest]:
        nonlocal written
        for number in range(40):
            yield message(f"{number}a", f"{number}b")
            written = number + 1

    reading = asyncio.create_task(verdicts_of(served.stub.VerifyStream(source())))
    await until(lambda: in_flight(served) == 8)
    await asyncio.sleep(0.2)
    assert in_flight(served) == 8
    gate.set()
    assert len(await reading) == 80
    assert written == 40


async def test_a_stream_waits_for_room_where_a_call_is_refused(serve: Any) -> None:
    gate = asyncio.Event()
    served = await serve(gate.wait, max_items_in_flight=4)
    first = asyncio.create_task(verdicts_of(served.stub.VerifyStream(iter([message(*"abcd")]))))
    await until(lambda: in_flight(served) == 4)
    second = asyncio.create_task(verdicts_of(served.stub.VerifyStream(iter([message(*"efgh")]))))
    await asyncio.sleep(0.1)
    assert in_flight(served) == 4
    gate.set()
    assert len(await first) == len(await second) == 4


async def test_an_id_may_come_again_only_once_it_is_decided(serve: Any) -> None:
    gate = asyncio.Event()
    served = await serve(gate.wait)
    call = served.stub.VerifyStream()
    await call.write(message("x", "x"))
    repeated = (await call.read()).verdicts[0]
    assert (repeated.outcome, repeated.reason) == (OUTCOME_UNDECIDED, REASON_INVALID_ITEM)
    assert repeated.detail == "id: repeated in this call"
    gate.set()
    assert [verdict.outcome for verdict in (await call.read()).verdicts] == [OUTCOME_CORRECT]
    await call.write(message("x"))
    assert [verdict.outcome for verdict in (await call.read()).verdicts] == [OUTCOME_CORRECT]
    await call.done_writing()


async def test_tasks_stay_known_for_the_rest_of_the_stream(serve: Any) -> None:
    served = await serve()
    call = served.stub.VerifyStream()
    await call.write(message(t=TASK))
    await call.write(VerifyStreamRequest(items=[Item(id="1", task_id="t", response="1")]))
    assert (await call.read()).verdicts[0].outcome == OUTCOME_CORRECT
    await call.write(message(t=TASK))
    await call.write(message(t=Task(math=MathTask(gold="2"))))
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call.read()
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert refused.value.details() == "tasks[t]: was sent before as another task"


async def test_a_message_with_too_many_items_ends_the_stream(serve: Any) -> None:
    served = await serve(max_batch_items=3)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await verdicts_of(served.stub.VerifyStream(iter([message(*"abcd")])))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "items: 4 items, at most 3" in str(refused.value.details())


async def test_a_caller_that_goes_leaves_nothing_behind(serve: Any) -> None:
    ended = asyncio.Event()

    async def wait_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    served = await serve(wait_for_ever)
    call = served.stub.VerifyStream()
    await call.write(message("a", "b"))
    await until(lambda: in_flight(served) == 2)
    call.cancel()
    await asyncio.wait_for(ended.wait(), 20)
    await until(lambda: in_flight(served) == 0)


@pytest.mark.parametrize("by", ["server", "age"])
async def test_a_drain_answers_what_was_read_and_then_says_unavailable(serve: Any, by: str) -> None:
    gate = asyncio.Event()
    served = await serve(gate.wait, max_connection_age_seconds=600 if by == "server" else 1)
    call = served.stub.VerifyStream()
    await call.write(message("a", "b"))
    await until(lambda: in_flight(served) == 2)
    if by == "server":
        served.servicer.drain()
    (stream,) = served.servicer._streams
    await until(stream._reader.done)
    gate.set()
    answered = [verdict.id for verdict in (await call.read()).verdicts]
    assert answered == ["a", "b"]
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call.read()
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert ("grpc-retry-pushback-ms", "0") in list(refused.value.trailing_metadata())


@pytest.mark.parametrize("lost_in", ["the next message", "the wait for room"])
async def test_a_drain_ends_a_stream_whose_cancellation_is_lost(lost_in: str) -> None:
    async def lose(waiting: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):  # as what is done when it is cancelled
            await waiting

    async def requests() -> AsyncIterator[VerifyStreamRequest]:
        if lost_in == "the next message":
            await lose(asyncio.Event().wait())
        yield message("a")
        await asyncio.Event().wait()

    async def admit(items: int) -> None:
        if lost_in == "the wait for room":
            await lose(asyncio.Event().wait())

    async def decide(items: Any, tasks: Any, repeated: Any, settle: Any) -> None:
        for place, item in enumerate(items):
            settle(place, Verdict(id=item.id))

    stream = VerdictStream(
        requests(),
        decide,
        admit,
        lambda items: None,
        max_undecided=10,
        max_batch=10,
        max_seconds=600,
    )
    answered: list[str] = []

    async def answer() -> None:
        async for response in stream.responses():
            answered.extend(verdict.id for verdict in response.verdicts)

    asyncio.get_running_loop().call_later(0.1, stream.drain)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(answer(), 20)
    assert answered == (["a"] if lost_in == "the wait for room" else [])


async def test_a_stream_that_was_read_to_its_end_is_not_failed_by_a_drain(serve: Any) -> None:
    gate = asyncio.Event()
    served = await serve(gate.wait)
    call = served.stub.VerifyStream(iter([message("a")]))
    await until(lambda: in_flight(served) == 1)
    (stream,) = served.servicer._streams
    await until(stream._reader.done)
    served.servicer.drain()
    gate.set()
    assert [verdict.id for verdict in await verdicts_of(call)] == ["a"]
    assert await call.code() is grpc.StatusCode.OK


async def test_a_defect_of_the_verifier_ends_the_stream_and_tells_nothing(serve: Any) -> None:
    async def fail() -> None:
        raise RuntimeError("a secret")

    served = await serve(fail)
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await verdicts_of(served.stub.VerifyStream(iter([message("a")])))
    assert failed.value.code() is grpc.StatusCode.INTERNAL
    assert "secret" not in str(failed.value.details())
