"""The models of a study: where each is served, and what its server says of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from veridical.api.v1.sampling_pb2 import ModelInfo
from veridical.cli.connect import PATIENCE
from veridical.cli.exits import CommandError
from veridical.cli.render import one_line
from veridical.client import ClientSettings
from veridical.client.async_sampler import AsyncSamplerClient

if TYPE_CHECKING:
    from veridical.evaluation.runs.plan import Policy

_SAMPLE_SECONDS = 7 * 24 * 3600.0
"""Time for all samples of a prompt; how long one may take is the sampler's affair."""


@dataclass(frozen=True, slots=True)
class StudyModel:
    """A model of a study.

    Attributes:
        name: What the study calls it.
        sampler: Where it is served.
        info: What is served there.
    """

    name: str
    sampler: AsyncSamplerClient
    info: ModelInfo

    def policy(self) -> Policy:
        """Return it as a run samples it."""
        from veridical.evaluation.runs.plan import Policy

        told = self.info.HasField("weight_version")
        version = self.info.weight_version if told else None
        return Policy(self.name, self.sampler, self.info.name, version)

    def about(self) -> dict[str, object]:
        """Return what makes it another model, as a run keeps it."""
        info = self.info
        return {
            "engine": info.engine,
            "tokenizer_hash": info.tokenizer_hash,
            "weight_version": info.weight_version if info.HasField("weight_version") else None,
            "max_tokens": info.max_tokens,
        }


@asynccontextmanager
async def study_models(
    specs: Sequence[str], sampler: str | None
) -> AsyncIterator[list[StudyModel]]:
    """Give the models named on the command line, for as long as the body runs.

    Args:
        specs: `NAME` or `NAME@ADDRESS` of each.
        sampler: The address of those without one.

    Raises:
        CommandError: One has no sampler, is named twice by one name or two, or is not served.
        VeridicalError: A sampler is out of reach.
    """
    settings = ClientSettings(retry=PATIENCE, timeout_seconds=_SAMPLE_SECONDS)
    models: list[StudyModel] = []
    taken: dict[tuple[str, str], str] = {}
    async with AsyncExitStack() as stack:
        for spec in specs:
            name, address = _place(spec, sampler)
            if name in [each.name for each in models]:
                raise CommandError(f"{name!r} is named twice")
            client = await stack.enter_async_context(AsyncSamplerClient(address, settings=settings))
            info = _served(name, await client.list_models(), address)
            first = taken.setdefault((address, info.name), name)
            if first != name:
                raise CommandError(
                    f"{first} and {name} are the same model: {address} serves only {info.name!r} for both"
                )
            models.append(StudyModel(name, client, info))
        yield models


def _place(spec: str, sampler: str | None) -> tuple[str, str]:
    name, _, address = spec.partition("@")
    if not name:
        raise CommandError(f"{spec!r} names no model")
    if not address and sampler is None:
        raise CommandError(f"{name}: no sampler; name it as {name}@ADDRESS, or by --sampler")
    return name, address or sampler or ""


def _served(name: str, models: Sequence[ModelInfo], address: str) -> ModelInfo:
    """Return the model of that name, or the only one: then the name is the caller's own for it."""
    for model in models:
        if model.name == name:
            return model
    if len(models) == 1:
        return models[0]
    names = one_line(", ".join(model.name for model in models))
    raise CommandError(f"{address} serves no {name!r}, only {names}")
