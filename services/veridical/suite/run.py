"""One run of the suite, from the checks before the start to the end of the last service."""

from __future__ import annotations

import asyncio
import signal

from veridical.suite.address import is_taken
from veridical.suite.config import check_config
from veridical.suite.folder import private_folder
from veridical.suite.plan import public_addresses, started
from veridical.suite.settings import SuiteSettings
from veridical.suite.supervisor import Supervisor
from veridical.suite.table import SAMPLING


class AddressTakenError(Exception):
    """Somebody listens already where the gateway or the sampler was to listen."""


def run(settings: SuiteSettings) -> None:
    """Runs all services until a signal or the owner's end.

    Raises:
        AddressTakenError: An address that callers are told of is taken.
        SettingsFileError: The settings file has what nobody would read.
        FolderError: The folder cannot hold the private sockets.
        StartFailedError: A service could not be brought to serve even once.
        KilledError: A second signal came while the services were draining.
        StoppedEarlyError: A signal came before all of them served.
    """
    if settings.config is not None:
        check_config(settings.config, [spec.name for spec in started(settings)])
    for name, address in public_addresses(settings).items():
        if is_taken(address):
            flag = "--sampler-listen" if name == SAMPLING.name else "--listen"
            raise AddressTakenError(f"{flag}: somebody listens on {address} already")
    asyncio.run(_supervise(settings))


async def _supervise(settings: SuiteSettings) -> None:
    with private_folder(settings.folder) as folder:
        try:
            await Supervisor(settings, folder).run()
        finally:
            # All has ended: a further signal would only spoil the exit status.
            signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
