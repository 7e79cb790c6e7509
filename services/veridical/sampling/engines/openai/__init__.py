"""The engine for servers that speak OpenAI's HTTP interface: vLLM, SGLang, llama.cpp and others.

What an endpoint does not give is refused and not made up: weights and adapters always, scores and lengths
of prompts where the server is not vLLM, whose further calls give them.

| module     | what it holds                                                        |
|------------|----------------------------------------------------------------------|
| `engine`   | several addresses as one engine                                      |
| `endpoint` | one address: its calls, and whether it answers                       |
| `wire`     | what is sent, and what of an answer counts                           |
"""

from __future__ import annotations
