"""The LoRA adapters of one vLLM, by the names that callers know them by."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vllm.lora.request import LoRARequest
from vllm.v1.engine.exceptions import EngineDeadError

from veridical.sampling.engine import CannotDo, Refused
from veridical.sampling.engines.adapters import read_adapter
from veridical.sampling.engines.vllm.models import adaptable
from veridical.sampling.engines.wire import Setup


class Adapters:
    """What vLLM has loaded; nothing may be under way while it changes.

    Args:
        engine: vLLM, made with room for adapters.
        setup: What the process loads.
    """

    def __init__(self, engine: Any, setup: Setup) -> None:
        self._engine = engine
        self._setup = setup
        self._numbers = itertools.count(1)
        self._loaded: dict[str, Any] = {}
        self._layers = adaptable(setup.model)

    def __iter__(self) -> Iterator[str]:
        """The names, in the order in which they came."""
        return iter(self._loaded)

    def request(self, model: str) -> Any:
        """What vLLM is told of a model with a call: None for the one without an adapter.

        Raises:
            CannotDo: There is none of that name.
        """
        if model == self._setup.name:
            return None
        if model not in self._loaded:
            raise CannotDo(f"{model} is not loaded")
        return self._loaded[model]

    async def load(self, name: str, path: str) -> None:
        """Adds an adapter, or replaces it.

        Raises:
            Refused: It cannot be used; one of that name stays.
        """
        check_adapter(path, self._layers, self._setup.max_adapter_rank)
        number = next(self._numbers)
        # vLLM keeps what it read of prompts under this name and path: another adapter needs another.
        request = LoRARequest(f"{name}#{number}", number, path)
        try:
            await self._engine.add_lora(request)
        except EngineDeadError:
            raise
        except Exception as error:  # vLLM names no kind of its own
            raise Refused("path", f"vLLM does not take the adapter: {error}") from error
        if name in self._loaded:
            await self._engine.remove_lora(self._loaded[name].lora_int_id)
        self._loaded[name] = request

    async def load_again(self) -> None:
        """Adds all of them once more, which vLLM drops with the weights."""
        for request in self._loaded.values():
            await self._engine.add_lora(request)


def check_adapter(path: str, layers: Mapping[str, tuple[int, int]], max_rank: int) -> None:
    """Returns where an adapter can be used with a model.

    Args:
        path: Of the adapter.
        layers: The layers that may be changed, outputs by inputs.
        max_rank: The highest rank that is taken.

    Raises:
        Refused: It is no adapter, or one of another model.
    """
    for name, shape in read_adapter(Path(path), max_rank).changes.items():
        there = layers.get(name)
        if there is None:
            raise Refused("path", f"the model has no layer {name} that vLLM adapts")
        if there != shape:
            raise Refused("path", f"the adapter of {name} has the shape of another model's")
