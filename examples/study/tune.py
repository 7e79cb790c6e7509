"""Trains SmolLM2-135M a little on arithmetic, by GRPO with rewards from Veridical: `tune.py FOLDER STEPS`.

The problems are not those of the study: another seed makes them. Runs in the trainer's environment
(`.venv-trl`); the reward services are those of VERIDICAL_ADDRESS, or are started for it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

# Before the trainer's libraries are imported: nothing is to be downloaded or reported.
os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "WANDB_MODE": "disabled"}
# Threads wait for one another, and where a machine has other work a step would take minutes.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import GRPOConfig, GRPOTrainer

from veridical.client import Undecided
from veridical.evaluation.problems.arithmetic import STOP, arithmetic_problems
from veridical.integrations.trl import VeridicalReward
from veridical.sampling.engines.cpu.smollm2 import smollm2_folder

SEED = 1_000
"""That of the study's own problems is 0."""
PROBLEMS = 240
SAMPLES = 8
PROMPTS_A_STEP = 2
TOKENS = 24


def main(folder: Path, steps: int) -> None:
    """Writes the tuned model and its tokenizer to the folder."""
    source = smollm2_folder()
    tokenizer = AutoTokenizer.from_pretrained(source)
    reward = VeridicalReward(undecided=Undecided.NONE)

    def first_line(completions: list[str], **given: Any) -> list[float | None]:
        # A study's samples end at the line's end, too.
        cut = [each.split(STOP[0])[0] for each in completions]
        return reward(completions=cut, **given)

    rows = [
        {"prompt": item.prompt, "gold": item.task.math.gold}
        for item in arithmetic_problems(PROBLEMS, SEED)
        if item.group.split("/")[1] in {"1", "2", "3"}
    ]
    settings = GRPOConfig(
        output_dir=str(folder / "steps"),
        max_steps=steps,
        per_device_train_batch_size=SAMPLES * PROMPTS_A_STEP,
        num_generations=SAMPLES,
        max_completion_length=TOKENS,
        learning_rate=2e-5,
        lr_scheduler_type="constant",
        temperature=1.0,
        beta=0.0,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        seed=0,
    )
    trainer = GRPOTrainer(
        AutoModelForCausalLM.from_pretrained(source),
        reward_funcs=first_line,
        args=settings,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
    )
    trainer.train()
    trainer.save_model(str(folder))
    tokenizer.save_pretrained(folder)
    reward.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
