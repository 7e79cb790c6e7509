"""The bookkeeping of a run of batches, the same for both clients: what to send, what is in order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest

# A slow batch holds back those behind it; so many, for each in flight, may wait for it.
_HELD_PER_CALL = 4


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come."""

    done: int
    """Items with a verdict."""
    total: int | None
    """Items in all; None where the iterable does not tell its length."""
    seconds: float
    """Time since the start of the run, in seconds."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A request with its place in the run."""

    number: int
    """Place, from 0."""
    request: VerifyBatchRequest
    """The items and the tasks they share."""


class Window:
    """Batches between their sending and the handing out of their verdicts, bounded in number."""

    def __init__(
        self,
        requests: Iterator[VerifyBatchRequest],
        concurrency: int,
        total: int | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        """Starts the clock of the run; nothing is read from `requests` yet."""
        self._requests = requests
        self._concurrency = concurrency
        self._total = total
        self._on_progress = on_progress
        self._start = time.monotonic()
        self._sent = 0
        self._in_order = 0
        self._done_items = 0
        self._early: dict[int, Sequence[Verdict]] = {}
        self._ready: deque[Sequence[Verdict]] = deque()
        self.in_flight = 0

    def take(self) -> Iterator[Batch]:
        """The batches to send now."""
        held = _HELD_PER_CALL * self._concurrency
        while self.in_flight < self._concurrency and self._sent - self._in_order < held:
            request = next(self._requests, None)
            if request is None:
                return
            batch = Batch(self._sent, request)
            self._sent += 1
            self.in_flight += 1
            yield batch

    def finish(self, batch: Batch, verdicts: Sequence[Verdict]) -> None:
        """Takes the verdicts on a batch, in its items' order, and reports the progress."""
        self._early[batch.number] = verdicts
        self.in_flight -= 1
        while self._in_order in self._early:
            self._ready.append(self._early.pop(self._in_order))
            self._in_order += 1
        self._done_items += len(batch.request.items)
        if self._on_progress is not None:
            seconds = time.monotonic() - self._start
            self._on_progress(Progress(self._done_items, self._total, seconds))

    def ready(self) -> Iterator[Verdict]:
        """The verdicts whose turn has come, each once."""
        while self._ready:
            yield from self._ready.popleft()
