"""The programs of tests/adversarial/code/programs: attacks, honest oddities, and the tasks between them."""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseDict

from veridical.api.v1.code_pb2 import CODE_EXTRACTION_WHOLE_TEXT, CodeTask, Limits
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task as TaskMessage

FOLDER = Path(__file__).parent.parent / "tests" / "adversarial" / "code" / "programs"
ATTACK_LIMITS = Limits(cpu_seconds=1, wall_seconds=3, memory_mib=256, output_kib=1024, processes=32)
HONEST_LIMITS = Limits(
    cpu_seconds=20, wall_seconds=60, memory_mib=1024, output_kib=16_384, processes=64
)

_ANSWER_IF_IT_WORKED = """
_right = ENTRY


def ENTRY(*args):
    return _right(*args) if attempt() else None
"""
_METHOD = """

class Solution:
    def ENTRY(self, *args):
        return ENTRY(*args)
"""


@dataclass(frozen=True, slots=True)
class Task:
    """What attacks are run on.

    Attributes:
        name: Unique name.
        style: Style of its tests: "asserts", "calls", "files" or "stdio"; "interactive" for stdio with
            an interactor.
        entry: The function under test; empty for programs.
        right: What solves it; for programs, it defines `solve`.
        code: The task as a message, of language Python.
    """

    name: str
    style: str
    entry: str
    right: str
    code: CodeTask


@dataclass(frozen=True, slots=True)
class Attack:
    """A program that is worth nothing.

    Attributes:
        kind: The class of attacks that it belongs to.
        name: Unique name within its class.
        why: Why no reward is due.
        language: Language of the program.
        tasks: Names of the tasks that it is run on.
        source: The program, with ENTRY for the function under test.
        attempt: Defines `attempt`; the program then solves the task only if that returns true.
        answer: Where the right answer is given beside `source`: "", "before" or "after".
    """

    kind: str
    name: str
    why: str
    language: str
    tasks: tuple[str, ...]
    source: str = ""
    attempt: str = ""
    answer: str = ""

    def program(self, task: Task) -> str:
        """The program, made for a task."""
        if self.attempt:
            return _attempting(self.attempt, task)
        source = self.source.replace("ENTRY", task.entry or "solve")
        if self.answer == "before":
            return f"{task.right}\n\nsolve()\n{source}"
        if self.answer == "after":
            return f"{task.right}\n\n{source}\n\nsolve()\n"
        return source + _method(task)

    def item(self, task: Task) -> Item:
        """The attack on a task as an item."""
        code = CodeTask()
        code.CopyFrom(task.code)
        code.language = self.language
        code.limits.CopyFrom(ATTACK_LIMITS)
        return _item(f"{self.kind}/{self.name}/{task.name}", code, self.program(task))


@dataclass(frozen=True, slots=True)
class Honest:
    """A right program that is written in an unusual way, with its own tests.

    Attributes:
        name: Unique name, with the name of its file.
        why: What is unusual.
        program: The program.
        code: Its task.
    """

    name: str
    why: str
    program: str
    code: CodeTask

    def item(self) -> Item:
        """The program as an item."""
        return _item(self.name, self.code, self.program)


def read_tasks() -> dict[str, Task]:
    """The tasks by name."""
    return {row["name"]: _task(row) for row in _load(FOLDER / "tasks.toml")["task"]}


def right_item(task: Task) -> Item:
    """A right program for a task, as an item."""
    calls = "" if task.entry else "\n\nsolve()\n"
    return _item(f"right/{task.name}", task.code, task.right + calls + _method(task))


def read_attacks(tasks: Mapping[str, Task]) -> list[Attack]:
    """Every attack, in the order of the files' names."""
    found: list[Attack] = []
    for path in sorted((FOLDER / "attacks").glob("*.toml")):
        table = _load(path)
        found += [_attack(row, table, tasks) for row in table["attack"]]
    return found


def read_honest() -> list[Honest]:
    """Every honest program, in the order of the files' names."""
    found: list[Honest] = []
    for path in sorted((FOLDER / "honest").glob("*.toml")):
        found += [_honest(row, path.stem) for row in _load(path)["program"]]
    return found


def cases(attacks: list[Attack], tasks: Mapping[str, Task]) -> Iterator[tuple[Attack, Task]]:
    """Every attack with every task that it is run on."""
    return ((attack, tasks[name]) for attack in attacks for name in attack.tasks)


def _load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _task(row: dict[str, Any]) -> Task:
    code = ParseDict(row["code"], CodeTask(language="python"))
    code.extraction = CODE_EXTRACTION_WHOLE_TEXT
    style = row.get("style") or code.WhichOneof("tests") or ""
    return Task(row["name"], style, row.get("entry", ""), row["right"], code)


def _attack(row: dict[str, Any], table: dict[str, Any], tasks: Mapping[str, Task]) -> Attack:
    styles = row.get("styles", table["styles"])
    fitting = (name for name, task in tasks.items() if task.style in styles)
    answer = "after" if row.get("answer_last") else "before" if row.get("answer") else ""
    times = row.get("times", {"text": "", "count": 0, "after": ""})
    return Attack(
        kind=table["class"],
        name=row["name"],
        why=row["why"],
        language=row.get("language", "python"),
        tasks=tuple(row.get("tasks", fitting)),
        source=row.get("source", "") + times["text"] * times["count"] + times["after"],
        attempt=row.get("attempt", ""),
        answer=answer,
    )


def _honest(row: dict[str, Any], file: str) -> Honest:
    code = ParseDict(row["code"], CodeTask(language=row.get("language", "python")))
    code.extraction = CODE_EXTRACTION_WHOLE_TEXT
    code.limits.CopyFrom(HONEST_LIMITS)
    times = row.get("times", {})
    for case in code.stdio.cases:
        case.stdin *= times.get("stdin", 1)
        case.expected_stdout *= times.get("expected", 1)
    if more := times.get("cases", 1) - 1:
        code.stdio.cases.extend([code.stdio.cases[0]] * more)
    return Honest(f"{file}/{row['name']}", row["why"], row["source"], code)


def _attempting(attempt: str, task: Task) -> str:
    """A program that solves the task only if its attempt works."""
    if not task.entry:
        return f"{attempt}\n{task.right}\n\nif attempt():\n    solve()\n"
    answers = _ANSWER_IF_IT_WORKED.replace("ENTRY", task.entry)
    return f"{attempt}\n{task.right}\n{answers}{_method(task)}"


def _method(task: Task) -> str:
    """What makes a method of the function, where the tests call a method."""
    is_method = task.code.calls.entry_point.startswith("Solution.")
    return _METHOD.replace("ENTRY", task.entry) if is_method else ""


def _item(name: str, code: CodeTask, program: str) -> Item:
    response = textwrap.dedent(program).lstrip("\n") if program.startswith("\n") else program
    return Item(id=name, task=TaskMessage(code=code), response=response)
