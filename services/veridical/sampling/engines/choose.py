"""The engine that the settings name."""

from __future__ import annotations

from pathlib import Path

from veridical.sampling.engine import Engine
from veridical.sampling.engines.crew import EngineCrew
from veridical.sampling.engines.wire import DEFAULT_MODEL, Setup
from veridical.sampling.metrics import SamplerMetrics
from veridical.sampling.settings import SamplerSettings
from veridical.serving.server import CannotStart


def make_engine(settings: SamplerSettings, metrics: SamplerMetrics) -> Engine:
    """Makes the engine, to be started on the running event loop.

    Raises:
        CannotStart: A file or a library that it needs is not there.
    """
    if settings.engine == "openai":
        return _openai(settings)
    setup = Setup(
        engine=settings.engine,
        model=settings.model,
        name=settings.model_name or Path(settings.model).name,
        max_tokens=settings.max_model_tokens,
        slots=settings.slots,
        weights=None,
        adapters={},
    )
    return EngineCrew(
        setup,
        settings.engine_processes,
        settings.engine_python,
        settings.engine_start_seconds,
        metrics,
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
