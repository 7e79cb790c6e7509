"""What passes between the code server and its workers: plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from veridical.code.judgement import Judgement
from veridical.code.submission import Submission


@dataclass(frozen=True, slots=True)
class Cells:
    """Which cells a worker shall use.

    Attributes:
        backend: "process", "docker" or "gvisor".
        minimum: The weakest isolation, by the name of its level, that it may use.
        broker: Path of the socket of the broker that gives out containers.
        proven: The isolation that was proven for slots of the plan `plan`; empty for none.
        plan: How the inside of the proven slot was set up.
    """

    backend: str = "process"
    minimum: str = "process"
    broker: str = ""
    proven: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is asked: to judge a submission, or, without one, to say what it has.

    Attributes:
        cells: Where the submission runs.
        submission: What to judge.
        is_last: Whether this is the second run of a borderline submission, which decides.
    """

    cells: Cells
    submission: Submission | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What a worker has.

    Attributes:
        isolation: The effective level of isolation; empty where none can be had.
        languages: Names of the languages whose toolchain is installed.
        problem: Why there is no isolation.
        plan: How the inside of its slot is set up.
        memory_mib: The most memory that a submission's cell can have; 0 if unknown.
    """

    isolation: str = ""
    languages: tuple[str, ...] = ()
    problem: str = ""
    plan: str = ""
    memory_mib: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """A worker's reply: a judgement of a submission, else a survey."""

    judgement: Judgement | None = None
    survey: Survey = field(default_factory=Survey)
