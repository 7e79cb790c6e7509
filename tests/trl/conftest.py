"""A tiny random model, its words, and real services."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

# Before any of the trainer's libraries is imported: nothing is to be downloaded or reported.
os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "CUDA_VISIBLE_DEVICES": ""}
# The model is so small that more threads only wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, set_seed

from veridical.client import Client, LocalSettings
from veridical.client.local import start_local

WORDS = ["<pad>", "<end>", "<user>", "<model>", "one", "two", "plus", "is"]
WORDS += [rf"\boxed{{{number}}}" for number in range(4)]
CHAT = (
    "{% for m in messages %}<{{ 'user' if m.role == 'user' else 'model' }}> {{ m.content }} {% endfor %}"
    "{% if add_generation_prompt %}<model>{% endif %}"
)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of a gateway in front of a math verifier."""
    services = start_local(LocalSettings(workers=1))
    yield services.address
    services.close()


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    """One token a word, and a box for each answer, so that random samples are sometimes right."""
    words = Tokenizer(
        models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<pad>")
    )
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", eos_token="<end>", chat_template=CHAT
    )


@pytest.fixture
def model(tokenizer: PreTrainedTokenizerFast) -> Qwen2ForCausalLM:
    set_seed(0)
    config = Qwen2Config(
        vocab_size=len(WORDS),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return Qwen2ForCausalLM(config)
