"""When a call is repeated: how long to wait first, how often in all, and when to give up.

Repeats go on until the timeout, with exponential waits and full jitter. A budget that all calls of a
client share keeps many callers from making a storm of an outage: a caller whom it holds back waits for
longer, and is never refused.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time

import grpc

from veridical.api.v1.task_pb2 import Outcome
from veridical.api.v1.verdict_pb2 import Reason, Verdict
from veridical.client.contact import Contact, cause
from veridical.client.errors import (
    DeadlineError,
    OverloadedError,
    UnavailableError,
    VeridicalError,
)
from veridical.client.settings import RetrySettings
from veridical.client.status import Deadline, code_of, error_from, pushback_seconds

PASSING_ERRORS = (UnavailableError, OverloadedError, DeadlineError)
"""Errors after which an earlier, undecided verdict is still the best answer."""

_PUSHING_BACK = (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE)
"""How a server answers that says when to come again: a full one, or one that ends a stream."""

_CONNECT_SECONDS = 25.0
"""Longer than gRPC takes to give up a connection: an attempt that failed later had met a server."""

_QUIET_SECONDS = 30.0
"""A server that comes and goes is told of no more often."""

_LEAST_SECONDS = 0.01
"""An attempt with less time than this is not worth its while."""

_PASSING_REASONS = frozenset(
    (
        Reason.REASON_BACKEND_UNAVAILABLE,
        Reason.REASON_DEADLINE_EXCEEDED,
        Reason.REASON_OVERLOADED,
        Reason.REASON_CELL_FAILED,
    )
)

_log = logging.getLogger(__name__)


def is_passing(verdict: Verdict) -> bool:
    """Whether the same item might be decided if it were sent again."""
    return verdict.outcome == Outcome.OUTCOME_UNDECIDED and verdict.reason in _PASSING_REASONS


class RetryBudget:
    """The repeats that the calls of a client may make soon: tokens, a tenth of one for each success.

    The numbers are those of gRPC's own throttling (gRFC A6), which refuses repeats without a token.
    """

    _CAPACITY = 100.0
    _PER_SUCCESS = 0.1

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens = self._CAPACITY
        self._told_outage = False
        self._told_at = -math.inf

    def earn(self) -> None:
        """Takes note of a success."""
        with self._lock:
            self._tokens = min(self._CAPACITY, self._tokens + self._PER_SUCCESS)
            self._told_outage = False

    def spend(self) -> bool:
        """Takes a token if there is one."""
        with self._lock:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    def tells_outage(self) -> bool:
        """Whether to tell that no server answers: once between two successes, and not all the time."""
        with self._lock:
            now = time.monotonic()
            if self._told_outage or now - self._told_at < _QUIET_SECONDS:
                return False
            self._told_outage, self._told_at = True, now
            return True


class Attempts:
    """The attempts at one call: what each failure means, and how long to wait before the next.

    Args:
        deadline: When the last one must have ended.
        settings: What is repeated, and how fast.
        budget: That of the client.
        contact: That of the client.

    Attributes:
        failure: What the last attempt met; None where it was answered, or there was none.
    """

    def __init__(
        self, deadline: Deadline, settings: RetrySettings, budget: RetryBudget, contact: Contact
    ) -> None:
        self.deadline = deadline
        self._settings = settings
        self._budget = budget
        self._contact = contact
        self.failure: VeridicalError | None = None
        self._repeats = 0
        self._is_outage = False
        self._start = self._begun = time.monotonic()
        self._lost_since: float | None = None

    @property
    def waits_for_server(self) -> bool:
        """Whether the next attempt should wait for a connection rather than fail without one.

        The first attempt should not: its failure says why there is no connection.
        """
        if self._settings.outage_seconds is not None or not self._contact.met:
            return False  # one that waits would not tell that there still is none
        return self.failure is not None and self._is_outage

    def succeeded(self) -> None:
        """Takes note that an attempt was answered."""
        self.failure = None
        self._lost_since = None
        self._contact.met = True
        self._budget.earn()

    def failed(self, error: grpc.RpcError) -> float:
        """Takes note of a failed attempt; gives the seconds to wait before the next.

        Raises:
            VeridicalError: A repeat would not help, or there was no server for too long, or no time is
                left.
        """
        code, pushback = code_of(error), pushback_seconds(error)
        if code is grpc.StatusCode.DEADLINE_EXCEEDED and self.failure is not None:
            raise self.failure from error  # it says more: what the time was spent on
        failure = error_from(error)
        self.failure = failure
        pause = None
        if pushback is not None and code in _PUSHING_BACK:
            self._is_outage, self._lost_since = False, None
            pause = self._pause(pushback)
        elif code is grpc.StatusCode.UNAVAILABLE and self._settings.calls:
            self._is_outage = True
            self._contact.note(error)
            if self._lost_since is not None or not self._contact.met:
                self._warn(failure)  # one failure alone is a connection that ended
            self._give_up_after_outage(failure)
            pause = self._pause_for_contact(failure)
        if pause is None:
            raise failure from error
        return pause

    def undecided(self) -> float | None:
        """The seconds to wait before items are sent again; None where no time is left for it."""
        return self._pause(0.0)

    def _pause(self, least: float) -> float | None:
        """Draws a pause beyond the `least` one that a server asked for; None if it does not fit."""
        settings = self._settings
        longest = settings.max_seconds
        if self._budget.spend():
            # The exponent is bounded, or the power would overflow.
            growth = settings.multiplier ** min(self._repeats, 32)
            longest = min(longest, settings.initial_seconds * growth)
        self._repeats += 1
        remaining = self.deadline.remaining
        # All callers fail together; without jitter they would come back together.
        spread = max(least, min(longest, remaining / 2))
        pause = least + random.random() * spread  # noqa: S311
        self._begun = time.monotonic() + pause
        return pause if pause < remaining and remaining > _LEAST_SECONDS else None

    def _pause_for_contact(self, failure: VeridicalError) -> float | None:
        """Draws a pause; where no server was ever met it ends with the time for meeting one.

        Raises:
            UnavailableError: None was, and that time or the call's own is over.
        """
        pause, longest = self._pause(0.0), self._settings.connect_seconds
        if self._contact.met:
            return pause
        left = math.inf if longest is None else self._start + longest - time.monotonic()
        if pause is None or left <= 0:
            raise self._contact.error(str(failure), self._start)
        return min(pause, left)

    def _give_up_after_outage(self, failure: VeridicalError) -> None:
        """Does nothing unless no server was reached for as long as the settings allow.

        Raises:
            UnavailableError: None was.
        """
        now, longest = time.monotonic(), self._settings.outage_seconds
        if self._lost_since is None or now - self._begun > _CONNECT_SECONDS:
            self._lost_since = now
        if longest is not None and now - self._lost_since >= longest:
            raise UnavailableError(f"no server was reached for {longest:g} s: {failure}")

    def _warn(self, failure: VeridicalError) -> None:
        if self._budget.tells_outage():
            connect = None if self._contact.met else self._settings.connect_seconds
            bounds = (connect, self._settings.outage_seconds)
            left = min(self.deadline.remaining, *(bound or math.inf for bound in bounds))
            why = cause(str(failure))
            _log.warning("no server answers; trying for up to %.0f s: %s", left, why)
