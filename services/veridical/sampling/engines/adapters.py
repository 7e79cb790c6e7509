"""LoRA adapters (Hu et al., 2021, arXiv 2106.09685) as PEFT writes them, read without a model."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open

from veridical.sampling.engine import Refused

SETTINGS = "adapter_config.json"
TENSORS = "adapter_model.safetensors"
PREFIX = "base_model.model."
"""What PEFT puts before the names of layers."""
A, B = "lora_A.weight", "lora_B.weight"

_BESIDE = (
    *("use_dora", "use_qalora", "use_bdlora", "bias", "lora_bias", "modules_to_save"),
    *("fan_in_fan_out", "rank_pattern", "alpha_pattern", "layer_replication", "target_parameters"),
    *("alora_invocation_tokens", "trainable_token_indices"),
)
"""What an adapter's settings must leave out to be W + s B A and nothing else."""
_PLAIN: tuple[object, ...] = (None, False, "none", [], {})
_OTHER_BASE = ("pissa", "olora", "corda", "loftq")
"""Beginnings that change the base weights: PEFT makes them anew as it loads the adapter."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """What an adapter adds to the weights of some layers: s B A.

    Attributes:
        scale: s.
        rank: Columns of B, rows of A.
        changes: The shape of B A, outputs by inputs, by the names of the layers; 1 or more.
    """

    scale: float
    rank: int
    changes: Mapping[str, tuple[int, int]]


def read_adapter(folder: Path, max_rank: int) -> Adapter:
    """Reads an adapter's settings and the shapes of its matrices.

    Args:
        folder: Of adapter_config.json and adapter_model.safetensors.
        max_rank: The highest rank that is taken.

    Raises:
        Refused: It is no such adapter; the field is `path`.
    """
    try:
        settings = json.loads((folder / SETTINGS).read_bytes())
        scale, rank = _scale(settings), int(settings["r"])
        with safe_open(folder / TENSORS, "np") as file:
            shapes = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
    except Exception as error:  # whatever a broken file makes of its reader
        raise Refused("path", f"no LoRA adapter can be read there: {error!r}") from error
    _refuse_more(settings)
    if rank > max_rank:
        raise Refused("path", f"its rank of {rank} is above {max_rank}: see --max-adapter-rank")
    return Adapter(scale, rank, _changes(shapes, rank))


def _scale(settings: dict[str, Any]) -> float:
    rank = settings["r"]
    return float(settings["lora_alpha"] / (math.sqrt(rank) if settings.get("use_rslora") else rank))


def _refuse_more(settings: dict[str, Any]) -> None:
    for key in _BESIDE:
        if settings.get(key) not in _PLAIN:
            raise Refused("path", f"adapters with {key} are not served")
    begun = settings.get("init_lora_weights")
    if isinstance(begun, str) and begun.lower().startswith(_OTHER_BASE):
        raise Refused("path", f"adapters begun with {begun} are not served: their base is another")


def _changes(shapes: Mapping[str, tuple[int, ...]], rank: int) -> dict[str, tuple[int, int]]:
    pairs: defaultdict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for key, shape in shapes.items():
        name, dot, kind = key.removeprefix(PREFIX).rpartition(".lora_")
        pairs[name][f"{dot[1:]}{kind}"] = shape
    if not pairs:
        raise Refused("path", "the adapter changes nothing")
    return {name: _change(name, pair, rank) for name, pair in pairs.items()}


def _change(name: str, pair: Mapping[str, tuple[int, ...]], rank: int) -> tuple[int, int]:
    match pair.get(B), pair.get(A):
        case (outputs, columns), (rows, inputs) if len(pair) == 2 and columns == rows == rank:
            return outputs, inputs
    raise Refused("path", f"the adapter of {name} is not a pair of matrices of rank {rank}")
