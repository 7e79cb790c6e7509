"""The broker: the one process that may use the Docker socket."""

from __future__ import annotations

import contextlib
import logging
import shutil
import socket
import threading
from collections.abc import Iterator

from veridical.sandbox.docker.containers import Container, ContainerFailed, Containers, Engine
from veridical.sandbox.docker.fleet import Fleet
from veridical.sandbox.docker.protocol import (
    MAX_REQUEST_BYTES,
    MAX_SLOTS_LISTED,
    Reply,
    Request,
)
from veridical.sandbox.docker.settings import BrokerSettings

_LOG = logging.getLogger(__name__)
_BACKLOG = 64
_ENGINES = {Request.OPEN_DOCKER: Engine.DOCKER, Request.OPEN_GVISOR: Engine.GVISOR}


class BrokerRunning(Exception):
    """Another broker serves on the same socket."""


class Broker:
    """Serves slots to whoever may connect to its socket, until it is stopped."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._settings = settings
        self._containers = Containers(settings)
        self._fleet = Fleet(self._containers, spares=settings.spares, max_slots=settings.max_slots)
        self._stopped = threading.Event()
        self._wake = threading.Event()
        self._listener: socket.socket | None = None
        self._told = ""

    def serve(self) -> None:
        """Serves until `stop` is called, then removes all containers.

        Raises:
            BrokerRunning: The socket is in use.
            OSError: The socket cannot be made.
        """
        with self._listening() as listener:
            self._listener = listener
            self._containers.prepare()
            sweeper = threading.Thread(target=self._sweep, daemon=True)
            sweeper.start()
            try:
                while not self._stopped.is_set():
                    with contextlib.suppress(OSError):
                        connection, _ = listener.accept()
                        threading.Thread(
                            target=self._attend, args=(connection,), daemon=True
                        ).start()
            finally:
                self._wake.set()
                sweeper.join()
                self._fleet.close()
                self._containers.dispose()

    def stop(self) -> None:
        """Ends `serve`; may be called from a signal handler."""
        self._stopped.set()
        self._wake.set()
        if self._listener:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        path = self._settings.socket.absolute()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            _require_unused(str(path))
            path.unlink(missing_ok=True)
            listener.bind(str(path))
            path.chmod(0o600)
            if self._settings.group:
                shutil.chown(path, group=self._settings.group)
                path.chmod(0o660)
                shutil.chown(path.parent, group=self._settings.group)
                path.parent.chmod(0o710)
            listener.listen(_BACKLOG)
            try:
                yield listener
            finally:
                path.unlink(missing_ok=True)

    def _sweep(self) -> None:
        while not self._stopped.is_set():
            try:
                self._fleet.sweep()
            except ContainerFailed as error:
                self._tell(f"sweep: {error}")
            self._wake.wait(self._settings.sweep_seconds)

    def _tell(self, trouble: str) -> None:
        """Logs what went wrong, unless it was the last to be logged: clients ask again and again."""
        if trouble != self._told:
            _LOG.warning("%s", trouble)
        self._told = trouble

    def _attend(self, connection: socket.socket) -> None:
        with connection, contextlib.ExitStack() as held, contextlib.suppress(OSError):
            container: Container | None = None
            while request := _hear(connection):
                if request is Request.LIST:
                    listed = self._fleet.listed()[:MAX_SLOTS_LISTED]
                    connection.send(Reply(slots=listed).encode())
                elif request is Request.LOG and container:
                    connection.send(self._log(container).encode())
                elif request is Request.CLOSE:
                    held.close()
                    connection.send(Reply().encode())
                    return
                elif request in _ENGINES and not container:
                    container = self._open(connection, held, _ENGINES[request])
                else:
                    return

    def _open(
        self, connection: socket.socket, held: contextlib.ExitStack, engine: Engine
    ) -> Container | None:
        try:
            container = self._fleet.take(engine)
        except ContainerFailed as error:
            self._tell(f"{engine.value}: {error}")
            failed = Reply(error=str(error), retryable=error.retryable)
            connection.send(failed.encode())
            return None
        self._told = ""
        held.callback(self._fleet.release, container)
        reply = Reply(name=container.name).encode()
        socket.send_fds(connection, [reply], [container.stream.fileno()])
        # The client's copy is the only one on this side: when it closes, the warden ends.
        container.stream.close()
        threading.Thread(target=self._fleet.refill, args=(engine,), daemon=True).start()
        return container

    def _log(self, container: Container) -> Reply:
        try:
            return Reply(log=self._containers.log(container.name))
        except ContainerFailed as error:
            return Reply(error=str(error), retryable=error.retryable)


def _hear(connection: socket.socket) -> Request | None:
    """The next request; None at the connection's end, or if it is none."""
    try:
        return Request(connection.recv(MAX_REQUEST_BYTES))
    except ValueError:
        return None


def _require_unused(path: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        try:
            probe.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            return
    raise BrokerRunning(f"a broker serves on {path}")
