"""Having models score responses of a run, each other's among them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from veridical.api.v1.sampling_pb2 import (
    ContentPart,
    ContinuationScore,
    Message,
    Messages,
    ScoreInput,
    ScoreResponse,
)
from veridical.client.errors import InvalidRequestError
from veridical.evaluation.errors import AnalysisError
from veridical.evaluation.probes.asking import Outcomes
from veridical.evaluation.probes.perplexity import perplexity
from veridical.evaluation.probes.store import ProbeStore, Score
from veridical.evaluation.runs.store import Drawn

_BATCH = 8
"""Responses of a call."""
_CALLS = 4
"""Calls that are with a sampler at once."""


class Scorer(Protocol):
    """Who scores, such as `veridical.client.AsyncSamplerClient`."""

    async def score(self, inputs: Iterable[ScoreInput], *, model: str = "") -> ScoreResponse:
        """Give the log-probabilities of continuations, in the inputs' order."""


@dataclass(frozen=True, slots=True)
class Served:
    """A model that scores.

    Attributes:
        name: What the run calls it.
        scorer: Where it is served.
        served: Under which name.
        tokenizer_hash: Of its tokenizer; empty where it is not told.
    """

    name: str
    scorer: Scorer
    served: str
    tokenizer_hash: str


@dataclass(slots=True)
class Scoring:
    """Scores responses that a model has not scored yet.

    Args:
        store: Where scores are kept.
        chat: Whether prompts went through a chat template.
        outcomes: What could not be done is noted here.
    """

    store: ProbeStore
    chat: bool
    outcomes: Outcomes
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_CALLS))

    async def score(self, model: Served, responses: Sequence[Drawn]) -> AsyncIterator[int]:
        """Have responses scored; yields how many are done."""
        there = {each.key for each in self.store.scores(model.name)}
        missing = [
            each
            for each in responses
            if each.key not in there and (each.sample.text or _same_tokens(model, each))
        ]
        done = len(responses) - len(missing)
        step = _BATCH * _CALLS
        for start in range(0, len(missing), step):
            part = missing[start : start + step]
            calls = (
                self._scored(model, part[at : at + _BATCH]) for at in range(0, len(part), _BATCH)
            )
            for scores in await asyncio.gather(*calls):
                self.store.add_scores(model.name, scores)
            done += len(part)
            yield done
            if self.outcomes.refused >= step:
                # It refuses whatever it is given.
                return

    async def _scored(self, model: Served, responses: Sequence[Drawn]) -> list[Score]:
        inputs = [self._input(model, each) for each in responses]
        async with self._room:
            try:
                found = await model.scorer.score(inputs, model=model.served)
            except InvalidRequestError as error:
                if len(responses) == 1:
                    self.outcomes.refuse(error)
                    return []
            else:
                return self._told(responses, inputs, found.scores)
        # One of them is refused, or all.
        single = [await self._scored(model, [each]) for each in responses]
        return [score for scores in single for score in scores]

    def _told(
        self,
        responses: Sequence[Drawn],
        inputs: Sequence[ScoreInput],
        scores: Sequence[ContinuationScore],
    ) -> list[Score]:
        """Return what a sampler told, but what cannot be true."""
        told = []
        for drawn, given, found in zip(responses, inputs, scores, strict=False):
            try:
                told += [_score(drawn, given, found)] if found.logprobs else []
            except AnalysisError as error:
                self.outcomes.refuse(error)
        if len(scores) < len(responses):
            missing = AnalysisError(f"{len(scores)} scores of {len(responses)} responses")
            self.outcomes.refuse(missing, len(responses) - len(scores))
        return told

    def _input(self, model: Served, drawn: Drawn) -> ScoreInput:
        made = ScoreInput()
        if self.chat:
            part = ContentPart(text=drawn.item.prompt)
            made.messages.CopyFrom(Messages(messages=[Message(role="user", content=[part])]))
        else:
            made.prompt = drawn.item.prompt
        if _same_tokens(model, drawn):
            made.continuation_ids.CopyFrom(drawn.sample.token_ids)
        else:
            made.continuation = drawn.sample.text
        return made


def _same_tokens(model: Served, drawn: Drawn) -> bool:
    """Return whether the tokens of a response are known, and mean the same to a model."""
    if not drawn.sample.token_ids.ids:
        return False
    theirs = drawn.sample.model.tokenizer_hash
    return drawn.model == model.name or (bool(theirs) and theirs == model.tokenizer_hash)


def _score(drawn: Drawn, given: ScoreInput, found: ContinuationScore) -> Score:
    exact = given.WhichOneof("scored") == "continuation_ids"
    if exact and len(found.logprobs) != len(given.continuation_ids.ids):
        raise AnalysisError(f"{len(found.logprobs)} log-probabilities of another number of tokens")
    return Score(drawn.key, len(found.logprobs), perplexity(found.logprobs), exact)
