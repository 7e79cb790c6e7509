"""Opening slots of cells as the settings ask for."""

from __future__ import annotations

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from veridical.code.runtimes import RUNTIMES
from veridical.code.work import Cells
from veridical.sandbox import (
    LandlockBackend,
    Level,
    ProcessBackend,
    Slot,
    SlotRefused,
    open_slot,
)
from veridical.sandbox.backend import Backend
from veridical.sandbox.docker.backend import BareDockerBackend, DockerBackend, GvisorBackend


@dataclass(frozen=True, slots=True)
class Opened:
    """An open slot.

    Attributes:
        slot: The slot.
        level: The isolation that it really has.
        plan: How its inside could set itself up; slots with equal plans isolate alike.
        single_use: Whether it is for one submission: a container whose cells have no namespaces.
    """

    slot: Slot
    level: Level
    plan: str
    single_use: bool = False


def open_cells(cells: Cells) -> Opened:
    """Open a slot of the strongest backend that can be had and is strong enough.

    One whose inside is set up as that of a slot which has been proven needs no proof of its own; any
    other is attacked from inside first.

    Raises:
        SlotRefused: There is none with the isolation that is demanded.
        SlotLost: It failed this time; try again.
    """
    refusals = []
    for backend in _backends(cells):
        try:
            return _open(backend, cells)
        except SlotRefused as error:
            refusals.append(str(error))
    raise SlotRefused("\n".join(refusals))


def _open(backend: Backend, cells: Cells) -> Opened:
    with contextlib.ExitStack() as opened, ThreadPoolExecutor(1) as beside:
        proof = None if cells.proven else beside.submit(_proven, backend)
        slot = opened.enter_context(open_slot(backend, RUNTIMES))
        plan = json.dumps(slot.layers, sort_keys=True)
        if proof is not None:
            level = proof.result()
        elif plan == cells.plan:
            level = Level[cells.proven.upper()]
        else:
            level = _proven(backend)
        if level < Level[cells.minimum.upper()]:
            raise SlotRefused(f"isolation is {level.label} here, and {cells.minimum} is demanded")
        opened.pop_all()
    return Opened(slot, level, plan, single_use=isinstance(backend, BareDockerBackend))


def _proven(backend: Backend) -> Level:
    """The level that a backend's cells have by attacking themselves.

    Raises:
        SlotRefused: An attack succeeded that not even the weakest level allows.
    """
    # Only here: of many workers one proves.
    from veridical.sandbox.selftest import prove

    report = prove(backend)
    if report.isolation.level is Level.NONE:
        failed = ", ".join(check.name for check in report.checks if not check.passed)
        raise SlotRefused(f"the cells do not isolate: {failed}")
    return report.isolation.level


def _backends(cells: Cells) -> list[Backend]:
    """The one asked for; one without namespaces behind it, where that is enough.

    Where the latter has been proven, the former had been refused.
    """
    first, bare = _by_name(cells)
    if bare is None or Level[cells.minimum.upper()] > bare.level:
        return [first]
    return [bare] if cells.proven == bare.level.label else [first, bare]


def _by_name(cells: Cells) -> tuple[Backend, Backend | None]:
    broker = Path(cells.broker)
    match cells.backend:
        case "docker":
            return DockerBackend(broker), BareDockerBackend(broker)
        case "gvisor":
            return GvisorBackend(broker), None
    return ProcessBackend(), LandlockBackend()
