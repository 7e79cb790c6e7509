"""Settings of the sampling server."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from veridical.sampling.engines.wire import DEFAULT_MODEL
from veridical.serving.settings import Items, Seconds, ServerSettings


class SamplerSettings(ServerSettings):
    """What the sampling server can be told."""

    listen: str = "127.0.0.1:50055"
    """Address to serve on: host:port, or unix:/path/to.sock."""
    max_call_seconds: Seconds = 86_400.0
    """Longest time a call may take, whatever deadline its caller set."""
    engine: Literal["cpu", "vllm", "openai"] = "cpu"
    """What draws the samples."""
    model: str = DEFAULT_MODEL
    """The model: a folder with safetensors, smollm2-135m for the one that comes as a package (cpu), or the name
    that OpenAI-compatible servers know (openai)."""
    model_name: str = ""
    """Name under which callers ask for it; by default the folder's own."""
    max_model_tokens: int = Field(4_096, ge=16, le=1 << 20)
    """Longest prompt and response together, in tokens; the model's own bound where that is less."""
    max_prompt_bytes: int = Field(1 << 20, ge=1, le=1 << 30)
    """Bytes of one prompt, and of one continuation that is scored."""
    slots: Items = 16
    """Samples in the making at once in each engine process, or at each address."""
    engine_processes: int = Field(1, ge=1, le=1024)
    """Engine processes (cpu): each has the weights in memory and works on one processor."""
    engine_python: Path | None = None
    """Interpreter of the environment that holds the engine's libraries; by default this one."""
    engine_start_seconds: Seconds = 600.0
    """Time in which an engine process must be ready."""
    openai_urls: str = ""
    """Addresses of OpenAI-compatible servers (openai), separated by commas, such as http://host:8000/v1."""
    openai_key_file: Path | None = None
    """File that holds the key to show to them; none is shown by default."""
    weights: str = ""
    """Folders, separated by colons, from which callers may have adapters and weights loaded; none by default."""
    max_adapters: int = Field(4, ge=0, le=1024)
    """Adapters that may be loaded at once, where folders for weights are opened; vllm sets memory aside for each."""
    max_adapter_rank: Literal[8, 16, 32, 64, 128, 256, 320, 512] = 64
    """Highest rank of an adapter."""

    @model_validator(mode="after")
    def _addresses_are_there(self) -> Self:
        if (self.engine == "openai") != bool(self.openai_addresses()):
            raise ValueError("the engine openai and openai_urls need each other")
        if any(not url.startswith(("http://", "https://")) for url in self.openai_addresses()):
            raise ValueError("openai_urls: each must begin with http:// or https://")
        return self

    def openai_addresses(self) -> list[str]:
        """The addresses in `openai_urls`."""
        return [url.strip() for url in self.openai_urls.split(",") if url.strip()]

    def weights_folders(self) -> list[Path]:
        """The folders in `weights`."""
        return [Path(part) for part in self.weights.split(":") if part]
