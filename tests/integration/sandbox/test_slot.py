"""Slots and cells on the process backend: what they exchange, how they end, what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from children import children_with

from veridical.sandbox import (
    Cause,
    Cell,
    CellEnded,
    CellFailed,
    Limits,
    ProcessBackend,
    Runtime,
    Slot,
    SlotLost,
    SlotRefused,
    open_slot,
)

PROGRAM = Runtime("program", "cell_program:serve", modules=("cell_program",), spares=1)
SHORT = Limits(cpu_seconds=0.2, wall_seconds=20.0, memory_mib=96)


@pytest.fixture(scope="module", autouse=True)
def _program_on_the_path() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        yield


@pytest.fixture
def slot() -> Iterator[Slot]:
    with open_slot(ProcessBackend(), [PROGRAM]) as opened:
        yield opened


def ask(cell: Cell, source: str) -> str:
    """What the cell's program leaves in `out`."""
    cell.send(source.encode())
    return cell.receive().decode().rstrip("\n")


def run(slot: Slot, source: str, limits: Limits | None = None) -> str:
    """What a fresh cell's program leaves in `out`."""
    cell = slot.spawn("program", limits or Limits())
    try:
        return ask(cell, source)
    finally:
        cell.end()


def inside() -> list[psutil.Process]:
    """The launcher, the warden and everything below, of the one slot that is open."""
    (launcher,) = children_with("-S")
    return [launcher, *launcher.children(recursive=True)]


