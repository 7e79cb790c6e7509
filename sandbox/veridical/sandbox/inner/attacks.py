"""The self-test's attacks, run inside a cell; each says how far it got, and "" if nowhere.

They are not hacks of a grader but attempts at everything that a cell must not be able to do.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import mmap
import os
import resource
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from veridical.sandbox.inner import floods, kernel
from veridical.sandbox.inner.channel import Channel
from veridical.sandbox.inner.deeds import DEEDS
from veridical.sandbox.inner.syscalls import CHECKED, WATCHED, numbers

Attack = Callable[[], str]

_REFUSED = {errno.EPERM, errno.EACCES, errno.ENOSYS}
_libc = ctypes.CDLL(None, use_errno=True)
_NUMBERS = numbers(WATCHED, kernel.MACHINE) | numbers(CHECKED, kernel.MACHINE)
# Calls of the table that are told apart by their arguments, and have attacks of their own below.
_BY_ARGUMENT = {
    *("clone", "prctl", "ioctl", "socket", "mknod", "mknodat"),
    *("setrlimit", "prlimit64", "setpriority", "setsockopt", "mmap"),
}
_HOST_PATHS = ("/root", "/home", "/var", "/sys", "/run", "/mnt", "/boot", "/etc/shadow")
_EXPECTED_DEVICES = {"null", "full", "random", "urandom"}
_EXPECTED_LINKS = {"fd", "stdin", "stdout", "stderr", "shm", "zero"}


def serve(control: Channel, peer: Channel | None) -> None:
    """Runs the attacks that it is told, and answers with what each reached.

    A message is `{"attacks": [names]}`, or `{"do": name, "with": text}` for one of `deeds.DEEDS`.
    """
    while True:
        order = json.loads(control.receive())
        peer = control.take_peer() or peer
        if "do" in order:
            answer: object = DEEDS[order["do"]](order["with"], peer)
        else:
            answer = {name: _reached(name) for name in order["attacks"]}
        control.send(json.dumps(answer).encode())


def lanes() -> list[list[str]]:
    """All attacks: lists of what one cell can bear one after another, for cells side by side."""
    calls = [f"call_{name}" for name in _NUMBERS if name not in _BY_ARGUMENT]
    quiet = [name for name in ATTACKS if name not in FLOODS]
    return [calls + quiet, *([name] for name in FLOODS)]


def _reached(name: str) -> str:
    try:
        if name in ATTACKS:
            return ATTACKS[name]()
        return _call(_NUMBERS[name.removeprefix("call_")])
    except (OSError, MemoryError) as error:
        return "" if isinstance(error, MemoryError) or error.errno in _REFUSED else repr(error)


def _call(number: int, *arguments: int) -> str:
    """A raw system call: only a refusal by the filter is good, bad arguments are not."""
    ctypes.set_errno(0)
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    result = _libc.syscall(ctypes.c_long(number), *(ctypes.c_long(one) for one in padded))
    code = ctypes.get_errno()
    return "" if result < 0 and code in _REFUSED else f"gave {result}, errno {code}"


# --- network ---


def _socket(family: int, kind: int) -> str:
    try:
        socket.socket(family, kind).close()
    except PermissionError:
        return ""
    return "a socket was made"


def _interfaces() -> str:
    try:
        lines = Path("/proc/self/net/dev").read_text().splitlines()[2:]
    except OSError:
        return ""
    found = {line.split(":")[0].strip() for line in lines} - {"lo"}
    return f"interfaces {found}" if found else ""


# --- rights ---


def _status(field: str) -> str:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split(":")[1].strip() for line in lines if line.startswith(f"{field}:"))


def _capabilities() -> str:
    held = {field: _status(field) for field in ("CapInh", "CapPrm", "CapEff", "CapAmb")}
    return "" if not any(int(value, 16) for value in held.values()) else str(held)


def _is(field: str, wanted: str) -> str:
    value = _status(field)
    return "" if value == wanted else f"{field} is {value}"


def _root_identity() -> str:
    ids = {*os.getresuid(), *os.getresgid()}
    return "" if 0 not in ids else f"ids {ids}"


def _new_namespace() -> str:
    for flag in (kernel.NEWUSER, kernel.NEWNS, kernel.NEWPID, kernel.NEWNET, kernel.NEWIPC):
        reached = _call(_NUMBERS["clone"], flag | 17)
        if reached:
            return f"clone with {flag:#x} {reached}"
    return ""


def _id_map() -> str:
    return _written("/proc/self/uid_map", "0 0 1")


def _oom_score() -> str:
    return _written("/proc/self/oom_score_adj", "-1000")


def _written(path: str, text: str) -> str:
    try:
        with Path(path).open("r+") as file:
            file.write(text)
    except OSError:
        return ""
    return f"wrote {path}"


def _raise_limits() -> str:
    for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
        soft, hard = resource.getrlimit(kind)
        try:
            resource.setrlimit(kind, (soft, hard + 1))
        except (ValueError, OSError):
            continue
        return f"raised limit {kind}"
    return ""


def _limit_own_cpu() -> str:
    """The kernel's kill for it would look as if somebody outside had ended the cell."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (3600, 3600))
    except (ValueError, OSError):
        return ""
    return "limited its CPU time"


