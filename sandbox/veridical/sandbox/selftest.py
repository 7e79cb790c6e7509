"""Attacks a slot from inside its cells; a backend may serve only if those that matter fail."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from veridical.sandbox.backend import Backend
from veridical.sandbox.ends import Cause
from veridical.sandbox.errors import CellEnded, CellFailed
from veridical.sandbox.inner import attacks
from veridical.sandbox.isolation import Isolation, Level
from veridical.sandbox.layers import LAYERS, level_of
from veridical.sandbox.limits import Limits
from veridical.sandbox.runtime import Runtime
from veridical.sandbox.slot import Cell, Slot, open_slot

RUNTIME = Runtime("selftest", "veridical.sandbox.inner.attacks:serve")
_LIMITS = Limits(cpu_seconds=20.0, wall_seconds=60.0, memory_mib=512, processes=24)
"""Few processes: a bomb is over sooner."""
_MASK = 0x55


@dataclass(frozen=True, slots=True)
class Check:
    """One attack.

    Attributes:
        name: What was tried.
        passed: Whether it failed, as it must.
        detail: How far it got.
    """

    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the self-test found.

    Attributes:
        isolation: The effective isolation.
        checks: Every attack.
    """

    isolation: Isolation
    checks: tuple[Check, ...]

    @property
    def breaches(self) -> tuple[Check, ...]:
        """The attacks that got somewhere."""
        return tuple(check for check in self.checks if not check.passed)


def prove(backend: Backend) -> Report:
    """Opens a slot for the self-test alone, and runs it.

    Raises:
        SlotRefused: The backend cannot be had here.
        SlotLost: It failed this time; try again.
    """
    with open_slot(backend, [RUNTIME]) as slot:
        checks = selftest(slot)
    return Report(_isolation(backend.level, checks), checks)


def selftest(slot: Slot) -> tuple[Check, ...]:
    """Attacks a slot that was opened with `RUNTIME` among its runtimes.

    What can run side by side does: several cells attack while the host watches others meet their
    limits.

    Raises:
        SlotLost: The slot broke under it.
    """
    endings = {name: _begin(slot, trial) for name, trial in _ENDINGS.items()}
    lanes = [_Lane(slot, names) for names in attacks.lanes()]
    return (
        *(check for lane in lanes for check in lane.checks()),
        *(_watched(name, finish) for name, finish in endings.items()),
        *(_watched(name, partial(trial, slot)) for name, trial in _TRIALS.items()),
    )


def _isolation(claimed: Level, checks: tuple[Check, ...]) -> Isolation:
    passed = {check.name for check in checks if check.passed}
    layers = frozenset(layer for layer, needed in LAYERS.items() if needed <= passed)
    return Isolation(level_of(claimed, layers), layers, frozenset(LAYERS) - layers)


class _Lane:
    """Attacks that run one after another in one cell; if it dies of one, the rest get a new one."""

    def __init__(self, slot: Slot, names: list[str]) -> None:
        self._slot = slot
        self._left = names
        self._begin()

    def _begin(self) -> None:
        self._cell = self._slot.spawn(RUNTIME.name, _LIMITS)
        for name in self._left:
            _order(self._cell, {"attacks": [name]})

    def checks(self) -> Iterator[Check]:
        """What became of each attack."""
        left = self._left
        while left:
            try:
                reached = json.loads(self._cell.receive())[left[0]]
                yield Check(left.pop(0), not reached, str(reached))
            except CellEnded as error:
                detail = f"the cell ended: {error.end.cause.value}"
                yield Check(left.pop(0), passed=True, detail=detail)
                self._begin()
            except CellFailed as error:
                yield Check(left.pop(0), passed=False, detail=str(error))
                self._begin()
        self._cell.end()


def _order(cell: Cell, order: dict[str, object]) -> None:
    cell.send(json.dumps(order).encode())


def _do(cell: Cell, deed: str, text: str = "") -> str:
    _order(cell, {"do": deed, "with": text})
    return str(json.loads(cell.receive()))


# --- what the host watches ---

Trial = Callable[[Slot], str]


def _watched(name: str, trial: Callable[[], str]) -> Check:
    try:
        detail = trial()
    except (CellEnded, CellFailed) as error:
        detail = str(error)
    return Check(name, not detail, detail)


@dataclass(frozen=True, slots=True)
class _Ending:
    """A cell that must be ended for what it does, and by which of its limits."""

    cause: Cause
    deed: str
    limits: Limits


def _begin(slot: Slot, ending: _Ending) -> Callable[[], str]:
    """Starts what must be ended; returns what waits for that."""
    cell = slot.spawn(RUNTIME.name, ending.limits)
    _order(cell, {"do": ending.deed, "with": ""})

    def finish() -> str:
        try:
            return f"it did {json.loads(cell.receive())}"
        except CellEnded as error:
            ended = error.end.cause
            return "" if ended is ending.cause else f"ended by {ended.value}"
        finally:
            cell.end()

    return finish


def _nothing_left(slot: Slot) -> str:
    """The next cell sees neither files nor memory of the one before."""
    secret = os.urandom(16).hex()
    first = slot.spawn(RUNTIME.name, _LIMITS)
    _do(first, "keep_secret", secret)
    first.end()
    coded = bytes(one ^ _MASK for one in secret.encode()).hex()
    for _ in range(3):
        following = slot.spawn(RUNTIME.name, _LIMITS)
        found = _do(following, "find_secret", coded)
        following.end()
        if found:
            return found
    return ""


def _daemons_die(slot: Slot) -> str:
    """What a cell forked dies with it: its channel to another cell falls silent."""
    listener = slot.spawn(RUNTIME.name, Limits(cpu_seconds=5.0, wall_seconds=10.0))
    culprit = slot.spawn(RUNTIME.name, _LIMITS, peer=listener)
    _do(culprit, "leave_daemon")
    culprit.end()
    try:
        heard = _do(listener, "hear")
    finally:
        listener.end()
    return "" if heard == "quiet" else heard


def _others_live_on(slot: Slot) -> str:
    """A cell that bombs and kills does nothing to one beside it."""
    bystander = slot.spawn(RUNTIME.name, _LIMITS)
    culprit = slot.spawn(RUNTIME.name, _LIMITS)
    _order(culprit, {"attacks": ["kill_all", "signal_others", "fork_bomb"]})
    with contextlib.suppress(CellEnded):  # a bomb may meet a limit
        culprit.receive()
    culprit.end()
    try:
        _order(bystander, {"attacks": ["host_name"]})
        bystander.receive()
    finally:
        bystander.end()
    return ""


def _denials_are_told(slot: Slot) -> str:
    cell = slot.spawn(RUNTIME.name, _LIMITS)
    _order(cell, {"attacks": ["call_ptrace"]})
    cell.receive()
    denials = cell.end().denials
    return "" if denials == ("ptrace",) else f"told {denials}"


_ENDINGS = {
    "cpu_time_holds": _Ending(Cause.CPU_TIME, "spin", Limits(cpu_seconds=0.05, wall_seconds=30.0)),
    "wall_time_holds": _Ending(Cause.WALL_TIME, "sleep", Limits(wall_seconds=0.1)),
    "memory_holds": _Ending(Cause.MEMORY, "eat", Limits(memory_mib=64)),
    "memory_of_children_holds": _Ending(Cause.MEMORY, "eat_in_children", Limits(memory_mib=96)),
}
_TRIALS: dict[str, Trial] = {
    "nothing_left_behind": _nothing_left,
    "daemons_die": _daemons_die,
    "neighbours_live_on": _others_live_on,
    "denials_are_told": _denials_are_told,
}
