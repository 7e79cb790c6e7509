"""Cells: single-use isolated places for untrusted code.

| module      | what it holds                                                       |
|-------------|---------------------------------------------------------------------|
| `slot`      | `open_slot`, `Slot`, `Cell`: what a caller uses                     |
| `runtime`   | what a cell runs                                                    |
| `limits`    | what a cell may use                                                 |
| `ends`      | how it ended                                                        |
| `errors`    | what can be raised                                                  |
| `isolation` | how strongly a slot isolates                                        |
| `selftest`  | attacks from inside a cell, which must fail                         |
| `backend`   | what a backend is                                                   |
| `process`   | the backend that needs nothing but user namespaces                  |
| `cgroups`   | control groups of a slot                                            |
| `bundle`    | the modules that are sent into a slot                               |
| `inner`     | what runs inside: warden, zygotes, cells                            |
"""

from __future__ import annotations

from veridical.sandbox.cgroups import sweep as sweep_groups
from veridical.sandbox.ends import Cause, End, Usage
from veridical.sandbox.errors import CellEnded, CellFailed, SandboxError, SlotLost, SlotRefused
from veridical.sandbox.isolation import Isolation, Level
from veridical.sandbox.limits import Limits
from veridical.sandbox.process import LandlockBackend, ProcessBackend
from veridical.sandbox.runtime import Runtime
from veridical.sandbox.slot import Cell, Slot, open_slot

__all__ = [
    "Cause",
    "Cell",
    "CellEnded",
    "CellFailed",
    "End",
    "Isolation",
    "LandlockBackend",
    "Level",
    "Limits",
    "ProcessBackend",
    "Runtime",
    "SandboxError",
    "Slot",
    "SlotLost",
    "SlotRefused",
    "Usage",
    "open_slot",
    "sweep_groups",
]
