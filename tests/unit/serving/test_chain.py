"""The interceptor chain: order, every kind of method, and calls that are no calls."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from veridical.api.v1.verifier_pb2 import (
    VerifyBatchRequest,
    VerifyRequest,
    VerifyStreamRequest,
    VerifyStreamResponse,
)
from veridical.client import math_item
from veridical.serving.call import Call
from veridical.serving.interceptors import InterceptorChain
from veridical.serving.interceptors.chain import Proceed

SERVICE = "/veridical.api.v1.VerifierService"


class Note:
    """Writes down when a call enters and leaves."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self._name, self._notes = name, notes

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        self._notes.append(f"+{self._name}")
        try:
            return await proceed(call)
        finally:
            self._notes.append(f"-{self._name}")


async def echo(request: VerifyRequest, context: object) -> VerifyRequest:
    return request


async def echo_twice(request: VerifyRequest, context: object) -> AsyncIterator[VerifyRequest]:
    yield request
    yield request


async def last(requests: AsyncIterator[VerifyRequest], context: object) -> VerifyRequest:
    return [request async for request in requests][-1]


async def echo_all(
    requests: AsyncIterator[VerifyRequest], context: object
) -> AsyncIterator[VerifyRequest]:
    async for request in requests:
        yield request


async def write_twice(request: VerifyRequest, context: Any) -> None:
    """Streams as the health service does."""
    await context.write(request)
    await context.write(request)


METHODS = {
    "unary_unary": (echo, 1),
    "unary_stream": (echo_twice, 2),
    "stream_unary": (last, 1),
    "stream_stream": (echo_all, 3),
    "written": (write_twice, 2),
}


@pytest.mark.parametrize("name", METHODS)
async def test_every_kind_of_method_runs_inside_the_chain_in_order(name: str) -> None:
    behaviour, expected = METHODS[name]
    kind = "unary_stream" if name == "written" else name
    notes: list[str] = []
    server = grpc.aio.server(interceptors=[InterceptorChain([Note("a", notes), Note("b", notes)])])
    handler = getattr(grpc, f"{kind}_rpc_method_handler")(
        behaviour, VerifyRequest.FromString, VerifyRequest.SerializeToString
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("s", {"m": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        method = getattr(channel, kind)(
            "/s/m", VerifyRequest.SerializeToString, VerifyRequest.FromString
        )
        for _ in range(2):
            request = VerifyRequest(item=math_item("1", "2", "2"))
            sent = [request] * 3 if kind.startswith("stream") else request
            call = method(sent)
            got = [one async for one in call] if kind.endswith("stream") else [await call]
            assert got == [request] * expected
    await server.stop(1)
    assert notes == ["+a", "+b", "-b", "-a"] * 2


async def test_an_unknown_method_is_unimplemented(serve: Any) -> None:
    served = await serve()
    assert await _code(served.channel.unary_unary(f"{SERVICE}/Nope")(b"")) == "UNIMPLEMENTED"


@pytest.mark.parametrize("method", ["Verify", "VerifyBatch"])
@pytest.mark.parametrize(
    "data",
    [b"\xff\xff\xff", b"\x0a\xff", b"\x0a\x05\x0a\x03\xff\xfe\xfd", b"\x0a\x02\x22\x00" + b"\x08"],
    ids=["no tag", "cut off", "not UTF-8", "wrong wire type"],
)
async def test_bytes_that_are_no_message_are_an_invalid_argument(
    serve: Any, caplog: pytest.LogCaptureFixture, method: str, data: bytes
) -> None:
    served = await serve()
    call = served.channel.unary_unary(f"{SERVICE}/{method}")(data)
    with pytest.raises(grpc.aio.AioRpcError) as refused, caplog.at_level(logging.INFO):
        await call
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert str(refused.value.details()).startswith("request: ")
    assert "google.protobuf" not in str(refused.value.details())
    (line,) = [record for record in caplog.records if record.message == "call"]
    assert vars(line)["code"] == "INVALID_ARGUMENT"


async def test_a_stream_is_answered_up_to_what_is_no_message(serve: Any) -> None:
    served = await serve()
    good = VerifyStreamRequest(items=[math_item("1", "2", "2")]).SerializeToString()
    call = served.channel.stream_stream(f"{SERVICE}/VerifyStream")()
    await call.write(good)
    answer = VerifyStreamResponse.FromString(await call.read())
    assert [verdict.id for verdict in answer.verdicts] == ["1"]
    await call.write(b"\xff\xff\xff")
    with pytest.raises(grpc.aio.AioRpcError, match="request: cannot be parsed") as refused:
        await call.read()
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_status_that_a_handler_chose_is_logged_and_counted_as_such(
    serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    servicer = health.aio.HealthServicer()
    served = await serve(
        add=lambda server: health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    )
    stub = health_pb2_grpc.HealthStub(served.channel)
    with caplog.at_level(logging.DEBUG):
        assert await _code(stub.Check(health_pb2.HealthCheckRequest(service="x"))) == "NOT_FOUND"
        async with asyncio.timeout(20):  # the reply may come before the line
            while not any(record.message == "call" for record in caplog.records):
                await asyncio.sleep(0.01)
    (line,) = [record for record in caplog.records if record.message == "call"]
    assert vars(line)["code"] == "NOT_FOUND"
    labels = {"grpc_service": "grpc.health.v1.Health", "grpc_method": "Check"}
    count = served.value(
        "grpc_server_handled_total", **labels, grpc_type="unary", grpc_code="NOT_FOUND"
    )
    assert count == 1


async def test_an_empty_request_is_a_message(serve: Any) -> None:
    served = await serve()
    assert list((await served.stub.VerifyBatch(VerifyBatchRequest())).verdicts) == []


async def _code(call: Any) -> str:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code().name
    return "OK"


async def test_a_call_that_raised_is_freed_at_once(serve: Any) -> None:
    served = await serve(max_items_in_flight=1, max_batch_items=1)
    too_many = VerifyBatchRequest(items=[math_item(f"{n}", "1", "1") for n in range(2)])
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            with pytest.raises(grpc.aio.AioRpcError):
                await served.stub.VerifyBatch(too_many)
        await asyncio.sleep(0.05)
        left = [each for each in gc.get_objects() if isinstance(each, Call)]
    finally:
        gc.enable()
    assert not left
