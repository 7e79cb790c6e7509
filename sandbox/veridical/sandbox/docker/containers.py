"""Containers whose first process is a warden: how one is started, found and removed."""

from __future__ import annotations

import contextlib
import json
import socket
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import Any

import requests
from docker import APIClient
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.types import LogConfig, Mount, Ulimit

from veridical.sandbox.bundle import BOOTSTRAP
from veridical.sandbox.docker.settings import BrokerSettings

BROKER_LABEL = "veridical.sandbox.broker"
DEADLINE_LABEL = "veridical.sandbox.deadline"

_DAEMON_SECONDS = 30
_POLL_SECONDS = 0.25
_LOG_LINES = 20
_INSIDE = "/run/veridical.sock"
_NOBODY = "65534:65534"
_FIRST_USER, _USERS = 20_000, 40_000
# Streams over dockerd cost four times the CPU time, so the first process calls the host itself.
_CONNECT = f"""\
import os, socket
host = socket.socket(socket.AF_UNIX)
host.connect({_INSIDE!r})
os.dup2(host.fileno(), 0)
os.dup2(host.fileno(), 1)
host.close()
del host
"""
# Its kernel takes several threads of the host for each process inside, and dies where it gets none.
_GVISOR_THREADS = 16
# By way of /bin, a link, Python takes "/" for its own folder.
_PATH = "PATH=/usr/local/bin:/usr/bin"
_TMPFS = "rw,exec,nosuid,nodev,size=256m,nr_inodes=16384,mode=1777"
# Within gVisor's own kernel, which mounts for root only; the cells give them up.
_GVISOR_CAPABILITIES = ["SYS_ADMIN", "SYS_CHROOT", "SETUID", "SETGID", "KILL", "CHOWN"]


class Engine(Enum):
    """What runs a container."""

    DOCKER = "docker"
    GVISOR = "gvisor"


class ContainerFailed(Exception):
    """A container could not be had.

    Attributes:
        retryable: Whether it may be had later with nobody's help.
    """

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Container:
    """A started container that has called back.

    Attributes:
        name: Unique among all containers.
        stream: The way to its first process.
        started: Unix time.
    """

    name: str
    engine: Engine
    stream: socket.socket
    started: float

    def is_alive(self) -> bool:
        """Whether its first process still holds the stream, on which it says nothing unasked."""
        try:
            self.stream.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


def new_name() -> str:
    """A name for a container to come."""
    return f"veridical-{uuid.uuid4().hex[:16]}"


