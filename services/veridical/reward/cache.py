"""Verdicts kept for equal items of later calls."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container

from veridical.api.v1.task_pb2 import OUTCOME_UNDECIDED
from veridical.api.v1.verdict_pb2 import Verdict


class VerdictCache:
    """A bounded cache, least recently used out first.

    What is kept holds for all time: an item's verdict depends on its task, content, prompt and
    finish reason, which make the key, and on its verifier's fingerprint, which is held against
    that of the verifier in service. UNDECIDED and borderline verdicts are never kept, nor those
    of programs that shared an interpreter with their tests. Control tasks do not come here.

    Args:
        max_entries: Verdicts kept at most; 0 keeps none.
        max_bytes: Bytes that the verdicts kept may take, serialized.
    """

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._verdicts: OrderedDict[bytes, Verdict] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._verdicts)

    def find(self, key: bytes, fingerprints: Container[str]) -> Verdict | None:
        """The verdict that a verifier with one of these fingerprints gave; not to be changed."""
        verdict = self._verdicts.get(key)
        if verdict is None or verdict.verifier.fingerprint not in fingerprints:
            return None
        self._verdicts.move_to_end(key)
        return verdict

    def keep(self, key: bytes, verdict: Verdict) -> None:
        """Keeps a verdict, if it is of a kind that may be."""
        size = verdict.ByteSize()
        if not _may_be_kept(verdict) or size > self._max_bytes or not self._max_entries:
            return
        self._forget(key)
        copy = Verdict()
        copy.CopyFrom(verdict)  # the original holds the whole response that it came in
        self._verdicts[key] = copy
        self._bytes += size
        while len(self._verdicts) > self._max_entries or self._bytes > self._max_bytes:
            self._forget(next(iter(self._verdicts)))

    def _forget(self, key: bytes) -> None:
        verdict = self._verdicts.pop(key, None)
        if verdict is not None:
            self._bytes -= verdict.ByteSize()


def _may_be_kept(verdict: Verdict) -> bool:
    if verdict.outcome == OUTCOME_UNDECIDED or verdict.borderline:
        return False
    return not verdict.code.shared_interpreter
