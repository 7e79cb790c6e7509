"""What keeps a decider from deciding, and is no fault: work that runs out, values that do not exist."""

from __future__ import annotations

from veridical.math.equality.arithmetic import NoValueError, UndefinedError
from veridical.math.equality.residues import NoResidueError
from veridical.math.equality.work import WorkExceededError

NOT_DECIDED = (
    WorkExceededError,
    ArithmeticError,
    ValueError,
    NoResidueError,
    UndefinedError,
    NoValueError,
)
