"""The engine for processors: a Transformers model, samples in a batch of fixed size on one thread.

What a sample is depends on its prompt, seed, settings and weights alone, to the last bit: a row of the
batch is computed in the same way whatever stands in the others, and its random numbers are its own.
`docs/decisions/0015-sampling-engines.md` has the figures.

| module     | what it holds                                                                 |
|------------|-------------------------------------------------------------------------------|
| `serve`    | the process: takes what is asked, works, answers                              |
| `schedule` | what is under way and what comes next                                         |
| `models`   | the model, its adapters and its weights                                       |
| `batch`    | the rows in which samples grow                                                |
| `cache`    | keys and values of the rows                                                   |
| `reading`  | prompts and scored texts, read piece by piece                                 |
| `sample`   | one sample as it grows                                                        |
| `drawing`  | a token, from logits and a random number; numpy alone                         |
| `lora`     | adapters, merged into copies of the layers they touch                         |
| `smollm2`  | the default model, from its package                                           |
"""

from __future__ import annotations
