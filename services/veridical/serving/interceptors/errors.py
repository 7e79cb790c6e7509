"""Turns what a handler raises into a status, so that no inner text reaches a caller unmeant."""

from __future__ import annotations

import logging
import secrets
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from veridical.serving.call import Call, Context
from veridical.serving.errors import CallError, InvalidArgument
from veridical.serving.interceptors.chain import Proceed

_log = logging.getLogger(__name__)


class ErrorMapping:
    """Maps a CallError to its rich status, and any other exception to INTERNAL with an error id.

    The text and traceback of the latter go to the log under that id, and nowhere else.
    """

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        """Runs the call; gives it a status where it raises."""
        try:
            return await proceed(call)
        except CallError as error:
            status = rpc_status.to_status(_rich_status(error))
            call.context.set_trailing_metadata(status.trailing_metadata + _pushback(error))
            _end(call.context, status.code, status.details)
        except grpc.aio.AbortError:
            raise
        except Exception:
            error_id = secrets.token_hex(8)
            _log.exception("call failed", extra={"error_id": error_id, "method": call.method})
            _end(call.context, grpc.StatusCode.INTERNAL, f"internal error {error_id}")
        return None


def _end(context: Context, code: grpc.StatusCode, details: str) -> None:
    """Sets the status to end with.

    Not by `context.abort`: its exception keeps the call and its request alive until the collector of
    cycles finds them, at 60 kB a refusal.
    """
    context.set_code(code)
    context.set_details(details)


def code_of(error: BaseException, context: Context) -> grpc.StatusCode:
    """The status that an exception escaping a handler ends in."""
    if isinstance(error, CallError):
        return error.code
    if isinstance(error, grpc.aio.AbortError):  # the handler chose a status, as health does
        return context.code()
    if isinstance(error, Exception):
        return grpc.StatusCode.INTERNAL
    return grpc.StatusCode.CANCELLED


def _rich_status(error: CallError) -> status_pb2.Status:
    status = status_pb2.Status(code=error.code.value[0], message=str(error))
    if isinstance(error, InvalidArgument):
        violation = error_details_pb2.BadRequest.FieldViolation(
            field=error.field, description=error.problem
        )
        _attach(status, error_details_pb2.BadRequest(field_violations=[violation]))
    if error.retry_seconds is not None:
        delay = Duration()
        delay.FromMilliseconds(round(error.retry_seconds * 1000))
        _attach(status, error_details_pb2.RetryInfo(retry_delay=delay))
    return status


def _attach(status: status_pb2.Status, detail: Any) -> None:
    packed = AnyMessage()
    packed.Pack(detail)
    status.details.append(packed)


def _pushback(error: CallError) -> tuple[tuple[str, str], ...]:
    """The delay once more in the header that gRPC itself defines (gRFC A6)."""
    if error.retry_seconds is None:
        return ()
    return (("grpc-retry-pushback-ms", str(round(error.retry_seconds * 1000))),)
