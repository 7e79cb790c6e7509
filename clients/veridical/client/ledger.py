"""The bookkeeping of a stream, the same for both clients: what is to be sent, what is with the server.

It knows no transport and no waiting. An item is open from its reading until its verdict is ready; open
items and verdicts not yet handed out are bounded together, so that a caller who does not take verdicts
is not read from either.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import ServerLimits, VerifyStreamRequest
from veridical.client.batching import BatchBuilder, fit
from veridical.client.errors import DeadlineError, InvalidRequestError, ProtocolError, quoted
from veridical.client.retry import Attempts, is_passing
from veridical.client.settings import ClientSettings

_LATER_SECONDS = 0.1
NO_STREAMS = "the server does not serve VerifyStream; verify_iter takes any number of items as well"
"""What a stream says where the server knows of none."""


@dataclass(slots=True)
class _Open:
    """An item without a final verdict."""

    item: Item
    attempts: Attempts | None = None
    """Its attempts, which begin with its first sending."""
    verdict: Verdict | None = None
    """The last verdict on it, undecided for a passing reason."""


class Ledger:
    """The items of one stream.

    Args:
        tasks: The tasks that items may name.
        settings: Those of the client.
        limits: Those of the server; a limit of 0 is not known.
        attempts: Makes the attempts of an item that is sent for the first time.
    """

    def __init__(
        self,
        tasks: Mapping[str, Task] | None,
        settings: ClientSettings,
        limits: ServerLimits,
        attempts: Callable[[], Attempts],
    ) -> None:
        self._tasks = tasks or {}
        most_bytes = min(settings.batch_bytes, limits.max_message_bytes or settings.batch_bytes)
        self._settings = replace(settings, batch_bytes=most_bytes)
        self._attempts = attempts
        self._most_items = min(
            settings.stream_items, limits.max_stream_items or settings.stream_items
        )
        self._most_a_message = min(
            settings.batch_items, limits.max_batch_items or settings.batch_items
        )
        self._open: dict[str, _Open] = {}  # in the order of reading, and so of first sending
        self._waiting: deque[str] = deque()
        self._later: list[tuple[float, str]] = []
        self._sent: dict[str, None] = {}
        self._given_up: set[str] = set()
        self._known_tasks: set[str] = set()
        self._ready: deque[Verdict] = deque()
        self._source_ended = False

    @property
    def has_room(self) -> bool:
        """Whether another item may be read."""
        return len(self._open) + len(self._ready) < self._most_items

    @property
    def is_answered(self) -> bool:
        """Whether no further item comes and none is open."""
        return self._source_ended and not self._open

    @property
    def seconds_to_next_event(self) -> float | None:
        """Seconds until an item is to be sent again or its time is over; None for no such item."""
        times = [due for due, _ in self._later[:1]]
        first = next(iter(self._open.values()), None)
        if first is not None and first.attempts is not None:
            times.append(first.attempts.deadline.at)
        return max(0.0, min(times) - time.monotonic()) if times else None

    def add(self, item: Item) -> None:
        """Takes an item from the source.

        Raises:
            InvalidRequestError: Its id is that of an open item, or it is too large for a message.
            TypeError: It is no `Item`.
        """
        fitted = fit(item, self._settings.max_response_bytes)
        if item.id in self._open:
            raise InvalidRequestError(f"the id {quoted(item.id)} comes again before its verdict")
        BatchBuilder(self._tasks, self._settings).add(fitted)  # refuses what is too large
        self._open[item.id] = _Open(fitted)
        self._waiting.append(item.id)

    def end_source(self) -> None:
        """Takes note that no further item comes."""
        self._source_ended = True

    def next_request(self) -> VerifyStreamRequest | None:
        """The next message, which then counts as sent; None where nothing is to be sent now."""
        while self._later and self._later[0][0] <= time.monotonic():
            _, late = heappop(self._later)
            if late in self._open:
                self._waiting.append(late)
        builder = BatchBuilder(self._tasks, self._settings, self._known_tasks)
        while self._waiting and len(builder.request.items) < self._most_a_message:
            entry = self._open.get(self._waiting[0])
            if entry is not None and entry.item.id in self._given_up:
                # The server's verdict on the former item of this id would be taken for one on this.
                heappush(self._later, (time.monotonic() + _LATER_SECONDS, entry.item.id))
            elif entry is not None:
                if not builder.has_room_for(entry.item):
                    break
                self._send(entry, builder)
            self._waiting.popleft()
        request = builder.request
        self._known_tasks.update(request.tasks)
        if not request.items:
            return None
        return VerifyStreamRequest(items=request.items, tasks=request.tasks)

    def _send(self, entry: _Open, builder: BatchBuilder) -> None:
        builder.add(entry.item)
        self._sent[entry.item.id] = None
        if entry.attempts is None:
            entry.attempts = self._attempts()

    def take(self, verdicts: Iterable[Verdict]) -> None:
        """Takes verdicts from the server.

        Raises:
            ProtocolError: One is not on an item that is with the server.
        """
        for verdict in verdicts:
            if verdict.id in self._sent:
                del self._sent[verdict.id]
                self._settle(self._open[verdict.id], verdict)
            elif verdict.id in self._given_up:
                self._given_up.discard(verdict.id)
            else:
                raise ProtocolError(
                    f"the server gave a verdict on {quoted(verdict.id)}, which has one or was not sent"
                )

    def lose_server(self) -> None:
        """Has all items that are with the server sent again, to another or to the same."""
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        self._given_up.clear()
        self._known_tasks.clear()

    def next_verdict(self) -> Verdict | None:
        """A verdict to hand out; None where none is ready."""
        return self._ready.popleft() if self._ready else None

    def expire(self) -> bool:
        """Gives up items that have had their time, and says whether verdicts became ready by that.

        The answer is then the last, undecided verdict on them.

        Raises:
            DeadlineError: There is none.
        """
        while self._open:
            first, entry = next(iter(self._open.items()))
            if entry.attempts is None or entry.attempts.deadline.remaining > 0:
                break
            if entry.verdict is None:
                raise DeadlineError(f"no verdict on {quoted(first)} came within its time")
            if first in self._sent:
                del self._sent[first]
                self._given_up.add(first)
            self._finish(entry.verdict)
        return bool(self._ready)

    def _settle(self, entry: _Open, verdict: Verdict) -> None:
        assert entry.attempts is not None
        if self._settings.retry.items and is_passing(verdict):
            entry.verdict = verdict
            pause = entry.attempts.undecided()
            if pause is not None:
                heappush(self._later, (time.monotonic() + pause, verdict.id))
                return
        else:
            entry.attempts.succeeded()
        self._finish(verdict)

    def _finish(self, verdict: Verdict) -> None:
        del self._open[verdict.id]
        self._ready.append(verdict)
