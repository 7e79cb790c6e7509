"""The embedded default: the services of this machine as child processes of the caller.

`start_local` starts `python -m veridical.suite`, the supervisor that also stands behind `veridical up`,
on a unix socket in a private folder. The suite ends with `LocalServices.close`, with the garbage
collection of its `LocalServices`, with the interpreter, and, because the supervisor watches the owner's
process, also when the owner is killed. A forked child of the owner may use the services; it never ends
them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

from veridical.client.errors import LocalStartError, ServicesMissingError, UnavailableError

_SUITE = "veridical.suite"
# The import names of what the extra `services` installs.
_SERVICE_LIBRARIES = (
    "grpc_health",
    "grpc_reflection",
    "grpc_status",
    "math_verify",
    "msgspec",
    "prometheus_client",
    "pydantic_settings",
    "re2",
    "sympy",
)
# A socket's path may have 107 bytes, and a gRPC target is a URI: other characters would need quoting.
_PLAIN_FOLDER = re.compile(r"[\w./~+-]{1,60}", re.ASCII)
_TAIL_LINES = 30
_SERVICES_MARKER = re.compile(r"extra\s*==\s*['\"]services['\"]")


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """How `Client.local()` starts and ends the services."""

    workers: int | None = None
    """Worker processes of each verifier, 1 or more. Default: None, which leaves it to the services."""
    start_seconds: float = 120.0
    """How long the services may take until all of them serve, in seconds. Default: 120."""
    stop_seconds: float = 10.0
    """How long they may take to end before they are killed, in seconds. Default: 10."""


@dataclass(frozen=True, slots=True)
class LocalLease:
    """What clients of local services know of them, in whatever process they are."""

    folder: str
    """The private folder, which goes with the services."""
    owner: str
    """Who started them, for messages."""

    def check(self) -> None:
        """Does nothing while the services may be there.

        Raises:
            UnavailableError: They have ended, or are those of another machine.
        """
        if not Path(self.folder).exists():
            raise UnavailableError(
                f"the local services of {self.owner} have ended, or this is another machine; a copy "
                "of a client of Client.local() works only there and only while they run"
            )


class LocalServices:
    """The services that `start_local` started; whoever holds this object owns them."""

    def __init__(self, process: subprocess.Popen[bytes], folder: str, stop_seconds: float) -> None:
        """Takes over a running suite and its folder."""
        self._process = process
        self._folder = folder
        self._output = _Output()
        reader = self._output.follow(process.stdout)
        self._finalizer = weakref.finalize(
            self, _stop, process, folder, reader, os.getpid(), stop_seconds
        )

    @property
    def address(self) -> str:
        """The gRPC target of the reward gateway, `unix:` and a path."""
        return f"unix:{self._folder}/reward.sock"

    @property
    def lease(self) -> LocalLease:
        """What clients in any process may know of the services."""
        return LocalLease(self._folder, f"process {os.getpid()} on {socket.gethostname()}")

    @property
    def pid(self) -> int:
        """The process id of the supervisor."""
        return self._process.pid

    def close(self) -> None:
        """Ends the services and waits for their end; again, or in a forked child, it does nothing."""
        self._finalizer()

    def wait_ready(self, seconds: float) -> None:
        """Returns once all services serve.

        Raises:
            LocalStartError: They ended, or did not serve within `seconds`; the text ends with the last
                lines that they wrote.
        """
        try:
            problem = _problem(self._output.ready.result(seconds))
        except TimeoutError:
            problem = _late(seconds)
        if problem:
            self.close()
            raise self._start_error(problem)

    async def wait_ready_async(self, seconds: float) -> None:
        """Returns once all services serve; errors of `wait_ready`."""
        # Shielded: the thread that reads sets the future, whoever waits for it.
        ready = asyncio.shield(asyncio.wrap_future(self._output.ready))
        try:
            problem = _problem(await asyncio.wait_for(ready, seconds))
        except TimeoutError:
            problem = _late(seconds)
        if problem:
            await asyncio.to_thread(self.close)
            raise self._start_error(problem)

    def _start_error(self, problem: str) -> LocalStartError:
        return LocalStartError(f"{problem}; their last lines:\n{self._output.tail()}")


def _problem(serves: bool) -> str:
    return "" if serves else "the local services ended before they served"


def _late(seconds: float) -> str:
    return f"the local services did not serve within {seconds:g} seconds"


def start_local(settings: LocalSettings = LocalSettings()) -> LocalServices:
    """Starts the services of this machine and returns once they serve.

    Raises:
        ServicesMissingError: The services are not installed; the text names the command that mends it.
        LocalStartError: They could not be started; the text ends with the last lines that they wrote.
    """
    services = _begin(settings)
    try:
        services.wait_ready(settings.start_seconds)
    except BaseException:
        services.close()
        raise
    return services


async def start_local_async(settings: LocalSettings = LocalSettings()) -> LocalServices:
    """Starts the services as `start_local` does; where it is cancelled, they end at once."""
    services = await asyncio.to_thread(_begin, settings)
    try:
        await services.wait_ready_async(settings.start_seconds)
    except BaseException:
        await asyncio.to_thread(services.close)
        raise
    return services


def _begin(settings: LocalSettings) -> LocalServices:
    """Starts the process that starts the services."""
    require_services()
    try:
        folder = _make_folder()
        return LocalServices(_spawn(folder, settings), folder, settings.stop_seconds)
    except OSError as error:
        raise LocalStartError(f"the local services could not be started: {error}") from error


def require_services() -> None:
    """Checks that the services could be started here, without importing them.

    Raises:
        ServicesMissingError: They are not installed; the text names the command that mends it.
    """
    missing = [name for name in (_SUITE, *_SERVICE_LIBRARIES) if not _is_installed(name)]
    if missing:
        raise ServicesMissingError(
            f"the verifier services are not installed ({', '.join(missing)} not found). Install them "
            f"with\n\n    {_install_command()}\n\nor give the address of services that run elsewhere."
        )


def _install_command() -> str:
    """What installs the libraries of the services, wherever this distribution came from."""
    try:
        requirements = metadata.requires("veridical") or []
    except metadata.PackageNotFoundError:
        return "pip install '.[services]'    # in a checkout of veridical"
    texts = [text.partition(";") for text in requirements]
    needed = [name.strip() for name, _, marker in texts if _SERVICES_MARKER.search(marker)]
    return "pip install " + " ".join(f"'{name}'" for name in needed)


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _make_folder() -> str:
    """A new folder, mode 0700, whose path suits sockets."""
    parent = tempfile.gettempdir()
    return tempfile.mkdtemp(
        prefix="veridical-",
        dir=parent if _PLAIN_FOLDER.fullmatch(parent) else "/tmp",  # noqa: S108
    )


def _spawn(folder: str, settings: LocalSettings) -> subprocess.Popen[bytes]:
    """Starts the suite in a session of its own, so that a Ctrl-C meant for the owner spares it."""
    # -P: the folder that the owner was started in must not shadow a module.
    command = [sys.executable, "-P", "-m", _SUITE, "--json", "--folder", folder]
    command += ["--listen", f"unix:{folder}/reward.sock", "--owner-pid", str(os.getpid())]
    # Whatever VERIDICAL_METRICS_PORT says: many processes of one machine may have services of their own.
    command += ["--metrics-port", "0"]
    if settings.workers is not None:
        command += ["--workers", str(settings.workers)]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Unbuffered: a buffer's lock, held by the reading thread, would hang a forked child.
            bufsize=0,
            # Nobody reads on what they say once they serve: trouble is enough.
            env={"VERIDICAL_LOG_LEVEL": "warning", **os.environ},
            start_new_session=True,
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _stop(
    process: subprocess.Popen[bytes],
    folder: str,
    reader: threading.Thread,
    owner: int,
    seconds: float,
) -> None:
    """Ends the suite if this process owns it; what outlives `seconds` is killed with it."""
    if os.getpid() != owner:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    reader.join(timeout=1)
    shutil.rmtree(folder, ignore_errors=True)


class _Output:
    """What the suite writes: JSON lines of its own, and the services' lines between them."""

    def __init__(self) -> None:
        self.ready: Future[bool] = Future()
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)

    def follow(self, stream: IO[bytes] | None) -> threading.Thread:
        """Reads `stream` to its end in a thread, so that the suite never waits for a reader."""
        assert stream is not None
        thread = threading.Thread(
            target=self._read, args=(stream,), name="veridical-local", daemon=True
        )
        thread.start()
        return thread

    def tail(self) -> str:
        """The last lines the services wrote."""
        return "\n".join(self._tail) or "(none)"

    def _read(self, stream: IO[bytes]) -> None:
        rest = b""
        with stream:
            while chunk := stream.read(65536):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._take(line.decode("utf-8", "replace"))
        if not self.ready.done():
            self.ready.set_result(False)

    def _take(self, line: str) -> None:
        if not line.startswith("{"):
            self._tail.append(line)
        elif not self.ready.done() and json.loads(line).get("state") == "ready":
            self.ready.set_result(True)
