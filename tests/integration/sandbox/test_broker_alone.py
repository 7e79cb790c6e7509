"""A broker whose daemon is away: it serves all the same, and says so."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from veridical.sandbox.docker.client import lease, list_slots
from veridical.sandbox.docker.protocol import Request
from veridical.sandbox.errors import SlotLost


def answers(path: Path) -> bool:
    try:
        list_slots(path)
    except SlotLost:
        return False
    return True


@pytest.fixture
def broker_socket():
    # Not pytest's folder: the path of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="veridical-test-", dir="/tmp") as folder:
        path = Path(folder) / "broker.sock"
        command = [sys.executable, "-m", "veridical.sandbox.docker", "--socket", str(path)]
        with subprocess.Popen([*command, "--daemon", f"unix://{folder}/nowhere.sock"]) as process:
            deadline = time.monotonic() + 30
            while not answers(path):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield path
            process.terminate()
            assert process.wait(30) == 0
        assert not list(Path(folder).iterdir())


@pytest.mark.parametrize("request_", [Request.OPEN_DOCKER, Request.OPEN_GVISOR])
def test_a_slot_is_lost_and_may_be_asked_for_again(broker_socket, request_):
    for _ in range(2):
        with pytest.raises(SlotLost, match="does not answer"):
            lease(broker_socket, request_)
    assert list_slots(broker_socket) == ()


def test_its_socket_is_for_its_own_user(broker_socket):
    assert broker_socket.stat().st_mode & 0o077 == 0


def test_without_a_broker_a_slot_is_lost(tmp_path):
    with pytest.raises(SlotLost, match="no broker at"):
        lease(tmp_path / "none.sock", Request.OPEN_DOCKER)
