"""`veridical up`, `serve` and `describe`."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import pytest


@pytest.fixture
def socket_folder(start_service):
    """A folder whose path is short enough for sockets."""
    return start_service.folder


def test_up_serves_until_ctrl_c(command, socket_folder):
    address = f"unix:{socket_folder}/up.sock"
    up = command.start("up", "--listen", address, "--workers", "1", "--json", stderr=None)
    states: list[dict[str, str]] = []
    while not states or states[-1]["state"] != "ready":
        states.append(json.loads(up.stdout.readline()))
    assert {"math", "reward"} <= {state.get("service") for state in states}
    ended = command.run("verify", command.write_items(2), "--address", address)
    assert ended.returncode == 0, ended.stderr
    up.send_signal(signal.SIGINT)
    up.communicate(timeout=60)
    assert up.returncode == 0


def test_serve_runs_one_service_with_its_own_flags(command, socket_folder):
    address = f"unix:{socket_folder}/math.sock"
    log = command.folder / "log"
    with log.open("wb") as stderr:
        math = command.start("serve", "math", "--listen", address, "--workers", "1", stderr=stderr)
    described = command.run("describe", "--address", address, "--timeout", "1")
    while described.returncode == 3 and math.poll() is None:
        described = command.run("describe", "--address", address, "--timeout", "1")
    assert described.returncode == 0, log.read_text()
    math.terminate()
    assert math.wait(60) == 0


def test_help_behind_a_name_is_the_services_own(command):
    ended = command.run("serve", "math", "--help")
    assert ended.returncode == 0
    assert "--max-call-seconds" in ended.stdout


def test_current_folder_does_not_shadow_libraries(command):
    (command.folder / "asyncio.py").write_text("raise SystemExit('shadowed')")
    command.program = ("-P", *command.program)
    assert command.run("serve", "math", "--help").returncode == 0


def test_describe_shows_the_verifiers_behind_the_gateway(command, reward_address):
    ended = command.run("describe", "--address", reward_address)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("reward ")
    assert "\n  math " in ended.stdout
    assert "max_response_bytes" in ended.stdout


def test_describe_says_that_it_starts_services(command):
    ended = command.run("describe", "--json")
    assert (ended.returncode, ended.stderr) == (0, "starting the services on this machine\n")
    assert json.loads(ended.stdout)["backends"]


def test_describe_as_json(command, math_address):
    ended = command.run("describe", "--json", "--address", math_address)
    described = json.loads(ended.stdout)
    assert (ended.stderr, described["verifier"]["name"]) == ("", "math")
    assert described["limits"]["max_response_bytes"] == 1 << 20


def test_waiting_for_an_answer_can_be_interrupted(command, socket_folder):
    path = f"{socket_folder}/silent.sock"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(path)
        silent.listen()
        process = command.start("describe", "--address", f"unix:{path}")
        caller, _ = silent.accept()
        with caller:
            code, told = command.end(process, signal.SIGINT)
    assert (code, told) == (130, "veridical: interrupted\n")


def test_description_that_cannot_be_written_is_told(command, math_address):
    with Path("/dev/full").open("wb") as full:
        ended = command.run("describe", "--json", "--address", math_address, stdout=full)
    assert ended.returncode == 1
    assert ended.stderr == "veridical: [Errno 28] No space left on device\n"


def test_findings_that_cannot_be_written_are_told(command, math_address):
    with Path("/dev/full").open("wb") as full:
        ended = command.run("doctor", "--json", "--address", math_address, stdout=full)
    assert ended.returncode == 1
    assert ended.stderr == "veridical: cannot write the findings: No space left on device\n"


def test_up_shows_states_and_no_logs(command, socket_folder):
    address = f"unix:{socket_folder}/quiet.sock"
    up = command.start("up", "--workers", "1", env={"VERIDICAL_LISTEN": address})
    while b"ready" not in (line := up.stdout.readline()):
        assert line, up.stderr.read()
    assert f"export VERIDICAL_ADDRESS={address})" in line.decode()
    assert command.end(up, signal.SIGINT) == (0, "")


@pytest.mark.parametrize("module", ["suite", "math", "reward"])
def test_ctrl_c_before_the_imports_end_is_quiet(command, module):
    # As a signal that comes with the first slow import would.
    program = (
        "import builtins, os, runpy, signal, sys\n"
        "real = builtins.__import__\n"
        "def load(name, *rest, **named):\n"
        "    if name == 'grpc': os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest, **named)\n"
        "builtins.__import__ = load\n"
        f"runpy.run_module('veridical.{module}', run_name='__main__')\n"
    )
    command.program = ("-c", program)
    ended = command.run()
    assert (ended.returncode, ended.stderr) == (130, "")
