"""What a caller learns when a handler raises, and what only the log learns."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyRequest
from veridical.client import math_item
from veridical.serving.errors import (
    CallError,
    DeadlinePassed,
    InvalidArgument,
    Overloaded,
    Unavailable,
)

SECRET = "the response text /etc/passwd"
ITEM = math_item("1", "2", "2")
Raiser = Callable[[Exception], Callable[[], Awaitable[None]]]


@pytest.fixture
def raising() -> Raiser:
    def make(error: Exception) -> Callable[[], Awaitable[None]]:
        async def before() -> None:
            raise error

        return before

    return make


async def failure(call: Awaitable[object]) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


@pytest.mark.parametrize("method", ["Verify", "VerifyBatch"])
@pytest.mark.parametrize("kind", [ValueError, KeyError, TimeoutError, RecursionError])
async def test_an_uncaught_exception_is_internal_and_keeps_its_text(
    serve: Any, raising: Raiser, caplog: pytest.LogCaptureFixture, method: str, kind: type
) -> None:
    served = await serve(raising(kind(SECRET)))
    request = VerifyRequest(item=ITEM) if method == "Verify" else VerifyBatchRequest(items=[ITEM])
    with caplog.at_level(logging.INFO):
        error = await failure(getattr(served.stub, method)(request))
    assert error.code() is grpc.StatusCode.INTERNAL
    found = re.fullmatch(r"internal error ([0-9a-f]{16})", str(error.details()))
    assert found
    told = f"{error.details()} {error.debug_error_string()} {error.trailing_metadata()}"
    assert SECRET not in told
    assert kind.__name__ not in told
    logged = [record for record in caplog.records if getattr(record, "error_id", "") == found[1]]
    assert len(logged) == 1
    assert logged[0].exc_info
    assert SECRET in str(logged[0].exc_info[1])
    assert served.value(
        "grpc_server_handled_total",
        grpc_service="veridical.api.v1.VerifierService",
        grpc_method=method,
        grpc_type="unary",
        grpc_code="INTERNAL",
    )


async def test_an_invalid_argument_names_its_field(serve: Any, raising: Raiser) -> None:
    served = await serve(raising(InvalidArgument("items", "too many")))
    error = await failure(served.stub.VerifyBatch(VerifyBatchRequest(items=[ITEM])))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "items: too many"
    (violation,) = detail(error, error_details_pb2.BadRequest()).field_violations
    assert (violation.field, violation.description) == ("items", "too many")


async def test_overload_says_when_to_come_again(serve: Any, raising: Raiser) -> None:
    served = await serve(raising(Overloaded("full", 1.5)))
    error = await failure(served.stub.Verify(VerifyRequest(item=ITEM)))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    delay = detail(error, error_details_pb2.RetryInfo()).retry_delay
    assert delay.ToMilliseconds() == 1500
    assert ("grpc-retry-pushback-ms", "1500") in [tuple(pair) for pair in error.trailing_metadata()]


@pytest.mark.parametrize("kind", [Unavailable, DeadlinePassed])
async def test_other_call_errors_keep_their_status(
    serve: Any, raising: Raiser, kind: type[CallError]
) -> None:
    served = await serve(raising(kind("why")))
    error = await failure(served.stub.Verify(VerifyRequest(item=ITEM)))
    assert (error.code(), error.details()) == (kind.code, "why")
    assert "grpc-retry-pushback-ms" not in dict(error.trailing_metadata())


async def test_one_failed_call_leaves_the_next_alone(serve: Any) -> None:
    errors = [ValueError(SECRET)]

    async def fail_once() -> None:
        if errors:
            raise errors.pop()

    served = await serve(fail_once)
    error = await failure(served.stub.Verify(VerifyRequest(item=ITEM)))
    assert error.code() is grpc.StatusCode.INTERNAL
    assert (await served.stub.Verify(VerifyRequest(item=ITEM))).verdict.reward == 1


def detail(error: grpc.aio.AioRpcError, kind: Any) -> Any:
    """The one detail of a rich status, unpacked."""
    status = rpc_status.from_call(_Trailers(error))
    (packed,) = status.details
    assert packed.Unpack(kind)
    return kind


class _Trailers:
    """An error as `rpc_status` wants to see it."""

    def __init__(self, error: grpc.aio.AioRpcError) -> None:
        self._error = error
        self.code, self.details = error.code, error.details

    def trailing_metadata(self) -> list[tuple[str, Any]]:
        return [(key, value) for key, value in self._error.trailing_metadata()]
