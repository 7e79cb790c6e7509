"""Makes tiny random models, run by an interpreter that has torch: `tiny_model.py FOLDER`.

`first` and `second` differ in their weights. `adapter` is a LoRA adapter over `first`, and `merged` what
it makes of `first`, computed apart: by the definition W + alpha/r B A on the saved tensors. `adapter-2` is
another, `adapter-wide` is one of `wide`, and `adapter-deep` one of a model with more layers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SPECIAL = ["<|pad|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if messages[0].role == 'assistant' %}{{ raise_exception('begins with an answer') }}{% endif %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
RANK, ALPHA = 4, 32
ADAPTED = ["model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj"]


def main(folder: Path) -> None:
    tokenizer = make_tokenizer()
    for seed, name in enumerate(("first", "second")):
        torch.manual_seed(seed)
        config = LlamaConfig(
            vocab_size=512,
            hidden_size=128,  # of each head 32, the least that vLLM takes on processors
            intermediate_size=256,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=2_048,
            initializer_range=0.3,
            bos_token_id=1,
            eos_token_id=3,
            pad_token_id=0,
        )
        LlamaForCausalLM(config).save_pretrained(folder / name)
        tokenizer.save_pretrained(folder / name)
    merge(folder, make_adapter(folder / "adapter", folder / "first", 5, ADAPTED))
    tokenizer.save_pretrained(folder / "merged")
    make_adapter(folder / "adapter-2", folder / "first", 6, ADAPTED[:1])
    wide = LlamaConfig.from_pretrained(folder / "first", intermediate_size=512)
    LlamaForCausalLM(wide).save_pretrained(folder / "wide")
    make_adapter(folder / "adapter-wide", folder / "wide", 5, ADAPTED)
    deep = LlamaConfig.from_pretrained(folder / "first", num_hidden_layers=3)
    LlamaForCausalLM(deep).save_pretrained(folder / "deep")
    make_adapter(folder / "adapter-deep", folder / "deep", 5, ["model.layers.2.mlp.up_proj"])


def make_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    lines = [f"What is {a} + {b}? The answer is {a + b}." for a in range(30) for b in range(30)]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=512, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(lines, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|endoftext|>",
        eos_token="<|im_end|>",
        pad_token="<|pad|>",
        chat_template=CHAT,
    )


def make_adapter(folder: Path, base: Path, seed: int, layers: list[str]) -> dict[str, torch.Tensor]:
    """Saves an adapter; gives what it adds to each weight of its base."""
    tensors = load_file(base / "model.safetensors")
    generator = torch.Generator().manual_seed(seed)
    parts: dict[str, torch.Tensor] = {}
    added: dict[str, torch.Tensor] = {}
    for name in layers:
        weight = tensors[f"{name}.weight"]
        down = torch.randn(RANK, weight.shape[1], generator=generator) * 0.1
        up = torch.randn(weight.shape[0], RANK, generator=generator) * 0.1
        parts[f"base_model.model.{name}.lora_A.weight"] = down
        parts[f"base_model.model.{name}.lora_B.weight"] = up
        added[f"{name}.weight"] = ALPHA / RANK * up @ down
    folder.mkdir()
    save_file(parts, folder / "adapter_model.safetensors")
    settings = {"peft_type": "LORA", "r": RANK, "lora_alpha": ALPHA, "bias": "none"}
    targets = sorted({name.rpartition(".")[2] for name in layers})
    (folder / "adapter_config.json").write_text(json.dumps({**settings, "target_modules": targets}))
    return added


def merge(folder: Path, added: dict[str, torch.Tensor]) -> None:
    tensors = load_file(folder / "first" / "model.safetensors")
    merged = LlamaForCausalLM.from_pretrained(folder / "first")
    new = {name: tensors[name] + change for name, change in added.items()}
    merged.load_state_dict(new, strict=False)
    merged.save_pretrained(folder / "merged")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