def _rise() -> str:
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -1)
    except OSError:
        return ""
    return "rose above others"


def _memory_without_owner() -> str:
    """Shared memory without a file, which no process is charged for once its filler has ended."""
    with contextlib.ExitStack() as opened:
        places = [-1]
        with contextlib.suppress(OSError):
            places.append(opened.enter_context(Path("/dev/zero").open("r+b", buffering=0)).fileno())
        for place in places:
            with contextlib.suppress(OSError):
                mmap.mmap(place, mmap.PAGESIZE)
                return f"mapped {place}"
    return ""


def _larger_buffers() -> str:
    one, other = socket.socketpair()
    with one, other:
        before = one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * before)
        after = one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    return f"{before} bytes became {after}" if after > before else ""


# --- other processes ---


def _foreign_processes() -> str:
    others = {name for name in os.listdir("/proc") if name.isdigit()} - {str(os.getpid())}  # noqa: PTH208
    return f"sees {others}" if others else ""


def _parent() -> str:
    return "" if os.getppid() == 0 else f"parent {os.getppid()}"


def _kill_all() -> str:
    """As the first process of its namespace it finds nobody else to kill."""
    try:
        os.kill(-1, 9)
    except ProcessLookupError:
        return ""
    return "killed something"


def _low_processes() -> str:
    for pid in set(range(2, 300)) - {os.getpid()}:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, PermissionError):
            continue
        return f"can signal {pid}"
    return ""


# --- files ---


def _host_files() -> str:
    """An interpreter that is installed in a home is shown, with nothing beside it."""
    here = [Path(path) for path in _HOST_PATHS if Path(path).exists()]
    prefix = Path(sys.base_prefix)
    ways = [(folder, one) for one in here for folder in (one, *_on_the_way(one, prefix))]
    found = [str(one) for folder, one in ways if not _only_leads(folder, prefix)]
    return f"sees {found}" if found else ""


def _open_host_files() -> str:
    """Whatever of the host can be named, nothing of it can be opened."""
    opened = []
    for path in (*map(Path, _HOST_PATHS), Path("/proc/1/environ")):
        try:
            names = list(path.iterdir()) if path.is_dir() else path.read_bytes()
        except OSError:
            continue
        if names and not _harmless(path):
            opened.append(str(path))
    return f"opened {opened}" if opened else ""


def _harmless(path: Path) -> bool:
    """Ways to the interpreter, and what belongs to the cell itself."""
    own = path == Path("/proc/1/environ") and os.getpid() == 1
    return own or _only_leads(path, Path(sys.base_prefix))


def _on_the_way(start: Path, end: Path) -> list[Path]:
    return [folder for folder in end.parents if start in folder.parents]


def _only_leads(folder: Path, end: Path) -> bool:
    return folder in end.parents and all(
        one == end or one in end.parents for one in folder.iterdir()
    )


def _climb() -> str:
    """Above the root there is the root."""
    above, here = Path("/../../../..").stat(), Path("/").stat()
    return "" if (above.st_dev, above.st_ino) == (here.st_dev, here.st_ino) else "climbed out"


def _write_outside() -> str:
    for folder in ("/", "/usr", "/usr/bin", "/etc", "/dev", "/proc", os.path.dirname(os.__file__)):  # noqa: PTH120
        try:
            (Path(folder) / "planted").write_text("x")
        except OSError:
            continue
        return f"wrote into {folder}"
    return ""


def _writable_mounts() -> str:
    points = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    open_points = {fields[4] for fields in points if "ro" not in fields[5].split(",")}
    left = {point for point in open_points if not point.startswith("/dev/")} - {"/tmp", "/proc"}  # noqa: S108
    return f"writable {left}" if left else ""


def _setuid_programs() -> str:
    points = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    loose = {fields[4] for fields in points if "nosuid" not in fields[5].split(",")}
    left = {point for point in loose if not point.startswith("/dev/")}
    return f"setuid works below {left}" if left else ""


def _devices() -> str:
    found = {path.name for path in Path("/dev").iterdir()} - _EXPECTED_LINKS
    return f"has {found}" if found - _EXPECTED_DEVICES else ""


def _make_device() -> str:
    try:
        os.mknod("/tmp/work/disk", stat.S_IFBLK | 0o600, os.makedev(254, 0))  # noqa: S108
    except OSError:
        return ""
    return "made a block device"


