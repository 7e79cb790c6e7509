"""The reward gateway: a verifier of verifiers.

| module     | what it does                                                              |
|------------|---------------------------------------------------------------------------|
| `service`  | serves the contract: dedupes, fans out, merges in order                   |
| `flights`  | one sub-batch under way, shared by all calls that wait for its items      |
| `router`   | which backend takes which kind, and what happens when one is lost         |
| `backend`  | one verifier server: its health, its description, calls to it             |
| `settings` | what the gateway can be told                                              |
"""

from __future__ import annotations
