"""The model, its adapters and its weights."""

from __future__ import annotations

from typing import Any

import torch
import transformers

from veridical.sampling.engine import Refused
from veridical.sampling.engines.cpu.batch import Batch
from veridical.sampling.engines.cpu.lora import merged
from veridical.sampling.engines.cpu.smollm2 import smollm2_folder
from veridical.sampling.engines.wire import DEFAULT_MODEL, Setup
from veridical.sampling.engines.words import Words
from veridical.sampling.model import Model

ENGINE = f"cpu transformers {transformers.__version__} torch {torch.__version__}"


class Models:
    """What the process serves: one model and adapters over it.

    Args:
        setup: What to load.

    Raises:
        Exception: The model cannot be loaded.
    """

    def __init__(self, setup: Setup) -> None:
        transformers.utils.logging.disable_progress_bar()
        folder = str(smollm2_folder()) if setup.model == DEFAULT_MODEL else setup.model
        self._name = setup.name
        self._slots = setup.slots
        self._max_rank = setup.max_adapter_rank
        self._model = _load(folder)
        self._version = 0
        self._adapters = dict(setup.adapters)
        if setup.weights is not None:
            self._replace(setup.weights.path)
            self._version = setup.weights.version
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.words = Words(tokenizer, self._model.config.vocab_size)
        self.ends = _ends(self._model, tokenizer)
        own = getattr(self._model.config, "max_position_embeddings", setup.max_tokens)
        self.max_tokens = min(setup.max_tokens, own)
        self._served = self._all_served()
        self.batches = self._all_batches()
        """By name, where the samples of each grow."""

    @property
    def version(self) -> int:
        """How often the weights were replaced."""
        return self._version

    def torch_model(self, name: str) -> Any:
        """The model of a name."""
        return self._served[name]

    def listed(self) -> tuple[Model, ...]:
        """All that is served, the model first."""
        return tuple(self._described(name) for name in self._served)

    def load_adapter(self, name: str, path: str) -> Model:
        """Adds an adapter or replaces it; nothing may be under way.

        Raises:
            Refused: It cannot be used.
        """
        self._served[name] = merged(self._model, path, self._max_rank)
        self._adapters[name] = path
        self.batches[name] = Batch(self._served[name], self._slots)
        return self._described(name)

    def update_weights(self, path: str) -> Model:
        """Replaces the weights; nothing may be under way.

        Raises:
            Refused: They cannot be used; the old ones stay.
        """
        self._replace(path)
        self._version += 1
        self._served = self._all_served()
        self.batches = self._all_batches()
        return self._described(self._name)

    def _replace(self, path: str) -> None:
        try:
            weights = _load(path).state_dict()
            old = self._model.state_dict()
            if {k: v.shape for k, v in weights.items()} != {k: v.shape for k, v in old.items()}:
                raise Refused("path", "the checkpoint is that of another architecture")
        except (OSError, ValueError, RuntimeError) as error:
            raise Refused("path", f"no checkpoint can be read there: {error}") from error
        self._model.load_state_dict(weights)

    def _all_served(self) -> dict[str, Any]:
        adapted = {
            name: merged(self._model, path, self._max_rank) for name, path in self._adapters.items()
        }
        return {self._name: self._model, **adapted}

    def _all_batches(self) -> dict[str, Batch]:
        return {name: Batch(model, self._slots) for name, model in self._served.items()}

    def _described(self, name: str) -> Model:
        base = "" if name == self._name else self._name
        return Model(name, base, self.max_tokens, self.words.hash, self._version)


def _load(folder: str) -> Any:
    """Loads a checkpoint in the precision that processors are quick in.

    Of attention the plain form is taken: others give a row other bits where its neighbours are longer.
    """
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=torch.float32,
        attn_implementation="eager",
        use_safetensors=True,
        local_files_only=True,
    ).eval()
    kinds = set(getattr(model.config, "layer_types", None) or ("full_attention",))
    if kinds != {"full_attention"}:
        raise ValueError(f"models with {', '.join(sorted(kinds))} are not served by this engine")
    return model


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    ends = model.generation_config.eos_token_id
    listed = ends if isinstance(ends, list) else [ends]
    return frozenset(end for end in (*listed, tokenizer.eos_token_id) if end is not None)
