"""Runs a math grader over rows in a process of its own, which is killed where it hangs."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from math_graders import WARM

BENCH_PYTHON = Path(__file__).parent.parent / ".venv-bench" / "bin" / "python"
"""Where inspect_ai is installed (dependency group `bench`): it needs some 80 packages."""
MAX_WALL_SECONDS = 30.0
"""Every grader's own limits are far below."""

_START_SECONDS = 120.0
_RUN = "from math_graders import main; main()"


@dataclass(frozen=True, slots=True)
class Row:
    """A gold, a response and its label.

    Attributes:
        gold: The reference answer.
        response: A short answer or a whole response.
        label: Whether the response is right.
        source: The file it stands in.
        number: Its line there, from 1.
        policy: The policy its label hangs on, empty where it is a matter of fact.
    """

    gold: str
    response: str
    label: bool
    source: str
    number: int
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Graded:
    """What a grader said of a row.

    Attributes:
        correct: Its verdict; None where it gave none, or was killed.
        cpu_seconds: Processor time that it used.
        wall_seconds: Time by the clock.
        note: Its reasons, for a person.
    """

    correct: bool | None
    cpu_seconds: float
    wall_seconds: float
    note: str


class GraderProcess:
    """One process that grades row after row; it is started again after a kill.

    Args:
        name: One of `math_graders.GRADERS`.
        flags: More arguments for the process.
        wall_seconds: Time for one row before the process is killed.
    """

    def __init__(self, name: str, *flags: str, wall_seconds: float = MAX_WALL_SECONDS) -> None:
        python = str(BENCH_PYTHON) if name == "inspect_ai" else sys.executable
        self._command = [python, "-c", _RUN, name, *flags]
        self._wall_seconds = wall_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()

    @property
    def pid(self) -> int | None:
        """The process that grades now, None between a kill and the next row."""
        return None if self._process is None else self._process.pid

    def grade(self, gold: str, response: str) -> Graded:
        """Grades one row; no verdict if it takes too long."""
        process = self._process or self._start()
        assert process.stdin is not None
        try:
            line = json.dumps({"gold": gold, "response": response}) + "\n"
            process.stdin.write(line.encode())
            process.stdin.flush()
            return Graded(**json.loads(self._line(process, self._wall_seconds)))
        except OSError as error:
            self._kill()
            return Graded(None, self._wall_seconds, self._wall_seconds, f"killed: {error}")

    def _start(self) -> subprocess.Popen[bytes]:
        # Its warnings about odd input are no figures.
        self._process = subprocess.Popen(
            self._command,
            cwd=Path(__file__).parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._unread = b""
        if json.loads(self._line(self._process, _START_SECONDS)) != WARM:
            raise RuntimeError(f"{self._command}: did not start")
        return self._process

    def _line(self, process: subprocess.Popen[bytes], seconds: float) -> bytes:
        assert process.stdout is not None
        while b"\n" not in self._unread:
            if not select.select([process.stdout], [], [], seconds)[0]:
                raise TimeoutError(f"no answer within {seconds:.0f} s")
            read = os.read(process.stdout.fileno(), 1 << 16)
            if not read:
                raise OSError(f"the grader ended: {process.wait()}")
            self._unread += read
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process = None


def run_grader(
    name: str,
    rows: Iterable[tuple[str, str]],
    *flags: str,
    wall_seconds: float = MAX_WALL_SECONDS,
) -> list[Graded]:
    """Grades all rows, each a gold and a response; see `GraderProcess`."""
    with GraderProcess(name, *flags, wall_seconds=wall_seconds) as process:
        return [process.grade(gold, response) for gold, response in rows]


def graders_at_hand() -> Sequence[str]:
    """Veridical, math-verify and, where its environment is made, inspect_ai."""
    return ("veridical", "math-verify", *(["inspect_ai"] if BENCH_PYTHON.exists() else []))
