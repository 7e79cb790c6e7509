"""The assert style: a test program whose free names are those of the program under test."""

from __future__ import annotations

import re
from functools import lru_cache

from veridical.code.bench import Bench
from veridical.code.cell.judge.purity import is_pure
from veridical.code.judgement import Judgement
from veridical.code.styles.judged import Tests, judge_by
from veridical.code.submission import Submission

_LOADING = re.compile(r"\b(?:unittest|mock|asyncio|async|logging)\b")
"""What takes long to import, and judges of suites have loaded."""


def judge_asserts(bench: Bench, submission: Submission, *, is_last: bool) -> Judgement:
    """Judge a submission whose tests are of this style; see `judge_by` for what it raises."""
    assert submission.asserts is not None
    tests = submission.asserts
    asked = Tests(
        style="asserts",
        content={"entry_point": tests.entry_point, "test_code": tests.test_code},
        judge="suite" if _LOADING.search(tests.test_code) else "judge",
        source=tests.test_code,
        is_pure=_is_pure(tests.test_code, tests.entry_point),
    )
    return judge_by(bench, submission, asked, is_last=is_last)


@lru_cache(maxsize=256)
def _is_pure(test_code: str, entry_point: str) -> bool:
    return is_pure(test_code, entry_point)
