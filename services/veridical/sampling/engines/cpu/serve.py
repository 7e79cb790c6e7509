"""The process: takes what is asked, works, answers."""

from __future__ import annotations

from queue import Empty, SimpleQueue

import torch

from veridical.sampling.engine import Refused
from veridical.sampling.engines.cpu.models import ENGINE, Models
from veridical.sampling.engines.cpu.schedule import Schedule
from veridical.sampling.engines.cpu.scoring import Scoring
from veridical.sampling.engines.process import Line
from veridical.sampling.engines.prompts import prepared, scorable
from veridical.sampling.engines.wire import (
    Ask,
    LoadAdapter,
    Prepare,
    Ready,
    Request,
    Score,
    Setup,
    UpdateWeights,
    Work,
)
from veridical.sampling.model import Draw


def serve(setup: Setup, line: Line) -> None:
    """Loads the model and works until the process is ended."""
    # More threads than one wait for each other as soon as a processor has other work, and give other bits.
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    models = Models(setup)
    inbox: SimpleQueue[Request] = SimpleQueue()
    line.ready(Ready(ENGINE, models.listed()))
    line.follow(inbox.put)
    _Server(models, line).run(inbox)


class _Server:
    def __init__(self, models: Models, line: Line) -> None:
        self._models = models
        self._line = line
        self._schedule = Schedule(models, line)

    def run(self, inbox: SimpleQueue[Request]) -> None:
        """Takes all that came, and waits only where there is nothing to do."""
        while True:
            try:
                while True:
                    self._take(inbox.get(block=self._schedule.idle))
            except Empty:
                self._schedule.work()

    def _take(self, request: Request) -> None:
        if not isinstance(request, Ask):
            self._schedule.drop(request.number)
            return
        try:
            self._begin(request.number, request.work)
        except Refused as error:
            self._line.failed(request.number, error)

    def _begin(self, number: int, work: Work) -> None:
        match work:
            case Prepare():
                self._line.gave(
                    number, prepared(work.prompt, self._models.words, self._models.max_tokens)
                )
            case Draw():
                self._schedule.draw(number, work)
            case Score(model, pairs):
                texts = scorable(pairs, self._models.words, self._models.max_tokens)
                self._schedule.score(Scoring(number, self._models.torch_model(model), texts))
            case LoadAdapter() | UpdateWeights():
                self._schedule.change(number, work)
