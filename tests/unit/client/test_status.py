from __future__ import annotations

import math

import grpc
import pytest
from grpc import aio

from veridical.client import (
    AuthenticationError,
    ConfigurationError,
    DeadlineError,
    InvalidRequestError,
    OverloadedError,
    ProtocolError,
    ServerError,
    UnavailableError,
)
from veridical.client.status import Deadline, error_from

Code = grpc.StatusCode


def failed(code, text="text", **trailing):
    pairs = [(key.replace("_", "-"), value) for key, value in trailing.items()]
    return aio.AioRpcError(code, aio.Metadata(), aio.Metadata(*pairs), text)


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK])
def test_every_status_has_its_error(code):
    expected = {
        Code.INVALID_ARGUMENT: InvalidRequestError,
        Code.OUT_OF_RANGE: InvalidRequestError,
        Code.FAILED_PRECONDITION: InvalidRequestError,
        Code.RESOURCE_EXHAUSTED: OverloadedError,
        Code.DEADLINE_EXCEEDED: DeadlineError,
        Code.UNAUTHENTICATED: AuthenticationError,
        Code.PERMISSION_DENIED: AuthenticationError,
        Code.UNAVAILABLE: UnavailableError,
        Code.CANCELLED: UnavailableError,
        Code.UNIMPLEMENTED: ProtocolError,
    }
    error = error_from(failed(code))
    assert type(error) is expected.get(code, ServerError)
    assert "text" in str(error)
    assert code.name in str(error_from(failed(code, ""))) or code is Code.UNIMPLEMENTED


def test_the_error_id_is_found():
    assert error_from(failed(Code.INTERNAL, "internal error 00ff00ff00ff00ff")).error_id == (
        "00ff00ff00ff00ff"
    )
    assert error_from(failed(Code.INTERNAL, "stream broken")).error_id == ""


def test_a_deadline_that_has_passed_leaves_nothing():
    assert Deadline.after(0).remaining == 0
    assert 50 < Deadline.after(60).remaining <= 60


def test_the_longest_timeout_is_one_that_grpc_can_take():
    assert 0 < Deadline.after(math.inf).remaining == pytest.approx(Deadline.after(1e300).remaining)
    assert Deadline.after(math.inf).remaining <= 1e8


@pytest.mark.parametrize(
    ("timeout", "kind"),
    [(-1, ConfigurationError), (math.nan, ConfigurationError), ("3", TypeError), (True, TypeError)],
)
def test_timeouts_that_cannot_work_are_refused(timeout, kind):
    with pytest.raises(kind, match=r"^timeout must be .*, not "):
        Deadline.after(timeout)
