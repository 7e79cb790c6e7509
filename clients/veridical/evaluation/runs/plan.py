"""What a run draws: how many samples, how, and of which models."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from google.protobuf.json_format import MessageToDict

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.sampling_pb2 import (
    ContentPart,
    GenerateRequest,
    Message,
    Messages,
    Sample,
    SamplingSettings,
)
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.evaluation.errors import RunError
from veridical.evaluation.runs.store import Gap

MAX_SAMPLES = 65_536
"""Samples of one problem and model, over all seeds."""
MAX_TOKENS = 16_384
"""Tokens of a sample in arXiv 2504.13837."""


class Sampler(Protocol):
    """Who draws, such as `veridical.client.AsyncSamplerClient`."""

    def generate(self, request: GenerateRequest) -> AsyncGenerator[Sample, None]:
        """Yields each sample as it finishes."""


class Verifier(Protocol):
    """Who judges, such as `veridical.client.AsyncClient`."""

    def stream(self, items: AsyncIterable[Item]) -> AsyncGenerator[Verdict, None]:
        """Yields each verdict as it comes."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A model of a run.

    Attributes:
        name: What the run calls it.
        sampler: Where it is served.
        served: Under which name; empty for a server's only one.
        version: Of its weights; None where that is not told.
    """

    name: str
    sampler: Sampler
    served: str = ""
    version: int | None = None

    async def drawn(self, request: GenerateRequest) -> AsyncGenerator[Sample, None]:
        """Yield each sample of a request as it finishes.

        Raises:
            RunError: A sample is not what was asked for: of another group, or by other weights.
            VeridicalError: A fault of the call.
        """
        async with aclosing(self.sampler.generate(request)) as samples:
            async for sample in samples:
                self._check(request, sample)
                yield sample

    def _check(self, request: GenerateRequest, sample: Sample) -> None:
        if sample.group != request.group:
            raise RunError(
                f"the sampler of {self.name} answered {request.group!r} with another group"
            )
        told = sample.model.weight_version if sample.model.HasField("weight_version") else None
        if None not in (told, self.version) and told != self.version:
            raise RunError(
                f"the weights of {self.name} changed while it was sampled: from version {self.version} to "
                f"{told}"
            )


def paper_settings() -> SamplingSettings:
    """Return the settings of arXiv 2504.13837."""
    return SamplingSettings(temperature=0.6, top_p=0.95, max_tokens=MAX_TOKENS)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn of each problem by each model.

    Attributes:
        samples: Of each seed, 1 or more.
        seeds: One or more, none twice; sample i of the seed in place s has index s * samples + i.
        sampling: How tokens are drawn; its seed is not looked at.
        chat: Whether a prompt goes through the model's chat template as a user's message.

    Raises:
        RunError: A value is out of its range.
    """

    samples: int
    seeds: tuple[int, ...] = (0,)
    sampling: SamplingSettings = field(default_factory=paper_settings)
    chat: bool = False

    def __post_init__(self) -> None:
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise RunError("seeds: there must be one or more, none twice")
        if not 1 <= self.samples * len(self.seeds) <= MAX_SAMPLES:
            raise RunError(f"samples: 1 to {MAX_SAMPLES} over all seeds")

    @property
    def total(self) -> int:
        """Samples of each problem by each model, over all seeds."""
        return self.samples * len(self.seeds)

    def settings(self) -> dict[str, object]:
        """Return what the samples hang on, as a run keeps it."""
        sampling = SamplingSettings()
        sampling.CopyFrom(self.sampling)
        sampling.ClearField("seed")
        return {
            "samples": self.samples,
            "seeds": list(self.seeds),
            "sampling": MessageToDict(sampling, preserving_proto_field_name=True),
            "chat": self.chat,
        }

    def requests(self, policy: Policy, gap: Gap) -> Iterator[GenerateRequest]:
        """Yield what to ask for: the missing samples of a problem, one request a seed."""
        for place, seed in enumerate(self.seeds):
            first = place * self.samples
            indices = [each for each in gap.indices if first <= each < first + self.samples]
            if indices:
                request = GenerateRequest(
                    model=policy.served, group=gap.item.group, sample_indices=indices
                )
                request.settings.CopyFrom(self.sampling)
                request.settings.seed = seed
                self._ask(request, gap.item.prompt)
                yield request

    def _ask(self, request: GenerateRequest, prompt: str) -> None:
        if self.chat:
            part = ContentPart(text=prompt)
            request.messages.CopyFrom(Messages(messages=[Message(role="user", content=[part])]))
        else:
            request.prompt = prompt
