"""LoRA adapters (Hu et al., 2021, arXiv 2106.09685), merged into copies of the layers they touch."""

from __future__ import annotations

import copy
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from veridical.sampling.engine import Refused

_PREFIX = "base_model.model."
_PLAIN = {"use_dora": False, "bias": "none", "modules_to_save": None, "fan_in_fan_out": False}
"""What an adapter's settings must say, or leave out, to be W + s B A and nothing else."""


def merged(model: Any, folder: str) -> Any:
    """A model that shares all but the adapted layers with another.

    Args:
        model: The model that the adapter was made for.
        folder: Of adapter_config.json and adapter_model.safetensors, as PEFT writes them.

    Raises:
        Refused: It is no such adapter, or one of another model.
    """
    settings, pairs = _read(Path(folder))
    shared = {id(part): part for part in (*model.parameters(), *model.buffers())}
    adapted = copy.deepcopy(model, shared)
    for name, pair in pairs.items():
        layer = _layer(adapted, name)
        if set(pair) != {"lora_A", "lora_B"}:
            raise Refused("path", f"the adapter of {name} is not a pair of matrices")
        change = _scale(settings) * (pair["lora_B"].float() @ pair["lora_A"].float())
        if change.shape != layer.weight.shape:
            raise Refused("path", f"the adapter of {name} has the shape of another model's")
        layer.weight = torch.nn.Parameter(layer.weight + change, requires_grad=False)
    return adapted


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, dict[str, torch.Tensor]]]:
    try:
        settings = json.loads((folder / "adapter_config.json").read_text())
        tensors = load_file(folder / "adapter_model.safetensors")
    except Exception as error:  # whatever a broken file makes of its reader
        raise Refused("path", f"no LoRA adapter can be read there: {error}") from error
    for key, plain in _PLAIN.items():
        if settings.get(key) not in (plain, [], False, None):
            raise Refused("path", f"adapters with {key} are not served")
    pairs: defaultdict[str, dict[str, torch.Tensor]] = defaultdict(dict)
    for key, tensor in tensors.items():
        name, _, kind = key.removesuffix(".weight").rpartition(".")
        pairs[name.removeprefix(_PREFIX)][kind] = tensor
    if not pairs:
        raise Refused("path", "the adapter changes nothing")
    return settings, pairs


def _scale(settings: dict[str, Any]) -> float:
    rank = settings["r"]
    return float(settings["lora_alpha"] / (math.sqrt(rank) if settings.get("use_rslora") else rank))


def _layer(model: Any, name: str) -> Any:
    try:
        layer = model.get_submodule(name)
    except AttributeError as error:
        raise Refused("path", f"the model has no layer {name}") from error
    if not isinstance(layer, torch.nn.Linear):
        raise Refused("path", f"{name} is no linear layer")
    return layer
