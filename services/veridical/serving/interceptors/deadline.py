"""Holds every call to the caller's deadline, or to the server's cap where that is shorter."""

from __future__ import annotations

import asyncio
import math

from google.protobuf.message import Message

from veridical.serving.call import Call
from veridical.serving.errors import DeadlinePassed
from veridical.serving.interceptors.chain import Proceed

_WATCH = "/grpc.health.v1.Health/Watch"
"""A watch lasts as long as its caller wants."""


class Deadline:
    """Sets `call.deadline` and ends the call when it passes.

    Args:
        cap_seconds: Longest time a call may take whatever the caller says.
    """

    def __init__(self, cap_seconds: float) -> None:
        self._cap = cap_seconds

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        """Runs the call within its time.

        Raises:
            DeadlinePassed: The time ran out.
        """
        remaining: float | None = call.context.time_remaining()  # the stubs forget the None
        if call.method == _WATCH or (call.request is None and remaining is None):
            # A stream lasts as long as its caller wants; its items have their own time.
            return await proceed(call)
        cap = self._cap if call.request is not None else math.inf
        allowed = cap if remaining is None else min(remaining, cap)
        call.deadline = asyncio.get_running_loop().time() + allowed
        try:
            async with asyncio.timeout_at(call.deadline) as limit:
                return await proceed(call)
        except TimeoutError as error:
            if not limit.expired():
                raise  # the handler's own
            raise DeadlinePassed(f"not answered within {allowed:.3f} s") from error
