"""Tables 2 to 5 of arXiv 2504.13837; see tests/data/passk/NOTICE."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from veridical.evaluation.counts import counts_of
from veridical.evaluation.series import Point, series
from veridical.evaluation.solvable import solvable_sets

PAPER = json.loads((Path(__file__).parents[2] / "data/passk/tables.json").read_text())
BENCHMARKS = {"omni_train": 0, "omni_test": 2, "math500": 4}
BASE = "Qwen2.5-7B"


def gaps(table: str, benchmark: str) -> dict[str, float]:
    column = BENCHMARKS[benchmark]
    points = [Point(name, row[column], row[column + 1]) for name, row in PAPER[table].items()]
    assert points[0].name == BASE
    return {each.point.name: each.delta_se for each in series(points[0], points[1:])}


@pytest.mark.parametrize("benchmark", BENCHMARKS)
@pytest.mark.parametrize("table", ["table2", "table3"])
def test_the_gaps_of_algorithms_and_steps(table: str, benchmark: str) -> None:
    found = gaps(table, benchmark)
    assert found == {
        name: pytest.approx(PAPER["delta_se"][name][benchmark], abs=1e-9) for name in found
    }


def test_more_steps_sharpen_and_lose() -> None:
    base, *steps = (Point(name, row[2], row[3]) for name, row in PAPER["table3"].items())
    found = series(base, steps)
    assert [each.sharpened for each in found] == pytest.approx([14.9, 16.9, 18.1])
    assert [each.lost for each in found] == pytest.approx([0.8, 2.5, 5.2])


def test_the_text_does_not_follow_from_table_2() -> None:
    found = gaps("table2", "omni_test")
    text = PAPER["paper_text_delta_se_in_domain"]
    assert round(found["GRPO"], 1) == 44.0 != text["GRPO"]
    assert min(found, key=found.__getitem__) == "RLOO"
    assert round(found["RLOO"], 1) == 41.0
    # What the text gives to RLOO is DAPO's.
    assert round(found["DAPO"], 1) == 42.6 == text["RLOO_best"]


@pytest.mark.parametrize(
    ("table", "groups", "neither"),
    [
        ("table4_aime24_30_problems", range(30), 7),
        ("table5_livecodebench_400_450", range(400, 450), 26),
    ],
)
def test_who_solves_what(table: str, groups: range, neither: int) -> None:
    wanted = PAPER[table]
    base, other = (
        counts_of(model, [(str(group), 16, 3 * (group in wanted[model])) for group in groups])
        for model in ("base", "rl")
    )
    found = solvable_sets(base, other)
    assert [int(each) for each in found.both] == wanted["both"]
    assert [int(each) for each in found.base_only] == wanted["base_only"]
    assert [int(each) for each in found.other_only] == wanted["rl_only"]
    assert len(found.neither) == neither
