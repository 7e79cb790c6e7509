"""The engine that the settings name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from veridical.sampling.engine import Engine
from veridical.sampling.engines.crew import EngineCrew
from veridical.sampling.engines.wire import DEFAULT_MODEL, Setup
from veridical.sampling.metrics import SamplerMetrics
from veridical.sampling.settings import SamplerSettings
from veridical.serving.server import CannotStart

_LIBRARIES = {"cpu": ("msgspec", "torch", "transformers"), "vllm": ("msgspec", "vllm")}
_PROBE = (
    "import sys; from importlib.util import find_spec; "
    "print(*[name for name in sys.argv[1:] if find_spec(name) is None])"
)


def make_engine(settings: SamplerSettings, metrics: SamplerMetrics) -> Engine:
    """Makes the engine, to be started on the running event loop.

    Raises:
        CannotStart: A file or a library that it needs is not there.
    """
    if settings.engine == "openai":
        return _openai(settings)
    _check_libraries(settings)
    setup = Setup(
        engine=settings.engine,
        model=settings.model,
        name=settings.model_name or Path(settings.model).name,
        max_tokens=settings.max_model_tokens,
        slots=settings.slots,
        weights=None,
        adapters={},
        max_adapters=settings.max_adapters if settings.weights_folders() else 0,
        max_adapter_rank=settings.max_adapter_rank,
    )
    return EngineCrew(
        setup,
        settings.engine_processes,
        settings.engine_python,
        settings.engine_start_seconds,
        metrics,
    )


def _check_libraries(settings: SamplerSettings) -> None:
    """Asks the engine's interpreter for its libraries, without importing them."""
    python, engine = str(settings.engine_python or sys.executable), settings.engine
    command = [python, "-P", "-c", _PROBE, "veridical", *_LIBRARIES[engine]]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(f"engine_python: {python} cannot be used: {error}") from error
    if missing := ", ".join(done.stdout.split()):
        raise CannotStart(
            f"engine: {python} has no {missing}: install veridical[sampling-{engine}]"
        )


def _openai(settings: SamplerSettings) -> Engine:
    try:
        from veridical.sampling.engines.openai.endpoint import Endpoint
        from veridical.sampling.engines.openai.engine import OpenaiEngine
    except ImportError as error:
        raise CannotStart(f"engine: {error}: install veridical[sampling-openai]") from error
    model = "" if settings.model == DEFAULT_MODEL else settings.model
    key, slots = _key(settings.openai_key_file), settings.slots
    endpoints = [Endpoint(url, model, key, slots) for url in settings.openai_addresses()]
    name = settings.model_name or model or "default"
    return OpenaiEngine(endpoints, name, slots * len(endpoints), settings.engine_start_seconds)


def _key(path: Path | None) -> str | None:
    try:
        return None if path is None else path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"openai_key_file: {path}: cannot be read") from error
