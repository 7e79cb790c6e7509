"""Has this machine, or this container, room for the services?"""

from __future__ import annotations

import math
import os
import re
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from veridical.cli.checks.cgroup import memory_limit, processor_quota
from veridical.cli.checks.finding import Check, Finding, State

TOPIC = "machine"

_MIB = 1 << 20
_GIB = 1 << 30
_WORKER_MIB = 100
"""What a warm math worker holds (docs/operations.md)."""
_GROWTH_MIB = 512
"""What a worker may hold beyond that before it is killed: the default of `memory_mib`."""
_SERVERS_MIB = 250
"""What the servers themselves and the supervisor hold."""
_LEAST_FILES = 1024
_LEAST_DISK_MIB = 200
# What the local services take for their sockets: a path may have 107 bytes, and gRPC quotes the rest.
_SOCKET_FOLDER = re.compile(r"[\w./~+-]{1,60}", re.ASCII)
_SLOW_CLOCKS = {"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"}
_A_PAST_TIME = 1_735_689_600
"""2025-01-01, before which no clock that is set can stand."""


def temporary_folder() -> Iterator[Finding]:
    """Check that there is a writable folder, short enough to hold sockets."""
    mend = "set TMPDIR to a writable folder with a short path, such as /tmp"
    try:
        folder = Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        yield Finding(TOPIC, "temporary folder", State.PROBLEM, str(error), mend)
        return
    free = shutil.disk_usage(folder).free // _MIB
    asked = os.environ.get("TMPDIR")
    if asked and folder != Path(asked).absolute():
        text = f"{asked} (TMPDIR) cannot be written to; {folder} is used"
        yield Finding(TOPIC, "temporary folder", State.WARNING, text, mend)
    elif free < _LEAST_DISK_MIB:
        text = f"{folder} has {free} MiB left"
        yield Finding(TOPIC, "temporary folder", State.WARNING, text, "make room, or set TMPDIR")
    elif not _SOCKET_FOLDER.fullmatch(str(folder)):
        yield _unfit_for_sockets(folder, mend)
    else:
        text = f"{folder} is writable, {free / 1024:.0f} GiB free"
        yield Finding(TOPIC, "temporary folder", State.OK, text)


def _unfit_for_sockets(folder: Path, mend: str) -> Finding:
    """Say that sockets go to /tmp, which is what the local services then do."""
    text = f"{folder} is too long for sockets, or has characters that addresses must not have"
    if os.access("/tmp", os.W_OK | os.X_OK):  # noqa: S108
        return Finding(TOPIC, "temporary folder", State.NOTE, f"{text}; they go to /tmp", mend)
    text += ", and /tmp cannot be written to"
    return Finding(TOPIC, "temporary folder", State.PROBLEM, text, mend)


def descriptors() -> Iterator[Finding]:
    """Check the limit on open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    text = f"{_limit_text(soft)} (at most {_limit_text(hard)})"
    if soft == resource.RLIM_INFINITY or soft >= _LEAST_FILES:
        yield Finding(TOPIC, "open files", State.OK, text)
    else:
        mend = "ulimit -n 4096, or LimitNOFILE= of the systemd unit"
        text = f"{text}: too few for many callers"
        yield Finding(TOPIC, "open files", State.WARNING, text, mend)


def _limit_text(limit: int) -> str:
    return "unlimited" if limit == resource.RLIM_INFINITY else f"{limit:,}"


def processors() -> Iterator[Finding]:
    """Compare the processors that the services count with those that are granted."""
    seen, quota = available_processors(), processor_quota()
    workers = configured_workers()
    text = f"{seen} usable of {os.cpu_count()}"
    if quota is not None:
        text += f", a quota of {quota:g}"
    text += f"; {workers or seen} workers a verifier"
    granted = seen if quota is None else min(seen, math.ceil(quota))
    if (workers or seen) <= granted:
        yield Finding(TOPIC, "processors", State.OK, text)
    else:
        mend = f"export VERIDICAL_WORKERS={granted}, or pass --workers {granted}"
        text = f"{text}: more than can run at once"
        yield Finding(TOPIC, "processors", State.WARNING, text, mend)


def available_processors() -> int:
    """Return the processors that this process may use, which is how many workers services start."""
    return len(os.sched_getaffinity(0))


def configured_workers() -> int:
    """Return the workers that the environment asks for; 0 if it leaves the number to the services."""
    text = os.environ.get("VERIDICAL_WORKERS", "")
    return int(text) if text.isdecimal() else 0


def memory() -> Iterator[Finding]:
    """Compare the memory that is granted with what a worker for each processor takes."""
    workers = configured_workers() or available_processors()
    granted = min(memory_limit() or physical_memory(), physical_memory()) // _MIB
    warm = _SERVERS_MIB + workers * _WORKER_MIB
    most = warm + workers * _GROWTH_MIB
    text = f"{granted:,} MiB; {workers} math workers hold {warm:,} MiB, at most {most:,}"
    mend = (
        "give fewer workers (VERIDICAL_WORKERS) or less each (VERIDICAL_MEMORY_MIB), or more memory"
    )
    if warm > granted:
        yield Finding(TOPIC, "memory", State.WARNING, text, mend)
    elif most > granted:
        yield Finding(TOPIC, "memory", State.NOTE, text, mend)
    else:
        yield Finding(TOPIC, "memory", State.OK, text)


def physical_memory() -> int:
    """Return the machine's memory in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def shared_memory(folder: Path = Path("/dev/shm")) -> Iterator[Finding]:  # noqa: S108
    """Look at /dev/shm: the verifiers do without it, torch and vLLM beside them do not."""
    mend = "start the container with --shm-size=8g or --ipc=host, if torch or vLLM run in it"
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        yield Finding(TOPIC, str(folder), State.NOTE, "missing or not writable", mend)
        return
    size = shutil.disk_usage(folder).total
    state = State.OK if size >= _GIB else State.NOTE
    yield Finding(TOPIC, str(folder), state, f"{size // _MIB:,} MiB", "" if size >= _GIB else mend)


def clocks(
    source: Path = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
) -> Iterator[Finding]:
    """Check that deadlines have a quick monotonic clock, and that the wall clock is set."""
    try:
        kind = source.read_text().strip()
    except OSError:
        kind = "unknown"
    step = time.get_clock_info("monotonic").resolution
    text = f"monotonic in steps of {step * 1e9:g} ns, source {kind}"
    if kind in _SLOW_CLOCKS:
        mend = "boot with clocksource=tsc tsc=reliable, or ask the host's owner for kvm-clock"
        text = f"{text}: reading it is slow"
        yield Finding(TOPIC, "clock", State.WARNING, text, mend)
    else:
        yield Finding(TOPIC, "clock", State.OK, text)
    if time.time() < _A_PAST_TIME:
        text = f"the wall clock stands at {time.strftime('%Y-%m-%d', time.gmtime())}"
        mend = "set it (chronyd, timedatectl): certificates and logs need it"
        yield Finding(TOPIC, "wall clock", State.WARNING, text, mend)


CHECKS: tuple[Check, ...] = (
    temporary_folder,
    descriptors,
    processors,
    memory,
    shared_memory,
    clocks,
)
"""The checks of this topic."""
