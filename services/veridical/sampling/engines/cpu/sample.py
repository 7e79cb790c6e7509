"""One sample as it grows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from veridical.sampling.engines.cpu.drawing import draw_token
from veridical.sampling.engines.words import Words
from veridical.sampling.model import Draw, Drawn, Finish
from veridical.sampling.seeds import uniform


class Growing:
    """A sample that has begun.

    Args:
        number: The number under which it was asked for.
        draw: What was asked for; its settings say how many tokens at most.
        words: The model's tokenizer.
        ends: Tokens with which the model ends a response.
    """

    def __init__(self, number: int, draw: Draw, words: Words, ends: frozenset[int]) -> None:
        self.number = number
        self.ids: list[int] = []
        self._draw = draw
        self._words = words
        self._ends = ends
        self._logprobs: list[float] = []
        self._log_chance = 0.0
        self._stops = draw.settings.stop
        # A token has a byte at least: what ends with the last token begins within so many.
        self._tail = max((len(stop.encode()) for stop in self._stops), default=0) + 1
        self._text: str | None = None

    def grow(self, logits: NDArray[np.float32]) -> Finish | None:
        """Draws the next token; says why the sample has ended, or None.

        Raises:
            ValueError: A logit is no number.
        """
        settings = self._draw.settings
        token = draw_token(logits, settings, uniform(self._draw.seed, len(self.ids)))
        self.ids.append(token.id)
        self._logprobs.append(token.logprob)
        self._log_chance += token.log_chance
        if token.id in self._ends or self._is_stopped():
            return Finish.STOP
        return Finish.LENGTH if len(self.ids) == settings.max_tokens else None

    def drawn(self, finish: Finish, version: int) -> Drawn:
        """The sample that has ended."""
        return Drawn(
            text=self._words.text(self.ids) if self._text is None else self._text,
            token_ids=tuple(self.ids),
            logprobs=tuple(self._logprobs) if self._draw.settings.logprobs else (),
            finish=finish,
            weight_version=version,
            log_chance=self._log_chance,
        )

    def _is_stopped(self) -> bool:
        """Whether a stop sequence has come; keeps the text before it."""
        tail = self._words.text(self.ids[-self._tail :]) if self._stops else ""
        if not any(stop in tail for stop in self._stops):
            return False
        text = self._words.text(self.ids)
        places = [text.find(stop) for stop in self._stops if stop in text]
        if not places:
            return False
        self._text = text[: min(places)]
        return True
