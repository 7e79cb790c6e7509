"""What a cell may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one lap of one cell; the warden holds them from outside the cell.

    Attributes:
        cpu_seconds: CPU time of all processes of the cell together.
        wall_seconds: Time from the lap's start, whatever the cell does.
        memory_mib: Resident memory of all processes of the cell together.
        address_mib: Address space that each process may ask for; 0 is any. Fixed when the cell is
            spawned; threads of a program, and some interpreters, ask for far more than they use.
        processes: Processes and threads at once. Fixed when the cell is spawned.
        message_mib: Length of one message that the cell sends, at most 32.
    """

    cpu_seconds: float = 10.0
    wall_seconds: float = 30.0
    memory_mib: int = 512
    address_mib: int = 4096
    processes: int = 64
    message_mib: int = 32
