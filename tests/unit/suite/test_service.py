"""Services that end when they should not, each a real process that is told how to end."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from veridical.suite.plan import Launch
from veridical.suite.service import Service, StartFailedError, Surroundings
from veridical.suite.settings import HealthSettings, RestartSettings, SuiteSettings
from veridical.suite.status import State, Status

QUICK = SuiteSettings(
    restart=RestartSettings(first_seconds=0.05, start_attempts=3),
    health=HealthSettings(check_seconds=0.2, start_seconds=0.5),
    drain_seconds=0.2,
    kill_after_seconds=0.1,
)


class Watched:
    """A service that runs `program`, and what was said of it."""

    def __init__(self, program: str, *, backends_serve: bool = True) -> None:
        self.statuses: list[Status] = []
        self.lines: list[bytes] = []
        self._news = asyncio.Event()
        command = (sys.executable, "-S", "-c", program)
        address = "unix:/nonexistent/odd.sock"
        launch = Launch("odd", address, address, True, command, None, ())
        around = Surroundings(self._changed, self._take_line, lambda: backends_serve)
        self.service = Service(launch, QUICK, around)

    @property
    def states(self) -> list[State]:
        return [status.state for status in self.statuses]

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not happened():
                self._news.clear()
                await self._news.wait()

    def _changed(self, status: Status) -> None:
        self.statuses.append(status)
        self._news.set()

    def _take_line(self, line: bytes) -> None:
        self.lines.append(line)
        self._news.set()


async def test_a_bad_setting_stops_at_once_and_its_message_is_passed_on() -> None:
    watched = Watched("import sys; print('listen: no such port', file=sys.stderr); sys.exit(2)")
    with pytest.raises(StartFailedError, match="odd ended with status 2") as failure:
        await watched.service.run()
    assert failure.value.bad_setting
    assert watched.lines == [b"listen: no such port"]
    assert watched.states == [State.STARTING, State.STOPPED]
    assert watched.service.ended.is_set()


async def test_a_service_that_never_serves_is_tried_a_few_times() -> None:
    watched = Watched("import os; os.abort()")
    with pytest.raises(StartFailedError, match="odd was killed by SIGABRT") as failure:
        await watched.service.run()
    assert not failure.value.bad_setting
    assert watched.states == [State.STARTING, State.RESTARTING] * 2 + [
        State.STARTING,
        State.STOPPED,
    ]


async def test_a_program_that_cannot_be_run_is_a_failed_start() -> None:
    watched = Watched("")
    launch = replace(watched.service.launch, command=("/nonexistent/program",))
    watched.service.launch = launch
    with pytest.raises(StartFailedError, match="odd ended with status 126"):
        await watched.service.run()
    assert b"/nonexistent/program" in watched.lines[0]


async def test_one_that_hangs_at_its_start_is_killed() -> None:
    watched = Watched("import time; time.sleep(600)")
    with pytest.raises(StartFailedError, match="odd was killed by SIGKILL"):
        await watched.service.run()
    assert "did not serve for 0.5 s" in [s.detail for s in watched.statuses][1]


async def test_one_that_waits_for_its_backends_is_not_killed() -> None:
    watched = Watched("import time; time.sleep(600)", backends_serve=False)
    running = asyncio.create_task(watched.service.run())
    # Three times as long as one without an excuse has.
    await asyncio.wait([running], timeout=1.5)
    assert watched.states == [State.STARTING]
    watched.service.kill()
    await running
    assert watched.states == [State.STARTING, State.STOPPED]


async def test_one_that_ignores_sigterm_is_killed_after_its_time() -> None:
    program = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    watched = Watched(
        f"{program}; print('deaf', flush=True); time.sleep(600)", backends_serve=False
    )
    running = asyncio.create_task(watched.service.run())
    await watched.until(lambda: watched.lines == [b"deaf"])
    pid = watched.service.pid
    assert pid is not None
    await watched.service.stop()
    await running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_stop_during_the_pause_before_a_restart_starts_nothing() -> None:
    watched = Watched("raise SystemExit(1)")
    running = asyncio.create_task(watched.service.run())
    await watched.until(lambda: State.RESTARTING in watched.states)
    await watched.service.stop()
    await running
    assert watched.states == [State.STARTING, State.RESTARTING, State.STOPPED]
