"""What the interceptors and handlers know of the call they are in."""

from __future__ import annotations

import asyncio
import math
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import Message

from veridical.serving.fairness.turns import TURN, Turns

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"

CALLER_KEY = "veridical-caller"
"""The header in which a gateway says for whom it calls."""

_ANSWER_SECONDS = 0.05
_ANSWER_SECONDS_AN_ITEM = 200e-6
_ANSWER_SHARE = 0.25


@dataclass(slots=True)
class Call:
    """One RPC on this server.

    Attributes:
        method: Full name, such as `/veridical.api.v1.VerifierService/Verify`.
        context: The gRPC context.
        request: The request of a unary call; None for a stream of requests.
        received: What came: the request, the stream, or the error of a request that is none.
        code: The status it ended with; set by the innermost code that knows.
        traceparent: W3C trace context to hand on to further servers; empty for none.
        deadline: When the call must be answered, on the event loop's clock.
        caller: Whose call it is: the name of a token, a certificate or a host.
        turns: How calls share the event loop's time.
    """

    method: str
    context: Context
    request: Message | None
    received: Any = None
    code: grpc.StatusCode = grpc.StatusCode.OK
    traceparent: str = ""
    deadline: float = float("inf")
    caller: str = ""
    turns: Turns = field(default_factory=Turns)

    def remaining(self) -> float:
        """Seconds left before the deadline; 0 where it has passed."""
        return max(0.0, self.deadline - asyncio.get_running_loop().time())

    def onward(self) -> tuple[tuple[str, str], ...]:
        """The headers of a call that another server is asked to take for this one."""
        headers = ((CALLER_KEY, self.caller), ("traceparent", self.traceparent))
        return tuple((key, value) for key, value in headers if value)

    async def take_turn(self, place: int, items: int) -> None:
        """Returns when it is the caller's turn to go on; to be awaited before every `TURN` items.

        Args:
            place: The item's place among those of the call.
            items: How many the call has.
        """
        await self.turns.take(self.caller, min(TURN, items - place))

    def work_until(self, items: int) -> float:
        """When work on items must end, on the event loop's clock.

        What is left until the deadline is for making, sending and reading the verdicts: a time that
        grows with their number, but at most a share of what there is.
        """
        remaining = self.remaining()
        margin = _ANSWER_SECONDS + items * _ANSWER_SECONDS_AN_ITEM + _rounding(remaining)
        return self.deadline - min(margin, _ANSWER_SHARE * remaining)


current_call: ContextVar[Call] = ContextVar("current_call")
"""The call that the running task serves."""


def items_in(request: Message | None) -> int:
    """How many items a request holds: its `items`, or one for a single `item`, else none."""
    items = getattr(request, "items", None)
    if items is not None:
        return len(items)
    return int(hasattr(request, "item"))


def _rounding(seconds: float) -> float:
    """By how much gRPC may have rounded a time up on the wire, where it has three digits.

    A caller's 10.01 s arrive as 10.1 s.
    """
    return float(10.0 ** (math.floor(math.log10(seconds)) - 2)) if 0 < seconds < math.inf else 0.0
