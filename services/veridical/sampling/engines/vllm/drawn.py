"""One sample as vLLM tells of it, piece by piece."""

from __future__ import annotations

from typing import Any

from vllm import SamplingParams
from vllm.sampling_params import RequestOutputKind

from veridical.sampling.engines.chance import Step, log_chance_bound
from veridical.sampling.model import Draw, Drawn, DrawSettings, Finish

_LIKELIEST = 5
"""Tokens of which vLLM tells the log-probability beside the drawn one, so that repeats are noticed."""


def parameters(draw: Draw) -> Any:
    """What vLLM is to do for one sample."""
    settings = draw.settings
    return SamplingParams(
        n=1,
        temperature=settings.temperature,
        top_p=settings.top_p,
        top_k=settings.top_k or 0,
        seed=draw.seed,
        max_tokens=settings.max_tokens,
        stop=list(settings.stop),
        logprobs=_LIKELIEST,
        output_kind=RequestOutputKind.DELTA,
    )


class Pieces:
    """The pieces of one sample.

    Args:
        settings: Those that it is drawn with.
        version: That of the weights when its first piece came.
    """

    def __init__(self, settings: DrawSettings, version: int) -> None:
        self._settings = settings
        self._version = version
        self._text: list[str] = []
        self._ids: list[int] = []
        self._steps: list[Step] = []

    def add(self, piece: Any) -> None:
        """Takes a `CompletionOutput` that holds what is new."""
        self._text.append(piece.text)
        for token, known in zip(piece.token_ids, piece.logprobs, strict=True):
            self._ids.append(token)
            self._steps.append(Step(known[token].logprob, [one.logprob for one in known.values()]))

    def drawn(self, finish: str) -> Drawn:
        """The sample, once vLLM said why it ended."""
        told = [step.drawn for step in self._steps] if self._settings.logprobs else []
        return Drawn(
            text="".join(self._text),
            token_ids=tuple(self._ids),
            logprobs=tuple(told),
            finish=Finish(finish),
            weight_version=self._version,
            log_chance=log_chance_bound(self._steps, self._settings),
        )
