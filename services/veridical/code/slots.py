"""Opening slots of cells as the settings ask for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from veridical.code.runtimes import RUNTIMES
from veridical.code.work import Cells
from veridical.sandbox import Level, ProcessBackend, Slot, SlotRefused, open_slot
from veridical.sandbox.backend import Backend
from veridical.sandbox.docker.backend import DockerBackend, GvisorBackend
from veridical.sandbox.selftest import prove


@dataclass(frozen=True, slots=True)
class Opened:
    """An open slot.

    Attributes:
        slot: The slot.
        level: The isolation that it really has.
        plan: How its inside could set itself up; slots with equal plans isolate alike.
    """

    slot: Slot
    level: Level
    plan: str


def open_cells(cells: Cells) -> Opened:
    """Open a slot.

    One whose inside is set up as that of a slot which has been proven needs no proof of its own; any
    other is attacked from inside first.

    Raises:
        SlotRefused: There is none with the isolation that is demanded.
        SlotLost: It failed this time; try again.
    """
    backend = _backend(cells)
    slot = open_slot(backend, RUNTIMES)
    try:
        plan = json.dumps(slot.layers, sort_keys=True)
        is_proven = bool(cells.proven) and plan == cells.plan
        level = Level[cells.proven.upper()] if is_proven else _proven(backend)
        if level < Level[cells.minimum.upper()]:
            raise SlotRefused(f"isolation is {level.label} here, and {cells.minimum} is demanded")
    except BaseException:
        slot.close()
        raise
    return Opened(slot, level, plan)


def _proven(backend: Backend) -> Level:
    """The level that a backend's cells have by attacking themselves.

    Raises:
        SlotRefused: An attack succeeded that not even the weakest level allows.
    """
    report = prove(backend)
    if report.isolation.level is Level.NONE:
        failed = ", ".join(check.name for check in report.checks if not check.passed)
        raise SlotRefused(f"the cells do not isolate: {failed}")
    return report.isolation.level


def _backend(cells: Cells) -> Backend:
    match cells.backend:
        case "docker":
            return DockerBackend(Path(cells.broker))
        case "gvisor":
            return GvisorBackend(Path(cells.broker))
    return ProcessBackend()
