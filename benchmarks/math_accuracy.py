"""How often Veridical is right on labelled rows, beside math-verify and inspect_ai on the same rows.

    python benchmarks/math_accuracy.py [FOLDER] [--rollouts FILE]

Files of short pairs count for accuracy; of real model outputs (throughput_mix, gsm8k_model_solutions and
the rollouts) every disagreement with the label is listed with its evidence. UNDECIDED is an error. Rows
whose label is a matter of policy (a field `policy` or `contestable`, or data/math_policy_rows.jsonl) are
listed apart. Goals: accuracy >= 98 %, false positives <= 0.5 %, agreement >= 99.8 %.

inspect_ai runs where `.venv-bench` is made (dependency group `bench`).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from math_grading import Graded, Row, graders_at_hand, run_grader
from math_rows import DATA, MODEL_OUTPUTS, labelled, rollouts

_SHOWN = 70


@dataclass(frozen=True, slots=True)
class Score:
    """How a grader did on some rows.

    Attributes:
        rows: How many there are.
        right: Verdicts that agree with the label.
        false_positives: Wrong responses called right.
        false_negatives: Right responses called wrong.
        undecided: Rows without a verdict; none of the other three.
    """

    rows: int
    right: int
    false_positives: int
    false_negatives: int
    undecided: int

    def __str__(self) -> str:
        share = self.right / max(1, self.rows)
        return (
            f"{share:8.2%}  FP {self.false_positives:2}  FN {self.false_negatives:2}"
            f"  undecided {self.undecided:2}"
        )


def score(rows: Sequence[Row], graded: Sequence[Graded]) -> Score:
    """Counts verdicts against labels."""
    pairs = [(row.label, each.correct) for row, each in zip(rows, graded, strict=True)]
    return Score(
        rows=len(pairs),
        right=sum(label == correct for label, correct in pairs),
        false_positives=pairs.count((False, True)),
        false_negatives=pairs.count((True, False)),
        undecided=sum(correct is None for _, correct in pairs),
    )


def print_accuracy(files: Mapping[str, Sequence[Row]]) -> None:
    """Prints the table of accuracy, then Veridical's errors and the rows of policy."""
    rows = [row for name, each in files.items() if name not in MODEL_OUTPUTS for row in each]
    graded = {
        name: run_grader(name, [(row.gold, row.response) for row in rows])
        for name in graders_at_hand()
    }
    print(f"{len(rows)} labelled rows, {sum(bool(row.policy) for row in rows)} of them policy")
    for name, found in graded.items():
        seconds = sum(each.cpu_seconds for each in found)
        print(f"\n{name} ({seconds:.1f} s of processor time)")
        for source in dict.fromkeys(row.source for row in rows):
            chosen = [place for place, row in enumerate(rows) if row.source == source]
            _print_score(source, rows, found, chosen)
        everywhere = range(len(rows))
        _print_score("all", rows, found, everywhere)
        fact = [place for place in everywhere if not rows[place].policy]
        _print_score("all but policy", rows, found, fact)
    _print_rows("\nVeridical's errors where the label is a fact", rows, graded, policy=False)
    _print_rows("\nRows of policy that some grader gets wrong", rows, graded, policy=True)


def print_agreement(files: Mapping[str, Sequence[Row]], extra: Sequence[Row]) -> None:
    """Prints how Veridical agrees with the labels of real model outputs, and each difference."""
    rows = [row for name in MODEL_OUTPUTS for row in files.get(name, ())] + list(extra)
    found = run_grader("veridical", [(row.gold, row.response) for row in rows])
    print("\nreal model outputs: agreement with the labels")
    for source in dict.fromkeys(row.source for row in rows):
        _print_score(source, rows, found, [p for p, row in enumerate(rows) if row.source == source])
    _print_score("all", rows, found, range(len(rows)))
    for row, each in zip(rows, found, strict=True):
        if each.correct != row.label:
            print(f"  {row.source}:{row.number} label {row.label}, gold {row.gold!r}: {each.note}")
            print(f"    ends {row.response[-_SHOWN:]!r}")


def _print_score(
    title: str, rows: Sequence[Row], graded: Sequence[Graded], places: Sequence[int]
) -> None:
    found = score([rows[place] for place in places], [graded[place] for place in places])
    print(f"  {title:28} {found.rows:5} {found}")


def _print_rows(
    title: str, rows: Sequence[Row], graded: Mapping[str, Sequence[Graded]], *, policy: bool
) -> None:
    print(title)
    judges = graded if policy else {"veridical": graded["veridical"]}
    for place, row in enumerate(rows):
        wrong = [name for name, found in judges.items() if found[place].correct != row.label]
        if bool(row.policy) is policy and wrong:
            print(
                f"  {row.source}:{row.number} label {row.label}: "
                f"{row.gold[:_SHOWN]!r} | {row.response[-_SHOWN:]!r}"
            )
            print(f"    wrong: {', '.join(wrong)}; {row.policy or graded['veridical'][place].note}")


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DATA / "math")
    default = DATA / "rollouts" / "gsm8k_4models.jsonl"
    parser.add_argument("--rollouts", type=Path, default=default)
    arguments = parser.parse_args()
    files = labelled(arguments.folder)
    print_accuracy(files)
    real = rollouts(arguments.rollouts) if arguments.rollouts.exists() else []
    print_agreement(files, real)


if __name__ == "__main__":
    main()
