"""The sampling service: `Generate` and `Score` over an engine.

| module      | what it holds                                                                  |
|-------------|--------------------------------------------------------------------------------|
| `model`     | what is asked of an engine and what it gives, as plain data                    |
| `engine`    | what the service asks of an engine, and how an engine says no                  |
| `seeds`     | the seed of a sample, from that of its call and its index                      |
| `slots`     | the engine's places, shared fairly between callers                             |
| `call`      | one call: its samples drawn within bounds, handed out as they finish           |
| `repeats`   | samples that repeat though chance hardly makes that                            |
| `messages`  | messages of the contract to plain data and back                                |
| `service`   | the SamplerService                                                             |
| `server`    | the life of the server                                                         |
| `engines`   | the engines: `cpu` and `vllm` in processes of their own, `openai` by HTTP      |
"""

from __future__ import annotations
