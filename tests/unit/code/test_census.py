from __future__ import annotations

import os
import subprocess
import sys

from prometheus_client import CollectorRegistry, generate_latest

from veridical.code.census import process_states, register_census


def test_processes_below_this_one_are_counted_by_state() -> None:
    before = process_states(os.getpid())
    sleep = [sys.executable, "-c", "input()"]
    with subprocess.Popen(sleep, stdin=subprocess.PIPE) as child:
        assert process_states(os.getpid()).total() == before.total() + 1
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert process_states(os.getpid())["Z"] == before["Z"] + 1
    assert process_states(os.getpid()).total() == before.total()


def test_the_gauges_are_exported() -> None:
    registry = CollectorRegistry()
    register_census(registry)
    text = generate_latest(registry).decode()
    zombies = process_states(os.getpid())["Z"]
    assert f'veridical_code_processes{{state="zombie"}} {zombies}.0' in text
    assert "veridical_code_cgroups " in text
