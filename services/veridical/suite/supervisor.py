"""Keeps all services of a machine running, and ends them in order."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from pathlib import Path

from veridical.suite.logs import ShowLine, as_it_is, for_people
from veridical.suite.plan import Launch, plan_launches
from veridical.suite.process import adopt_orphans, kill_orphans, process_end, reap_orphans
from veridical.suite.service import Service, Surroundings
from veridical.suite.settings import SuiteSettings
from veridical.suite.status import Reporter, Status, write_line

_STDOUT, _STDERR = 1, 2
# What people are told of an address that only the services use.
_PRIVATE = "(private)"
# How long the orphans of killed services may take to die; the kernel has sent the signal by then.
_ORPHAN_SECONDS = 2.0
_ORPHAN_POLL_SECONDS = 0.02
# `timeout` and some terminals send one signal twice, to the process and to its group.
_SAME_SIGNAL_SECONDS = 0.3


class KilledError(Exception):
    """A second signal came while the services were draining: they were killed."""


class StoppedEarlyError(Exception):
    """A signal came before all services served.

    Attributes:
        signal: Which one.
    """

    def __init__(self, signal_: signal.Signals) -> None:
        """Says which signal came."""
        super().__init__(f"stopped by {signal_.name} before it served")
        self.signal = signal_


class Supervisor:
    """The suite while it runs; to be made and used once, in the main thread and a running loop."""

    def __init__(self, settings: SuiteSettings, folder: Path) -> None:
        """Says what was asked for, and where the private sockets stand."""
        launches = plan_launches(settings, folder)
        self._settings = settings
        self._services = {launch.name: self._service(launch) for launch in launches}
        self._reporter = Reporter(
            lambda line: write_line(_STDOUT, line.encode()),
            as_json=settings.json,
            addresses={each.name: _PRIVATE if each.private else each.address for each in launches},
        )
        self._told_to_stop = asyncio.Event()
        self._told_at = float("inf")
        self._hurried = False
        self._stopped_early: signal.Signals | None = None
        self._all_serve = False
        self._has_served = False

    async def run(self) -> None:
        """Runs the services until a signal or the owner's end; then ends them, callers first.

        Raises:
            StartFailedError: A service could not be brought to serve even once.
            KilledError: A second signal came while the services were draining.
            StoppedEarlyError: A signal came before all of them served.
        """
        adopt_orphans()
        self._catch_signals()
        keepers = [asyncio.create_task(service.run()) for service in self._services.values()]
        owner = asyncio.create_task(self._owner_end())
        told = asyncio.create_task(self._told_to_stop.wait())
        await asyncio.wait([*keepers, owner, told], return_when=asyncio.FIRST_COMPLETED)
        if owner.done():
            # Nobody is left who could take an answer.
            self._kill_all()
        await asyncio.gather(*map(self._stop_after_its_callers, self._services.values()))
        await self._reap_rest()
        for task in (owner, told):
            task.cancel()
        await asyncio.gather(*keepers)
        if self._stopped_early is not None:
            raise StoppedEarlyError(self._stopped_early)
        if self._hurried:
            raise KilledError("killed by a second signal while draining")

    def _service(self, launch: Launch) -> Service:
        show = as_it_is if self._settings.json or self._settings.verbose else for_people
        around = Surroundings(
            changed=self._changed,
            take_line=partial(_write_log, show, launch.name),
            backends_serve=lambda: all(self._services[name].serves for name in launch.backends),
        )
        return Service(launch, self._settings, around)

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._take_stop_signal, number)
        # Under nohup the end of the terminal is to be ignored.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            loop.add_signal_handler(signal.SIGHUP, self._take_stop_signal, signal.SIGHUP)
        loop.add_signal_handler(signal.SIGCHLD, self._reap)

    def _take_stop_signal(self, number: signal.Signals) -> None:
        now = asyncio.get_running_loop().time()
        self._told_at = min(self._told_at, now)
        if not self._has_served:
            # Nobody was told that they serve: there is nothing to let end.
            self._stopped_early = self._stopped_early or number
            self._kill_all()
        elif now > self._told_at + _SAME_SIGNAL_SECONDS:
            self._hurried = True
            self._kill_all()
        self._told_to_stop.set()

    async def _owner_end(self) -> None:
        if self._settings.owner_pid is None:
            await asyncio.get_running_loop().create_future()
        else:
            await process_end(self._settings.owner_pid)

    async def _stop_after_its_callers(self, service: Service) -> None:
        for caller in self._services.values():
            if service.launch.name in caller.launch.backends:
                await caller.ended.wait()
        await service.stop()

    def _kill_all(self) -> None:
        for service in self._services.values():
            service.kill()

    def _changed(self, status: Status) -> None:
        # A service's end may be what kept the orphans behind it from being reaped.
        self._reap()
        self._reporter.changed(status)
        all_serve = all(service.serves for service in self._services.values())
        if all_serve and not self._all_serve:
            self._reporter.ready(self._settings.listen)
        self._all_serve = all_serve
        self._has_served |= all_serve

    def _reap(self) -> bool:
        own = {service.pid for service in self._services.values()}
        if self._hurried or self._stopped_early:
            # One that starts just now does not know yet that it must not outlive its service.
            kill_orphans(own)
        return reap_orphans(own)

    async def _reap_rest(self) -> None:
        """Waits for what the services left behind, a moment long."""
        clock = asyncio.get_running_loop().time
        end = clock() + _ORPHAN_SECONDS
        while self._reap() and clock() < end:  # noqa: ASYNC110 - an orphan's end has no event
            await asyncio.sleep(_ORPHAN_POLL_SECONDS)


def _write_log(show: ShowLine, service: str, line: bytes) -> None:
    shown = show(service, line)
    if shown is not None:
        write_line(_STDERR, shown)
