"""vLLM itself: how it is made, and its weights."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import vllm
from safetensors import SafetensorError, safe_open
from transformers import AutoConfig
from vllm import AsyncEngineArgs
from vllm.platforms import current_platform
from vllm.v1.engine.async_llm import AsyncLLM

from veridical.sampling.engine import Refused
from veridical.sampling.engines.wire import Setup

ENGINE = f"vllm {vllm.__version__}"
_BATCHED_TOKENS = 32_768


def make_vllm(setup: Setup, loggers: list[Any]) -> Any:
    """Starts vLLM.

    Adapters of what makes the logits are not taken: with room for them vLLM's engine dies of prompts that
    are scored side by side (`add_lora_logits` counts the samples' rows, and the prompts' are more).

    On processors float32 is quicker than the narrower types. And there a prompt must be read in one
    piece: where a seed is given and the prompt's reading is split, vLLM's engine dies ("CPU Generator does
    not use offset").

    Args:
        setup: What to load.
        loggers: Makers of what is told of vLLM's state.
    """
    weights = setup.weights.path if setup.weights else setup.model
    common: dict[str, Any] = {
        "model": weights,
        "tokenizer": setup.model,
        "max_model_len": min(setup.max_tokens, _own_bound(weights, setup.max_tokens)),
        "max_num_seqs": setup.slots,
        "enable_prefix_caching": True,
    }
    if setup.max_adapters:
        common |= {
            "enable_lora": True,
            "max_loras": setup.max_adapters,
            "max_cpu_loras": setup.max_adapters + 1,  # while one takes another's place
            "max_lora_rank": setup.max_adapter_rank,
            "lora_target_modules": sorted({each.rpartition(".")[2] for each in adaptable(weights)}),
        }
    if current_platform.is_cpu():
        os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
        common |= {
            "dtype": "float32",
            "enforce_eager": True,
            "enable_chunked_prefill": False,
            "max_num_batched_tokens": max(_BATCHED_TOKENS, setup.max_tokens),
        }
    return AsyncLLM.from_engine_args(AsyncEngineArgs(**common), stat_loggers=loggers)


def _own_bound(folder: str, default: int) -> int:
    """The model's own longest text; vLLM refuses to be told a longer one."""
    settings = AutoConfig.from_pretrained(folder, local_files_only=True).get_text_config()
    return int(getattr(settings, "max_position_embeddings", default))


def adaptable(folder: str) -> dict[str, tuple[int, int]]:
    """The layers of a checkpoint that an adapter may change, by name: outputs and inputs of their weights.

    Those are the matrices of numbered layers, and so neither what reads tokens nor what makes logits.
    """
    found: dict[str, tuple[int, int]] = {}
    for name, shape in shapes(folder).items():
        layer = name.removesuffix(".weight")
        if layer != name and len(shape) == 2 and any(map(str.isdigit, layer.split("."))):
            found[layer] = (shape[0], shape[1])
    return found


async def reload(engine: Any, path: str) -> None:
    """Replaces the weights once the samples under way have ended; others wait meanwhile.

    Raises:
        Exception: vLLM could not; what it holds is not known then.
    """
    await engine.pause_generation(mode="wait")
    await engine.collective_rpc("reload_weights", kwargs={"weights_path": path})
    await engine.resume_generation()


def check_same_shapes(model: str, path: str) -> None:
    """Returns where a checkpoint has the tensors of the model.

    Raises:
        Refused: It cannot be read, or has others.
    """
    try:
        found = shapes(path)
    except (OSError, SafetensorError) as error:
        raise Refused("path", f"no checkpoint can be read there: {error}") from error
    if not found:
        raise Refused("path", "no checkpoint can be read there: it has no safetensors")
    if found != shapes(model):
        raise Refused("path", "the checkpoint is that of another architecture")


def shapes(folder: str) -> dict[str, tuple[int, ...]]:
    """The shapes of a checkpoint's tensors by their names.

    Raises:
        OSError: A file cannot be read.
        SafetensorError: It is not what it should be.
    """
    found: dict[str, tuple[int, ...]] = {}
    for path in sorted(Path(folder).glob("model*.safetensors")):
        with safe_open(path, "np") as file:
            found |= {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    return found
