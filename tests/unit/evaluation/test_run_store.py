"""A run keeps every sample and verdict once, through kills, and refuses what does not belong to it."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.api.v1.item_pb2 import FINISH_REASON_LENGTH, Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.sampling_pb2 import GenerateRequest, ModelInfo, Sample
from veridical.api.v1.task_pb2 import (
    OUTCOME_CORRECT,
    OUTCOME_INCORRECT,
    OUTCOME_UNDECIDED,
    Task,
)
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.evaluation.errors import RunError, RunWriteError
from veridical.evaluation.runs.filling import Filling
from veridical.evaluation.runs.plan import Plan, Policy
from veridical.evaluation.runs.store import RunStore, open_run, read_run

SETTINGS = {"temperature": 0.6, "models": ["base", "rl"], "samples": 4}
WRITER = """
import sys
from pathlib import Path
from veridical.api.v1.sampling_pb2 import Sample
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.evaluation.runs.store import open_run, read_run
folder = Path(sys.argv[1])
with read_run(folder) as store:
    settings, problems = store.settings(), store.problems()
with open_run(folder, settings, problems) as store:
    for gap in store.gaps("base", 100_000):
        for number in gap.indices:
            store.add_samples("base", [Sample(group=gap.item.group, sample_index=number, text="x" * 500)])
            waiting = store.unjudged(3)
            store.add_verdicts((each.key, Verdict(id=each.item.id, outcome=1)) for each in waiting[:2])
            print(gap.item.group, number, flush=True)
