"""Prompts and scored texts, read piece by piece so that samples go on between the pieces.

Each text is read alone and cut at the same places, so that nothing else changes what is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers.cache_utils import DynamicCache

from veridical.sampling.engines.cpu.cache import KeysAndValues

_PIECE_TOKENS = 128


class Reading:
    """One text on its way through a model.

    Args:
        model: The model.
        ids: The text, 1 token or more.
        scored_from: Place of the first token whose log-probability is wanted, 1 or more; None for none.
    """

    def __init__(self, model: Any, ids: Sequence[int], scored_from: int | None = None) -> None:
        self._model = model
        self._ids = torch.tensor([ids])
        self._scored_from = len(ids) if scored_from is None else scored_from
        self._cache = DynamicCache()
        self._read = 0
        self._last: torch.Tensor | None = None
        self.logprobs: list[float] = []
        """Natural log-probabilities of the scored tokens that were read."""

    @property
    def done(self) -> bool:
        """Whether all is read."""
        return self._read == self.tokens

    @property
    def tokens(self) -> int:
        """Length of the text."""
        return int(self._ids.shape[1])

    def advance(self) -> None:
        """Reads one piece."""
        start, end = self._read, min(self._read + _PIECE_TOKENS, self.tokens)
        # What stands at a place tells the token at the next; the last place tells the token to draw.
        first = max(start, min(self._scored_from - 1, end - 1))
        output = self._model(
            input_ids=self._ids[:, start:end],
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=end - first,
        )
        self._read = end
        self._last = output.logits[0, -1]
        if self._scored_from < self.tokens:
            self._score(output.logits[0], first)

    def last_logits(self) -> NDArray[np.float32]:
        """What the model says of the token behind the text."""
        assert self._last is not None
        logits: NDArray[np.float32] = self._last.numpy().copy()
        return logits

    def keys_and_values(self) -> KeysAndValues:
        """What the text left in each layer."""
        return [(layer.keys[0], layer.values[0]) for layer in self._cache.layers]

    def _score(self, logits: torch.Tensor, first: int) -> None:
        """Takes the log-probabilities of tokens from `first` + 1 on."""
        begin = max(self._scored_from, first + 1)
        targets = self._ids[0, begin : min(first + 1 + len(logits), self.tokens)]
        if len(targets):
            rows = logits[begin - 1 - first :][: len(targets)]
            found = torch.log_softmax(rows.double(), -1).gather(1, targets[:, None])
            self.logprobs += found[:, 0].tolist()
