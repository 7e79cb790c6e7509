"""`python -m veridical.suite`: every verifier service of this machine under one supervisor.

Exit status: 0 after a signal or the owner's end; 1 where a service could not be started, or a second
signal killed draining services; 2 for a bad setting, the suite's or a service's.
"""

from __future__ import annotations

import asyncio
import sys

from veridical.suite.address import is_taken
from veridical.suite.folder import FolderError, private_folder
from veridical.suite.service import StartFailedError
from veridical.suite.settings import SuiteSettings, parse_settings
from veridical.suite.supervisor import KilledError, Supervisor

_FAILED, _BAD_SETTING = 1, 2


def main() -> int:
    """Runs the suite and returns its exit status."""
    settings = parse_settings(sys.argv[1:])
    if is_taken(settings.listen):
        return _complain(f"--listen: somebody listens on {settings.listen} already", _BAD_SETTING)
    try:
        asyncio.run(_run(settings))
    except FolderError as error:
        return _complain(f"--folder: {error}", _BAD_SETTING)
    except StartFailedError as error:
        return _complain(str(error), _BAD_SETTING if error.bad_setting else _FAILED)
    except KilledError as error:
        return _complain(str(error), _FAILED)
    return 0


async def _run(settings: SuiteSettings) -> None:
    with private_folder(settings.folder) as folder:
        await Supervisor(settings, folder).run()


def _complain(problem: str, status: int) -> int:
    print(f"veridical suite: {problem}", file=sys.stderr)  # noqa: T201
    return status


if __name__ == "__main__":
    sys.exit(main())
