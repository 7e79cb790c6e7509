"""`python -m veridical.suite`: every verifier service of this machine under one supervisor.

Exit status: 0 after a signal or the owner's end; 1 where a service could not be started, or a second
signal killed draining services; 2 for a bad setting, the suite's or a service's; 128 and the signal's
number where it came before the services served.
"""

from __future__ import annotations

import os
import sys

from veridical.serving.interrupt import exit_on_interrupt

_FAILED, _BAD_SETTING = 1, 2


def main() -> int:
    """Runs the suite and returns its exit status."""
    exit_on_interrupt()
    # Otherwise gRPC's core tells on stderr of every connection that ends; it reads this when imported.
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    # Slow to import: Ctrl-C must be quiet by then.
    from veridical.serving.settings_file import SettingsFileError
    from veridical.suite.folder import FolderError
    from veridical.suite.run import AddressTakenError, run
    from veridical.suite.service import StartFailedError
    from veridical.suite.settings import parse_settings
    from veridical.suite.supervisor import KilledError, StoppedEarlyError

    try:
        run(parse_settings(sys.argv[1:]))
    except (AddressTakenError, FolderError, SettingsFileError) as error:
        return _complain(str(error), _BAD_SETTING)
    except StartFailedError as error:
        return _complain(str(error), _BAD_SETTING if error.bad_setting else _FAILED)
    except KilledError as error:
        return _complain(str(error), _FAILED)
    except StoppedEarlyError as error:
        return _complain(str(error), 128 + error.signal)
    return 0


def _complain(problem: str, status: int) -> int:
    print(f"veridical up: {problem}", file=sys.stderr)  # noqa: T201
    return status


if __name__ == "__main__":
    sys.exit(main())
