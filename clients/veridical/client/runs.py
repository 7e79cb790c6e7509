"""One batch from its first sending to its verdicts: the same for both clients."""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client.checking import match
from veridical.client.retry import PASSING_ERRORS, Attempts, is_passing


class BatchRun:
    """A batch, of which items that stay undecided for a passing reason are sent again.

    Args:
        request: The whole batch.
        attempts: Its attempts.
        resends: Whether items are sent again at all.
    """

    def __init__(self, request: VerifyBatchRequest, attempts: Attempts, *, resends: bool) -> None:
        self.request = request
        self.attempts = attempts
        self._resends = resends
        self._ids = [item.id for item in request.items]
        self._verdicts: dict[str, Verdict] = {}

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdicts in the items' order, once the run has ended."""
        return [self._verdicts[each] for each in self._ids]

    def answered(self, verdicts: Sequence[Verdict]) -> float | None:
        """Takes an answer; gives the seconds to wait before `request`, now smaller, is sent again.

        None where nothing is to be sent again, or no time is left for it.

        Raises:
            ProtocolError: The verdicts are not those of the request's items.
        """
        self.attempts.succeeded()
        self._verdicts.update((v.id, v) for v in match(self.request.items, verdicts))
        items = [
            item
            for item, verdict in zip(self.request.items, verdicts, strict=True)
            if is_passing(verdict)
        ]
        if not items or not self._resends:
            return None
        self.request = VerifyBatchRequest(items=items, tasks=self.request.tasks)
        return self.attempts.undecided()

    def failed(self, error: grpc.RpcError) -> float | None:
        """Takes note of a failed call; gives the seconds to wait before the next.

        None where no time is left, but all items have a verdict from before.

        Raises:
            VeridicalError: The run has failed.
        """
        try:
            return self.attempts.failed(error)
        except PASSING_ERRORS:
            if self._verdicts:
                return None
            raise
