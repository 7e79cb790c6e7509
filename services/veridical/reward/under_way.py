"""What calls are having decided just now, so that other calls do not ask for equal items again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from veridical.api.v1.verdict_pb2 import Verdict

Watcher: TypeAlias = Callable[[Verdict | None], None]
"""Told a verdict, or None where it will not come."""


class UnderWay:
    """The keys of items that a call has sent to a backend, and who else waits for their verdicts."""

    def __init__(self) -> None:
        self._watchers: dict[bytes, list[Watcher] | None] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._watchers

    def begin(self, keys: Iterable[bytes]) -> None:
        """Notes items that a call has decided from now on; none is under way already."""
        self._watchers.update(dict.fromkeys(keys))

    def watch(self, key: bytes, watcher: Watcher) -> None:
        """Has `watcher` told how an item that is under way ends."""
        watchers = self._watchers[key]
        if watchers is None:
            self._watchers[key] = [watcher]
        else:
            watchers.append(watcher)

    def end(self, key: bytes, verdict: Verdict | None) -> None:
        """Tells those who wait for an item of its verdict, or that its call came to none."""
        for watcher in self._watchers.pop(key) or ():
            watcher(verdict)
