"""How well the first wrong step of labelled traces is found, with how much was decided.

    python benchmarks/proof_first_error.py [FOLDER] [--set NAME] [--half even|odd|both] [--show WHAT]

Abstention counts as "no error". acc_E: the share of wrong traces whose first error is given exactly;
acc_C: the share of right traces without an error; F1: their harmonic mean. WHAT is `flagged` (every
trace with an error found), `wrong` (those that disagree with the label) or `missed`.

A line `audited` follows where exact arithmetic on numbers contradicts labels: there the first false
calculation in a step that is called right takes the label's place, and its trace is listed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from proof_rows import DATA, Row, read_rows

from veridical.proof.check import check_trace
from veridical.proof.model import ClaimVerdict, Method
from veridical.proof.trace import StepResult, TraceRequest, TraceResult

_PROCESSES = 2
_CHUNK = 8
_OPEN = frozenset({ClaimVerdict.UNVERIFIED, ClaimVerdict.NO_CLAIM})
_WRONG = frozenset({ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED})
_SIDES = {"left", "right"}
"""What the counterexample of a calculation on numbers names."""
_PROCESS_BENCH = "processbench_"


@dataclass(frozen=True, slots=True)
class Checked:
    """A row and what was found about it."""

    row: Row
    result: TraceResult
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over some rows: `exact`, `late` and `early` of the wrong ones, `false` of the right."""

    wrong: int
    right: int
    exact: int
    late: int
    early: int
    false: int
    steps: int
    decided: int

    @property
    def acc_e(self) -> float:
        """Share of wrong traces with their first error given exactly."""
        return self.exact / self.wrong if self.wrong else float("nan")

    @property
    def acc_c(self) -> float:
        """Share of right traces without an error."""
        return 1 - self.false / self.right if self.right else float("nan")

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.acc_e * self.acc_c / max(1e-9, self.acc_e + self.acc_c)

    @property
    def precision(self) -> float:
        """Share of flagged traces that are wrong."""
        flagged = self.exact + self.late + self.early + self.false
        return 1 - self.false / flagged if flagged else float("nan")

    def __str__(self) -> str:
        return (
            f"{self.wrong:5}/{self.right:<5} {self.acc_e:7.1%} {self.acc_c:7.1%} {self.f1:7.1%}"
            f"  {self.exact:4} {self.late:4} {self.early:4} {self.false:4}"
            f"  {self.precision:7.1%} {self.decided / max(1, self.steps):8.1%}"
        )


_HEAD = f"{'set':36} wrong/right acc_E   acc_C      F1  exact late early false P(wrong|fl) steps decided"


def score(checked: Sequence[Checked]) -> Score:
    """Counts findings against labels."""
    kinds = Counter(_kind(each) for each in checked)
    steps = [step for each in checked for step in each.result.steps]
    return Score(
        wrong=sum(each.row.first_error >= 0 for each in checked),
        right=sum(each.row.first_error < 0 for each in checked),
        exact=kinds["exact"],
        late=kinds["late"],
        early=kinds["early"],
        false=kinds["false"],
        steps=len(steps),
        decided=sum(is_decided(step) for step in steps),
    )


def is_decided(step: StepResult) -> bool:
    """Whether every claim of a step is decided, and nothing in it unread."""
    return step.verdict not in _OPEN and not step.unread


def _kind(each: Checked) -> str:
    label, found = each.row.first_error, each.result.first_error
    if found < 0:
        return "missed" if label >= 0 else "clean"
    if label < 0:
        return "false"
    return "exact" if found == label else "late" if found > label else "early"


def check_rows(rows: Sequence[Row]) -> list[Checked]:
    """Checks rows in two processes, in order."""
    with ProcessPoolExecutor(_PROCESSES) as pool:
        return list(pool.map(_check, rows, chunksize=_CHUNK))


def _check(row: Row) -> Checked:
    start = time.process_time()
    result = check_trace(TraceRequest(row.problem, row.steps))
    return Checked(row, result, time.process_time() - start)


def print_set(name: str, checked: Sequence[Checked]) -> None:
    """Prints the score of a set, then of its categories and its kinds of warnings."""
    print(f"{name:36} {score(checked)}")
    categories = sorted({each.row.category for each in checked} - {""})
    for category in categories:
        part = [each for each in checked if each.row.category == category]
        print(f"  {category:34} {score(part)}{_warned(part)}")
    false = [each for each in checked if _false_label(each) is not None]
    if false:
        print(f"  {f'audited, {len(false)} labels contradicted':34} {score(audited(checked))}")
        print("    at " + ", ".join(f"{each.row.source}:{each.row.place}" for each in false))


