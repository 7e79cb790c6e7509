"""The reward gateway: a verifier of verifiers.

| module     | what it does                                                              |
|------------|---------------------------------------------------------------------------|
| `service`  | serves the contract: dedupes, fans out, merges in order                   |
| `rounds`   | one call waiting for verdicts, its own and those of other calls           |
| `under_way` | what calls are having decided just now, for other calls to wait for      |
| `router`   | which backend takes which kind, and what happens when one is lost         |
| `backend`  | one verifier server: its health, its description, calls to it             |
| `splitting` | how much may go to a verifier in one call                               |
| `settings` | what the gateway can be told                                              |
"""

from __future__ import annotations
