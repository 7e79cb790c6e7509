from __future__ import annotations

from pathlib import Path

import pytest

from veridical.cli.checks import cgroup, isolation, machine
from veridical.cli.checks.finding import State, run_checks


def _tree(root: Path, contents: dict[str, str]) -> Path:
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n")
    return root


V2 = {
    "proc/self/cgroup": "0::/user/app",
    "sys/fs/cgroup/cgroup.controllers": "cpu memory pids",
    "sys/fs/cgroup/user/memory.max": "1000",
    "sys/fs/cgroup/user/cpu.max": "max 100000",
    "sys/fs/cgroup/user/app/memory.max": "2000",
    "sys/fs/cgroup/user/app/cpu.max": "150000 100000",
    "sys/fs/cgroup/user/app/cgroup.controllers": "memory pids",
}
V1 = {
    "proc/self/cgroup": "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n3:pids:/\n0::/",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "3000",
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
    "sys/fs/cgroup/pids/tasks": "1",
}
UNLIMITED = {
    "proc/self/cgroup": "5:cpu:/\n4:memory:/",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
}


@pytest.mark.parametrize(
    ("tree", "version", "memory", "quota", "writable"),
    [
        (V2, 2, 1000, 1.5, ["pids", "memory"]),
        (V1, 1, 3000, 0.5, ["pids", "memory", "cpu"]),
        (UNLIMITED, 1, None, None, ["memory", "cpu"]),
        ({}, None, None, None, []),
    ],
)
def test_control_groups_are_read(
    tmp_path: Path,
    tree: dict[str, str],
    version: int | None,
    memory: int | None,
    quota: float | None,
    writable: list[str],
) -> None:
    root = _tree(tmp_path, tree)
    assert cgroup.version(root) == version
    assert cgroup.memory_limit(root) == memory
    assert cgroup.processor_quota(root) == quota
    assert cgroup.writable_controllers(root) == writable


def test_a_slow_clock_is_a_warning(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("hpet\n")
    [slow] = machine.clocks(source)
    source.write_text("tsc\n")
    [quick] = machine.clocks(source)
    assert (slow.state, quick.state) == (State.WARNING, State.OK)


def test_missing_shared_memory_is_a_note(tmp_path: Path) -> None:
    [finding] = machine.shared_memory(tmp_path / "absent")
    assert finding.state is State.NOTE


def test_more_workers_than_processors_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIDICAL_WORKERS", "4096")
    [processors] = machine.processors()
    [memory] = machine.memory()
    assert processors.state is State.WARNING
    assert processors.mend.startswith("export VERIDICAL_WORKERS=")
    assert memory.state in {State.WARNING, State.NOTE}


@pytest.mark.parametrize(
    ("switch", "value", "mend"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "user.max_user_namespaces"),
        ("user/max_user_namespaces", "9", "seccomp profile"),
    ],
)
def test_refused_namespaces_are_mended_by_the_switch_that_refuses(
    tmp_path: Path, switch: str, value: str, mend: str
) -> None:
    finding = isolation.refused_namespaces("a mount", _tree(tmp_path, {switch: value}))
    assert finding.state is State.NOTE
    assert finding.text.endswith("refused a mount")
    assert mend in finding.mend


def test_apparmor_is_read_from_its_switch(tmp_path: Path) -> None:
    [absent] = isolation.apparmor(tmp_path)
    switch = "kernel/apparmor_restrict_unprivileged_userns"
    [closed] = isolation.apparmor(_tree(tmp_path, {switch: "1"}))
    assert (absent.state, closed.state) == (State.OK, State.NOTE)
    assert "=0" in closed.mend


def test_a_docker_address_that_leads_nowhere_is_a_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for address in (f"unix://{tmp_path}/none.sock", "ssh://host", "tcp://127.0.0.1:1"):
        monkeypatch.setenv("DOCKER_HOST", address)
        [finding] = isolation.docker()
        assert finding.state is State.NOTE
        assert address in finding.text


def test_what_this_host_offers_is_information_only() -> None:
    findings = list(run_checks(isolation.TOPIC, isolation.CHECKS))
    names = {"user namespaces", "AppArmor", "seccomp", "Landlock", "cgroups", "Docker", "gVisor"}
    assert {finding.name for finding in findings} == names
    assert {finding.state for finding in findings} <= {State.OK, State.NOTE}
    assert all(finding.mend for finding in findings if finding.state is not State.OK)
