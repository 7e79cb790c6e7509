"""The texts of one call for scores, read one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from veridical.sampling.engines.cpu.reading import Reading
from veridical.sampling.engines.prompts import Scorable
from veridical.sampling.model import Scored, Scores


class Scoring:
    """A call for scores that is under way.

    Args:
        number: The number under which it was asked for.
        model: The model.
        texts: What is scored, 1 or more.
    """

    def __init__(self, number: int, model: Any, texts: Sequence[Scorable]) -> None:
        self.number = number
        self._model = model
        self._texts = texts
        self._scored: list[Scored] = []
        self._reading: Reading | None = None

    def advance(self, version: int) -> Scores | None:
        """Reads a piece; gives the scores once all is read.

        Args:
            version: Of the weights.
        """
        text = self._texts[len(self._scored)]
        if self._reading is None:
            ids = text.prefix + text.continuation
            self._reading = Reading(self._model, ids, scored_from=len(text.prefix))
        self._reading.advance()
        if self._reading.done:
            self._scored.append(Scored(text.continuation, tuple(self._reading.logprobs)))
            self._reading = None
        done = len(self._scored) == len(self._texts)
        return Scores(tuple(self._scored), version) if done else None
