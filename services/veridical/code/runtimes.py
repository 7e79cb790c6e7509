"""The kinds of cells that judging asks for."""

from __future__ import annotations

import re

from veridical.sandbox import Runtime

_MODULES = ("veridical.code.cell",)
_NUMPY = re.compile(r"^[ \t]*(?:import|from)[ \t][^\n]*\bnumpy\b", re.MULTILINE)
_WITH_NUMPY = "+numpy"
_PYTEST = (
    *("pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging", "pygments"),
    *("attr", "attrs", "exceptiongroup", "tomli"),  # of older ones
)
"""What a judge needs for suites that use more of pytest than the light runner has."""

_SUITES = (
    *("unittest", "unittest.mock", "asyncio"),
    *("veridical.code.cell.loggers", "veridical.code.cell.judge.proxy.records"),
    "veridical.code.cell.judge.interpreter.loops",
    "veridical.code.cell.judge.suites.files",
    "veridical.code.cell.judge.suites.plain_pytest",
)
"""What a judge of suites has loaded."""
_AHEAD = 2
"""One for the next submission, and one that may still be on its way when that is through."""
_JUDGE = "veridical.code.cell.judge.zygote:prepare"
_SOLUTION = "veridical.code.cell.solution.zygote:prepare"
_PROGRAM = "veridical.code.cell.program_zygote:prepare"

RUNTIMES = (
    Runtime("program", _PROGRAM, _MODULES, prepared=True, spares=_AHEAD),
    Runtime("program+numpy", _PROGRAM, _MODULES, ("numpy",), prepared=True, spares=0),
    Runtime("solution", _SOLUTION, _MODULES, prepared=True, spares=_AHEAD),
    Runtime("solution+numpy", _SOLUTION, _MODULES, ("numpy",), prepared=True, spares=0),
    Runtime("judge", _JUDGE, _MODULES, prepared=True, spares=_AHEAD),
    Runtime("judge+numpy", _JUDGE, _MODULES, ("numpy",), prepared=True, spares=0),
    Runtime("suite", _JUDGE, _MODULES, _SUITES, _PYTEST, prepared=True, spares=0),
    Runtime("suite+numpy", _JUDGE, _MODULES, (*_SUITES, "numpy"), _PYTEST, prepared=True, spares=0),
)


def runtime_for(name: str, *sources: str) -> str:
    """The runtime of that name, with numpy loaded where a source imports it."""
    return name + _WITH_NUMPY if any(map(_NUMPY.search, sources)) else name
