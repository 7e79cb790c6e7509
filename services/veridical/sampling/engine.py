"""What the service asks of an engine, and how an engine says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from veridical.sampling.model import Draw, Drawn, Model, Pair, Prepared, Prompt, Scores


class EngineError(Exception):
    """An engine did not do what was asked of it."""


class Refused(EngineError):
    """What was asked breaks a bound that the engine knows.

    Args:
        field: The field of the request at fault.
        problem: What is wrong with it.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        self.field = field
        self.problem = problem


class CannotDo(EngineError):
    """The engine cannot give what was asked for, now or ever; says what."""


class EngineLost(EngineError):
    """The engine died or went away; the same may be asked again once it is back."""


class Engine(Protocol):
    """Draws samples and scores texts. One instance serves one process, on its event loop."""

    @property
    def name(self) -> str:
        """Its kind and version, as every sample tells it."""

    @property
    def slots(self) -> int:
        """Samples that are worth having in the making at once."""

    @property
    def ready(self) -> bool:
        """Whether it can be asked now."""

    @property
    def models(self) -> Mapping[str, Model]:
        """What it serves, by name; a model stands before its adapters."""

    async def start(self) -> None:
        """Makes it ready; returns once it is, and raises where it cannot be."""

    async def close(self) -> None:
        """Gives back what it holds."""

    async def prepare(self, model: str, prompt: Prompt) -> Prepared:
        """Reads a prompt, once for all samples of a call.

        Raises:
            EngineError: It cannot be read; the field of a refusal is that of the prompt.
        """

    async def draw(self, draw: Draw) -> Drawn:
        """Draws one sample; cancelling gives its place back.

        Raises:
            EngineError: There is none.
        """

    async def score(self, model: str, pairs: Sequence[Pair]) -> Scores:
        """Scores continuations.

        Raises:
            EngineError: One cannot be scored; the field of a refusal begins with `inputs[i]`.
        """

    async def load_adapter(self, model: str, name: str, path: str) -> Model:
        """Adds a LoRA adapter, or replaces that of the same name.

        Raises:
            EngineError: It cannot be loaded.
        """

    async def update_weights(self, model: str, path: str) -> Model:
        """Replaces the weights; samples in the making are ended with the old ones first.

        Raises:
            EngineError: They cannot be loaded; the old ones stay.
        """
