"""Random, mutated and grammar-made inputs through the math verifier: no crash, no hang, flat memory.

    python benchmarks/math_fuzz.py [--inputs N] [--seed S]

Each input is a gold and a response. Half of the golds are sound; there no response may be UNDECIDED.
Runs in one grader process without caches, so that its memory shows leaks only. Prints a line for every
chunk and each failure with its input; exits with 1 if there was one. 10^6 inputs take a night.
"""

from __future__ import annotations

import argparse
import json
import random
import string
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from math_attack_rows import COMPARE, read_attacks
from math_grading import Graded, GraderProcess

MAX_CPU_SECONDS = 2.0
CHUNK = 2_000

_PAIRS = Path(__file__).parent.parent / "tests" / "data" / "math" / "pairs.jsonl"
_MAX_RESPONSE = 4_000
_SOUND = (
    "42", "-7", "3.14", r"\frac{1}{2}", r"\sqrt{2}", "x+1", "x^2-3x+2=0", "x=2", r"\{1,2\}", "(1,2)",
    "[0,1)", r"(-\infty,3]\cup\{5\}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\text{Tuesday}",
    r"5\text{ km}", "50\\%", "1101_2", r"2\pi", "1+i", "(C)", "x>3", r"30^\circ", r"\pm 2", "3:2",
    r"\emptyset", "10^{100}", r"\frac{n(n+1)}{2}", r"\sin x", "f(x)=2x", "12:00",
)  # fmt: skip
_ATOMS: tuple[str, ...] = (
    *string.digits,
    *"xyzneiABE",
    "12",
    "0.5",
    "1e5",
    r"\pi",
    r"\infty",
    r"\text{m}",
    "%",
    "°",
)
_WRAPS = (
    "({})", "{}^{{{}}}", r"\frac{{{}}}{{{}}}", r"\sqrt{{{}}}", "{}+{}", "{}-{}", "{}{}", "{}={}",
    "{},{}", r"\{{{}\}}", "[{},{})", "|{}|", r"\sin({})", r"\log_{{{}}} {}", "{}!", r"\binom{{{}}}{{{}}}",
    "{}<{}", r"{}\cup{}", r"\sum_{{k=1}}^{{{}}} {}", r"\int_0^{{{}}} {} dx", r"\begin{{pmatrix}}{}&{}\end{{pmatrix}}",
    "{} or {}", r"{}\text{{ km}}", "{}_{{{}}}", "-{}", r"\pm {}", "{}/{}", "{}:{}", r"{} \pmod{{{}}}",
)  # fmt: skip
_TOKENS = (
    *_ATOMS, *"(){}[]|,;:.!?=<>+-*/^_&~'\"`@$#\\", "\n", " ", r"\boxed{", r"\left", r"\right", r"\frac",
    r"\text{", r"\begin{", r"\end{", "cases", "####", "<think>", "</think>", "The answer is ", "not ", " or ",
    "\u200b", "\u202e", "\u2212", "\uff14", "\u221a", "\u00b2", "\ud800", "\U0001d7d2", "\x00",
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What was seen so far.

    Attributes:
        inputs: How many inputs were graded.
        verdicts: How often each verdict came.
        slowest: The largest processor time of one input, in seconds.
        failures: Inputs that crashed, hung, took too long or were UNDECIDED against a sound gold.
    """

    inputs: int = 0
    verdicts: Counter[bool | None] = field(default_factory=Counter)
    slowest: float = 0.0
    failures: int = 0


def inputs(source: random.Random) -> Iterator[tuple[str, str, bool]]:
    """Golds and responses without end, and whether the gold is sound."""
    seeds = _seeds()
    makers: tuple[Callable[[], str], ...] = (
        lambda: _soup(source),
        lambda: _mutated(source, source.choice(seeds)),
        lambda: _grown(source, source.randint(1, 6)),
    )
    while True:
        sound = source.random() < 0.5
        gold = source.choice(_SOUND) if sound else source.choice(makers)()
        near = source.random() < 0.25
        answer = _mutated(source, gold) if near else source.choice(makers)()
        response = answer if source.random() < 0.3 else rf"\boxed{{{answer}}}"
        yield gold, response[:_MAX_RESPONSE], sound


def _seeds() -> list[str]:
    lines = _PAIRS.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    texts = [row[side] for row in rows for side in ("gold", "answer")]
    return [*texts, *(attack.response for attack in read_attacks(COMPARE)), *_SOUND]


def _soup(source: random.Random) -> str:
    return "".join(source.choice(_TOKENS) for _ in range(source.randint(0, 40)))


def _mutated(source: random.Random, text: str) -> str:
    text = text[:_MAX_RESPONSE]
    for _ in range(source.randint(1, 5)):
        start = source.randint(0, len(text))
        end = min(len(text), start + source.randint(0, 4))
        inserted = "".join(source.choice(_TOKENS) for _ in range(source.randint(0, 2)))
        text = text[:start] + inserted + text[end:]
    return text


def _grown(source: random.Random, depth: int) -> str:
    if depth == 0 or source.random() < 0.2:
        return source.choice(_ATOMS)
    wrap = source.choice(_WRAPS)
    slots = wrap.replace("{{", "").replace("}}", "").count("{}")
    return wrap.format(*[_grown(source, depth - 1) for _ in range(slots)])


def _fault(graded: Graded, *, sound: bool) -> str:
    if graded.note.startswith(("raised", "killed")):
        return graded.note
    if graded.cpu_seconds > MAX_CPU_SECONDS:
        return f"took {graded.cpu_seconds:.1f} s"
    return f"undecided: {graded.note}" if sound and graded.correct is None else ""


def _resident_mib(process: GraderProcess) -> float:
    return 0.0 if process.pid is None else psutil.Process(process.pid).memory_info().rss / (1 << 20)


def run(count: int, seed: int) -> Tally:
    """Grades `count` inputs and prints what happens."""
    tally = Tally()
    stream = inputs(random.Random(seed))
    with GraderProcess("veridical", "--cold") as process:
        while tally.inputs < count:
            gold, response, sound = next(stream)
            graded = process.grade(gold, response)
            tally.inputs += 1
            tally.verdicts[graded.correct] += 1
            tally.slowest = max(tally.slowest, graded.cpu_seconds)
            if fault := _fault(graded, sound=sound):
                tally.failures += 1
                print(f"  {fault}: {json.dumps([gold, response])}", flush=True)
            if tally.inputs % CHUNK == 0 or tally.inputs == count:
                _print(tally, _resident_mib(process))
    return tally


def _print(tally: Tally, resident: float) -> None:
    verdicts = tally.verdicts
    print(
        f"{tally.inputs:,} inputs: {verdicts[True]:,} correct, {verdicts[False]:,} incorrect, "
        f"{verdicts[None]:,} undecided; slowest {tally.slowest:.2f} s of processor time; "
        f"{resident:.0f} MiB; {tally.failures} failures",
        flush=True,
    )


def main() -> None:
    """Runs and says by its exit status whether all went well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    sys.exit(1 if run(arguments.inputs, arguments.seed).failures else 0)


if __name__ == "__main__":
    main()
