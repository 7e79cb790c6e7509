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
    that of the verifiers in service. UNDECIDED and borderline verdicts are never kept, nor those
    of programs that shared an interpreter with their tests. Control tasks do not come here.

    Args:
        max_entries: Verdicts kept at most; 0 keeps none.
        max_bytes: Bytes that the verdicts kept may take, serialized.
    """

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        # Serialized: a message would hold all that it came with.
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def find(self, key: bytes, fingerprints: Container[str]) -> Verdict | None:
        """The verdict that a verifier with one of these fingerprints gave, as a copy."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        verdict = Verdict.FromString(kept)
        if verdict.verifier.fingerprint not in fingerprints:
            return None
        self._kept.move_to_end(key)
        return verdict

    def keep(self, key: bytes, verdict: Verdict) -> None:
        """Keeps a verdict, if it is of a kind that may be."""
        if not self._max_entries or not _may_be_kept(verdict):
            return
        kept = verdict.SerializeToString()
        if len(kept) > self._max_bytes:
            return
        if key in self._kept:
            self._forget(key)
        self._kept[key] = kept
        self._bytes += len(kept)
        while len(self._kept) > self._max_entries or self._bytes > self._max_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: bytes) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= len(kept)


def _may_be_kept(verdict: Verdict) -> bool:
    if verdict.outcome == OUTCOME_UNDECIDED or verdict.borderline:
        return False
    return not (verdict.HasField("code") and verdict.code.shared_interpreter)
