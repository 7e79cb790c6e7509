"""The files style: a suite of test files, of pytest or unittest, that imports the program."""

from __future__ import annotations

import re

from veridical.code.bench import Bench
from veridical.code.judgement import Judgement
from veridical.code.styles.judged import Tests, judge_by
from veridical.code.submission import Submission


def judge_files(bench: Bench, submission: Submission, *, is_last: bool) -> Judgement:
    """Judge a submission whose tests are of this style; see `judge_by` for what it raises."""
    assert submission.files is not None
    tests = submission.files
    source = "\n".join(file.content for file in tests.files)
    module = _module(tests.solution_path, source)
    asked = Tests(
        style="files",
        content={
            "files": [{"path": file.path, "content": file.content} for file in tests.files],
            "solution_path": tests.solution_path,
            "module": module,
            "runner": tests.runner.value,
        },
        judge="suite",
        module=module,
        path=tests.solution_path,
        source=source,
    )
    return judge_by(bench, submission, asked, is_last=is_last)


def _module(path: str, source: str) -> str:
    """The program's name: that by which tests import it, or its package, where the first folders are none of it."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    names = [".".join(parts[start:]) for start in range(len(parts))]
    packages = [rf"(?:import|from)\s+{re.escape(part)}" for part in parts]
    patterns = [rf"(?<![\w.]){re.escape(name)}" for name in names]
    found = (re.search(rf"{pattern}\b", source) for pattern in [*patterns, *packages])
    return next((name for name, one in zip([*names, *names], found, strict=True) if one), names[0])
