"""The evidence of a verdict on a program, laid out for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from veridical.api.v1.code_pb2 import CodeEvidence, TestEvidence
from veridical.cli.render import duration, one_line

_MAX_LINES = 40
_MAX_FAILED = 5
_PASSED = "tests_passed"


def code_rows(evidence: CodeEvidence) -> Iterator[tuple[str, Text]]:
    """Yield a label and a text for each part of the evidence."""
    if evidence.program:
        yield "program", Text(_cut(evidence.program))
    if evidence.tests:
        yield "tests", Text(f"{evidence.passed} of {evidence.tests} passed")
    failed = [each for each in evidence.results if each.reason != _PASSED]
    for each in failed[:_MAX_FAILED]:
        yield from _test_rows(each)
    if evidence.isolation:
        shared = ", one interpreter for tests and program" if evidence.shared_interpreter else ""
        yield "cell", Text(f"isolation {evidence.isolation}{shared}")
    if evidence.attempts:
        yield "tried", Text(one_line(", ".join(evidence.attempts)))


def _test_rows(test: TestEvidence) -> Iterator[tuple[str, Text]]:
    yield "failed", Text(f"{one_line(test.name) or 'all tests'}: {test.reason}; {_used(test)}")
    for label, value in (("expected", test.expected), ("actual", test.actual)):
        if value:
            yield label, Text(one_line(value, 1100))
    if test.stderr:
        yield "stderr", Text(_cut(test.stderr))


def _used(test: TestEvidence) -> str:
    if not test.cpu_seconds and not test.memory_kib:
        return "nothing was run"
    return f"{duration(test.cpu_seconds)} of CPU time, {test.memory_kib / 1024:,.0f} MiB"


def _cut(text: str) -> str:
    """The first lines of a text, without control characters that a screen would obey."""
    lines = [one_line(line, 200) for line in text.rstrip("\n").split("\n")]
    rest = [f"... {len(lines) - _MAX_LINES} more lines"] if len(lines) > _MAX_LINES else []
    return "\n".join([*lines[:_MAX_LINES], *rest])
