"""A batch on its way to backends, with what is still open of it."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.serving.verifier import Settle


class Errand:
    """Keeps which items of a batch have no verdict yet, over as many tries as it takes.

    Args:
        request: The batch.
        settle: Told of each verdict, with the item's place in the batch.
        streaming: Whether verdicts are wanted one by one.
    """

    def __init__(self, request: VerifyBatchRequest, settle: Settle, *, streaming: bool) -> None:
        self.streaming = streaming
        self._request = request
        self._settle = settle
        self._open = {item.id: place for place, item in enumerate(request.items)}

    @property
    def done(self) -> bool:
        """Whether every item has its verdict."""
        return not self._open

    def settle(self, verdict: Verdict) -> bool:
        """Passes a verdict on; says no where it is on none of the open items."""
        place = self._open.pop(verdict.id, None)
        if place is None:
            return False
        self._settle(place, verdict)
        return True

    def settle_all(self, verdicts: Sequence[Verdict]) -> bool:
        """Passes on the verdicts on the rest, in its order; says no where they are on other items."""
        if [verdict.id for verdict in verdicts] != list(self._open):
            return False
        places, self._open = list(self._open.values()), {}
        for place, verdict in zip(places, verdicts, strict=True):
            self._settle(place, verdict)
        return True

    def rest(self) -> VerifyBatchRequest:
        """The batch, less the items that have their verdict."""
        if len(self._open) == len(self._request.items):
            return self._request
        rest = VerifyBatchRequest(tasks=self._request.tasks)
        rest.items.extend([self._request.items[place] for place in self._open.values()])
        return rest
