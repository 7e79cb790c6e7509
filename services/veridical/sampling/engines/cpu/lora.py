"""LoRA adapters merged into copies of the layers that they touch."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from veridical.sampling.engine import Refused
from veridical.sampling.engines.adapters import PREFIX, TENSORS, A, B, read_adapter


def merged(model: Any, folder: str, max_rank: int) -> Any:
    """A model that shares all but the adapted layers with another.

    Args:
        model: The model that the adapter was made for.
        folder: Of the adapter.
        max_rank: The highest rank that is taken.

    Raises:
        Refused: It is no adapter, or one of another model.
    """
    adapter = read_adapter(Path(folder), max_rank)
    tensors = {
        key.removeprefix(PREFIX): tensor.float()
        for key, tensor in load_file(Path(folder) / TENSORS).items()
    }
    shared = {id(part): part for part in (*model.parameters(), *model.buffers())}
    adapted = copy.deepcopy(model, shared)
    for name, shape in adapter.changes.items():
        layer = _layer(adapted, name)
        if layer.weight.shape != shape:
            raise Refused("path", f"the adapter of {name} has the shape of another model's")
        change = adapter.scale * (tensors[f"{name}.{B}"] @ tensors[f"{name}.{A}"])
        layer.weight = torch.nn.Parameter(layer.weight + change, requires_grad=False)
    return adapted


def _layer(model: Any, name: str) -> Any:
    try:
        layer = model.get_submodule(name)
    except AttributeError as error:
        raise Refused("path", f"the model has no layer {name}") from error
    if not isinstance(layer, torch.nn.Linear):
        raise Refused("path", f"{name} is no linear layer")
    return layer
