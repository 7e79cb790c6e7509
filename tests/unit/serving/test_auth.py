"""Who may call and who calls, on a real socket."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    VerifyBatchRequest,
    VerifyRequest,
    VerifyStreamRequest,
)
from veridical.client import math_item
from veridical.serving.call import current_call

ALICE, BOB = "alice-alice-alice-1", "bob-bob-bob-bob-bob-2"
REQUEST = VerifyRequest(item=math_item("1", "2", "2"))
METHODS = ["Verify", "VerifyBatch", "VerifyStream", "Describe"]


def bearer(token: str, scheme: str = "Bearer") -> tuple[tuple[str, str], ...]:
    return (("authorization", f"{scheme} {token}"),)


@pytest.fixture
def tokens_file(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text(f"alice {ALICE}\nbob {BOB}\n")
    path.chmod(0o600)
    return path


async def call(served: Any, method: str, metadata: tuple[tuple[str, str], ...]) -> None:
    if method == "VerifyStream":
        stream = served.stub.VerifyStream(iter([VerifyStreamRequest()]), metadata=metadata)
        assert [response async for response in stream] == []
        return
    requests = {
        "Verify": REQUEST,
        "VerifyBatch": VerifyBatchRequest(),
        "Describe": DescribeRequest(),
    }
    await getattr(served.stub, method)(requests[method], metadata=metadata)


@pytest.mark.parametrize("method", METHODS)
async def test_a_token_is_required_and_any_of_the_file_counts(
    serve: Any, tokens_file: Path, method: str
) -> None:
    served = await serve(tokens_file=tokens_file)
    for good in (bearer(ALICE), bearer(BOB), bearer(BOB, "bearer")):
        await call(served, method, good)
    refusals = []
    for bad in ((), bearer(ALICE[:-1]), bearer(""), bearer("alice"), bearer(ALICE, "Basic")):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call(served, method, bad)
        refusals.append((refused.value.code(), refused.value.details()))
    assert set(refusals) == {(grpc.StatusCode.UNAUTHENTICATED, "a valid token is required")}


async def test_health_needs_no_token(serve: Any, tokens_file: Path) -> None:
    served = await serve(
        tokens_file=tokens_file,
        add=lambda server: health_pb2_grpc.add_HealthServicer_to_server(
            health.aio.HealthServicer(), server
        ),
    )
    assert await health_pb2_grpc.HealthStub(served.channel).Check(health_pb2.HealthCheckRequest())


async def test_refusals_are_logged_and_counted_without_the_token(
    serve: Any, tokens_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    served = await serve(tokens_file=tokens_file)
    with caplog.at_level(logging.DEBUG):
        await call(served, "Verify", bearer(ALICE))
        with pytest.raises(grpc.aio.AioRpcError):
            await call(served, "Verify", bearer("SECRET" * 4))
    lines = [vars(record) for record in caplog.records if record.message == "call"]
    assert [(line["code"], line["caller"]) for line in lines] == [
        ("OK", "alice"),
        ("UNAUTHENTICATED", ""),
    ]
    assert not any(token in str(lines) for token in (ALICE, "SECRET"))
    labels = {"grpc_service": "veridical.api.v1.VerifierService", "grpc_method": "Verify"}
    for code, kind in (("OK", "unary"), ("UNAUTHENTICATED", "unary")):
        counted = served.value(
            "grpc_server_handled_total", **labels, grpc_type=kind, grpc_code=code
        )
        assert counted == 1


async def test_without_a_token_nothing_that_is_sent_is_parsed(
    serve: Any, tokens_file: Path
) -> None:
    served = await serve(tokens_file=tokens_file)
    method = served.channel.unary_unary("/veridical.api.v1.VerifierService/VerifyBatch")
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await method(b"\xff no message")
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await method(b"\xff no message", metadata=bearer(ALICE))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("gateways", "token", "claim", "caller"),
    [
        ("", "", "", "127.0.0.1"),
        ("", "", "trainer", "trainer"),  # nothing was shown, and the peer is on this machine
        ("", "", "a b", "127.0.0.1"),
        ("", "", "x" * 129, "127.0.0.1"),
        ("", ALICE, "trainer", "alice"),
        ("bob", ALICE, "trainer", "alice"),
        ("bob, alice", ALICE, "trainer", "trainer"),
        ("alice", ALICE, "", "alice"),
    ],
)
async def test_who_calls(
    serve: Any, tokens_file: Path, gateways: str, token: str, claim: str, caller: str
) -> None:
    seen: list[str] = []

    async def note() -> None:
        seen.append(current_call.get().caller)

    file = {"tokens_file": tokens_file} if token else {}
    served = await serve(note, trusted_gateways=gateways, **file)
    metadata = (bearer(token) if token else ()) + (("veridical-caller", claim),)
    await served.stub.Verify(REQUEST, metadata=metadata)
    assert seen == [caller]
