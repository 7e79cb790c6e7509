"""Math graders behind one line protocol, which `math_grading.GraderProcess` speaks: `NAME [--cold]`.

Reads rows `{"gold": ..., "response": ...}` on standard input and answers each, in order, with
`{"correct": true | false | null, "cpu_seconds": ..., "wall_seconds": ..., "note": ...}`; null is no verdict. A first line
says that the grader is warm. With `--cold` the grader forgets between rows what it has read.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

WARM = "warm"
Grade: TypeAlias = Callable[[str, str], tuple[bool | None, str]]

_MAX_BARE = 200
_COMMITTED = re.compile(r"\\f?boxed?\b|\$|\\\(|\\\[|####|answer|\n", re.IGNORECASE)
_WARM_UP = ((r"\frac{x}{2}+1", r"\boxed{(x+2)/2}"), (r"\sqrt{2}", r"\boxed{1.41421356}"))
_LRU_CACHE = type(functools.cache(len))


@dataclass(frozen=True, slots=True)
class Grader:
    """A grader and the packages whose caches `--cold` empties."""

    make: Callable[[], Grade]
    packages: tuple[str, ...]


def boxed(text: str) -> str:
    """The text, in a box where it is a bare short answer: peers then read all of it."""
    bare = len(text) <= _MAX_BARE and not _COMMITTED.search(text)
    return rf"\boxed{{{text}}}" if bare else text


def veridical() -> Grade:
    """Veridical in this process: what a server decides, then what a worker does, equal pairs once."""
    from veridical.math import Comparison, MathPolicy, Outcome, conclude, decide
    from veridical.math.worker import compare, warm_up

    warm_up()
    policy = MathPolicy()
    # A wrapper of its own, so that `--cold` finds it: equal pairs are compared once, as in a batch.
    compare_once = functools.lru_cache(maxsize=65_536)(_named("veridical.math", compare))
    rewards = {Outcome.CORRECT: True, Outcome.INCORRECT: False}

    def grade(gold: str, response: str) -> tuple[bool | None, str]:
        found = decide(gold, response, policy, truncated=False)
        if isinstance(found, Comparison):
            found = conclude(found, compare_once(found.request))
        rule = found.evidence.rule.value if found.evidence.rule else "none"
        note = f"{found.reason.value} by {rule}; read {found.evidence.extracted[:60]!r}"
        return rewards.get(found.outcome), f"{note} {found.detail}".rstrip()

    return grade


def math_verify() -> Grade:
    """math-verify as its users call it: `verify(parse(gold), parse(response))`, its own defaults."""
    import logging

    from math_verify import parse, verify

    logging.disable(logging.ERROR)

    def grade(gold: str, response: str) -> tuple[bool | None, str]:
        parsed = parse(boxed(gold)), parse(boxed(response))
        return verify(*parsed), f"{str(parsed[0])[:60]} against {str(parsed[1])[:60]}"

    return grade


def inspect_ai() -> Grade:
    """The `math()` scorer of inspect_ai, through its public interface, its own defaults."""
    from inspect_ai.model import ModelName, ModelOutput
    from inspect_ai.scorer import CORRECT, Target, math
    from inspect_ai.solver import TaskState

    score = math()
    runner = asyncio.Runner()

    async def scored(gold: str, response: str) -> Any:
        output = ModelOutput.from_content("model", boxed(response))
        model = ModelName("mockllm/model")
        state = TaskState(model=model, sample_id=1, epoch=1, input="", messages=[], output=output)
        return await score(state, Target(gold))

    def grade(gold: str, response: str) -> tuple[bool | None, str]:
        try:
            found = runner.run(scored(gold, response))
        except ValueError as error:  # how it refuses a gold
            return None, str(error)[:120]
        return found.value == CORRECT, str(found.metadata)

    return grade


GRADERS = {
    "veridical": Grader(veridical, ("veridical.math",)),
    "math-verify": Grader(math_verify, ("math_verify", "latex2sympy2_extended")),
    "inspect_ai": Grader(inspect_ai, ("inspect_ai.scorer",)),
}


def _named(package: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(request: Any) -> Any:
        return function(request)

    call.__module__ = package
    return call


def caches(packages: tuple[str, ...]) -> list[Any]:
    """Every `lru_cache` of functions in these packages."""
    found = [each for each in gc.get_objects() if isinstance(each, _LRU_CACHE)]
    prefixes = tuple(f"{package}." for package in packages)
    return [each for each in found if f"{each.__module__}.".startswith(prefixes)]


def main() -> None:
    """Answers rows until standard input ends."""
    grader = GRADERS[sys.argv[1]]
    grade = grader.make()
    for gold, response in _WARM_UP:
        grade(gold, response)
    cold = caches(grader.packages) if "--cold" in sys.argv else []
    print(json.dumps(WARM), flush=True)
    for line in sys.stdin:
        row = json.loads(line)
        for cache in cold:
            cache.cache_clear()
        start, clock = time.process_time(), time.perf_counter()
        try:
            correct, note = grade(row["gold"], row["response"])
        except Exception as error:
            correct, note = None, f"raised {error!r:.120}"
        answer = {
            "correct": correct,
            "cpu_seconds": time.process_time() - start,
            "wall_seconds": time.perf_counter() - clock,
            "note": note,
        }
        print(json.dumps(answer), flush=True)
