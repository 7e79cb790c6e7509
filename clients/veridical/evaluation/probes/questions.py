"""The prompts of probes: answers without reasoning, problems shown in part, and problems nobody can know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.sampling_pb2 import (
    ContentPart,
    GenerateRequest,
    Message,
    Messages,
    SamplingSettings,
)
from veridical.evaluation.probes.asking import Question
from veridical.evaluation.probes.memorisation import Split, split
from veridical.evaluation.problems.arithmetic import long_sums
from veridical.evaluation.runs.plan import Plan

CONTROLS = 50
"""Most problems of the control."""

_BOX = "\\boxed{"
_DIRECT = "Give the final answer alone, within \\boxed{}, without any reasoning."
_DIRECT_TOKENS = 32
_MOST_TOKENS = 2048
_CONTROL_SEED = 250_710_532


@dataclass(frozen=True, slots=True)
class Bare:
    """A prompt in parts.

    Attributes:
        before: The lines that all prompts begin with.
        problem: What is the problem's own.
    """

    before: str
    problem: str


def has_answer(item: Item) -> bool:
    """Return whether a problem asks for an answer that can be given without a reasoning."""
    return item.task.WhichOneof("kind") == "math"


def direct_questions(problems: Sequence[Item], plan: Plan) -> Iterator[Question]:
    r"""Yield each math problem, asked for its answer alone.

    The model's turn begins within `\boxed{`; through a chat template, where no turn can be begun, it is
    told to give nothing else, and has no room for more.
    """
    for item in filter(has_answer, problems):
        request = GenerateRequest(settings=_settings(plan, _DIRECT_TOKENS))
        if plan.chat:
            part = ContentPart(text=f"{item.prompt}\n{_DIRECT}")
            request.messages.CopyFrom(Messages(messages=[Message(role="user", content=[part])]))
        else:
            request.prompt = f"{item.prompt}\n{_BOX}"
            request.settings.stop.append("\n")
        yield Question(item.group, request, item.task, "" if plan.chat else _BOX)


def recall_questions(problems: Sequence[Item], plan: Plan, share: float) -> Iterator[Question]:
    """Yield the first part of each problem, to be gone on with; those of one word are left out.

    It is text, with or without a chat template: what is looked for is the problem as it may have stood
    in training texts.
    """
    for item, bare in zip(problems, bare_problems([each.prompt for each in problems]), strict=True):
        parts = cut(bare, share)
        if parts is not None:
            settings = _settings(plan, _recall_tokens(plan, parts.hidden))
            settings.temperature, settings.top_p = 0.0, 1.0
            request = GenerateRequest(prompt=bare.before + parts.shown, settings=settings)
            yield Question(item.group, request, item.task if has_answer(item) else None)


def control_problems(problems: Sequence[Item], seed: int) -> list[Item]:
    """Return sums of as many words as the problems have, under the same first lines, at most `CONTROLS`."""
    bare = bare_problems([each.prompt for each in problems])
    words = round(median(len(each.problem.split()) for each in bare))
    sums = long_sums(min(len(problems), CONTROLS), words, _CONTROL_SEED + seed)
    controls = []
    for item in sums:
        item.prompt = bare[0].before + item.prompt
        controls.append(item)
    return controls


def cut(bare: Bare, share: float) -> Split | None:
    """Return the parts of a problem; None where it has only one word."""
    return split(bare.problem, share) if len(bare.problem.split()) > 1 else None


def bare_problems(prompts: Sequence[str]) -> list[Bare]:
    """Take from prompts the lines that all of them begin and end with, such as an instruction."""
    if len(set(prompts)) < 2:
        return [Bare("", prompt) for prompt in prompts]
    lines = [prompt.splitlines(keepends=True) for prompt in prompts]
    first = _shared(lines)
    last = _shared([each[first:][::-1] for each in lines])
    return [
        Bare("".join(each[:first]), "".join(each[first : len(each) - last]).strip("\n"))
        for each in lines
    ]


def _shared(lines: Sequence[Sequence[str]]) -> int:
    """Return how many lines all begin with, of each leaving one or more."""
    most = min(map(len, lines)) - 1
    return next((n for n in range(most) if len({each[n] for each in lines}) > 1), max(most, 0))


def _settings(plan: Plan, tokens: int) -> SamplingSettings:
    settings = SamplingSettings()
    settings.CopyFrom(plan.sampling)
    settings.ClearField("stop")
    settings.seed, settings.max_tokens = plan.seeds[0], tokens
    return settings


def _recall_tokens(plan: Plan, hidden: str) -> int:
    """Return the room to write what is hidden, and then to answer as in the run."""
    usual = min(plan.sampling.max_tokens or _MOST_TOKENS, _MOST_TOKENS)
    return max(usual, len(hidden) // 2 + 16)
