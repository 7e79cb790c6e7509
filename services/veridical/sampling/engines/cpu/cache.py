"""Keys and values of the rows of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from transformers.cache_utils import Cache

KeysAndValues: TypeAlias = Sequence[tuple[torch.Tensor, torch.Tensor]]
"""For each layer keys and values of one text, each of shape (heads, tokens, width)."""

_LEAST_TOKENS = 128
_WINDOW_TOKENS = 64
"""What a row attends to is computed in so many columns at a time: where the window of all rows ended
elsewhere, sums over a shorter row would be taken in another order as its neighbours grow."""


class RowCache(Cache):  # type: ignore[misc] # Transformers is not installed where types are checked
    """Room for so many texts, each as long as it is.

    Args:
        rows: How many.
    """

    def __init__(self, rows: int) -> None:
        super().__init__(layers=[])
        self._rows = torch.arange(rows)
        self._layers: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._positions = torch.zeros(rows, dtype=torch.long)
        self._window = 1

    def put(self, row: int, text: KeysAndValues) -> None:
        """Begins a row with what was read."""
        tokens = text[0][0].shape[1]
        self._make_room(tokens + 1, text)
        for (keys, values), (read_keys, read_values) in zip(self._layers, text, strict=True):
            keys[row, :, :tokens] = read_keys
            values[row, :, :tokens] = read_values

    def step(self, positions: torch.Tensor) -> torch.Tensor:
        """Says at which position each row goes on.

        Returns:
            The mask of what each row attends to, of shape (rows, 1, 1, tokens), to be added to scores.
        """
        self._positions = positions
        self._window = -(-(int(positions.max()) + 1) // _WINDOW_TOKENS) * _WINDOW_TOKENS
        self._make_room(self._window)
        seen = torch.arange(self._window)[None, :] <= positions[:, None]
        mask = torch.zeros(seen.shape).masked_fill_(~seen, torch.finfo(torch.float32).min)
        return mask[:, None, None, :]

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        layer_idx: int,
        *_: Any,
        **__: Any,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Takes one token's keys and values for each row; called by the model's attention."""
        keys, values = self._layers[layer_idx]
        keys[self._rows, :, self._positions] = key_states[:, :, 0]
        values[self._rows, :, self._positions] = value_states[:, :, 0]
        return keys[:, :, : self._window], values[:, :, : self._window]

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Nothing that the model should count from: rows have positions of their own."""
        return 0

    def _make_room(self, tokens: int, like: KeysAndValues = ()) -> None:
        """Doubles the room until so many tokens fit; what is not written is 0, since masks multiply."""
        if not self._layers:
            room = max(_LEAST_TOKENS, 1 << (tokens - 1).bit_length())
            self._layers = [
                (self._empty(keys, room), self._empty(values, room)) for keys, values in like
            ]
        room = self._layers[0][0].shape[2]
        while room < tokens:
            room *= 2
        if room > self._layers[0][0].shape[2]:
            self._layers = [
                (_longer(keys, room), _longer(values, room)) for keys, values in self._layers
            ]

    def _empty(self, like: torch.Tensor, tokens: int) -> torch.Tensor:
        heads, _, width = like.shape
        return torch.zeros(len(self._rows), heads, tokens, width)


def _longer(old: torch.Tensor, tokens: int) -> torch.Tensor:
    rows, heads, had, width = old.shape
    new = torch.zeros(rows, heads, tokens, width)
    new[:, :, :had] = old
    return new
