"""Takes the caller's trace context so that calls onward can carry it."""

from __future__ import annotations

import re

from google.protobuf.message import Message

from veridical.serving.call import Call
from veridical.serving.interceptors.chain import Proceed

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class TraceContext:
    """Keeps the `traceparent` header (W3C Trace Context) of a call; a malformed one is dropped."""

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        """Sets `call.traceparent`."""
        for key, value in call.context.invocation_metadata() or ():
            if key == "traceparent" and isinstance(value, str) and _TRACEPARENT.fullmatch(value):
                call.traceparent = value
        return await proceed(call)
