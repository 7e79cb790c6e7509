"""The suite with its real services: started, used, damaged and ended."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import pytest

from veridical.client import Client, Outcome, math_item

StartSuite = Callable[..., Any]
EndOf = Callable[[Iterable[psutil.Process]], None]

IMPATIENT = """
import asyncio, sys
from dataclasses import replace
from veridical.suite.folder import private_folder
from veridical.suite.settings import HealthSettings, parse_settings
from veridical.suite.supervisor import Supervisor

async def main():
    health = HealthSettings(serving_poll_seconds=0.1, check_seconds=0.5, lost_seconds=1.0)
    with private_folder(None) as folder:
        await Supervisor(replace(parse_settings(sys.argv[1:]), health=health), folder).run()

asyncio.run(main())
"""


def reward(address: str, gold: str) -> float:
    """The reward of an item that only a worker can decide."""
    with Client(address) as client:
        verdict = client.verify(math_item("1", gold, r"so it is \boxed{(x+1)^2}"), timeout=60)
    assert verdict.outcome != Outcome.OUTCOME_UNDECIDED, verdict
    return verdict.reward


def test_it_serves_and_drains_callers_first(start_suite: StartSuite, assert_ended: EndOf) -> None:
    suite = start_suite()
    assert suite.until("ready")["address"] == suite.address
    assert [e["state"] for e in suite.seen if e.get("service") == "math"] == ["starting", "serving"]
    assert reward(suite.address, "x^2 + 2x + 1") == 1.0
    assert reward(suite.address, "x^2 + 2x + 2") == 0.0
    private = Path(suite.seen[0]["address"].removeprefix("unix:"))
    assert private.parent.stat().st_mode & 0o777 == 0o700

    running = suite.tree()
    assert len(psutil.Process(suite.popen.pid).children()) == 4
    suite.signal(signal.SIGTERM)
    status, last = suite.end()
    assert status == 0
    assert last[0] == {**last[0], "service": "reward", "state": "stopped"}
    assert {(e["service"], e["state"]) for e in last[1:]} == {
        ("math", "stopped"),
        ("code", "stopped"),
        ("proof", "stopped"),
    }
    assert_ended(running)
    assert [path.name for path in suite.folder.iterdir()] == ["stderr"]


@pytest.mark.slow
def test_ctrl_c_in_a_terminal_lets_accepted_calls_end(start_suite: StartSuite) -> None:
    suite = start_suite()
    suite.until("ready")
    calm = cpu_seconds(suite)
    # Seconds of work for one worker: integrals are worked out by SymPy.
    items = [
        math_item(str(n), rf"\int_0^1 x^{{{n}}} dx", rf"\boxed{{\frac{{1}}{{{n + 1}}}}}")
        for n in range(2, 50)
    ]
    with Client(suite.address) as client, ThreadPoolExecutor() as threads:
        call = threads.submit(client.verify_batch, items, timeout=60)
        while cpu_seconds(suite) < calm + 0.1:
            assert not call.done(), "the call ended before the signal"
        # What a terminal does: the signal goes to the whole foreground process group.
        os.killpg(suite.popen.pid, signal.SIGINT)
        assert {verdict.reward for verdict in call.result()} == {1.0}
    status, last = suite.end()
    assert status == 0
    stopped = [e["service"] for e in last if e["state"] == "stopped"]
    assert (stopped[0], set(stopped[1:])) == ("reward", {"math", "code", "proof"})


def cpu_seconds(suite: Any) -> float:
    """CPU time that the workers have taken."""
    workers = [p for p in suite.tree() if "veridical.serving.pool.worker" in p.cmdline()]
    return sum(sum(worker.cpu_times()[:2]) for worker in workers)


def test_a_killed_service_comes_back_and_leaves_nothing(
    start_suite: StartSuite, assert_ended: EndOf
) -> None:
    suite = start_suite()
    suite.until("ready")
    killed = psutil.Process(suite.pid_of("math"))
    below = killed.children(recursive=True)
    killed.kill()
    assert "SIGKILL" in suite.until("restarting", "math")["detail"]
    suite.until("ready")
    assert suite.pid_of("math") != killed.pid
    assert reward(suite.address, "x^2 + 2x + 1") == 1.0
    assert_ended([killed, *below])
    zombies = [p for p in suite.tree() if p.status() == psutil.STATUS_ZOMBIE]
    assert zombies == []

    running = suite.tree()
    suite.popen.kill()
    assert_ended(running)


def test_a_service_that_hangs_is_replaced(start_suite: StartSuite) -> None:
    suite = start_suite(program=("-c", IMPATIENT))
    suite.until("ready")
    stuck = suite.pid_of("math")
    os.kill(stuck, signal.SIGSTOP)
    suite.until("starting", "math")
    assert "did not serve for 1 s" in suite.until("starting", "math")["detail"]
    suite.until("ready")
    assert suite.pid_of("math") != stuck
    assert reward(suite.address, "x^2 + 2x + 1") == 1.0


def test_a_second_signal_does_not_wait_for_the_drain(
    start_suite: StartSuite, assert_ended: EndOf
) -> None:
    suite = start_suite()
    suite.until("ready")
    running = suite.tree()
    os.kill(suite.pid_of("math"), signal.SIGSTOP)
    suite.signal(signal.SIGTERM)
    suite.until("stopped", "reward")
    time.sleep(0.3)  # sooner it would count as the same signal
    suite.signal(signal.SIGTERM)
    assert suite.end()[0] == 1
    assert_ended(running)


def test_a_signal_that_timeout_sends_twice_counts_once(start_suite: StartSuite) -> None:
    suite = start_suite()
    suite.until("ready")
    math = suite.pid_of("math")
    os.kill(math, signal.SIGSTOP)
    suite.signal(signal.SIGTERM)
    time.sleep(0.05)  # apart enough for the kernel to deliver both
    suite.signal(signal.SIGTERM)
    suite.until("stopped", "reward")
    os.kill(math, signal.SIGCONT)
    assert suite.end()[0] == 0


def test_it_does_not_start_for_an_owner_that_is_gone(start_suite: StartSuite) -> None:
    owner = subprocess.Popen([sys.executable, "-c", ""])
    owner.wait()
    status, last = start_suite("--owner-pid", str(owner.pid)).end()
    assert status == 0
    assert "serving" not in {event["state"] for event in last}


def test_a_bad_setting_of_a_service_is_that_of_the_suite(
    start_suite: StartSuite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "veridical.toml"
    config.write_text("[math]\nmemory_mib = -1\n")
    suite = start_suite("--config", str(config))
    status, last = suite.end()
    assert status == 2
    assert last[-1]["state"] == "stopped"
    message = suite.stderr.read_text()
    assert re.search(r"^math +\| .*memory_mib", message, re.MULTILINE)
    assert "veridical up: math ended with status 2 before it ever served" in message


def test_an_address_that_is_taken_is_a_bad_setting(start_suite: StartSuite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        suite = start_suite("--listen", address)
        assert suite.end() == (2, [])
    assert suite.stderr.read_text() == (
        f"veridical up: --listen: somebody listens on {address} already\n"
    )


def test_people_get_aligned_lines_and_metrics_where_they_are_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as a, socket.create_server(("127.0.0.1", 0)) as b:
        listen, base = (f.getsockname()[1] for f in (a, b))
    command = [sys.executable, "-m", "veridical.suite", "--listen", f"127.0.0.1:{listen}"]
    command += ["--metrics-port", str(base), "--workers", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as suite:
        assert suite.stdout is not None
        lines = []
        try:
            while not (line := suite.stdout.readline()).startswith("ready"):
                assert line, "ended before it was ready"
                lines.append(line)
            for offset in range(4):
                with urlopen(f"http://127.0.0.1:{base + offset}/metrics") as answer:
                    assert b"veridical_build_info" in answer.read()
        finally:
            suite.terminate()
    assert line.startswith(f"ready     127.0.0.1:{listen} ")
    assert f"VERIDICAL_ADDRESS=127.0.0.1:{listen})" in line
    serving = [line for line in lines if "serving" in line]
    math, reward = (
        next(line for line in serving if line.startswith(name)) for name in ("math", "reward")
    )
    assert re.fullmatch(
        rf"math      serving     \(private\) +pid \d+  \S+:{base + 1}/metrics\n", math
    )
    assert re.fullmatch(rf"reward    serving     127\S+ +pid \d+  \S+:{base}/metrics\n", reward)
    assert len({line.index("pid") for line in serving}) == 1
