"""The broker's containers: one a client, gone with it, whatever dies first."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest

from veridical.sandbox.docker.client import lease, list_slots
from veridical.sandbox.docker.containers import BROKER_LABEL
from veridical.sandbox.docker.protocol import Reply, Request
from veridical.sandbox.errors import SlotLost, SlotRefused

pytestmark = pytest.mark.engine

HOLD = """
import sys, time
from pathlib import Path
from veridical.sandbox.docker.client import lease
from veridical.sandbox.docker.protocol import Request
held = lease(Path(sys.argv[1]), Request.OPEN_DOCKER)
print(held.name, flush=True)
time.sleep(600)
"""


def test_a_closed_slot_leaves_nothing(engine, broker):
    held = lease(broker.socket, Request.OPEN_DOCKER)
    assert [slot.name for slot in list_slots(broker.socket)] == [held.name]
    assert engine.containers() == [held.name]
    held.close()
    assert engine.containers() == []
    assert list_slots(broker.socket) == ()


def test_a_killed_client_leaves_nothing(engine, broker, eventually):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(broker.socket)], stdout=subprocess.PIPE
    ) as client:
        assert client.stdout
        name = client.stdout.readline().decode().strip()
        assert engine.containers() == [name]
        client.kill()
    eventually(lambda: not engine.containers(), "the container is gone")


def test_a_broker_removes_what_a_killed_one_left(engine, start_broker, eventually):
    first = start_broker()
    held = lease(first.socket, Request.OPEN_DOCKER)
    first.stop(signal.SIGKILL)
    assert engine.containers() == [held.name]
    start_broker("--sweep-seconds", "0.2")
    eventually(lambda: not engine.containers(), "the container is gone")
    held.close()


def test_a_container_killed_from_outside_ends_its_stream_alone(engine, broker):
    with_victim, other = (lease(broker.socket, Request.OPEN_DOCKER) for _ in range(2))
    with engine.daemon() as daemon:
        daemon.kill(with_victim.name)
    with_victim.stream.settimeout(10)
    assert with_victim.stream.recv(1) == b""
    other.stream.settimeout(0.2)
    with pytest.raises(TimeoutError):
        other.stream.recv(1)
    with_victim.close()
    other.close()


def test_an_overdue_container_is_removed(engine, start_broker, eventually):
    broker = start_broker("--lifetime-seconds", "1", "--sweep-seconds", "0.2")
    held = lease(broker.socket, Request.OPEN_DOCKER)
    held.stream.settimeout(20)
    assert held.stream.recv(1) == b""
    held.close()
    eventually(lambda: not engine.containers(), "the sweep is through with it")


def test_spares_are_handed_out_if_they_live(engine, start_broker, eventually):
    broker = start_broker("--spares", "1", "--sweep-seconds", "600")

    def waiting() -> list[str]:
        return [slot.name for slot in list_slots(broker.socket) if not slot.taken]

    first = lease(broker.socket, Request.OPEN_DOCKER)
    eventually(waiting, "a spare waits")
    (spare,) = waiting()
    second = lease(broker.socket, Request.OPEN_DOCKER)
    assert second.name == spare
    eventually(lambda: waiting() and waiting() != [spare], "another waits")
    (dead,) = waiting()
    with engine.daemon() as daemon:
        daemon.kill(dead)
    third = lease(broker.socket, Request.OPEN_DOCKER)
    assert third.name != dead
    for held in (first, second, third):
        held.close()


def test_more_slots_than_allowed_are_to_be_asked_for_again(start_broker):
    broker = start_broker("--max-slots", "1")
    held = lease(broker.socket, Request.OPEN_DOCKER)
    with pytest.raises(SlotLost, match="1 slots are open"):
        lease(broker.socket, Request.OPEN_DOCKER)
    held.close()
    lease(broker.socket, Request.OPEN_DOCKER).close()


@pytest.mark.parametrize(
    ("flags", "request_", "says"),
    [
        (("--image", "veridical-nowhere"), Request.OPEN_DOCKER, "veridical build-image"),
        (("--gvisor-runtime", "nowhere"), Request.OPEN_GVISOR, "no runtime 'nowhere'"),
        (("--gvisor-runtime", "runc"), Request.OPEN_GVISOR, "is not runsc"),
    ],
)
def test_what_only_a_person_can_mend_is_refused(start_broker, flags, request_, says):
    with pytest.raises(SlotRefused, match=says):
        lease(start_broker(*flags).socket, request_)


@pytest.mark.parametrize("words", [[b"open all"], [b"log"], [b"open docker", b"open docker"]])
def test_what_is_no_request_ends_the_connection(engine, broker, words, eventually):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(30)
        connection.connect(str(broker.socket))
        for word in words:
            connection.send(word)
            answer = connection.recv(1 << 16)
        assert answer == b""
    eventually(lambda: not engine.containers(), "its container is gone")


def test_the_containers_are_hardened(engine, broker):
    held = lease(broker.socket, Request.OPEN_DOCKER)
    with engine.daemon() as daemon:
        found = daemon.inspect_container(held.name)
    held.close()
    config, host = found["Config"], found["HostConfig"]
    assert config["User"] == "65534:65534"
    assert set(config["Labels"]) >= {BROKER_LABEL}
    assert host["ReadonlyRootfs"] is True
    assert host["Privileged"] is False
    assert host["NetworkMode"] == "none"
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert host["PidsLimit"] > 0
    assert 0 < host["Memory"] == host["MemorySwap"]
    assert host["NanoCpus"] > 0
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert any(option.startswith("seccomp={") for option in host["SecurityOpt"])
    assert [mount["Destination"] for mount in found["Mounts"]] == ["/run/veridical.sock"]


def test_a_second_broker_on_a_socket_refuses(broker):
    command = [sys.executable, "-m", "veridical.sandbox.docker", "--socket", str(broker.socket)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "a broker serves on" in done.stderr


def test_replies_survive_their_own_encoding(broker):
    held = lease(broker.socket, Request.OPEN_DOCKER)
    listed = Reply(name="a", error="ü" * 2000, retryable=True, slots=list_slots(broker.socket))
    decoded = Reply.decode(listed.encode())
    assert decoded.slots == listed.slots
    assert decoded.error == "ü" * 1000
    held.close()