class Containers:
    """The containers of one broker, as the Docker daemon knows them."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._settings = settings
        self._label = str(settings.socket.absolute())
        self._folder = settings.socket.absolute().with_suffix(".slots")

    def prepare(self) -> None:
        """Makes the folder of the slots' sockets, and empties it."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for left in self._folder.iterdir():
            left.unlink()

    def dispose(self) -> None:
        """Removes the folder; no container may be starting."""
        with contextlib.suppress(OSError):
            self._folder.rmdir()

    def start(self, engine: Engine, name: str) -> Container:
        """Starts a container and waits until it calls back.

        Raises:
            ContainerFailed: It did not; nothing of it is left, or a sweep will remove it.
        """
        path = self._folder / name.removeprefix("veridical-")
        with _listen(path) as listener, self._daemon() as daemon:
            try:
                if engine is Engine.GVISOR:
                    self._require_gvisor(daemon)
                daemon.create_container(**self._description(daemon, engine, name, path))
                daemon.start(name)
                stream = self._called_back(daemon, name, listener)
            except BaseException:
                with contextlib.suppress(DockerException, requests.RequestException):
                    daemon.remove_container(name, force=True)
                raise
        return Container(name, engine, stream, time.time())

    def remove(self, name: str) -> None:
        """Kills a container and removes it; one that is gone already is no error.

        Raises:
            ContainerFailed: The daemon did not do it.
        """
        with self._daemon() as daemon, contextlib.suppress(NotFound):
            daemon.remove_container(name, force=True)

    def log(self, name: str) -> str:
        """The end of what a container wrote to its standard error.

        Raises:
            ContainerFailed: The daemon did not say.
        """
        with self._daemon() as daemon:
            return _said(daemon, name)

    def found(self) -> dict[str, bool]:
        """Names of the broker's containers, in whatever state, and whether each is overdue.

        Raises:
            ContainerFailed: The daemon did not say.
        """
        labels = {"label": f"{BROKER_LABEL}={self._label}"}
        with self._daemon() as daemon:
            found = daemon.containers(all=True, filters=labels)
        now = time.time()
        return {
            one["Names"][0].lstrip("/"): float(one["Labels"].get(DEADLINE_LABEL, 0)) < now
            for one in found
        }

    def _called_back(self, daemon: APIClient, name: str, listener: socket.socket) -> socket.socket:
        deadline = time.monotonic() + self._settings.start_seconds
        listener.settimeout(_POLL_SECONDS)
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                stream, _ = listener.accept()
                stream.setblocking(True)
                return stream
            if not daemon.inspect_container(name)["State"]["Running"]:
                break
        silence = f"the container did not call back: {_said(daemon, name)}"
        raise ContainerFailed(silence, retryable=True)

    def _require_gvisor(self, daemon: APIClient) -> None:
        runtime = self._settings.gvisor_runtime
        known = daemon.info()["Runtimes"].get(runtime)
        if known is None:
            raise ContainerFailed(f"the daemon has no runtime {runtime!r}", retryable=False)
        # Root with these capabilities is harmless inside gVisor only.
        if not Path(known.get("path", "")).name.startswith("runsc"):
            raise ContainerFailed(f"the runtime {runtime!r} is not runsc", retryable=False)
        if "--host-uds=open" not in known.get("runtimeArgs", []):
            missing = f"the runtime {runtime!r} lacks the argument --host-uds=open"
            raise ContainerFailed(missing, retryable=False)

    def _description(
        self, daemon: APIClient, engine: Engine, name: str, path: Path
    ) -> dict[str, Any]:
        deadline = time.time() + self._settings.lifetime_seconds
        return {
            "image": self._settings.image,
            "command": ["env", "-i", _PATH, "python3", "-I", "-S", "-c", _CONNECT + BOOTSTRAP],
            "name": name,
            "hostname": "slot",
            "user": self._user(engine, name),
            "working_dir": "/",
            # The first process heeds no other; the daemon would wait ten seconds when it stops.
            "stop_signal": "SIGKILL",
            "labels": {BROKER_LABEL: self._label, DEADLINE_LABEL: str(deadline)},
            "host_config": self._host_config(daemon, engine, path),
        }

    def _user(self, engine: Engine, name: str) -> str:
        if engine is Engine.GVISOR:
            return "0:0"
        if not self._settings.daemon_seccomp:
            return _NOBODY
        # Without user namespaces a limit of processes counts those of other containers' equal user.
        user = _FIRST_USER + int(name[-4:], 16) % _USERS
        return f"{user}:{user}"

    def _host_config(self, daemon: APIClient, engine: Engine, path: Path) -> dict[str, Any]:
        limits = self._settings.limits
        inside_gvisor = engine is Engine.GVISOR
        config: dict[str, Any] = daemon.create_host_config(
            network_mode="none",
            ipc_mode="private",
            read_only=True,
            cap_drop=["ALL"],
            cap_add=_GVISOR_CAPABILITIES if inside_gvisor else [],
            security_opt=self._security_options(),
            runtime=self._settings.gvisor_runtime if inside_gvisor else None,
            mem_limit=f"{limits.memory_mib}m",
            memswap_limit=f"{limits.memory_mib}m",
            pids_limit=limits.processes * (_GVISOR_THREADS if inside_gvisor else 1),
            nano_cpus=round(limits.cpus * 1e9),
            ulimits=[
                Ulimit(name="core", soft=0, hard=0),
                Ulimit(name="nofile", soft=limits.files, hard=limits.files),
            ],
            # What a container writes to its log must not fill the host's disk.
            log_config=LogConfig(type="json-file", config={"max-size": "64k", "max-file": "1"}),
            mounts=[Mount(_INSIDE, str(path), type="bind")],
        )
        if self._settings.daemon_seccomp:
            # Without mounts of its own, a cell has its folder here.
            return config | {"Tmpfs": {"/tmp": _TMPFS}}  # noqa: S108 - the container's own
        # `systempaths=unconfined`: the kernel refuses a new /proc to who sees only parts of one.
        return config | {"MaskedPaths": [], "ReadonlyPaths": []}

    def _security_options(self) -> list[str]:
        options = ["no-new-privileges:true"]
        if not self._settings.daemon_seccomp:
            profile = resources.files("veridical.sandbox.docker").joinpath("seccomp.json")
            options.append(f"seccomp={json.dumps(json.loads(profile.read_text()))}")
        if self._settings.apparmor:
            options.append(f"apparmor={self._settings.apparmor}")
        return options

    @contextlib.contextmanager
    def _daemon(self) -> Iterator[APIClient]:
        """A connection of its own to the daemon, which may have been restarted in between."""
        url = self._settings.daemon
        try:
            with contextlib.closing(
                APIClient(base_url=url, version="auto", timeout=_DAEMON_SECONDS)
            ) as daemon:
                yield daemon
        except ImageNotFound:
            missing = f"no image {self._settings.image!r}: run `veridical build-image`"
            raise ContainerFailed(missing, retryable=False) from None
        except APIError as error:
            # 4xx: the daemon understood and will not; 409 is a container that is on its way out.
            refused = error.is_client_error() and error.status_code != requests.codes.conflict
            raise ContainerFailed(str(error), retryable=not refused) from error
        except (DockerException, requests.RequestException) as error:
            away = f"the Docker daemon at {url} does not answer: {error}"
            raise ContainerFailed(away, retryable=True) from error


def _said(daemon: APIClient, name: str) -> str:
    text: bytes = daemon.logs(name, tail=_LOG_LINES)
    return text.decode(errors="replace").strip()


@contextlib.contextmanager
def _listen(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        try:
            # The container's user is another one; the folder keeps everybody else away.
            path.chmod(0o666)
            listener.listen(1)
            yield listener
        finally:
            path.unlink(missing_ok=True)
