"""The engines, and the processes that those run in that load a model themselves.

| module    | what it holds                                                              |
|-----------|----------------------------------------------------------------------------|
| `choose`  | the engine that the settings name                                          |
| `crew`    | some engine processes as one engine: spread over, started again            |
| `host`    | one engine process as the server sees it                                   |
| `words`   | text to tokens and back                                                    |
| `adapters` | LoRA adapters, read without a model                                        |
| `prompts` | what an engine is to read, in tokens, where it fits                        |
| `chance`  | how likely a sample was                                                    |
| `wire`    | what passes between the two                                                |
| `process` | the process's own side; imports a model's libraries and nothing of serving |
| `cpu`     | Transformers on one processor                                              |
| `vllm`    | vLLM                                                                       |
| `openai`  | servers that speak OpenAI's HTTP interface                                 |
"""

from __future__ import annotations
