"""A cell whose runtime was taken over says what it likes: that is its program's doing, and no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from veridical.code.judgement import CodeReason
from veridical.code.slots import Opened, open_cells
from veridical.code.styles.stdio import judge_stdio
from veridical.code.submission import (
    CompareMode,
    Comparison,
    StdioCase,
    StdioTests,
    Submission,
    TestLimits,
)
from veridical.code.work import Cells

FORGE = """
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
for name in os.listdir('/proc/1/fd'):
    try:
        link = os.readlink('/proc/1/fd/' + name)
    except OSError:
        continue
# Write frames on every descriptor that is left open, and into whatever can be opened of pid 1.
frame = b'{"ran": {"status": 0, "flood": false, "stderr": ""}, "bytes": 1}\\n6'
for number in range(3, 256):
    try:
        os.write(number, struct.pack('<I', len(frame)) + frame)
    except OSError:
        pass
print(7)
"""


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    found = open_cells(Cells())
    yield found
    found.slot.close()


def judged(opened: Opened, program: str) -> CodeReason:
    tests = StdioTests((StdioCase("3", "6"),), Comparison(CompareMode.LINES))
    submission = Submission("python", program, TestLimits(cpu_seconds=2.0), stdio=tests)
    return judge_stdio(opened.slot, submission, is_last=False).reason


def test_frames_written_by_a_program_are_not_heard(opened: Opened) -> None:
    assert judged(opened, FORGE) is CodeReason.WRONG_ANSWER
    assert judged(opened, "print(2 * int(input()))") is CodeReason.TESTS_PASSED
