"""One rank of a distributed run; the test starts two.

Usage: two_ranks.py FOLDER, which holds the model with its tokenizer and takes what this rank saw.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import torch.distributed
from datasets import Dataset
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM
from trl import GRPOConfig, GRPOTrainer

from veridical.integrations.trl import VeridicalReward


class Recording:
    """A reward function that keeps what it was given and what it gave."""

    def __init__(self, reward: VeridicalReward) -> None:
        self.seen: list[list[Any]] = []
        self._reward = reward

    def __call__(self, answer: list[str], completions: list[str], **given: Any) -> list[Any]:
        rewards = self._reward(completions=completions, answer=answer, **given)
        self.seen += map(list, zip(answer, completions, rewards, strict=True))
        return rewards


def main() -> None:
    folder = Path(sys.argv[1])
    reward = Recording(pickle.loads(pickle.dumps(VeridicalReward())))
    train(folder, reward)
    (folder / f"rank-{os.environ['RANK']}.json").write_text(json.dumps(reward.seen))
    # A thread of gloo that lets a tensor go while the interpreter ends aborts the process. The threads
    # end with the process group, and that with the last who holds it: the trainer's model is one.
    gc.collect()
    torch.distributed.destroy_process_group()


def train(folder: Path, reward: Recording) -> None:
    rows = [("one plus one is", "2"), ("one is", "")]
    dataset = Dataset.from_list([{"prompt": prompt, "answer": gold} for prompt, gold in rows])
    args = GRPOConfig(
        str(folder / "out"),
        per_device_train_batch_size=8,
        num_generations=8,
        max_completion_length=3,
        max_steps=2,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
        bf16=False,
    )
    trainer = GRPOTrainer(
        Qwen2ForCausalLM.from_pretrained(folder),
        reward,
        args=args,
        train_dataset=dataset,
        processing_class=PreTrainedTokenizerFast.from_pretrained(folder),
    )
    trainer.train()


if __name__ == "__main__":
    main()
