"""The pauses between the restarts of one service."""

from __future__ import annotations

from veridical.suite.settings import RestartSettings


class Backoff:
    """Grows with each quick end, and starts over after a calm run."""

    def __init__(self, settings: RestartSettings) -> None:
        """Says how long the pauses are."""
        self._settings = settings
        self._next = settings.first_seconds

    def pause(self, ran_seconds: float) -> float:
        """The pause, in seconds, after a run of `ran_seconds`."""
        if ran_seconds >= self._settings.calm_seconds:
            self._next = self._settings.first_seconds
        pause = self._next
        self._next = min(pause * self._settings.multiplier, self._settings.max_seconds)
        return pause
