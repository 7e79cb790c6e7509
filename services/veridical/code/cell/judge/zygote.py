"""What the zygote of judges' cells does once for all of them: it rehearses."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from veridical.code.cell.judge import sources
from veridical.code.cell.judge.interpreter.guard import installed
from veridical.code.cell.judge.interpreter.prepare import know_tests
from veridical.code.cell.judge.interpreter.surroundings import Surroundings
from veridical.code.cell.judge.proxy.link import Link
from veridical.code.cell.judge.serve import serve
from veridical.code.cell.rehearsal import ROUNDS, Script
from veridical.code.cell.site_names import add_site_names
from veridical.sandbox.inner.cell import Begin, Serve

_TESTS = """def check(candidate):
    assert candidate(1, 2) == 1
    assert candidate([1, "a"], 0.5) == [1, "a"]
assert same(None) is None
"""
_CASES = (("[1, 2]", "1"), ('[[1, "a"], 0.5]', '[1, "a"]'), ("[null]", "null"))
_ASSERTS = {"asserts": {"entry_point": "same", "test_code": _TESTS}, "pure": True}
_CALLS = {
    "calls": {
        "entry_point": "same",
        "cases": [{"args": args, "expected": expected} for args, expected in _CASES],
    },
    "pure": True,
}
_NAMES = ["ok", [{"same": {"F": [0, ["same", "same", None, "solution"], True, False]}}, []], None]
_FIRST, _LIST, _NONE = ["ok", 1, None], ["ok", {"l": -1}, None], ["ok", None, None]
_TALKS = (
    (_ASSERTS, (_NAMES, _NONE, _FIRST, _LIST)),
    (_CALLS, (_NAMES, _FIRST, _LIST, _NONE)),
)

_NOWHERE = Path("/veridical/nowhere")


def rehearse() -> list[bytes]:
    """Judges what a program that returns its first argument would have said; returns what is found."""
    found = []
    for request, replies in _TALKS:
        control = Script([json.dumps(request).encode()])
        serve(control, Script(json.dumps(reply).encode() for reply in replies))
        found += control.sent
    return found


def _rehearse_alone() -> None:
    """Does what a fresh judge does before its tests run, as far as that changes nothing here."""
    link, tree = Link(Script()), ast.parse(_TESTS)
    know_tests(link, [tree], [_TESTS])
    sources.reads_source([tree], [_TESTS])
    sources.asks_kinds([tree], [_TESTS])
    installed()
    Surroundings(_NOWHERE, [_TESTS]).changes(link.encode)


def prepare() -> Begin:
    """What each cell calls ahead of its start."""
    add_site_names()
    for _ in range(ROUNDS):
        rehearse()
        _rehearse_alone()

    def begin() -> Serve:
        compile(_TESTS, "", "exec")  # has the compiler's memory copied
        return serve

    return begin
