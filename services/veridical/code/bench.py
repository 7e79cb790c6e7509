"""What a worker judges with: its slot, and the judges that stand in it from one submission to the next."""

from __future__ import annotations

from dataclasses import dataclass

from veridical.code.slots import Opened
from veridical.sandbox import Cell, Limits

_MAX_USES = 500
_MEMORY_MIB = 1024
JUDGE_PROCESSES = 1200
"""Some tests start a thousand threads."""
JUDGE_ADDRESS_MIB = 16 * 1024
"""Room for their stacks."""


def judge_limits(cpu_seconds: float, wall_seconds: float) -> Limits:
    """Bounds of a judge: it may take as long as the solution that it waits for, and some more."""
    return Limits(
        cpu_seconds=2 * cpu_seconds + 5,
        wall_seconds=2 * wall_seconds + 10,
        memory_mib=_MEMORY_MIB,
        processes=JUDGE_PROCESSES,
        address_mib=JUDGE_ADDRESS_MIB,
    )


@dataclass(slots=True)
class _Standing:
    cell: Cell
    uses: int = 0


class Bench:
    """A slot and its standing judges, which run tests that are pure by their syntax.

    Attributes:
        opened: The slot, with what is known of its isolation.
        slot: Where cells come from.
    """

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.slot = opened.slot
        self._standing: dict[str, _Standing] = {}

    def judge(self, runtime: str, limits: Limits, *, standing: bool) -> Cell:
        """A judge for one submission; a fresh one unless `standing`.

        Raises:
            CellFailed: No cell could be had.
        """
        if not standing:
            return self.slot.spawn(runtime, limits)
        held = self._standing.get(runtime)
        if held is None or held.uses >= _MAX_USES:
            if held is not None:
                held.cell.end()
            held = self._standing[runtime] = _Standing(self.slot.spawn(runtime, limits))
        else:
            held.cell.lap(limits)
        held.uses += 1
        return held.cell

    def release(self, judge: Cell, *, is_well: bool) -> None:
        """Takes a judge back: a standing one that is well waits for the next submission.

        What that needs goes out with the next wait for a cell of the slot.
        """
        for name, held in self._standing.items():
            if held.cell is judge:
                if is_well:
                    judge.rest()
                    return
                del self._standing[name]
                break
        judge.dismiss()

    def close(self) -> None:
        """Closes the slot, and with it every cell."""
        self.slot.close()
