"""The honest programs pass a plain grader, so that refusing one is the service's error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from code_attack_programs import Honest, Task, read_attacks, read_honest, read_tasks, right_item

from veridical.api.v1.code_pb2 import (
    RUNNER_UNITTEST,
    VALUE_ENCODING_PYTHON_LITERAL,
    CodeTask,
    StdioTests,
)
from veridical.api.v1.item_pb2 import Item

TASKS = read_tasks()
ATTACKS = read_attacks(TASKS)
HONEST = read_honest()
_SECONDS = 60
_CALLS = """
import ast, json
_read = ast.literal_eval if {literal} else json.loads
for _args, _expected in {cases!r}:
    _args = _read(_args)
    _got = {entry}(*_args)
    _got = _args if {mutated} else _got
    assert _same(_got, _read(_expected)), (_got, _expected)
"""
_SAME = """
def _same(a, b):
    if isinstance(b, float):
        return abs(a - b) <= 1e-6 * abs(b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    return a == b
"""


def test_there_are_enough_and_each_has_its_own_name() -> None:
    assert len({(attack.kind, attack.name) for attack in ATTACKS}) == len(ATTACKS) >= 150
    assert len({each.name for each in HONEST}) == len(HONEST) >= 60
    assert all(attack.tasks for attack in ATTACKS)


@pytest.mark.parametrize(
    "task",
    [each for each in TASKS.values() if each.style != "interactive"],
    ids=lambda each: each.name,
)
def test_a_right_program_solves_each_task(task: Task, tmp_path: Path) -> None:
    _grade(right_item(task), tmp_path)


@pytest.mark.parametrize(
    "honest",
    [each for each in HONEST if each.code.language == "python"],
    ids=lambda each: each.name,
)
def test_an_honest_program_is_right(honest: Honest, tmp_path: Path) -> None:
    _grade(honest.item(), tmp_path)


def _grade(item: Item, folder: Path) -> None:
    """Fails unless the program passes its tests in one plain interpreter."""
    code, program = item.task.code, item.response.removeprefix("\ufeff")
    if code.HasField("stdio"):
        _run_cases(code.stdio, program, folder)
    elif code.HasField("files"):
        _run_suite(code, program, folder)
    else:
        (folder / "program.py").write_text(program, encoding="utf-8", newline="")
        _python(folder, "from program import *\nimport program\n" + _tests(code))


def _tests(code: CodeTask) -> str:
    """The tests as a text that follows the program."""
    if code.HasField("asserts"):
        names = (
            f"from program import {code.asserts.entry_point}\n" if code.asserts.entry_point else ""
        )
        call = f"\ncheck({code.asserts.entry_point})\n" if code.asserts.entry_point else ""
        return names + code.asserts.test_code + call
    calls = code.calls
    entry = f"program.{calls.entry_point}".replace("Solution.", "Solution().")
    return _SAME + _CALLS.format(
        literal=calls.encoding == VALUE_ENCODING_PYTHON_LITERAL,
        cases=[(case.args, case.expected) for case in calls.cases],
        entry=entry,
        mutated=calls.compare_mutated_args,
    )


def _run_cases(tests: StdioTests, program: str, folder: Path) -> None:
    (folder / "main.py").write_text(program, encoding="utf-8", newline="")
    for case in tests.cases[:2]:
        output = _python(folder, None, case.stdin)
        if tests.compare.mode not in (4, 6):  # floats and checkers compare otherwise
            assert sorted(output.split()) == sorted(case.expected_stdout.split())


def _run_suite(code: CodeTask, program: str, folder: Path) -> None:
    (folder / code.files.solution_path).write_text(program, encoding="utf-8")
    for file in code.files.files:
        (folder / file.path).write_text(file.content, encoding="utf-8")
    if code.files.runner == RUNNER_UNITTEST:
        tool = ["unittest", "discover", "-p", "*_test.py"]
    else:
        tool = ["pytest", "-q", "-p", "no:cacheprovider"]
    _finished([sys.executable, "-m", *tool], folder, "")


def _python(folder: Path, text: str | None, stdin: str = "") -> str:
    """What `text` writes, or main.py where it is None."""
    program = ["-c", text] if text is not None else ["main.py"]
    return _finished([sys.executable, *program], folder, stdin)


def _finished(command: list[str], folder: Path, stdin: str) -> str:
    ended = subprocess.run(
        command,
        input=stdin.encode(),
        capture_output=True,
        cwd=folder,
        timeout=_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:].decode(errors="replace")
    return ended.stdout.decode()


def test_attacks_earn_rewards_where_nothing_is_isolated(tmp_path: Path) -> None:
    # Of the harmless kinds only: always-equal results, and looking for the tests.
    task, earned = TASKS["digits"], []
    for attack in ATTACKS:
        if attack.kind not in {"always_equal", "peek"} or task.name not in attack.tasks:
            continue
        tests = f"{task.code.asserts.test_code}\ncheck({task.entry})\n"
        path = tmp_path / "grader.py"
        path.write_text(f"{attack.program(task)}\n{tests}")
        command = [sys.executable, str(path)]
        ended = subprocess.run(
            command, capture_output=True, cwd=tmp_path, timeout=_SECONDS, check=False
        )
        if ended.returncode == 0:
            earned.append(attack.name)
    assert len(earned) >= 30, earned