def resident(process: psutil.Process) -> int:
    """Bytes; 0 of one that has ended meanwhile, as cells do."""
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def until(what: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


UNWAITED = """
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    if not os.fork():
        sum(range(4_000_000))
        os._exit(0)
    try: os.wait()
    except ChildProcessError: pass
"""
ENDS = [
    (UNWAITED, Cause.CPU_TIME, signal.SIGKILL),
    ("import os; os._exit(3)", Cause.EXITED, 3),
    ("raise SystemExit(5)", Cause.EXITED, 70),
    ("control.close(); import time; time.sleep(60)", Cause.EXITED, 0),
    ("import ctypes; ctypes.string_at(0)", Cause.SIGNALLED, signal.SIGSEGV),
    ("while True: pass", Cause.CPU_TIME, signal.SIGKILL),
    (
        "x = bytearray(b'x' * (200 << 20)); import time; time.sleep(60)",
        Cause.MEMORY,
        signal.SIGKILL,
    ),
    (
        "import os\nfor _ in range(6):\n if not os.fork():\n  while True: pass\nos.wait()",
        Cause.CPU_TIME,
        signal.SIGKILL,
    ),
    (
        "control._connection.sendall(b'\\xff' * 8); import time; time.sleep(60)",
        Cause.MESSAGE_TOO_LARGE,
        signal.SIGKILL,
    ),
]


FLOOD_AND_EXIT = """
import os, time
for _ in range(4):  # what the warden passes on before one is taken
    control.send(b"unread")
time.sleep(0.2)
control._connection.sendall(b"\\xff" * 8)
os._exit(0)
"""
REPLIES = """
for size in (9, 8, 7):
    control.send(b"x" * size)
"""


def test_a_flood_of_a_cell_that_is_gone_costs_no_other_its_verdict(slot: Slot) -> None:
    bystander, culprit = slot.spawn("program", Limits()), slot.spawn("program", Limits())
    culprit.send(FLOOD_AND_EXIT.encode())
    assert ask(bystander, "import time; time.sleep(0.5); out = 1") == "1"
    assert culprit.end().cause is Cause.MESSAGE_TOO_LARGE
    assert ask(bystander, "out = 2") == "2"


def test_a_cell_ends_with_its_reply(slot: Slot) -> None:
    cell = slot.spawn("program", Limits())
    cell.end_with_reply(below=8)
    cell.send(REPLIES.encode())
    assert [len(cell.receive()) for _ in range(3)] == [9, 8, 7]
    with pytest.raises(CellEnded) as caught:
        cell.receive()
    assert caught.value.end == cell.end()
    assert cell.end().cause is Cause.KILLED
    assert run(slot, "out = 2") == "2"


@pytest.mark.parametrize(("source", "cause", "status"), ENDS)
def test_a_cell_ends_by_its_cause(slot: Slot, source: str, cause: Cause, status: int) -> None:
    with pytest.raises(CellEnded) as caught:
        run(slot, source, SHORT)
    assert (caught.value.end.cause, caught.value.end.status) == (cause, status)
    assert run(slot, "out = 1 + 1") == "2"


def test_wall_time_holds_for_a_cell_that_sleeps(slot: Slot) -> None:
    with pytest.raises(CellEnded) as caught:
        run(slot, "import time; time.sleep(60)", Limits(wall_seconds=0.2))
    assert caught.value.end.cause is Cause.WALL_TIME


def test_the_end_tells_usage_denials_and_stderr(slot: Slot) -> None:
    cell = slot.spawn("program", Limits())
    source = """
import os, socket, sys
try: socket.socket(socket.AF_INET)
except PermissionError: out = "refused"
sys.stderr.write("said " + "x" * 100_000 + " last")
sys.stderr.flush()
n = sum(range(20_000_000))
"""
    assert ask(cell, source) == "refused"
    end = cell.end()
    assert end.cause is Cause.KILLED
    assert end.denials == ("socket",)
    assert end.stderr.endswith(b"xx last")
    assert len(end.stderr) <= 1 << 14
    assert 0.01 < end.usage.cpu_seconds < 10
    assert end.usage.memory_kib > 1000


def test_the_time_of_children_counts(slot: Slot) -> None:
    cell = slot.spawn("program", Limits())
    spin = "while time.process_time() < 0.2: pass"
    ask(cell, f"import os, time\nif os.fork() == 0:\n {spin}\n os._exit(0)\nos.wait()")
    assert cell.usage().cpu_seconds > 0.15
    cell.end()


def test_a_lap_starts_the_clocks_anew_and_rest_stops_them(slot: Slot) -> None:
    short = Limits(cpu_seconds=5.0, wall_seconds=0.5)
    cell = slot.spawn("program", short)
    ask(cell, "out = 1")
    cell.rest()
    ask(cell, "import time; time.sleep(1.0)")
    for _ in range(3):
        cell.lap(short)
        ask(cell, "import time; time.sleep(0.2)")
    assert cell.usage().wall_seconds < 0.5
    cell.end()


def test_messages_of_any_size_pass_in_order(slot: Slot) -> None:
    cell = slot.spawn("program", Limits())
    cell.send(b"for n in range(40): control.send(bytes([n]) * (n * 50_000 + 1))")
    for n in range(40):
        assert cell.receive() == bytes([n]) * (n * 50_000 + 1)
    assert cell.receive() == b"\n"
    assert ask(cell, f"out = len({'x' * (8 << 20)!r})") == str(8 << 20)
    cell.end()


def test_what_a_cell_sent_before_it_ended_arrives(slot: Slot) -> None:
    cell = slot.spawn("program", Limits())
    cell.send(b"import os\nfor n in range(30): control.send(b'%d' % n)\nos._exit(9)")
    assert [cell.receive() for _ in range(30)] == [b"%d" % n for n in range(30)]
    with pytest.raises(CellEnded) as caught:
        cell.receive()
    assert caught.value.end.status == 9


def test_a_cell_that_is_not_read_does_not_fill_memory(slot: Slot) -> None:
    flood = slot.spawn("program", Limits())
    flood.send(b"while True: control.send(b'x' * (1 << 20))")
    for _ in range(20):
        assert run(slot, "out = 7") == "7"
    assert sum(map(resident, inside())) < 600 << 20
    flood.end()


def test_peers_talk_past_the_host_and_a_standing_cell_gets_new_ones(slot: Slot) -> None:
    judge = slot.spawn("program", Limits())
    for n in range(5):
        cell = slot.spawn("program", Limits(), peer=judge)
        cell.send(b"peer.send(b'%d'); out = peer.receive()" % n)
        heard = ask(judge, "p = control.take_peer(); out = p.receive(); p.send(b'thanks')")
        assert heard == f"b'{n}'"
        assert cell.receive() == b"b'thanks'\n"
        cell.end()
    one = slot.spawn("program", Limits())
    one.link(judge)
    one.send(b"control.take_peer().send(b'linked')")
    assert ask(judge, "out = control.take_peer().receive()") == "b'linked'"


def test_a_killed_zygote_costs_no_more_than_a_cell(slot: Slot) -> None:
    assert run(slot, "out = 1") == "1"
    warden = inside()[1]
    for child in warden.children()[:2]:
        child.kill()
        psutil.wait_procs([child], timeout=5)
        answers = [try_one(slot) for _ in range(4)]
        assert answers[-1] in {"1", "lost"}
        assert set(answers) <= {"1", "failed", "lost"}


def try_one(slot: Slot) -> str:
    try:
        return run(slot, "out = 1")
    except CellFailed:
        return "failed"
    except SlotLost:
        return "lost"


@pytest.mark.parametrize("victim", [0, 1])
def test_a_killed_warden_or_launcher_loses_the_slot_and_leaves_nothing(victim: int) -> None:
    with open_slot(ProcessBackend(), [PROGRAM]) as slot:
        cell = slot.spawn("program", Limits())
        ask(cell, "import os; os.fork() or __import__('time').sleep(100)")
        everyone = inside()
        everyone[victim].kill()
        until(lambda: not any(process.is_running() for process in everyone[1:]))
        with pytest.raises(SlotLost):
            ask(cell, "out = 1")
        assert cell.end().cause is Cause.LOST
    until(lambda: not any(process.is_running() for process in everyone))


def mounts() -> list[str]:
    """Where something is mounted, of the places that a slot builds on."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [line.split()[4] for line in lines]
    return [point for point in points if point.startswith(("/sys", "/mnt", "/srv", "/media"))]


def test_what_the_kernel_kills_for_memory_met_its_limit() -> None:
    """In a control group that is smaller than the cell's limit; where none can be made the limit holds."""
    with open_slot(ProcessBackend(memory_mib=300), [PROGRAM]) as slot:
        cell = slot.spawn("program", Limits(memory_mib=1024))
        cell.send(b"x = bytearray(b'x' * (2 << 30))")
        with pytest.raises(CellEnded) as ended:
            cell.receive()
    assert ended.value.end.cause is Cause.MEMORY


def test_closing_leaves_no_process_mount_or_group() -> None:
    before = mounts()
    slot = open_slot(ProcessBackend(), [PROGRAM])
    for _ in range(3):
        slot.spawn("program", Limits()).send(b"import os\nwhile True: os.fork()")
    assert run(slot, "out = 1") == "1"
    everyone = inside()
    slot.close()
    assert not [process for process in everyone if process.is_running()]
    assert mounts() == before
    assert not list(Path("/sys/fs/cgroup").glob(f"**/veridical-slot-{os.getpid()}-*"))


def test_a_killed_host_takes_everything_with_it() -> None:
    source = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from veridical.sandbox import Limits, ProcessBackend, Runtime, open_slot
slot = open_slot(ProcessBackend(), [Runtime("program", "cell_program:serve", ("cell_program",))])
cell = slot.spawn("program", Limits())
cell.send(b"import os, time; os.fork() and control.send(b'up'); time.sleep(100)")
cell.receive()
print("up", flush=True)
time.sleep(100)
"""
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as host:
        assert host.stdout
        assert host.stdout.readline() == b"up\n"
        below = psutil.Process(host.pid).children(recursive=True)
        assert len(below) >= 6
        host.kill()
    until(lambda: not any(process.is_running() for process in below))


def test_a_runtime_that_cannot_be_loaded_fails_its_cells_only() -> None:
    broken = Runtime("broken", "cell_program:nothing", modules=("cell_program",), spares=0)
    with open_slot(ProcessBackend(), [broken, PROGRAM]) as both:
        for _ in range(8):
            with pytest.raises(CellFailed):
                run_as(both, "broken")
            assert run(both, "out = 1") == "1"


def run_as(slot: Slot, runtime: str) -> None:
    cell = slot.spawn(runtime, Limits())
    try:
        cell.receive()
    finally:
        assert cell.end().cause is Cause.LOST


def test_an_interpreter_that_is_missing_or_broken_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\necho no such library >&2\nexit 127\n")
    broken.chmod(0o755)
    for silent in ("/nowhere/python3", "/bin/false"):
        with pytest.raises(SlotLost):
            open_slot(ProcessBackend(python=silent), [PROGRAM])
    with pytest.raises(SlotRefused, match="no such library"):
        open_slot(ProcessBackend(python=str(broken)), [PROGRAM])


def test_many_cells_in_a_row_leave_nothing(slot: Slot) -> None:
    for _ in range(150):
        cell = slot.spawn("program", Limits())
        assert ask(cell, "out = 1") == "1"
        cell.end()
    until(lambda: len(inside()) <= 6)
    warden = inside()[1]
    assert warden.num_fds() < 40