def audited(checked: Sequence[Checked]) -> list[Checked]:
    """The rows, with labels that exact arithmetic contradicts set right."""
    return [
        each
        if (false := _false_label(each)) is None
        else replace(each, row=_relabel(each.row, false))
        for each in checked
    ]


def _relabel(row: Row, first_error: int) -> Row:
    return replace(row, first_error=first_error)


def _false_label(each: Checked) -> int | None:
    """The first step that its label calls right and that holds a false calculation."""
    steps = each.result.steps
    count = len(steps) if each.row.first_error < 0 else each.row.first_error
    return next((number for number, step in enumerate(steps[:count]) if _miscalculates(step)), None)


def _miscalculates(step: StepResult) -> bool:
    return any(
        claim.verdict is ClaimVerdict.CONTRADICTED
        and claim.method is Method.ARITHMETIC
        and {name for name, _ in claim.counterexample} == _SIDES
        for claim in step.claims
    )


def _warned(part: Sequence[Checked]) -> str:
    kinds = Counter(k for each in part for k in {w.kind for w in each.result.warnings})
    return "".join(f"  {kind} {count / len(part):.1%}" for kind, count in sorted(kinds.items()))


def print_local_and_global(checked: Sequence[Checked]) -> None:
    """Prints how often local coherence and global validity are right by row, and each miss."""
    local = [each for each in checked if _coherent(each) is each.row.fields["locally_coherent"]]
    valid = [each for each in checked if _valid(each) is each.row.fields["globally_valid"]]
    both = [each for each in local if each in valid]
    print(f"  by row: local {len(local)}, global {len(valid)}, both {len(both)} of {len(checked)}")
    for each in checked:
        if each not in both:
            fields, result = each.row.fields, each.result
            print(
                f"    {each.row.place} {each.row.category}: local {fields['locally_coherent']}"
                f" found {_coherent(each)}, global {fields['globally_valid']} found"
                f" {result.validity.value} ({result.validity_reason}) {result.validity_note}"
            )


def _coherent(each: Checked) -> bool | None:
    decided = each.result.coherence.decided
    return None if decided is None else decided == 1


def _valid(each: Checked) -> bool | None:
    return {"valid": True, "invalid": False}.get(each.result.validity.value)


_SHOWN: dict[str, Callable[[str], bool]] = {
    "flagged": lambda kind: kind not in ("missed", "clean"),
    "wrong": lambda kind: kind in ("late", "early", "false"),
    "missed": lambda kind: kind == "missed",
}


def show(checked: Sequence[Checked], what: str) -> None:
    """Prints the traces asked for, each with the step found and the step labelled."""
    for each in checked:
        kind = _kind(each)
        if _SHOWN[what](kind):
            label, found = each.row.first_error, each.result.first_error
            print(f"\n{each.row.source}:{each.row.place} {kind}, label {label}, found {found}")
            print(f"  problem: {each.row.problem}")
            for number in sorted({label, found} - {-1}):
                print(f"  step {number}: {each.row.steps[number]}")
                for line in _claims(each.result.steps[number]):
                    print(f"    {line}")


def _claims(step: StepResult) -> Iterator[str]:
    for claim in step.claims:
        yield (
            f"[{claim.verdict.value}/{claim.role.value}] {claim.text!r} as {claim.normal}"
            f" ({claim.method}) {dict(claim.counterexample) or ''} {claim.note}"
        )
    yield from (f"[unread] {text!r}" for text in step.unread)


def main() -> None:
    """Prints one line a set, and the traces asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--set", action="append", help="part of a file's name; may be repeated")
    parser.add_argument("--half", choices=("even", "odd", "both"), default="both")
    parser.add_argument("--limit", type=int, help="rows a set")
    parser.add_argument("--show", choices=sorted(_SHOWN))
    arguments = parser.parse_args()
    paths = [
        path
        for path in sorted(arguments.folder.glob("*.jsonl"))
        if not arguments.set or any(name in path.stem for name in arguments.set)
    ]
    print(_HEAD)
    pooled: list[Checked] = []
    for path in paths:
        checked = check_rows(read_rows(path, arguments.half)[: arguments.limit])
        print_set(path.stem, checked)
        if "locally_coherent" in checked[0].row.fields:
            print_local_and_global(checked)
        if path.stem.startswith(_PROCESS_BENCH):
            pooled += checked
        if arguments.show:
            show(checked, arguments.show)
        sys.stdout.flush()
    if pooled:
        print_set("processbench, all four", pooled)


if __name__ == "__main__":
    main()
