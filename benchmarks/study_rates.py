"""Whether verifying keeps up with sampling in a study: both rates, and the longest queue between them.

Replays 10,000 recorded samples (examples/gsm8k/items.jsonl, or the file of items named), each made distinct,
through the run of a study (`evaluation/runs`) and a real gateway with the math verifier on one worker, the
gateway's cache off: at 400 samples/s, about what the cpu engine gives of a tiny model on two processors; at
2,000 samples/s, what a fast GPU gives of short answers; and as fast as the run takes them. Each is done with
and without the verifying. "Held back" is how much slower the sampler got rid of its samples with it; where the
machine has other work, the CPU time of each process says more.
Goals: at 2,000 samples/s the sampler is held back by less than 2 %, and the queue stays below 1,000.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass, field
from pathlib import Path

from harness import Service, gateway_and_math

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.sampling_pb2 import GenerateRequest, Sample
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.client import AsyncClient
from veridical.client.jsonl import item_from_json
from veridical.evaluation.runs.filling import Filling
from veridical.evaluation.runs.plan import Plan, Policy, Verifier
from veridical.evaluation.runs.store import open_run

DEFAULT = Path(__file__).parent.parent / "examples" / "gsm8k" / "items.jsonl"
SAMPLES = 10_000
EACH = 4
"""Samples of a problem."""
PACES = (400.0, 2_000.0, float("inf"))
MODEL = "recorded"


@dataclass(slots=True)
class Recorded:
    """Recorded samples, handed over at a pace; a `Sampler`.

    Args:
        texts: The samples, those of a problem together.
        pace: Samples a second at most.
    """

    texts: list[str]
    pace: float
    began: float = field(default_factory=time.perf_counter)
    ended: float = 0.0
    _given: int = 0

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Sample, None]:
        """Yields the samples of a problem, each when its turn has come."""
        for index in request.sample_indices:
            turn = self.began + self._given / self.pace
            self._given += 1
            await asyncio.sleep(max(0.0, turn - time.perf_counter()))
            text = self.texts[EACH * int(request.group) + index]
            yield Sample(group=request.group, sample_index=index, text=text)
            self.ended = time.perf_counter()


class Nobody:
    """A `Verifier` that takes no item."""

    async def stream(self, items: AsyncIterable[Item]) -> AsyncGenerator[Verdict, None]:
        """Yields nothing, once no more items come."""
        none: list[Verdict] = []
        async for _ in items:
            pass
        for verdict in none:
            yield verdict


@dataclass(frozen=True, slots=True)
class Rates:
    """What one replay measured: per second, samples, and CPU microseconds a sample of this process."""

    sampling: float
    verifying: float
    longest_queue: int
    cpu_us: float


def recorded(path: Path) -> tuple[list[Item], list[str]]:
    """The problems and their samples: real ones, made distinct by their number."""
    lines = path.read_text(encoding="utf-8").splitlines()
    known = [item_from_json(line) for line in lines]
    problems, texts = [], []
    for number in range(SAMPLES):
        item = known[number % len(known)]
        if number % EACH == 0:
            name = str(number // EACH)
            problems.append(Item(group=name, prompt=item.prompt, task=item.task))
        texts.append(f"({number}) {item.response}")
    return problems, texts


async def replay(problems: list[Item], texts: list[str], pace: float, verifier: Verifier) -> Rates:
    """Fills a run from the recorded samples."""
    longest = 0

    def note(_model: str, samples: int, judged: int) -> None:
        nonlocal longest
        longest = max(longest, samples - judged)

    plan = Plan(EACH)
    sampler, used = Recorded(texts, pace), time.process_time()
    with (
        tempfile.TemporaryDirectory(prefix="vb-") as folder,
        open_run(Path(folder), plan.settings(), problems) as store,
    ):
        await Filling(store, [Policy(MODEL, sampler)], plan, verifier, note).run()
        samples, judged = store.sizes(MODEL)
    assert samples == SAMPLES
    seconds = time.perf_counter() - sampler.began
    cpu_us = (time.process_time() - used) / samples * 1e6
    return Rates(samples / (sampler.ended - sampler.began), judged / seconds, longest, cpu_us)


async def measure(gateway: Service, math: Service, path: Path) -> None:
    """Prints the rates at each pace."""
    problems, texts = recorded(path)
    for pace in PACES:
        alone = await replay(problems, texts, pace, Nobody())
        before = gateway.cpu_seconds(), math.cpu_seconds()
        async with AsyncClient(gateway.address) as client:
            both = await replay(problems, texts, pace, client)
        spent = gateway.cpu_seconds() - before[0], math.cpu_seconds() - before[1]
        gateway_us, math_us = (seconds / SAMPLES * 1e6 for seconds in spent)
        title = "as fast as it goes" if pace == PACES[-1] else f"{pace:,.0f} samples/s"
        print(
            f"{title}: sampling {both.sampling:,.0f}/s, verifying {both.verifying:,.0f}/s, "
            f"longest queue {both.longest_queue:,}; "
            f"sampling alone {alone.sampling:,.0f}/s, held back by "
            f"{max(0.0, 1 - both.sampling / alone.sampling):.1%}\n"
            f"  CPU us a sample: evaluator {both.cpu_us:.0f} (alone {alone.cpu_us:.0f}), "
            f"gateway {gateway_us:.0f}, math {math_us:.0f}"
        )


def main() -> None:
    """Prints the rates and queues."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    flags = ("--cache-entries", "0")
    with gateway_and_math("--workers", "1", reward_flags=flags) as (gateway, math):
        asyncio.run(measure(gateway, math, path))


if __name__ == "__main__":
    main()
