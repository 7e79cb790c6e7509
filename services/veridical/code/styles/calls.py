"""The call style: calls of a function or method, and the values that they must return."""

from __future__ import annotations

from veridical.code.bench import Bench
from veridical.code.judgement import Judgement
from veridical.code.styles.judged import Tests, judge_by
from veridical.code.submission import Submission


def judge_calls(bench: Bench, submission: Submission, *, is_last: bool) -> Judgement:
    """Judge a submission whose tests are of this style; see `judge_by` for what it raises."""
    assert submission.calls is not None
    tests = submission.calls
    comparison = tests.comparison
    asked = Tests(
        style="calls",
        content={
            "entry_point": tests.entry_point,
            "cases": [{"args": case.args, "expected": case.expected} for case in tests.cases],
            "encoding": tests.encoding.value,
            "mode": comparison.mode.value,
            "rtol": comparison.rtol,
            "atol": comparison.atol,
            "compare_mutated_args": tests.compare_mutated_args,
        },
        is_pure=True,
    )
    return judge_by(bench, submission, asked, is_last=is_last)
