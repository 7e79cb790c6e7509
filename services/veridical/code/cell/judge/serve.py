"""The runtime of a judge's cell: one judgement for a fresh one, many for a standing one."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import monotonic
from typing import Any, Protocol

from veridical.code.cell import wire
from veridical.code.cell.judge import asserts, calls
from veridical.code.cell.judge.faults import Fault, NeedsShared, SolutionGone
from veridical.code.cell.judge.local import LocalLink, load
from veridical.code.cell.judge.proxy.link import Link
from veridical.code.cell.judge.proxy.same import Comparison, Mode
from veridical.code.cell.judge.result import NEEDS_SHARED, Report

_PAUSE_SECONDS = 0.002
_OVER = Fault("early_exit", "it was judged")


class Control(wire.Channel, Protocol):
    """The host's channel, over which further peers may come."""

    def take_peer(self) -> wire.Channel | None:
        """The oldest peer not yet taken."""


def serve(control: Control, peer: wire.Channel | None) -> None:
    """Judges what `control` asks for, one task after the other, until it closes.

    Each message holds one of "asserts", "calls" and "files"; each is answered by any number of
    `{"tests": names}`, the tests begun since the last, and at the end `{"tests": names, "result": {...}}`.
    A peer that came along since the last message is the solution of this one.
    """
    while True:
        try:
            request = json.loads(control.receive())
        except EOFError:
            return
        peer = control.take_peer() or peer
        begun = _Begun(control, pause=0 if "shared" in request else _PAUSE_SECONDS)
        result = judge(request, peer, begun)
        _send(control, {"tests": begun.names, "result": result})


class _Begun:
    """Tells the host which tests began; of quick ones together, since each word costs four processes time.

    Args:
        control: The host's channel.
        pause: Seconds for which names are held back.
    """

    def __init__(self, control: wire.Channel, pause: float) -> None:
        self.names: list[str] = []
        self._control = control
        self._pause = pause
        self._told = monotonic()

    def __call__(self, name: str) -> None:
        """A test begins."""
        self.names.append(name)
        now = monotonic()
        if now - self._told >= self._pause:
            self._told = now
            _send(self._control, {"tests": self.names})
            self.names = []


def judge(
    request: dict[str, Any], peer: wire.Channel | None, begun: Callable[[str], None]
) -> dict[str, Any]:
    """The result of one task, as `Report.result` gives it.

    A request with "shared" (source and module) loads the program into this very interpreter.
    """
    shared = request.get("shared")
    if shared is not None:
        link: Link | LocalLink = load(shared["source"], shared.get("module") or "solution")
    elif peer is not None:
        link = Link(peer, tracks=not request.get("pure", False))
    else:
        raise ValueError("no solution to judge")
    if "files" in request:
        from veridical.code.cell.judge.suites import files  # judges of suites have it loaded

        return files.run(link, request["files"], begun)
    report = Report(tests=1)
    try:
        report = _report(request, link, begun)
    except (SolutionGone, NeedsShared) as gone:
        reason = link.fault.reason if link.fault else NEEDS_SHARED
        report.fail("start", reason, "", str(gone))
    result = report.result(link)
    # Classes of libraries know of this program's; they ask no more for the next one.
    link.fault = link.fault or _OVER
    return result


def _report(
    request: dict[str, Any], link: Link | LocalLink, begun: Callable[[str], None]
) -> Report:
    if "asserts" in request:
        wanted = request["asserts"]
        return asserts.run(
            link,
            wanted["test_code"],
            wanted.get("entry_point", ""),
            is_pure=request.get("pure", False),
        )
    return calls.run(link, _calls(request["calls"]), begun)


def _calls(wanted: dict[str, Any]) -> calls.Calls:
    is_json = wanted.get("encoding", "json") == "json"
    comparison = Comparison(
        mode=Mode(wanted.get("mode", "exact")),
        is_json=is_json,
        rtol=wanted.get("rtol", 1e-9),
        atol=wanted.get("atol", 0.0),
    )
    return calls.Calls(
        entry_point=wanted["entry_point"],
        cases=tuple((case["args"], case["expected"]) for case in wanted["cases"]),
        is_json=is_json,
        comparison=comparison,
        mutated=wanted.get("compare_mutated_args", False),
        stops=wanted.get("stop_early", False),
    )


def _send(control: wire.Channel, message: dict[str, Any]) -> None:
    control.send(json.dumps(message).encode("ascii"))
