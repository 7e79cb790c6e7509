"""The rows in which samples grow, a token each at every step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from veridical.sampling.engines.cpu.cache import KeysAndValues, RowCache
from veridical.sampling.engines.cpu.sample import Growing


class Batch:
    """A batch of fixed size: empty rows are computed as well, so that a row's bits never change.

    Args:
        model: The model.
        rows: How many samples may grow at once.
    """

    def __init__(self, model: Any, rows: int) -> None:
        self._model = model
        self._rows: list[Growing | None] = [None] * rows
        self._starts = [0] * rows
        self._cache = RowCache(rows)

    def __iter__(self) -> Iterator[Growing]:
        return (row for row in self._rows if row is not None)

    @property
    def is_full(self) -> bool:
        """Whether there is no row for another sample."""
        return None not in self._rows

    def add(self, sample: Growing, prompt: KeysAndValues) -> None:
        """Takes in a sample that has its first token."""
        row = self._rows.index(None)
        self._rows[row] = sample
        self._starts[row] = prompt[0][0].shape[1]
        self._cache.put(row, prompt)

    def remove(self, number: int) -> None:
        """Gives the row of a sample back, if it has one."""
        for row, sample in enumerate(self._rows):
            if sample is not None and sample.number == number:
                self._rows[row] = None

    def step(self) -> list[tuple[Growing, NDArray[np.float32]]]:
        """Reads the last token of each sample; gives each sample with the logits of its next."""
        last = torch.tensor([[sample.ids[-1] if sample else 0] for sample in self._rows])
        positions = torch.tensor(
            [
                start + len(sample.ids) - 1 if sample else 0
                for sample, start in zip(self._rows, self._starts, strict=True)
            ]
        )
        output = self._model(
            input_ids=last,
            position_ids=positions[:, None],
            attention_mask=self._cache.step(positions),
            past_key_values=self._cache,
            use_cache=True,
        )
        logits = output.logits[:, -1].numpy()
        return [(sample, logits[row]) for row, sample in enumerate(self._rows) if sample]
