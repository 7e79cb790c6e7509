"""What is under way and what comes next: a piece of reading, then a step of every batch."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from veridical.sampling.engine import CannotDo, Refused
from veridical.sampling.engines.cpu.cache import KeysAndValues
from veridical.sampling.engines.cpu.models import Models
from veridical.sampling.engines.cpu.reading import Reading
from veridical.sampling.engines.cpu.sample import Growing
from veridical.sampling.engines.cpu.scoring import Scoring
from veridical.sampling.engines.process import Line
from veridical.sampling.engines.wire import LoadAdapter, UpdateWeights
from veridical.sampling.model import Draw, Model, Prompt, Tokens

_Key: TypeAlias = tuple[str, Prompt]


@dataclass(frozen=True, slots=True)
class _Read:
    """A prompt that was read: samples of it begin here."""

    keys_and_values: KeysAndValues
    logits: NDArray[np.float32]


class Schedule:
    """The work of the process. Change of weights waits for what has begun; nothing begins meanwhile.

    Args:
        models: What is served.
        line: Told of results.
    """

    def __init__(self, models: Models, line: Line) -> None:
        self._models = models
        self._line = line
        self._draws: dict[int, Draw] = {}
        self._changes: deque[tuple[int, LoadAdapter | UpdateWeights]] = deque()
        self._scorings: deque[Scoring] = deque()
        self._prompts: dict[_Key, Reading] = {}
        self._read: OrderedDict[_Key, _Read] = OrderedDict()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self._draws or self._changes or self._scorings or self._grows)

    def draw(self, number: int, draw: Draw) -> None:
        """Takes a sample to draw."""
        self._draws[number] = draw

    def score(self, scoring: Scoring) -> None:
        """Takes texts to score."""
        self._scorings.append(scoring)

    def change(self, number: int, change: LoadAdapter | UpdateWeights) -> None:
        """Takes a change of what is served."""
        self._changes.append((number, change))

    def drop(self, number: int) -> None:
        """Forgets work that nobody waits for."""
        self._draws.pop(number, None)
        wanted = {(draw.model, draw.prompt) for draw in self._draws.values()}
        self._prompts = {key: text for key, text in self._prompts.items() if key in wanted}
        self._scorings = deque(each for each in self._scorings if each.number != number)
        self._give_back(number)

    def work(self) -> None:
        """Does a little of all that is under way."""
        if not self._changes:
            self._begin()
        elif not (self._scorings or self._grows):
            self._apply(*self._changes.popleft())
        self._read_a_piece()
        for batch in self._models.batches.values():
            if any(True for _ in batch):
                for sample, logits in batch.step():
                    self._grow(sample, logits)

    @property
    def _grows(self) -> bool:
        return any(True for batch in self._models.batches.values() for _ in batch)

    def _begin(self) -> None:
        """Begins the samples whose prompts were read, and the reading of prompts that were not."""
        for number, draw in list(self._draws.items()):
            key = (draw.model, draw.prompt)
            read, batch = self._read.get(key), self._models.batches[draw.model]
            if read is None:
                self._prompts.setdefault(key, self._reading(draw))
            elif not batch.is_full:
                del self._draws[number]
                self._read.move_to_end(key)
                sample = Growing(number, draw, self._models.words, self._models.ends)
                batch.add(sample, read.keys_and_values)
                self._line.began(number)
                self._grow(sample, read.logits)

    def _reading(self, draw: Draw) -> Reading:
        assert isinstance(draw.prompt, Tokens)
        return Reading(self._models.torch_model(draw.model), draw.prompt.ids)

    def _read_a_piece(self) -> None:
        if self._prompts:
            key, reading = next(iter(self._prompts.items()))
            reading.advance()
            if reading.done:
                del self._prompts[key]
                self._keep(key, _Read(reading.keys_and_values(), reading.last_logits()))
        if self._scorings:
            scoring = self._scorings[0]
            self._scorings.rotate(-1)
            if scores := scoring.advance(self._models.version):
                self._scorings.remove(scoring)
                self._line.gave(scoring.number, scores)

    def _keep(self, key: _Key, read: _Read) -> None:
        """Keeps what was read last: the samples of a call, and its neighbours, share it."""
        self._read[key] = read
        while len(self._read) > 1 and self._read_tokens() > self._models.max_tokens:
            self._read.popitem(last=False)

    def _read_tokens(self) -> int:
        return sum(read.keys_and_values[0][0].shape[1] for read in self._read.values())

    def _grow(self, sample: Growing, logits: NDArray[np.float32]) -> None:
        try:
            finish = sample.grow(logits)
        except ValueError as error:
            self._give_back(sample.number)
            self._line.failed(sample.number, CannotDo(str(error)))
            return
        if finish is not None:
            self._give_back(sample.number)
            self._line.gave(sample.number, sample.drawn(finish, self._models.version))

    def _give_back(self, number: int) -> None:
        for batch in self._models.batches.values():
            batch.remove(number)

    def _apply(self, number: int, change: LoadAdapter | UpdateWeights) -> None:
        self._prompts.clear()
        self._read.clear()
        try:
            self._line.gave(number, self._changed(change))
        except Refused as error:
            self._line.failed(number, error)

    def _changed(self, change: LoadAdapter | UpdateWeights) -> Model:
        if isinstance(change, LoadAdapter):
            return self._models.load_adapter(change.name, change.path)
        return self._models.update_weights(change.path)
