"""Counts and times calls under the `grpc_server_*` names that public dashboards know."""

from __future__ import annotations

import time

import grpc
from google.protobuf.message import Message

from veridical.serving.call import Call
from veridical.serving.interceptors.chain import Proceed
from veridical.serving.interceptors.errors import code_of
from veridical.serving.metrics import ServerMetrics


class CallMetrics:
    """Counts calls started and handled, by status, and observes how long they took."""

    def __init__(self, metrics: ServerMetrics) -> None:
        self._metrics = metrics

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        """Runs the call and records it."""
        start = time.perf_counter()
        self._metrics.call_started(call.method)
        code = grpc.StatusCode.OK
        try:
            return await proceed(call)
        except BaseException as error:
            code = code_of(error, call.context)
            raise
        finally:
            self._metrics.call_handled(call.method, code, time.perf_counter() - start)
