from __future__ import annotations

import pytest

from veridical.code.judgement import CodeReason, TestResult
from veridical.code.submission import TestLimits
from veridical.code.tally import Tally, reason_of
from veridical.code.timing import Pace, address_room, lap_limits, pace
from veridical.sandbox import Cause, CellFailed, End, Usage

LIMITS = TestLimits(cpu_seconds=1.0, wall_seconds=3.0)


@pytest.mark.parametrize(
    ("cpu", "wall", "how"),
    [
        (0.5, 1.0, Pace.FINE),
        (0.9, 1.0, Pace.CLOSE),
        (0.5, 2.9, Pace.CLOSE),
        (1.0, 1.0, Pace.CLOSE),
        (1.1, 1.1, Pace.LATE),
        (0.1, 3.1, Pace.LATE),
    ],
)
def test_pace(cpu: float, wall: float, how: Pace) -> None:
    assert pace(Usage(cpu, wall), LIMITS) is how


def test_a_lap_may_take_somewhat_longer_than_the_limit() -> None:
    assert lap_limits(LIMITS).cpu_seconds == pytest.approx(1.2)
    assert lap_limits(LIMITS).wall_seconds == pytest.approx(3.6)


def test_memory_fits_into_the_address_space() -> None:
    assert lap_limits(LIMITS).address_mib == 4096
    wide = TestLimits(memory_mib=6000)
    assert lap_limits(wide).address_mib == address_room(wide, 4096) == 12_000
    assert address_room(wide, 0) == 0


def passed(name: str) -> TestResult:
    return TestResult(name, CodeReason.TESTS_PASSED)


def test_a_late_test_asks_for_a_second_run_which_decides() -> None:
    first = Tally(1, is_last=False)
    assert first.timed(Pace.LATE) is None
    first.add(passed("1"))
    judgement = first.judgement()
    assert (judgement.rerun, judgement.borderline) == (True, True)
    second = Tally(1, is_last=True)
    assert second.timed(Pace.LATE) is CodeReason.TIME_LIMIT
    assert not second.judgement().rerun
    assert Tally(1, is_last=True).judgement().borderline


def test_a_failed_test_needs_no_second_run() -> None:
    tally = Tally(2, is_last=False)
    tally.timed(Pace.LATE)
    tally.add(passed("1"))
    tally.add(TestResult("2", CodeReason.WRONG_ANSWER))
    judgement = tally.judgement()
    assert (judgement.reason, judgement.rerun) == (CodeReason.WRONG_ANSWER, False)
    assert [result.name for result in judgement.results] == ["2", "1"]


def test_evidence_is_bounded_and_failed_tests_come_first() -> None:
    tally = Tally(1000, is_last=False)
    for number in range(500):
        tally.add(passed(str(number)))
    tally.add(TestResult("bad", CodeReason.RUNTIME_ERROR))
    tally.attempted(f"type_{number}" for number in range(500))
    judgement = tally.judgement()
    assert len(judgement.results) == len(judgement.attempts) == 64
    assert judgement.results[0].name == "bad"
    assert (judgement.tests, judgement.passed) == (1000, 500)


def test_a_met_limit_is_named_and_the_first_note_kept() -> None:
    tally = Tally(2, is_last=False)
    usage = Usage(5.0, 6.0)
    tally.met(CodeReason.RUNTIME_ERROR, "1", usage, LIMITS)
    assert tally.detail == ""
    tally.met(CodeReason.MEMORY_LIMIT, "1", usage, LIMITS)
    tally.met(CodeReason.TIME_LIMIT, "2", usage, LIMITS)
    assert tally.detail == "test 1: more than 512 MiB of memory"


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.LOST])
def test_the_end_of_a_cell_is_the_programs_doing(cause: Cause) -> None:
    assert reason_of(End(cause)).outcome.value == "incorrect"


def test_a_lost_cell_is_nobodys_fault() -> None:
    with pytest.raises(CellFailed):
        reason_of(End(Cause.LOST))
