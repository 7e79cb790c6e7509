"""Makes tiny random models, run by an interpreter that has torch: `tiny_model.py FOLDER`.

`first` and `second` differ in their weights. `adapter` is a LoRA adapter over `first`, and `merged` what
it makes of `first`, computed apart: by the definition W + alpha/r B A on the saved tensors.
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
    make_adapter(folder)
    tokenizer.save_pretrained(folder / "merged")
    wide = LlamaConfig.from_pretrained(folder / "first", intermediate_size=512)
    LlamaForCausalLM(wide).save_pretrained(folder / "wide")


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


def make_adapter(folder: Path) -> None:
    tensors = load_file(folder / "first" / "model.safetensors")
    generator = torch.Generator().manual_seed(5)
    parts: dict[str, torch.Tensor] = {}
    for name in ADAPTED:
        weight = tensors[f"{name}.weight"]
        down = torch.randn(RANK, weight.shape[1], generator=generator) * 0.1
        up = torch.randn(weight.shape[0], RANK, generator=generator) * 0.1
        parts[f"base_model.model.{name}.lora_A.weight"] = down
        parts[f"base_model.model.{name}.lora_B.weight"] = up
        tensors[f"{name}.weight"] = weight + ALPHA / RANK * up @ down
    adapter = folder / "adapter"
    adapter.mkdir()
    save_file(parts, adapter / "adapter_model.safetensors")
    settings = {"peft_type": "LORA", "r": RANK, "lora_alpha": ALPHA, "bias": "none"}
    (adapter / "adapter_config.json").write_text(json.dumps(settings))
    merged = LlamaForCausalLM.from_pretrained(folder / "first")
    merged.load_state_dict(tensors, strict=False)
    merged.save_pretrained(folder / "merged")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
