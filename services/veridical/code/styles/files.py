"""The files style: a suite of test files, of pytest or unittest, that imports the program."""

from __future__ import annotations

from veridical.code.bench import Bench
from veridical.code.judgement import Judgement
from veridical.code.styles.judged import Tests, judge_by
from veridical.code.submission import Submission


def judge_files(bench: Bench, submission: Submission, *, is_last: bool) -> Judgement:
    """Judge a submission whose tests are of this style; see `judge_by` for what it raises."""
    assert submission.files is not None
    tests = submission.files
    module = tests.solution_path.removesuffix(".py").replace("/", ".")
    asked = Tests(
        style="files",
        content={
            "files": [{"path": file.path, "content": file.content} for file in tests.files],
            "solution_path": tests.solution_path,
            "runner": tests.runner.value,
        },
        judge="suite",
        module=module,
        source="\n".join(file.content for file in tests.files),
    )
    return judge_by(bench, submission, asked, is_last=is_last)