"""


def _problem(name: str, gold: str = "42") -> Item:
    return Item(group=name, prompt=f"What is {name}?", task=Task(math=MathTask(gold=gold)))


PROBLEMS = [_problem("a"), _problem("b", "7")]


def _sample(group: str, number: int, text: str = "42") -> Sample:
    return Sample(group=group, sample_index=number, text=text, finish_reason=FINISH_REASON_LENGTH)


def _gaps(store: RunStore, model: str, samples: int) -> list[tuple[str, tuple[int, ...]]]:
    return [(gap.item.group, gap.indices) for gap in store.gaps(model, samples)]


def test_what_is_missing_is_told_and_what_is_there_is_kept_once(tmp_path: Path) -> None:
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        assert _gaps(store, "base", 4) == [("a", (0, 1, 2, 3)), ("b", (0, 1, 2, 3))]
        assert store.add_samples("base", [_sample("a", 1), _sample("b", 0)]) == 2
        assert store.add_samples("base", [_sample("a", 1, "other"), _sample("a", 3)]) == 1
        assert _gaps(store, "base", 4) == [("a", (0, 2)), ("b", (1, 2, 3))]
        assert _gaps(store, "rl", 1) == [("a", (0,)), ("b", (0,))]
        drawn = list(store.drawn())
    assert [(each.item.group, each.sample.sample_index) for each in drawn] == [
        ("a", 1),
        ("a", 3),
        ("b", 0),
    ]
    assert drawn[0].sample.text == "42"


def test_items_to_judge_carry_the_task_and_where_they_come_from(tmp_path: Path) -> None:
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        store.add_samples("rl", [_sample("b", 2, "it is 7")])
        (waiting,) = store.unjudged(10)
        item = waiting.item
        assert (item.task.math.gold, item.response, item.group) == ("7", "it is 7", "b")
        assert (item.sample_index, item.labels["model"]) == (2, "rl")
        assert item.finish_reason == FINISH_REASON_LENGTH
        assert item.id == "rl/b/2"
        assert store.unjudged(10, after=waiting.key) == []


def test_verdicts_are_counted_by_problem(tmp_path: Path) -> None:
    outcomes = [OUTCOME_CORRECT, OUTCOME_INCORRECT, OUTCOME_UNDECIDED, OUTCOME_CORRECT]
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        store.add_samples("base", [_sample("a", number) for number in range(4)])
        waiting = store.unjudged(10)
        pairs = [
            (each.key, Verdict(id=each.item.id, outcome=outcome))
            for each, outcome in zip(waiting, outcomes, strict=True)
        ]
        store.add_verdicts(pairs[:3])
        assert store.sizes("base") == (4, 3)
        store.add_verdicts(pairs)
        assert store.unjudged(10) == []
        assert store.judged("base", OUTCOME_CORRECT, OUTCOME_UNDECIDED) == {"a": (4, 2, 1)}
        assert [each.verdict.outcome for each in store.drawn() if each.verdict] == outcomes
        assert store.models() == ["base"]


def test_a_run_goes_on_with_what_it_was_begun_with_alone(tmp_path: Path) -> None:
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        store.add_samples("base", [_sample("a", 0)])
        with pytest.raises(RunError, match="another process"), open_run(tmp_path, {}, PROBLEMS):
            pass
    changed = SETTINGS | {"temperature": 1.0}
    with (
        pytest.raises(RunError, match=r"temperature = 0\.6, now it is 1\.0"),
        open_run(tmp_path, changed, PROBLEMS),
    ):
        pass
    with (
        pytest.raises(RunError, match="other problems"),
        open_run(tmp_path, SETTINGS, PROBLEMS[:1]),
    ):
        pass
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        assert _gaps(store, "base", 1) == [("b", (0,))]
        assert store.problems() == PROBLEMS
        assert store.settings() == SETTINGS


@pytest.mark.parametrize(
    ("problems", "message"),
    [
        ([_problem("a"), _problem("a")], "'a' stands twice"),
        ([_problem("")], "group: missing"),
    ],
)
def test_unusable_problems_are_named_and_begin_nothing(
    tmp_path: Path, problems: list[Item], message: str
) -> None:
    with pytest.raises(RunError, match=message), open_run(tmp_path, SETTINGS, problems):
        pass
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        assert store.problems() == PROBLEMS


def test_foreign_samples_and_folders_are_refused(tmp_path: Path) -> None:
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        with pytest.raises(RunError, match="'c', which is no problem"):
            store.add_samples("base", [_sample("a", 0), _sample("c", 0)])
        with pytest.raises(RunError, match="no sample_index"):
            store.add_samples("base", [Sample(group="a", text="42")])
        assert store.sizes("base") == (0, 0)
    with pytest.raises(RunError, match="no run"), read_run(tmp_path / "nowhere"):
        pass
    other = tmp_path / "other"
    other.mkdir()
    (other / "run.sqlite").write_text("this is no database, whatever its name says" * 40)
    with pytest.raises(RunError, match="not a database"), read_run(other):
        pass


@given(there=st.sets(st.integers(0, 30)), samples=st.integers(1, 25))
def test_gaps_and_samples_together_are_whole(
    tmp_path_factory: pytest.TempPathFactory, there: set[int], samples: int
) -> None:
    folder = tmp_path_factory.mktemp("run")
    with open_run(folder, SETTINGS, PROBLEMS[:1]) as store:
        store.add_samples("base", [_sample("a", number) for number in there])
        missing = [number for gap in store.gaps("base", samples) for number in gap.indices]
        assert missing == [n for n in range(samples) if n not in there]


def test_kills_lose_nothing_that_was_told_and_count_nothing_twice(tmp_path: Path) -> None:
    with open_run(tmp_path, SETTINGS, PROBLEMS):
        pass
    told: set[tuple[str, int]] = set()
    chance = random.Random(7)
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline()]
            time.sleep(chance.uniform(0, 0.1))
            writer.kill()
            lines += writer.stdout
        told |= {_told(line) for line in lines if line.endswith("\n")}
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        drawn = [(each.item.group, each.sample.sample_index) for each in store.drawn()]
        assert len(drawn) == len(set(drawn))
        assert told <= set(drawn)
        samples, verdicts = store.sizes("base")
        assert samples == len(drawn) >= 6
        assert verdicts >= samples - 2 * 6


def test_a_full_disk_is_told_and_the_run_goes_on_later(tmp_path: Path) -> None:
    """The disk is full again and again, at 30,000 bytes a file, 60,000 and so on."""
    told: list[tuple[str, int]] = []
    for room in range(30_000, 300_000, 30_000):
        with pytest.raises(RunWriteError, match=r"run\.sqlite: .*disk"), _room(room):
            told.extend(_drawing(tmp_path))
    assert len(told) == len(set(told)) > 100
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        assert [(each.item.group, each.sample.sample_index) for each in store.drawn()] == told
        assert store.add_samples("base", [_sample("b", 0)]) == 1


def _drawing(folder: Path) -> Iterator[tuple[str, int]]:
    with open_run(folder, SETTINGS, PROBLEMS) as store:
        for gap in store.gaps("base", 100_000):
            for number in gap.indices:
                store.add_samples("base", [_sample(gap.item.group, number, "x" * 500)])
                yield gap.item.group, number


@contextmanager
def _room(file_bytes: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _told(line: str) -> tuple[str, int]:
    group, number = line.split()
    return group, int(number)


def test_a_copy_that_is_torn_is_refused(tmp_path: Path) -> None:
    """As one made while a run goes on may be: pages of the file from different moments."""
    folder = tmp_path / "run"
    with open_run(folder, SETTINGS, PROBLEMS) as store:
        store.add_samples("base", [_sample("a", number, "x" * 900) for number in range(200)])
    early = (folder / "run.sqlite").read_bytes()
    with open_run(folder, SETTINGS, PROBLEMS) as store:
        store.add_samples("base", [_sample("b", number, "y" * 900) for number in range(200)])
    late = (folder / "run.sqlite").read_bytes()
    pages = [slice(start, start + 4096) for start in range(0, len(early), 4096)]
    changed = [page for page in pages if early[page] != late[page]]
    assert len(changed) >= 3
    for count in range(1, len(changed)):
        for old in combinations(changed, count):
            torn = bytearray(late)
            for page in old:
                torn[page] = early[page]
            (folder / "run.sqlite").write_bytes(torn)
            with (
                pytest.raises(RunError, match="a copy of a run"),
                open_run(folder, SETTINGS, PROBLEMS),
            ):
                pass


class Liar:
    """A sampler that answers something else than it was asked."""

    def __init__(self, **lie: Any) -> None:
        self._lie = lie

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Sample, None]:
        for index in request.sample_indices:
            told = {"group": request.group, "model": ModelInfo(weight_version=3), **self._lie}
            if told["group"] == "other":
                told["group"] = "b" if request.group == "a" else "a"
            yield Sample(sample_index=index, text="42", **told)


class Judge:
    """Finds everything right."""

    async def stream(self, items: AsyncIterable[Item]) -> AsyncGenerator[Verdict, None]:
        async for item in items:
            yield Verdict(id=item.id, outcome=OUTCOME_CORRECT)


@pytest.mark.parametrize(
    ("lie", "problem"),
    [
        ({"group": "other"}, "with another group"),
        ({"model": ModelInfo(weight_version=4)}, "weights of base changed .* from version 3 to 4"),
    ],
)
async def test_samples_that_were_not_asked_for_are_refused(
    tmp_path: Path, lie: dict[str, Any], problem: str
) -> None:
    plan = Plan(4)
    with open_run(tmp_path, SETTINGS, PROBLEMS) as store:
        policy = Policy("base", Liar(**lie), "", 3)
        with pytest.raises(RunError, match=problem):
            await Filling(store, [policy], plan, Judge()).run()
        assert store.sizes("base") == (0, 0)
        assert await Filling(store, [Policy("base", Liar(), "", 3)], plan, Judge()).run() == 0
        assert store.sizes("base") == (8, 8)
