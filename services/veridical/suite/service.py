"""The life of one service: started, followed, started again, and ended."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from veridical.suite.address import remove_socket
from veridical.suite.backoff import Backoff
from veridical.suite.health import HealthProbe
from veridical.suite.plan import Launch
from veridical.suite.process import ChildProcess, TakeLine
from veridical.suite.settings import SuiteSettings
from veridical.suite.status import State, Status

_EXIT_BAD_SETTING = 2
_EXIT_CANNOT_START = 126  # as a shell says it
# They are meant for what callers reach; a private socket is guarded by its folder.
_ACCESS_VARIABLES = (
    "VERIDICAL_TLS_CERTIFICATE",
    "VERIDICAL_TLS_KEY",
    "VERIDICAL_TLS_CLIENT_CA",
    "VERIDICAL_TOKENS_FILE",
    "VERIDICAL_HEALTH_LISTEN",
)


class StartFailedError(Exception):
    """A service ended again and again, or for a bad setting, before it ever served."""

    def __init__(self, message: str, *, bad_setting: bool) -> None:
        """Says what happened, and whether the service called it a bad setting."""
        super().__init__(message)
        self.bad_setting = bad_setting


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a service has around it."""

    changed: Callable[[Status], None]
    """Told of every change."""
    take_line: TakeLine
    """Takes what its processes write."""
    backends_serve: Callable[[], bool]
    """Whether all the services it calls serve, so that it has no excuse."""


class Service:
    """One service of a suite: one process at a time."""

    def __init__(self, launch: Launch, settings: SuiteSettings, around: Surroundings) -> None:
        """Says how it is started and what it has around it; `run` starts it."""
        self.launch = launch
        self.ended = asyncio.Event()
        """Set once no process runs any more and none will be started."""
        self._settings = settings
        self._around = around
        self._stopping = asyncio.Event()
        self._process: ChildProcess | None = None
        self._state = State.STARTING
        self._has_served = False

    @property
    def serves(self) -> bool:
        """Whether its health says so."""
        return self._state is State.SERVING

    @property
    def pid(self) -> int | None:
        """Its process id; None where no process runs."""
        return self._process.pid if self._process else None

    async def run(self) -> None:
        """Keeps a process running until `stop` or `kill`.

        Raises:
            StartFailedError: It could not be brought to serve even once.
        """
        try:
            await self._keep_running()
        finally:
            remove_socket(self.launch.address)
            remove_socket(self.launch.health)
            self.ended.set()

    async def stop(self) -> None:
        """Has the process answer what it accepted and end; kills it where that takes too long."""
        self._stopping.set()
        if self._process is not None:
            self._process.send(signal.SIGTERM)
        # The service keeps the drain time itself; the rest is for the end of its workers.
        limit = self._settings.drain_seconds + self._settings.kill_after_seconds
        with suppress(TimeoutError):
            await asyncio.wait_for(self.ended.wait(), limit)
        self.kill()
        await self.ended.wait()

    def kill(self) -> None:
        """Ends the process at once, and for good."""
        self._stopping.set()
        if self._process is not None:
            self._process.send(signal.SIGKILL)

    async def _keep_running(self) -> None:
        backoff = Backoff(self._settings.restart)
        clock = asyncio.get_running_loop().time
        ends = 0
        while not self._stopping.is_set():
            started = clock()
            status = await self._run_once()
            if self._stopping.is_set():
                break
            ends += 1
            if not self._has_served:
                self._check_start(status, ends)
            self._change(State.RESTARTING, _how_ended(status))
            await self._pause(backoff.pause(clock() - started))
        self._change(State.STOPPED)

    async def _run_once(self) -> int:
        """Runs one process to its end and returns its exit status."""
        try:
            without = _ACCESS_VARIABLES if self.launch.private else ()
            self._process = ChildProcess(self.launch.command, self._around.take_line, without)
        except OSError as error:
            self._around.take_line(f"cannot be started: {error}".encode())
            return _EXIT_CANNOT_START
        self._change(State.STARTING)
        try:
            async with asyncio.TaskGroup() as tasks:
                watch = tasks.create_task(self._watch(self._process))
                status = await self._process.wait()
                watch.cancel()
            return status
        finally:
            self._process = None

    def _check_start(self, status: int, attempts: int) -> None:
        bad_setting = status == _EXIT_BAD_SETTING
        if bad_setting or attempts >= self._settings.restart.start_attempts:
            problem = f"{self.launch.name} {_how_ended(status)} before it ever served"
            self._change(State.STOPPED, _how_ended(status))
            raise StartFailedError(problem, bad_setting=bad_setting)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _watch(self, process: ChildProcess) -> None:
        """Follows the health of a process, and kills one that does not serve for too long."""
        health = self._settings.health
        clock = asyncio.get_running_loop().time
        own = self.launch.start_seconds
        limit, since = own or health.start_seconds, clock()
        async with HealthProbe(self.launch.health, health.check_seconds) as probe:
            while True:
                serves = await probe.is_serving()
                if self._stopping.is_set():
                    return
                if serves:
                    limit = own or health.lost_seconds
                    self._note_serving()
                elif self.serves:
                    self._change(State.STARTING, "does not serve any more")
                if serves or not self._around.backends_serve():
                    since = clock()
                elif clock() - since > limit:
                    self._change(State.STARTING, f"killed: did not serve for {limit:g} s")
                    process.send(signal.SIGKILL)
                    return
                await asyncio.sleep(
                    health.serving_poll_seconds if serves else health.starting_poll_seconds
                )

    def _note_serving(self) -> None:
        self._has_served = True
        if not self.serves:
            self._change(State.SERVING)

    def _change(self, state: State, detail: str = "") -> None:
        self._state = state
        launch = self.launch
        self._around.changed(
            Status(launch.name, launch.address, state, self.pid, launch.metrics, detail)
        )


def _how_ended(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    return f"was killed by {signal.Signals(-status).name}"
