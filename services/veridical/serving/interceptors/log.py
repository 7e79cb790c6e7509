"""Writes one structured line a call: never what the caller sent."""

from __future__ import annotations

import logging
import time

import grpc
from google.protobuf.message import Message

from veridical.serving.call import Call, items_in
from veridical.serving.interceptors.chain import Proceed
from veridical.serving.interceptors.errors import code_of

_log = logging.getLogger("veridical.calls")


class RequestLog:
    """Logs method, peer, items, status, time and trace of each call, and sets `call.code`."""

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        """Runs the call, then logs it."""
        start = time.monotonic()
        # Not later: once a caller has left a stream, asking for its peer ends the process (grpcio 1.85).
        peer = call.context.peer()
        try:
            return await proceed(call)
        except BaseException as error:
            call.code = code_of(error, call.context)
            raise
        finally:
            level = _level(call)
            if _log.isEnabledFor(level):
                _log.log(level, "call", extra=_fields(call, peer, time.monotonic() - start))


def _level(call: Call) -> int:
    if call.code is grpc.StatusCode.INTERNAL:
        return logging.ERROR
    # Gateways and load balancers probe all the time: many lines, and all alike.
    probe = call.method.startswith("/grpc.health.") or call.method.endswith("/Describe")
    return logging.DEBUG if probe else logging.INFO


def _fields(call: Call, peer: str, seconds: float) -> dict[str, object]:
    return {
        "method": call.method,
        "peer": peer,
        "caller": call.caller,
        "items": items_in(call.request),
        "code": call.code.name,
        "seconds": round(seconds, 6),
        "traceparent": call.traceparent,
    }
