"""What a slot knows of its memory, on machines laid out in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from veridical.sandbox.inner.room import Room

GIB = 1 << 30
ME = f"{os.getpid()}\n"


def lay_out(root: Path, files: dict[str, str]) -> Room:
    """A machine of 16 GiB with these files."""
    for name, text in {"proc/meminfo": f"MemTotal: {16 << 20} kB\n", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Room(f"{root}/")


VERSION_2 = {
    "proc/self/cgroup": "0::/pod/slot\n",
    "sys/fs/cgroup/pod/memory.max": f"{2 * GIB}\n",
    "sys/fs/cgroup/pod/slot/memory.max": "max\n",
    "sys/fs/cgroup/pod/slot/cgroup.procs": ME,
    "sys/fs/cgroup/pod/slot/memory.events": "low 0\noom 4\noom_kill 3\n",
}
VERSION_1 = {
    "proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/slot\n3:pids:/slot\n0::/\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "sys/fs/cgroup/memory/slot/memory.limit_in_bytes": f"{GIB}\n",
    "sys/fs/cgroup/memory/slot/cgroup.procs": ME,
    "sys/fs/cgroup/memory/slot/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n",
}
CONTAINER = {
    "proc/self/cgroup": "4:memory:/docker/abc\n0::/docker/abc\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{GIB}\n",
    "sys/fs/cgroup/memory/cgroup.procs": ME,
    "sys/fs/cgroup/memory/memory.oom_control": "oom_kill 1\n",
}


@pytest.mark.parametrize(
    ("files", "mib", "kills"),
    [
        pytest.param(VERSION_2, 2048, 3, id="version 2"),
        pytest.param(VERSION_1, 1024, 7, id="version 1"),
        pytest.param(CONTAINER, 1024, 1, id="a container that sees its own group"),
        pytest.param({}, 16_384, 0, id="no groups"),
        pytest.param({"proc/self/cgroup": "0::/\n"}, 16_384, 0, id="groups that cannot be seen"),
        pytest.param({"proc/meminfo": ""}, 0, 0, id="nothing known"),
    ],
)
def test_the_narrowest_limit_and_the_kills_are_found(
    tmp_path: Path, files: dict[str, str], mib: int, kills: int
) -> None:
    """In either version, wherever the limit stands."""
    room = lay_out(tmp_path, files)
    assert (room.mib, room.kills()) == (mib, kills)


def test_kills_in_a_shared_group_are_nobodys(tmp_path: Path) -> None:
    """Another process of the group may have taken the memory."""
    shared = {"sys/fs/cgroup/pod/slot/cgroup.procs": f"1\n{ME}"}
    room = lay_out(tmp_path, VERSION_2 | shared)
    assert (room.mib, room.kills()) == (2048, 0)


def test_kills_are_counted_as_they_come(tmp_path: Path) -> None:
    """The file is read anew, though nobody could open it any more."""
    room = lay_out(tmp_path, VERSION_2)
    (tmp_path / "sys/fs/cgroup/pod/slot/memory.events").write_text("oom_kill 4\n")
    assert room.kills() == 4