def _kernel_files() -> str:
    paths = ("/proc/sys", "/proc/kcore", "/proc/sysrq-trigger", "/proc/kallsyms", "/proc/keys")
    found = [path for path in paths if Path(path).exists()]
    return f"sees {found}" if found else ""


def _foreign_memory() -> str:
    readable = [path for path in ("/dev/mem", "/dev/kmem", "/proc/2/mem") if Path(path).exists()]
    return f"sees {readable}" if readable else ""


def _control_groups() -> str:
    return "sees /sys/fs/cgroup" if Path("/sys/fs/cgroup").exists() else ""


# --- what is inherited ---


def _descriptors() -> str:
    """Null, null, an error pipe and the control stream; the listing itself is one more."""
    targets = {one: os.readlink(f"/proc/self/fd/{one}") for one in _open_descriptors()}  # noqa: PTH115
    odd = {one: path for one, path in targets.items() if not _expected(path)}
    return f"holds {odd}" if odd or len(targets) > 4 else ""


def _open_descriptors() -> Iterator[int]:
    for one in range(256):
        try:
            os.fstat(one)
        except OSError:
            continue
        yield one


def _expected(path: str) -> bool:
    return path == "/dev/null" or path.startswith(("pipe:", "socket:"))


def _environment() -> str:
    allowed = {"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "PYTHONHASHSEED"}
    first = Path("/proc/self/environ").read_bytes().split(b"\0")
    inherited = {one.partition(b"=")[0].decode() for one in first if one}
    odd = ({*os.environ} | inherited) - allowed - {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
    return f"has {odd}" if odd - {"LC_CTYPE"} else ""


def _ignored_signals() -> str:
    """Only what Python itself ignores: a broken pipe, and a file grown too large."""
    ignored = int(_status("SigIgn"), 16)
    usual = 1 << (signal.SIGPIPE - 1) | 1 << (signal.SIGXFSZ - 1)
    return f"ignores {ignored & ~usual:#x}" if ignored & ~usual else ""


def _host_name() -> str:
    return "" if os.uname().nodename == "cell" else f"is {os.uname().nodename}"


def _core_dumps() -> str:
    return "" if resource.getrlimit(resource.RLIMIT_CORE) == (0, 0) else "are on"


FLOODS: dict[str, Attack] = {
    "disk_flood": floods.disk_flood,
    "shared_memory_flood": floods.shared_memory_flood,
    "inode_flood": floods.inode_flood,
    "fork_bomb": floods.fork_bomb,
}
ATTACKS: dict[str, Attack] = {
    **FLOODS,
    "socket_inet": lambda: _socket(socket.AF_INET, socket.SOCK_STREAM),
    "socket_inet6": lambda: _socket(socket.AF_INET6, socket.SOCK_DGRAM),
    "socket_unix": lambda: _socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "socket_netlink": lambda: _socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "socket_packet": lambda: _socket(socket.AF_PACKET, socket.SOCK_RAW),
    "socket_raw": lambda: _socket(socket.AF_INET, socket.SOCK_RAW),
    "socket_vsock": lambda: _socket(40, socket.SOCK_STREAM),
    "memory_file": lambda: f"descriptor {os.memfd_create('x')}",
    "socket_alg": lambda: _socket(38, socket.SOCK_SEQPACKET),
    "network_interfaces": _interfaces,
    "capabilities": _capabilities,
    "no_new_privs": lambda: _is("NoNewPrivs", "1"),
    "seccomp_mode": lambda: _is("Seccomp", "2"),
    "root_identity": _root_identity,
    "new_namespace_by_clone": _new_namespace,
    "id_map_rewritten": _id_map,
    "oom_score_lowered": _oom_score,
    "limits_raised": _raise_limits,
    "own_cpu_limit": _limit_own_cpu,
    "priority_raised": _rise,
    "memory_without_owner": _memory_without_owner,
    "socket_buffer_raised": _larger_buffers,
    "foreign_processes": _foreign_processes,
    "parent_known": _parent,
    "kill_all": _kill_all,
    "signal_others": _low_processes,
    "host_files": _host_files,
    "open_host_files": _open_host_files,
    "climb_out": _climb,
    "write_outside": _write_outside,
    "writable_mounts": _writable_mounts,
    "setuid_programs": _setuid_programs,
    "devices": _devices,
    "make_device": _make_device,
    "kernel_files": _kernel_files,
    "foreign_memory": _foreign_memory,
    "control_groups": _control_groups,
    "inherited_descriptors": _descriptors,
    "inherited_environment": _environment,
    "ignored_signals": _ignored_signals,
    "host_name": _host_name,
    "core_dumps": _core_dumps,
    "descriptor_flood": floods.descriptor_flood,
    "address_space": floods.address_space,
}
