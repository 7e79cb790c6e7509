"""The calls of one `Client.verify_iter`: several in flight, failed ones begun again when it is time."""

from __future__ import annotations

import os
import time
from heapq import heappop, heappush
from queue import Empty, SimpleQueue

import grpc

from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyBatchResponse
from veridical.client.connection import VerifierConnection
from veridical.client.forking import GuardedCall, require_owner
from veridical.client.runs import BatchRun
from veridical.client.window import Batch


class _Flight:
    """A batch that is in flight, or waits to be."""

    def __init__(self, batch: Batch, run: BatchRun) -> None:
        self.batch = batch
        self.run = run
        self.due = time.monotonic()
        self.guarded: GuardedCall[grpc._CallFuture[VerifyBatchResponse]] | None = None

    def __lt__(self, other: _Flight) -> bool:
        return self.due < other.due

    def conclude(self) -> float | None:
        """Takes the end of the call; gives the seconds to wait before the next, None for none."""
        assert self.guarded is not None
        try:
            return self.run.answered(self.guarded.call.result().verdicts)
        except grpc.FutureCancelledError:
            return 0.0  # by a fork: nobody else cancels a call whose answer is waited for
        except grpc.RpcError as error:
            return self.run.failed(error)


class BatchCalls:
    """The calls of one run over batches."""

    def __init__(self, connection: VerifierConnection) -> None:
        self._connection = connection
        self._process = os.getpid()
        self._waiting: list[_Flight] = []
        self._running: set[_Flight] = set()
        self._ended: SimpleQueue[_Flight] = SimpleQueue()

    def send(self, batch: Batch, run: BatchRun) -> None:
        """Begins with a batch."""
        self._begin(_Flight(batch, run))

    def next_answer(self) -> tuple[Batch, list[Verdict]]:
        """Waits for the next batch whose verdicts are there, in whatever order they come.

        Raises:
            VeridicalError: A batch has failed.
            ForkError: This is a fork of the process that began.
        """
        require_owner(self._process, "an iterator of verdicts")
        while True:
            while self._waiting and self._waiting[0].due <= time.monotonic():
                self._begin(heappop(self._waiting))
            try:
                flight = self._ended.get(timeout=self._seconds_to_next())
            except Empty:
                continue
            self._running.discard(flight)
            self._connection.check_open()
            pause = flight.conclude()
            if pause is None:
                return flight.batch, flight.run.verdicts
            flight.due = time.monotonic() + pause
            heappush(self._waiting, flight)

    def cancel(self) -> None:
        """Cancels what is in flight; in a fork it does nothing."""
        if os.getpid() != self._process:
            return
        for flight in self._running:
            if flight.guarded is not None:
                flight.guarded.call.cancel()

    def _begin(self, flight: _Flight) -> None:
        guarded = self._connection.begin(
            self._connection.stub.VerifyBatch, flight.run.request, flight.run.attempts
        )
        flight.guarded = guarded
        self._running.add(flight)
        guarded.call.add_done_callback(lambda _: self._ended.put(flight))

    def _seconds_to_next(self) -> float | None:
        if not self._waiting:
            return None
        return max(0.0, self._waiting[0].due - time.monotonic())
