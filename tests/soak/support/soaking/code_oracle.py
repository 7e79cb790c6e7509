"""Programs whose verdicts are known by how they are made, honest and hostile ones."""

from __future__ import annotations

from soaking.oracle import Known, Make

from veridical.api.v1.code_pb2 import CodeTask, Limits
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_INCORRECT, Task
from veridical.api.v1.verdict_pb2 import Reason

_LIMITS = Limits(cpu_seconds=10, wall_seconds=60, memory_mib=256, output_kib=64, processes=16)
_ADD = "def add(a):\n    return a + {}\n"
_PRINT = "print(int(input()) + {})\n"
_EXIT = "import os\n\n\ndef add(a):\n    os._exit(0)  # {}\n"
_DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(300)
    os._exit({} % 2)
print("wrong")
"""


def _asserts(n: int) -> CodeTask:
    task = CodeTask(language="python", limits=_LIMITS)
    task.asserts.test_code = f"assert add(1) == {n + 1}\nassert add({n}) == {2 * n}\n"
    return task


def _impure(n: int) -> CodeTask:
    task = CodeTask(language="python", limits=_LIMITS)
    lines = ("import random", "for each in range(3):", f"    assert add(each) == each + {n}", "")
    task.asserts.test_code = "\n".join(lines)
    return task


def _calls(n: int) -> CodeTask:
    task = CodeTask(language="python", limits=_LIMITS)
    task.calls.entry_point = "add"
    for each in (0, n):
        task.calls.cases.add(args=f"[{each}]", expected=f"{each + n}")
    return task


def _stdio(n: int) -> CodeTask:
    task = CodeTask(language="python", limits=_LIMITS)
    for each in (1, n):
        task.stdio.cases.add(stdin=f"{each}\n", expected_stdout=f"{each + n}\n")
    return task


def _item(id_: str, task: CodeTask, program: str) -> Item:
    return Item(id=id_, task=Task(code=task), response=f"```python\n{program}```\n")


def _right(id_: str, task: CodeTask, program: str) -> Known:
    return Known(_item(id_, task, program), OUTCOME_CORRECT, Reason.REASON_TESTS_PASSED)


def _wrong(id_: str, task: CodeTask, program: str) -> Known:
    return Known(_item(id_, task, program), OUTCOME_INCORRECT)


CODE: tuple[Make, ...] = (
    lambda id_, n: _right(id_, _asserts(n), _ADD.format(n)),
    lambda id_, n: _wrong(id_, _asserts(n), _ADD.format(n + 1)),
    lambda id_, n: _right(id_, _impure(n), _ADD.format(n)),
    lambda id_, n: _wrong(id_, _impure(n), _ADD.format(-n)),
    lambda id_, n: _right(id_, _calls(n), _ADD.format(n)),
    lambda id_, n: _wrong(id_, _calls(n), _ADD.format(n + 1)),
    lambda id_, n: _right(id_, _stdio(n), _PRINT.format(n)),
    lambda id_, n: _wrong(id_, _stdio(n), _PRINT.format(n + 1)),
    lambda id_, n: _wrong(id_, _calls(n), _EXIT.format(n)),
    lambda id_, n: _wrong(id_, _stdio(n), _DAEMON.format(n)),
)
"""Decided in cells: every style without files, a fresh judge and a standing one, and two attacks."""
