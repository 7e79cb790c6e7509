"""Suites whose judge could run what the program gave or wrote, shared by attacks and by right programs."""

from __future__ import annotations

from typing import Any

from found_programs import suite

CHANGE = "import math\nmath.isclose = lambda *a, **k: True\n"


def unit(body: str, use: str = "import solution") -> dict[str, Any]:
    """A unittest suite of one test."""
    lines = "\n        ".join(body.strip().splitlines())
    return suite(
        "unittest",
        f"import unittest, math, sys\n{use}\nclass T(unittest.TestCase):\n"
        f"    def test_a(self):\n        {lines}\n",
    )


PATH_FIRST = (
    "import os\nsys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))\nimport solution"
)
STATISTICS = f"{CHANGE}mean = lambda x: 2\n"
LAZY = unit(
    "data = solution.f([1, 2, 3])\nimport statistics\n"
    "self.assertTrue(math.isclose(data, statistics.mean([1, 2, 3])))",
    PATH_FIRST,
)
READS_EXPECTED = """
import json
from pathlib import Path
from solution import f
def test_a({fixture}):
    got = [f(1), f(2)]
    assert got == json.loads(Path("data/expected.json").read_text())
"""


def with_data(fixture: str = "") -> dict[str, Any]:
    """A suite with a hidden file of what is expected."""
    request = suite("pytest", READS_EXPECTED.format(fixture=fixture))
    request["files"]["files"].append({"path": "data/expected.json", "content": "[41, 42]"})
    return request
